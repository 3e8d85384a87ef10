"""Forgetting a person: what is known here goes for good, and what calendars and books still show is not taken in again.

Kept is only a fact with the hash that the person goes by, so that the next reading knows whom to leave out. What was
advised stays as the user's own lesson, without a name. Nothing is deleted on any server: `remains` says where copies are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ..contacts import person_keys
from ..identity import plain
from ..leaving_out import goes_by, left_out, names_one
from ..ledger import Ledger
from ..meetings import company_name
from ..model import Contact, Event, Fact, FactKind, Participant, Person, RecordKind, Verdict
from ..thinking import Thought

_GONE = frozenset({FactKind.PERSON, FactKind.PAID_OFF, FactKind.SAME, FactKind.DIFFERENT})
_NAMING = frozenset({"person", "email", "title", "kept", "lost"})
MARK = "forgotten"  # in a fact whose person was taken out: nobody is thanked for it any more


@dataclass(frozen=True, slots=True)
class Copy:
    """Where something about a person remains: `kind` is calendar, task list or book, `place` its account and name."""

    kind: str
    place: str
    title: str


def remains(ledger: Ledger, one: Contact, thought: Thought) -> tuple[Copy, ...]:
    """Say where copies remain: events, tasks, and records in books."""
    mine = _follow_ups(one, thought)
    found = [
        Copy("calendar", f"{seen.account}/{seen.collection}", f"{seen.title} ({seen.starts[:10]})")
        for seen in ledger.calendars.sightings()
        if seen.event is not None and seen.verdict is not None and _is_in(seen.event, seen.verdict, one)
    ]
    rows = ledger.tasks.rows().items()
    found += [Copy("task list", f"{row.account}/{row.list}", row.base.title) for key, row in rows if key in mine]
    links = ledger.records.links(kind=RecordKind.PERSON)
    found += [Copy("book", link.account, link.remote_id) for link in links if link.key in one.keys and link.remote_id]
    return tuple(dict.fromkeys(found))


def forget(ledger: Ledger, one: Contact, thought: Thought, now: datetime, source: str) -> None:
    """Take out everything about a person, in one transaction, and leave nothing of it in the file."""
    mine, keys = _follow_ups(one, thought), frozenset(one.keys)
    with ledger.transaction():
        for fact in ledger.facts():
            changed = _without(fact, one, mine)
            if changed is None:
                ledger.erase(fact)
            elif changed != fact:
                ledger.rewrite(changed)
        ledger.record(*(Fact(FactKind.FORGOTTEN, key, now, source) for key in one.keys))
        for seen in ledger.calendars.sightings():
            if seen.event is not None and seen.verdict is not None:
                event, verdict = left_out(seen.event, seen.verdict, keys)
                ledger.calendars.put(replace(seen, event=event, verdict=verdict))
        for link in ledger.records.links(kind=RecordKind.PERSON):
            if link.key in keys:
                ledger.records.untie(link.account, link.kind, link.key)
                ledger.records.drop(link.account, link.kind, [link.remote_id])
        for account, records in ledger.records.every().items():
            for record in records.values():
                if names_one(record.fields, keys):
                    ledger.records.put(account, replace(record, fields={}, key=""))
        for key in mine:
            ledger.tasks.unpark(key)
        ledger.questions.drop_about(mine)
        ledger.forget_plans()
    ledger.compact()


def _is_in(event: Event, verdict: Verdict, one: Contact) -> bool:
    keys = frozenset(one.keys)
    people: Iterator[Person | Participant | None] = iter(
        (*event.attendees, event.organizer, *verdict.interviewers, verdict.recruiter)
    )
    named = bool(plain(one.name)) and plain(one.name) in plain(f"{event.title} {event.text}")
    return named or any(person is not None and goes_by(person, verdict.company, keys) for person in people)


def _follow_ups(one: Contact, thought: Thought) -> frozenset[str]:
    """Return the keys of all follow-ups that concern a person."""
    keys = frozenset(one.keys)
    return frozenset(
        key
        for follow_up in thought.follow_ups
        if follow_up.person is not None and keys & set(person_keys(follow_up.person, company=follow_up.company))
        for key in follow_up.keys
    )


def _without(fact: Fact, one: Contact, mine: frozenset[str]) -> Fact | None:
    """Return a fact without a person; None for one that says nothing else."""
    others = {fact.value.get("as"), fact.value.get("from")}
    concerns = fact.subject in one.keys or not others.isdisjoint(one.keys)
    if fact.kind in _GONE:
        return None if concerns else fact
    if not (concerns or fact.subject in mine or _names(fact, one)):
        return fact
    value = {name: text for name, text in fact.value.items() if name not in _NAMING and text not in one.emails}
    if fact.kind is FactKind.ADVICE:
        return replace(fact, subject=fact.value.get("application", MARK), value={**value, MARK: "yes"})
    if fact.value.get("step") != "feedback":  # what was noted at a feedback call is the user's lesson
        value.pop("note", None)
    return replace(fact, value={**value, MARK: "yes"})


def _names(fact: Fact, one: Contact) -> bool:
    own = set(one.emails) - one.shared
    if not own.isdisjoint(text.casefold() for text in fact.value.values()):
        return True
    said, place = fact.value.get("person", ""), company_name(fact.value.get("company", ""))
    here = not place or place in {company_name(name) for name in one.companies}
    return said in one.keys or (here and bool(plain(said)) and plain(said) == plain(one.name))
