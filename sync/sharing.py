"""What of the user's search may go into a book: the setting `share` of an account with an address book or a CRM. Pure."""

from collections.abc import Iterable
from enum import StrEnum


class Share(StrEnum):
    """One kind of thing that goes out. OUTCOMES go with applications; what is not USUAL, only if the user says so."""

    PEOPLE = "people"
    COMPANIES = "companies"
    APPLICATIONS = "applications"
    OUTCOMES = "outcomes"
    INTERVIEWS = "interviews"
    ADVICE = "advice"
    TASKS = "tasks"  # a copy of the follow-ups; the list on the phone stays the one that counts


USUAL = frozenset({Share.PEOPLE, Share.COMPANIES, Share.APPLICATIONS, Share.OUTCOMES})


def shares(names: Iterable[str]) -> frozenset[Share]:
    """Read the setting."""
    return frozenset(map(Share, names))
