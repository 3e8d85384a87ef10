"""Times as commands print them: UTC in JSON, the user's own zone in words."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def instant(at: datetime | None) -> str | None:
    """Write an instant as ISO 8601 in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def local(at: datetime | None, zone: str, now: datetime) -> str:
    """Write an instant for reading: day and time in the user's zone, the year where it is not this one."""
    if at is None:
        return ""
    there = at.astimezone(ZoneInfo(zone))
    year = f" {there.year}" if there.year != now.astimezone(ZoneInfo(zone)).year else ""
    return f"{there:%a} {there.day} {there:%b}{year} {there:%H:%M}"
