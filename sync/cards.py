"""What we would like a record of a person to hold: who it is, and our few lines about the interviews. Pure.

Goes out by itself: name, addresses, company, the interviews' days and what became of them. Notes, feedback and lessons stay
at home.
"""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from .meetings import LIVE
from .model import Application, Contact, Fields, Outcome
from .sharing import USUAL, Share
from .text import one_line
from .wording import Words

CATEGORY = "Afterview"
_NAME_LIMIT = 120


def is_worth_a_record(contact: Contact) -> bool:
    """Tell whether the person is in an interview that stands, not only in one that was called off or may be gone."""
    rounds = [one for application in contact.applications for one in application.rounds]
    return bool(contact.called) and any(one.status in LIVE and not one.doubtful for one in rounds)


def card(contact: Contact, words: Words, share: frozenset[Share] = USUAL) -> Fields:
    """Return the fields that we would like; a field that we have nothing for, or that stays at home, is missing."""
    applications, tells = contact.applications, Share.OUTCOMES in share
    if Share.APPLICATIONS not in share:
        applications, tells = (), False
    wanted = {
        "name": _safe((contact.name,)),
        "title": _safe((contact.title,)),
        "company": _safe(contact.companies[:1]),
        "emails": _safe(contact.emails),
        "phones": _safe(contact.phones),
        "block": (block(applications, words, tells=tells),),
        "state": state(applications if tells else (), words),
    }
    return {name: values for name, values in wanted.items() if values and values[0]}


def block(applications: Sequence[Application], words: Words, *, tells: bool = True) -> str:
    """Return a line an application, the newest first; `tells` what became of it."""
    return "\n".join(filter(None, (_line(application, words, tells=tells) for application in applications)))


def state(applications: Sequence[Application], words: Words) -> tuple[str, ...]:
    """Return our words among the categories: that the record is one of ours, and how the newest application stands."""
    if not applications:
        return (CATEGORY,)
    return CATEGORY, f"{CATEGORY} {words.phrase('records', _standing(applications[0]))}"


def _line(application: Application, words: Words, *, tells: bool) -> str:
    days = [_day(application, at) for at in range(len(application.rounds))]
    if not days:
        return ""
    values = {"company": application.company, "role": application.role, "date": max(days).isoformat()}
    values["standing"] = words.phrase("records", _standing(application)) if tells else ""
    return one_line(words.phrase("records", "line" if tells else "untold", values), 300)


def _day(application: Application, at: int) -> date:
    one = application.rounds[at]
    return one.starts_at.astimezone(ZoneInfo(one.zone or "UTC")).date()


def _standing(application: Application) -> str:
    """Return the word's name in the texts: the outcome, or that it is open."""
    if application.outcome in {None, Outcome.ADVANCED}:
        return "open"
    return str(application.outcome)


def _safe(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, (one_line(value, _NAME_LIMIT) for value in values)))
