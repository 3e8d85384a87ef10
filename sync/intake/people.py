"""What of cards of people is new: what is not known yet of somebody met, and what an address is called. Pure.

A card is somebody's by an address, else by name and company together; what fits several people, or nobody, is left out. For
whoever was not met yet only name and number are kept, by address, so that a later event that gives the address alone is
known to be theirs; a name in an event counts more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..history import History
from ..identity import person_key, plain
from ..leaving_out import names_one
from ..meetings import company_name
from ..model import Application, Contact, Fact, FactKind, Fields
from ..people import directory
from ..text import one_line
from ..told import IMPORT
from .lines import KNOWN, Line

_MOST_ADDRESSES = 5
_TEXT = 120


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it stands in a file: the line it begins at, and its fields as records have them; `problem` if it is none."""

    number: int
    fields: Fields
    problem: str = ""

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return tuple(filter(None, (one_line(value, _TEXT) for value in self.fields.get(name, ()))))

    def first(self, name: str) -> str:
        return next(iter(self[name]), "")

    @property
    def emails(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.casefold() for one in self["emails"] if "@" in one))[:_MOST_ADDRESSES]


class PeopleIntake:
    """Decides over the cards of one file."""

    def __init__(self, applications: Iterable[Application], history: History, now: datetime) -> None:
        self._history, self._now = history, now
        self._people = directory(applications, history)
        self._by_email: dict[str, list[Contact]] = {}
        for one in self._people:
            for email in one.emails:
                self._by_email.setdefault(email, []).append(one)
        self._taken: dict[tuple[str, str], str] = {}  # what cards before this one gave: key and field

    def lines(self, cards: Sequence[Card]) -> tuple[Line, ...]:
        """Return what becomes of each card."""
        return tuple(map(self._line, cards))

    def _line(self, card: Card) -> Line:
        what = ", ".join(filter(None, (card.first("name"), card.first("emails") or card.first("company"))))
        reason = card.problem or self._unwanted(card)
        if reason:
            return Line(card.number, what, leaves=(reason,))
        met = self._met(card)
        if len(met) > 1:
            names = " and ".join(f"{one.called} ({', '.join(one.emails[:1])})" for one in met[:2])
            return Line(card.number, what, leaves=(f"it can be {names}",))
        if met:
            return self._taken_over(card, what, [(met[0].key, dict(self._lacking(met[0], card)))])
        if not card.emails:
            return Line(card.number, what, leaves=("no e-mail address, and nobody of that name was met there",))
        return self._taken_over(card, what, [(person_key("", one, ""), self._called(one, card)) for one in card.emails])

    def _unwanted(self, card: Card) -> str:
        if not (card.first("name") or card.emails):
            return "it is no person's"
        return "you wanted this person forgotten" if names_one(card.fields, self._history.forgotten) else ""

    def _met(self, card: Card) -> list[Contact]:
        """Return whom a card can mean: by address, where several share it also by name; without one by name and company."""
        if card.emails:
            found = {one.key: one for email in card.emails for one in self._by_email.get(email, ())}
            shared = any(one.shared & set(card.emails) for one in found.values())
            if shared or len(found) > 1:
                named = [one for one in found.values() if plain(one.name) == plain(card.first("name"))]
                return named if len(named) == 1 else list(found.values())
            return list(found.values())
        name, company = plain(card.first("name")), company_name(card.first("company"))
        if not name or not company:
            return []
        there = [one for one in self._people if company in {company_name(place) for place in one.companies}]
        return [one for one in there if plain(one.name) == name]

    def _lacking(self, met: Contact, card: Card) -> Iterator[tuple[str, str]]:
        """Yield what a card knows of somebody met and we do not."""
        if not met.name and card.first("name"):
            yield "name", card.first("name")
        if not met.title and card.first("title"):
            yield "title", card.first("title")
        if not met.phones and card.first("phones"):
            yield "phone", card.first("phones")

    def _called(self, email: str, card: Card) -> dict[str, str]:
        known: Mapping[str, str] = self._history.edits.get(person_key("", email, ""), {})
        offered = {"known_as": card.first("name"), "phone": card.first("phones")}
        return {
            name: text
            for name, text in offered.items()
            if text and not known.get(name) and not (name == "known_as" and known.get("name"))
        }

    def _taken_over(self, card: Card, what: str, found: Iterable[tuple[str, dict[str, str]]]) -> Line:
        facts, takes, twice = list[Fact](), dict[str, None](), False
        for key, value in found:
            new = {name: text for name, text in value.items() if (key, name) not in self._taken}
            twice = twice or len(new) < len(value)
            self._taken.update({(key, name): text for name, text in new.items()})
            if new:
                takes.update({"name" if name == "known_as" else name: None for name in new})
                facts.append(Fact(FactKind.PERSON, key, self._now, IMPORT, new))
        leaves = () if facts else ("a card before it says so" if twice else KNOWN,)
        return Line(card.number, what, tuple(takes), leaves, tuple(facts))
