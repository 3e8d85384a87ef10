"""`afterview outcome`: record what became of an application."""

from typing import TYPE_CHECKING

import click

from .options import Command
from .output import output

if TYPE_CHECKING:
    from datetime import datetime

    from afterview.sync.ledger import Ledger
    from afterview.sync.model import Application, Fact
    from afterview.sync.view import Overview

OUTCOMES = ("advanced", "no", "offer", "accepted", "withdrawn")


@click.command(cls=Command)
@click.argument("company", metavar="COMPANY|KEY")
@click.argument("word", metavar="OUTCOME", type=click.Choice(OUTCOMES), required=False)
@click.option(
    "--at", metavar="WHEN", help='When you heard it: yesterday, 2026-08-31, "2026-08-31 15:30". Now, if not given.'
)
@click.option("--note", metavar="TEXT", default="", help="A note for yourself.")
@click.option("--undo", is_flag=True, help="Take back what was recorded last.")
def outcome(company: str, word: str | None, at: str | None, note: str, *, undo: bool) -> None:
    """Record what became of an application: advanced, no, offer, accepted or withdrawn.

    The follow-ups that come of it are made by the next pass. Recording the same again changes nothing.
    """
    from afterview.sync.errors import ConfigError
    from afterview.sync.model import Outcome

    from . import finding
    from .when import past
    from .wire import wiring

    if not undo and not word:
        raise click.UsageError(f"Say one of {', '.join(OUTCOMES)}")
    wired, out = wiring(), output()
    now = wired.clock()
    with wired.ledger() as ledger:
        seen = wired.overview(ledger)
        application = finding.application(seen, company)
        if undo:
            if word and application.outcome != word:
                current = application.outcome.value if application.outcome else "no outcome"
                raise ConfigError(
                    f"{application.company or company} stands at {current}; there is no {word} to take back."
                )
            recorded = _undo(ledger, seen, application, now)
        else:
            heard_at = past(at, wired.config.me.time_zone, now) if at else now
            recorded = _record(
                ledger, seen, application, Outcome(str(word)), heard_at, note.strip(), now, exact=at is not None
            )
        after = wired.overview(ledger).thought.application_of(application.key)
    stands = after.outcome.value if after and after.outcome else None
    if out.json_wanted:
        out.json(
            {"application": application.key, "company": application.company, "outcome": stands, "recorded": recorded}
        )
    else:
        said = "Recorded" if recorded else "Already recorded"
        out.say(f"{said}: {application.company or application.key[:10]} - {stands or 'no outcome yet'}.")


def _record(
    ledger: "Ledger",
    seen: "Overview",
    application: "Application",
    word: str,
    heard_at: "datetime",
    note: str,
    now: "datetime",
    *,
    exact: bool,
) -> bool:
    """Record an outcome unless it stands already. A new note or time replaces the one that stood."""
    from afterview.sync.model import Fact, FactKind

    facts: list[Fact] = []
    if application.outcome == word:
        same_time = not exact or application.outcome_at == heard_at
        if same_time and note in {"", application.outcome_note}:
            return False
        facts = _taking_back(ledger, seen, application, now)
        heard_at = heard_at if exact or application.outcome_at is None else application.outcome_at
        note = note or application.outcome_note
    value = {"outcome": str(word), "at": heard_at.isoformat(), **({"note": note} if note else {})}
    ledger.record(*facts, Fact(FactKind.OUTCOME, application.key, now, "cli", value))
    return True


def _undo(ledger: "Ledger", seen: "Overview", application: "Application", now: "datetime") -> bool:
    from afterview.sync.errors import ConfigError

    facts = _taking_back(ledger, seen, application, now)
    if not facts:
        raise ConfigError(
            f"No outcome is recorded for {application.company or application.key}; nothing was taken back."
        )
    ledger.record(*facts)
    return True


def _taking_back(ledger: "Ledger", seen: "Overview", application: "Application", now: "datetime") -> "list[Fact]":
    """Return the facts that take back the outcome that stands, however often it was said in a row."""
    from afterview.sync.history import heard_at
    from afterview.sync.model import Fact, FactKind

    mine = {*application.keys, *(key for round_ in application.rounds for key in round_.keys)}
    gone = {fact.id for fact in seen.history.taken_back}
    said = [f for f in ledger.facts() if f.kind is FactKind.OUTCOME and f.subject in mine and f.id not in gone]
    said.sort(key=lambda fact: (heard_at(fact), fact.at, fact.id))
    undone: list[Fact] = []
    while said and said[-1].value.get("outcome") == application.outcome:
        undone.append(Fact(FactKind.UNDONE, str(said.pop().id), now, "cli"))
    return undone
