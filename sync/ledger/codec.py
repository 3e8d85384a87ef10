"""Records to JSON and back, by their type annotations. Only for our own frozen dataclasses."""

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def dump(record: object) -> str:
    """Write a dataclass as JSON; instants as ISO 8601, fields at their default left out."""
    return json.dumps(_plain(record), ensure_ascii=False, separators=(",", ":"))


def load(kind: type[T], text: str) -> T:
    """Read a dataclass of `kind` back; unknown keys (from a newer version) are ignored."""
    name: Any = kind
    value: T = _reader(name)(json.loads(text))
    return value


def _plain(value: object) -> Any:
    kind: Any = type(value)
    if fields := _fields(kind):
        return {name: _plain(item) for name, default in fields if (item := getattr(value, name)) != default}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [_plain(item) for item in value]
    return value


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a dataclass with their defaults, nothing for any other type; worked out once a type."""
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple((field.name, field.default) for field in dataclasses.fields(kind))


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return what turns a JSON value back into `kind`; worked out once a type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        (inner,) = (_reader(argument) for argument in arguments if argument is not type(None))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda value: tuple(map(item, value))
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        readers = {name: _reader(hint) for name, hint in typing.get_type_hints(kind).items()}
        return lambda value: kind(**{name: readers[name](item) for name, item in value.items() if name in readers})
    if isinstance(kind, type) and issubclass(kind, datetime):  # a frozen clock in a test has a class of its own
        return datetime.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return lambda value: value
