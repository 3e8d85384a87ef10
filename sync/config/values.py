"""What a value of each kind looks like: from TOML to the type the program uses.

Every reader takes the raw TOML value and returns the typed one, or raises ValueError with words that finish the
sentence "KEY must be ...".
"""

import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_DURATION = re.compile(r"(\d{1,6}) ?([smhdw])")
_WINDOW = re.compile(r"-(\d{1,5})d\.\.\+(\d{1,5})d")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_WEB = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/%-]*)?")
_ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+")
LONGEST_WINDOW_DAYS = 3660


class SecretSource(StrEnum):
    """Where a secret lies. PLAIN = in the configuration itself; tests only."""

    COMMAND = "command"
    KEYRING = "keyring"
    ENV = "env"
    FILE = "file"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A pointer to a secret, not the secret. `value` is the command's words, the variable's name or the file's path."""

    source: SecretSource
    value: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Span:
    """How far back and ahead of now events are read."""

    back: timedelta
    ahead: timedelta


def text(value: object) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text in quotes")
    return value.strip()


def texts(value: object) -> tuple[str, ...]:
    """Read a list of texts."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise ValueError('a list of texts such as ["one", "two"]')
    return tuple(item.strip() for item in value)


def emails(value: object) -> tuple[str, ...]:
    """Read a list of addresses, lower case."""
    found = texts(value)
    if not found or not all(_ADDRESS.fullmatch(item) for item in found):
        raise ValueError('a list of e-mail addresses such as ["hannah@example.org"]')
    return tuple(item.lower() for item in found)


def truth(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")  # noqa: TRY004 -- the caller turns ValueError into the user's sentence
    return value


def number(value: object) -> float:
    """Read a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number")  # noqa: TRY004 -- as above
    return value


def duration(value: object) -> timedelta:
    """Read a length of time such as "5m"."""
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a length of time such as "30s", "5m", "2h" or "1d"')
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])


def window(value: object) -> Span:
    """Read how far back and ahead events are read, such as "-90d..+180d"."""
    match = _WINDOW.fullmatch(value.replace(" ", "")) if isinstance(value, str) else None
    if match is None or max(int(match[1]), int(match[2])) > LONGEST_WINDOW_DAYS or not int(match[1]) + int(match[2]):
        raise ValueError(f'days back and ahead such as "-90d..+180d", each at most {LONGEST_WINDOW_DAYS}')
    return Span(timedelta(days=int(match[1])), timedelta(days=int(match[2])))


def zone(value: object) -> str:
    """Read the IANA name of a time zone."""
    try:
        name = text(value)
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('the name of a time zone such as "Europe/Berlin" or "UTC"') from error
    return name


def secret(value: object) -> SecretRef:
    """Read where a secret lies; a bare text becomes PLAIN, which `load` refuses outside tests."""
    if isinstance(value, str):
        return SecretRef(SecretSource.PLAIN, (value,))
    table = value if isinstance(value, dict) else {}
    match list(table.items()):
        case [("command", list(words))] if words and all(isinstance(word, str) for word in words):
            return SecretRef(SecretSource.COMMAND, tuple(words))
        case [("keyring", True)]:
            return SecretRef(SecretSource.KEYRING)
        case [("env", str(name))] if name:
            return SecretRef(SecretSource.ENV, (name,))
        case [("file", str(path))] if path:
            return SecretRef(SecretSource.FILE, (path,))
        case _:
            raise ValueError(
                'one of { command = ["pass", "show", "dav"] }, { keyring = true }, { env = "NAME" }, { file = "path" }'
            )


def table(value: object) -> Mapping[str, Any]:
    """Read a table, unchecked."""
    if not isinstance(value, dict):
        raise ValueError("a table")  # noqa: TRY004 -- the caller turns ValueError into the user's sentence
    return value


def push(value: object) -> tuple[str | SecretRef, ...]:
    """Read where to push: Apprise URLs, or pointers to them (they hold secrets)."""
    if not isinstance(value, list):
        raise ValueError("a list of Apprise addresses, each a text or { command = [...] }")  # noqa: TRY004 -- as above
    return tuple(text(item) if isinstance(item, str) else secret(item) for item in value)


def clock(value: object) -> time | None:
    """Read a time of day such as "07:30"; "off" is None."""
    if isinstance(value, str) and value.strip().lower() in {"", "off"}:
        return None
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError('a time of day such as "07:30", or "off"')
    return time(int(match[1]), int(match[2]))


def listen(value: object) -> tuple[str, int]:
    """Read where to listen: an address of this machine and a port."""
    host, _, port = value.strip().rpartition(":") if isinstance(value, str) else ("", "", "")
    host = host.removeprefix("[").removesuffix("]")
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", host) or not port.isdecimal() or not 0 <= int(port[:6]) < 65536:
        raise ValueError('an address and a port such as "127.0.0.1:8377"')
    return host, int(port)


def web(value: object) -> str:
    """Read an address of the web, without a slash at its end."""
    found = value.strip().rstrip("/") if isinstance(value, str) else ""
    if not _WEB.fullmatch(found):
        raise ValueError('an address such as "https://me.example.org/afterview"')
    return found


Reader = Callable[[object], Any]
