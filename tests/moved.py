"""The real service as a process of its own, whose time the test moves (`AFTERVIEW_CLOCK`)."""

import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, Self, TextIO

from tests.running import COMMAND, environment

PATIENCE_S = 60  # real seconds in which the service must come to rest


class Ended(AssertionError):
    """The service has ended by itself, or was killed."""


class Process(Protocol):
    """What a test needs of a process."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...
    def kill(self) -> None: ...


@dataclass
class Moved:
    """A running service. `now` is its time of day, `steady` the seconds that stand still while the machine sleeps."""

    home: Path
    now: datetime
    arguments: tuple[str, ...] = ()
    environ: dict[str, str] = field(default_factory=dict)
    steady: float = 1000.0
    network: str = "on"
    sleeps: int = 0
    fork: Callable[..., Process] | None = None  # begins `afterview` in some other way: (home, arguments, environment)

    def __enter__(self) -> Self:
        self._folder = tempfile.mkdtemp(prefix="av-")  # the limit for such a path is 108 bytes
        self._path = Path(self._folder) / "clock"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen(1)
        self._listener.settimeout(PATIENCE_S)
        self._log = (self.home / "service.log").open("a+", encoding="utf-8")
        more = {"AFTERVIEW_CLOCK": str(self._path), **self.environ}
        self.process: Process = (
            self.fork(self.home, *self.arguments, "run", **more)
            if self.fork
            else subprocess.Popen(
                [*COMMAND, *self.arguments, "run"],
                env=environment(self.home, **more),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=subprocess.STDOUT,
            )
        )
        self._line: socket.socket | None = None
        self._file: TextIO | None = None
        self._asleep = 0.0
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._line is not None and self._file is not None:
            self._file.close()
            self._line.close()
        self._listener.close()
        shutil.rmtree(self._folder)
        self._log.close()

    def said(self) -> str:
        """Return everything that the service printed."""
        return (self.home / "service.log").read_text("utf-8")

    def begin(self) -> Self:
        """Give it the time, and wait until its first work is done."""
        self.connect()
        self.rest()
        return self

    def connect(self) -> None:
        """Give it the time, and wait for nothing."""
        line, _ = self._listener.accept()
        line.settimeout(PATIENCE_S)
        self._line, self._file = line, line.makefile("r", encoding="utf-8")
        self._answer()

    def rest(self) -> None:
        """Wait until it has nothing to do but sleep."""
        while (word := self._hear())[0] == "signal":
            continue
        self._asleep = max(float(word[1]), 1e-6)
        self.sleeps += 1

    def advance(self, until: datetime) -> None:
        """Let time pass, as much at once as the service wants to sleep."""
        until = until.astimezone(UTC)
        while self.now < until:
            step = min(timedelta(seconds=self._asleep), until - self.now)
            self.now += step
            self.steady += step.total_seconds()
            self._answer()
            self.rest()

    def suspend(self, until: datetime) -> None:
        """Let the machine sleep until then."""
        self.now = until.astimezone(UTC)
        self._answer()
        self.rest()

    def reach(self, network: str) -> None:
        """Change the addresses by which it reaches out ("off" = none)."""
        self.network = network
        self._answer()
        self.rest()

    def hang_up(self) -> None:
        """Have the configuration read again."""
        self.process.send_signal(signal.SIGHUP)
        self.woken()

    def woken(self) -> None:
        """Let it do what somebody's signal asked for."""
        word = self._hear()
        assert word == ["signal"], word
        self._answer()
        self.rest()

    def stop(self) -> int:
        """End it as a service manager does; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        if self._words() == ["signal"]:
            self._answer()
        return self.process.wait(10)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    def _hear(self) -> list[str]:
        words = self._words()
        if not words:
            raise Ended(f"the service ended:\n{self.said()[-3000:]}")
        return words

    def _words(self) -> list[str]:
        assert self._file is not None
        try:
            return self._file.readline().split()
        except ConnectionError:
            return []

    def _answer(self) -> None:
        assert self._line is not None
        self._line.sendall(f"{self.now.isoformat()} {self.steady} {self.network}\n".encode())
