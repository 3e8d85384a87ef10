"""The history as a table for a spreadsheet (RFC 4180). Pure.

A cell that begins like a formula gets an apostrophe in front, so that no spreadsheet reckons with what a stranger wrote
into an invitation. An entry is one line: what has several becomes one.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from .chronicle import Entry
from .text import TEXT_LIMIT, one_line

HEADER = ("when", "local", "company", "role", "what", "who", "details", "source", "keys")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "|", "%")


def sheet(entries: Iterable[Entry], zone: str) -> str:
    """Return the table with its header, lines ended by CR LF. `zone` is the user's, for the column "local"."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(HEADER)
    writer.writerows([harmless(cell) for cell in _row(one, zone)] for one in entries)
    return written.getvalue()


def local(at: datetime, zone: str, *, day_only: bool) -> str:
    """Write an instant as clocks in a zone show it: "2026-05-04 10:00", or the day alone."""
    try:
        there = at.astimezone(ZoneInfo(zone))
    except OverflowError:  # a year at the end of all calendars, in an invitation from anybody
        there = at
    return there.date().isoformat() if day_only else there.replace(tzinfo=None).isoformat(" ", "minutes")


def instant(at: datetime) -> str:
    """Write an instant as ISO 8601 in UTC."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def harmless(cell: str) -> str:
    """Return a cell that is text for every spreadsheet."""
    line = one_line(cell, TEXT_LIMIT)
    return f"'{line}" if line.startswith(FORMULA) else line


def _row(one: Entry, zone: str) -> Sequence[str]:
    moved = [local(at, zone, day_only=one.day_only) for at in one.former]
    details = [f"moved from {', '.join(moved)}"] if moved else []
    return (
        instant(one.at),
        local(one.at, zone, day_only=one.day_only),
        one.company,
        one.role,
        one.what,
        ", ".join(one.who),
        "; ".join([*details, *([one.details] if one.details else [])]),
        one.source,
        " ".join(one.keys.values()),
    )
