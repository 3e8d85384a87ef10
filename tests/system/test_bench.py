"""The bench runs and prints every row. What the figures are is nobody's failure here."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ROOT, environment

ROWS = (
    "scan, then read the candidates, against icalendar",
    "interviews found",
    "60 days of occurrences, from text, against recurring-ical-events",
    "occurrences found",
    "afterview --help, CPU against importing click",
    "afterview --help, service libraries imported",
    "afterview --version, CPU against importing click",
    "afterview --version, service libraries imported",
    "afterview status, CPU against importing click",
    "afterview status, service libraries imported",
    "first pass, requests",
    "everything read, requests",
    "no-op pass, requests a collection",
    "no-op pass, bytes up a collection",
    "no-op pass, bytes down a collection",
    "no-op pass, writes",
    "no-op pass, calendar and list, CPU against vdirsyncer",
    "no-op pass, calendar and list, CPU against the library",
    "first pass, default window, CPU against the library",
    "first pass, default window, memory",
    "everything read, CPU against the floor",
    "everything read, CPU against vdirsyncer",
    "everything read, memory",
    "10 changes of 200, CPU against the no-op",
    "10 changes of 200, requests",
    "resident, CPU a collection and pass",
    "resident, memory gained",
)


@pytest.mark.timeout(600)
def test_the_bench_prints_every_row(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--glance"],
        env=environment(tmp_path, PYTHONPATH=f"{ROOT}/.dev:{ROOT}"),
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    missing = [row for row in ROWS if row not in done.stdout]
    assert not missing, done.stdout
    assert "goals met" in done.stdout.splitlines()[-1]
