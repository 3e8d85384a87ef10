"""Forgetting a person: what is known here goes for good, and what calendars and books still show is not taken in again.

Kept is only a fact with the hash that the person goes by, so that the next reading knows whom to leave out. What was
advised stays as the user's own lesson, without a name. Nothing is deleted on any server: `remains` says where copies are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ..contacts import person_keys
from ..identity import note_key, plain
from ..leaving_out import ABOUT_PEOPLE, goes_by, left_out, nameless, names_one
from ..ledger import Ledger
from ..meetings import company_name
from ..model import (
    Contact,
    Event,
    Fact,
    FactKind,
    Fields,
    Link,
    LinkState,
    Participant,
    Person,
    RecordKind,
    Verdict,
)
from ..people import directory
from ..thinking import Thought


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
    notes = ledger.records.links(kind=RecordKind.NOTE)
    found += [Copy("book", link.account, f"note {link.remote_id}") for link in notes if _tells_of(link, one)]
    tasks = ledger.records.links(kind=RecordKind.TASK)
    found += [
        Copy("book", link.account, f"task {link.remote_id}") for link in tasks if link.key in mine and link.remote_id
    ]
    return tuple(dict.fromkeys(found))


def forget(ledger: Ledger, one: Contact, thought: Thought, now: datetime, source: str) -> None:
    """Take out everything about a person, in one transaction, and leave nothing of it in the file."""
    one = _alone(one, thought)
    mine, keys = _follow_ups(one, thought), frozenset(one.keys)
    moved: dict[str, str] = {}
    with ledger.transaction():
        for fact in ledger.facts():
            changed = _without(fact, one, mine)
            if changed is None:
                ledger.erase(fact)
            elif changed != fact:
                ledger.rewrite(changed)
                moved[_note_of(fact)] = _note_of(changed)
        ledger.record(*(Fact(FactKind.FORGOTTEN, key, now, source) for key in one.keys))
        for seen in ledger.calendars.sightings():
            if seen.event is not None and seen.verdict is not None:
                event, verdict = left_out(seen.event, seen.verdict, keys)
                ledger.calendars.put(replace(seen, event=event, verdict=verdict))
        _forget_records(ledger, keys)
        _forget_notes(ledger, one, moved)
        _forget_tasks(ledger, mine)
        for key in mine:
            ledger.tasks.unpark(key)
        ledger.questions.drop_about(mine)
        ledger.forget_plans()
    ledger.compact()


def _forget_records(ledger: Ledger, keys: frozenset[str]) -> None:
    """Keep nothing of what books hold of a person, also of what was about to be written there."""
    for link in ledger.records.links(kind=RecordKind.PERSON):
        if link.key in keys:
            ledger.records.untie(link.account, link.kind, link.key)
            ledger.records.drop(link.account, link.kind, [link.remote_id])
    _give_up_writing(ledger, RecordKind.PERSON, keys)
    for account, records in ledger.records.every().items():
        for record in records.values():
            if names_one(record.fields, keys):
                ledger.records.put(account, replace(record, fields={}, key=""))


def _forget_tasks(ledger: Ledger, mine: frozenset[str]) -> None:
    """Keep nothing of the copies of a person's follow-ups, but that they are there."""
    for link in ledger.records.links(kind=RecordKind.TASK):
        if link.key in mine:
            ledger.records.drop(link.account, link.kind, [link.remote_id])
            gone = replace(link, state=LinkState.GONE, remote_id="", base={}, given={}, mark="", words="")
            ledger.records.tie(gone)
    _give_up_writing(ledger, RecordKind.TASK, mine)


def _give_up_writing(ledger: Ledger, kind: RecordKind, keys: frozenset[str]) -> None:
    for account in ledger.health():
        for intent in ledger.records.intents(account):
            if intent.kind is kind and intent.key in keys:
                ledger.records.finish(intent.id)


def _alone(one: Contact, thought: Thought) -> Contact:
    """Return a person with the keys that are nobody else's: a namesake with an address of their own is not meant."""
    others = {key for who in directory(thought.applications, thought.history) if who.key != one.key for key in who.keys}
    return replace(one, keys=tuple(key for key in one.keys if key not in others) or one.keys)


def _note_of(fact: Fact) -> str:
    """Return the key of the note that a CRM would have of a fact."""
    return note_key(fact.subject, plain(fact.value.get("note", "").strip()))


def _forget_notes(ledger: Ledger, one: Contact, moved: Mapping[str, str]) -> None:
    """Keep nothing of what notes in CRMs say of a person, but that they are there: none is made a second time.

    `moved`: the key that a note had -> the one that it goes by without the person.
    """
    copies = ledger.records.every(RecordKind.NOTE)
    for link in ledger.records.links(kind=RecordKind.NOTE):
        if link.key not in moved and not _tells_of(link, one):
            continue
        ledger.records.untie(link.account, link.kind, link.key)
        if link.state is not LinkState.PARKED:
            key = moved.get(link.key, link.key)
            ledger.records.tie(replace(link, key=key, base=_untold(link.base), given=_untold(link.given), words=""))
        if (copy := copies.get(link.account, {}).get(link.remote_id)) is not None:
            ledger.records.put(link.account, replace(copy, fields=_untold(copy.fields)))


def _tells_of(link: Link, one: Contact) -> bool:
    said = plain(" ".join((*link.base.get("text", ()), link.words)))
    return any(plain(name) in said for name in (one.name, *one.emails) if plain(name))


def _untold(fields: Fields) -> Fields:
    return {name: values for name, values in fields.items() if name != "text"}


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
    named = fact.subject in mine or _names(fact, one)
    if not concerns and (fact.kind in ABOUT_PEOPLE or not named):
        return fact
    return nameless(fact, one.emails)


def _names(fact: Fact, one: Contact) -> bool:
    own = set(one.emails) - one.shared
    if not own.isdisjoint(text.casefold() for text in fact.value.values()):
        return True
    said, place = fact.value.get("person", ""), company_name(fact.value.get("company", ""))
    here = not place or place in {company_name(name) for name in one.companies}
    return said in one.keys or (here and bool(plain(said)) and plain(said) == plain(one.name))
