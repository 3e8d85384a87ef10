"""Where the service's time comes from, and how it sleeps. The system's, or a test's that moves it.

`AFTERVIEW_CLOCK` names a Unix socket that moves time: where the service would sleep it writes `sleep SECONDS`, and goes on
when it is answered with `WALL STEADY NETWORK`: an ISO 8601 instant, seconds that stand still while a machine sleeps, and
`on` or `off`. So a day passes in seconds, and a suspended machine is a jump of the first without the second.
"""

import select
import socket
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from afterview.sync.errors import ConfigError

CLOCK = "AFTERVIEW_CLOCK"
_NOWHERE = (
    ("192.0.2.1", socket.AF_INET),
    ("2001:db8::1", socket.AF_INET6),
)  # addresses for documentation, RFC 5737, 3849


class Times(Protocol):
    """Time as the service sees it."""

    def now(self) -> datetime:
        """Return the time of day, aware, UTC."""
        ...

    def steady(self) -> float:
        """Return seconds that no setting of the clock moves, and that stand still while the machine sleeps."""
        ...

    def sleep(self, seconds: float, until_readable: socket.socket) -> None:
        """Sleep so long, or until the socket has something to read."""
        ...

    def close(self) -> None: ...

    def online(self) -> str:
        """Return by which addresses this machine reaches out, "" where it cannot."""
        ...


class SystemTimes:
    """The system's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def steady(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float, until_readable: socket.socket) -> None:
        select.select([until_readable], [], [], seconds)

    def close(self) -> None:
        """Nothing is held."""

    def online(self) -> str:
        """Ask the routing table, by what a datagram would be sent from. Nothing is sent."""
        found: list[str] = []
        for address, family in _NOWHERE:
            try:
                with socket.socket(family, socket.SOCK_DGRAM) as probe:
                    probe.connect((address, 9))
                    found.append(str(probe.getsockname()[0]))
            except OSError:
                continue
        return " ".join(found)


class MovedTimes:
    """A test's time."""

    def __init__(self, path: str) -> None:
        self._line = socket.socket(socket.AF_UNIX)
        self._line.settimeout(120)
        try:
            self._line.connect(path)
        except OSError as error:
            raise ConfigError(f"{CLOCK} names no socket that answers ({error}).") from error
        self._file = self._line.makefile("r", encoding="utf-8")
        self._now, self._steady, self._online = datetime.min.replace(tzinfo=UTC), 0.0, ""
        self._hear()

    def now(self) -> datetime:
        return self._now

    def steady(self) -> float:
        return self._steady

    def sleep(self, seconds: float, until_readable: socket.socket) -> None:
        self._line.sendall(f"sleep {seconds:.6f}\n".encode())
        readable, _, _ = select.select([self._line, until_readable], [], [], 120)
        if self._line in readable:
            self._hear()
        else:
            self._line.sendall(b"signal\n")  # woken by a signal: the answer that comes now ends this sleep
            self._hear()

    def online(self) -> str:
        return self._online

    def close(self) -> None:
        self._file.close()
        self._line.close()

    def _hear(self) -> None:
        words = self._file.readline().split()
        if len(words) != 3:
            raise SystemExit(0)  # the test has gone
        self._now, self._steady = datetime.fromisoformat(words[0]).astimezone(UTC), float(words[1])
        self._online = "" if words[2] == "off" else words[2]


def gap(times: Times) -> timedelta:
    """Return how far the time of day is ahead of the steady seconds; a sudden change of it is a sleep or a set clock."""
    return times.now() - datetime.fromtimestamp(times.steady(), UTC)
