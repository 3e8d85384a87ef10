"""What goes over the wire to a Tryton server: its JSON dialect, and what its errors mean. Pure.

Dates are objects (`trytond/protocols/jsonrpc.py`), in UTC and without a zone. An error comes with status 200 as the list of
an exception's arguments; whatever it is, the server has rolled the call back: nothing was changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from afterview.sync.text import one_line

_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_BUSY = ("locked", "serialize", "deadlock", "too many connections")  # words of a database that is merely in use


class Said(StrEnum):
    """What a server's error means, by the name of its exception."""

    ERROR = "UserError"
    WARNING = "UserWarning"
    CHANGED = "ConcurrencyException"
    LOGIN = "LoginException"
    BUSY = "busy"
    FAULT = "fault"  # anything else: a mistake in the server or in what it was asked


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as the server said it; `words` are its own, on one line."""

    said: Said
    words: str


def refusal(error: Any) -> Refusal:
    """Read the error of an answer."""
    name, rest = (error[0], error[1:]) if isinstance(error, list) and error else ("", [])
    known = {str(said): said for said in (Said.ERROR, Said.WARNING, Said.CHANGED, Said.LOGIN)}
    if name in known:
        return Refusal(known[name], _words(known[name], rest))
    words = one_line(str(name), 200)
    busy = any(sign in words.casefold() for sign in _BUSY)
    return Refusal(Said.BUSY if busy else Said.FAULT, words)


def _words(said: Said, rest: list[Any]) -> str:
    """Return the message: a warning has its name before it, an error its description after it."""
    parts = rest[0] if rest and isinstance(rest[0], list) else rest
    texts = [part for part in (parts[1:] if said is Said.WARNING else parts) if isinstance(part, str) and part]
    return one_line(" ".join(texts), 300)


def written(moment: datetime) -> dict[str, Any]:
    """Return an instant as the server reads it."""
    moment = moment.astimezone(UTC)
    return {"__class__": "datetime", **{part: getattr(moment, part) for part in _PARTS}}


def instant(value: Any) -> datetime | None:
    """Read an instant; None where there is none."""
    if not isinstance(value, dict) or value.get("__class__") != "datetime":
        return None
    numbers = {part: value.get(part, 0) for part in _PARTS}
    try:
        return datetime(**numbers, tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def changed_at(row: dict[str, Any]) -> datetime | None:
    """Return when a record was last changed: `write_date` is null until the first change."""
    return instant(row.get("write_date")) or instant(row.get("create_date"))


def changed_since(moment: datetime) -> list[Any]:
    """Return the domain of what was changed or made after an instant."""
    at = written(moment)
    return ["OR", ["write_date", ">", at], ["create_date", ">", at]]


def newest(rows: Iterable[dict[str, Any]]) -> datetime | None:
    """Return the latest change among rows."""
    return max(filter(None, map(changed_at, rows)), default=None)
