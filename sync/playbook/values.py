"""Values out of configuration tables, checked: each reader returns the typed value or raises one sentence.

`where` names the key as the user wrote it, such as "[playbook.feedback] due".
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from enum import StrEnum
from typing import Any, TypeVar

from ..errors import ConfigError
from . import rings, spans

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def wrong(where: str, value: object, allowed: str) -> ConfigError:
    """Make the sentence: what is there, and what must be."""
    said = "is missing" if value is None else f"is {value!r}" if not isinstance(value, str) else f'is "{value[:80]}"'
    return ConfigError(f"{where} {said}; it must be {allowed}.")


def known_keys(where: str, table: Mapping[str, Any], allowed: Sequence[str] | Mapping[str, Any]) -> None:
    """Refuse a key that does not exist."""
    for name in table:
        if name not in allowed:
            raise ConfigError(f'{where} has no key "{name}"; allowed are {", ".join(allowed)}.')


def table_of(where: str, value: object) -> Mapping[str, Any]:
    """Read a table."""
    if not isinstance(value, Mapping):
        raise wrong(where, value, "a table")
    return value


def text(where: str, value: object) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise wrong(where, value, "a text in quotes")
    return value


def truth(where: str, value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise wrong(where, value, "true or false")
    return value


def count(where: str, value: object) -> int:
    """Read a small number."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 10:
        raise wrong(where, value, "a number from 1 to 10")
    return value


def several(where: str, value: object) -> tuple[str, ...]:
    """Read one text or a list of texts."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) and item.strip() for item in items):
        raise wrong(where, value, "a text or a list of texts")
    return tuple(str(item) for item in items)


def one_of(where: str, value: object, kind: type[E]) -> E:
    """Read one of the words of an enumeration."""
    allowed = [member.value for member in kind]
    if value not in allowed:
        raise wrong(where, value, "one of " + ", ".join(allowed))
    return kind(value)


def _parsed(where: str, value: object, parse: Callable[[str], T], allowed: str) -> T:
    try:
        return parse(text(where, value))
    except ValueError:
        raise wrong(where, value, f"like {allowed}") from None


def span(where: str, value: object) -> spans.Span:
    """Read a span of time."""
    return _parsed(where, value, spans.parse_span, spans.ALLOWED)


def ring(where: str, value: object) -> rings.RingRule:
    """Read a ring rule."""
    return _parsed(where, value, rings.parse_ring, rings.ALLOWED)


def clock(where: str, value: object) -> time:
    """Read a time of day."""
    return _parsed(where, value, spans.parse_time, '"09:00"')
