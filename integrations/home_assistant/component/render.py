"""Shows a step of a set-up flow (`adapters.flow`) as Home Assistant shows things, and reads what was answered."""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any

import voluptuous as vol
from homeassistant.helpers import selector as sel

from .adapters.flow import Field, FieldKind, Step, StepKind

_NUMBERS = {FieldKind.NUMBER, FieldKind.MINUTES}
_CHOICE = "option"  # what a menu's answer is called


class Look(Enum):
    """As what a step is shown."""

    FORM = auto()
    MENU = auto()
    EXTERNAL = auto()
    PROGRESS = auto()
    END = auto()


def look(step: Step) -> Look:
    """Say as what a step is shown: neither a menu nor an external step can say what is wrong, so then it is a form."""
    if step.kind is StepKind.BROWSER:
        return Look.EXTERNAL if step.arrival is not None and not step.errors else Look.FORM
    if step.kind is StepKind.MENU:
        return Look.FORM if step.errors else Look.MENU
    return {StepKind.FORM: Look.FORM, StepKind.PROGRESS: Look.PROGRESS}.get(step.kind, Look.END)


def placeholders(step: Step) -> dict[str, str]:
    """Return what fills the texts of a step; a page that is to be opened is `url`."""
    return {**step.placeholders, **({"url": step.url} if step.url else {})}


def schema(step: Step) -> vol.Schema:
    """Return the form of a step. What a menu has to say of single things stands in lines of their own."""
    form: dict[vol.Marker, sel.Selector[Any]] = {_marker(field): _selector(field) for field in step.fields}
    if step.kind is StepKind.MENU:
        apart = (name for name in step.errors if name != "base")
        form |= {vol.Optional(name): sel.ConstantSelector(sel.ConstantSelectorConfig(value=True)) for name in apart}
        form[vol.Required(_CHOICE)] = _menu(step)
    return vol.Schema(form)


def errors(step: Step) -> dict[str, str]:
    """Return what is wrong, each at its field; what is said of a field that is not shown is said of the whole."""
    shown = {field.key for field in step.fields}
    if step.kind is StepKind.MENU:
        shown |= step.errors.keys()
    return {name if name in shown else "base": key for name, key in step.errors.items()}


def answers(step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form's answers mean: what was emptied is empty, not as before."""
    if step.kind is StepKind.MENU:
        return {_CHOICE: given[_CHOICE]}
    found: dict[str, Any] = {}
    for field in step.fields:
        value = given.get(field.key)
        if value is None:
            value = _nothing(field)
        elif field.kind in _NUMBERS and float(value).is_integer():
            value = int(value)  # a number field answers 24.0
        found[field.key] = value
    return found


def _nothing(field: Field) -> Any:
    if field.kind in _NUMBERS:
        return field.default
    return [] if _several(field) else False if field.kind is FieldKind.BOOL else ""


def _several(field: Field) -> bool:
    return field.multiple or field.kind is FieldKind.LIST


def _marker(field: Field) -> vol.Marker:
    kind = vol.Required if field.required else vol.Optional
    if field.kind is FieldKind.BOOL:
        return kind(field.key, default=bool(field.default))
    if field.kind in _NUMBERS and field.default is not None:
        return kind(field.key, default=field.default)
    return kind(
        field.key, description={"suggested_value": field.default} if field.default not in ("", [], None) else None
    )


def _selector(field: Field) -> sel.Selector[Any]:
    makers: Mapping[FieldKind, Callable[[Field], sel.Selector[Any]]] = {
        FieldKind.BOOL: lambda _field: sel.BooleanSelector(),
        FieldKind.NUMBER: _number,
        FieldKind.MINUTES: _number,
        FieldKind.SELECT: _select,
        FieldKind.TIME: lambda _field: sel.TimeSelector(),
        FieldKind.ENTITY: _entity,
    }
    return makers.get(field.kind, _text)(field)


def _entity(field: Field) -> sel.Selector[Any]:
    domains = [one.value for one in field.choices]
    return sel.EntitySelector(sel.EntitySelectorConfig(domain=domains, multiple=field.multiple))


def _text(field: Field) -> sel.Selector[Any]:
    kinds = {FieldKind.SECRET: sel.TextSelectorType.PASSWORD, FieldKind.URL: sel.TextSelectorType.URL}
    kind = kinds.get(field.kind, sel.TextSelectorType.TEXT)
    return sel.TextSelector(sel.TextSelectorConfig(type=kind, multiple=_several(field)))


def _number(field: Field) -> sel.Selector[Any]:
    config = sel.NumberSelectorConfig(mode=sel.NumberSelectorMode.BOX, step=1)
    if field.minimum is not None:
        config["min"] = field.minimum
    if field.maximum is not None:
        config["max"] = field.maximum
    if field.kind is FieldKind.MINUTES:
        config["unit_of_measurement"] = "min"
    return sel.NumberSelector(config)


def _select(field: Field) -> sel.Selector[Any]:
    config = sel.SelectSelectorConfig(
        options=[sel.SelectOptionDict(value=one.value, label=one.label) for one in field.choices],
        multiple=field.multiple,
        mode=sel.SelectSelectorMode.DROPDOWN,
    )
    return sel.SelectSelector(config)


def _menu(step: Step) -> sel.Selector[Any]:
    config = sel.SelectSelectorConfig(
        options=list(step.options), mode=sel.SelectSelectorMode.LIST, translation_key=step.id
    )
    return sel.SelectSelector(config)
