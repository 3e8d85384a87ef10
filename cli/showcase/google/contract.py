"""What Google itself says a request and an answer may look like: the discovery documents that the installed client ships.

Routes, parameters, bodies and answers are checked against them, more strictly than Google does where it overlooks what it
does not know: a parameter or a field that is not in the document is refused. There is no copy of the documents here.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from jsonschema import Draft202012Validator

from .fields import Mask, parse_mask
from .formats import CHECKER, is_moment
from .problems import ContractBroken, Problem, invalid

DOCUMENTS = {"calendar": "calendar.v3", "tasks": "tasks.v1"}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """One method of one document."""

    api: str
    id: str
    verb: str
    path: re.Pattern[str]
    parameters: Mapping[str, Json]
    scopes: frozenset[str]
    request: Draft202012Validator | None
    answer: Draft202012Validator | None
    required: tuple[str, ...]  # fields of the body
    read_only: frozenset[str]  # fields of the body that are overlooked


@dataclass(frozen=True, slots=True)
class Call:
    """A request that keeps to the contract. Parameters are typed; defaults of the document are filled in."""

    method: Method
    parameters: Mapping[str, Any]
    given: frozenset[str]  # parameters that the client sent
    body: Json
    headers: Mapping[str, str]
    account: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)
    mask: Mask | None = None

    def __getitem__(self, name: str) -> Any:
        """Return a parameter, None where it has neither value nor default."""
        return self.parameters.get(name)


@cache
def methods() -> tuple[Method, ...]:
    """Read every method of both documents."""
    return tuple(method for api, name in DOCUMENTS.items() for method in _methods(api, _document(name)))


def route(verb: str, path: str) -> tuple[Method, dict[str, str]]:
    """Find the method for a path, and the parameters in it. Raises Problem (404)."""
    for method in methods():
        match = method.path.fullmatch(path)
        if match and method.verb == verb:
            return method, {name: unquote(value) for name, value in match.groupdict().items()}
    raise Problem(404, "notFound", f"There is no {verb} {path}.")


def checked(method: Method, in_path: Mapping[str, str], query: str, raw: bytes) -> tuple[Json, frozenset[str], Json]:
    """Return parameters, which of them were sent, and the body. Raises Problem (400)."""
    sent = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    parameters: Json = {}
    for name, written in [*in_path.items(), *sent]:
        known = method.parameters.get(name)
        if known is None:
            raise invalid(f"Unknown parameter {name} in {method.id}.", "invalidParameter")
        value = _typed(name, written, known)
        if known.get("repeated"):
            parameters.setdefault(name, []).append(value)
        elif name in parameters:
            raise invalid(f"Parameter {name} is given twice.", "invalidParameter")
        else:
            parameters[name] = value
    given = frozenset(parameters)
    for name, known in method.parameters.items():
        if known.get("required") and name not in parameters:
            raise invalid(f"Required parameter: {name}", "required")
        if "default" in known:
            parameters.setdefault(name, _typed(name, known["default"], known))
    return parameters, given, _body(method, raw)


def mask_of(method: Method, written: str | None) -> Mask | None:
    """Read the parameter `fields` and hold it against the answer's schema."""
    if not written:
        return None
    schema = method.answer.schema if method.answer else {}
    if not isinstance(schema, Mapping):
        raise ContractBroken(method.id)
    return parse_mask(written, schema)


def check_answer(method: Method, answer: Json | None) -> None:
    """Raise ContractBroken for an answer that the document does not allow."""
    if method.answer is None or answer is None:
        if answer is not None or method.answer is not None:
            raise ContractBroken(f"{method.id}: an answer where there must be none, or none where there must be one")
        return
    for error in method.answer.iter_errors(answer):
        raise ContractBroken(f"{method.id}: {error.json_path}: {error.message}")


def _typed(name: str, written: str, known: Json) -> Any:
    kind = known.get("type")
    if "enum" in known and written not in known["enum"]:
        raise invalid(f"Invalid value '{written}' for {name}.", "invalidParameter")
    if kind == "boolean":
        if written not in {"true", "false"}:
            raise invalid(f"Invalid boolean '{written}' for {name}.", "invalidParameter")
        return written == "true"
    if kind == "integer":
        if not re.fullmatch(r"-?\d{1,10}", written):
            raise invalid(f"Invalid integer '{written}' for {name}.", "invalidParameter")
        number = int(written)
        if not int(known.get("minimum", -(2**31))) <= number <= int(known.get("maximum", 2**31 - 1)):
            raise invalid(f"{name} is out of range.", "invalidParameter")
        return number
    if known.get("format") == "date-time" and not is_moment(written):
        raise invalid(f"{name} is not a time with an offset: {written}", "badRequest")
    return written


def _body(method: Method, raw: bytes) -> Json:
    if method.request is None:
        if raw.strip() not in {b"", b"{}"}:
            raise invalid(f"{method.id} takes no body.", "parseError")
        return {}
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise invalid("Parse Error", "parseError") from None
    if not isinstance(body, dict):
        raise invalid("Parse Error", "parseError")
    for error in method.request.iter_errors(body):
        raise invalid(f"Invalid JSON payload: {error.json_path}: {error.message}"[:500])
    for name in method.required:
        if not body.get(name):
            raise invalid(f"Missing {name}.", "required")
    return {name: value for name, value in body.items() if name not in method.read_only}


def _document(name: str) -> Json:
    spec = find_spec("googleapiclient")
    if spec is None or spec.origin is None:
        raise ContractBroken("google-api-python-client is not installed")
    path = Path(spec.origin).parent / "discovery_cache" / "documents" / f"{name}.json"
    document: Json = json.loads(path.read_text("utf-8"))
    return document


def _methods(api: str, document: Json) -> Iterator[Method]:
    schemas = {name: _schema(schema) for name, schema in document["schemas"].items()}
    for raw in _raw_methods(document):
        body = document["schemas"].get(raw.get("request", {}).get("$ref", ""), {}).get("properties", {})
        yield Method(
            api=api,
            id=raw["id"],
            verb=raw["httpMethod"],
            path=_path("/" + document["servicePath"] + raw["path"]),
            parameters={**document["parameters"], **raw.get("parameters", {})},
            scopes=frozenset(raw.get("scopes", ())),
            request=_validator(raw.get("request"), schemas, nulls=raw["httpMethod"] == "PATCH"),
            answer=_validator(raw.get("response"), schemas, nulls=False),
            required=tuple(n for n, f in body.items() if raw["id"] in f.get("annotations", {}).get("required", ())),
            read_only=frozenset(n for n, f in body.items() if f.get("readOnly")),
        )


def _raw_methods(resource: Json) -> Iterator[Json]:
    yield from resource.get("methods", {}).values()
    for below in resource.get("resources", {}).values():
        yield from _raw_methods(below)


def _path(written: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\+?)(\w+)\}", written)
    pattern = re.escape(parts[0]).replace("@me", "(?:@|%40)me")
    for plus, name, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pattern += f"(?P<{name}>{'.+' if plus else '[^/]+'}){re.escape(rest)}"
    return re.compile(pattern)


def _schema(schema: Json) -> Json:
    """Turn a schema of the document into a closed JSON Schema."""
    if "$ref" in schema:
        return {"$ref": "#/$defs/" + schema["$ref"]}
    made: Json = {key: schema[key] for key in ("type", "format", "enum", "pattern") if key in schema}
    if made.get("type") == "any":
        return {}
    if schema.get("type") == "object":
        made["properties"] = {name: _schema(one) for name, one in schema.get("properties", {}).items()}
        more = schema.get("additionalProperties")
        made["additionalProperties"] = _schema(more) if more else False
    if "items" in schema:
        made["items"] = _schema(schema["items"])
    return made


def _validator(reference: Json | None, schemas: Json, *, nulls: bool) -> Draft202012Validator | None:
    if not reference:
        return None
    known = {name: _with_nulls(schema) if nulls else schema for name, schema in schemas.items()}
    schema = {**known[reference["$ref"]], "$defs": known}
    return Draft202012Validator(schema, format_checker=CHECKER)


def _with_nulls(schema: Json) -> Json:
    """Allow null for every field: in a PATCH it takes the field away."""
    made = dict(schema)
    if "properties" in schema:
        made["properties"] = {
            name: {"anyOf": [_with_nulls(one), {"type": "null"}]} for name, one in schema["properties"].items()
        }
    return made
