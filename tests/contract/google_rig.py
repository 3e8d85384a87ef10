"""The test server of Google for the contract suite."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from afterview.cli.showcase.google.server import Google
from afterview.integrations.entry import Entry
from afterview.integrations.google.events import open_events
from afterview.sync.ports import EventSource
from tests.accounts import MovedClock, account, close


def times(starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    zone = {"timeZone": "Europe/Berlin"}
    return {"start": {"dateTime": starts_at.isoformat(), **zone}, "end": {"dateTime": ends_at.isoformat(), **zone}}


@dataclass(slots=True)
class GoogleEventRig:
    """The main calendar of an account, kept by its owner. `page`: how many events Google gives at a time."""

    page: int = 0
    name: str = "google"
    calendar: str = "primary"
    clock: MovedClock = field(default_factory=MovedClock)
    google: Google = field(init=False)
    entry: Entry = field(init=False)
    events: EventSource = field(init=False)

    def __post_init__(self) -> None:
        self.google = Google(self.clock)
        self.google.pages.largest = self.page
        token = self.google.consent("calendar.events.readonly")
        self.entry = account({"calendars": [self.calendar]}, integration="google", token=token, clock=self.clock)
        self.events = open_events(self.entry)

    def enter(self, name: str, title: str, starts_at: datetime, ends_at: datetime) -> str:
        title, _, rule = title.partition("\r\n")
        body = {"summary": title, **times(starts_at, ends_at), **({"recurrence": [rule]} if rule else {})}
        calendar = self.google.calendars.get(self.calendar)
        if name in calendar.events:
            self.google.events.change(calendar, name, body)
        else:
            self.google.events.enter(calendar, {"id": name, "iCalUID": name, **body})
        return f"{name}/{starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}" if rule else name

    def remove(self, href: str) -> None:
        self.google.phone.delete_event(self.google.calendars.get(self.calendar), href)

    def close(self) -> None:
        close(self.entry)
        self.google.close()
        assert self.google.broken == []
