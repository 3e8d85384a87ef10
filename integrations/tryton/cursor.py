"""Where reading goes on: the server's own time of the newest change that was seen, less an overlap. Pure.

A transaction that took long appears with the time of its beginning, hence the overlap. A time after our own clock is never
taken: a record from a wrong clock would hide what comes later. Where nothing has been new for long, the overlap ends at
the newest change: else what changed at once, such as a list that was imported, would be read with every pass.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

_OVERLAP = timedelta(minutes=10)
_LONG = 2 * _OVERLAP
_BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)


def since(cursor: str) -> datetime:
    """Return from when on changes are to be asked for."""
    return _read(cursor) - _OVERLAP


def following(cursor: str, seen: Iterable[datetime | None], now: datetime, *, news: bool = True) -> str:
    """Return the next cursor. `news`: something was not known yet."""
    moments = [at for at in seen if at is not None]
    newest = max([_read(cursor), *moments])
    if not news and moments and now - max(moments) >= _LONG:
        newest = max(newest, max(moments) + _OVERLAP)
    return min(newest, now).isoformat()


def _read(cursor: str) -> datetime:
    try:
        at = datetime.fromisoformat(cursor)
    except ValueError:
        return _BEGINNING
    return max(at, _BEGINNING) if at.tzinfo else _BEGINNING
