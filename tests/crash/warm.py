"""A process that has imported everything, and forks for each command: a trial is a real process, and costs milliseconds.

`python -m tests.crash.warm` reads orders, one JSON object a line, and answers each with the id of the process that waits
to begin, and after any further line with how it ended. That process can be told to kill itself before its n-th write to the
ledger, as a power cut would; nothing of Afterview knows of it.
"""

import json
import mmap
import os
import pkgutil
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from tests.running import ROOT, Ran, environment

_WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT", "CREATE", "PRAGMA USER_VERSION =")
_ELSEWHERE = ("__main__", ".apprise", ".home_assistant.component")  # not for this process
_HEAVY = ("icalendar", "niquests", "recurring_ical_events", "googleapiclient.discovery", "lxml.etree", "dateutil.rrule")


class MortalConnection(sqlite3.Connection):
    """A connection whose process kills itself before its n-th write. `counter` is seen by the process that waits."""

    counter: mmap.mmap
    dies: int | None = None

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self._live(sql)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        self._live(sql)
        return super().executemany(sql, parameters)

    def _live(self, sql: str) -> None:
        if not sql.lstrip().upper().startswith(_WRITES):
            return
        seen = int.from_bytes(self.counter[:4], "big")
        if seen == self.dies:
            os.kill(os.getpid(), signal.SIGKILL)
        self.counter[:4] = (seen + 1).to_bytes(4, "big")


def _load() -> None:
    """Import what commands import, and read what they read."""
    package = import_module("afterview.cli").__path__[0]
    for name in ("sync", "cli", "integrations"):
        for found in pkgutil.walk_packages([str(Path(package).parent / name)], f"afterview.{name}."):
            if not any(part in found.name for part in _ELSEWHERE):
                import_module(found.name)
    for name in _HEAVY:
        import_module(name)
    import_module("afterview.sync.classify").load_lexicon()


def _become(order: dict[str, Any], counter: mmap.mmap) -> None:
    """Be the command, and end."""
    os.environ.clear()
    os.environ.update(order["environ"])
    time.tzset()
    os.chdir(order["folder"])
    for number, (path, flags) in enumerate(
        ((os.devnull, os.O_RDONLY), (order["out"], os.O_WRONLY | os.O_CREAT), (order["err"], os.O_WRONLY | os.O_CREAT))
    ):
        os.dup2(os.open(path, flags), number)
    MortalConnection.counter, MortalConnection.dies = counter, order["dies"]
    setattr(sqlite3, "connect", partial(sqlite3.connect, factory=MortalConnection))  # noqa: B010 -- the type is not ours
    sys.argv = ["afterview", *order["arguments"]]
    code = 1
    try:
        import_module("afterview.cli.exits").run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve orders until there are none."""
    _load()
    counter = mmap.mmap(-1, 4)
    _tell("ready")
    for line in sys.stdin:
        counter[:4] = bytes(4)
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(writing)
            os.read(reading, 1)
            _become(json.loads(line), counter)
        os.close(reading)
        _tell(str(pid))
        sys.stdin.readline()
        os.close(writing)
        _, status = os.waitpid(pid, 0)
        writes = int.from_bytes(counter[:4], "big")
        _tell(json.dumps({"code": os.waitstatus_to_exitcode(status), "writes": writes}))


@dataclass(frozen=True, slots=True)
class Trial(Ran):
    """How a command ended: `code` is negative for the signal that killed it. `writes` = to the ledger."""

    writes: int = 0

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Warm:
    """The process, seen from a test."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.warm"],
            cwd=ROOT,
            env={**environment(ROOT), "PYTHONPATH": f"{ROOT / '.dev'}:{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert self._hear() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate("")
        assert self._process.returncode == 0

    def run(
        self,
        home: Path,
        *arguments: str,
        dies: int | None = None,
        begun: Callable[[int], None] = lambda _pid: None,
        **environ: str,
    ) -> Trial:
        """Run a command to its end. `dies`: before which write to the ledger; `begun` is told its id before it begins."""
        return self.start(home, *arguments, dies=dies, begun=begun, **environ).ended()

    def start(
        self,
        home: Path,
        *arguments: str,
        dies: int | None = None,
        begun: Callable[[int], None] = lambda _pid: None,
        **environ: str,
    ) -> "Forked":
        """Begin a command. One at a time: it must have ended before the next."""
        out, err = home / "out", home / "err"
        for file in (out, err):
            file.write_text("")
        order = {
            "arguments": arguments,
            "environ": environment(home, **environ),
            "folder": str(home),
            "dies": dies,
            "out": str(out),
            "err": str(err),
        }
        self._say(json.dumps(order))
        pid = int(self._hear())
        begun(pid)
        self._say("go")
        return Forked(self, home, pid)

    def hear(self, patience_s: float | None) -> str:
        """Wait for how the process ended; "" if it has not within so many seconds."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], patience_s)
        return self._hear() if ready else ""

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, "the process that forks has ended"
        return line


class Forked:
    """A process that was begun; to be used like one of `subprocess`."""

    def __init__(self, warm: Warm, home: Path, pid: int) -> None:
        self.pid = pid
        self.trial: Trial | None = None
        self._warm, self._home = warm, home

    def ended(self, patience_s: float | None = None) -> Trial:
        """Wait for its end."""
        if self.trial is None:
            line = self._warm.hear(patience_s)
            if not line:
                raise subprocess.TimeoutExpired("afterview", patience_s or 0)
            said = json.loads(line)
            out, err = ((self._home / name).read_text("utf-8") for name in ("out", "err"))
            self.trial = Trial(said["code"], out, err, said["writes"])
        return self.trial

    def wait(self, timeout: float | None = None) -> int:
        return self.ended(timeout).code

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


if __name__ == "__main__":
    main()
