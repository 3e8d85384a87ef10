"""What the set-ups of services with a password have in common: asking for it anew, and at which field a trouble stands."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from afterview.integrations.flow import Field, FieldKind, Step, StepKind
from afterview.sync.errors import AuthFailed, ListGone, NotReady, Refused


class Scratch:
    """A memory (`sync.ports.Memory`) for the length of a set-up."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        return self.values.get(name)

    def set(self, name: str, value: Any) -> None:
        self.values[name] = value


def connect_step(
    answers: Mapping[str, Any], error: Exception | None, *, keeps: bool, more: tuple[Field, ...] = ()
) -> Step:
    """Ask for address, name and password. `keeps`: the password may stay as it is; `more` stands below the address."""
    fields = (
        Field("url", FieldKind.URL, default=answers.get("url")),
        *more,
        Field("username", FieldKind.TEXT, default=answers.get("username")),
        Field("password", FieldKind.SECRET, required=not keeps),
    )
    errors = {field_of(error): key_of(error)} if error else {}
    return Step(StepKind.FORM, "connect", fields, errors=errors, placeholders={"reason": str(error or "")})


def reauth_step(answers: Mapping[str, Any], error: Exception | None) -> Step:
    """Ask for the password again; the address stays."""
    fields = (
        Field("username", FieldKind.TEXT, default=answers.get("username")),
        Field("password", FieldKind.SECRET),
    )
    errors = {field_of(error, url="base"): key_of(error)} if error else {}
    told = {"reason": str(error or ""), "host": urlsplit(str(answers.get("url", ""))).hostname or ""}
    return Step(StepKind.FORM, "reauth", fields, errors=errors, placeholders=told)


def field_of(error: Exception, url: str = "url") -> str:
    """Return the field that an error is shown at; "base" for the whole form."""
    return "password" if isinstance(error, AuthFailed) else url if isinstance(error, Refused) else "base"


def key_of(error: Exception) -> str:
    """Return the name of the text in `strings.json` that introduces the error's own sentence."""
    if isinstance(error, AuthFailed):
        return "invalid_auth"
    if isinstance(error, ListGone):
        return "gone"
    return "cannot_connect" if isinstance(error, NotReady) else "refused"
