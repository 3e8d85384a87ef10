"""What can be read off an interview: company, people, recruiter, stage and role, each with where it was found."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ..model import Person
from .company import Company, find_company
from .labels import company_labels
from .normal import squash, tokens
from .people import find_people, has_title, is_person
from .reading import Reading
from .segments import Segment, segments
from .stage import find_role, find_stage


class Extract(NamedTuple):
    """In the order of the last fields of `Verdict`."""

    company: str = ""
    company_source: str = ""
    interviewers: tuple[Person, ...] = ()
    recruiter: Person | None = None
    stage: str = "unknown"
    role: str = ""


class _Who(NamedTuple):
    people: tuple[Person, ...]
    recruiter: Person | None
    company: Company


def extract(reading: Reading) -> Extract:
    """Read everything off."""
    pieces = segments(reading, reading.title.text)
    who = _who(reading, pieces)
    if companies := frozenset(_companies_among_people(reading, pieces, who)):
        who = _who(replace(reading, no_people=companies), pieces)
    people, recruiter, (company, source) = who
    role = find_role(reading, pieces, company)
    return Extract(company, source, people, recruiter, find_stage(reading, people, recruiter), role)


def _who(reading: Reading, pieces: list[Segment]) -> _Who:
    people, recruiter = find_people(reading)
    organizer = reading.parties.organizer
    mailbox = recruiter and organizer and recruiter.source == "organizer" and not is_person(organizer, reading)
    persons = [person for person in (*people, None if mailbox else recruiter) if person]
    names = {squash(part) for person in persons for part in (person.name, *person.name.split())}
    return _Who(people, recruiter, find_company(reading, pieces, frozenset(names)))


def _companies_among_people(reading: Reading, pieces: list[Segment], who: _Who) -> Iterator[str]:
    """Squashed names, read in title or text, that are the company's: "Interview with" is followed by either."""
    companies = {squash(name) for name in (who.company.name, *company_labels(reading))}
    for person in (*who.people, who.recruiter):
        if person is None or person.email or person.source not in {"text", "title"}:
            continue
        name = squash(person.name)
        words = tokens(person.name)
        begins = person.source == "title" and tokens(who.company.name)[: len(words)] == words
        if name in companies or begins or _stands_for_company(reading, pieces, person):
            yield name


def _stands_for_company(reading: Reading, pieces: list[Segment], person: Person) -> bool:
    """Tell whether the owner wrote only a name and a job, as in "Interview with Acme - Nurse": the name is the company's."""
    if not reading.self_made or person.source != "title" or has_title(person.name):
        return False
    name = squash(person.name)
    apart = [piece for piece in pieces if piece.name and not piece.owner and name not in squash(piece.text)]
    roles = [piece for piece in pieces if piece.role and name not in squash(piece.text)]
    return bool(roles) and all(piece.role for piece in apart)
