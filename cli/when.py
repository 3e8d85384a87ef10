"""WHEN on the command line: a day or an instant in the user's zone, never in the future."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from afterview.sync.errors import ConfigError
from afterview.sync.text import one_line

NOON = time(12, 0)


def past(written: str, zone: str, now: datetime) -> datetime:
    """Read "today", "yesterday", "2026-08-31" (noon) or "2026-08-31 15:30". Raises ConfigError."""
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    try:
        at = _day({"today": today, "yesterday": today - timedelta(days=1)}.get(written.lower()) or written, here)
    except ValueError:
        raise ConfigError(
            f'--at must be today, yesterday, a day such as 2026-08-31 or a time such as "2026-08-31 15:30", '
            f'not "{one_line(written, 40)}".'
        ) from None
    if at > now:
        if at.date() == today and at.timetz().replace(tzinfo=None) == NOON:
            return now
        raise ConfigError(f'--at must not lie in the future; "{one_line(written, 40)}" does.')
    return at.astimezone(now.tzinfo)


def _day(written: date | str, zone: ZoneInfo) -> datetime:
    if isinstance(written, str):
        if len(written) > 10:  # longer than a day
            at = datetime.fromisoformat(written)
            return at if at.tzinfo else at.replace(tzinfo=zone)
        written = date.fromisoformat(written)
    return datetime.combine(written, NOON, zone)
