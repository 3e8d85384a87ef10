"""What can be read off an interview: company, people, recruiter, stage and role, each with where it was found."""

from typing import NamedTuple

from ..model import Person
from .company import find_company
from .normal import squash
from .people import find_people
from .reading import Reading
from .segments import segments
from .stage import find_role, find_stage


class Extract(NamedTuple):
    """In the order of the last fields of `Verdict`."""

    company: str = ""
    company_source: str = ""
    interviewers: tuple[Person, ...] = ()
    recruiter: Person | None = None
    stage: str = "unknown"
    role: str = ""


def extract(reading: Reading) -> Extract:
    """Read everything off."""
    people, recruiter = find_people(reading)
    names = {squash(person.name) for person in (*people, recruiter) if person}
    names |= {squash(part) for person in (*people, recruiter) if person for part in person.name.split()}
    pieces = segments(reading, reading.title.text)
    company, source = find_company(reading, pieces, frozenset(names))
    role = find_role(reading, pieces, company)
    return Extract(company, source, people, recruiter, find_stage(reading, people, recruiter), role)
