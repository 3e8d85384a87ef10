"""What is to be kept in books, one form for every kind of record: keys, wishes, and how it is found. Pure.

`kept` says what an account's `share` lets out. What hangs together (`refs`) is named by our keys here; the writer turns
them into the service's ids.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .cards import card, is_worth_a_record
from .compare import Wanted, first
from .domains import company_domains
from .history import History, Lesson, lessons
from .identity import company_key, note_key, person_key, plain
from .matching import Catalogue, Match
from .meetings import LIVE, company_name
from .model import Application, Contact, Fields, FollowUp, Interview, Outcome, Person, Standing
from .sharing import USUAL, Share
from .stages import Stage, stage_of
from .text import one_line, paragraphs
from .thinking import Thought
from .wording import Words

_LIMIT = 120
_LONGEST_NOTE = 4000  # characters
Refs = Mapping[str, tuple[tuple[str, ...], ...]]  # a field of `reconcile.REFERENCES` -> the keys of each that it names


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that should have a record. `worth`: one is made where there is none."""

    keys: tuple[str, ...]
    called: str
    wanted: Fields
    worth: bool
    look: Callable[[Catalogue], Match]
    refs: Refs = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.keys[0]


def people_subjects(people: Iterable[Contact], words: Words, share: frozenset[Share] = USUAL) -> tuple[Subject, ...]:
    """Return the people."""
    return tuple(
        Subject(
            one.keys,
            one.called,
            card(one, words, share),
            is_worth_a_record(one),
            lambda catalogue, one=one: catalogue.match(one),  # type: ignore[misc]  # the one of this turn
            {} if one.recruits else {"company_ids": tuple(map(_company_keys, one.companies[:1]))},
        )
        for one in people
    )


def company_subjects(
    applications: Iterable[Application], employer: Callable[[str], str] = lambda _: ""
) -> tuple[Subject, ...]:
    """Return the companies that stand in applications. `employer` as in `domains.company_domains`."""
    every = tuple(applications)
    domains = company_domains(every, employer)
    found: dict[str, Application] = {}
    for one in every:
        if one.company and _stands(one):
            found[company_name(one.company)] = one
    return tuple(_company(one.company, domains.get(name, "")) for name, one in sorted(found.items()))


def _company(name: str, domain: str) -> Subject:
    keys = _company_keys(name)
    wanted: dict[str, tuple[str, ...]] = {"name": (one_line(name, _LIMIT),)}
    if domain:
        wanted["domain"] = (domain,)
    return Subject(keys, name, wanted, worth=True, look=lambda catalogue: catalogue.match_company(keys, name, domain))


def _company_keys(name: str) -> tuple[str, ...]:
    return (company_key(company_name(name)),)


def application_subjects(
    applications: Iterable[Application],
    moves: Mapping[str, Stage | None],
    people: Iterable[Contact] = (),
    possible: frozenset[str] = frozenset(Stage),
) -> tuple[Subject, ...]:
    """Return the applications; `moves`: by application key, the stage that a known deal is to be moved to.

    `possible` are the stages that are told and that the service can move a deal to.
    """
    everybody = tuple(people)
    return tuple(_application(one, moves, everybody, possible) for one in applications if one.company)


def _application(
    one: Application, moves: Mapping[str, Stage | None], people: tuple[Contact, ...], possible: frozenset[str]
) -> Subject:
    stage = moves[one.key] if one.key in moves else stage_of(one.outcome)
    if stage not in possible:
        stage = None if one.key in moves else Stage.OPEN
    wanted: dict[str, tuple[str, ...]] = {
        "name": (one_line(", ".join(part for part in (one.company, one.role) if part), _LIMIT),),
        "company": (one_line(one.company, _LIMIT),),
    }
    if one.role:
        wanted["role"] = (one_line(one.role, _LIMIT),)
    if stage is not None:
        wanted["stage"] = (str(stage),)
    met = tuple(who.keys for who in people if one.key in {part.key for part in who.applications})
    refs = {"company_ids": (_company_keys(one.company),), "people_ids": met}
    return Subject(one.keys, wanted["name"][0], wanted, _stands(one), lambda c: c.match_application(one), refs)


def interview_subjects(
    applications: Iterable[Application], people: Iterable[Contact], words: Words, now: datetime
) -> tuple[Subject, ...]:
    """Return the interviews of applications; the calendar owns them, so the book only follows."""
    everybody = tuple(people)
    return tuple(
        _interview(application, one, everybody, words, now)
        for application in applications
        if application.company
        for one in application.rounds
        if not one.doubtful
    )


def _interview(
    application: Application, one: Interview, people: tuple[Contact, ...], words: Words, now: datetime
) -> Subject:
    values = {"company": application.company, "role": application.role}
    standing = "canceled" if one.status not in LIVE else "held" if one.ends_at <= now else "scheduled"
    called = one_line(words.phrase("records", "meeting", values), _LIMIT)
    wanted = {
        "name": (called,),
        "starts_at": (one.starts_at.isoformat(),),
        "ends_at": (one.ends_at.isoformat(),),
        "place": (one_line(one.location, 300),),
        "standing": (standing,),
    }
    met = [_keys_of(person, application, people) for person in one.people]
    refs = {"application_ids": (application.keys,), "people_ids": tuple(filter(None, met))}
    kept = {name: values for name, values in wanted.items() if values[0]}
    return Subject(one.keys, called, kept, one.status in LIVE, lambda c: c.match_ours(one.keys), refs)


def note_subjects(
    history: History, applications: Iterable[Application], people: Iterable[Contact], words: Words
) -> tuple[Subject, ...]:
    """Return what was advised, each a note of its own; what was said once stays as it was said."""
    every, everybody = tuple(applications), tuple(people)
    return tuple(_note(lesson, every, everybody, words) for lesson in lessons(history, every))


def _note(lesson: Lesson, applications: tuple[Application, ...], people: tuple[Contact, ...], words: Words) -> Subject:
    keys = (note_key(lesson.key, plain(lesson.note)),)
    heading = words.phrase("records", "advice", {"person": lesson.person})
    wanted = {"text": (f"{heading}\n{paragraphs(lesson.note, _LONGEST_NOTE)}",), "at": (lesson.at.isoformat(),)}
    refs = {
        "application_ids": tuple(one.keys for one in applications if lesson.application in one.keys),
        "people_ids": tuple(one.keys for one in people if lesson.who in one.keys),
    }
    return Subject(keys, heading, wanted, worth=True, look=lambda c: c.match_ours(keys), refs=refs)


def task_subjects(thought: Thought, people: Iterable[Contact]) -> tuple[Subject, ...]:
    """Return the follow-ups, as they stand on the phone; one that never stood there is not told of."""
    everybody = tuple(people)
    return tuple(_task(one, thought, everybody) for one in thought.follow_ups if one.application)


def _task(one: FollowUp, thought: Thought, people: tuple[Contact, ...]) -> Subject:
    wanted, history = Wanted(one, thought.history), thought.history
    done = first(history.completed, one.keys) is not None
    over = first(history.dismissed, one.keys) is not None or one.standing is not Standing.WANTED
    title = one_line(wanted.title, _LIMIT)
    fields: Fields = {
        "name": (title,),
        "due_at": (wanted.due_at.isoformat(),) if wanted.due_at else (),
        "standing": ("done" if done else "given up" if over else "open",),
    }
    application = thought.application_of(one.application)
    person = _keys_of(one.person, application, people) if one.person and application else ()
    refs = {
        "application_ids": (application.keys,) if application else (),
        "people_ids": (person,) if person else (),
    }
    kept = {name: values for name, values in fields.items() if values}
    return Subject(one.keys, title, kept, not done and not over, lambda c: c.match_ours(one.keys), refs)


def _keys_of(person: Person, application: Application, people: tuple[Contact, ...]) -> tuple[str, ...]:
    """Return the keys under which somebody of an interview is in the directory."""
    key = person_key(person.name, person.email, application.company)
    by_name = person_key(person.name, "", application.company)
    return next((one.keys for one in people if key in one.keys or (person.name and by_name in one.keys)), ())


def _stands(one: Application) -> bool:
    return one.outcome not in {None, Outcome.ADVANCED} or any(
        part.status in LIVE and not part.doubtful for part in one.rounds
    )
