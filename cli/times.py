"""Times as commands print them: UTC in JSON, the user's own zone in words."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def instant(at: datetime | None) -> str | None:
    """Write an instant as ISO 8601 in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def local(at: datetime | None, zone: str, now: datetime) -> str:
    """Write an instant for reading: day and time in the user's zone, the year where it is not this one.

    Midnight is the day alone: that is what a list keeps that knows no times, and when whole days begin.
    """
    if at is None:
        return ""
    there = at.astimezone(ZoneInfo(zone))
    year = f" {there.year}" if there.year != now.astimezone(ZoneInfo(zone)).year else ""
    clock = f" {there:%H:%M}" if there.time() != time() else ""
    return f"{there:%a} {there.day} {there:%b}{year}{clock}"


def written(raw: str, zone: str, now: datetime) -> str:
    """Write for reading what stands in a ledger or an event: ISO 8601, or iCalendar with or without TZID."""
    tzid, _, value = raw.rpartition(":") if raw.startswith("TZID=") else ("", "", raw)
    try:
        if len(value) <= len("2026-01-05"):
            day = date.fromisoformat(value)
            return f"{day:%a} {day.day} {day:%b}{f' {day.year}' if day.year != now.year else ''}"
        at = datetime.fromisoformat(value)
        there = ZoneInfo(tzid.removeprefix("TZID=").strip('"') or zone)
    except (ValueError, ZoneInfoNotFoundError):
        return raw
    return local(at if at.tzinfo else at.replace(tzinfo=there), zone, now)
