"""Role `event_source`: the calendars of an account, read by token, window and delta. Never writes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from afterview.integrations.dav.collection import Body, Collection, NoDelta
from afterview.integrations.entry import Entry
from afterview.integrations.http import TooLarge
from afterview.integrations.ical import scan
from afterview.integrations.ical.bounds import Unreadable
from afterview.integrations.ical.marks import is_current, marked
from afterview.sync.errors import ConfigError, Refused
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

from . import bodies
from .client import open_client
from .discovery import locate

_SLICE = timedelta(days=400)
_SMALLEST = timedelta(days=14)
_MANY = 500  # more changes than this are read as a window: most lie outside it


@dataclass(frozen=True, slots=True)
class Calendars:
    """The configured calendars of one account."""

    entry: Entry
    names: tuple[str, ...]

    def calendars(self) -> tuple[str, ...]:
        return self.names

    def read(self, request: EventRequest) -> EventReading:
        """Read one calendar: changes since the cursor, else the window (the token is taken first)."""
        calendar = self._collection(request.calendar)
        if request.cursor and not request.full:
            try:
                delta = calendar.changes(request.cursor)
            except NoDelta:
                delta = None
            if delta is not None:
                wanted = [h for h, e in delta.changed.items() if not is_current(request.known, h, e, request.window)]
                if len(wanted) <= _MANY:
                    yield from self._delta(request, calendar, wanted, delta.removed)
                    yield Done(Coverage.DELTA, delta.token)
                    return
        token = calendar.next_token("" if request.full else request.cursor)
        yield from self._window(request, calendar)
        yield Done(Coverage.COMPLETE, token)

    def _delta(
        self, request: EventRequest, calendar: Collection, wanted: Sequence[str], removed: frozenset[str]
    ) -> Iterator[Resource | Removed]:
        for body in calendar.bodies(wanted):
            yield self._resource(request, body) if body.text is not None else Removed(body.href)
        for href in sorted(removed & request.known.keys()):
            yield Removed(href)

    def _window(self, request: EventRequest, calendar: Collection) -> Iterator[Resource | Unchanged | Removed]:
        """Read everything in the window: with its bodies when nothing is known yet, else only what differs."""
        if not request.known:
            yield from self._bodies_in_window(request, calendar)
            return
        listed = calendar.etags(bodies.query("VEVENT", request.window, data=False))
        wanted: list[str] = []
        for href, etag in listed.items():
            if is_current(request.known, href, etag, request.window):
                yield Unchanged(href)
            else:
                wanted.append(href)
        for body in calendar.bodies(wanted):
            if body.text is not None:
                yield self._resource(request, body)

    def _bodies_in_window(self, request: EventRequest, calendar: Collection) -> Iterator[Resource | Removed]:
        """Query slice by slice: servers refuse to send everything at once (measured: over 10,000 entries)."""
        seen: set[str] = set()
        waiting = _slices(request.window)
        while waiting:
            part = waiting.pop(0)
            try:
                for body in calendar.query(bodies.query("VEVENT", part, data=True)):
                    if body.href not in seen:
                        seen.add(body.href)
                        yield self._resource(request, body)
            except Refused as error:
                if part.ends_at - part.starts_at <= _SMALLEST:
                    if not isinstance(error, TooLarge):
                        raise
                    listed = calendar.etags(bodies.query("VEVENT", part, data=False))
                    yield from self._delta(request, calendar, sorted(listed.keys() - seen), frozenset())
                    seen |= listed.keys()
                    continue
                middle = part.starts_at + (part.ends_at - part.starts_at) / 2
                waiting[:0] = [Window(part.starts_at, middle), Window(middle, part.ends_at)]

    def _resource(self, request: EventRequest, body: Body) -> Resource:
        """Look cheaply first; parse only what can be an interview in the window."""
        if body.problem:
            return Resource(body.href, body.etag, problem=body.problem)
        text = body.text or ""
        look = scan.look(text)
        if not look.is_event or look.ours or not scan.may_touch(look, request.window):
            return Resource(body.href, body.etag)
        if not request.interesting(look.glance):
            return Resource(body.href, body.etag, skipped=look.glance)
        from afterview.integrations.ical.read import (  # the full parser is not loaded for a pass without news
            Place,
            read,
        )

        etag = marked(body.etag, request.window, repeats=look.repeats)
        place = Place(self.entry.id, request.calendar, body.href, request.zone)
        try:
            return Resource(body.href, etag, read(text, place, request.window))
        except Unreadable as problem:
            return Resource(body.href, body.etag, problem=str(problem))

    def _collection(self, name: str) -> Collection:
        dav = open_client(self.entry)
        url = locate(self.entry, dav, name, "VEVENT")
        return Collection(dav, url, f'The calendar "{name}"', self.entry.memory)


def _slices(window: Window) -> list[Window]:
    parts: list[Window] = []
    start = window.starts_at
    while start < window.ends_at:
        end = min(start + _SLICE, window.ends_at)
        parts.append(Window(start, end))
        start = end
    return parts


def open_events(entry: Entry) -> EventSource:
    """Open the account's calendars."""
    names = entry.settings.get("calendars") or ()
    chosen = (names,) if isinstance(names, str) else tuple(str(name) for name in names)
    if not chosen:
        raise ConfigError(f'The account "{entry.id}" names no calendars to read; add `calendars = ["..."]`.')
    return Calendars(entry, chosen)
