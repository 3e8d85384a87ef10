"""What can be read off an interview: company, people, recruiter, stage and role, each with where it was found."""

from typing import NamedTuple

from ..model import Person
from ..text import one_line
from .parties import Side, domain_of, registrable
from .reading import Reading, mailbox_kinds


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
    parties = reading.parties
    guests = [
        Person(one_line(guest.name), guest.email, "attendee")
        for guest in parties.outside_guests
        if not mailbox_kinds(guest, reading.lexicon)
    ]
    organizer = parties.organizer
    if organizer and parties.side in {Side.OUTSIDE, Side.FREE} and not reading.sender_kinds and not guests:
        guests = [Person(one_line(organizer.name), organizer.email, "organizer")]
    if organizer and parties.side is Side.OUTSIDE:
        label = registrable(domain_of(organizer.email)).partition(".")[0]
        return Extract(company=label.replace("-", " ").title(), company_source="domain", interviewers=tuple(guests))
    return Extract(interviewers=tuple(guests))
