"""Which keys the configuration has: one table of `Key` for each TOML table, and the one function that reads by it.

An account's own keys come from its integration's manifest in the same form (`keys_from_manifest`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from ..errors import ConfigError
from ..text import one_line
from . import values

LANGUAGES = ("en", "de", "fr", "es")  # those of `wording`, which is not loaded for this
SHORTEST_POLL, LONGEST_POLL = timedelta(minutes=1), timedelta(days=1)


class Kind(StrEnum):
    """What a value is; also the words used in a manifest's `settings`."""

    TEXT = "text"
    LIST = "list"
    EMAILS = "emails"
    BOOL = "bool"
    NUMBER = "number"
    DURATION = "duration"
    WINDOW = "window"
    ZONE = "zone"
    SECRET = "secret"  # noqa: S105 -- the name of a kind of value
    TABLE = "table"
    PUSH = "push"
    CLOCK = "clock"
    LISTEN = "listen"
    WEB = "web"


READERS: Mapping[Kind, values.Reader] = {
    Kind.TEXT: values.text,
    Kind.LIST: values.texts,
    Kind.EMAILS: values.emails,
    Kind.BOOL: values.truth,
    Kind.NUMBER: values.number,
    Kind.DURATION: values.duration,
    Kind.WINDOW: values.window,
    Kind.ZONE: values.zone,
    Kind.SECRET: values.secret,
    Kind.TABLE: values.table,
    Kind.PUSH: values.push,
    Kind.CLOCK: values.clock,
    Kind.LISTEN: values.listen,
    Kind.WEB: values.web,
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. `default` is the typed value used when it is absent; `low` and `high` bound a duration."""

    name: str
    kind: Kind
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    low: timedelta | None = None
    high: timedelta | None = None


POLL = Key("poll", Kind.DURATION, low=SHORTEST_POLL, high=LONGEST_POLL)
ME = (
    Key("emails", Kind.EMAILS, required=True),
    Key("names", Kind.LIST, default=()),
    Key("free_mail", Kind.LIST, default=()),
    Key("time_zone", Kind.ZONE, required=True),
    Key("language", Kind.TEXT, default="en", choices=LANGUAGES),
)
SYNC = (
    Key("window", Kind.WINDOW, default=values.Span(timedelta(days=90), timedelta(days=180))),
    POLL,
    Key("health_file", Kind.TEXT, default=""),
    Key("metrics_file", Kind.TEXT, default=""),
)
ACCOUNT = (Key("id", Kind.TEXT, required=True), Key("integration", Kind.TEXT, required=True), POLL)
SHARED = ("people", "companies", "applications", "outcomes", "interviews", "advice", "tasks")  # those of `sharing`
SHARE = Key("share", Kind.LIST, choices=SHARED)  # of every account with an address book or a CRM
DELIVER = (
    Key("to", Kind.TEXT, default=""),
    Key("quiet_hours", Kind.TEXT),
    Key("business_hours", Kind.TABLE),
    Key("push", Kind.PUSH, default=()),
    Key("brief", Kind.CLOCK),
)
ANSWERS = (
    Key("enabled", Kind.BOOL, default=False),
    Key("listen", Kind.LISTEN, default=("127.0.0.1", 8377)),
    Key("url", Kind.WEB, default=""),
)
DETECTOR = (Key("extra", Kind.TEXT, default=""),)
TOP = ("me", "sync", "account", "deliver", "answers", "detector", "playbook", "automation")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands, for sentences: the file and the table's name as the user wrote it."""

    file: str
    table: str

    def error(self, sentence: str) -> ConfigError:
        """Make the error; the sentence never holds a value that may be secret."""
        return ConfigError(f"{self.file}: {sentence}")

    def key(self, name: str) -> str:
        """Name a key of this table in a sentence."""
        return f"{name} in {self.table}"


def keys_from_manifest(settings: Mapping[str, Mapping[str, Any]]) -> tuple[Key, ...]:
    """Turn a manifest's `settings` ({key: {kind, required, choices, default}}) into keys. ValueError on a bad kind."""
    return tuple(
        Key(
            name,
            Kind(spec["kind"]),
            required=bool(spec.get("required", False)),
            default=spec.get("default"),
            choices=tuple(spec.get("choices", ())),
        )
        for name, spec in settings.items()
    )


def read_table(place: Place, table: object, keys: Sequence[Key]) -> dict[str, Any]:
    """Read one table by its keys; absent optional ones get their default. Raises ConfigError."""
    if not isinstance(table, Mapping):
        raise place.error(f"{place.table} must be a table.")
    known = {key.name: key for key in keys}
    for name in table:
        check_name(place, name, list(known))
    result: dict[str, Any] = {}
    for name, key in known.items():
        if name in table:
            result[name] = _read(place, key, table[name])
        elif key.required:
            raise place.error(f"{place.table} needs the key {name}: {_wanted(key)}.")
        else:
            result[name] = key.default
    return result


def check_name(place: Place, name: str, allowed: Sequence[str]) -> None:
    """Refuse a name that is not allowed here, with the nearest one that is."""
    if name in allowed:
        return
    import difflib

    near = difflib.get_close_matches(name, allowed, n=1)
    hint = f"did you mean {near[0]}? Allowed" if near else "allowed"
    raise place.error(f'"{one_line(name, 60)}" is not a key of {place.table}; {hint}: {", ".join(sorted(allowed))}.')


def _read(place: Place, key: Key, value: object) -> Any:
    try:
        result = READERS[key.kind](value)
    except ValueError as error:
        raise place.error(f"{place.key(key.name)} must be {error}{_seen(key, value)}.") from None
    named: tuple[object, ...] = result if key.kind in {Kind.LIST, Kind.EMAILS} else (result,)
    if key.choices and not set(named) <= set(key.choices):
        raise place.error(f"{place.key(key.name)} must be {_wanted(key)}{_seen(key, value)}.")
    if key.low is not None and key.high is not None and not key.low <= result <= key.high:
        raise place.error(
            f"{place.key(key.name)} must be at least {_short(key.low)} and at most {_short(key.high)}{_seen(key, value)}."
        )
    return result


def _wanted(key: Key) -> str:
    if key.choices:
        return ("a list of " if key.kind is Kind.LIST else "one of ") + ", ".join(
            f'"{choice}"' for choice in key.choices
        )
    try:
        READERS[key.kind](None)
    except ValueError as error:
        return str(error)
    return "set"


def _seen(key: Key, value: object) -> str:
    return "" if key.kind in {Kind.SECRET, Kind.PUSH} else f", not {one_line(repr(value), 60)}"


def _short(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    unit = next(name for name in reversed(values.UNITS) if seconds % values.UNITS[name] == 0)
    return f"{seconds // values.UNITS[unit]}{unit}"
