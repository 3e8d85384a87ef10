"""`afterview doctor`: looks at everything on this machine that must be right, and says what is not. Contacts nothing."""

import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import Command, Options, options
from .output import output

if TYPE_CHECKING:
    from afterview.sync.config import Account, Config

    from .wire import Wiring


NEEDS_YOU, HELD = 3, 5  # as `exits` lists them


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `state` is ok, warning or error; `code` is the exit code an error leads to."""

    state: str
    subject: str
    words: str
    code: int = 0


@click.command(cls=Command)
def doctor() -> int:
    """Check this machine's installation, configuration, secrets and ledger.

    Contacts no service; `afterview accounts test` does that.
    """
    out = output()
    findings = list(_look(options()))
    if out.json_wanted:
        out.json([asdict(finding) for finding in findings])
    else:
        out.table(
            ("state", "what", "finding"),
            [(found.state, found.subject, found.words) for found in findings],
            wrap="finding",
        )
    return next((found.code for found in findings if found.code), 0)


def _look(chosen: Options) -> Iterator[Finding]:
    from afterview.sync.errors import ConfigError

    from .pushes import look_at_pushes
    from .wire import Wiring

    yield Finding("ok", "python", f"{sys.version.split()[0]} on {sys.platform}")
    wired = Wiring(chosen)
    yield from _integrations(wired)
    try:
        config = wired.config
    except ConfigError as error:
        yield Finding("error", "configuration", str(error), error.exit_code)
    else:
        yield from _configuration(config, rung=bool(wired.push_addresses()))
        for account in config.accounts:
            yield from _account(wired, account)
        yield from _health(wired)
        yield from look_at_pushes(wired)
    yield from _ledger(wired)


def _integrations(wired: "Wiring") -> Iterator[Finding]:
    from afterview.integrations.registry import check_code, missing_modules

    manifests, problems = wired.registry.all()
    for problem in problems:
        yield Finding("warning", f"integration {problem.name}", f"It is left out: {problem.words}.")
    for manifest in manifests:
        if missing := missing_modules(manifest):
            yield Finding(
                "warning", f"integration {manifest.domain}", f"Python packages missing: {', '.join(missing)}."
            )
        elif words := check_code(manifest):
            yield Finding("warning", f"integration {manifest.domain}", words)
        else:
            yield Finding("ok", f"integration {manifest.domain}", f"{manifest.name} {manifest.version}")


def _configuration(config: "Config", *, rung: bool) -> Iterator[Finding]:
    yield Finding("ok", "configuration", str(config.path))
    if not config.accounts:
        yield Finding("warning", "accounts", "There are none yet; run `afterview setup`.")
    elif not config.deliver.to and not rung:
        yield Finding("warning", "delivery", "No account receives follow-ups; set `to` in [deliver].")


def _account(wired: "Wiring", account: "Account") -> Iterator[Finding]:
    from afterview.sync.config import SecretSource
    from afterview.sync.errors import ConfigError

    subject = f"account {account.id}"
    secret = wired.vault.of(account.id, account.secrets)
    for name, ref in account.secrets.items():
        try:
            secret(name)
        except ConfigError as error:
            yield Finding("error", subject, str(error), error.exit_code)
            continue
        path = wired.options.config_path().parent / Path(ref.value[0]).expanduser() if ref.value else None
        if ref.source is SecretSource.FILE and path and _open_to_others(path):
            yield Finding("warning", subject, f"Others on this machine can read {path}; run `chmod 600` on it.")
        elif ref.source is SecretSource.PLAIN:
            yield Finding("warning", subject, f"Its {name} stands in the configuration itself.")
        else:
            yield Finding("ok", subject, f"Its {name} can be read ({ref.source}).")
    if not account.secrets:
        yield Finding("ok", subject, "It needs no secret.")


def _health(wired: "Wiring") -> Iterator[Finding]:
    """What the last passes found, an account each."""
    from afterview.sync.errors import StateError
    from afterview.sync.pulse import take_pulse

    from .times import local
    from .words import state_word, with_remedy

    try:
        pulse = take_pulse(wired.options.state_path())
    except StateError:
        return  # `_ledger` tells
    zone, now = wired.config.me.time_zone, wired.clock()
    for account in wired.synced():
        known = pulse.health.get(account.id)
        if known is None:
            yield Finding("warning", f"account {account.id}", "No pass has read it yet; run `afterview sync`.")
            continue
        since = local(datetime.fromisoformat(known["since"]), zone, now)
        held, state = pulse.held.get(account.id, ()), str(known["state"])
        words = with_remedy(account.id, state, str(known["words"] or ""))
        sentence = f"Since {since}: {state_word(state)}. {words}".strip()
        if state in {"ok", "waiting"}:
            yield Finding("ok" if state == "ok" else "warning", f"account {account.id}", sentence)
        else:
            yield Finding("error", f"account {account.id}", sentence, NEEDS_YOU)
        for line in held:
            yield Finding("error", f"account {account.id}", line, HELD)


def _ledger(wired: "Wiring") -> Iterator[Finding]:
    from afterview.sync.errors import StateError

    folder = wired.options.state_path()
    if not folder.exists():
        yield Finding("ok", "ledger", f"There is none yet; the first pass makes it in {folder}.")
        return
    try:
        with wired.ledger() as ledger:
            count = len(ledger.facts())
    except StateError as error:
        yield Finding("error", "ledger", str(error), error.exit_code)
        return
    if _open_to_others(folder):
        yield Finding("warning", "ledger", f"Others on this machine can look into {folder}; run `chmod 700` on it.")
    else:
        yield Finding("ok", "ledger", f"{folder}, {count} {'fact' if count == 1 else 'facts'}")


def _open_to_others(path: Path) -> bool:
    return sys.platform != "win32" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
