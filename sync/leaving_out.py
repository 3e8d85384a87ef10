"""Who is forgotten is left out: of sightings, of copies of records, and of facts. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeVar

from .history import fold
from .identity import person_key, plain
from .model import Event, Fact, FactKind, Fields, Participant, Person, Verdict

P = TypeVar("P", Person, Participant)
MARK = "forgotten"  # in a fact whose person was taken out: nobody is thanked for it any more
ABOUT_PEOPLE = frozenset({FactKind.PERSON, FactKind.PAID_OFF, FactKind.SAME, FactKind.DIFFERENT})
_NAMING = frozenset({"person", "email", "title", "kept", "lost"})


def forgotten(facts: Iterable[Fact]) -> frozenset[str]:
    """Return the keys of everybody who is forgotten. `facts`: those of the kinds FORGOTTEN and UNDONE."""
    return fold(facts).forgotten


def left_out(event: Event, verdict: Verdict, keys: frozenset[str]) -> tuple[Event, Verdict]:
    """Return what was read without those who go by one of `keys`. What title and text of the event say stays."""
    if not keys:
        return event, verdict
    company = verdict.company

    def others(*people: P | None) -> tuple[P, ...]:
        return tuple(one for one in people if one is not None and not goes_by(one, company, keys))

    organizer, recruiter = others(event.organizer), others(verdict.recruiter)
    return (
        replace(event, attendees=others(*event.attendees), organizer=next(iter(organizer), None)),
        replace(verdict, interviewers=others(*verdict.interviewers), recruiter=next(iter(recruiter), None)),
    )


def goes_by(person: Person | Participant, company: str, keys: frozenset[str]) -> bool:
    """Tell whether somebody in an event of a company goes by one of the keys: that of the address, or of the name there.

    Whoever is forgotten does not come back under another address, or under one that is shared.
    """
    by_email = person_key("", person.email, "") if person.email else ""
    by_name = person_key(person.name, "", company) if plain(person.name) else ""
    return by_email in keys or by_name in keys


def unnamed(fact: Fact, keys: frozenset[str]) -> Fact | None:
    """Return a fact without those who go by one of the keys; None for one that says nothing else."""
    value = fact.value
    person = Person(value.get("person", ""), value.get("email", "").casefold())
    named = {fact.subject, value.get("as", ""), value.get("from", ""), person.name}
    if fact.kind is FactKind.FORGOTTEN or (
        named.isdisjoint(keys) and not goes_by(person, value.get("company", ""), keys)
    ):
        return fact
    emails = frozenset(text for text in value.values() if "@" in text and person_key("", text, "") in keys)
    return nameless(fact, emails)


def nameless(fact: Fact, emails: Collection[str] = ()) -> Fact | None:
    """Return what remains of a fact about somebody who is forgotten: what was advised, done and heard, without the name."""
    if fact.kind in ABOUT_PEOPLE:
        return None
    value = {name: text for name, text in fact.value.items() if name not in _NAMING and text not in emails}
    if fact.kind is FactKind.ADVICE:
        return replace(fact, subject=fact.value.get("application", MARK), value={**value, MARK: "yes"})
    if fact.value.get("step") != "feedback":  # what was noted at a feedback call is the user's lesson
        value.pop("note", None)
    return replace(fact, value={**value, MARK: "yes"})


def names_one(fields: Fields, keys: frozenset[str]) -> bool:
    """Tell whether a record of a person is of somebody who goes by one of the keys."""
    if not keys:
        return False
    by_email = {person_key("", email, "") for email in fields.get("emails", ())}
    places = fields.get("company", ()) or ("",)
    by_name = {person_key(name, "", place) for name in fields.get("name", ()) for place in places}
    return not keys.isdisjoint(by_email | by_name)
