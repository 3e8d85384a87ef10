"""`afterview run`: the background service in the foreground. `afterview service`: has the system start it by itself."""

import os
import random
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import Command, Group, options
from .output import output

if TYPE_CHECKING:
    from .service.signals import Signals
    from .service.units import Unit

NOT_RUNNING = 3  # a person must do something


@contextmanager
def _taken_over(signals: "Signals") -> "Generator[None]":
    """Take over the signals before anybody can know of this process."""
    signals.install()
    yield


@click.command(cls=Command)
@click.option("--log", "log", type=click.Path(path_type=Path), metavar="FILE", help="Say it in this file instead.")
def run(log: Path | None) -> None:
    """Sync in the background until told to stop.

    SIGHUP reads the configuration again, SIGTERM ends within five seconds. `afterview service install` starts it by itself.
    """
    from afterview.sync.lock import exclusive

    from .service import times
    from .service.loop import Service
    from .service.poke import LOCK
    from .service.signals import Signals, Stopped
    from .service.systemd import Systemd
    from .service.voice import Voice, paper
    from .wire import Wiring

    chosen = options()
    moved = os.environ.get(times.CLOCK)
    clock: times.Times = times.MovedTimes(moved) if moved else times.SystemTimes()
    make = partial(Wiring, chosen, os.environ, clock.now)
    with (
        closing(clock),
        closing(Signals()) as signals,
        _taken_over(signals),
        exclusive(chosen.state_path(), LOCK, "is running in the background"),
        paper(log) as written,
    ):
        voice = Voice(written, clock.now, dated="JOURNAL_STREAM" not in os.environ, as_json=chosen.json)
        service = Service(make, clock, signals, voice, Systemd(), random.random)
        with suppress(Stopped):  # it was told to stop, and something took too long
            service.run()


@click.group(cls=Group)
def service() -> None:
    """Have the system run Afterview in the background."""


@service.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def install(*, yes: bool) -> None:
    """Show what would be written and run, ask, and start the service for good."""
    from .service.install import install as put_in
    from .wire import wiring

    out, unit = output(), _unit()
    _ = wiring().config.settings  # a service that cannot start helps nobody: ConfigError now
    _show(unit)
    if not yes:
        click.confirm("Write this and start the service?", abort=True, err=True)
    put_in(unit)
    if out.json_wanted:
        out.json({"manager": unit.manager, "files": [str(file) for file in unit.files], "running": True})
        return
    out.say(f"The service is installed in {unit.manager} and runs.")
    if unit.hint:
        out.note(unit.hint)


@service.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def uninstall(*, yes: bool) -> None:
    """Stop the service and remove what `install` wrote. Accounts, ledger and tasks stay."""
    from .service.install import uninstall as take_out

    out, unit = output(), _unit()
    if not yes:
        click.confirm("Stop the service and remove it?", abort=True, err=True)
    there = take_out(unit)
    if out.json_wanted:
        out.json({"manager": unit.manager, "removed": there})
    else:
        out.say("The service is removed." if there else "There was no service.")


@service.command("status")
def state() -> int:
    """Say whether the service runs. How the accounts are: `afterview status`."""
    from .service.install import runs

    out, unit = output(), _unit()
    running, installed = runs(options().state_path()), all(file.exists() for file in unit.files)
    if out.json_wanted:
        out.json({"manager": unit.manager, "installed": installed, "running": running})
    elif running:
        out.say("The service runs.")
    elif installed:
        out.say("The service is installed, but does not run; `afterview service logs` may say why.")
    else:
        out.say("The service is not installed; `afterview service install` does that.")
    return 0 if running else NOT_RUNNING


@service.command()
def logs() -> None:
    """Print what the service said last."""
    from .service.install import said

    out = output()
    found = said(_unit())
    if out.json_wanted:
        out.json(found.splitlines())
    else:
        out.say(found or "The service has said nothing yet.")


def _unit() -> "Unit":
    from .service.install import unit

    return unit(options())


def _show(unit: "Unit") -> None:
    out = output()
    if out.json_wanted:
        return
    for file, content in unit.files.items():
        out.heading(f"{file}")
        out.say(content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"))
    out.heading("Then:")
    for command in unit.begin:
        out.say("  " + " ".join(command))
    out.say()
