"""Which record in a book is which person: by our own mark, by what the user said, by address. Never by name alone. Pure.

the user said so, or said no              it is, or is not; the last word counts
our link, or our key in the record        it is
an address of theirs alone, one record    it is
several such records                      the one that also has the name; else ask
no address, but name and company agree    ask; so long nothing is made
none of these                             nobody's: make a record, unless the user deleted it

A company is found by its domain as a person is by an address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations, product

from .history import History
from .identity import plain
from .meetings import company_name
from .model import Application, Contact, Link, LinkState, RemoteRecord
from .people import one_name, standing_pairs


class How(StrEnum):
    """What came of looking for a person."""

    LINKED = "linked"
    MARKED = "marked"  # the record bears our key, but no link is known
    FOUND = "found"  # by address, or because the user said so
    ASK = "ask"
    NONE = "none"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Match:
    """A record for a person, or why there is none. `asked`: the records that the user should choose from."""

    how: How
    record: RemoteRecord | None = None
    link: Link | None = None
    asked: tuple[RemoteRecord, ...] = ()


@dataclass(slots=True)
class Catalogue:
    """The records of one account, by all that identifies a person."""

    account: str
    records: dict[str, RemoteRecord]
    links: dict[str, Link]
    history: History
    _by_key: dict[str, list[RemoteRecord]] = field(default_factory=dict)
    _by_email: dict[str, list[RemoteRecord]] = field(default_factory=dict)
    _by_name: dict[str, list[RemoteRecord]] = field(default_factory=dict)
    _taken: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for record in self.records.values():
            self._enter(record)
        for link in self.links.values():
            self._take(link)

    def add(self, link: Link, record: RemoteRecord) -> None:
        """Take in what was just tied, without going through everything again."""
        self.links[link.key] = link
        self.records[record.remote_id] = record
        self._enter(record)
        self._take(link)

    def _enter(self, record: RemoteRecord) -> None:
        if record.key:
            self._by_key.setdefault(record.key, []).append(record)
        for email in record.fields.get("emails", ()):
            self._by_email.setdefault(email.casefold(), []).append(record)
        for name in record.fields.get("name", ()):
            self._by_name.setdefault(plain(name), []).append(record)

    def _take(self, link: Link) -> None:
        if link.remote_id and link.state is LinkState.LIVE:
            self._taken[link.remote_id] = link.key

    def match(self, contact: Contact) -> Match:
        """Look for a person."""
        return self._known(contact.keys) or self._found(contact, self._free(contact.keys), self._gone(contact.keys))

    def match_company(self, keys: tuple[str, ...], name: str, domain: str = "") -> Match:
        """Look for a company: the one with its domain. Its name alone never decides."""
        if (known := self._known(keys)) is not None:
            return known
        free = [one for one in self._free(keys).of(self.records.values()) if not one.key]
        there = [one for one in free if domain and domain in {_bare(text) for text in one.fields.get("domain", ())}]
        if len(there) == 1:
            return Match(How.FOUND, there[0])
        if (gone := self._gone(keys)) is not None:
            return Match(How.GONE, link=gone)
        wanted = company_name(name)
        near = there or [one for one in free if wanted in {company_name(own) for own in _names(one)}]
        return Match(How.ASK, asked=tuple(near)) if near else Match(How.NONE)

    def match_ours(self, keys: tuple[str, ...]) -> Match:
        """Look for what only we make: it is known, or it is not there."""
        gone = self._gone(keys)
        return self._known(keys) or (Match(How.GONE, link=gone) if gone is not None else Match(How.NONE))

    def match_application(self, application: Application) -> Match:
        """Look for a deal: the one open deal of that company and role; what is less clear is asked."""
        if (known := self._known(application.keys)) is not None:
            return known
        if (gone := self._gone(application.keys)) is not None:
            return Match(How.GONE, link=gone)
        names = {company_name(name) for name in (application.company, *application.names) if name}
        near = [
            one
            for one in self._free(application.keys).of(self.records.values())
            if not one.key
            and one.fields.get("stage", ()) in {(), ("open",)}
            and names & {company_name(name) for name in one.fields.get("company", ())}
        ]
        role = plain(application.role)
        exact = [one for one in near if role and role in {plain(text) for text in one.fields.get("role", ())}]
        if len(exact) == 1:
            return Match(How.FOUND, exact[0])
        return Match(How.ASK, asked=tuple(near)) if near else Match(How.NONE)

    def parted(self) -> tuple[Link, ...]:
        """Return the links to records that are somebody else's, as the user said since."""
        tied = (one for one in self.links.values() if one.state is LinkState.LIVE and one.remote_id)
        return tuple(one for one in tied if one.remote_id in self.apart((one.key,)))

    def _known(self, keys: tuple[str, ...]) -> Match | None:
        """Return what is settled: a link, our mark, or what the user said."""
        apart = self.apart(keys)
        own = [link for key in keys if (link := self.links.get(key)) and link.remote_id not in apart]
        live = [link for link in own if link.state is LinkState.LIVE]
        for link in live:
            if link.remote_id in self.records:
                return Match(How.LINKED, self.records[link.remote_id], link)
        if live:
            return Match(How.LINKED, None, live[0])
        free = self._free(keys)
        marked = free.of(record for key in keys for record in self._by_key.get(key, ()))
        said = free.of(self._said(keys))
        return Match(How.FOUND if said else How.MARKED, (said or marked)[0]) if marked or said else None

    def _gone(self, keys: tuple[str, ...]) -> Link | None:
        own = (self.links[key] for key in keys if key in self.links)
        return next((link for link in own if link.state is LinkState.GONE), None)

    def _free(self, keys: tuple[str, ...]) -> "_Free":
        return _Free(keys, self._taken, self.apart(keys))

    def _found(self, contact: Contact, free: "_Free", gone: Link | None) -> Match:
        own = [email for email in contact.emails if email not in contact.shared]
        by_email = free.of(record for email in own for record in self._by_email.get(email, ()))
        shared = free.of(record for email in contact.shared for record in self._by_email.get(email, ()))
        by_email = by_email or [one for one in shared if any(one_name(contact.name, name) for name in _names(one))]
        if len(by_email) > 1:
            named = [one for one in by_email if plain(contact.name) in {plain(name) for name in _names(one)} - {""}]
            if len(named) != 1:
                return Match(How.ASK, asked=tuple(by_email))
            by_email = named
        if by_email:
            return Match(How.FOUND, by_email[0])
        if gone is not None:
            return Match(How.GONE, link=gone)
        near = free.of(one for one in self._by_name.get(plain(contact.name), ()) if _same_place(contact, one))
        return Match(How.ASK, asked=tuple(near)) if near else Match(How.NONE)

    def _said(self, keys: tuple[str, ...]) -> list[RemoteRecord]:
        """Return what the user said is the record, the last word first."""
        mine = reversed(self._about(keys, same=True))
        return [self.records[remote_id] for remote_id in mine if remote_id in self.records]

    def apart(self, keys: tuple[str, ...]) -> frozenset[str]:
        """Return the ids of the records that the user said are somebody else's."""
        return frozenset(self._about(keys, same=False))

    def _about(self, keys: tuple[str, ...], *, same: bool) -> list[str]:
        """Return the records that the user said are, or are not, the person's."""
        found: list[str] = []
        for pair, one in standing_pairs(self.history).items():
            names = [name.removeprefix("record ").split(" ", 1) for name in pair if name.startswith("record ")]
            if one is same and names and names[0][0] == self.account and pair & set(keys):
                found.append(names[0][-1])
        return found


@dataclass(frozen=True, slots=True)
class _Free:
    """Leaves out records that are somebody else's, or that the user said are not this person's."""

    keys: tuple[str, ...]
    taken: Mapping[str, str]
    apart: frozenset[str]

    def of(self, records: Iterable[RemoteRecord]) -> list[RemoteRecord]:
        every = {one.remote_id: one for one in records}
        return [
            one
            for remote_id, one in every.items()
            if remote_id not in self.apart and self.taken.get(remote_id, self.keys[0]) in self.keys
        ]


def _names(record: RemoteRecord) -> tuple[str, ...]:
    return record.fields.get("name", ())


def _bare(domain: str) -> str:
    """Return a domain as two services that keep it may both write it."""
    host = domain.casefold().partition("://")[2] or domain.casefold()
    return host.partition("/")[0].removeprefix("www.").rstrip(".")


def _same_place(contact: Contact, record: RemoteRecord) -> bool:
    """Tell whether a record of the same name may be this person's: at one company, or at none that it names."""
    if not plain(contact.name):
        return False
    theirs = {company_name(name) for name in record.fields.get("company", ())}
    return not theirs or bool(theirs & {company_name(name) for name in contact.companies})


def namesakes(people: Iterable[Contact], history: History) -> tuple[tuple[Contact, Contact], ...]:
    """Return pairs that may be one person: one name at one company, under different addresses; what was settled is not."""
    settled = {pair for pair, same in standing_pairs(history).items() if not same}
    every = [one for one in people if plain(one.name)]
    return tuple(
        (one, other)
        for one, other in combinations(every, 2)
        if plain(one.name) == plain(other.name)
        and {company_name(name) for name in one.companies} & {company_name(name) for name in other.companies}
        and not any(frozenset(pair) in settled for pair in product(one.keys, other.keys))
    )
