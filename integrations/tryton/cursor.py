"""Where reading goes on: the server's own time of the newest change that was seen, less an overlap. Pure.

A transaction that took long appears with the time of its beginning, hence the overlap. A time after our own clock is never
taken: a record from a wrong clock would hide what comes later.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

_OVERLAP = timedelta(minutes=10)
_BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)


def since(cursor: str) -> datetime:
    """Return from when on changes are to be asked for."""
    return _read(cursor) - _OVERLAP


def following(cursor: str, seen: Iterable[datetime | None], now: datetime) -> str:
    """Return the next cursor."""
    newest = max([_read(cursor), *(at for at in seen if at is not None)])
    return min(newest, now).isoformat()


def _read(cursor: str) -> datetime:
    try:
        at = datetime.fromisoformat(cursor)
    except ValueError:
        return _BEGINNING
    return max(at, _BEGINNING) if at.tzinfo else _BEGINNING
