"""`afterview setup`: guided on a terminal, or from a file of answers."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .exits import stopping
from .options import Command, options
from .output import output
from .words import NO_LIST

if TYPE_CHECKING:
    from .wizard.drive import Renderer


@click.command(cls=Command)
@click.argument("integration", required=False, default="")
@click.option("--answers", type=click.Path(path_type=Path), metavar="FILE", help="Take the answers from a TOML file.")
def setup(integration: str, answers: Path | None) -> None:
    """Connect a calendar, a task list, an address book or a CRM, step by step.

    Asks about you the first time, tests the connection, stores the password outside of the configuration, and ends
    with a test ring on your phone. Nothing is written before an account is complete.
    """
    from .service.poke import tell_service
    from .wire import Wiring
    from .wizard.answers import Answers
    from .wizard.session import Session

    out = output()
    wired = Wiring(options())
    if answers is not None:
        given = Answers(answers)
        session = Session(wired, given, out, os.environ)
        account = session.add(integration or given.integration, given)
        tell_service(wired.options.state_path())
        if not session.delivers:
            out.note(NO_LIST)
        if out.json_wanted:
            out.json({"account": account, "config": str(wired.options.config_path())})
        return
    session = Session(wired, _terminal(), out, os.environ)
    with stopping("Stopped; nothing was stored.", lambda: not session.stored):
        session.add(integration)
        while session.wants_another():
            session.add("")
    if not session.delivers:
        out.say(f"\n{NO_LIST}")
    if tell_service(wired.options.state_path()):
        out.say("\nThat is all. The service takes it over now; `afterview status` shows how things stand.")
    else:
        out.say("\nThat is all. `afterview service install` keeps it going by itself; `afterview sync` makes one pass.")


def _terminal() -> "Renderer":
    from .wizard.terminal import Terminal

    if not sys.stdin.isatty():
        raise click.UsageError("Set-up asks questions; run it on a terminal, or give it --answers FILE")
    return Terminal()
