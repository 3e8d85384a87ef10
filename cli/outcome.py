"""`afterview outcome`: record what became of an application."""

from typing import TYPE_CHECKING

import click

from .options import Command
from .output import output

if TYPE_CHECKING:
    from datetime import datetime

    from afterview.sync.ledger import Ledger
    from afterview.sync.model import Application
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
    from afterview.sync import deeds, finding
    from afterview.sync.errors import ConfigError
    from afterview.sync.model import Outcome

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
            heard_at = past(at, wired.config.me.time_zone, now) if at else None
            facts = deeds.outcome(
                ledger, seen, application, Outcome(str(word)), now, "cli", heard_at=heard_at, note=note.strip()
            )
            ledger.record(*facts)
            recorded = bool(facts)
        after = wired.overview(ledger).thought.application_of(application.key)
    stands = after.outcome.value if after and after.outcome else None
    if out.json_wanted:
        out.json(
            {"application": application.key, "company": application.company, "outcome": stands, "recorded": recorded}
        )
    else:
        said = "Recorded" if recorded else "Already recorded"
        out.say(f"{said}: {application.company or application.key[:10]} - {stands or 'no outcome yet'}.")


def _undo(ledger: "Ledger", seen: "Overview", application: "Application", now: "datetime") -> bool:
    from afterview.sync import deeds
    from afterview.sync.errors import ConfigError

    facts = deeds.outcome_taken_back(ledger, seen, application, now, "cli")
    if not facts:
        raise ConfigError(
            f"No outcome is recorded for {application.company or application.key}; nothing was taken back."
        )
    ledger.record(*facts)
    return True
