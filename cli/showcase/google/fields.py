"""The parameter `fields`: which part of an answer is wanted, as in "items(id,start/dateTime),nextPageToken"."""

import re
from collections.abc import Mapping
from typing import Any

from .problems import invalid

Mask = dict[str, "Mask"]  # an empty mask below a name: everything in it
_TOKEN = re.compile(r"[\w*@.$-]+|[(),/]")


def parse_mask(written: str, schema: Mapping[str, Any]) -> Mask:
    """Read a mask. A name that the schema does not have is refused, as Google does."""
    tokens = _TOKEN.findall(written)
    if "".join(tokens) != written:
        raise invalid(f"Invalid field selection {written}", "invalidParameter")
    mask, rest = _list(tokens)
    if rest:
        raise invalid(f"Invalid field selection {written}", "invalidParameter")
    _check(mask, schema, schema)
    return mask


def masked(value: Any, mask: Mask | None) -> Any:
    """Return the part of an answer that is wanted."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [masked(one, mask) for one in value]
    if isinstance(value, dict):
        return {name: masked(value[name], below) for name, below in mask.items() if name in value}
    return value


def _list(tokens: list[str]) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while tokens:
        name, tokens = tokens[0], tokens[1:]
        below: Mask = {}
        here = mask.setdefault(name, below)
        while tokens[:1] == ["/"]:
            here = here.setdefault(tokens[1], {})
            tokens = tokens[2:]
        if tokens[:1] == ["("]:
            inner, tokens = _list(tokens[1:])
            here.update(inner)
            if tokens[:1] != [")"]:
                raise invalid("Invalid field selection", "invalidParameter")
            tokens = tokens[1:]
        if tokens[:1] != [","]:
            return mask, tokens
        tokens = tokens[1:]
    return mask, tokens


def _check(mask: Mask, schema: Mapping[str, Any], root: Mapping[str, Any]) -> None:
    while "$ref" in schema or "items" in schema:
        reference = schema.get("$ref")
        schema = root["$defs"][reference.rpartition("/")[2]] if reference else schema["items"]
    properties = schema.get("properties", {})
    for name, below in mask.items():
        if name == "*":
            continue
        if name not in properties and not schema.get("additionalProperties"):
            raise invalid(f"Invalid field selection {name}", "invalidParameter")
        if below:
            _check(below, properties.get(name, {}), root)
