"""Expand a series inside a window with the recurrence library. It sees times only; words stay with the lines.

Loaded only when something repeats: the libraries take a fifth of a second.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from afterview.sync.ports import Window

from . import bounds
from .lines import Line, join, make
from .times import Moment, Span, end_of
from .zones import Zones

Component = Any  # the library's component: a mapping whose values have no common type
_NEEDED = frozenset((
    "UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "SEQUENCE",
))  # fmt: skip
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID")
_TIME_LISTS = ("RDATE", "EXDATE")
_BEGIN, _END = make("BEGIN", "VEVENT"), make("END", "VEVENT")
_FAR = timedelta(days=2)
_INDEX, _FLOATING = "X-INDEX", "X-FLOATING"


def expanded(
    blocks: Sequence[Sequence[Line]], zones: Zones, window: Window
) -> Iterator[tuple[int, Span, Moment | None]]:
    """Yield (number of the block, span, original start) of each occurrence around the window."""
    components = [_component(number, block, zones) for number, block in enumerate(blocks)]
    for component in components:
        length = component.end - component.start if "RECURRENCE-ID" not in component else timedelta()
        if length > bounds.LONGEST_REPEATED:
            raise bounds.Unreadable("The entry repeats, and each time lasts longer than two months.")
    calendar = icalendar.Calendar()
    calendar.subcomponents = components
    found: list[Component] = recurring_ical_events.of(calendar).between(window.starts_at - _FAR, window.ends_at + _FAR)
    for occurrence in found:
        start = occurrence["DTSTART"].dt
        end = occurrence["DTEND"].dt if "DTEND" in occurrence else None
        span = Span(start, end_of(start, end, None), floating=str(occurrence.get(_FLOATING)) == "TRUE")
        original = occurrence["RECURRENCE-ID"].dt if "RECURRENCE-ID" in occurrence else None
        yield int(occurrence[_INDEX]), span, original


def _component(number: int, block: Sequence[Line], zones: Zones) -> Component:
    """Parse the times of one VEVENT and give every one of them a zone."""
    named, custom = _with_known_names([line for line in block if line.name in _NEEDED], zones)
    component: Component = icalendar.Event.from_ical(join([_BEGIN, *named, _END]))
    for broken, _ in component.errors:
        component.pop(broken, None)
    component[_INDEX] = str(number)
    component[_FLOATING] = "TRUE" if _is_floating(block) else ""
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
    if "DTSTART" not in component:
        raise bounds.Unreadable("The entry has no start that can be read.")
    bounds.check_year(component["DTSTART"].dt)
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
    if abs(_as_date(start.dt) - _as_date(original.dt)) > bounds.LONGEST_REPEATED:
        del original.params["RANGE"]


def _as_date(value: Moment) -> date:
    return value.date() if isinstance(value, datetime) else value
