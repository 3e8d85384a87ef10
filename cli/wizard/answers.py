"""Answers from a TOML file, for scripts and machines without a terminal.

integration = "caldav"          id = "home"
deliver = true                  send follow-ups there even if another account has them so far
try_ring = false                there is nobody to hear it
[me]                            emails, time_zone, language; only needed the first time
[answers]                       the fields of the integration's own steps, by key; a secret may be a pointer such as
                                { command = ["pass", "show", "dav"] }, which is then what the configuration keeps
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from afterview.integrations.flow import Choice, Field, FieldKind, Step
from afterview.integrations.secrets import Vault
from afterview.sync.config import SecretSource, values
from afterview.sync.errors import ConfigError, Refused

from .texts import Texts

TOP = ("integration", "id", "deliver", "try_ring", "me", "answers")
OWN_STEPS = ("me", "integration", "account")
NEVER_ASKED = {"another": False, "deliver": False, "try_ring": False}


class Answers:
    """Renders steps by looking answers up. A step that comes back with errors cannot be answered differently."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables = _read(path)
        self._used: set[str] = set()
        self.pointers: dict[str, dict[str, Any]] = {}  # secret field -> the pointer that was given for it
        self._vault = Vault(path.parent)

    @property
    def integration(self) -> str:
        """The integration that the file is for, "" if it does not say."""
        return str(self._tables.get("integration", ""))

    def form(self, step: Step, texts: Texts) -> dict[str, Any]:
        """Answer each field."""
        if step.errors:
            words = " ".join(texts.error(step, key) for key in step.errors.values())
            kind = ConfigError if step.id in OWN_STEPS else Refused
            raise kind(f"{self._path}: {', '.join(step.errors)}: {words}")
        return {field.key: self._answer(step, field) for field in step.fields}

    def menu(self, step: Step, texts: Texts) -> str:  # noqa: ARG002 -- the Renderer's signature
        """Choose the option that the answer named as the step says."""
        chosen = str(self._look_up(step.id, step.id))
        if chosen not in step.options:
            raise ConfigError(f"{self._path}: {step.id} in [answers] must be one of {', '.join(step.options)}.")
        return chosen

    def show(self, step: Step, texts: Texts) -> dict[str, Any]:  # noqa: ARG002 -- the same
        """Refuse what needs a person; progress needs none."""
        if step.url:
            raise ConfigError(
                f"{self._path}: this service wants a person to sign in with a browser; run `afterview setup` or "
                "`afterview accounts reauth ID` on a terminal instead (over ssh will do)."
            )
        return {}

    def check_all_used(self) -> None:
        """Refuse answers to questions that nobody asked: they are most likely misspelt."""
        unused = sorted(set(self._table("answers")) - self._used)
        if unused:
            raise ConfigError(f"{self._path}: no step asked for {', '.join(unused)}; asked was {self._asked()}.")

    def _asked(self) -> str:
        return ", ".join(sorted(self._used)) or "nothing"

    def _answer(self, step: Step, field: Field) -> Any:
        found = self._look_up(step.id, field.key)
        if found is None:
            if field.required and field.default is None:
                raise ConfigError(
                    f"{self._path}: an answer for {field.key} is needed (step {step.id}){_allowed(field)}."
                )
            return field.default
        if field.kind is FieldKind.SECRET:
            return self._secret(field.key, found)
        return self._checked(field, found)

    def _look_up(self, step_id: str, key: str) -> Any:
        if step_id in NEVER_ASKED:
            return self._tables.get(key, NEVER_ASKED[step_id])
        if step_id in {"integration", "account"}:
            return self._tables.get(key)
        if step_id == "me":
            return self._table("me").get(key)
        self._used.add(key)
        return self._table("answers").get(key)

    def _secret(self, key: str, found: Any) -> str:
        try:
            ref = values.secret(found)
        except ValueError as error:
            raise ConfigError(f"{self._path}: {key} must be a text or {error}.") from None
        if ref.source is not SecretSource.PLAIN:
            self.pointers[key] = dict(found)
        return self._vault.resolve(ref, "", key)

    def _checked(self, field: Field, found: Any) -> Any:
        listed = field.kind is FieldKind.LIST or field.multiple
        wanted: tuple[type, ...] = (list,) if listed else _TYPES.get(field.kind, (str,))
        if not isinstance(found, wanted):
            raise ConfigError(f"{self._path}: the answer for {field.key} must be {_NAMES[wanted[0]]}.")
        if field.kind is FieldKind.SELECT:
            given = cast("list[Any]", found) if listed else [found]
            picked = [_pick(field.choices, item) for item in given]
            if None in picked:
                raise ConfigError(f"{self._path}: the answer for {field.key} is not to be had{_allowed(field)}.")
            return picked if listed else picked[0]
        return found

    def _table(self, name: str) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self._tables.get(name, {}))


_TYPES: Mapping[FieldKind, tuple[type, ...]] = {
    FieldKind.BOOL: (bool,),
    FieldKind.NUMBER: (int, float),
    FieldKind.MINUTES: (int, float),
}
_NAMES: Mapping[type, str] = {bool: "true or false", int: "a number", list: "a list", str: "a text"}


def _pick(choices: tuple[Choice, ...], given: Any) -> str | None:
    """Choose by value, else by the label that a person sees."""
    by_label = {choice.label: choice.value for choice in reversed(choices)}
    return given if any(choice.value == given for choice in choices) else by_label.get(given)


def _allowed(field: Field) -> str:
    return "; one of " + ", ".join(choice.label for choice in field.choices) if field.choices else ""


def _read(path: Path) -> Mapping[str, Any]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"The answers {path} cannot be read: {error.strerror}.") from None
    except RecursionError:
        raise ConfigError(f"{path}: the tables and lists are nested too deeply.") from None
    except ValueError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}.") from None
    for name, value in tables.items():
        if name not in TOP:
            raise ConfigError(f'{path}: "{name}" is not a key of the answers; allowed: {", ".join(TOP)}.')
        if (name in {"me", "answers"}) != isinstance(value, dict):
            raise ConfigError(f"{path}: {name} must {'' if name in {'me', 'answers'} else 'not '}be a table.")
    return tables
