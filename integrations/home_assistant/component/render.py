"""Shows a step of a set-up flow (`adapters.flow`) as a form of Home Assistant, and reads the form's answers."""

from collections.abc import Callable, Mapping
from typing import Any

import voluptuous as vol
from homeassistant.helpers import selector as sel

from .adapters.flow import Field, FieldKind, Step


def schema(step: Step) -> vol.Schema:
    """Return the form of a step."""
    return vol.Schema({_marker(field): _selector(field) for field in step.fields})


def answers(step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form's answers mean: what was emptied is empty, not as before."""
    found: dict[str, Any] = {}
    for field in step.fields:
        value = given.get(field.key)
        if value is None:
            value = _nothing(field)
        elif field.kind is FieldKind.NUMBER:
            value = int(value)  # a number field answers 24.0
        found[field.key] = value
    return found


def _nothing(field: Field) -> Any:
    if field.kind is FieldKind.NUMBER:
        return field.default
    return [] if field.multiple else False if field.kind is FieldKind.BOOL else ""


def _marker(field: Field) -> vol.Marker:
    kind = vol.Required if field.required else vol.Optional
    if field.kind in {FieldKind.BOOL, FieldKind.NUMBER}:
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
    return sel.TextSelector(sel.TextSelectorConfig(type=kind, multiple=field.multiple))


def _number(field: Field) -> sel.Selector[Any]:
    config = sel.NumberSelectorConfig(mode=sel.NumberSelectorMode.BOX, step=1)
    if field.minimum is not None:
        config["min"] = field.minimum
    if field.maximum is not None:
        config["max"] = field.maximum
    return sel.NumberSelector(config)


def _select(field: Field) -> sel.Selector[Any]:
    config = sel.SelectSelectorConfig(
        options=[sel.SelectOptionDict(value=one.value, label=one.label) for one in field.choices],
        multiple=field.multiple,
        mode=sel.SelectSelectorMode.DROPDOWN,
    )
    return sel.SelectSelector(config)
