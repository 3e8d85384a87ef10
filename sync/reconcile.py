"""Field by field: what we last agreed (`base`), what the service has now (`remote`), what we would like (`wanted`). Pure.

    rule    whose            we may                                          the user may
    FILL    the service's    fill it while it is empty, and better what      change or clear it for good
                             we filled in, each value once
    ADD     both             add values, each once                           take any away for good
    OURS    ours             write it while it is as we left it              take it over by changing or clearing it
    MOVED   both             move it where `sync.stages` says so             move it, and it is an outcome

`given` remembers what we wrote or offered, so that what the user took away is not offered again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .identity import plain
from .model import Fields, Link, RecordKind


class Rule(StrEnum):
    """Who owns a field."""

    FILL = "fill"
    ADD = "add"
    OURS = "ours"
    MOVED = "moved"


RULES: Mapping[str, Rule] = {
    "name": Rule.FILL,
    "title": Rule.FILL,
    "company": Rule.FILL,
    "role": Rule.FILL,
    "domain": Rule.FILL,
    "emails": Rule.ADD,
    "phones": Rule.ADD,
    "company_ids": Rule.ADD,
    "people_ids": Rule.ADD,
    "application_ids": Rule.ADD,
    "block": Rule.OURS,  # our lines in the notes, between our markers
    "state": Rule.OURS,  # our own words among the categories
    "starts_at": Rule.OURS,  # ISO 8601 with zone, as are all instants
    "ends_at": Rule.OURS,
    "place": Rule.OURS,
    "standing": Rule.OURS,  # of an interview scheduled, held or canceled; of a task open, done or given up
    "due_at": Rule.OURS,
    "text": Rule.OURS,
    "at": Rule.OURS,
    "stage": Rule.MOVED,
}
REFERENCES: Mapping[str, RecordKind] = {
    "company_ids": RecordKind.COMPANY,
    "people_ids": RecordKind.PERSON,
    "application_ids": RecordKind.APPLICATION,
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What should stand in the record, and what the link remembers when it does. `moved`: the stage is moved by us."""

    fields: Fields
    given: Fields
    theirs: frozenset[str]
    moved: bool = False


def reconcile(link: Link, remote: Fields, wanted: Fields) -> Agreed:
    """Merge. Fields without a rule stay as they are; `fields` equal to `remote` means that nothing is to be written."""
    merged = dict(remote)
    given = dict(link.given)
    theirs = set(link.theirs)
    for name, rule in RULES.items():
        if name not in wanted and name not in given:
            continue
        want, now, offered = wanted.get(name, ()), remote.get(name, ()), given.get(name, ())
        if rule is Rule.MOVED:
            merged[name] = want or now
            if want:
                given[name] = want
        elif rule is Rule.OURS:
            if name in given and now != link.base.get(name, ()) and now != want:
                theirs.add(name)
            if name in theirs:
                continue
            merged[name] = given[name] = want
        else:
            merged[name] = (
                _filled(now, want, offered, link.base.get(name, ()))
                if rule is Rule.FILL
                else _added(name, now, want, offered)
            )
            wrote = want if rule is Rule.ADD or merged[name] != now else ()
            given[name] = (*(value for value in offered if value not in wrote), *wrote)
    kept = {name: value for name, value in merged.items() if value}
    return Agreed(
        kept,
        {name: value for name, value in given.items() if value or name in given},
        frozenset(theirs),
        bool(wanted.get("stage")),
    )


def same_fields(one: Fields, other: Fields) -> bool:
    """Tell whether two records say the same in what the engine knows."""
    return all(one.get(name, ()) == other.get(name, ()) for name in RULES)


def really_given(offered: Fields, before: Fields, now: Fields) -> Fields:
    """Return what counts as offered after a write that may have stopped half-way: of what is added, what is there.

    A record and what hangs on it can take several requests.
    """
    return {name: tuple(v for v in values if _counts(name, v, before, now)) for name, values in offered.items()}


def _counts(name: str, value: str, before: Fields, now: Fields) -> bool:
    return RULES.get(name) is not Rule.ADD or value in before.get(name, ()) or _has(name, now, value)


def _has(name: str, fields: Fields, value: str) -> bool:
    return normal(name, value) in {normal(name, one) for one in fields.get(name, ())}


def normal(name: str, value: str) -> str:
    """Return a value in the form in which two spellings of it are equal."""
    if name in REFERENCES:
        return value
    if name == "phones":
        digits = "".join(char for char in value if char.isdecimal())
        return ("+" if value.strip().startswith("+") else "") + digits
    return plain(value)


def _filled(
    now: tuple[str, ...], want: tuple[str, ...], offered: tuple[str, ...], base: tuple[str, ...]
) -> tuple[str, ...]:
    """Return what should stand: theirs, unless it is empty or the very value that we wrote last."""
    is_ours = bool(now) and now == base and now == offered[-1:]
    if is_ours:
        return want or now
    return now or tuple(value for value in want if value not in offered)


def _added(name: str, now: tuple[str, ...], want: tuple[str, ...], offered: tuple[str, ...]) -> tuple[str, ...]:
    known = {normal(name, value) for value in (*now, *offered)}
    return (*now, *(value for value in want if normal(name, value) not in known))
