"""When a phone may ring, and when an office is open.

Quiet hours belong to the user's own clock, whatever zone an interview was in. All instants are aware; results are UTC.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from .spans import at_wall

IsHoliday = Callable[[date], bool]
_BEFORE_QUIET = timedelta(minutes=15)  # a ring that must come before quiet hours does not come in their last minute
_SEARCHED_DAYS = 366


class Shift(StrEnum):
    """Where a deadline outside business hours goes."""

    OFF = "off"
    EARLIER = "earlier"
    LATER = "later"


def no_holidays(_day: date) -> bool:
    """Say that no day is a public holiday."""
    return False


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` up to, not including, `end`; usually over midnight. Both None: never quiet."""

    start: time | None = time(21, 30)
    end: time | None = time(8, 0)

    def cover(self, instant: datetime, zone: ZoneInfo) -> bool:
        """Say whether clocks in `zone` show a quiet time."""
        if self.start is None or self.end is None:
            return False
        now = instant.astimezone(zone).time()
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    def end_after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return when the quiet hours around `instant` are over."""
        return _nearest(instant, self.end or time(), zone, forward=True)

    def start_before(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return when the quiet hours around `instant` began."""
        return _nearest(instant, self.start or time(), zone, forward=False)


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Days (Monday is 0) and hours of offices. `region` is the user's word for the holidays, e.g. "DE" or "DE-BY"."""

    days: frozenset[int] = frozenset(range(5))
    opens: time = time(9, 0)
    closes: time = time(17, 0)
    region: str = ""
    shift: Shift = Shift.OFF
    is_holiday: IsHoliday = field(default=no_holidays, repr=False)  # its repr would differ from run to run

    def open_on(self, day: date) -> bool:
        """Say whether `day` is a business day."""
        return day.weekday() in self.days and not self.is_holiday(day)

    def moved(self, due_at: datetime, not_before: datetime, shift: Shift, zone: ZoneInfo) -> datetime:
        """Return the deadline moved into business hours; where `earlier` would pass `not_before` it stays."""
        local = due_at.astimezone(zone)
        inside = self.open_on(local.date()) and self.opens <= local.time() <= self.closes
        if shift is Shift.OFF or inside:
            return due_at
        if shift is Shift.LATER:
            return self._opening(local, zone) or due_at
        closing = self._closing(local, zone)
        return closing if closing is not None and closing >= not_before else due_at

    def _opening(self, local: datetime, zone: ZoneInfo) -> datetime | None:
        first = 0 if local.time() < self.opens else 1
        days = (local.date() + timedelta(days=n) for n in range(first, _SEARCHED_DAYS))
        return next((at_wall(day, self.opens, zone) for day in days if self.open_on(day)), None)

    def _closing(self, local: datetime, zone: ZoneInfo) -> datetime | None:
        first = 0 if local.time() > self.closes else 1
        days = (local.date() - timedelta(days=n) for n in range(first, _SEARCHED_DAYS))
        return next((at_wall(day, self.closes, zone) for day in days if self.open_on(day)), None)


def place_ring(wish: datetime, earliest: datetime, due_at: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """Return when the phone rings: near `wish`, from `earliest` to `due_at`, outside quiet hours if at all possible."""
    ring_at = min(max(wish, earliest), due_at)
    if not quiet.cover(ring_at, zone):
        return ring_at
    after = quiet.end_after(ring_at, zone)
    if after <= due_at and not quiet.cover(after, zone):
        return after
    began = quiet.start_before(ring_at, zone)
    before = max(earliest, began - _BEFORE_QUIET)
    return before if before < began and not quiet.cover(before, zone) else ring_at


def _nearest(instant: datetime, at: time, zone: ZoneInfo, *, forward: bool) -> datetime:
    """Return the first instant after (or the last one not after) at which clocks show `at`, each of two on long days."""
    today = instant.astimezone(zone).date()
    shown: list[datetime] = []
    for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
        first = at_wall(day, at, zone)
        second = datetime.combine(day, at.replace(fold=1), zone).astimezone(UTC)
        shown += [first, second] if second > first else [first]  # earlier: the time does not exist that day
    if forward:
        return min(s for s in shown if s > instant)
    return max(s for s in shown if s <= instant)
