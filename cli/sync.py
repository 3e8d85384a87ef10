"""`afterview sync`: one pass over all accounts."""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .accounts import complete_account
from .options import Command
from .output import Output, output

if TYPE_CHECKING:
    from afterview.sync.config import Account
    from afterview.sync.engine.report import AccountReport, PassReport

    from .wire import Wiring


@click.command(cls=Command)
@click.option("--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
@click.option("--full", is_flag=True, help="Read everything anew instead of what changed.")
@click.option("--account", "account_id", metavar="ID", shell_complete=complete_account, help="Only this account.")
@click.option(
    "--accept-deletions",
    "accepted",
    metavar="LIST",
    multiple=True,
    help="Believe that so much is gone from this calendar or list. May be repeated.",
)
def sync(*, dry_run: bool, full: bool, account_id: str | None, accepted: tuple[str, ...]) -> int:
    """Read the calendars, take over what the phone did, and bring the follow-ups up to date.

    Exit code: 0 all is well, 3 an account needs you, 4 an account could not be reached, 5 deletions are held.
    """
    from afterview.sync.lock import exclusive
    from afterview.sync.pulse import CHECKED
    from afterview.sync.runner import Options as PassOptions
    from afterview.sync.runner import one_pass

    from .wire import wiring

    wired, out = wiring(), output()
    accounts = _chosen(wired, account_id)
    with (
        exclusive(wired.options.state_path()),
        wired.ledger() as ledger,
        _progress(out, accounts) as progress,
    ):
        options = PassOptions(dry_run=dry_run, full=full, accept=frozenset(accepted), progress=progress)
        terms = wired.terms()
        if not dry_run:
            ledger.set_note(CHECKED, wired.config.mark)
        report = one_pass(ledger, wired.specs(ledger, accounts), terms, wired.clock, options)
    if out.json_wanted:
        out.json(shape(report))
    else:
        _print(out, wired, report)
    return report.exit_code


def _chosen(wired: "Wiring", account_id: str | None) -> "Sequence[Account]":
    from afterview.sync.errors import ConfigError

    if account_id:
        return (wired.config.account(account_id),)
    if not wired.config.accounts:
        raise ConfigError("There are no accounts yet; run `afterview setup`.")
    return wired.config.accounts


@contextmanager
def _progress(out: Output, accounts: "Sequence[Account]") -> Generator[Callable[[str, str], None]]:
    """Show on a terminal which calendar is read; nothing anywhere else."""
    if out.json_wanted or out.quiet or not sys.stderr.isatty():
        yield lambda _account, _calendar: None
        return
    count = sum(len(account.settings.get("calendars", ())) or 1 for account in accounts)
    with click.progressbar(length=count, label="Reading calendars", file=sys.stderr) as bar:

        def advance(account: str, calendar: str) -> None:
            bar.label = f"Reading {account}/{calendar}"
            bar.update(1)

        yield advance


def shape(report: "PassReport") -> dict[str, Any]:
    """Return the report as `sync --json` shows it."""
    return {
        "accounts": [_account(one) for one in report.accounts],
        "seconds": report.seconds,
        "dry_run": report.dry_run,
        "exit_code": report.exit_code,
    }


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
        "problems": one.problems,
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
    if report.dry_run:
        out.heading("This would be done:" if lines else "Nothing would be done.")
    if lines:
        out.table(
            ("what", "due", "follow-up"), [(line.verb, local(line.due_at, zone, now), line.title) for line in lines]
        )
    for one in report.accounts:
        out.say(f"{one.id}: {out.word(one.state)}, {_sum(one)}")
        if one.error:
            out.say(f"  {one.error}")
        for words in (*one.held, *one.parked, *one.problems):
            out.say(f"  {words}")


def _sum(one: "AccountReport") -> str:
    counts = {
        "created": one.created,
        "changed": one.changed,
        "withdrawn": one.withdrawn,
        "taken over from you": one.facts,
        "uncertain": one.uncertain,
    }
    said = ", ".join(f"{count} {words}" for words, count in counts.items() if count)
    return said or "nothing to do"
