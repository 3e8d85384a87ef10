"""Role `event_source`: calendars read by window once a day, by sync token in between. Never writes.

    no token, another request, a window that moved on, `full`  -> the whole window, page by page
    token                                                      -> what changed; refused (400, 410) -> the whole window

Series come as occurrences, each a resource of its own, named by series and original start. Only ordinary events and those
made from mail are asked for. What was deleted comes as a stub that has little more than its id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from afterview.integrations.entry import Entry
from afterview.integrations.ical.bounds import Unreadable
from afterview.sync.errors import ConfigError, ListGone, NotReady
from afterview.sync.model import Event
from afterview.sync.ports import (
    Coverage,
    Done,
    EventReading,
    EventRequest,
    EventSource,
    Removed,
    Resource,
    Unchanged,
    Window,
)

from .calendars import calendar_id, forget
from .client import Client, Json, open_client
from .cursor import Cursor, mark_of
from .failures import About, StartOver
from .reading import event_from_json, glance_of, href_of, is_ours
from .scopes import Feature

SERVICE = "Google Calendar"
_PERSON = "email,displayName,self"
FIELDS = (
    "items(id,etag,status,eventType,iCalUID,recurringEventId,originalStartTime,start,end,endTimeUnspecified,summary,"
    f"description,location,organizer({_PERSON}),creator({_PERSON}),"
    f"attendees({_PERSON},resource,optional,responseStatus,comment),hangoutLink,conferenceData/entryPoints/uri,source/url,"
    "visibility,sequence,updated,extendedProperties/private),nextPageToken,nextSyncToken"
)
_MOMENT = timedelta(microseconds=1)
_PAGES = 100
_DELTA_PAGES = 4  # more changes than this are read as a window: most lie outside it


@dataclass(frozen=True, slots=True)
class Calendars:
    """The configured calendars of one account."""

    entry: Entry
    names: tuple[str, ...]

    def calendars(self) -> tuple[str, ...]:
        return self.names

    def read(self, request: EventRequest) -> EventReading:
        """Read one calendar: changes since the cursor, else the window."""
        client = open_client(self.entry)
        about = About(self.entry.id, SERVICE, f'The calendar "{request.calendar}"')
        client.need(Feature.READ, about)
        found = calendar_id(self.entry, client, request.calendar, about)
        try:
            yield from self._read(_Reading(client, about, _parameters(found), request))
        except ListGone:
            forget(self.entry, request.calendar)
            raise

    def _read(self, reading: "_Reading") -> EventReading:
        request = reading.request
        cursor = None if request.full else Cursor.read(request.cursor)
        if cursor is not None and cursor.holds(reading.mark, request.window):
            try:
                changes, token = reading.changes(cursor.token)
            except StartOver:
                pass
            else:
                for item in changes:
                    yield from self._changed(request, item)
                yield Done(Coverage.DELTA, Cursor(token, reading.mark, cursor.starts_at).written())
                return
        for page in reading.window():
            for item in _items(page):
                if item.get("status") != "cancelled":
                    yield self._resource(request, item)
        yield Done(Coverage.COMPLETE, Cursor(reading.token, reading.mark, request.window.starts_at).written())

    def _changed(self, request: EventRequest, item: Json) -> Iterator[Resource | Unchanged | Removed]:
        href = href_of(item)
        series = item.get("recurringEventId")
        if isinstance(series, str) and series in request.known:  # it was a single event before
            yield Removed(series)
        if item.get("status") != "cancelled":
            yield self._resource(request, item)
        elif href in request.known:
            yield Removed(href)
        elif not series:
            yield from (Removed(known) for known in request.known if known.startswith(f"{href}/"))

    def _resource(self, request: EventRequest, item: Json) -> Resource | Unchanged:
        """Look cheaply first; read only what can be an interview in the window."""
        href, etag = href_of(item), str(item.get("etag") or "")
        if not href:
            return Resource("?", etag, problem="The entry has no id.")
        if etag and request.known.get(href) == etag:
            return Unchanged(href)
        if is_ours(item):
            return Resource(href, etag)
        glance = glance_of(item)
        if not request.interesting(glance):
            return Resource(href, etag, skipped=glance)
        try:
            event = event_from_json(item, request.zone, account=self.entry.id, calendar=request.calendar, resource=href)
        except Unreadable as problem:
            return Resource(href, etag, problem=str(problem))
        return Resource(href, etag, (event,) if _touches(event, request.window) else ())


@dataclass(slots=True)
class _Reading:
    """The requests of one reading. `token`: for the next one, known after the last page."""

    client: Client
    about: About
    parameters: Json
    request: EventRequest
    token: str = ""

    @property
    def mark(self) -> str:
        return mark_of(self.parameters, self.request.window)

    def window(self) -> Iterator[Json]:
        """Yield the pages of the whole window."""
        times = {"timeMin": _stamp(self.request.window, "starts_at"), "timeMax": _stamp(self.request.window, "ends_at")}
        try:
            yield from self._pages({**self.parameters, **times}, self.about, _PAGES)
        except StartOver:
            raise NotReady(f"{self.about.what} changed while it was read; it is read again later.") from None

    def changes(self, token: str) -> tuple[list[Json], str]:
        """Return everything that changed and the next token. Raises StartOver."""
        about = About(self.about.account, SERVICE, self.about.what, token=True)
        found: list[Json] = []
        for page in self._pages({**self.parameters, "syncToken": token}, about, _DELTA_PAGES):
            found += _items(page)
        return found, self.token

    def _pages(self, parameters: Json, about: About, most: int) -> Iterator[Json]:
        """Yield page after page; the library's own way stumbles over repeated parameters (its issue #2178)."""
        page_token: str | None = None
        for _ in range(most):
            request = self.client.part("calendar.events").list(**parameters, pageToken=page_token)
            page = self.client.call(request, about)
            yield page
            page_token = page.get("nextPageToken")
            if not page_token:
                self.token = str(page.get("nextSyncToken") or "")
                return
        if about.token:
            raise StartOver
        raise NotReady(f"{about.what} has more than {most * 2500} appointments in the time that is read.")


def _parameters(found: str) -> Json:
    return {
        "calendarId": found,
        "singleEvents": True,
        "eventTypes": ["default", "fromGmail"],
        "maxResults": 2500,
        "fields": FIELDS,
    }


def _items(page: Json) -> list[Json]:
    items: Any = page.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _touches(event: Event, window: Window) -> bool:
    return event.starts_at < window.ends_at and max(event.ends_at, event.starts_at + _MOMENT) > window.starts_at


def _stamp(window: Window, edge: str) -> str:
    at = window.starts_at if edge == "starts_at" else window.ends_at
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def open_events(entry: Entry) -> EventSource:
    """Open the account's calendars."""
    names = entry.settings.get("calendars") or ()
    chosen = (names,) if isinstance(names, str) else tuple(str(name) for name in names)
    if not chosen:
        raise ConfigError(f'The account "{entry.id}" names no calendars to read; add `calendars = ["primary"]`.')
    return Calendars(entry, chosen)
