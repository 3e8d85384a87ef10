"""Who the user met, over all applications: mentions in events become people. Pure.

    same address, names that can be one person's    one person
    same address, different names                   two people who share a mailbox: the address identifies nobody
    a name without an address                       the one person of that name at that company, if there is exactly one
    the same name elsewhere                         somebody else, until the user says so

Never merges two people by name alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from .contacts import known
from .history import History
from .identity import person_key, plain
from .meetings import company_name
from .model import Application, Contact, Fact, FactKind, Interview, Person

T = TypeVar("T")


@dataclass(slots=True)
class _Group:
    """One person in the making."""

    people: list[Person] = field(default_factory=list)
    at: list[Application] = field(default_factory=list)
    interviews: bool = False  # was an interviewer at least once

    def add(self, person: Person, application: Application, *, interviewer: bool) -> None:
        self.people.append(person)
        self.at.append(application)
        self.interviews = self.interviews or interviewer

    def emails(self) -> list[str]:
        return _once(person.email.casefold() for person in self.people if person.email)

    def names(self) -> list[str]:
        return [person.name for person in self.people if plain(person.name)]

    def fits(self, name: str) -> bool:
        return all(one_name(name, known_name) for known_name in self.names())

    def keys(self, shared: frozenset[str]) -> tuple[str, ...]:
        """Return every key the person goes by: addresses that are theirs alone first, then names at companies."""
        by_email = [person_key("", email, "") for email in self.emails() if email not in shared]
        pairs = zip(self.people, self.at, strict=True)
        by_name = [person_key(person.name, "", place.company) for person, place in pairs if plain(person.name)]
        by_address = [person_key("", email, "") for email in self.emails()] if not by_email and not by_name else []
        return tuple(_once([*by_email, *by_name, *by_address]))


def one_name(one: str, other: str) -> bool:
    """Tell whether two names can be the same person's: one says no more than the other, initials allowed."""
    first, second = (sorted(plain(name).replace(".", " ").replace(",", " ").split()) for name in (one, other))
    shorter, longer = sorted((first, second), key=len)
    left = list(longer)
    for word in sorted(shorter, key=len, reverse=True):
        match = next((w for w in left if w == word), None) or next((w for w in left if _initial(word, w)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _initial(one: str, other: str) -> bool:
    return (len(one) == 1 or len(other) == 1) and one[:1] == other[:1]


def directory(applications: Iterable[Application], history: History) -> tuple[Contact, ...]:
    """Return everybody, by name."""
    every = tuple(applications)
    groups = _by_address(every)
    _add_by_name(groups, every, history)
    groups = _joined(groups, history)
    shared = _shared(groups)
    found = [_contact(group, shared, history) for group in groups]
    return tuple(sorted(found, key=lambda one: (plain(one.called), one.key)))


def called(interviews: Iterable[Interview], names: Mapping[str, str], history: History) -> tuple[Interview, ...]:
    """Give people the name that the user knows better, and those named by address alone the one that `names` has.

    Else they get the one of a card that was taken over. Somebody without an address keeps the name of the event: it is
    all that follow-ups know the person by.
    """
    if not names and not history.edits:
        return tuple(interviews)

    def named(person: Person) -> Person:
        if not person.email:
            return person
        edits = history.edits.get(person_key("", person.email, ""), {})
        else_known = names.get(person.email.casefold()) or edits.get("known_as", "")
        known_as = edits.get("name", "") or ("" if plain(person.name) else else_known)
        return replace(person, name=known_as) if known_as else person

    return tuple(
        replace(
            one,
            people=tuple(map(named, one.people)),
            recruiter=named(one.recruiter) if one.recruiter is not None else None,
        )
        for one in interviews
    )


def silenced(people: Iterable[Contact], silent: frozenset[str]) -> frozenset[str]:
    """Return the keys of everybody who is not to be contacted: whoever goes by one of `silent`, however named elsewhere.

    A name that two people have at one company says which of them is meant only beside an address.
    """
    known_by = {one.key: {*one.keys, *_by_email(one)} for one in people}
    held = Counter(key for keys in known_by.values() for key in keys)
    found = (key for keys in known_by.values() if not keys.isdisjoint(silent) for key in keys if held[key] == 1)
    return silent | frozenset(found)


def _by_email(one: Contact) -> Iterator[str]:
    return (person_key("", email, "") for email in one.emails if email not in one.shared)


def corrected(application: Application, history: History) -> Application:
    """Return an application with what the user knows better."""
    roles = [role for key in application.keys if (role := history.edits.get(key, {}).get("role"))]
    return replace(application, role=roles[0]) if roles else application


def pair_of(fact: Fact) -> frozenset[str]:
    """Return the two that a SAME or DIFFERENT fact is about: keys of people, or "record ACCOUNT REMOTE_ID"."""
    other = fact.value.get("as") or fact.value.get("from") or f"record {fact.value.get('record', '')}"
    return frozenset((fact.subject, other))


def standing_pairs(history: History) -> Mapping[frozenset[str], bool]:
    """Return pair -> whether it is one person, by the user's last word."""
    said = sorted((*history.same, *history.different), key=lambda fact: (fact.at, fact.id))
    return {pair_of(fact): fact.kind is FactKind.SAME for fact in said}


def _mentions(application: Application) -> list[tuple[Person, bool]]:
    met = [(person, True) for round_ in application.rounds for person in round_.people if known(person)]
    wrote = [(r.recruiter, False) for r in application.rounds if r.recruiter is not None and known(r.recruiter)]
    return [*met, *wrote]


def _by_address(applications: Sequence[Application]) -> list[_Group]:
    groups: list[_Group] = []
    at: dict[str, list[_Group]] = {}
    for application in applications:
        for person, interviewer in _mentions(application):
            if not person.email:
                continue
            known_there = at.setdefault(person.email.casefold(), [])
            group = next((one for one in known_there if one.fits(person.name)), None)
            if group is None:
                group = _Group()
                groups.append(group)
                known_there.append(group)
            group.add(person, application, interviewer=interviewer)
    return groups


def _add_by_name(groups: list[_Group], applications: Sequence[Application], history: History) -> None:
    apart = {pair for pair, one in standing_pairs(history).items() if not one}
    for application in applications:
        for person, interviewer in _mentions(application):
            if person.email:
                continue
            key = person_key(person.name, "", application.company)
            near = [
                group
                for group in groups
                if _is_there(group, person.name, application.company)
                and not any(frozenset((key, own)) in apart for own in group.keys(frozenset()) if own != key)
            ]
            if len(near) != 1:
                near = [_Group()]
                groups.extend(near)
            near[0].add(person, application, interviewer=interviewer)


def _is_there(group: _Group, name: str, company: str) -> bool:
    places = {company_name(one.company) for one in group.at}
    return company_name(company) in places and plain(name) in {plain(own) for own in group.names()}


def _joined(groups: list[_Group], history: History) -> list[_Group]:
    """Join what the user said is one person."""
    pairs = standing_pairs(history)
    for fact in history.same:
        if not pairs[pair_of(fact)]:
            continue
        one, other = (
            next((g for g in groups if key in g.keys(frozenset())), None)
            for key in (fact.subject, fact.value.get("as"))
        )
        if one is not None and other is not None and one is not other:
            other.people += one.people
            other.at += one.at
            other.interviews = other.interviews or one.interviews
            groups = [group for group in groups if group is not one]
    return groups


def _shared(groups: Iterable[_Group]) -> frozenset[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for group in groups:
        twice |= seen & set(group.emails())
        seen |= set(group.emails())
    return frozenset(twice)


def _contact(group: _Group, shared: frozenset[str], history: History) -> Contact:
    keys = group.keys(shared)
    edits = {name: text for key in reversed(keys) for name, text in history.edits.get(key, {}).items() if text}
    names = sorted(group.names(), key=lambda name: len(plain(name).split()), reverse=True)
    newest = sorted({id(one): one for one in group.at}.values(), key=_latest, reverse=True)
    added = {name: (edits[name],) if name in edits else () for name in ("email", "phone", "company")}
    emails = tuple(_once([*group.emails(), *(email.casefold() for email in added["email"])]))
    return Contact(
        keys=keys,
        name=edits.get("name") or (names[0].strip() if names else ""),
        emails=emails,
        shared=shared & set(emails),
        phones=added["phone"],
        title=edits.get("title", ""),
        companies=tuple(_once([*added["company"], *(one.company for one in newest if one.company)])),
        recruits=not group.interviews,
        applications=tuple(newest),
    )


def _latest(application: Application) -> tuple[str, str]:
    return max((one.starts_at.isoformat() for one in application.rounds), default=""), application.key


def _once(values: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(values))
