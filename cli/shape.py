"""The shapes that commands print as JSON."""

from typing import TYPE_CHECKING, Any

from afterview.sync.model import Application, Fact, Interview, Person
from afterview.sync.view import Overview, TaskView

from .times import instant

if TYPE_CHECKING:
    from afterview.sync.chronicle import Entry


def person(one: Person | None) -> dict[str, str | None] | None:
    """Return {name, email}, each null where it is not known."""
    return {"name": one.name or None, "email": one.email or None} if one else None


def called(one: Person | None) -> str:
    """Name a person in a table."""
    return (one.name or one.email) if one else ""


def task(view: TaskView) -> dict[str, Any]:
    """Return a task as `tasks --json` shows it."""
    return {
        "key": view.key,
        "step": view.step,
        "state": view.state,
        "title": view.title,
        "due": instant(view.due_at),
        "ring": instant(view.ring_at),
        "person": person(view.person),
        "company": view.company or None,
        "application": view.application or None,
        "interview": view.interview or None,
        "account": view.account or None,
        "remote_id": view.remote_id or None,
        "reason": view.reason or None,
    }


def interview(one: Interview, seen: Overview) -> dict[str, Any]:
    """Return an interview as `interviews --json` shows it."""
    application = seen.thought.application_of(one.key)
    return {
        "key": one.key,
        "company": one.company or None,
        "role": one.role or None,
        "title": one.title,
        "people": [person(who) for who in one.people],
        "recruiter": person(one.recruiter),
        "stage": one.stage,
        "status": one.status.value,
        "starts": instant(one.starts_at),
        "ends": instant(one.ends_at),
        "all_day": one.all_day,
        "verdict": one.answer.value,
        "score": round(one.score, 3),
        "reasons": [{"rule": r.rule, "weight": round(r.weight, 2), "words": r.words} for r in one.reasons],
        "calendars": list(one.sources),
        "application": application.key if application else None,
        "outcome": outcome(application),
    }


def outcome(application: Application | None) -> str | None:
    """Return the outcome's word."""
    return application.outcome.value if application and application.outcome else None


def fact(one: Fact, *, undone: bool) -> dict[str, Any]:
    """Return a fact as `log --json` and `export` show it."""
    return {
        "id": one.id,
        "kind": one.kind.value,
        "subject": one.subject,
        "at": one.at.isoformat(),
        "source": one.source,
        "value": dict(one.value),
        "undone": undone,
    }


def happened(one: "Entry", zone: str) -> dict[str, Any]:
    """Return an entry of the history as `export` writes it."""
    from afterview.sync import sheet

    return {
        "when": sheet.instant(one.at),
        "local": sheet.local(one.at, zone, day_only=one.day_only),
        "company": one.company or None,
        "role": one.role or None,
        "what": one.what,
        "who": list(one.who),
        "details": one.details or None,
        "moved_from": [sheet.instant(at) for at in one.former],
        "source": one.source,
        "keys": dict(one.keys),
    }
