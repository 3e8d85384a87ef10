"""The full history in one list: every interview, outcome, follow-up and piece of advice, with when, who, what and whence.

Pure. For the user's own record and as proof of what was done, so it holds what happened and nothing that was only planned.
What was taken back is left out: it was said by mistake; the facts of an export keep it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .history import heard_at, note_of
from .identity import person_key
from .meetings import LIVE, Seen
from .model import Application, Fact, FactKind, FollowUp, Interview, InterviewStatus, Person
from .text import one_line, paragraphs
from .thinking import Thought
from .troubles import STEP as TROUBLE

_QUESTIONS = frozenset({"ask_outcome", "ask_interview"})  # the answer to one is an entry of its own
_STATES = {
    InterviewStatus.CANCELLED: "interview cancelled",
    InterviewStatus.DECLINED: "interview declined",
    InterviewStatus.TENTATIVE: "interview unconfirmed",
}
_NAME = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `who` are the people it concerns, `source` is a calendar or whoever said it.

    `day_only`: it has a day and no time. `former` is when a moved interview was to be. `keys` are by what they name:
    application, interview, person, task.
    """

    at: datetime
    what: str
    company: str = ""
    role: str = ""
    who: tuple[str, ...] = ()
    details: str = ""
    source: str = ""
    day_only: bool = False
    former: tuple[datetime, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)


def chronicle(thought: Thought, seen: Iterable[Seen], now: datetime) -> tuple[Entry, ...]:
    """Return everything that happened, oldest first. `seen` are the sightings that the thought is made from."""
    starts: dict[str, set[datetime]] = {}
    for one in seen:
        starts.setdefault(one.key, set()).add(one.event.starts_at)
    entries = [
        *(
            _interview(application, one, starts, now)
            for application in thought.applications
            for one in application.rounds
        ),
        *(_outcome(thought, fact) for fact in thought.history.outcomes),
        *_follow_ups(thought),
        *(_said(thought, fact, "advice") for fact in thought.history.advice),
        *(_said(thought, fact, "advice paid off") for fact in thought.history.paid_off),
    ]
    return tuple(sorted(entries, key=lambda one: (one.at, one.what, one.company, sorted(one.keys.items()))))


def _interview(application: Application, one: Interview, starts: Mapping[str, set[datetime]], now: datetime) -> Entry:
    held = "interview held" if one.ends_at <= now else "interview scheduled"
    stage = "" if one.stage == "unknown" else one.stage.replace("_", " ")
    everybody = (*one.people, *([one.recruiter] if one.recruiter else []))
    return Entry(
        one.starts_at,
        held if one.status is InterviewStatus.CONFIRMED else _STATES[one.status],
        _line(one.company or application.company),
        _line(one.role or application.role),
        tuple(filter(None, map(_called, everybody))),
        _details(stage, one.title, one.location),
        ", ".join(one.sources),
        day_only=one.all_day,
        former=_former(one, starts),
        keys={"application": application.key, "interview": one.key},
    )


def _former(one: Interview, starts: Mapping[str, set[datetime]]) -> tuple[datetime, ...]:
    """Return when an interview that was moved was to be before."""
    known = {at for key in one.keys for at in starts.get(key, ())}
    return tuple(sorted(known - {one.starts_at})) if one.status in LIVE else ()


def _outcome(thought: Thought, fact: Fact) -> Entry:
    application = thought.application_of(fact.subject)
    return Entry(
        heard_at(fact),
        f"outcome {one_line(fact.value.get('outcome', ''), _NAME)}",
        *_place(application, fact),
        details=paragraphs(fact.value.get("note", "")),
        source=fact.source,
        keys={"application": application.key if application else fact.subject},
    )


def _follow_ups(thought: Thought) -> Iterator[Entry]:
    history, told = thought.history, set[str]()
    for kept, what in ((history.completed, "follow-up done"), (history.dismissed, "follow-up given up")):
        for key, fact in kept.items():
            view = thought.follow_up(key)
            own = view.key if view else key
            if own not in told and not _is_answer(fact, view):
                told.add(own)
                note = note_of(history, fact) if fact.kind is FactKind.COMPLETED else _noted(thought, key)
                yield _follow_up(thought, fact, view, what, note)
    for key, fact in history.noted.items():
        view = thought.follow_up(key)
        note = fact.value.get("note", "").strip()
        if note and (view.key if view else key) not in told and not _is_answer(fact, view):
            yield _follow_up(thought, fact, view, "note", note)


def _is_answer(fact: Fact, view: FollowUp | None) -> bool:
    """Tell whether a task was only a question of ours, or about an account."""
    return (view.step if view else fact.value.get("step", "")) in {*_QUESTIONS, TROUBLE}


def _noted(thought: Thought, key: str) -> str:
    fact = thought.history.noted.get(key)
    return fact.value.get("note", "").strip() if fact else ""


def _follow_up(thought: Thought, fact: Fact, view: FollowUp | None, what: str, note: str) -> Entry:
    place = (view.application if view else "") or fact.value.get("application", "")
    application = thought.application_of(place)
    person = view.person if view and view.person else Person(fact.value.get("person", ""), fact.value.get("email", ""))
    renamed = thought.history.renamed.get(fact.subject)
    title = (renamed.value.get("title", "") if renamed else "") or (view.title if view else fact.value.get("step", ""))
    keys = {"application": application.key if application else place, "task": view.key if view else fact.subject}
    return Entry(
        fact.at,
        what,
        *_place(application, fact),
        who=tuple(filter(None, [_called(person)])),
        details=_details(title, note),
        source=fact.source,
        keys={name: key for name, key in keys.items() if key},
    )


def _said(thought: Thought, fact: Fact, what: str) -> Entry:
    application = thought.application_of(fact.value.get("application", "") or fact.subject)
    called = _called(Person(fact.value.get("person", ""), fact.value.get("email", "")))
    named = fact.subject if fact.subject.startswith("p-") else _key(fact)
    keys = {"application": application.key if application else "", "person": named}
    return Entry(
        fact.at,
        what,
        *_place(application, fact),
        who=(called,) if called else (),
        details=paragraphs(fact.value.get("note", "")),
        source=fact.source,
        keys={name: key for name, key in keys.items() if key},
    )


def _key(fact: Fact) -> str:
    email = fact.value.get("email", "")
    return person_key("", email, "") if email else ""


def _place(application: Application | None, fact: Fact) -> tuple[str, str]:
    """Return company and role."""
    company = application.company if application else ""
    return _line(company or fact.value.get("company", "")), _line(application.role if application else "")


def _called(person: Person) -> str:
    name, email = _line(person.name), _line(person.email)
    return f"{name} ({email})" if name and email else name or email


def _details(*parts: str) -> str:
    return paragraphs("; ".join(part for part in parts if part.strip()))


def _line(text: str) -> str:
    return one_line(text, _NAME)
