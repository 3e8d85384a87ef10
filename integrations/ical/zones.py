"""Time zones as calendars name them: IANA, Windows, prefixed, or described by a VTIMEZONE only (RFC 5545 section 3.6.5).

A described zone is believed only where its name says nothing: real files carry wrong rules under right names, and a rule
of a hostile file can hang whoever expands it (`bounds`).
"""

import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import tz

from .lines import Line

_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?", re.ASCII
)
_YEARLY = re.compile(
    r"FREQ=YEARLY(?:;(?:INTERVAL=1|UNTIL=[0-9TZ]{8,16}|COUNT=\d{1,3}|BY(?:MONTH|DAY|MONTHDAY)=[-+0-9A-Z,]{1,60}|WKST=[A-Z]{2})){0,8}"
)
_OFFSET = re.compile(r"[+-]\d{4}(?:\d\d)?", re.ASCII)
_OBSERVANCES = 64


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
        self._described: dict[str, tzinfo | None] | None = None

    def find(self, tzid: str) -> tzinfo:
        """Return the zone for a TZID: by name, else as the resource describes it, else the user's."""
        found = known_zone(tzid)
        if found is None:
            if self._described is None:
                self._described = dict(_described(self._lines))
            found = self._described.get(tzid)
        return found or self.default

    def instant(self, line: Line) -> datetime | date | None:
        """Read a DATE or DATE-TIME line as an aware UTC instant or a date; None where it is neither."""
        value = parse_stamp(line.value)
        if not isinstance(value, datetime):
            return value
        zone = value.tzinfo or (self.find(line.param("TZID")) if line.param("TZID") else self.default)
        return in_utc(value, zone)


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


def _described(lines: Sequence[Line]) -> list[tuple[str, tzinfo | None]]:
    """Build the zones that VTIMEZONE components describe."""
    zones: list[tuple[str, tzinfo | None]] = []
    block: list[Line] | None = None
    for line in lines:
        if line.name == "BEGIN" and line.value.upper() == "VTIMEZONE":
            block = []
        elif line.name == "END" and line.value.upper() == "VTIMEZONE" and block is not None:
            name = next((entry.value for entry in block if entry.name == "TZID"), "")
            location = next((entry.value for entry in block if entry.name == "X-LIC-LOCATION"), "")
            zones.append((name, (known_zone(location) if location else None) or _from_rules(block)))
            block = None
        elif block is not None:
            block.append(line)
    return zones


def _from_rules(block: Sequence[Line]) -> tzinfo | None:
    """Build a zone from observances with yearly rules only; None where that cannot be done safely."""
    kept = ["BEGIN:VTIMEZONE", "TZID:described"]
    for line in block:
        upper = line.value.upper()
        wanted = (
            (line.name in {"BEGIN", "END"} and upper in {"STANDARD", "DAYLIGHT"})
            or (line.name == "RRULE" and _YEARLY.fullmatch(upper))
            or (line.name in {"TZOFFSETTO", "TZOFFSETFROM"} and _OFFSET.fullmatch(upper))
            or (line.name == "DTSTART" and isinstance(parse_stamp(upper), datetime))
        )
        if wanted:
            kept.append(f"{line.name}:{upper}")
    if not 0 < sum(entry.startswith("BEGIN:") for entry in kept) - 1 <= _OBSERVANCES:
        return None
    text = "\r\n".join([*kept, "END:VTIMEZONE", ""])
    try:
        return tz.tzical(io.StringIO(text)).get()
    except (ValueError, KeyError, IndexError, TypeError):  # what dateutil raises for a zone that makes no sense
        return None
