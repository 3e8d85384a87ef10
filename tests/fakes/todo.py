"""To-do lists and calendars as Home Assistant shows them: no ids for what was added, changes that show late.

`shown` is what Home Assistant has read, `kept` what the service holds; `lag` fresh looks later they are the same.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from afterview.integrations.home_assistant.access import Entry, Features, Item, Moment
from afterview.sync.errors import Rejected, Uncertain

NEVER = 10**9


@dataclass(slots=True)
class FakeList:
    """One list (`access.ListAccess`). `fails`: errors for the next changes, after (True) or before they are done."""

    features_: Features = field(default_factory=Features)
    lag: int = 0
    kept: dict[str, Item] = field(default_factory=dict)
    shown: dict[str, Item] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    fails: list[tuple[type[Rejected | Uncertain], bool]] = field(default_factory=list)
    _looks: int = 0
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def features(self) -> Features:
        return self.features_

    def items(self, *, fresh: bool) -> tuple[Item, ...]:
        if fresh:
            self._looks += 1
            if self._looks > self.lag:
                self.catch_up()
        return tuple(self.shown.values())

    def catch_up(self) -> None:
        """Let Home Assistant see what the service holds."""
        self.shown = {uid: one for uid, one in self.kept.items() if not (one.done and self.features_.drops_done)}

    def add(self, item: Item) -> None:
        self._change("add", lambda: self.put(replace(item, uid=f"uid-{next(self._ids)}")))

    def change(self, item: Item) -> None:
        self._change("change", lambda: self.put(item))

    def remove(self, uid: str) -> None:
        self._change("remove", lambda: self.kept.pop(uid))

    def put(self, item: Item) -> None:
        """Store an item as the service does."""
        kept = item if self.features_.texts else replace(item, text="")
        self.kept[item.uid] = replace(kept, completed_at=None)

    def _change(self, verb: str, work: Callable[[], object]) -> None:
        self.log.append(verb)
        error, done = self.fails.pop(0) if self.fails else (None, True)
        if error is None or done:
            work()
        self._looks = 0
        if error is not None:
            raise error("The answer was lost.")

    def keep(self) -> None:
        self.log.append("keep")

    def pause(self, seconds: float) -> None:
        """Time stands still here."""

    def phone(self, uid: str, **changes: object) -> None:
        """Change an item as a person does with the service's own app, and let Home Assistant see it."""
        self.kept[uid] = replace(self.kept[uid], **changes)  # type: ignore[arg-type]  # test shorthand
        self.catch_up()


@dataclass(slots=True)
class FakeCalendars:
    """Some calendars (`access.CalendarAccess`)."""

    held: dict[str, dict[str, Entry]] = field(default_factory=dict)

    def calendars(self) -> tuple[str, ...]:
        return tuple(self.held)

    def entries(self, calendar: str, start: datetime, end: datetime) -> tuple[Entry, ...]:
        return tuple(
            one for one in self.held[calendar].values() if _instant(one.start) < end and _instant(one.end) > start
        )


def _instant(moment: Moment) -> datetime:
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
