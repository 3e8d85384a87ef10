"""What a request to the test server must look like: no key too many, none too few, every one of its type."""

from collections.abc import Mapping
from typing import Any

from tests.fakes.hubspot.problems import Json, invalid

TEXT, NUMBER, TEXTS, VALUES, ITEMS = "text", "number", "texts", "values", "items"
_KINDS: Mapping[str, Any] = {TEXT: str, NUMBER: int, TEXTS: list, VALUES: dict, ITEMS: list}
Form = Mapping[str, Any]  # name -> kind, or (ITEMS, form of one); "?" after a name: may be missing

_IDS: Form = {"id": TEXT}
UPSERT: Form = {"inputs": (ITEMS, {"id": TEXT, "idProperty": TEXT, "properties": VALUES, "objectWriteTraceId?": TEXT})}
READ: Form = {"inputs": (ITEMS, _IDS), "properties": TEXTS, "propertiesWithHistory": TEXTS, "idProperty?": TEXT}
CHANGE: Form = {"properties": VALUES}
CREATE: Form = {"properties": VALUES, "associations": TEXTS}  # associations: given empty, made afterwards
_FILTER: Form = {"propertyName": TEXT, "operator": TEXT, "value": TEXT}
SEARCH: Form = {
    "filterGroups": (ITEMS, {"filters": (ITEMS, _FILTER)}),
    "sorts": TEXTS,
    "properties": TEXTS,
    "limit": NUMBER,
    "after": TEXT,
}
TIE: Form = {"inputs": (ITEMS, {"from": _IDS, "to": _IDS})}
TIED: Form = {"inputs": (ITEMS, {"id": TEXT, "after?": TEXT})}
PROPERTY: Form = {
    "name": TEXT,
    "label": TEXT,
    "type": TEXT,
    "fieldType": TEXT,
    "groupName": TEXT,
    "description?": TEXT,
    "hasUniqueValue?": "flag",
}


def check(body: Any, form: Form, where: str = "body") -> Json:
    """Refuse a body that is not of the form."""
    if not isinstance(body, dict):
        raise invalid(f"Invalid input JSON: {where} is no object")
    names = {name.rstrip("?") for name in form}
    needed = {name for name in form if not name.endswith("?")}
    if (unknown := body.keys() - names) or (needed - body.keys()):
        raise invalid(f"Invalid input JSON: {where}: unknown {sorted(unknown)}, missing {sorted(needed - body.keys())}")
    for name, kind in form.items():
        plain = name.rstrip("?")
        if plain in body:
            _check_value(body[plain], kind, f"{where}.{plain}")
    return body


def _check_value(value: Any, kind: Any, where: str) -> None:
    if isinstance(kind, tuple):
        if not isinstance(value, list) or not value:
            raise invalid(f"Invalid input JSON: {where} is no list with something in it")
        for one in value:
            check(one, kind[1], where)
        return
    if isinstance(kind, dict):
        check(value, kind, where)
        return
    wanted = bool if kind == "flag" else _KINDS[kind]
    texts = value if kind == TEXTS else value.values() if kind == VALUES and isinstance(value, dict) else ()
    if not isinstance(value, wanted) or not all(isinstance(one, str) for one in texts):
        raise invalid(f"Invalid input JSON: {where} must be {kind}")
