"""Single events of the server: get, insert, change, delete, and the instances of a series by their opaque ids.

behaviour                                                    source
own id; repeated = 409; burnt after deletion = 409           document; googleapis/google-api-ruby-client#1811
change of a deleted event = 403, second deletion = 410       the same
If-Match is heeded = 412                                     Google's guide to versions of resources
instance ids are opaque                                      phw198/OutlookGoogleCalendarSync#2205
changed reminders leave `updated` alone                      document
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

from .calendars import Calendar, Calendars, Stored
from .contract import Call, Json
from .formats import stamp
from .grants import OWNER
from .problems import Problem, not_found
from .repeats import length_of, start_of, starts, written
from .rules import check_event, check_new_id

_SERVER_MADE = frozenset((
    "kind", "etag", "id", "htmlLink", "created", "updated", "creator", "organizer", "iCalUID", "recurringEventId",
    "originalStartTime", "hangoutLink", "sequence", "eventType",
))  # fmt: skip


class Events:
    """The events of all calendars."""

    def __init__(self, calendars: Calendars) -> None:
        self.calendars = calendars
        self.clock = calendars.clock

    def handlers(self) -> Mapping[str, Callable[[Call], Json | None]]:
        """Return what answers each method; `listing` has the others."""
        return {
            "calendar.events.get": self._get,
            "calendar.events.insert": self._insert,
            "calendar.events.patch": self._patch,
            "calendar.events.update": self._update,
            "calendar.events.delete": self._delete,
        }

    # what tests and the phone use
    def enter(self, calendar: Calendar, body: Json) -> Json:
        """Put an event as it is into a calendar, as an invitation or another program does; returns the resource."""
        number = self.calendars.next_revision()
        event_id = body.get("id") or hashlib.sha256(f"event-{number}".encode()).hexdigest()[:26]
        now = stamp(self.clock())
        made = {
            "kind": "calendar#event",
            "id": event_id,
            "status": "confirmed",
            "htmlLink": f"https://www.google.com/calendar/event?eid={event_id}",
            "created": now,
            "updated": now,
            "creator": {"email": OWNER, "self": True},
            "organizer": self._organizer(calendar),
            "iCalUID": f"{event_id}@google.com",
            "sequence": 0,
            "reminders": {"useDefault": True},
            "eventType": "default",
            **body,
        }
        calendar.events[event_id] = Stored(made, number, self.clock())
        calendar.revision = number
        return self.resource(calendar.events[event_id])

    def change(self, calendar: Calendar, event_id: str, changes: Json) -> Json:
        """Change an event or one instance of a series."""
        stored = self._own(calendar, event_id)
        before = stored.body
        stored.body = {name: value for name, value in {**before, **changes}.items() if value is not None}
        stored.revision = calendar.revision = self.calendars.next_revision()
        if set(changes) != {"reminders"}:
            stored.updated = self.clock()
            stored.body["updated"] = stamp(stored.updated)
        if any(changes.get(name) and changes[name] != before.get(name) for name in ("start", "end")):
            stored.body["sequence"] = before.get("sequence", 0) + 1
        return self.resource(stored)

    def remove(self, calendar: Calendar, event_id: str) -> None:
        """Delete an event, a series, or one instance of a series."""
        self.change(calendar, event_id, {"status": "cancelled"})

    def resource(self, stored: Stored) -> Json:
        """Return what is answered for an event."""
        return {**stored.body, "etag": f'"{stored.revision}"'}

    def instances(self, calendar: Calendar, series: Stored, low: datetime | None, high: datetime | None) -> list[Json]:
        """Return the occurrences of a series, but for those that live on their own; remembers that they were shown."""
        found = []
        length = length_of(series.body)
        for at in starts(series.body, low, high):
            original = written(at, series.body["start"])
            instance_id = instance_name(series.body["id"], original)
            series.shown[instance_id] = original
            if instance_id in calendar.events:
                continue
            body = {name: value for name, value in series.body.items() if name != "recurrence"}
            end = written(at + length, series.body["end"])
            body |= {"id": instance_id, "recurringEventId": series.body["id"], "originalStartTime": original}
            found.append({**body, "start": original, "end": end, "etag": f'"{series.revision}"'})
        return found

    # the methods
    def _get(self, call: Call) -> Json:
        calendar = self.calendars.reached(call)
        return self.resource(self._found(calendar, call["eventId"]))

    def _insert(self, call: Call) -> Json:
        calendar = self.calendars.reached(call, write=True)
        body = dict(call.body)
        if body.get("id"):
            check_new_id(body["id"])
            if body["id"] in calendar.events:
                raise Problem(409, "duplicate", "The requested identifier already exists.")
        check_event(body)
        kept = {name: value for name, value in body.items() if name not in _SERVER_MADE or name in {"id", "eventType"}}
        return self.enter(calendar, kept)

    def _patch(self, call: Call) -> Json:
        calendar, stored = self._writable(call)
        changes = {name: value for name, value in call.body.items() if name not in _SERVER_MADE}
        merged = {name: _merged(stored.body.get(name), value) for name, value in changes.items()}
        self._check(stored, merged)
        return self.change(calendar, call["eventId"], merged)

    def _update(self, call: Call) -> Json:
        calendar, stored = self._writable(call)
        changes = {name: value for name, value in call.body.items() if name not in _SERVER_MADE}
        dropped: Json = {name: None for name in stored.body if name not in _SERVER_MADE and name != "status"}
        self._check(stored, changes)
        return self.change(calendar, call["eventId"], {**dropped, **changes})

    def _check(self, stored: Stored, changes: Json) -> None:
        checked = {name: value for name, value in {**stored.body, **changes}.items() if value is not None}
        check_event({**checked, "eventType": "default"})

    def _delete(self, call: Call) -> None:
        calendar = self.calendars.reached(call, write=True)
        stored = self._found(calendar, call["eventId"])
        if stored.body["status"] == "cancelled":
            raise Problem(410, "deleted", "Resource has been deleted")
        self._check_condition(call, stored)
        self.remove(calendar, call["eventId"])

    def _writable(self, call: Call) -> tuple[Calendar, Stored]:
        calendar = self.calendars.reached(call, write=True)
        stored = self._found(calendar, call["eventId"])
        if stored.body["status"] == "cancelled":
            raise Problem(403, "forbidden", "Forbidden")
        self._check_condition(call, stored)
        return calendar, stored

    def _check_condition(self, call: Call, stored: Stored) -> None:
        if call.headers.get("if-match") not in {None, "*", f'"{stored.revision}"'}:
            raise Problem(412, "conditionNotMet", "Precondition Failed")

    def _found(self, calendar: Calendar, event_id: str) -> Stored:
        """Return an event or an instance, the latter not yet stored."""
        if event_id in calendar.events:
            return calendar.events[event_id]
        for series in list(calendar.events.values()):
            if event_id in series.shown and series.body["status"] != "cancelled":
                at = start_of({"start": series.shown[event_id]})
                low = at if at.tzinfo else None
                for body in self.instances(calendar, series, low, None):
                    if body["id"] == event_id:
                        return Stored(body, series.revision, series.updated)
        raise not_found()

    def _own(self, calendar: Calendar, event_id: str) -> Stored:
        """Return an event that can be changed: an instance gets a life of its own."""
        stored = self._found(calendar, event_id)
        calendar.events[event_id] = stored
        return stored

    def _organizer(self, calendar: Calendar) -> Json:
        if calendar.primary:
            return {"email": OWNER, "self": True}
        return {"email": calendar.id, "displayName": calendar.title, "self": True}


def instance_name(series_id: str, original: Json) -> str:
    """Return the opaque id of one instance."""
    told = original.get("dateTime") or original.get("date")
    return f"{series_id}_{hashlib.sha256(f'{series_id} {told}'.encode()).hexdigest()[:12]}"


def _merged(before: object, change: object) -> object:
    """Merge as PATCH does: objects field by field, null takes away, lists are replaced."""
    if isinstance(before, dict) and isinstance(change, dict):
        merged = {**before, **{name: _merged(before.get(name), value) for name, value in change.items()}}
        return {name: value for name, value in merged.items() if value is not None}
    return change
