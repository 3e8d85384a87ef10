"""What a person records by a command or an action, as facts: the same whoever asks, and nothing that stands already.

Reads the ledger; `record` alone writes. Facts that follow from one (an answer to a question, what a correction teaches)
are recorded with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from .engine.facts import implied
from .engine.lessons import with_lesson
from .finding import Known
from .history import heard_at as when_heard
from .ledger import Ledger
from .model import Application, Fact, FactKind
from .view import Overview, TaskView


def outcome(
    ledger: Ledger,
    seen: Overview,
    application: Application,
    word: str,
    now: datetime,
    source: str,
    *,
    heard_at: datetime | None = None,
    note: str = "",
) -> list[Fact]:
    """Return what records an outcome; a new note or time replaces the one that stood. Nothing where it stands already."""
    facts: list[Fact] = []
    at = heard_at or now
    if application.outcome == word:
        same_time = heard_at is None or application.outcome_at == heard_at
        if same_time and note in {"", application.outcome_note}:
            return []
        facts = outcome_taken_back(ledger, seen, application, now, source)
        at = heard_at or application.outcome_at or now
        note = note or application.outcome_note
    value = {"outcome": str(word), "at": at.isoformat(), **({"note": note} if note else {})}
    return [*facts, Fact(FactKind.OUTCOME, application.key, now, source, value)]


def outcome_taken_back(
    ledger: Ledger, seen: Overview, application: Application, now: datetime, source: str
) -> list[Fact]:
    """Return what takes back the outcome that stands, however often it was said in a row."""
    mine = {*application.keys, *(key for round_ in application.rounds for key in round_.keys)}
    gone = {fact.id for fact in seen.history.taken_back}
    said = [f for f in ledger.facts() if f.kind is FactKind.OUTCOME and f.subject in mine and f.id not in gone]
    said.sort(key=lambda fact: (when_heard(fact), fact.at, fact.id))
    undone: list[Fact] = []
    while said and said[-1].value.get("outcome") == application.outcome:
        undone.append(Fact(FactKind.UNDONE, str(said.pop().id), now, source))
    return undone


def verdict(seen: Overview, keys: Sequence[str], answer: str, now: datetime, source: str) -> list[Fact]:
    """Return what says of events that they are interviews ("yes") or not ("no")."""
    facts = [Fact(FactKind.VERDICT, one, now, source, {"answer": answer}) for one in keys]
    return [one for one in facts if seen.history.verdicts.get(one.subject) != answer]


def advice(
    seen: Overview, known: Known | None, application: Application, note: str, now: datetime, source: str
) -> list[Fact]:
    """Return what notes a piece of advice, by a person or, where nobody is known, at a company."""
    subject = known.key if known else application.key
    value = {"note": note.strip(), "application": application.key, "company": application.company, **_person(known)}
    if any(one.subject == subject and one.value.get("note") == value["note"] for one in seen.history.advice):
        return []
    return [Fact(FactKind.ADVICE, subject, now, source, _filled(value))]


def paid_off(known: Known, note: str, now: datetime, source: str) -> list[Fact]:
    """Return what says that somebody's advice paid off."""
    place = {"application": known.application.key, "company": known.application.company}
    value = {**_person(known), **place, "note": note.strip()}
    return [Fact(FactKind.PAID_OFF, known.key, now, source, _filled(value))]


def done(view: TaskView, note: str, now: datetime, source: str) -> list[Fact]:
    """Return what ticks a follow-up."""
    return [_about(view, FactKind.COMPLETED, {"note": note.strip()}, now, source)]


def dismissed(view: TaskView, now: datetime, source: str) -> list[Fact]:
    """Return what gives up a follow-up for good."""
    return [_about(view, FactKind.DISMISSED, {"how": "command"}, now, source)]


def renamed(view: TaskView, title: str, now: datetime, source: str) -> list[Fact]:
    """Return what gives a follow-up another title."""
    return [_about(view, FactKind.RENAMED, {"title": title}, now, source)]


def noted(view: TaskView, note: str, now: datetime, source: str) -> list[Fact]:
    """Return what notes something on a follow-up that is on no list yet; there a note is written into the task."""
    return [_about(view, FactKind.NOTED, {"note": note.strip()}, now, source)]


def snoozed(
    view: TaskView, now: datetime, source: str, *, due_at: datetime | None = None, ring_at: datetime | None = None
) -> list[Fact]:
    """Return what puts a follow-up off: its ring, its deadline, or both; a ring after the deadline takes it along."""
    if due_at is None and ring_at is not None and view.due_at is not None and ring_at > view.due_at:
        due_at = ring_at
    if ring_at is None and due_at is not None:
        ring_at = due_at if view.due_at is None or view.ring_at is None else due_at - (view.due_at - view.ring_at)
        ring_at = max(ring_at, min(now, due_at))
    value = {"due": due_at.isoformat() if due_at else "", "ring": ring_at.isoformat() if ring_at else ""}
    return [_about(view, FactKind.SNOOZED, value, now, source)]


def record(ledger: Ledger, facts: Iterable[Fact]) -> int:
    """Record facts and what they imply; return how many were given. Corrected events are read again."""
    count = 0
    with ledger.transaction():
        for fact in facts:
            count += 1
            for one in (fact, *implied(fact, ledger.facts() if fact.kind is FactKind.REOPENED else ())):
                ledger.record(with_lesson(ledger, one) if one.kind is FactKind.VERDICT else one)
                if one.kind is FactKind.VERDICT:
                    ledger.calendars.forget_etag(one.subject)
    return count


def _about(view: TaskView, kind: FactKind, value: Mapping[str, str], now: datetime, source: str) -> Fact:
    who = {"person": view.person.name, "email": view.person.email} if view.person else {}
    known = {"step": view.step, "interview": view.interview, "application": view.application, "company": view.company}
    return Fact(kind, view.key, now, source, _filled({**known, **who, **value}))


def _person(known: Known | None) -> dict[str, str]:
    return {"person": known.person.name, "email": known.person.email} if known else {}


def _filled(value: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in value.items() if text}
