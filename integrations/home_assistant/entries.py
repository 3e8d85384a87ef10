"""Role `event_source`: the calendars of a Home Assistant, always read as a whole. Reads only.

Entries of one uid are one resource. What the calendar's integration does not tell is not known here: organizer and
attendees never, a cancelled event only by its being gone, a uid only from most of them.
"""

from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

from afterview.sync.days import Days
from afterview.sync.identity import short_hash
from afterview.sync.model import Event, Glance
from afterview.sync.ports import Coverage, Done, EventReading, EventRequest, Resource, Unchanged
from afterview.sync.text import one_line

from .access import CalendarAccess, Entry
from .convert import event_of


class EntityEvents:
    """Some calendars of one account (`sync.ports.EventSource`)."""

    def __init__(self, account: str, access: CalendarAccess) -> None:
        self._account = account
        self._access = access

    def calendars(self) -> tuple[str, ...]:
        return self._access.calendars()

    def read(self, request: EventRequest) -> EventReading:
        days = Days(ZoneInfo(request.zone))
        found = self._access.entries(request.calendar, request.window.starts_at, request.window.ends_at)
        events: list[Event] = []
        for entry in found:
            try:
                events.append(event_of(entry, self._account, request.calendar, days))
            except (OverflowError, ValueError):
                yield _left_alone(entry, request)
        groups: dict[str, list[Event]] = {}
        for event in _told_apart(events):
            groups.setdefault(event.resource, []).append(event)
        for href, group in groups.items():
            etag = short_hash(repr(sorted(group, key=lambda one: (one.starts_at, one.occurrence))))
            if request.known.get(href) == etag:
                yield Unchanged(href)
                continue
            glance = _glance(group)
            if request.interesting(glance):
                yield Resource(href, etag, tuple(group))
            else:
                yield Resource(href, etag, skipped=glance)
        yield Done(Coverage.COMPLETE, "")


def _left_alone(entry: Entry, request: EventRequest) -> Resource | Unchanged:
    """Name an entry whose times are none, by all that it says."""
    mark = short_hash(repr(entry))
    href = f"ha-{mark}"
    if request.known.get(href) == mark:
        return Unchanged(href)
    return Resource(href, mark, problem=f'"{one_line(entry.title, 60)}" has no sound times; it is left as it is.')


def _told_apart(events: list[Event]) -> list[Event]:
    """Name occurrences of one uid by their start where the calendar does not tell which of a series they are."""
    known = Counter((one.uid, one.occurrence) for one in events)
    return [
        replace(one, occurrence=one.starts_at.strftime("%Y%m%dT%H%M%SZ"), recurring=True)
        if known[one.uid, one.occurrence] > 1
        else one
        for one in events
    ]


def _glance(group: list[Event]) -> Glance:
    first = group[0]
    raw = "\n".join(part for one in group for part in (one.title, one.text, one.location))
    return Glance(first.uid, first.title, first.starts_at.isoformat(), "", raw)
