"""Runs the real command as a process of its own, in a home that belongs to the test."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "afterview.cli")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return a small environment: nothing of the person who runs the tests reaches the command."""
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / ".dev"),
        "PYTHONWARNINGS": "error",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "LANG": "C.UTF-8",
        "TZ": "Europe/Berlin",
        **more,
    }


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def afterview(home: Path, *arguments: str, stdin: str = "", **environ: str) -> Ran:
    """Run `afterview` and wait for its end."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(home, **environ),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        cwd=home,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
