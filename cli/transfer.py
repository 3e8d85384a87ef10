"""`afterview export` and `import`: what cannot be read from any server again, as one JSON file.

    {"afterview": 1, "facts": [{"id", "kind", "subject", "at", "source", "value"}, ...], "history": [{"when", ...}, ...]}

Facts are what people said and did; the history is for people, and `import` makes its own again. Interviews and tasks are on
the servers; secrets and configuration stay where they are.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import Command
from .output import output

if TYPE_CHECKING:
    from afterview.sync.chronicle import Entry
    from afterview.sync.ledger import Ledger
    from afterview.sync.model import Fact

    from .wire import Wiring

FORM = 1


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--csv", "as_table", is_flag=True, help="The history alone, as a table for a spreadsheet.")
def export(file: Path | None, *, as_table: bool) -> None:
    """Write everything that was recorded into FILE, or print it: outcomes, lessons, ticks, notes.

    With it comes the full history: every interview, outcome and follow-up with when, who and what. What was taken back is
    not in the history.
    """
    from afterview.sync.sheet import sheet

    from .shape import fact, happened
    from .wire import wiring

    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        facts = ledger.facts()
        entries, zone = _history(wired, ledger)
    if as_table:
        content, count = sheet(entries, zone), f"{len(entries)} entries"
    else:
        rows = [{name: value for name, value in fact(one, undone=False).items() if name != "undone"} for one in facts]
        known = {"afterview": FORM, "facts": rows, "history": [happened(one, zone) for one in entries]}
        content, count = json.dumps(known, indent=1) + "\n", f"{len(rows)} facts"
    if file is None:
        click.echo(content.encode() if as_table else content, nl=False)
        return
    # a spreadsheet takes a table for UTF-8 only with a mark before it
    _write(file, content.encode("utf-8-sig" if as_table else "utf-8"))
    out.note(f"Wrote {count} to {file}.")


def _history(wired: "Wiring", ledger: "Ledger") -> "tuple[tuple[Entry, ...], str]":
    """Return what happened and the zone to show it in; without a configuration that can be read, in UTC."""
    from afterview.sync.chronicle import chronicle
    from afterview.sync.engine.seen import seen_in, thought_of
    from afterview.sync.errors import ConfigError
    from afterview.sync.playbook import PlaybookSettings

    try:
        settings = wired.config.settings
    except ConfigError as error:
        settings = PlaybookSettings()
        output().note(f"{error} So the times of the history are in UTC.")
    now = wired.clock()
    return chronicle(thought_of(ledger, settings, now), seen_in(ledger), now), settings.zone


def _write(file: Path, content: bytes) -> None:
    from afterview.sync.errors import ConfigError

    try:
        file.touch(mode=0o600)
        if file.is_file():  # it may have been there, for everybody to read
            file.chmod(0o600)
        file.write_bytes(content)
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}.") from None


@click.command("import", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--dry-run", is_flag=True, help="Only show what would be taken over.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--dates", type=click.Choice(["day-month", "month-day"]), help="What comes first in a date such as 4/5/2026."
)
@click.option("--undo", is_flag=True, help="Take back what the last import of a table or of cards took over.")
def import_(file: Path | None, *, dry_run: bool, yes: bool, dates: str | None, undo: bool) -> None:
    """Take over what `afterview export` wrote, a table of past applications (CSV), or cards of people (vCard).

    What is known already is left as it is. Of a table or of cards it is shown line by line first what is taken over, and
    nothing is without your yes.
    """
    from . import intake

    if undo == (file is not None):
        raise click.UsageError("Name a file, or say --undo to take back what the last one brought")
    if file is None:
        intake.take_back(dry_run=dry_run, yes=yes)
        return
    text = intake.text_of(file)
    if text.lstrip().startswith("{"):
        _restore(_read(file, text), dry_run=dry_run)
    else:
        intake.take_over(file, text, intake.Chosen(dry_run, yes, dates))


def _restore(facts: "list[Fact]", *, dry_run: bool) -> None:
    """Record the facts of an export that are not known here."""
    from afterview.sync.leaving_out import forgotten
    from afterview.sync.lock import exclusive
    from afterview.sync.model import FactKind

    from .wire import wiring

    wired, out = wiring(), output()
    with exclusive(wired.options.state_path()), wired.ledger() as ledger, ledger.transaction():
        new_ids = {_same(one): one.id for one in ledger.facts()}
        nobody = forgotten(ledger.facts(FactKind.FORGOTTEN, FactKind.UNDONE))
        old_to_new: dict[str, str] = {}
        count = 0
        for one in facts:
            moved = _moved(one, old_to_new, nobody)
            if moved is None:
                continue
            if (known := new_ids.get(_same(moved))) is None:
                count += 1
                known = -count
                if not dry_run:
                    (recorded,) = ledger.record(moved)
                    known = recorded.id
                new_ids[_same(moved)] = known
            old_to_new[str(one.id)] = str(known)
    if out.json_wanted:
        out.json({"read": len(facts), "recorded": count, **({"dry_run": True} if dry_run else {})})
    else:
        known_before = len(facts) - count
        said = "Would take over" if dry_run else "Took over"
        out.say(f"{said} {count} facts" + (f"; {known_before} were known." if known_before else "."))


def _moved(one: "Fact", old_to_new: dict[str, str], nobody: frozenset[str]) -> "Fact | None":
    """Return a fact as it is said here: what takes something back points to the id that this has here.

    None for what only takes back what is not here, and for what is about somebody who is to be forgotten.
    """
    from dataclasses import replace

    from afterview.sync.leaving_out import unnamed
    from afterview.sync.model import FactKind

    if one.kind is FactKind.UNDONE:
        here = old_to_new.get(one.subject)
        return replace(one, subject=here, id=0) if here is not None else None
    known = unnamed(one, nobody)
    return replace(known, id=0) if known is not None else None


def _same(one: "Fact") -> tuple[Any, ...]:
    return one.kind, one.subject, one.at, one.source, tuple(sorted(one.value.items()))


def _read(file: Path, text: str) -> "list[Fact]":
    from afterview.sync.errors import ConfigError

    try:
        content = json.loads(text)
        if content["afterview"] != FORM:
            raise ConfigError(f"{file} has the form {content['afterview']}; this version reads form {FORM}.")
        return list(_facts(content["facts"]))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"{file} is not what `afterview export` writes; nothing was taken over.") from None


def _facts(rows: Iterable[Any]) -> "Iterable[Fact]":
    from datetime import datetime

    from afterview.sync.model import Fact, FactKind

    for row in rows:
        at = datetime.fromisoformat(row["at"])
        if at.tzinfo is None:
            raise ValueError("an instant without its offset")
        value = {str(name): str(text) for name, text in row["value"].items()}
        yield Fact(FactKind(row["kind"]), str(row["subject"]), at, str(row["source"]), value, int(row["id"]))
