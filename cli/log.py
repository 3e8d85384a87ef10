"""`afterview log`: what happened, and through whom."""

from typing import TYPE_CHECKING

import click

from .options import Command
from .output import output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from afterview.sync.model import Fact
    from afterview.sync.view import Overview

SHOWN = 50


@click.command(cls=Command)
@click.argument("key", required=False, default="")
@click.option("-n", "--number", default=SHOWN, metavar="N", help=f"How many, the newest; {SHOWN} if not given.")
def log(key: str, number: int) -> None:
    """List what was recorded, oldest first; with KEY what concerns this interview, application, person or task."""
    from .shape import fact
    from .times import local
    from .wire import wiring

    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        seen = wired.overview(ledger)
        facts = ledger.facts()
    gone = {one.id for one in seen.history.taken_back}
    wanted = _concerned(seen, facts, key) if key else None
    chosen = [one for one in facts if wanted is None or _touches(one, wanted)]
    if out.json_wanted:
        out.json([fact(one, undone=one.id in gone) for one in chosen])
        return
    titles = _titles(seen)
    zone, now = wired.config.me.time_zone, wired.clock()
    out.table(
        ("no", "when", "what", "about", "through", "details"),
        [
            (
                one.id,
                local(one.at, zone, now),
                one.kind.value.replace("_", " ") + (" (taken back)" if one.id in gone else ""),
                _about(one, titles),
                one.source,
                ", ".join(f"{name}: {text}" for name, text in one.value.items() if name in _TOLD),
            )
            for one in chosen[-number:]
        ],
        drop=("no", "through"),
        wrap="details",
        empty="Nothing was recorded about it." if key else "Nothing was recorded yet.",
    )


def _about(one: "Fact", titles: "Mapping[str, str]") -> str:
    from afterview.sync.model import FactKind

    if one.kind is FactKind.UNDONE:
        return f"number {one.subject}"
    return titles.get(one.subject) or one.value.get("company") or one.subject[:10]


_TOLD = (
    "outcome",
    "answer",
    "how",
    "due",
    "title",
    "note",
    "person",
    "into",
    "field",
    "kept",
    "lost",
    "name",
    "phone",
    "role",
)


def _concerned(seen: "Overview", facts: "tuple[Fact, ...]", key: str) -> set[str]:
    """Return every key under which the thing is known, and those that belong to it."""
    from afterview.sync.errors import ConfigError

    subjects = {one.subject for one in facts if one.subject} | set(_titles(seen))
    named = {subject for subject in subjects if subject.startswith(key)}
    if not named:
        raise ConfigError(
            f"There is nothing with the key {key}; `afterview interviews` and `afterview tasks` list keys."
        )
    for application in seen.applications:
        rounds = {one for round_ in application.rounds for one in round_.keys}
        if named & {*application.keys, *rounds}:
            named |= {*application.keys, *rounds}
    return named | {one.key for one in seen.tasks if named & {one.interview, one.application}}


def _touches(one: "Fact", wanted: set[str]) -> bool:
    return one.subject in wanted or bool(wanted & {one.value.get("application", ""), one.value.get("interview", "")})


def _titles(seen: "Overview") -> "Mapping[str, str]":
    titles = {key: one.company or one.title for one in seen.interviews for key in one.keys}
    titles |= {key: one.company for one in seen.applications for key in one.keys}
    titles |= dict(_people(seen))
    return titles | {one.key: one.title for one in seen.tasks}


def _people(seen: "Overview") -> "Iterator[tuple[str, str]]":
    from afterview.sync.contacts import people_of, person_keys

    for application in seen.applications:
        everybody = people_of(application)
        for who in everybody:
            yield from ((key, who.name or who.email) for key in person_keys(who, everybody, application.company))
