"""Calendars as the server keeps them, the user's list of them, and who may touch which.

behaviour                                             source
calendar.app.created alone: own calendars only        document (scopes)
...owned scopes: calendars that the user owns         document (scopes)
a calendar that is no longer shared = 404             Google's error guide
calendars.insert is not idempotent                    document
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .contract import Call, Json
from .grants import OWNER
from .pages import Pages
from .problems import Problem, not_found

APP = "calendar.app.created"
OWNED = frozenset(("calendar.events.owned", "calendar.events.owned.readonly"))
ROLES = ("freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")
PAGE, PAGE_LIMIT = 100, 250


@dataclass(slots=True)
class Stored:
    """One event: the resource without its etag. `shown`: the instances of a series that were ever given out."""

    body: Json
    revision: int
    updated: datetime
    shown: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Calendar:
    """One calendar and the user's view of it."""

    id: str
    title: str
    zone: str
    role: str = "owner"
    primary: bool = False
    app_made: bool = False
    revision: int = 0
    entry: Json = field(default_factory=dict)  # what the user set: colour, selected, default reminders
    events: dict[str, Stored] = field(default_factory=dict)

    @property
    def writable(self) -> bool:
        """Tell whether the user may change events."""
        return ROLES.index(self.role) >= ROLES.index("writer")


@dataclass(slots=True)
class Calendars:
    """All calendars of one user. `revision` counts every change anywhere."""

    clock: Callable[[], datetime]
    pages: Pages
    zone: str = "Europe/Berlin"
    revision: int = 0
    known: dict[str, Calendar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the primary calendar."""
        self.known[OWNER] = Calendar(OWNER, OWNER, self.zone, primary=True)

    def handlers(self) -> Mapping[str, Callable[[Call], Json | None]]:
        """Return what answers each method."""
        return {
            "calendar.calendarList.list": self._list,
            "calendar.calendarList.get": lambda call: self._entry(self.reached(call)),
            "calendar.calendarList.patch": self._change_entry,
            "calendar.calendars.get": lambda call: self._calendar(self.reached(call)),
            "calendar.calendars.insert": self._insert,
            "calendar.calendars.patch": self._change,
            "calendar.calendars.delete": self._delete,
        }

    def next_revision(self) -> int:
        """Count one change."""
        self.revision += 1
        return self.revision

    def add(self, title: str, *, role: str = "owner", app_made: bool = False, zone: str = "") -> Calendar:
        """Make a secondary calendar. Titles are not unique."""
        number = self.next_revision()
        name = hashlib.sha256(f"calendar-{number}".encode()).hexdigest()[:26]
        made = Calendar(f"{name}@group.calendar.google.com", title, zone or self.zone, role, app_made=app_made)
        made.revision = number
        self.known[made.id] = made
        return made

    def get(self, calendar_id: str) -> Calendar:
        """Return a calendar by id or by the keyword "primary"."""
        found = self.known.get(OWNER if calendar_id == "primary" else calendar_id)
        if found is None:
            raise not_found()
        return found

    def reached(self, call: Call, *, write: bool = False) -> Calendar:
        """Return the calendar of a call if the token and the user's role allow it."""
        calendar = self.get(call["calendarId"])
        short = {scope.rpartition("/auth/")[2] for scope in call.scopes}
        if short == {APP} and not calendar.app_made:
            raise Problem(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        if short and short <= OWNED and calendar.role != "owner":
            raise Problem(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        if write and not calendar.writable:
            raise Problem(403, "requiredAccessLevel", "You need to have writer access to this calendar.")
        return calendar

    def _list(self, call: Call) -> Json:
        if call["syncToken"]:
            raise Problem(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
        lowest = ROLES.index(call["minAccessRole"] or ROLES[0])
        shown = [self._entry(one) for one in self.known.values() if ROLES.index(one.role) >= lowest]
        if not call["showHidden"]:
            shown = [one for one in shown if not one.get("hidden")]
        last = {"nextSyncToken": f"list-{self.revision}"}
        page, more = self.pages.cut(call, shown, call["maxResults"] or PAGE, PAGE_LIMIT, last)
        return {"kind": "calendar#calendarList", "etag": f'"{self.revision}"', "items": page, **more}

    def _entry(self, calendar: Calendar) -> Json:
        return {
            "kind": "calendar#calendarListEntry",
            "etag": f'"{calendar.revision}"',
            "id": calendar.id,
            "summary": calendar.title,
            "timeZone": calendar.zone,
            "accessRole": calendar.role,
            "defaultReminders": [],
            "selected": True,
            **({"primary": True} if calendar.primary else {}),
            **calendar.entry,
        }

    def _calendar(self, calendar: Calendar) -> Json:
        return {
            "kind": "calendar#calendar",
            "etag": f'"{calendar.revision}"',
            "id": calendar.id,
            "summary": calendar.title,
            "timeZone": calendar.zone,
        }

    def _insert(self, call: Call) -> Json:
        if not call.body.get("summary"):
            raise Problem(400, "required", "Missing title.")
        made = self.add(call.body["summary"], app_made=True, zone=call.body.get("timeZone", ""))
        return self._calendar(made)

    def _change(self, call: Call) -> Json:
        calendar = self.reached(call, write=True)
        calendar.title = call.body.get("summary", calendar.title)
        calendar.zone = call.body.get("timeZone", calendar.zone)
        calendar.revision = self.next_revision()
        return self._calendar(calendar)

    def _change_entry(self, call: Call) -> Json:
        calendar = self.reached(call)
        allowed = {"selected", "hidden", "colorId", "backgroundColor", "foregroundColor", "summaryOverride"}
        allowed |= {"defaultReminders", "notificationSettings"}
        calendar.entry.update({name: value for name, value in call.body.items() if name in allowed})
        calendar.revision = self.next_revision()
        return self._entry(calendar)

    def _delete(self, call: Call) -> None:
        calendar = self.reached(call, write=True)
        if calendar.primary:
            raise Problem(403, "cannotDeletePrimaryCalendar", "The primary calendar cannot be deleted.")
        del self.known[calendar.id]
        self.next_revision()
