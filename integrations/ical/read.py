"""Read one calendar resource fully: its occurrences inside a window as `Event` records (RFC 5545 sections 3.6.1, 3.8.5).

Only masters that repeat go through the recurrence library; single appointments are built directly. Wall times without a
zone, and whole days, are taken in the user's zone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from afterview.sync.model import Event, EventStatus
from afterview.sync.ports import Window

from . import bounds
from .convert import describe
from .lines import Line, join, make, split
from .trim import events_in
from .zones import Zones, in_utc, known_zone, midnight

Component = Any  # the library's component: a mapping whose values have no common type
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID")
_TIME_LISTS = ("RDATE", "EXDATE")
_BEGIN, _END = make("BEGIN", "VEVENT"), make("END", "VEVENT")
_FAR = timedelta(days=2)
_LIBRARY_FAILURES = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource stands and how its wall times are meant."""

    account: str
    calendar: str
    href: str
    zone: str  # the user's IANA zone


def read(text: str, place: Place, window: Window) -> tuple[Event, ...]:
    """Return the occurrences that touch the window, by start. Raises `bounds.Unreadable` with one sentence."""
    bounds.check_size(text)
    lines = split(text)
    zones = Zones(lines, known_zone(place.zone) or UTC)
    series: dict[str, list[list[Line]]] = defaultdict(list)
    for block in events_in(lines):
        series[next((line.value for line in block if line.name == "UID"), "")].append(block)
    try:
        found = [event for blocks in series.values() for event in _series(blocks, zones, window)]
    except _LIBRARY_FAILURES as error:
        raise bounds.Unreadable("The entry cannot be read as a calendar entry.") from error
    if len(found) > bounds.OCCURRENCES_LIMIT:
        raise bounds.Unreadable(f"The entry repeats over {bounds.OCCURRENCES_LIMIT} times in the period that is read.")
    if any(line.name == "METHOD" and line.value.strip().upper() == "CANCEL" for line in lines[:20]):
        found = [replace(event, status=EventStatus.CANCELLED) for event in found]
    placed = (replace(event, account=place.account, calendar=place.calendar, resource=place.href) for event in found)
    return tuple(sorted(placed, key=lambda event: (event.starts_at, event.uid, event.occurrence)))


def _series(blocks: list[list[Line]], zones: Zones, window: Window) -> Iterator[Event]:
    """Yield the occurrences of one UID: a master with its overrides, a single event, or overrides alone."""
    repeats = [block for block in blocks if _repeats(block)]
    for block in repeats:
        bounds.check_recurrence(block)
    components = [_component(block, zones) for block in blocks]
    if repeats:
        yield from _expanded(components, zones, window)
        return
    for component in _latest(components):
        event = _event(component, zones, recurring="RECURRENCE-ID" in component)
        if event is not None and _touches(event, window):
            yield event


def _repeats(block: Sequence[Line]) -> bool:
    return any(line.name in {"RRULE", "RDATE"} for line in block) and all(
        line.name != "RECURRENCE-ID" for line in block
    )


def _component(block: Sequence[Line], zones: Zones) -> Component:
    """Parse one VEVENT and give every time in it a zone."""
    named, custom = _with_known_names(block, zones)
    component: Component = icalendar.Event.from_ical(join([_BEGIN, *named, _END]))
    for broken, _ in component.errors:
        component.pop(broken, None)
    component["X-FLOATING"] = "TRUE" if _is_floating(block) else ""
    for name in _TIMES:
        if name in component:
            component[name].dt = _with_zone(component[name].dt, component[name].params, custom, zones)
    for name in _TIME_LISTS:
        values = component.get(name, [])
        for listed in values if isinstance(values, list) else [values]:
            for value in listed.dts:
                value.dt = _with_zone(value.dt, listed.params, custom, zones)
    if "RECURRENCE-ID" in component:
        _tame_range(component)
    start = component["DTSTART"].dt if "DTSTART" in component else None
    if start is None:
        raise bounds.Unreadable("The entry has no start that can be read.")
    bounds.check_year(start)
    return component


def _is_floating(block: Sequence[Line]) -> bool:
    start = next((line for line in block if line.name == "DTSTART"), None)
    return (
        start is not None and not start.param("TZID") and "T" in start.value and not start.value.strip().endswith("Z")
    )


def _with_known_names(block: Sequence[Line], zones: Zones) -> tuple[list[Line], dict[str, tzinfo]]:
    """Give every TZID a name the library knows; where there is none, one it cannot guess at, with its meaning."""
    named: list[Line] = []
    custom: dict[str, tzinfo] = {}
    for line in block:
        tzid = line.param("TZID")
        if not tzid:
            named.append(line)
            continue
        zone = zones.find(tzid)
        name = zone.key if isinstance(zone, ZoneInfo) else "UTC" if zone is UTC else f"described-{len(custom)}"
        if name.startswith("described-"):
            custom[name] = zone
        others = [(key, value.strip('"')) for key, value in line.params if key != "TZID"]
        named.append(make(line.name, line.value, ("TZID", name), *others))
    return named, custom


def _with_zone(value: Any, params: Any, custom: Mapping[str, tzinfo], zones: Zones) -> Any:
    if isinstance(value, tuple):  # a PERIOD
        return tuple(_with_zone(part, params, custom, zones) for part in value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=custom.get(str(params.get("TZID", "")), zones.default))
    return value


def _tame_range(component: Component) -> None:
    """Drop RANGE=THISANDFUTURE from an override that is moved so far that the series would be searched for ever."""
    original, start = component["RECURRENCE-ID"], component.get("DTSTART")
    if start is None or "RANGE" not in original.params:
        return
    moved = abs(_as_date(start.dt) - _as_date(original.dt))
    if moved > bounds.LONGEST_REPEATED:
        del original.params["RANGE"]


def _as_date(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _latest(components: list[Component]) -> list[Component]:
    """Of several components for the same instance keep the one with the highest SEQUENCE, then the last."""
    best: dict[str, Component] = {}
    for component in components:
        original = component.get("RECURRENCE-ID")
        key = str(original.dt) if original is not None else ""
        if key not in best or _sequence(component) >= _sequence(best[key]):
            best[key] = component
    return list(best.values())


def _sequence(component: Component) -> int:
    value = component.get("SEQUENCE", 0)
    return value if isinstance(value, int) else 0


def _expanded(components: list[Component], zones: Zones, window: Window) -> Iterator[Event]:
    for component in components:
        length = component.end - component.start if "RECURRENCE-ID" not in component else timedelta()
        if length > bounds.LONGEST_REPEATED:
            raise bounds.Unreadable("The entry repeats, and each time lasts longer than two months.")
    calendar = icalendar.Calendar()
    calendar.subcomponents = list(components)
    query = recurring_ical_events.of(calendar)
    for occurrence in query.between(window.starts_at - _FAR, window.ends_at + _FAR):
        event = _event(occurrence, zones, recurring=True)
        if event is not None and _touches(event, window):
            yield event


def _event(component: Component, zones: Zones, *, recurring: bool) -> Event | None:
    start = component["DTSTART"].dt
    original = component["RECURRENCE-ID"].dt if recurring and "RECURRENCE-ID" in component else None
    starts_at = _instant(start, zones.default)
    ends_at = _instant(_end(component, start), zones.default)
    if starts_at is None or ends_at is None:
        return None
    whole_day = not isinstance(start, datetime)
    return replace(
        describe(component),
        starts_at=starts_at,
        ends_at=max(starts_at, ends_at),
        occurrence=_occurrence(original),
        all_day=whole_day,
        floating=component.get("X-FLOATING") == "TRUE",
        zone="" if whole_day or component.get("X-FLOATING") == "TRUE" else _zone_name(start.tzinfo),
        recurring=recurring,
    )


def _end(component: Component, start: date | datetime) -> date | datetime:
    """Return the end: DTEND, or DURATION after the start, or one day for a day, or the start itself."""
    if "DTEND" in component:
        end: date | datetime = component["DTEND"].dt
        same_kind = isinstance(end, datetime) == isinstance(start, datetime)
        if same_kind and (end != start or isinstance(start, datetime)):
            return end
    if "DURATION" in component and isinstance(component["DURATION"].dt, timedelta):
        length: timedelta = component["DURATION"].dt
        if not isinstance(start, datetime):
            return start + max(timedelta(days=1), timedelta(days=length.days))
        moment = start.astimezone(UTC) + length
        return max(moment, start)
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _instant(value: date | datetime, zone: tzinfo) -> datetime | None:
    if isinstance(value, datetime):
        return in_utc(value, value.tzinfo or zone)
    return midnight(value, zone)


def _occurrence(original: date | datetime | None) -> str:
    if original is None:
        return ""
    if isinstance(original, datetime):
        return original.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return original.strftime("%Y%m%d")


def _zone_name(zone: tzinfo | None) -> str:
    return zone.key if isinstance(zone, ZoneInfo) and zone.key not in {"UTC", "Etc/UTC"} else ""


def _touches(event: Event, window: Window) -> bool:
    last = event.ends_at if event.ends_at > event.starts_at else event.starts_at + timedelta(microseconds=1)
    return event.starts_at < window.ends_at and last > window.starts_at
