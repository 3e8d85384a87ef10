"""The people and companies behind `afterview people` and `companies`, and the shapes in which they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from afterview.sync.errors import ConfigError
from afterview.sync.history import History, lessons
from afterview.sync.identity import plain
from afterview.sync.ledger import Ledger
from afterview.sync.model import Application, Contact, Fact, FactKind, Link, LinkState, RecordKind, RemoteRecord
from afterview.sync.people import directory
from afterview.sync.proposals import Proposal, proposals
from afterview.sync.text import one_line
from afterview.sync.view import Overview

from .wire import Wiring

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody at one moment."""

    seen: Overview
    people: tuple[Contact, ...]
    links: tuple[Link, ...]
    records: Mapping[str, Mapping[str, RemoteRecord]]
    questions: tuple[Proposal, ...]

    @property
    def history(self) -> History:
        return self.seen.history

    def links_of(self, one: Contact) -> list[Link]:
        """Return where somebody is kept, or was."""
        return [link for link in self.links if link.kind is RecordKind.PERSON and link.key in one.keys]

    def lessons_of(self, one: Contact) -> list[str]:
        """Return what somebody advised."""
        said = lessons(self.history, self.seen.applications)
        return [lesson.note for lesson in said if lesson.key in one.keys or plain(lesson.person) == plain(one.called)]

    def person(self, wanted: str) -> Contact:
        """Find somebody by key, address or name. Raises ConfigError for nobody or several."""
        name = plain(wanted)
        found = [one for one in self.people if name and any(key.startswith(name) for key in one.keys if "-" in name)]
        found = found or [one for one in self.people if name in {plain(one.name), *one.emails} - {""}]
        found = found or [one for one in self.people if name and name in plain(one.name).split()]
        if len(found) == 1:
            return found[0]
        if found:
            raise ConfigError(f'"{one_line(wanted, 60)}" can be {_listed(found)}; say which, by address or key.')
        known = f"known: {_listed(list(self.people))}" if self.people else "nobody is known yet"
        raise ConfigError(f'There is no person "{one_line(wanted, 60)}"; {known}.')

    def card(self, account: str, wanted: str) -> RemoteRecord:
        """Find a card by id, address or name. Raises ConfigError for none or several."""
        return the_one(self.records.get(account, {}), account, wanted, "card")


def the_one(copies: Mapping[str, RemoteRecord], account: str, wanted: str, what: str) -> RemoteRecord:
    """Find a record by id, address or name. Raises ConfigError for none or several."""
    if wanted in copies:
        return copies[wanted]
    name = plain(wanted)
    found = [
        one
        for one in copies.values()
        if name in {plain(value) for key in ("name", "emails") for value in one.fields.get(key, ())}
    ]
    if len(found) != 1:
        trouble = f"{len(found)} {what}s" if found else f"no {what}"
        raise ConfigError(f'There {"are" if found else "is"} {trouble} "{one_line(wanted, 60)}" in {account}.')
    return found[0]


def of(wired: Wiring, ledger: Ledger) -> Directory:
    """Work out who there is, from the ledger alone."""
    seen = wired.overview(ledger)
    people = directory(seen.applications, seen.history)
    links, records = ledger.records.links(), ledger.records.every()
    return Directory(seen, people, links, records, proposals(people, records, links, seen.history))


def parted(fact: Fact, now: datetime) -> Fact:
    """Return the fact that takes back that two are one."""
    value = {"from" if name == "as" else name: text for name, text in fact.value.items()}
    return replace(fact, kind=FactKind.DIFFERENT, at=now, source="cli", value=value, id=0)


def standing(one: Contact) -> str:
    """Return how the newest application stands."""
    return word(one.applications[0]) if one.applications else ""


def word(application: Application) -> str:
    """Return the outcome's word, "open" without one."""
    return application.outcome.value if application.outcome else "open"


def link_remark(link: Link) -> str:
    """Return what is special about where somebody is kept."""
    remarks = {LinkState.GONE: " (you deleted it)", LinkState.PARKED: f" (refused: {link.words})"}
    return remarks.get(link.state, "")


def asked(question: Proposal) -> str:
    """Put a question in words."""
    one = question.contact
    who = f"{one.called} ({', '.join((*one.emails[:1], *one.companies[:1]))})"
    if question.record is not None:
        fields = question.record.fields
        inside = ", ".join(value for name in ("name", "emails", "company") for value in fields.get(name, ())[:1])
        return f"Is {who} the card in {question.account}: {inside}?"
    other = question.other or one
    return f"Are {who} and {other.called} ({', '.join(other.emails[:1])}) one person?"


def person_shape(known: Directory, one: Contact) -> dict[str, Any]:
    """Return somebody as `people --json` shows it."""
    return {
        "key": one.key,
        "name": one.name or None,
        "emails": list(one.emails),
        "phones": list(one.phones),
        "title": one.title or None,
        "companies": list(one.companies),
        "recruiter": one.recruits,
        "do_not_contact": not known.history.silent.isdisjoint(one.keys),
        "applications": [application.key for application in one.applications],
        "records": [
            {
                "account": link.account,
                "id": link.remote_id or None,
                "state": link.state.value,
                "words": link.words or None,
            }
            for link in known.links_of(one)
        ],
    }


def question_shape(question: Proposal) -> dict[str, Any]:
    """Return a question as `people --json` shows it."""
    record = question.record
    return {
        "id": question.id,
        "person": question.contact.key,
        "other": question.other.key if question.other else None,
        "account": question.account or None,
        "record": record.remote_id if record else None,
        "question": asked(question),
    }


def _listed(people: list[Contact]) -> str:
    named = [f"{one_line(one.called, 60)}{f' ({one.emails[0]})' if one.emails and one.name else ''}" for one in people]
    return ", ".join(named[:_SHOWN]) + (f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else "")
