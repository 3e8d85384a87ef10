"""Reminders: short events in a calendar of our own, because a Google task has a date and cannot ring at a time.

key -> event id av + hash(key, generation): an insert that is repeated is refused, not doubled; an id stays burnt once the
event was deleted, so what shall ring again has the next generation. Private, transparent, without guests, one popup at its
start. It must never: touch any other calendar, or an event without our mark.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from afterview.sync.errors import AlreadyThere, Changed, ListGone, Missing, NotReady
from afterview.sync.text import one_line

from .client import Client, if_match, items_of
from .failures import About, StartOver
from .reading import MARK
from .tasks_form import Json, Promise, Reminder, instant

RING, WROTE, TASK = f"{MARK}-ring", f"{MARK}-title", f"{MARK}-task"
TITLE = "Afterview"
_LENGTH = timedelta(minutes=15)
_GENERATIONS = 50
_PAGE = 2500
_PAGES = 100
_EVENT = "id,etag,status,summary,start,extendedProperties/private"
_WORDS = (
    "A reminder for the task of the same name in Google Tasks. Move it to be reminded later, delete it to be left in peace; "
    "the task stays as it is. Tick the task, and this goes by itself."
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a listing told. COMPLETE: `live` is everything. Else `gone` are ids of events that were deleted."""

    live: tuple[Reminder, ...]
    gone: frozenset[str]
    token: str
    complete: bool


class Reminders:
    """The reminder calendar of one account."""

    def __init__(self, client: Client, calendar: str, zone: str) -> None:
        self._client = client
        self._calendar = calendar
        self._zone = zone

    @property
    def calendar(self) -> str:
        return self._calendar

    def changes(self, token: str) -> Changes:
        """Return what changed since a token, everything without one or where Google does not take it any more."""
        if not token:
            return self._listed("")
        try:
            return self._listed(token)
        except StartOver:
            return self._listed("")

    def _listed(self, token: str) -> Changes:
        live: dict[str, Reminder] = {}
        gone: set[str] = set()
        next_token = token
        for answer in self._pages({"syncToken": token} if token else {}, token=bool(token)):
            for event in items_of(answer):
                reminder = _reminder(event)
                if reminder is not None:
                    live[reminder.id] = reminder
                else:
                    gone.add(event["id"])
            next_token = str(answer.get("nextSyncToken") or "")
        return Changes(tuple(live.values()), frozenset(gone), next_token, complete=not token)

    def of(self, key: str, task_id: str = "") -> tuple[Reminder, ...]:
        """Return the live reminders of a key, or of a task without one; more than one is one too many."""
        pages = self._pages({"privateExtendedProperty": [f"{MARK}={key}" if key else f"{TASK}={task_id}"]})
        found = [_reminder(event) for answer in pages for event in items_of(answer)]
        return tuple(sorted((one for one in found if one), key=lambda one: one.id))

    def _pages(self, asked: Mapping[str, Any], *, token: bool = False) -> Iterator[Json]:
        page: str | None = None
        for _ in range(_PAGES):
            more = {"pageToken": page} if page else {}
            mask = f"items({_EVENT}),nextPageToken,nextSyncToken"
            request = self._events().list(calendarId=self._calendar, maxResults=_PAGE, fields=mask, **asked, **more)
            answer = self._client.call(request, self._about(token=token))
            yield answer
            page = answer.get("nextPageToken")
            if not page:
                return
        raise NotReady(f'The reminder calendar "{TITLE}" does not end; it is read again later.')

    def get(self, event_id: str) -> Reminder | None:
        """Read one reminder; None where it is not there any more."""
        try:
            event = self._client.call(
                self._events().get(calendarId=self._calendar, eventId=event_id, fields=_EVENT), self._about(item=True)
            )
        except Missing:
            return None
        return _reminder(event)

    def keep(self, key: str, promise: Promise, task_id: str) -> Reminder | None:
        """Make a promise true; return the reminder as it is then. Safe to repeat.

        Raises AccountError; Rejected and Uncertain too, and Changed where the user moved it at this moment: that counts.
        """
        live = self.of(key)
        for extra in live if promise.ring_at is None else live[1:]:
            self._delete(extra)
        if promise.ring_at is None:
            return None
        if not live:
            body = _body(key, promise.ring_at, promise.title, self._zone)
            body["extendedProperties"]["private"][TASK] = task_id
            return self._insert(key, promise, body)
        try:
            return self._patch(live[0], promise.ring_at, promise.title)
        except (Changed, Missing):
            again = self.of(key)
        if not again:
            return None
        if again[0].starts_at != live[0].starts_at:
            raise Changed(f'A reminder in the calendar "{TITLE}" was moved meanwhile.')
        return self._patch(again[0], promise.ring_at, promise.title)

    def _insert(self, key: str, promise: Promise, body: dict[str, Any]) -> Reminder | None:
        for generation in range(1, _GENERATIONS):
            event_id = event_id_of(key, generation)
            request = self._events().insert(
                calendarId=self._calendar, body={"id": event_id, **body}, sendUpdates="none", fields=_EVENT
            )
            try:
                return _reminder(self._client.call(request, self._about(item=True, write=True)))
            except AlreadyThere:
                there = self.get(event_id)  # ours after a lost answer, or burnt because the user deleted it
                if there is not None and promise.ring_at is not None:
                    return self._patch(there, promise.ring_at, promise.title)
        return None

    def _patch(self, reminder: Reminder, ring_at: datetime, title: str) -> Reminder | None:
        body = _differing(reminder, ring_at, title, self._zone)
        if not body:
            return reminder
        request = self._events().patch(
            calendarId=self._calendar, eventId=reminder.id, body=body, sendUpdates="none", fields=_EVENT
        )
        answer = self._client.call(request, self._about(item=True, write=True), headers=if_match(reminder.etag))
        return _reminder(answer)

    def _delete(self, reminder: Reminder) -> None:
        request = self._events().delete(calendarId=self._calendar, eventId=reminder.id, sendUpdates="none")
        try:
            self._client.call(request, self._about(item=True, write=True))
        except Missing:
            return

    def _events(self) -> Any:
        return self._client.part("calendar.events")

    def _about(self, *, item: bool = False, write: bool = False, token: bool = False) -> About:
        what = f'A reminder in the calendar "{TITLE}"' if item else f'The reminder calendar "{TITLE}"'
        return About(self._client.account, "Google Calendar", what, item=item, write=write, token=token)


def make_calendar(client: Client, zone: str) -> str:
    """Make the reminder calendar and return its id."""
    about = About(client.account, "Google Calendar", f'The reminder calendar "{TITLE}"', write=True)
    body = {"summary": TITLE, "description": "Reminders for your follow-ups, kept by Afterview.", "timeZone": zone}
    return str(client.call(client.part("calendar.calendars").insert(body=body), about)["id"])


def is_there(client: Client, calendar: str) -> bool:
    """Tell whether the reminder calendar still exists."""
    try:
        Reminders(client, calendar, "UTC").of("none")
    except ListGone:
        return False
    return True


def event_id_of(key: str, generation: int) -> str:
    """Derive an event id: letters a to v and digits only."""
    digest = hashlib.sha256(f"{key}\0{generation}".encode()).digest()
    return "av" + base64.b32hexencode(digest).decode()[:26].lower()


def _body(key: str, ring_at: datetime, title: str, zone: str) -> dict[str, Any]:
    return {
        "summary": one_line(title),
        "description": _WORDS,
        **_times(ring_at, zone),
        "transparency": "transparent",
        "visibility": "private",
        "reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 0}]},
        "extendedProperties": {"private": {MARK: key, RING: _written(ring_at), WROTE: one_line(title)}},
    }


def _differing(reminder: Reminder, ring_at: datetime, title: str, zone: str) -> dict[str, Any]:
    """Return what is to be changed; a title that the user wrote over, and a time to which they moved it, stay."""
    body: dict[str, Any] = {}
    private: dict[str, str] = {}
    if reminder.ring_at != ring_at:
        body |= _times(ring_at, zone)
        private[RING] = _written(ring_at)
    title = one_line(title)
    if reminder.wrote != title and reminder.title == reminder.wrote:
        body["summary"] = private[WROTE] = title
    if private:
        body["extendedProperties"] = {"private": private}
    return body


def _times(ring_at: datetime, zone: str) -> dict[str, Any]:
    return {
        "start": {"dateTime": _written(ring_at), "timeZone": zone},
        "end": {"dateTime": _written(ring_at + _LENGTH), "timeZone": zone},
    }


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _reminder(event: Json) -> Reminder | None:
    """Read an event; None for one that is deleted, or not ours any more."""
    private = _part(_part(event, "extendedProperties"), "private")
    key = private.get(MARK)
    starts_at = instant(_part(event, "start").get("dateTime"))
    if event.get("status") == "cancelled" or not key or not isinstance(event.get("id"), str):
        return None
    ring_at = instant(private.get(RING)) or starts_at
    if ring_at is None or starts_at is None:
        return None  # made an all-day event by the user: it rings no more
    title = one_line(str(event.get("summary") or ""))
    wrote = str(private.get(WROTE) or "")
    return Reminder(
        str(event["id"]), str(event.get("etag")), str(key), str(private.get(TASK) or ""), ring_at, starts_at,
        title, wrote,
    )  # fmt: skip


def _part(raw: Json, name: str) -> Json:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}
