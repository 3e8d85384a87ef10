"""Limits on what a calendar may make us do: anybody can send an invitation.

Measured: a rule such as FREQ=SECONDLY, INTERVAL=0, or a day that never comes (30 February) keeps a recurrence library
busy for seconds to for ever. So rules are checked before anything expands them. A broken bound is an `Unreadable` with
one sentence; it stops this resource and no other.
"""

import re
from datetime import date, datetime, timedelta

from dateutil.rrule import rrulestr

from .lines import Line
from .zones import YEARS, parse_stamp

RESOURCE_LIMIT = 2_000_000  # characters of one resource after attachments were cut out
LINES_LIMIT = 20_000
EVENTS_LIMIT = 1_000  # VEVENT components of one resource (a series and its overrides)
OCCURRENCES_LIMIT = 5_000
DATES_LIMIT = 2_000  # values of RDATE and EXDATE
RULES_LIMIT = 4
PEOPLE_LIMIT = 500
WORK_LIMIT = 100_000  # days that expanding a resource may look at (measured: a third of a second)
_SERIES_COST = 3_000  # days: what the library needs to begin with a series
LONGEST_REPEATED = timedelta(days=62)
_PARTS = re.compile(
    r"(?:FREQ|INTERVAL|COUNT|UNTIL|WKST|BYSETPOS|BYMONTH|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYDAY|BYHOUR|BYMINUTE|BYSECOND)"
    r"=[-+0-9A-Z,]{1,400}"
)
_PER_DAY = 4
_LATE = 9899


class Unreadable(Exception):
    """This resource cannot be read; the message is one sentence."""


def check_size(text: str) -> None:
    """Refuse a resource that is too large to be an appointment or a task."""
    if len(text) > RESOURCE_LIMIT:
        raise Unreadable(
            f"The entry is {len(text) // 1000} kB long; entries over {RESOURCE_LIMIT // 1000} kB are not read."
        )
    if max(text.count("\n"), text.count("\r")) > 2 * LINES_LIMIT:
        raise Unreadable(f"The entry has over {2 * LINES_LIMIT} lines.")


def check_year(moment: date) -> None:
    """Refuse times that no appointment has; arithmetic on them overflows."""
    if moment.year not in YEARS:
        raise Unreadable(f"The entry lies in the year {moment.year}.")


def check_recurrence(component: list[Line], until: date) -> int:
    """Refuse a series that could not be expanded in reasonable time; return how many days that looks at.

    `component` = the lines of one VEVENT; `until` = to which day it is expanded.
    """
    rules = [line.value.strip().upper() for line in component if line.name in {"RRULE", "EXRULE"}]
    dates = sum(line.value.count(",") + 1 for line in component if line.name in {"RDATE", "EXDATE"})
    if len(rules) > RULES_LIMIT or dates > DATES_LIMIT:
        raise Unreadable("The entry repeats by more rules or dates than are read.")
    start_line = next((line for line in component if line.name == "DTSTART"), None)
    start = parse_stamp(start_line.value) if start_line else None
    if start is None:
        raise Unreadable("The entry repeats but has no start.")
    if start.year not in YEARS:
        raise Unreadable(f"The entry repeats from the year {start.year} on.")
    for rule in rules:
        _check_rule(rule, start)
    days = max(0, (until - date(start.year, start.month, start.day)).days)
    return _SERIES_COST + dates + days * len(rules)


def check_work(days: int) -> None:
    """Refuse a resource whose series together would take too long."""
    if days > WORK_LIMIT:
        raise Unreadable("The entry repeats over more years, or in more series, than are read.")


def _check_rule(rule: str, start: date) -> None:
    parts = dict(part.split("=", 1) for part in rule.split(";") if _PARTS.fullmatch(part))
    if len(parts) != len([part for part in rule.split(";") if part]):
        raise Unreadable("The entry repeats by a rule that is not understood.")
    if parts.get("FREQ") not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
        raise Unreadable("The entry repeats more often than daily, or by a rule that is not understood.")
    if parts["FREQ"] == "DAILY" and "BYSETPOS" in parts:  # of one day there is one; looking for it takes seconds
        raise Unreadable("The entry repeats by a rule that is not understood.")
    interval = parts.get("INTERVAL", "1")
    if not interval.isdecimal() or not 0 < int(interval) <= 10_000:
        raise Unreadable("The entry repeats at an interval that makes no sense.")
    per_day = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        per_day *= parts.get(name, "").count(",") + 1
    if per_day > _PER_DAY:
        raise Unreadable("The entry repeats many times a day.")
    if not _ever_happens(parts, start):
        raise Unreadable("The entry repeats on days that never come.")


def _ever_happens(parts: dict[str, str], start: date) -> bool:
    """Try the rule near the end of the calendar, where the library gives up after 500 years, not after 8,000.

    The calendar is the same again after 400 years, weekdays included.
    """
    bare = ";".join(f"{name}={value}" for name, value in parts.items() if name not in {"UNTIL", "COUNT"})
    year = start.year + (_LATE - start.year) // 400 * 400
    try:
        first = datetime(year, start.month, start.day)  # noqa: DTZ001 -- a wall date
        return next(iter(rrulestr(bare, dtstart=first)), None) is not None
    except (ValueError, IndexError, TypeError, KeyError) as error:  # what dateutil raises for rules without sense
        raise Unreadable("The entry repeats by a rule that is not understood.") from error
