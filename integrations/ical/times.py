"""When an occurrence is: from the lines of a single VEVENT, or from what the expansion of a series gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from . import bounds
from .lines import Line
from .zones import Zones, in_utc, midnight, parse_duration, parse_stamp

Moment = date | datetime  # a day, or an aware time


@dataclass(frozen=True, slots=True)
class Span:
    """Start and end of one occurrence as written (days, or aware times), and how the start was meant."""

    start: Moment
    end: Moment
    floating: bool

    @property
    def all_day(self) -> bool:
        return not isinstance(self.start, datetime)

    @property
    def zone(self) -> str:
        """The IANA name of the start's zone; "" for UTC, days, floating times and zones that only a file describes."""
        found = self.start.tzinfo if isinstance(self.start, datetime) and not self.floating else None
        return found.key if isinstance(found, ZoneInfo) and found.key not in {"UTC", "Etc/UTC"} else ""

    def instants(self, zone: tzinfo) -> tuple[datetime, datetime] | None:
        """Return start and end in UTC, the end never before the start; None beyond the years that can be counted."""
        start, end = _instant(self.start, zone), _instant(self.end, zone)
        return None if start is None or end is None else (start, max(start, end))


def span_of(block: Sequence[Line], zones: Zones) -> Span:
    """Read the times of one VEVENT. Raises `Unreadable` where it has no start."""
    lines = {line.name: line for line in reversed(block)}
    start = moment_of(lines.get("DTSTART"), zones)
    if start is None:
        raise bounds.Unreadable("The entry has no start that can be read.")
    bounds.check_year(start)
    line = lines["DTSTART"]
    floating = "T" in line.value and not line.param("TZID") and not line.value.strip().upper().endswith("Z")
    length = parse_duration(lines["DURATION"].value) if "DURATION" in lines else None
    return Span(start, end_of(start, moment_of(lines.get("DTEND"), zones), length), floating)


def end_of(start: Moment, end: Moment | None, length: timedelta | None) -> Moment:
    """Return the end: as given, or the duration after the start, or one day for a day, or the start itself."""
    if end is not None and isinstance(end, datetime) == isinstance(start, datetime):
        if isinstance(start, datetime) or end > start:
            return end
    elif length is not None and not isinstance(start, datetime):
        return start + max(timedelta(days=1), timedelta(days=length.days))
    elif length is not None and isinstance(start, datetime):
        return start.astimezone(UTC) + max(length, timedelta())
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def moment_of(line: Line | None, zones: Zones) -> Moment | None:
    """Read a DATE or DATE-TIME in its own zone; None where it is neither."""
    value = parse_stamp(line.value) if line else None
    if line is None or not isinstance(value, datetime) or value.tzinfo:
        return value
    tzid = line.param("TZID")
    return value.replace(tzinfo=zones.find(tzid) if tzid else zones.default)


def occurrence_name(original: Moment | None) -> str:
    """Name an instance by its original start: "20260105T090000Z", or "20260105" for a day."""
    if original is None:
        return ""
    if isinstance(original, datetime):
        return original.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return original.strftime("%Y%m%d")


def _instant(value: Moment, zone: tzinfo) -> datetime | None:
    if isinstance(value, datetime):
        return in_utc(value, value.tzinfo or zone)
    return midnight(value, zone)
