"""What is needed of a Home Assistant, in its own words: entities with events and items. From inside or from outside.

Every method may raise `NotReady` (the entity is not there, not loaded, not answering) or `ListGone`; a change may raise
`Rejected` (certainly not done) or `Uncertain` (nobody knows). Nothing is ever answered with an empty list instead.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

Moment = date | datetime  # a datetime is aware


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a to-do list. `completed_at` is known in newer versions only."""

    uid: str
    title: str
    done: bool = False
    due: Moment | None = None
    text: str = ""
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One occurrence in a calendar. `uid` is "" where the integration behind does not tell it."""

    start: Moment
    end: Moment
    title: str = ""
    text: str = ""
    location: str = ""
    uid: str = ""
    recurrence_id: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Features:
    """What a list can do.

    `times`: due has a time of day; `texts`: an item has a description, without which it cannot carry our mark;
    `drops_done`: what is ticked vanishes, as if it were deleted.
    """

    times: bool = True
    texts: bool = True
    drops_done: bool = False


class ListAccess(Protocol):
    """One to-do list."""

    def features(self) -> Features: ...

    def items(self, *, fresh: bool) -> tuple[Item, ...]:
        """Return every item, done ones too; `fresh` makes Home Assistant look at the service first."""
        ...

    def add(self, item: Item) -> None:
        """Add an item; its uid is not used."""
        ...

    def change(self, item: Item) -> None: ...

    def remove(self, uid: str) -> None: ...

    def keep(self) -> None:
        """Make durable what was noted so far; called before everything that changes something."""
        ...

    def pause(self, seconds: float) -> None:
        """Wait for a list that shows what was changed a moment later."""
        ...


class CalendarAccess(Protocol):
    """Some calendars."""

    def calendars(self) -> tuple[str, ...]:
        """Name them: entity ids."""
        ...

    def entries(self, calendar: str, start: datetime, end: datetime) -> tuple[Entry, ...]:
        """Return what lies in a time, overlap counts."""
        ...
