"""Runs the real command as a process of its own, in a home that belongs to the test."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.warm import Limits, Warm

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "afterview.cli")
COLD = bool(os.environ.get("AFTERVIEW_COLD")) or not hasattr(os, "fork")


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


@cache
def _warm() -> Warm:
    made = Warm(environment(ROOT, PYTHONPATH=os.pathsep.join((str(ROOT / ".dev"), str(ROOT)))))
    atexit.register(made.close)
    return made


def afterview(home: Path, *arguments: str, stdin: str = "", **environ: str) -> Ran:
    """Run `afterview` and wait for its end."""
    if COLD or any(name.startswith("PYTHON") for name in environ):
        return started_cold(home, *arguments, stdin=stdin, **environ)
    return within(Limits(), home, *arguments, stdin=stdin, **environ)


def within(limits: Limits, home: Path, *arguments: str, stdin: str = "", **environ: str) -> Ran:
    """Run `afterview` as a process that may not do everything, and wait for its end."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        said.write(stdin.encode())
        said.seek(0)
        code = _warm().run(arguments, environment(home, **environ), str(home), (said, out, err), limits)
        for stream in (out, err):
            stream.seek(0)
        return Ran(code, out.read().decode(), err.read().decode())


def started_cold(home: Path, *arguments: str, stdin: str = "", **environ: str) -> Ran:
    """Run `afterview` from nothing, as a shell does, and wait for its end."""
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
