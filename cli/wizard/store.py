"""Edits the configuration file: keeps comments and order, checks the result before it replaces the file, all or nothing."""

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from afterview.sync.config import Config, load_text
from afterview.sync.config.load import AccountKeys
from afterview.sync.errors import ConfigError

HEADER = "Afterview's configuration. Every key is explained in config.example.toml; edit it freely, comments are kept."


class ConfigFile:
    """One configuration file being edited. `save` is the only thing that touches the disk."""

    def __init__(self, path: Path, account_keys: AccountKeys) -> None:
        self.path = path
        self._keys = account_keys
        self._document = tomlkit.document()
        self.is_new = not path.exists()
        if self.is_new:
            self._document.add(tomlkit.comment(HEADER))
        else:
            self.config = load_text(self._read(), path, account_keys)

    def _read(self) -> str:
        try:
            text = self.path.read_text("utf-8")
            self._document = tomlkit.parse(text)
        except (OSError, ValueError, TOMLKitError) as error:
            raise ConfigError(f"The configuration {self.path} cannot be edited: {error}.") from None
        return text

    def set_me(self, me: Mapping[str, Any]) -> None:
        """Write [me]."""
        table = tomlkit.table()
        table.update(me)
        table.add(tomlkit.nl())
        self._document["me"] = table

    def add_account(self, settings: Mapping[str, Any]) -> None:
        """Append an account; `settings` begins with id and integration and holds pointers, no secret."""
        if "account" not in self._document:
            self._document.append("account", tomlkit.aot())
        accounts = self._accounts()
        if len(accounts):
            accounts[-1].add(tomlkit.nl())
        accounts.append(_table(settings))

    def change_account(self, account_id: str, settings: Mapping[str, Any]) -> None:
        """Write keys into an account where they differ; an empty value takes the key out, one not named stays."""
        table = self._account(account_id)
        before = table.unwrap()
        for name, value in settings.items():
            if _empty(value):
                table.pop(name, None)
            elif before.get(name) != _plain(value):
                table[name] = _item(value)

    def remove_account(self, account_id: str) -> None:
        """Take an account out, and the delivery to it."""
        accounts = self._accounts()
        accounts.remove(self._account(account_id))
        if not len(accounts):
            self._document.remove("account")
        deliver = cast("MutableMapping[str, Any]", self._document.get("deliver", {}))
        if deliver.get("to") == account_id:
            deliver.pop("to")

    def deliver_to(self, account_id: str) -> None:
        """Name the account whose task list receives the follow-ups."""
        if "deliver" not in self._document:
            self._document["deliver"] = tomlkit.table()
        cast("MutableMapping[str, Any]", self._document["deliver"])["to"] = account_id

    def save(self) -> Config:
        """Check the whole text, then replace the file. Raises ConfigError; then the file is as it was."""
        text = tomlkit.dumps(self._document)
        config = load_text(text, self.path, self._keys)
        target = self.path.resolve()  # a link into somebody's dotfiles stays a link
        new = target.with_name(f"{target.name}.new")
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            new.replace(target)
        except OSError as error:
            raise ConfigError(f"The configuration {self.path} cannot be written: {error.strerror}.") from None
        self.config, self.is_new = config, False
        return config

    def _accounts(self) -> AoT:
        return cast("AoT", self._document["account"])

    def _account(self, account_id: str) -> Table:
        found: Table = next(table for table in self._accounts() if table.get("id") == account_id)
        return found


def _table(settings: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for name, value in settings.items():
        if not _empty(value):
            table.add(name, _item(value))
    return table


def _empty(value: Any) -> bool:
    """Say whether a value means that the key is not set."""
    return value is None or value in ("", [], ())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _item(value: Any) -> Any:
    if isinstance(value, Mapping):
        inline = tomlkit.inline_table()
        inline.update(value)
        return inline
    return tomlkit.item(_plain(value))
