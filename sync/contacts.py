"""Who is asked and who is kept warm after interviews: picks people out of an application, and gives them their keys.

Never merges two people by name alone: a name counts only inside one application, and only where it is unique there.
"""

from collections.abc import Iterable

from .identity import person_key, plain
from .model import Answer, Application, Interview, InterviewStatus, Person


def main_interviewer(application: Application) -> Person | None:
    """Return the first interviewer of the latest round that names one."""
    for interview in _latest_first(application):
        for person in interview.people:
            if known(person):
                return person
    return None


def recruiter(application: Application) -> Person | None:
    """Return the recruiter of the latest round that has one."""
    for interview in _latest_first(application):
        if interview.recruiter is not None and known(interview.recruiter):
            return interview.recruiter
    return None


def known(person: Person) -> bool:
    """Say whether there is anything to address the person by."""
    return bool(person.name.strip() or person.email.strip())


def people_of(application: Application) -> tuple[Person, ...]:
    """Return everybody met or written to in the application, interviewers first, each as often as events name them."""
    met = [p for i in application.rounds for p in i.people if known(p)]
    return (*met, *(i.recruiter for i in application.rounds if i.recruiter is not None and known(i.recruiter)))


def person_keys(person: Person, others: Iterable[Person] = (), company: str = "") -> tuple[str, ...]:
    """Return every key the person goes by, the surest first.

    Somebody known by name alone today may come with an address tomorrow and is still the same: so the key of the name
    follows the key of the address, unless one of `others` has that name with another address.
    """
    by_name = person_key(person.name, "", company)
    if not person.email:
        return (by_name,)
    by_email = person_key(person.name, person.email, company)
    if not plain(person.name):
        return (by_email,)
    namesakes = {o.email.casefold() for o in others if o.email and plain(o.name) == plain(person.name)}
    return (by_email,) if namesakes - {person.email.casefold()} else (by_email, by_name)


def find_person(application: Application, wanted: str) -> Person | None:
    """Return the person of the application whose key, address or name is `wanted`."""
    for person in people_of(application):
        keys = {*person_keys(person), *person_keys(person, company=application.company)}
        if wanted in keys or plain(wanted) in {plain(person.email), plain(person.name)} - {""}:
            return person
    return None


def _latest_first(application: Application) -> list[Interview]:
    """Sort rounds for the question "who knows me best there": meetings that took place before those that did not."""
    took_place = [i for i in application.rounds if i.status is InterviewStatus.CONFIRMED and i.answer is Answer.YES]
    return sorted(took_place or application.rounds, key=lambda i: (i.starts_at, i.key), reverse=True)
