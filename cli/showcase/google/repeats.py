"""Series: which occurrences a recurrence has (RFC 5545 lines, as in an event's `recurrence`)."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

from .contract import Json
from .problems import invalid

_MANY = 800  # a series without an end is not followed for ever
_DATES = re.compile(r"(EXDATE|RDATE)((?:;[^:]*)?):(.*)")


def starts(series: Json, low: datetime | None, high: datetime | None) -> list[datetime]:
    """Return the starts of a series that may touch low..high, in the zone it is written in (all-day: naive)."""
    first = start_of(series)
    rules = rruleset()
    rules.rdate(first)
    try:
        for line in series["recurrence"]:
            _add(rules, line, first)
    except ValueError as error:
        raise invalid(f"Invalid recurrence rule: {error}") from None
    length = length_of(series)
    found: list[datetime] = []
    for at in rules:
        if (high and instant(at) >= high) or len(found) >= _MANY:
            break
        if low is None or instant(at) + length > low:
            found.append(at)
    return found


def start_of(event: Json, name: str = "start") -> datetime:
    """Return a start or end as it is meant: aware in its zone, or naive midnight for a whole day."""
    value = event[name]
    if "date" in value:
        return datetime.combine(date.fromisoformat(value["date"]), datetime.min.time())
    at = datetime.fromisoformat(value["dateTime"]).replace(microsecond=0)
    return at.astimezone(ZoneInfo(value["timeZone"])) if value.get("timeZone") else at


def length_of(event: Json) -> timedelta:
    """Return how long an event lasts."""
    return instant(start_of(event, "end")) - instant(start_of(event))


def instant(at: datetime) -> datetime:
    """Return a start as an instant; a whole day begins at midnight UTC, which is near enough for a window."""
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def written(at: datetime, like: Json) -> Json:
    """Write a start or end in the form that `like` has."""
    if "date" in like:
        return {"date": at.date().isoformat()}
    zone = {"timeZone": like["timeZone"]} if "timeZone" in like else {}
    return {"dateTime": at.isoformat(), **zone}


def _add(rules: rruleset, line: str, first: datetime) -> None:
    dates = _DATES.fullmatch(line)
    if dates is None:
        rule = rrulestr(line, dtstart=first)
        rules.rrule(rule)  # type: ignore[arg-type]  # one line without dates is one rule
        return
    kind, parameters, values = dates.groups()
    for at in _moments(parameters, values.split(","), first):
        if kind == "EXDATE":
            rules.exdate(at)
        else:
            rules.rdate(at)


def _moments(parameters: str, values: Sequence[str], first: datetime) -> list[datetime]:
    named = re.search(r"TZID=([^;:]+)", parameters)
    zone = ZoneInfo(named[1]) if named else first.tzinfo
    found: list[datetime] = []
    for value in values:
        at = datetime.strptime(value.rstrip("Z")[:15], "%Y%m%dT%H%M%S" if "T" in value else "%Y%m%d")  # noqa: DTZ007 -- next line
        at = at.replace(tzinfo=UTC if value.endswith("Z") else zone)
        found.append(at.astimezone(first.tzinfo) if first.tzinfo else at)
    return found
