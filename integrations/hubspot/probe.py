"""Before an account is stored: our properties are there, and the key may do what will be asked of it. Leaves no trace.

A change of a record that cannot exist needs the same permission as any other, and changes nothing.
"""

from contextlib import suppress
from typing import Any

from afterview.sync.errors import Missing, NotReady, Refused, Rejected, Uncertain
from afterview.sync.model import RecordKind

from .client import Client, items_of
from .objects import Objects
from .paths import DETAILS, objects, properties
from .shapes import KEY, OWN, SHAPES, Own

_NOBODY = "0"


def portal(client: Client) -> str:
    """Return the number of the HubSpot account that the key is for."""
    number = (client.get(DETAILS, "The account") or {}).get("portalId")
    if not isinstance(number, int):
        raise NotReady("HubSpot does not say which account the key is for.")
    return str(number)


def missing(client: Client) -> list[Own]:
    """Return which of our properties are not there. Raises Refused for a key property that is not unique."""
    wanted: list[Own] = []
    for type_ in dict.fromkeys(own.type for own in OWN):
        there = {str(one.get("name")): one for one in _definitions(client, type_)}
        wanted += [own for own in OWN if own.type == type_ and own.name not in there]
        if KEY in there and there[KEY].get("hasUniqueValue") is not True:
            raise Refused(
                f'HubSpot has a property "{KEY}" whose values are not unique; delete it for good in its settings.'
            )
    return wanted


def _definitions(client: Client, type_: str) -> list[dict[str, Any]]:
    what = "The properties"
    return items_of(client.get(properties(type_), what) or {}, what)


def make(client: Client, wanted: list[Own]) -> None:
    """Make properties. Raises Refused with HubSpot's words, NotReady where it is not known whether one was made."""
    for own in wanted:
        try:
            client.write("POST", properties(own.type), f'The property "{own.label}"', own.definition())
        except (Rejected, Missing) as error:
            raise Refused(str(error)) from error
        except Uncertain as error:
            raise NotReady(str(error)) from error


def probe(client: Client) -> None:
    """Try what every pass does. Raises Refused where the key lacks a permission."""
    for kind, shape in SHAPES.items():
        if shape.mark:
            next(Objects(client, shape, (shape.mark,)).all(), None)
        else:
            Objects(client, shape, shape.properties()).under("afterview-trial")
        _try_to_change(client, kind)


def _try_to_change(client: Client, kind: RecordKind) -> None:
    try:
        with suppress(Missing, Rejected):
            client.write("PATCH", objects(SHAPES[kind].type, _NOBODY), f"A {kind}", {"properties": {}})
    except Uncertain as error:
        raise NotReady(str(error)) from error
