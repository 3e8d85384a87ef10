"""`afterview accounts`: the configured connections, one by one."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from .options import Command, Group, options
from .output import output
from .words import state_word, with_remedy

if TYPE_CHECKING:
    from afterview.sync.config import Account

    from .wire import Wiring

F = TypeVar("F", bound=Callable[..., Any])


def complete_account(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 -- click's signature
    """Offer the ids of configured accounts; none where the configuration cannot be read."""
    from afterview.sync.errors import ConfigError

    from .options import Options
    from .wire import Wiring

    try:
        accounts = Wiring(context.ensure_object(Options)).config.accounts
    except ConfigError:
        return []
    return [CompletionItem(account.id) for account in accounts if account.id.startswith(incomplete)]


def _account_id(*, required: bool = True) -> Callable[[F], F]:
    """Make the argument that names an account."""
    if required:  # a default, even None, would count as an answer
        return click.argument("account_id", metavar="ID", shell_complete=complete_account)
    return click.argument("account_id", required=False, default="", metavar="[ID]", shell_complete=complete_account)


@click.group(cls=Group)
def accounts() -> None:
    """List, test, sign in again, change or remove accounts."""


@accounts.command("list", cls=Command)
def list_() -> None:
    """List the accounts and what each is used for."""
    from .wire import wiring

    wired, out = wiring(), output()
    rows = [_described(wired, account) for account in wired.config.accounts]
    if out.json_wanted:
        out.json(rows)
        return
    out.table(
        ("id", "integration", "reads", "writes", "receives"),
        [
            (
                row["id"],
                row["integration"],
                ", ".join(row["calendars"]) or ("everything" if "event_source" in row["roles"] else ""),
                row["task_list"] or row["address_book"] or "",
                "follow-ups" if row["receives"] else "",
            )
            for row in rows
        ],
        empty="There are no accounts yet; run `afterview setup`.",
    )


def _described(wired: "Wiring", account: "Account") -> dict[str, Any]:
    from afterview.integrations.registry import configured_roles

    roles = configured_roles(wired.registry.manifest(account.integration), account.settings)
    return {
        "id": account.id,
        "integration": account.integration,
        "roles": sorted(roles),
        "calendars": list(account.settings.get("calendars", ())),
        "task_list": account.settings.get("task_list"),
        "address_book": account.settings.get("address_book"),
        "receives": wired.config.deliver.to == account.id,
    }


@accounts.command(cls=Command)
@_account_id(required=False)
@click.option("--ring", is_flag=True, help="Then let a task ring in two minutes, and ask whether your phone rang.")
def test(account_id: str, *, ring: bool) -> int:
    """Connect to one account or to all, and read from each list; push addresses get a test push. Changes nothing."""
    from .check import try_account
    from .wire import wiring

    if ring and (not account_id or not sys.stdin.isatty()):
        raise click.UsageError("--ring asks questions; run it on a terminal, and name the account")
    wired, out = wiring(), output()
    written = [account for name, account in wired.push_addresses() if name.startswith("#")]
    chosen = (wired.config.account(account_id),) if account_id else (*wired.config.accounts, *written)
    results = [result for account in chosen for result in try_account(wired, account)]
    if out.json_wanted:
        out.json([{"account": r.account, "what": r.what, "state": r.state, "words": r.words} for r in results])
    else:
        out.table(
            ("account", "what", "state", "finding"),
            [(r.account, r.what, state_word(r.state), with_remedy(r.account, r.state, r.words)) for r in results],
            empty="There are no accounts yet; run `afterview setup`.",
            wrap="finding",
        )
    code = min((result.code for result in results if result.code), default=0)
    if ring and not code:
        _ring(wired, account_id)
    return code


def _ring(wired: "Wiring", account_id: str) -> None:
    """Let a task ring; on a no walk through the causes, and keep the profile that rang."""
    from .exits import stopping
    from .wizard.session import ring_account
    from .wizard.store import ConfigFile
    from .wizard.terminal import Terminal

    account = wired.config.account(account_id)
    file = ConfigFile(wired.options.config_path(), wired.registry.account_keys)
    with stopping("Stopped; the task was taken away again."):
        ring_account(wired, account, wired.registry.manifest(account.integration), file, Terminal(), output())


@accounts.command(cls=Command)
@_account_id()
@click.option("--answers", type=click.Path(), metavar="FILE", help="Take the answers from a TOML file.")
def reauth(account_id: str, answers: str | None) -> None:
    """Sign in again: a new password for the account."""
    from afterview.integrations.flow import Purpose

    from .wizard.change import change

    change(account_id, Purpose.REAUTH, answers)


@accounts.command(cls=Command)
@_account_id()
@click.option("--answers", type=click.Path(), metavar="FILE", help="Take the answers from a TOML file.")
def reconfigure(account_id: str, answers: str | None) -> None:
    """Go through the set-up of an account again, to change it."""
    from afterview.integrations.flow import Purpose

    from .wizard.change import change

    change(account_id, Purpose.RECONFIGURE, answers)


@accounts.command(cls=Command)
@_account_id()
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(account_id: str, *, yes: bool) -> None:
    """Take an account out of the configuration, with the secret that set-up stored.

    What is on the server stays there, and so does what happened: tasks, outcomes and lessons are kept.
    """
    from afterview.integrations import secrets

    from .service.poke import tell_service
    from .wire import Wiring
    from .wizard.store import ConfigFile

    wired = Wiring(options())
    account = wired.config.account(account_id)
    if not yes:
        _confirm(f"Remove the account {account_id}? Tasks on its server stay there")
    file = ConfigFile(wired.options.config_path(), wired.registry.account_keys)
    file.remove_account(account_id)
    file.save()
    secrets.forget(account_id, account.secrets, wired.options.config_path().parent)
    with wired.ledger() as ledger:
        ledger.forget_account(account_id)
    tell_service(wired.options.state_path())
    output().note(f"Removed the account {account_id}; what is on its server was not touched.")


def _confirm(question: str) -> None:
    """Ask; anything but a yes ends the command."""
    from .exits import stopping

    with stopping("Stopped; nothing was removed."):
        click.confirm(question, abort=True)
