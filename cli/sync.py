"""`afterview sync`: one pass over all accounts."""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .accounts import complete_account
from .options import Command
from .output import Output, output
from .words import NO_LIST, counts, state_word, with_remedy

if TYPE_CHECKING:
    from afterview.sync.config import Account
    from afterview.sync.engine.report import AccountReport, PassReport
    from afterview.sync.ledger import Ledger
    from afterview.sync.rings import RingReport

    from .wire import Wiring

READING = "Reading calendars"


@click.command(cls=Command)
@click.option("--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
@click.option("--full", is_flag=True, help="Read everything anew instead of what changed.")
@click.option("--account", "account_id", metavar="ID", shell_complete=complete_account, help="Only this account.")
@click.option(
    "--accept-deletions",
    "accepted",
    metavar="NAME",
    multiple=True,
    help="Believe that so much is gone from this calendar or list. May be repeated.",
)
@click.option("--trust-clock", is_flag=True, help="The clock is right, though the last pass was later.")
def sync(*, dry_run: bool, full: bool, account_id: str | None, accepted: tuple[str, ...], trust_clock: bool) -> int:
    """Read the calendars, take over what the phone did, bring the follow-ups up to date, and push what rings now.

    Exit code: 0 all is well, 3 an account needs you, 4 an account could not be reached, 5 deletions are held.
    """
    from afterview.sync.lock import exclusive
    from afterview.sync.pulse import CHECKED
    from afterview.sync.rings import ring
    from afterview.sync.runner import Options as PassOptions
    from afterview.sync.runner import one_pass

    from .report import write_report
    from .wire import wiring

    wired, out = wiring(), output()
    accounts = _chosen(wired, account_id)
    with (
        exclusive(wired.options.state_path()),
        wired.ledger() as ledger,
        _progress(out, accounts) as progress,
    ):
        options = PassOptions(
            dry_run=dry_run,
            full=full,
            accept=_check_accepted(accounts, ledger, accepted),
            progress=progress,
            trust_clock=trust_clock,
        )
        terms = wired.terms()
        if not dry_run:
            ledger.set_note(CHECKED, wired.config.mark)
        report = one_pass(ledger, wired.specs(ledger, accounts), terms, wired.clock, options)
        rung = None if dry_run else ring(ledger, wired.ring_terms(), wired.notifiers(ledger), wired.clock())
    for defect in (*(one.defect for one in report.accounts), *(rung.defects if rung else ())):
        if defect is not None:
            write_report(defect, wired.options)
    if out.json_wanted:
        out.json({**shape(report), "pushes": pushes(rung)})
    else:
        _print(out, wired, report)
        _print_pushes(out, rung)
    return report.exit_code


def _chosen(wired: "Wiring", account_id: str | None) -> "Sequence[Account]":
    from afterview.sync.errors import ConfigError

    if account_id:
        chosen = wired.config.account(account_id)
        if chosen not in wired.synced():
            raise ConfigError(f"The account {account_id} is only for pushes; there is nothing to sync.")
        return (chosen,)
    if not wired.config.accounts:
        raise ConfigError("There are no accounts yet; run `afterview setup`.")
    return wired.synced()


def _check_accepted(accounts: "Sequence[Account]", ledger: "Ledger", accepted: Sequence[str]) -> frozenset[str]:
    """Return the calendars and lists that are meant, whatever the case. ConfigError names those that exist."""
    if not accepted:
        return frozenset()
    from afterview.sync.errors import ConfigError
    from afterview.sync.text import one_line

    ids = {account.id for account in accounts}
    known = {one.collection for one in ledger.calendars.sightings(everything=True) if one.account in ids}
    for account in accounts:
        places = (account.settings.get("task_list", ""), account.settings.get("address_book", ""))
        known |= {*account.settings.get("calendars", ()), *places} - {""}
    meant = {name: {one for one in known if one.casefold() == name.casefold()} for name in accepted}
    for name, found in meant.items():
        if not found:
            listed = ", ".join(f'"{one_line(one, 60)}"' for one in sorted(known)) or "none yet"
            raise ConfigError(f'No calendar or list is called "{one_line(name, 60)}"; there are: {listed}.')
    return frozenset().union(*meant.values())


@contextmanager
def _progress(out: Output, accounts: "Sequence[Account]") -> Generator[Callable[[str, str, int], None]]:
    """Show on a terminal which calendar is read; nothing anywhere else."""
    if out.json_wanted or out.quiet or not sys.stderr.isatty():
        yield lambda _account, _calendar, _entries: None
        return
    count = sum(len(account.settings.get("calendars", ())) or 1 for account in accounts)
    with click.progressbar(length=count, label=READING, file=sys.stderr) as bar:

        def advance(account: str, calendar: str, entries: int) -> None:
            begun = bar.label != READING
            bar.label = f"Reading {account}/{calendar}" + (f", {entries:,} entries" if entries else "")
            bar.update(1 if begun and not entries else 0)
            bar.render_progress()

        yield advance
        bar.update(count - bar.pos)


def shape(report: "PassReport") -> dict[str, Any]:
    """Return the report as `sync --json` shows it."""
    return {
        "accounts": [_account(one) for one in report.accounts],
        "seconds": report.seconds,
        "dry_run": report.dry_run,
        "exit_code": report.exit_code,
    }


def pushes(rung: "RingReport | None") -> dict[str, Any]:
    """Return what was pushed as `sync --json` shows it."""
    if rung is None:
        return {"sent": [], "uncertain": 0, "problems": []}
    return {"sent": rung.pushed, "uncertain": rung.uncertain, "problems": rung.problems}


def _print_pushes(out: Output, rung: "RingReport | None") -> None:
    if rung is None:
        return
    for title in rung.pushed:
        out.say(f"Pushed: {title}")
    for words in rung.problems:
        out.say(f"push: {words}")


def _account(one: "AccountReport") -> dict[str, Any]:
    from .times import instant

    return {
        "id": one.id,
        "state": one.state,
        "error": one.error or None,
        "requests": one.requests,
        "bytes_in": one.bytes_in,
        "bytes_out": one.bytes_out,
        "events_seen": one.events_seen,
        "events_parsed": one.events_parsed,
        "created": one.created,
        "changed": one.changed,
        "withdrawn": one.withdrawn,
        "facts": one.facts,
        "uncertain": one.uncertain,
        "held": one.held,
        "problems": [*one.problems, *one.asked],
        "parked": one.parked,
        "lines": [
            {"verb": line.verb, "title": line.title, "due": instant(line.due_at), "reason": line.reason or None}
            for line in one.lines
        ],
    }


def _print(out: Output, wired: "Wiring", report: "PassReport") -> None:
    from .times import local

    zone, now = wired.config.me.time_zone, wired.clock()
    lines = [line for one in report.accounts for line in one.lines]
    if report.dry_run and not out.quiet:
        out.heading("This would be done:" if lines else "Nothing would be done.")
    if lines:
        out.table(
            ("what", "due", "follow-up"),
            [(line.verb, local(line.due_at, zone, now), line.title) for line in lines],
            wrap="follow-up",
        )
    for one in report.accounts:
        troubled = one.state != "ok" or one.error or one.held or one.parked or one.problems or one.asked
        if out.quiet and not troubled and not counts(one):
            continue
        out.say_how(f"{one.id}: ", state_word(one.state, held=bool(one.held)), f", {counts(one) or 'nothing to do'}")
        if one.error:
            out.say(f"  {with_remedy(one.id, one.state, one.error)}")
        for words in (*one.held, *one.parked, *one.problems, *one.asked):
            out.say(f"  {words}")
    if not wired.config.deliver.to and not wired.push_addresses():
        out.note(NO_LIST)
