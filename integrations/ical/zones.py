"""Time zones as calendars name them: IANA, Windows, prefixed, or described by a VTIMEZONE only (RFC 5545 section 3.6.5).

A described zone is believed only where its name says nothing: real files carry wrong rules under right names, and a rule
of a hostile file can hang whoever expands it (`bounds`).
"""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import tz
from dateutil.rrule import rrulestr

from .lines import Line

_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?", re.ASCII
)
_YEARLY = re.compile(  # one month, one weekday and up to a week of days: what describes a change of clocks
    r"FREQ=YEARLY(?:;(?:INTERVAL=1|UNTIL=\d{8}(?:T\d{6}Z?)?|BYMONTH=[1-9]\d?|BYDAY=[-+]?\d?[A-Z]{2}|BYMONTHDAY=-?[1-9]\d?(?:,-?[1-9]\d?){0,6}|"
    r"WKST=[A-Z]{2})){0,6}",
    re.ASCII,
)
_OFFSET = re.compile(r"[+-]\d{4}(?:\d\d)?", re.ASCII)
YEARS = range(1900, 2200)  # appointments and tasks lie in these; arithmetic on others overflows
_OBSERVANCES = 256
_RULES = 8
_FIRST_YEAR = 1970  # a rule that began earlier is expanded from here on
_DESCRIBED = 16


@lru_cache(maxsize=256)
def known_zone(name: str) -> tzinfo | None:
    """Find a zone by its name alone: IANA, Windows, or an IANA name at the end of a path."""
    parts = [part for part in name.strip().strip("/").split("/") if part]
    candidates = ["/".join(parts[start:]) for start in range(len(parts))]
    for candidate in candidates[:1] + candidates[-3:]:
        found = _iana(candidate)
        if found is not None:
            return found
    return _iana(_windows(name.strip()))


def _iana(name: str) -> tzinfo | None:
    if not re.fullmatch(r"[A-Za-z0-9_+/-]{1,64}", name):
        return None
    if name.upper() in {"UTC", "GMT", "Z", "ETC/UTC"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _windows(name: str) -> str:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return WINDOWS_TO_OLSON.get(name, "")


class Zones:
    """The zones of one resource. `default` is the user's zone, for floating times and names nobody knows."""

    def __init__(self, lines: Sequence[Line], default: tzinfo) -> None:
        self.default = default
        self._lines = lines
        self._blocks: dict[str, list[Line]] | None = None
        self._described: dict[str, tzinfo | None] = {}

    def find(self, tzid: str) -> tzinfo:
        """Return the zone for a TZID: by name, else as the resource describes it, else the user's."""
        return known_zone(tzid) or self._as_described(tzid) or self.default

    def _as_described(self, tzid: str) -> tzinfo | None:
        if self._blocks is None:
            self._blocks = _blocks(self._lines)
        if tzid not in self._described:
            too_many = len(self._described) >= _DESCRIBED
            self._described[tzid] = None if too_many else _meant(self._blocks.get(tzid, ()))
        return self._described[tzid]

    def instant(self, line: Line) -> datetime | date | None:
        """Read a DATE or DATE-TIME line as an aware UTC instant or a date; None where it is neither."""
        value = parse_stamp(line.value)
        if not isinstance(value, datetime):
            return value
        zone = value.tzinfo or (self.find(line.param("TZID")) if line.param("TZID") else self.default)
        return in_utc(value, zone)

    def moment(self, line: Line | None) -> datetime | None:
        """Read a DATE or DATE-TIME line of a task as an instant, a day as its midnight; None beyond believable years."""
        found = self.instant(line) if line else None
        if found is None or found.year not in YEARS:
            return None
        return found if isinstance(found, datetime) else midnight(found, self.default)


def in_utc(value: datetime, zone: tzinfo) -> datetime | None:
    """Turn a wall time into a UTC instant; None beyond the years that can be counted."""
    try:
        return value.replace(tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the UTC instant at which a day begins in a zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def parse_stamp(value: str) -> datetime | date | None:
    """Parse "20260105", "20260105T090000" (naive) or "20260105T090000Z" (UTC); None for anything else."""
    match = _STAMP.fullmatch(value.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, zulu = match.groups()
    try:
        if hour is None:
            return date(int(year), int(month), int(day))
        seconds = min(int(second), 59)  # a leap second
        made = datetime(int(year), int(month), int(day), int(hour), int(minute), seconds)  # noqa: DTZ001 -- floating
        return made.replace(tzinfo=UTC) if zulu else made
    except ValueError:
        return None


def parse_duration(value: str) -> timedelta | None:
    """Parse an RFC 5545 duration; None where it is none or out of reason."""
    match = _DURATION.fullmatch(value.strip())
    if match is None or not any(match.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    try:
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None
    if length > timedelta(days=40_000):
        return None
    return -length if match[1] == "-" else length


def written_stamp(moment: datetime) -> str:
    """Write an aware instant in UTC."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def written_duration(length: timedelta) -> str:
    """Write a duration of whole minutes, "PT0S" for none."""
    minutes = round(length.total_seconds() / 60)
    sign = "-" if minutes < 0 else ""
    days, rest = divmod(abs(minutes), 1440)
    hours, minutes = divmod(rest, 60)
    if not (days or rest):
        return "PT0S"
    day_part = f"{days}D" if days else ""
    time_part = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return f"{sign}P{day_part}" + (f"T{time_part}" if time_part else "")


def _blocks(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Return the lines of each VTIMEZONE by its TZID; of several the last."""
    blocks: dict[str, list[Line]] = {}
    block: list[Line] | None = None
    for line in lines:
        if line.name == "BEGIN" and line.value.upper() == "VTIMEZONE":
            block = []
        elif line.name == "END" and line.value.upper() == "VTIMEZONE" and block is not None:
            blocks[_value(block, "TZID")] = block
            block = None
        elif block is not None:
            block.append(line)
    return blocks


def _value(block: Sequence[Line], name: str) -> str:
    return next((line.value for line in block if line.name == name), "")


def _meant(block: Sequence[Line]) -> tzinfo | None:
    """Return the zone that a description means: by the place that it names, else by its rules."""
    location = _value(block, "X-LIC-LOCATION")
    return (known_zone(location) if location else None) or _from_rules(block)


def _from_rules(block: Sequence[Line]) -> tzinfo | None:
    """Build a zone from observances with yearly rules only; None where that cannot be done safely."""
    observances = _observances(block)
    if not 0 < len(observances) <= _OBSERVANCES or sum(len(one) == 6 for one in observances) > _RULES:
        return None
    lines = ["BEGIN:VTIMEZONE", "TZID:described", *(line for one in observances for line in one), "END:VTIMEZONE", ""]
    try:
        return tz.tzical(io.StringIO("\r\n".join(lines))).get()
    except (ValueError, KeyError, IndexError, TypeError):  # what dateutil raises for a zone that makes no sense
        return None


def _observances(block: Sequence[Line]) -> list[list[str]]:
    """Return the lines of each STANDARD and DAYLIGHT, written anew; what is not understood is left out."""
    found: list[list[str]] = []
    seen: dict[str, str] = {}
    for line in block:
        value = line.value.strip().upper()
        if line.name == "BEGIN":
            seen = {}
        elif line.name != "END":
            seen.setdefault(line.name, value)
        elif value in {"STANDARD", "DAYLIGHT"}:
            found += _observance(value, seen)
    return found


def _observance(kind: str, seen: Mapping[str, str]) -> list[list[str]]:
    """Return the five lines of an observance, six with its rule; none where it has no start or no offset."""
    start = parse_stamp(seen.get("DTSTART", ""))
    offsets = [seen.get(name, "") for name in ("TZOFFSETFROM", "TZOFFSETTO")]
    if not isinstance(start, datetime) or not all(_OFFSET.fullmatch(offset) for offset in offsets):
        return []
    if "RRULE" in seen and start.year < _FIRST_YEAR:
        start = start.replace(year=_FIRST_YEAR, day=28 if (start.month, start.day) == (2, 29) else start.day)
    rule = _rule(seen.get("RRULE", ""), start)
    times = [f"DTSTART:{start:%Y%m%dT%H%M%S}", f"TZOFFSETFROM:{offsets[0]}", f"TZOFFSETTO:{offsets[1]}"]
    return [[f"BEGIN:{kind}", *times, *([f"RRULE:{rule}"] if rule else []), f"END:{kind}"]]


def _rule(written: str, start: datetime) -> str:
    """Return a rule that surely has a next date every few years, "" for any other."""
    if not _YEARLY.fullmatch(written):
        return ""
    bare = ";".join(part for part in written.split(";") if not part.startswith("UNTIL="))
    day = 28 if (start.month, start.day) == (2, 29) else start.day
    try:
        ever = next(iter(rrulestr(bare, dtstart=datetime(9960, start.month, day))), None)  # noqa: DTZ001 -- a wall date
    except (ValueError, IndexError, TypeError, KeyError):  # what dateutil raises for rules without sense
        return ""
    return written if ever is not None else ""
