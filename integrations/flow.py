"""The set-up flow as data: one flow, several renderers (the click wizard, `--answers FILE`, later Home Assistant).

An integration's `flow.py` holds a class `Setup` (protocol below). It asks in steps and tests the connection before it
creates. It prints nothing, reads nothing from a terminal, and raises only for defects of its own: what the user got wrong
comes back as the same step with `errors`. Texts are in the integration's `strings.json`:

    {"setup": {"step": {STEP: {"title": .., "description": .., "data": {FIELD: label}, "data_description": {FIELD: help},
                               "menu_options": {OPTION: label}}},
               "error": {ERROR_KEY: sentence}, "abort": {REASON: sentence}}}

Sentences may hold {placeholders}, filled from `Step.placeholders` only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from afterview.sync.ports import Clock


class Arrival(Protocol):
    """What a BROWSER step waits for, such as the browser coming back to this machine."""

    def wait(self, seconds: float) -> bool:
        """Wait; tell whether waiting is over, because it came or because it will not come any more."""
        ...

    def close(self) -> None:
        """Stop; may be called twice."""
        ...


class StepKind(StrEnum):
    """What a renderer does: ask fields, offer a choice, open a browser, wait, store the account, or stop."""

    FORM = "form"
    MENU = "menu"
    BROWSER = "browser"
    PROGRESS = "progress"
    CREATE = "create"
    ABORT = "abort"


class FieldKind(StrEnum):
    """How a field is asked and checked. LIST = several free texts; ENTITY is for Home Assistant."""

    TEXT = "text"
    URL = "url"
    SECRET = "secret"  # noqa: S105 -- the name of a kind of field
    NUMBER = "number"
    MINUTES = "minutes"
    BOOL = "bool"
    SELECT = "select"
    TIME = "time"
    LIST = "list"
    ENTITY = "entity"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a SELECT: the value stored and the label shown (from the service, hence hostile)."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `multiple` makes a SELECT return a list. `default` is used for an empty answer."""

    key: str
    kind: FieldKind
    required: bool = True
    default: Any = None
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    minimum: float | None = None
    maximum: float | None = None


class Purpose(StrEnum):
    """Why the flow runs."""

    USER = "user"
    REAUTH = "reauth"
    RECONFIGURE = "reconfigure"


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """What a finished flow wants stored.

    `settings` go into the configuration as they are; `secrets` (field -> plain value) are put away by the renderer and
    replaced by a reference. `unique_id` names the account at its service, so that it cannot be set up twice. `memory` is
    what the flow found out (capabilities) and the account shall remember.
    """

    title: str
    unique_id: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `errors` maps a field key, or "base", to an error key of strings.json. `reason` is an abort's key.

    A BROWSER step shows `url`. With an `arrival` it goes on by itself; its one field is what a person can paste instead,
    where the browser is on another machine.
    """

    kind: StepKind
    id: str
    fields: tuple[Field, ...] = ()
    options: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    placeholders: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    reason: str = ""
    draft: AccountDraft | None = None
    arrival: Arrival | None = None


@dataclass(frozen=True, slots=True)
class FlowContext:
    """What a flow may know. `current` and `secrets` are the account's own values for reauth and reconfigure."""

    purpose: Purpose
    zone: str
    clock: Clock
    account: str = ""
    current: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


class Setup(Protocol):
    """A flow in progress. One object serves one run."""

    def start(self, context: FlowContext) -> Step: ...
    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step: ...
