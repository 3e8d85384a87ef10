"""Reads a file that holds many cards, as address books export them: every card by itself, with the line it begins at.

What stands between cards is passed over, and so is a card inside another (AGENT in version 2.1). A card that does not end is
read as far as it goes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from afterview.sync.model import Fields

from .card import read_properties
from .properties import Property, split

_BEGIN = "BEGIN:VCARD"
_LINE = re.compile(r"\r\n|\n|\r")
LARGEST = 16 * 2**20  # characters; pictures make cards large
LONGEST = 500_000  # lines
MOST = 20_000


class TooMuch(ValueError):
    """A file that is larger than any address book, in words for people."""


@dataclass(frozen=True, slots=True)
class Found:
    """One card. `number` is the line of its BEGIN; `fields` are empty where it is no person's."""

    number: int
    fields: Fields


def is_cards(text: str) -> bool:
    """Tell whether a file holds cards, by its first words."""
    return text[:200].removeprefix("\ufeff").lstrip().upper().startswith(_BEGIN)


def read_cards(text: str) -> tuple[Found, ...]:
    """Read every card of a file. Raises TooMuch."""
    text = text.removeprefix("\ufeff")
    if len(text) > LARGEST:
        raise TooMuch(f"it is larger than {LARGEST // 2**20} MiB; export it without pictures")
    if text.count("\n") + text.count("\r") > LONGEST * 2:
        raise TooMuch(f"it has more than {LONGEST} lines; divide it")
    begins = [number for number, line in enumerate(_LINE.split(text), start=1) if line.strip().upper() == _BEGIN]
    found: list[Found] = []
    for nth, lines in _cards(split(text)):
        if len(found) == MOST:
            raise TooMuch(f"it holds more than {MOST} cards; divide it")
        _, fields = read_properties(lines)
        found.append(Found(begins[nth - 1] if nth <= len(begins) else 0, fields))
    return tuple(found)


def _cards(properties: list[Property]) -> Iterator[tuple[int, list[Property]]]:
    """Yield the properties of each card, without those of cards inside it, and the how manieth BEGIN of all is its own."""
    begun, nth, inside, before = 0, 0, 0, ""
    own: list[Property] | None = None
    for one in properties:
        if _marks(one, "BEGIN"):
            begun += 1
            if own is not None and (inside or before == "AGENT"):
                inside += 1
            else:
                if own is not None:  # it does not end
                    yield nth, own
                nth, own = begun, []
        elif _marks(one, "END"):
            if own is not None and not inside:
                yield nth, own
                own = None
            inside = max(0, inside - 1)
        elif own is not None and not inside:
            own.append(one)
        before = one.name
    if own is not None:
        yield nth, own


def _marks(one: Property, name: str) -> bool:
    return one.name == name and one.value.strip().upper() == "VCARD"
