"""From the file to `Config`, or one sentence why not."""

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from ..errors import ConfigError
from . import schema
from .schema import Key, Kind, Place, check_name, read_table
from .values import SecretRef, SecretSource, Span

if TYPE_CHECKING:
    from ..playbook import PlaybookSettings

PLAIN_SECRETS = "AFTERVIEW_ALLOW_PLAIN_SECRETS"  # "1" lets tests write a password as a bare text
AccountKeys = Callable[[str], Sequence[Key]]  # integration -> its own keys; ConfigError for one that does not exist


@dataclass(frozen=True, slots=True)
class Me:
    """Whose follow-ups these are."""

    emails: tuple[str, ...]
    names: tuple[str, ...]
    free_mail: tuple[str, ...]
    time_zone: str
    language: str


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """What is read and how often (`poll` None: as each integration advises), and files that say how the service is."""

    window: Span
    poll: timedelta | None
    health_file: str = ""
    metrics_file: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One connection to a service. `settings` are its own keys as written; secrets stand apart, unresolved."""

    id: str
    integration: str
    poll: timedelta | None
    settings: Mapping[str, Any]
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deliver:
    """Where follow-ups go: the account whose task list receives them ("" = nowhere yet), and pushes.

    `brief` is the local time of the morning brief, None without one.
    """

    to: str
    push: tuple[str | SecretRef, ...] = field(default=(), repr=False)
    brief: time | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """The listener that takes answers from buttons: off unless told, on this machine unless told otherwise.

    `url` is the address under which the phone reaches it, "" where none is known: then nothing is put with buttons.
    """

    enabled: bool = False
    listen: tuple[str, int] = ("127.0.0.1", 8377)
    url: str = ""


@dataclass(frozen=True)
class Config:
    """The whole configuration, checked. `mark` recognises the same text again; `tables` is what the playbook reads."""

    path: Path
    me: Me
    sync: SyncSettings
    accounts: tuple[Account, ...]
    deliver: Deliver
    extra: Path | None  # the user's own lexicon
    tables: Mapping[str, Any] = field(repr=False)
    mark: str = ""
    answers: Answers = field(default_factory=Answers)

    @cached_property
    def settings(self) -> "PlaybookSettings":
        """The playbook, and what of [me] and [deliver] it heeds. Raises ConfigError where that is wrong."""
        from ..playbook import read_settings
        from .holidays import public_holidays

        playbook = self.tables.get("playbook", {})
        if not isinstance(playbook, dict):
            raise ConfigError(f"{self.path}: [playbook] must be a table.")
        me, deliver = self.tables["me"], self.tables.get("deliver", {})
        try:
            return read_settings(me, deliver, playbook, self.tables.get("automation", ()), holidays=public_holidays)
        except ConfigError as error:
            raise ConfigError(f"{self.path}: {error}") from None

    def account(self, account_id: str) -> Account:
        """Return one account by id. ConfigError names those that exist."""
        for account in self.accounts:
            if account.id == account_id:
                return account
        known = ", ".join(account.id for account in self.accounts) or "none yet; run `afterview setup`"
        raise ConfigError(f'There is no account "{account_id}" in {self.path}; accounts: {known}.')


def load(path: Path, account_keys: AccountKeys, proven: str = "") -> Config:
    """Read and check the file. Raises ConfigError.

    The playbook of a text whose mark is `proven` was found sound before and is not gone through again.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"There is no configuration at {path}; run `afterview setup` to make one.") from None
    except OSError as error:
        raise ConfigError(f"The configuration {path} cannot be read: {error.strerror}.") from error
    try:
        return load_text(raw.decode("utf-8"), path, account_keys, proven)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the file is not UTF-8 text (at byte {error.start}).") from None


def load_text(text: str, path: Path, account_keys: AccountKeys, proven: str = "") -> Config:
    """Check a configuration given as text; `path` is where it stands or shall stand. Raises ConfigError."""
    try:
        tables = tomllib.loads(text)
    except RecursionError:
        raise ConfigError(f"{path}: the tables and lists are nested too deeply.") from None
    except ValueError as error:  # not TOML, or a number of thousands of digits
        raise ConfigError(f"{path}: not valid TOML: {error}.") from None
    check_name_of_tables(path, tables)
    me = read_table(Place(str(path), "[me]"), tables.get("me", {}), schema.ME)
    sync = read_table(Place(str(path), "[sync]"), tables.get("sync", {}), schema.SYNC)
    place = Place(str(path), "[deliver]")
    deliver = read_table(place, tables.get("deliver", {}), schema.DELIVER)
    detector = read_table(Place(str(path), "[detector]"), tables.get("detector", {}), schema.DETECTOR)
    extra = path.parent / Path(detector["extra"]).expanduser() if detector["extra"] else None
    accounts = _accounts(path, tables.get("account", []), account_keys)
    _check_delivery(place, deliver["to"], accounts)
    mark = f"{len(text)}-{crc32(text.encode()):08x}"
    delivery = Deliver(deliver["to"], deliver["push"], deliver["brief"])
    answers = Answers(**read_table(Place(str(path), "[answers]"), tables.get("answers", {}), schema.ANSWERS))
    config = Config(path, Me(**me), SyncSettings(**sync), accounts, delivery, extra, tables, mark, answers)
    if mark != proven:
        _ = config.settings  # raises what is wrong with it
    return config


def check_name_of_tables(path: Path, tables: Mapping[str, Any]) -> None:
    """Refuse an unknown table at the top of the file."""
    for name in tables:
        check_name(Place(str(path), "the file"), name, schema.TOP)


def _accounts(path: Path, raw: object, account_keys: AccountKeys) -> tuple[Account, ...]:
    if not isinstance(raw, list):
        raise ConfigError(f"{path}: accounts are written as [[account]], with two brackets.")
    accounts: list[Account] = []
    for number, table in enumerate(raw, start=1):
        account = _account(path, number, table, account_keys)
        if any(account.id == other.id for other in accounts):
            raise ConfigError(f'{path}: two accounts have the id "{account.id}"; give each its own.')
        accounts.append(account)
    return tuple(accounts)


def _account(path: Path, number: int, table: object, account_keys: AccountKeys) -> Account:
    place = Place(str(path), f"[[account]] number {number}")
    if not isinstance(table, dict):
        raise place.error(f"{place.table} must be a table.")
    raw: dict[str, Any] = table
    common = read_table(place, {k: v for k, v in raw.items() if k in {"id", "integration"}}, schema.ACCOUNT)
    if not common["id"].replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise place.error(f"{place.key('id')} must be letters, digits, dots, dashes and underscores.")
    place = Place(str(path), f'[[account]] "{common["id"]}"')
    try:
        own = account_keys(common["integration"])
    except ConfigError as error:
        raise place.error(f"{place.key('integration')}: {error}") from None
    values = read_table(place, raw, (*schema.ACCOUNT, *own))
    return Account(
        common["id"],
        common["integration"],
        values["poll"],
        {key.name: values[key.name] for key in own if key.kind is not Kind.SECRET and values[key.name] is not None},
        {key.name: _allowed(place, key, values[key.name]) for key in own if isinstance(values[key.name], SecretRef)},
    )


def _allowed(place: Place, key: Key, ref: SecretRef) -> SecretRef:
    if ref.source is SecretSource.PLAIN and os.environ.get(PLAIN_SECRETS) != "1":
        raise place.error(
            f"{place.key(key.name)} must not stand in the file itself; "
            'write { keyring = true }, { command = ["pass", "show", "dav"] }, { env = "NAME" } or { file = "path" }.'
        )
    return ref


def _check_delivery(place: Place, to: str, accounts: Sequence[Account]) -> None:
    if not to:
        return
    target = next((account for account in accounts if account.id == to), None)
    if target is None:
        known = ", ".join(account.id for account in accounts) or "none"
        raise place.error(f'{place.key("to")} names the account "{to}", which does not exist; accounts: {known}.')
    if not target.settings.get("task_list"):
        raise place.error(f'{place.key("to")} names the account "{to}", which has no task_list to write to.')
