"""The set-up of the component as data: which calendars and list, what the playbook does, which phone.

user -> playbook -> phone -> created        (set up)
reconfigure -> changed                      (calendars and list)
init -> phone -> changed                    (options: playbook and phone)
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from afterview.integrations.flow import AccountDraft, Choice, Field, FieldKind, FlowContext, Purpose, Step, StepKind
from afterview.sync.classify.normal import cut_term, fold

from .settings import DEFAULTS, NUMBERS, STEPS

PLACES = ("calendars", "list", "vanishing", "emails", "words")
_ALL = "all"  # the one unique id: there is one Afterview in a Home Assistant


class Surroundings(Protocol):
    """What the flow wants to know of the Home Assistant it runs in."""

    def phones(self) -> Sequence[Choice]:
        """Return what can be notified with buttons."""
        ...

    def unfit(self, entity: str) -> str:
        """Say why a list cannot receive follow-ups: `list_missing`, `list_own`, `list_lacks`; "" where it can."""
        ...


class Setup:
    """One run of the flow (`integrations.flow.Setup`)."""

    def __init__(self, surroundings: Surroundings, *, options: bool = False) -> None:
        self._surroundings = surroundings
        self._options = options
        self._chosen: dict[str, Any] = {}
        self._known: Mapping[str, Any] = {}
        self._purpose = Purpose.USER

    def start(self, context: FlowContext) -> Step:
        self._purpose, self._known = context.purpose, context.current
        if self._options:
            return self._playbook("init")
        return self._places("reconfigure" if self._purpose is Purpose.RECONFIGURE else "user")

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        self._chosen |= answers
        if step_id in {"user", "reconfigure"}:
            if errors := self._wrong_places():
                return self._places(step_id, errors)
            return self._create() if self._purpose is Purpose.RECONFIGURE else self._playbook("playbook")
        if step_id in {"playbook", "init"}:
            return self._phone()
        return self._create()

    def _places(self, step_id: str, errors: Mapping[str, str] | None = None) -> Step:
        kind = FieldKind
        fields = (
            Field(
                "calendars",
                kind.ENTITY,
                default=self._value("calendars"),
                choices=(Choice("calendar", ""),),
                multiple=True,
            ),
            Field("list", kind.ENTITY, default=self._value("list"), choices=(Choice("todo", ""),)),
            self._optional("vanishing", kind.BOOL),
            self._optional("emails", kind.LIST),
            self._optional("words", kind.LIST),
        )
        return Step(StepKind.FORM, step_id, fields, errors=errors or {})

    def _wrong_places(self) -> dict[str, str]:
        errors: dict[str, str] = {}
        if not self._chosen.get("calendars"):
            errors["calendars"] = "no_calendar"
        if wrong := self._surroundings.unfit(str(self._chosen.get("list", ""))):
            errors["list"] = wrong
        if any("@" not in str(email) for email in self._chosen.get("emails") or ()):
            errors["emails"] = "not_an_address"
        if not all(_is_term(str(word)) for word in self._chosen.get("words") or ()):
            errors["words"] = "not_a_word"
        return errors

    def _playbook(self, step_id: str) -> Step:
        numbers = {step: name for name, (step, *_) in NUMBERS.items()}
        fields: list[Field] = []
        for step in STEPS:
            fields.append(self._optional(step, FieldKind.BOOL))
            if name := numbers.get(step):
                _, _, _, least, most = NUMBERS[name]
                fields.append(replace(self._optional(name, FieldKind.NUMBER), minimum=least, maximum=most))
        fields += [self._optional(name, FieldKind.TIME) for name in ("quiet_start", "quiet_end")]
        return Step(StepKind.FORM, step_id, tuple(fields))

    def _phone(self) -> Step:
        fields = (
            replace(self._optional("phone", FieldKind.SELECT), choices=tuple(self._surroundings.phones())),
            self._optional("brief", FieldKind.TIME),
            Field("blueprints", FieldKind.BOOL, required=False, default=False),
        )
        return Step(StepKind.FORM, "phone", fields)

    def _create(self) -> Step:
        chosen = {name: value for name, value in self._chosen.items() if name in DEFAULTS}
        settings = {**self._known, **chosen}
        if self._purpose is not Purpose.RECONFIGURE and "phone" in self._chosen:
            settings["brief"] = str(self._chosen.get("brief") or "")[:5]
        draft = AccountDraft("Afterview", _ALL, settings, memory={"blueprints": bool(self._chosen.get("blueprints"))})
        return Step(StepKind.CREATE, "create", draft=draft)

    def _optional(self, name: str, kind: FieldKind) -> Field:
        return Field(name, kind, required=False, default=self._value(name), multiple=kind is FieldKind.LIST)

    def _value(self, name: str) -> Any:
        value = self._chosen.get(name, self._known.get(name, DEFAULTS[name]))
        return list(value) if isinstance(value, tuple) else value


def _is_term(word: str) -> bool:
    return any(part.strip("*") for part in cut_term(fold(word))) and "**" not in word
