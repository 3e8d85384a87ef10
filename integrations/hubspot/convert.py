"""HubSpot's properties to our fields and back, for people and companies. Pure.

Only what differs is written, and a value that fits stays in the property where the user has it.
"""

from collections.abc import Iterable, Mapping

from afterview.sync.model import Fields
from afterview.sync.text import one_line, paragraphs

from .shapes import ADDRESSES, BLOCK, STATE

Properties = Mapping[str, str]
_PHONES = ("phone", "mobilephone")
_LONG = 8000


def one(properties: Properties, name: str, limit: int = 200) -> tuple[str, ...]:
    """Return a property as a field of one line."""
    text = one_line(properties.get(name, ""), limit)
    return (text,) if text else ()


def several(text: str) -> tuple[str, ...]:
    """Return the parts of a property that holds several values."""
    return tuple(filter(None, (one_line(part, 200) for part in text.split(";"))))


def first(fields: Fields, name: str) -> str:
    """Return a field's only value."""
    return next(iter(fields.get(name, ())), "")


def changed(wanted: Properties, now: Properties) -> dict[str, str]:
    """Return what of the wanted is not there yet; "" empties a property."""
    return {name: value for name, value in wanted.items() if value != now.get(name, "")}


def without_empty(fields: Fields) -> Fields:
    """Leave out fields that hold nothing."""
    return {name: values for name, values in fields.items() if values}


def person(now: Properties) -> Fields:
    """Return the fields of a contact."""
    addresses = (now.get("email", ""), now.get("hs_additional_emails", ""), now.get(ADDRESSES, ""))
    block = paragraphs(now.get(BLOCK, ""), _LONG)
    return without_empty(
        {
            "name": _joined(now),
            "title": one(now, "jobtitle"),
            "company": one(now, "company"),
            "emails": _each_once(address for text in addresses for address in several(text)),
            "phones": tuple(value for name in _PHONES for value in one(now, name)),
            "block": (block,) if block else (),
            "state": several(now.get(STATE, "")),
        }
    )


def person_properties(fields: Fields, now: Properties) -> dict[str, str]:
    """Return the properties that make a contact hold the fields."""
    wanted = {
        "jobtitle": first(fields, "title"),
        "company": first(fields, "company"),
        BLOCK: first(fields, "block"),
        STATE: "; ".join(fields.get("state", ())),
        **_addresses(fields.get("emails", ()), now),
        **_phones(fields.get("phones", ()), now),
    }
    if fields.get("name", ()) != _joined(now):
        given, _, family = first(fields, "name").rpartition(" ")
        wanted |= {"firstname": given or family, "lastname": family if given else ""}
    return changed(wanted, now)


def company(now: Properties) -> Fields:
    """Return the fields of a company."""
    return without_empty({"name": one(now, "name"), "domain": one(now, "domain")})


def company_properties(fields: Fields, now: Properties) -> dict[str, str]:
    """Return the properties that make a company hold the fields."""
    return changed({"name": first(fields, "name"), "domain": first(fields, "domain")}, now)


def _joined(now: Properties) -> tuple[str, ...]:
    text = one_line(f"{now.get('firstname', '')} {now.get('lastname', '')}")
    return (text,) if text else ()


def _addresses(wanted: tuple[str, ...], now: Properties) -> dict[str, str]:
    """Keep the main address if it is wanted; what HubSpot knows beside it is there already, the rest is ours."""
    lower = [address.casefold() for address in wanted]
    main = now.get("email", "")
    if main.casefold() not in lower:
        main = wanted[0] if wanted else ""
    theirs = {main.casefold(), *(text.casefold() for text in several(now.get("hs_additional_emails", "")))}
    return {"email": main, ADDRESSES: "; ".join(address for address in wanted if address.casefold() not in theirs)}


def _phones(wanted: tuple[str, ...], now: Properties) -> dict[str, str]:
    """Keep each number where it is and put new ones into free places; there are two."""
    kept = {name: now[name] for name in _PHONES if one(now, name) and one(now, name)[0] in wanted}
    seen = {one_line(value) for value in kept.values()}
    new = [number for number in wanted if number not in seen]
    for name in _PHONES:
        if name not in kept:
            kept[name] = new.pop(0) if new else ""
    return kept


def _each_once(addresses: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for address in addresses:
        found.setdefault(address.casefold(), address)
    return tuple(found.values())
