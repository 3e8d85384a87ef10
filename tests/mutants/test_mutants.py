"""Without any one of its safeguards Afterview fails its own tests. Only in `make test-deep`: it runs them many times."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.mutants.safeguards import SAFEGUARDS
from tests.running import ROOT

FIGURES = ROOT / "build" / "safeguards.json"
pytestmark = pytest.mark.skipif(not os.environ.get("AFTERVIEW_DEEP"), reason="make test-deep")


def _tests(without: str, *names: str) -> tuple[int, str]:
    """Run some tests without a safeguard ("" = with all); return the exit code and the first test that failed."""
    environ = {name: value for name, value in os.environ.items() if name != "AFTERVIEW_DEEP"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "tests.mutants.switch", "--no-header", *names],
        cwd=ROOT,
        env={**environ, "AFTERVIEW_WITHOUT": without, "PYTHONPATH": f"{ROOT / '.dev'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return done.returncode, failed[1] if failed else done.stdout[-2000:] + done.stderr[-2000:]


def test_with_all_safeguards_the_same_tests_pass() -> None:
    code, said = _tests("", *sorted({name for one in SAFEGUARDS.values() for name in one.tests}))
    assert code == 0, said


@pytest.mark.parametrize("name", SAFEGUARDS)
def test_without_it_a_test_fails(name: str) -> None:
    code, noticed = _tests(name, *SAFEGUARDS[name].tests)
    assert code == 1, f"nothing fails without {name}: {noticed}"
    FIGURES.parent.mkdir(exist_ok=True)
    known = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    FIGURES.write_text(json.dumps({**known, name: noticed}, indent=1, sort_keys=True) + "\n", "utf-8")
