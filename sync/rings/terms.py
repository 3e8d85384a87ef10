"""What the rings are told, and what they tell."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from ..playbook import PlaybookSettings
from ..ports import Notifier

STALE = timedelta(hours=24)  # what is later than this is no ring any more, but part of one summary


def no_link(_account: str, _remote_id: str) -> str:
    """Say that there is no address under which a task opens."""
    return ""


@dataclass(frozen=True, slots=True)
class RingTerms:
    """The user's side. `addresses` names every push address there is; without any nothing rings.

    `brief` is the local time of the morning brief, None without one. `link(account, remote id)` says where a task
    opens. `sign(question id, expiry)` gives the address of the page that takes an answer, None without a listener.
    """

    playbook: PlaybookSettings
    deliver_to: str = ""
    addresses: tuple[str, ...] = ()
    brief: time | None = None
    link: Callable[[str, str], str] = no_link
    sign: Callable[[str, datetime], str] | None = None


@dataclass(frozen=True, slots=True)
class NotifierSpec:
    """A push address. `name` as in `RingTerms.addresses`; `open` may raise AccountError or ConfigError.

    `sign` goes before that of the terms, for an address whose buttons are heard in a way of its own.
    """

    name: str
    open: Callable[[], Notifier]
    sign: Callable[[str, datetime], str] | None = None


@dataclass(slots=True)
class RingReport:
    """What was pushed: titles by push; `problems`, one sentence an address that failed; `defects` as in `AccountReport`."""

    pushed: list[str] = field(default_factory=list)
    uncertain: int = 0
    problems: list[str] = field(default_factory=list)
    defects: list[BaseException] = field(default_factory=list)


def health_name(address: str) -> str:
    """Return under what the health of an address is kept: its account, else what no account can be called."""
    return f"push {address}" if address.startswith(("#", "@")) else address
