"""What `afterview import` takes over from elsewhere: a table of past applications, cards of people. Shown first, then asked.

Everything of a file is recorded in one transaction, and only what was shown.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from .output import output

if TYPE_CHECKING:
    from datetime import datetime

    from afterview.sync.intake.lines import Line
    from afterview.sync.ledger import Ledger
    from afterview.sync.model import Fact
    from afterview.sync.thinking import Thought

    from .wire import Wiring

LARGEST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options: only look, do not ask, and which part of a date comes first."""

    dry_run: bool
    yes: bool
    dates: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a file: its lines, and remarks on it as a whole."""

    form: str
    lines: "tuple[Line, ...]"
    remarks: tuple[str, ...] = ()

    @property
    def facts(self) -> "tuple[Fact, ...]":
        from afterview.sync.intake.lines import facts_of

        return facts_of(self.lines)


def text_of(file: Path) -> str:
    """Read a file as spreadsheets and address books write it: UTF-8, UTF-16 with its mark, else Windows-1252."""
    from afterview.sync.errors import ConfigError

    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from None
    if len(raw) > LARGEST:
        raise ConfigError(f"{file} is larger than {LARGEST // 2**20} MiB.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        output().note(f"{file} is not UTF-8; it is read as Windows-1252.")
        return raw.decode("cp1252", "replace")


def take_over(file: Path, text: str, chosen: Chosen) -> None:
    """Show what a file would bring, ask, and take it over. Raises ConfigError."""
    from afterview.sync.errors import ConfigError
    from afterview.sync.lock import exclusive

    from .wire import wiring

    wired, now = wiring(), wiring().clock()
    with wired.ledger() as ledger:
        plan = _planned(wired, ledger, file, text, chosen, now)
    facts = plan.facts
    wanted = bool(facts) and not chosen.dry_run
    if wanted and not chosen.yes and (output().json_wanted or not sys.stdin.isatty()):
        raise ConfigError(f"{file} was not taken over; look at it with --dry-run, then add --yes if you mean it.")
    _show(plan, chosen, recorded=len(facts) if wanted else 0)
    if not wanted:
        return
    _ask(chosen, "Take this over?", "Stopped; nothing was taken over.")
    with exclusive(wired.options.state_path()), wired.ledger() as ledger, ledger.transaction():
        if _planned(wired, ledger, file, text, chosen, now).facts != facts:
            raise ConfigError("Something was recorded meanwhile; nothing was taken over, so run it again.")
        ledger.record(*facts)
    if not output().json_wanted:
        output().say("Taken over. `afterview import --undo` takes it back.")


def take_back(*, dry_run: bool, yes: bool) -> None:
    """Take back what the last import brought. Raises ConfigError where there is none."""
    from afterview.sync.errors import ConfigError
    from afterview.sync.lock import exclusive

    from .wire import wiring

    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        last = _last_import(ledger)
    if not last:
        raise ConfigError("Nothing was imported from a table or from cards that still stands; nothing was taken back.")
    wanted = not dry_run
    if wanted and not yes and (out.json_wanted or not sys.stdin.isatty()):
        raise ConfigError(f"{len(last)} facts would be taken back; add --yes if you mean it.")
    if out.json_wanted:
        out.json({"facts": len(last), "dry_run": dry_run})
    else:
        out.say(f"The last import brought {len(last)} facts.")
    if not wanted:
        return
    _ask(Chosen(dry_run, yes), "Take them back?", "Stopped; nothing was taken back.")
    with exclusive(wired.options.state_path()), wired.ledger() as ledger, ledger.transaction():
        if _last_import(ledger) != last:
            raise ConfigError("Something was recorded meanwhile; nothing was taken back, so run it again.")
        ledger.record(*_undone(last, wired.clock()))
    if not out.json_wanted:
        out.say("Taken back. What came of it goes with the next pass.")


def _last_import(ledger: "Ledger") -> "list[Fact]":
    """Return the facts of the newest import, of those that still stand."""
    from afterview.sync.history import standing
    from afterview.sync.told import IMPORT, taken_over_at

    mine = [fact for fact in standing(ledger.facts()) if fact.source == IMPORT]
    newest = max(map(taken_over_at, mine), default=None)
    return [fact for fact in mine if taken_over_at(fact) == newest]


def _undone(facts: "Sequence[Fact]", now: "datetime") -> "list[Fact]":
    from afterview.sync.model import Fact, FactKind

    return [Fact(FactKind.UNDONE, str(fact.id), now, "cli") for fact in facts]


def _planned(wired: "Wiring", ledger: "Ledger", file: Path, text: str, chosen: Chosen, now: "datetime") -> Plan:
    from afterview.integrations.vcard.many import is_cards

    if is_cards(text):
        return _cards(wired, ledger, file, text, now)
    return _table(wired, ledger, file, text, chosen, now)


def _table(wired: "Wiring", ledger: "Ledger", file: Path, text: str, chosen: Chosen, now: "datetime") -> Plan:
    from afterview.sync.engine.seen import thought_of
    from afterview.sync.errors import ConfigError
    from afterview.sync.intake.applications import ApplicationIntake, orders_of
    from afterview.sync.intake.dates import Order
    from afterview.sync.intake.sheets import read_sheet

    sheet = read_sheet(text, str(file))
    try:
        shown, needed = orders_of(sheet)
    except ValueError:
        raise ConfigError(
            f"{file} has dates with the day first and others with the month first; write them as 2026-05-04."
        ) from None
    order = Order(chosen.dates) if chosen.dates else shown
    if shown and order is not shown:
        raise ConfigError(f"{file} has dates that are none with the other number first; it writes them {shown}.")

    def think(facts: "Sequence[Fact]") -> "Thought":
        return thought_of(ledger, wired.config.settings, now, beside=facts)

    intake = ApplicationIntake(sheet, think, now, ZoneInfo(wired.config.me.time_zone), order)
    remarks = [f"Dates such as 4/5/2026 are taken as {order}."] if needed and order else []
    remarks += [f"Columns that are left alone: {', '.join(sheet.ignored)}."] if sheet.ignored else []
    return Plan("table", intake.lines(), tuple(remarks))


def _cards(wired: "Wiring", ledger: "Ledger", file: Path, text: str, now: "datetime") -> Plan:
    from afterview.integrations.vcard.many import TooMuch, read_cards
    from afterview.sync.errors import ConfigError
    from afterview.sync.intake.people import Card, PeopleIntake

    try:
        found = read_cards(text)
    except TooMuch as error:
        raise ConfigError(f"{file} cannot be taken over: {error}.") from None
    seen = wired.overview(ledger)
    people = PeopleIntake(seen.applications, seen.history, now)
    return Plan("cards", people.lines([Card(one.number, one.fields) for one in found]))


def _show(plan: Plan, chosen: Chosen, *, recorded: int) -> None:
    out = output()
    taken = [line for line in plan.lines if line.takes]
    if out.json_wanted:
        lines = [
            {"line": one.number, "what": one.what, "takes": list(one.takes), "leaves": list(one.leaves)}
            for one in plan.lines
        ]
        out.json(
            {
                "form": plan.form,
                "lines": lines,
                "remarks": list(plan.remarks),
                "recorded": recorded,
                "dry_run": chosen.dry_run,
            }
        )
        return
    out.table(
        ("line", "what", "taken over", "left out"),
        [(one.number, one.what, ", ".join(one.takes), "; ".join(one.leaves)) for one in plan.lines],
        wrap="left out",
        empty="There is nothing in it.",
    )
    for remark in plan.remarks:
        out.say(remark)
    left = len(plan.lines) - len(taken)
    out.say(f"New: {len(taken)} of {len(plan.lines)}." + (f" Left out: {left}." if left else ""))


def _ask(chosen: Chosen, question: str, stopped: str) -> None:
    from .exits import stopping

    if not chosen.yes:
        with stopping(stopped):
            click.confirm(question, abort=True)
