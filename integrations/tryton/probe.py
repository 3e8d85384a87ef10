"""Find out whether a Tryton can keep what we bring: its modules, the user's rights and company, and a party on trial.

The trial party bears a code of ours, so that it takes no number from the user's sequence, and is deleted at once. Of an
opportunity only the rights are looked at: it would take a number for good.
"""

from datetime import datetime
from typing import Any

from afterview.sync.errors import NotReady, Refused, Rejected
from afterview.sync.identity import person_key
from afterview.sync.text import one_line

from .client import Tryton
from .marks import mark
from .parties import PARTY

_NEEDED = {
    "party.party": ("party", "read", "write", "create"),
    "party.contact_mechanism": ("party", "read", "write", "create"),
    "party.identifier": ("party", "read", "create"),
    "sale.opportunity": ("sale_opportunity", "read", "write", "create"),
    "ir.note": ("ir", "read", "create"),
}
_OLDEST = 8  # before it, requests went to another address
_RELATIONS = "party.relation.type"


def check_version(client: Tryton) -> None:
    """Raise Refused for a server of another age; it is asked without a login."""
    series = client.version()
    major = series.partition(".")[0]
    if not major.isdecimal() or int(major) < _OLDEST:
        raise Refused(f"{client.host} runs Tryton {one_line(series, 20)}; {_OLDEST}.0 or newer is needed.")


def check(client: Tryton, now: datetime) -> None:
    """Raise Refused where something is missing; it says what."""
    for model, (module, *rights) in _NEEDED.items():
        held = _rights(client, model)
        if held is None:
            raise Refused(f"{client.host} lacks the Tryton module {module}; have it activated.")
        if lacking := [right for right in rights if not held.get(right)]:
            raise Refused(f"Your user may not {' or '.join(lacking)} {model} at {client.host}; ask for the right to.")
    if (_rights(client, PARTY) or {}).get("delete"):
        _try(client, now)


def relation_types(client: Tryton) -> tuple[str, ...] | None:
    """Return the names of the types of relation, None where the module party_relationship is not there."""
    if _rights(client, _RELATIONS) is None:
        return None
    return tuple(str(row["name"]) for row in client.search(_RELATIONS, [], ["name"]) if row.get("name"))


def make_relation_type(client: Tryton, name: str) -> None:
    """Make a type of relation, if there is none of that name."""
    if name not in (relation_types(client) or ()):
        client.write(f"{_RELATIONS}.create", [{"name": name}])


def _rights(client: Tryton, model: str) -> dict[str, Any] | None:
    """Return what the user may do with a model, None where the server does not know it."""
    try:
        found = client.read("ir.model.access.get_access", [model])
    except NotReady:  # asked for a model that is not there, the server fails
        if client.search("ir.model", [["name", "=", model]], ["name"]):
            raise
        return None
    rights = found.get(model) if isinstance(found, dict) else None
    return rights if isinstance(rights, dict) else None


def _try(client: Tryton, now: datetime) -> None:
    key = person_key("Afterview: trying this Tryton out", "", now.isoformat())
    try:
        made = client.write(
            f"{PARTY}.create", [{"name": "Afterview, this party goes away by itself", "code": mark(key)}]
        )
        found = client.search(PARTY, [["code", "=", mark(key)]], ["code"])
        client.write(f"{PARTY}.delete", made)
    except Rejected as error:
        raise Refused(f"{error} A new party was tried.") from error
    if len(found) != 1:
        raise Refused(f"{client.host} does not keep a party as it was sent.")
