"""When an account is asked next, and when a person is told. Pure: the clock and the jitter are passed in.

    NEW --ok--> OK <--ok-- WAITING      (NotReady: asked again after a growing pause, or when the service says)
                 |            ^
                 +--NotReady--+
                 +--AuthFailed--> REAUTH    asked again only by hand, or after `LOCKED_PAUSE` once more
                 +--Refused----> REFUSED    the same

While the rest of an account works it is asked as often as ever, whatever one calendar of it says. Leaving OK is one
notice, coming back is one, and changing from one failure to another is one; the same failure again is none. A pass that a
person starts by hand ignores our own pause, never a service's Retry-After.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from afterview.sync.errors import AccountError, AuthFailed, NotReady

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
LOCKED_PAUSE = timedelta(hours=6)  # a password may be right again without us being told; a lock-out must not follow
JITTER = 0.1  # share of the interval by which accounts are spread


class State(StrEnum):
    """How an account is. The words are those of `AccountError.state`."""

    NEW = "new"
    OK = "ok"
    WAITING = "waiting"
    REAUTH = "reauth"
    REFUSED = "refused"


class Notice(StrEnum):
    """What is worth telling: the account was lost, or it is back."""

    LOST = "lost"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One account over time. At its start the service makes it again from what the ledger knows of an account that failed.

    `not_before` is the service's own wish; `next_at` is ours, and never earlier.
    """

    state: State = State.NEW
    next_at: datetime | None = None
    not_before: datetime | None = None
    last_ok: datetime | None = None
    failures: int = 0
    sentence: str = ""

    def due(self, now: datetime, *, by_hand: bool = False) -> bool:
        """Say whether the account may be asked now."""
        if self.not_before is not None and now < self.not_before:
            return False
        return by_hand or self.next_at is None or now >= self.next_at

    def hurried(self, now: datetime) -> "Schedule":
        """Return the schedule with our own pause cut short. A sign-in that was not accepted keeps it: it would lock."""
        if self.state not in {State.NEW, State.OK, State.WAITING}:
            return self
        return replace(self, next_at=max(now, self.not_before) if self.not_before else now)

    def succeeded(self, now: datetime, interval: timedelta, jitter: float) -> "tuple[Schedule, Notice | None]":
        """Return what follows a good pass. `jitter` is 0..1, spread evenly over the accounts by the caller."""
        notice = Notice.BACK if self.state not in {State.NEW, State.OK} else None
        pause = interval * (1 + JITTER * (2 * jitter - 1))
        return Schedule(State.OK, next_at=now + pause, last_ok=now), notice

    def failed(
        self, error: AccountError, now: datetime, interval: timedelta, jitter: float, *, partly: bool = False
    ) -> "tuple[Schedule, Notice | None]":
        """Return what follows a failed pass. `partly`: the rest of the account works, and is asked as often as ever."""
        state = _state(error)
        notice = Notice.LOST if state is not self.state else None
        failures = self.failures + 1 if state is self.state else 1
        not_before = error.retry_at if isinstance(error, NotReady) else None
        pause = LOCKED_PAUSE if state is not State.WAITING else _pause(failures, interval)
        if partly and state is not State.REAUTH:
            pause = min(pause, interval) if state is State.WAITING else interval
        next_at = now + pause * (1 + JITTER * jitter)
        return (
            replace(
                self,
                state=state,
                next_at=max(next_at, not_before) if not_before else next_at,
                not_before=not_before,
                failures=failures,
                sentence=str(error),
            ),
            notice,
        )


def _state(error: AccountError) -> State:
    if isinstance(error, NotReady):
        return State.WAITING
    return State.REAUTH if isinstance(error, AuthFailed) else State.REFUSED


def _pause(failures: int, interval: timedelta) -> timedelta:
    """Double from `FIRST_PAUSE`; never longer than an hour, unless the account is asked more seldom anyway."""
    doubled = FIRST_PAUSE * (1 << min(failures - 1, 10))
    return min(doubled, max(LONGEST_PAUSE, interval))
