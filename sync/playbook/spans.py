"""Spans of time as people write them: "24h", "2 days", "3 months", "next business day 10:00", "7 business days".

Minutes and hours are exact. Days, weeks, months and business days keep the time on the wall clock, also across a change
of summer time; a wall time that does not exist moves forward by the gap, one that occurs twice means the first (PEP 495,
fold=0). Months are clipped: 31 August and 3 months are 30 November.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

IsBusinessDay = Callable[[date], bool]

ALLOWED = '"24h", "90 minutes", "2 days", "2 weeks", "3 months", "next business day 10:00" or "5 business days 10:00"'
_SPAN = re.compile(
    r"(?P<amount>next|\d{1,4})\s*"
    r"(?P<unit>minutes?|mins?|m|hours?|h|days?|d|weeks?|w|months?|business\s+days?)"
    r"(?:\s+(?:at\s+)?(?P<time>\d{1,2}:\d{2}))?"
)
_SEARCHED_DAYS = 366  # a calendar without a business day within a year is taken to have one


class Unit(StrEnum):
    """What a span counts."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    BUSINESS_DAYS = "business days"


_UNITS = {
    "m": Unit.MINUTES,
    "h": Unit.HOURS,
    "d": Unit.DAYS,
    "w": Unit.WEEKS,
    "mo": Unit.MONTHS,
    "b": Unit.BUSINESS_DAYS,
}


@dataclass(frozen=True, slots=True)
class Span:
    """How much later; `at` is the time of day to land on, None keeps that of the start."""

    amount: int
    unit: Unit
    at: time | None = None

    def after(self, start: datetime, zone: ZoneInfo, is_business_day: IsBusinessDay) -> datetime:
        """Return the instant (UTC) that lies this much after `start`."""
        if self.unit in {Unit.MINUTES, Unit.HOURS}:
            return start.astimezone(UTC) + self.exact
        local = start.astimezone(zone)
        return at_wall(self._day(local.date(), is_business_day), self.at or local.time(), zone)

    @property
    def exact(self) -> timedelta:
        """The span as a plain duration; days count 24 hours and months 30 days, for comparing lengths only."""
        hours = {Unit.HOURS: 1, Unit.DAYS: 24, Unit.WEEKS: 168, Unit.MONTHS: 720, Unit.BUSINESS_DAYS: 24}
        return timedelta(hours=self.amount * hours[self.unit]) if self.unit in hours else timedelta(minutes=self.amount)

    def _day(self, day: date, is_business_day: IsBusinessDay) -> date:
        if self.unit is Unit.MONTHS:
            return _months_later(day, self.amount)
        if self.unit is Unit.BUSINESS_DAYS:
            for _ in range(self.amount):
                day = next_business_day(day, is_business_day)
            return day
        return day + timedelta(days=self.amount * (7 if self.unit is Unit.WEEKS else 1))


def parse_span(text: str) -> Span:
    """Read a span; ValueError if it is not one."""
    match = _SPAN.fullmatch(" ".join(text.lower().split()))
    if match is None:
        raise ValueError(text)
    amount = 1 if match["amount"] == "next" else int(match["amount"])
    unit = _UNITS["mo" if match["unit"].startswith("mo") else match["unit"][0]]
    at = parse_time(match["time"]) if match["time"] else None
    if at is not None and unit in {Unit.MINUTES, Unit.HOURS}:
        raise ValueError(text)
    return Span(amount, unit, at)


def parse_time(text: str) -> time:
    """Read a time of day such as "09:30"; ValueError if it is not one."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2]))


def at_wall(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) at which clocks in `zone` show this."""
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


def next_business_day(day: date, is_business_day: IsBusinessDay) -> date:
    """Return the first business day after `day`."""
    following = (day + timedelta(days=n) for n in range(1, _SEARCHED_DAYS))
    return next((d for d in following if is_business_day(d)), day + timedelta(days=1))


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
