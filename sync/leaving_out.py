"""Who is forgotten is left out of what is read: of sightings, and of copies of records. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from .history import fold
from .identity import person_key, plain
from .model import Event, Fact, Fields, Participant, Person, Verdict

P = TypeVar("P", Person, Participant)


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
    """Tell whether somebody in an event of a company goes by one of the keys."""
    if person.email:
        return person_key("", person.email, "") in keys
    return bool(plain(person.name)) and person_key(person.name, "", company) in keys


def names_one(fields: Fields, keys: frozenset[str]) -> bool:
    """Tell whether a record of a person is of somebody who goes by one of the keys."""
    if not keys:
        return False
    by_email = {person_key("", email, "") for email in fields.get("emails", ())}
    places = fields.get("company", ()) or ("",)
    by_name = {person_key(name, "", place) for name in fields.get("name", ()) for place in places}
    return not keys.isdisjoint(by_email | by_name)
