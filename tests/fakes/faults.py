"""Planned faults of the in-memory twin: what goes wrong, and when."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from afterview.sync.errors import AuthFailed, ListGone, NotReady, Rejected, Uncertain


class Crash(BaseException):
    """The process died here. Not an `Exception`, so that nothing on the way can handle it."""


class Fault(StrEnum):
    """What goes wrong with the next operation of a kind."""

    LOST_BEFORE = "lost before commit"  # writes: Uncertain, nothing was stored
    LOST_AFTER = "lost after commit"  # writes: Uncertain, but it was stored
    CRASH_BEFORE = "crash before commit"
    CRASH_AFTER = "crash after commit"
    NOT_READY = "not ready"
    AUTH = "sign-in refused"
    GONE = "list gone"
    REJECTED = "item rejected"  # writes
    BUSY = "asked to wait"  # not ready, and says until when
    RACED = "changed meanwhile, it says"  # writes: 412 or 409 although nothing was changed
    CUT = "cut short"  # reads: something was read, then NotReady
    EMPTY = "suddenly empty"  # reads: a complete listing that shows nothing
    HALF = "half is missing"  # reads: a complete listing that leaves out every second item
    TOKEN_REFUSED = "token refused"
    DEAF = "changes not told"  # reads: a delta that shows no change although there are some


_BEFORE: dict[Fault, Callable[[], BaseException]] = {
    Fault.LOST_BEFORE: lambda: Uncertain("The answer was lost."),
    Fault.CRASH_BEFORE: lambda: Crash("before"),
    Fault.NOT_READY: lambda: NotReady("The list cannot be reached now."),
    Fault.AUTH: lambda: AuthFailed("The list does not accept the sign-in."),
    Fault.GONE: lambda: ListGone("The list is not there any more."),
    Fault.REJECTED: lambda: Rejected("The list does not accept this task."),
}
PAUSE = timedelta(minutes=40)  # how long a client is asked to wait


@dataclass(slots=True)
class Faults:
    """Planned faults: operation name -> queue. An operation without a plan works, and one whose turn is None."""

    planned: dict[str, deque[Fault | None]] = field(default_factory=dict)
    struck: int = 0

    def plan(self, operation: str, *faults: Fault | None) -> None:
        self.planned.setdefault(operation, deque()).extend(faults)

    def clear(self) -> None:
        self.planned.clear()

    def take(self, operation: str) -> Fault | None:
        """Use up the next fault of the operation; raise it if it strikes before anything happened."""
        queue = self.planned.get(operation)
        fault = queue.popleft() if queue else None
        self.struck += fault is not None
        strike = _BEFORE.get(fault) if fault else None
        if strike:
            raise strike()
        return fault


def strike_after(fault: Fault | None) -> None:
    if fault is Fault.LOST_AFTER:
        raise Uncertain("The answer was lost.")
    if fault is Fault.CRASH_AFTER:
        raise Crash("after")
