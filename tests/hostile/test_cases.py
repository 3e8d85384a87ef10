"""Every case of tests/data/hostile does what it must, in bounds of time and memory, and stops nothing beside it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from tests.hostile.cases import cases, doors
from tests.hostile.harmless import harmful
from tests.running import ROOT

ENOUGH = 150
TOGETHER = (  # doors whose cases share a process
    ("feed",),
    ("event", "explain", "config", "answers", "import", "text"),
    ("google_event", "google_task", "visitor"),
    ("multistatus", "task", "http"),
)


def put(chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Put the cases of some doors before them, in a process of its own; return what came of each."""
    environ = {**os.environ, "PYTHONPATH": f"{ROOT / '.dev'}{os.pathsep}{ROOT}", "TZ": "Europe/Berlin"}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.hostile.worker", *chosen],
        env=environ, cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert ran.returncode == 0, f"{ran.stdout.splitlines()[-1:]} was the last one that ended\n{ran.stderr[-2000:]}"
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux tells it")
@pytest.mark.parametrize("chosen", TOGETHER, ids="+".join)
def test_nothing_that_comes_in_by_these_doors_does_harm(chosen: Sequence[str]) -> None:
    seen = put(chosen)
    assert {f"{one['door']}: {one['name']}": one["wrong"] for one in seen if one["wrong"]} == {}
    assert [(one["door"], one["name"]) for one in seen] == [
        (door, case.name) for door in chosen for case in cases(door)
    ]


def test_no_door_is_left_out() -> None:
    assert sorted(door for chosen in TOGETHER for door in chosen) == doors()


def test_there_are_enough_cases_and_each_is_small_on_disk_and_named_once() -> None:
    every = [case for door in doors() for case in cases(door)]
    assert len(every) >= ENOUGH
    assert len({(case.door, case.name) for case in every}) == len(every)
    assert all(case.what and len(str(case.given)) < 2500 for case in every)


def test_what_does_harm_is_noticed() -> None:
    assert list(harmful(["a\x1b[31m"], ()))
    assert list(harmful(["a\u202e"], ()))
    task = "BEGIN:VTODO\r\nSUMMARY:x\r\nEND:VTODO\r\n"
    assert not list(harmful(["a\nb"], [task]))
    assert list(harmful((), [task.replace("x", "x\r\nX-EVIL:y")]))
    assert list(harmful((), [task + task]))
