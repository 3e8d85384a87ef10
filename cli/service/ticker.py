"""Waits, and says why it stopped waiting. Sleeps in slices, because only looking tells that the machine slept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto

from .signals import Signals
from .times import Times, gap

SLICE = timedelta(seconds=30)
JUMP = timedelta(seconds=20)  # more than any correction of a clock that runs


class Wake(Enum):
    """Why the waiting ended."""

    TIME = auto()  # what was waited for has come
    JUMP = auto()  # the machine slept, or its clock was set
    NETWORK = auto()  # this machine reaches out by another way than before
    CHANGED = auto()  # somebody else changed what is watched
    RELOAD = auto()
    STOP = auto()


class Ticker:
    """Waits for one service. `watched` returns what differs when the ledger was changed; `alive` is called each slice."""

    def __init__(
        self, times: Times, signals: Signals, watched: Callable[[], object], alive: Callable[[], None]
    ) -> None:
        self.times = times
        self._signals = signals
        self._watched = watched
        self._alive = alive
        self._gap = gap(times)
        self._online = times.online()
        self._state = watched()

    def settle(self) -> None:
        """Take what is watched as it is now: the changes so far are known, or our own."""
        self._state = self._watched()

    def wait(self, until: datetime) -> Wake:
        """Wait for a moment, or for one of the other reasons."""
        while True:
            self._alive()
            if (wake := self._heard()) is not None:
                return wake
            left = until - self.times.now()
            if left <= timedelta(0):
                return Wake.TIME
            self.times.sleep(min(left, SLICE).total_seconds(), self._signals.wakes)

    def _heard(self) -> Wake | None:
        self._signals.drain()
        if self._signals.stop:
            return Wake.STOP
        if self._signals.reload:
            self._signals.reload = False
            return Wake.RELOAD
        before, self._gap = self._gap, gap(self.times)
        if abs(self._gap - before) > JUMP:
            self._online = self.times.online()
            return Wake.JUMP
        was, self._online = self._online, self.times.online()
        if self._online and self._online != was:
            return Wake.NETWORK
        if self._watched() != self._state:
            self.settle()
            return Wake.CHANGED
        return None
