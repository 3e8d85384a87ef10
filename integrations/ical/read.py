"""Read one calendar resource fully: its occurrences inside a window as `Event` records (RFC 5545 sections 3.6.1, 3.8.5).

Only masters that repeat go through the recurrence library; single appointments are built directly. Wall times without a
zone, and whole days, are taken in the user's zone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import cache, partial

from afterview.sync.model import Event, EventStatus
from afterview.sync.ports import Window

from . import bounds
from .convert import describe, sequence_of
from .lines import Line, split
from .times import Moment, Span, moment_of, occurrence_name, span_of
from .trim import events_in
from .zones import Zones, known_zone

# what the recurrence library raises for entries without sense
_LIBRARY_FAILURES = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, ArithmeticError)
_MOMENT = timedelta(microseconds=1)


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
        found = list(_occurrences(series.values(), zones, window))
    except _LIBRARY_FAILURES as error:
        raise bounds.Unreadable("The entry cannot be read as a calendar entry.") from error
    if len(found) > bounds.OCCURRENCES_LIMIT:
        raise bounds.Unreadable(f"The entry repeats over {bounds.OCCURRENCES_LIMIT} times in the period that is read.")
    cancelled = any(line.name == "METHOD" and line.value.strip().upper() == "CANCEL" for line in lines[:20])
    placed = (
        replace(
            event,
            account=place.account,
            calendar=place.calendar,
            resource=place.href,
            status=EventStatus.CANCELLED if cancelled else event.status,
        )
        for event in found
    )
    return tuple(sorted(placed, key=lambda event: (event.starts_at, event.uid, event.occurrence)))


def _occurrences(every: Iterable[list[list[Line]]], zones: Zones, window: Window) -> Iterator[Event]:
    """Yield the occurrences of every UID, once it is known that all can be expanded in reasonable time."""
    until = window.ends_at.date()
    found = [(blocks, [block for block in blocks if _repeats(block)]) for blocks in every]
    bounds.check_work(sum(bounds.check_recurrence(block, until) for _, repeats in found for block in repeats))
    for blocks, repeats in found:
        yield from _series(blocks, zones, window, expand=bool(repeats))


def _series(blocks: list[list[Line]], zones: Zones, window: Window, *, expand: bool) -> Iterator[Event]:
    """Yield the occurrences of one UID: a master with its overrides, a single event, or overrides alone."""
    if not expand:
        for original, block in _latest(blocks, zones):
            span = span_of(block, zones)
            yield from _event(partial(describe, block), span, original, zones, window, recurring=original is not None)
        return
    from .series import expanded

    @cache
    def described(number: int) -> Event:
        return describe(blocks[number])

    for number, span, original in expanded(blocks, zones, window):
        yield from _event(partial(described, number), span, original, zones, window, recurring=True)


def _repeats(block: Sequence[Line]) -> bool:
    return any(line.name in {"RRULE", "RDATE"} for line in block) and all(
        line.name != "RECURRENCE-ID" for line in block
    )


def _latest(blocks: list[list[Line]], zones: Zones) -> list[tuple[Moment | None, list[Line]]]:
    """Of several components for the same instance keep the one with the highest SEQUENCE, then the last."""
    best: dict[str, tuple[int, Moment | None, list[Line]]] = {}
    for block in blocks:
        lines = {line.name: line for line in reversed(block)}
        original = moment_of(lines.get("RECURRENCE-ID"), zones)
        sequence = sequence_of(lines["SEQUENCE"].value) if "SEQUENCE" in lines else 0
        name = occurrence_name(original)
        if name not in best or sequence >= best[name][0]:
            best[name] = (sequence, original, block)
    return [(original, block) for _, original, block in best.values()]


def _event(
    described: Callable[[], Event],
    span: Span,
    original: Moment | None,
    zones: Zones,
    window: Window,
    *,
    recurring: bool,
) -> Iterator[Event]:
    """Yield the occurrence if it touches the window."""
    instants = span.instants(zones.default)
    if instants is None:
        raise bounds.Unreadable("The entry lies beyond the years that can be counted.")
    starts_at, ends_at = instants
    if starts_at >= window.ends_at or max(ends_at, starts_at + _MOMENT) <= window.starts_at:
        return
    bounds.check_year(ends_at)
    yield replace(
        described(),
        starts_at=starts_at,
        ends_at=ends_at,
        occurrence=occurrence_name(original),
        all_day=span.all_day,
        floating=span.floating,
        zone=span.zone,
        recurring=recurring,
    )
