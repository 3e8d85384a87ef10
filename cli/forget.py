"""`afterview forget`: take out all that is known here of somebody, and say where copies remain."""

from typing import TYPE_CHECKING

import click

from .options import Command
from .output import output

if TYPE_CHECKING:
    from afterview.sync.engine.forgetting import Copy
    from afterview.sync.ledger import Ledger

    from .wire import Wiring


@click.command(cls=Command)
@click.argument("whom", metavar="PERSON")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only say where copies are.")
@click.option(
    "--undo", is_flag=True, help="Let somebody (by e-mail address) be known again; what was taken out is gone."
)
def forget(whom: str, *, yes: bool, dry_run: bool, undo: bool) -> None:
    """Forget PERSON: everything kept here goes for good, and is not read in again.

    Calendars, task lists, address books and CRMs are left as they are; you are told where the person still stands.
    """
    from afterview.sync.lock import exclusive

    from .wire import wiring

    wired = wiring()
    with exclusive(wired.options.state_path()), wired.ledger() as ledger:
        if undo:
            _again(wired, ledger, whom)
            return
        _forget(wired, ledger, whom, yes=yes, dry_run=dry_run)


def _forget(wired: "Wiring", ledger: "Ledger", whom: str, *, yes: bool, dry_run: bool) -> None:
    from afterview.sync.engine import forgetting

    from . import directory

    known = directory.of(wired, ledger)
    one = known.person(whom)
    left = forgetting.remains(ledger, one, known.seen.thought)
    out = output()
    if not dry_run:
        if not yes:
            _confirm(one.called, left)
        forgetting.forget(ledger, one, known.seen.thought, wired.clock(), "cli")
    if out.json_wanted:
        copies = [{"kind": copy.kind, "place": copy.place, "title": copy.title} for copy in left]
        out.json({"person": one.key, "forgotten": not dry_run, "remains": copies})
        return
    if not dry_run:
        out.say(f"Forgotten: {one.called}. What this person advised stays among your lessons, without the name.")
        out.say("Open follow-ups with this person are taken off your list by the next pass.")
    _list(left)


def _confirm(called: str, left: "tuple[Copy, ...]") -> None:
    import sys

    from afterview.sync.errors import ConfigError

    if output().json_wanted or not sys.stdin.isatty():
        raise ConfigError(
            f"To forget {called} cannot be taken back; add --yes if you mean it, or --dry-run to look first."
        )
    _list(left)
    click.confirm(f"Forget {called} for good?", abort=True)


def _list(left: "tuple[Copy, ...]") -> None:
    from afterview.sync.text import one_line

    out = output()
    if not left:
        out.say("No calendar, list or book that is read here names this person.")
        return
    out.say("This person still stands in:")
    for copy in left:
        out.say(f"- {copy.kind} {copy.place}: {one_line(copy.title, 100)}")
    out.say("Delete it there if it shall go too. Exports and backups that you made are yours to go through.")


def _again(wired: "Wiring", ledger: "Ledger", whom: str) -> None:
    from afterview.sync.errors import ConfigError
    from afterview.sync.identity import person_key
    from afterview.sync.model import Fact, FactKind

    wanted = whom.strip().lower() if whom.startswith("p-") else person_key("", whom.strip(), "")
    said = ledger.facts(FactKind.FORGOTTEN)
    found = next((fact for fact in said if fact.subject == wanted), None)
    together = [fact for fact in said if found is not None and fact.at == found.at]
    if not together:
        raise ConfigError(f'Nobody forgotten goes by "{whom.strip()[:60]}"; give the e-mail address.')
    with ledger.transaction():
        ledger.record(*(Fact(FactKind.UNDONE, str(fact.id), wired.clock(), "cli") for fact in together))
        ledger.calendars.read_everything_again()
    out = output()
    if out.json_wanted:
        out.json({"person": wanted, "forgotten": False, "remains": []})
    else:
        out.say("The next pass reads your calendars anew and takes this person in again.")
