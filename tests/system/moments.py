"""The moments that system tests speak of."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 9, 4, 8, tzinfo=UTC)
MONDAY = datetime(2026, 9, 7, 10, tzinfo=BERLIN)  # an interview of one hour
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AFTER = MONDAY + 2 * HOUR


def utc(*numbers: int) -> datetime:
    """Return an instant in UTC."""
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]  # year, month, day, hour, minute


def berlin(*numbers: int, fold: int = 0) -> datetime:
    """Return an instant on a clock in Berlin."""
    return datetime(*numbers, tzinfo=BERLIN, fold=fold)  # type: ignore[arg-type, misc]  # as above
