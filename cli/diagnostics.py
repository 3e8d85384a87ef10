"""`afterview diagnostics`: what somebody who helps needs to know of an account, and nothing that is the user's alone."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from .accounts import complete_account
from .options import Command
from .output import output
from .report import reports

if TYPE_CHECKING:
    from afterview.sync.config import Account

    from .wire import Wiring

PACKAGES = (
    "afterview",
    "caldav",
    "click",
    "google-api-python-client",
    "icalendar",
    "niquests",
    "recurring-ical-events",
)


@click.command(cls=Command)
@click.argument("account_id", metavar="ACCOUNT", shell_complete=complete_account)
def diagnostics(account_id: str) -> None:
    """Print what is known of an account, for a bug report. Names, addresses, texts and secrets are left out."""
    from .wire import wiring

    wired, out = wiring(), output()
    out.json(_shape(wired, wired.config.account(account_id)))


def _shape(wired: "Wiring", account: "Account") -> dict[str, Any]:
    from afterview.integrations.registry import configured_roles

    manifest = wired.registry.manifest(account.integration)
    return {
        "versions": {"python": sys.version.split()[0], "platform": sys.platform, **_versions()},
        "integration": {
            "domain": manifest.domain,
            "version": manifest.version,
            "built_in": manifest.package.startswith("afterview."),
            "capabilities": list(manifest.capabilities),
        },
        "roles": sorted(configured_roles(manifest, account.settings)),
        "settings": {
            key.name: account.settings[key.name] if key.choices else redacted(account.settings[key.name])
            for key in manifest.settings
            if key.name in account.settings
        },
        "secrets": {name: ref.source.value for name, ref in account.secrets.items()},
        "ledger": _ledger(wired, account),
        "defects": reports(wired.options),
    }


def redacted(value: Any) -> Any:
    """Keep numbers, truth and shapes; of a text keep only its length. Keys of tables may be names, so they go too."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    if isinstance(value, Mapping):
        return [redacted(item) for item in value.values()]
    if isinstance(value, Sequence):
        return [redacted(item) for item in value]
    return type(value).__name__


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _ledger(wired: "Wiring", account: "Account") -> dict[str, Any]:
    from .times import instant

    with wired.ledger() as ledger:
        health = ledger.health().get(account.id)
        sightings = [one for one in ledger.calendars.sightings(everything=True) if one.account == account.id]
        rows = [row for row in ledger.tasks.rows().values() if row.account == account.id]
        remembered = ledger.memory(account.id).everything()
    return {
        "state": health.state if health else "new",
        "since": instant(health.since) if health else None,
        "last_ok": instant(health.ok_at) if health else None,
        "failures": health.failures if health else 0,
        "events": {
            answer: sum(one.answer == answer for one in sightings) for answer in ("yes", "ask", "no", "skipped")
        },
        "tasks": len(rows),
        "memory": {name: redacted(value) for name, value in remembered.items()},
    }
