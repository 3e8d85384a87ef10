"""Days and times as people write them in tables, in en, de, fr, es. What can be two days is refused, never guessed.

"4/5/2026" is the fourth of May in most places and the fifth of April in one. Another date of the same file may tell (one
with a number above 12), else the user says so. "4.5.2026" is always the fourth of May.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from ..identity import plain
from ..wording import LANGUAGES, Words

_YEARS = range(1950, 2101)
_ISO = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?=$|[T ,])", re.ASCII)
_DOTS = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d{2})(?=$|[ ,])", re.ASCII)
_SLASHES = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4})(?=$|[ ,])", re.ASCII)
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:\.|st|nd|rd|th|er)?[ -](?:de )?([^\W\d]{3,12})\.?,?[ -](?:del? )?(\d{4})(?=$|[ ,])"
)
_MONTH_FIRST = re.compile(r"([^\W\d]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?=$|[ ,])")
_TIME = re.compile(r"(\d{1,2})[:h.](\d{2})(?::\d{2}(?:\.\d+)?)?(?: ?(am|pm|uhr|h))?|(\d{1,2}) ?(am|pm|uhr|h)", re.ASCII)


class Order(StrEnum):
    """What comes first in a date with slashes."""

    DAY = "day-month"
    MONTH = "month-day"


class Doubtful(ValueError):
    """A date that can be two days."""


@dataclass(frozen=True, slots=True)
class When:
    """A day, or a time on it: `at` is UTC, None for the day alone."""

    day: date
    at: datetime | None = None


def order_in(cells: Iterable[str]) -> Order | None:
    """Return the order that the dates of a file show, None where none tells. Raises ValueError where they disagree."""
    shown: set[Order] = set()
    for cell in cells:
        if match := _SLASHES.match(cell.strip()):
            first, second = int(match[1]), int(match[3])
            shown |= {Order.DAY} if first > 12 >= second else {Order.MONTH} if second > 12 >= first else set()
    if len(shown) > 1:
        raise ValueError("both orders")
    return next(iter(shown), None)


def is_slashed(cell: str) -> bool:
    """Tell whether a date needs an order."""
    return _SLASHES.match(cell.strip()) is not None


def read_when(cell: str, clock: str, zone: ZoneInfo, order: Order | None) -> When:
    """Read a date with or without a time; `clock` is a time of its own. Raises Doubtful, or ValueError for what is none."""
    text = " ".join(cell.split())
    day, rest = _day(text, order)
    rest = rest.strip(" ,") or clock.strip()
    if not rest:
        return When(day)
    if rest[0] in "Tt":
        at = datetime.fromisoformat(f"{day.isoformat()}T{rest[1:]}")
    elif offset := re.search(r"(?<=\d)(?:Z| ?[+-]\d{2}:?\d{2})$", rest):
        at = datetime.fromisoformat(f"{day.isoformat()}T{rest[: offset.start()].strip()}{offset[0].strip()}")
    else:
        at = datetime.combine(day, _time(rest))
    there = at if at.tzinfo else at.replace(tzinfo=zone)
    return When(there.astimezone(zone).date(), there.astimezone(UTC))


def _day(text: str, order: Order | None) -> tuple[date, str]:
    if match := _ISO.match(text):
        return _date(match[1], match[3], match[4]), text[match.end() :]
    if match := _DOTS.match(text):
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        return _date(year, match[2], match[1]), text[match.end() :]
    if match := _SLASHES.match(text):
        return _slashed(match, order), text[match.end() :]
    folded = plain(text)
    if match := _DAY_FIRST.match(folded):
        return _date(match[3], _month(match[2]), match[1]), folded[match.end() :]
    if match := _MONTH_FIRST.match(folded):
        return _date(match[3], _month(match[1]), match[2]), folded[match.end() :]
    raise ValueError(text)


def _slashed(match: re.Match[str], order: Order | None) -> date:
    first, second = int(match[1]), int(match[3])
    if order is None and first != second and first <= 12 and second <= 12:
        raise Doubtful(match[0])
    if order is None:
        order = Order.DAY if first > 12 else Order.MONTH
    day, month = (first, second) if order is Order.DAY else (second, first)
    return _date(match[4], month, day)


def _date(year: int | str, month: int | str, day: int | str) -> date:
    found = date(int(year), int(month), int(day))
    if found.year not in _YEARS:
        raise ValueError(year)
    return found


def _time(text: str) -> time:
    match = _TIME.fullmatch(plain(text))
    if match is None:
        raise ValueError(text)
    hour, minute, half = int(match[1] or match[4]), int(match[2] or 0), match[3] or match[5]
    if half in {"am", "pm"}:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)


def _month(word: str) -> int:
    found = {number for name, number in _months() if name.startswith(word)}
    if len(found) != 1:
        raise ValueError(word)
    return found.pop()


@cache
def _months() -> tuple[tuple[str, int], ...]:
    tables = (Words.load(language).table["months"] for language in LANGUAGES)
    return tuple((plain(name), number) for months in tables for number, name in enumerate(months, start=1))
