"""`afterview advice`, `paid-off` and `lessons`: what interviewers advised, whether it helped, and the list of it."""

from typing import TYPE_CHECKING

import click

from .options import Command
from .output import output

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from afterview.sync.finding import Known
    from afterview.sync.ledger import Ledger
    from afterview.sync.model import Application, Fact
    from afterview.sync.view import Overview


@click.command(cls=Command)
@click.argument("whom", metavar="PERSON|COMPANY")
@click.option("--note", metavar="TEXT", default="", help="What you were advised.")
@click.option("--undo", is_flag=True, help="Take back what was noted last.")
def advice(whom: str, note: str, *, undo: bool) -> None:
    """Note what somebody advised you. A thank-you follows, and the advice is among your lessons."""
    from afterview.sync import deeds, finding
    from afterview.sync.errors import ConfigError

    from .wire import wiring

    if not note.strip() and not undo:
        raise ConfigError("The advice is empty; say what it was with --note.")
    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        seen = wired.overview(ledger)
        known = finding.person(seen, whom) if not whom.startswith("a-") else None
        application = known.application if known else _at_company(seen, whom)
        subject = known.key if known else application.key
        if undo:
            _take_back(ledger, seen.history.advice, subject, whom, wired.clock())
            _say_undone(subject, _name(known) if known else application.company)
            return
        facts = deeds.advice(seen, known, application, note, wired.clock(), "cli")
        ledger.record(*facts)
    said = not facts
    name = _name(known) if known else application.company
    if out.json_wanted:
        out.json({"subject": subject, "person": name if known else None, "recorded": not said})
    else:
        out.say(f"{'Already noted' if said else 'Noted'} for {name}.")


@click.command("paid-off", cls=Command)
@click.argument("whom", metavar="PERSON")
@click.option("--note", metavar="TEXT", default="", help="How it helped.")
@click.option("--undo", is_flag=True, help="Take back what was said last.")
def paid_off(whom: str, note: str, *, undo: bool) -> None:
    """Say that somebody's advice paid off. A task to tell them follows."""
    from afterview.sync import deeds, finding

    from .wire import wiring

    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        seen = wired.overview(ledger)
        known = finding.person(seen, whom)
        if known is None:
            raise _nobody(seen, whom)
        if undo:
            _take_back(ledger, seen.history.paid_off, known.key, whom, wired.clock())
            _say_undone(known.key, _name(known))
            return
        ledger.record(*deeds.paid_off(known, note, wired.clock(), "cli"))
    if out.json_wanted:
        out.json({"subject": known.key, "person": _name(known), "recorded": True})
    else:
        out.say(f"Noted: the advice of {_name(known)} paid off.")


@click.command(cls=Command)
def lessons() -> None:
    """List what you were advised so far, newest first."""
    from afterview.sync.history import lessons as all_lessons

    from .times import instant, local
    from .wire import wiring

    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        seen = wired.overview(ledger)
    found = all_lessons(seen.history, seen.applications)
    if out.json_wanted:
        out.json(
            [
                {
                    "note": one.note,
                    "person": one.person or None,
                    "company": one.company or None,
                    "at": instant(one.at),
                    "key": one.key,
                }
                for one in found
            ]
        )
        return
    zone, now = wired.config.me.time_zone, wired.clock()
    out.table(
        ("when", "lesson", "whom", "company"),
        [(local(one.at, zone, now), one.note, one.person, one.company) for one in found],
        drop=("company", "whom"),
        wrap="lesson",
        empty="No lessons yet: write a note on a feedback task, or use `afterview advice`.",
    )


def _take_back(ledger: "Ledger", said: "Iterable[Fact]", subject: str, whom: str, now: "datetime") -> None:
    """Record that the last of these facts about somebody does not count. Raises ConfigError where there is none."""
    from afterview.sync.errors import ConfigError
    from afterview.sync.model import Fact, FactKind
    from afterview.sync.text import one_line

    mine = [fact for fact in said if fact.subject == subject]
    if not mine:
        raise ConfigError(f"Nothing is noted for {one_line(whom, 60)}; nothing was taken back.")
    last = max(mine, key=lambda fact: (fact.at, fact.id))
    ledger.record(Fact(FactKind.UNDONE, str(last.id), now, "cli"))


def _say_undone(subject: str, name: str) -> None:
    """Say that something was taken back."""
    out = output()
    if out.json_wanted:
        out.json({"subject": subject, "person": name, "recorded": False, "undone": True})
    else:
        out.say(f"Taken back for {name}.")


def _name(known: "Known") -> str:
    return known.person.name or known.person.email


def _at_company(seen: "Overview", whom: str) -> "Application":
    """Find an application by what may be a key or a company. Raises ConfigError."""
    from afterview.sync import finding
    from afterview.sync.errors import ConfigError
    from afterview.sync.text import one_line

    if finding.is_key(whom) or finding.at_company(seen, whom):
        return finding.application(seen, whom)
    raise ConfigError(
        f'There is no person or company called "{one_line(whom, 60)}"; '
        "`afterview interviews` lists what was recognised."
    )


def _nobody(seen: "Overview", whom: str) -> Exception:
    from afterview.sync.contacts import people_of
    from afterview.sync.errors import ConfigError
    from afterview.sync.text import one_line

    names = sorted({who.name or who.email for one in seen.applications for who in people_of(one)})
    listed = f"known: {', '.join(one_line(name, 60) for name in names[:6])}" if names else "nobody is known yet"
    return ConfigError(f'There is no person "{one_line(whom, 60)}"; {listed}.')
