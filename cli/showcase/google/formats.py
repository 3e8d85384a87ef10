"""The value formats of the discovery documents, checked."""

import re
from datetime import UTC, date, datetime

from jsonschema import FormatChecker

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_INT64 = re.compile(r"-?\d{1,19}")
CHECKER = FormatChecker(formats=())


def is_moment(written: object) -> bool:
    """Tell whether it is an RFC 3339 time with an offset."""
    if not isinstance(written, str):
        return True
    if not _MOMENT.fullmatch(written):
        return False
    try:
        datetime.fromisoformat(written)
    except ValueError:
        return False
    return True


def is_day(written: object) -> bool:
    """Tell whether it is a date."""
    if not isinstance(written, str):
        return True
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", written))


def is_int64(written: object) -> bool:
    """Tell whether it is a 64 bit number as the documents write them: digits in a string."""
    return not isinstance(written, str) or bool(_INT64.fullmatch(written))


CHECKER.checks("date-time")(is_moment)
CHECKER.checks("date")(is_day)
CHECKER.checks("int64")(is_int64)


def moment(written: str) -> datetime:
    """Read an RFC 3339 time as an instant."""
    return datetime.fromisoformat(written).astimezone(UTC)


def stamp(at: datetime) -> str:
    """Write an instant as Google does, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
