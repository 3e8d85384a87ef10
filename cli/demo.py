"""`afterview demo`: everything once, with a calendar server of its own. Needs no account; leaves nothing behind."""

import os
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from afterview.sync.errors import ConfigError

from .options import Command
from .output import Output, output

if TYPE_CHECKING:
    from .showcase.play import Play, Scene
    from .showcase.stage import Stage

ASKED = "Initech"  # the company that says no


@click.command(cls=Command)
@click.option("--google", is_flag=True, help="With Google Calendar and Google Tasks, played by a stand-in.")
def demo(*, google: bool) -> None:
    """Show on a calendar server of its own what Afterview does.

    A month in Hannah's calendar, the follow-ups it called for, and what comes of a "no" that is ticked on the phone.
    The server runs on this machine only, in a temporary folder; nothing is left behind.
    """
    from .showcase.play import DAYS, Play
    from .wire import clock
    from .wizard import guess

    out = output()
    zone = guess.time_zone(os.environ) or "Europe/Berlin"
    with tempfile.TemporaryDirectory(prefix="afterview-demo-") as folder, _stage(Path(folder), google=google) as stage:
        play = Play(Path(folder), stage, clock(os.environ)(), zone)
        play.fill()
        if not out.json_wanted:
            out.say(f"{stage.words} runs at {stage.url}; Hannah's calendar has {play.entries} entries.")
        with _progress(out, DAYS) as passed:
            play.live(passed)
        today = play.sync()
        asking = next(
            one
            for one in today.overview.tasks
            if one.step == "ask_outcome" and one.company == ASKED and one.state == "open"
        )
        if not out.json_wanted:
            _show(out, play, today, zone)
            out.say()
            out.heading(f'Hannah ticks "{asking.title}" on her phone. What follows:')
        play.tick(asking)
        after = play.sync()
        if out.json_wanted:
            _json(out, today, after)
        else:
            _follow(out, play, after, zone)
    out.note("\nThe server is stopped and its folder removed. Yours begins with `afterview setup`.")


def _stage(folder: Path, *, google: bool) -> "AbstractContextManager[Stage]":
    if google:
        if find_spec("jsonschema") is None:
            raise ConfigError("The demo of Google needs jsonschema; install it with `pip install 'afterview[demo]'`.")
        from .showcase.google.stage import stage as google_stage

        return google_stage()
    from .showcase.dav import stage

    return stage(folder)


@contextmanager
def _progress(out: Output, days: int) -> Generator[Callable[[], None]]:
    if out.json_wanted or out.quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    with click.progressbar(length=days, label="Living through the days", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


def _show(out: Output, play: "Play", scene: "Scene", zone: str) -> None:
    from .shape import called
    from .times import local

    out.say()
    out.heading("Recognised as interviews, and the strongest reason:")
    out.table(
        ("when", "status", "company", "with", "why"),
        [
            (
                local(one.starts_at, zone, play.now),
                one.status.value,
                one.company,
                ", ".join(dict.fromkeys(called(who) for who in (*one.people, one.recruiter) if who)),
                one.reasons[0].words if one.reasons else "",
            )
            for one in scene.overview.interviews
        ],
    )
    out.say()
    out.heading("Not taken for interviews of hers:")
    out.say("  " + "\n  ".join(scene.others))
    out.say()
    out.heading("On her phone's list today:")
    out.table(
        ("due", "rings", "follow-up"),
        [
            (local(one.due_at, zone, play.now), local(one.ring_at, zone, play.now), one.title)
            for one in scene.overview.tasks
            if one.state == "open"
        ],
    )


def _follow(out: Output, play: "Play", scene: "Scene", zone: str) -> None:
    from .times import local

    lines = [line for one in scene.report.accounts for line in one.lines]
    out.table(("what", "due", "follow-up"), [(one.verb, local(one.due_at, zone, play.now), one.title) for one in lines])


def _json(out: Output, today: "Scene", after: "Scene") -> None:
    from .shape import interview, task

    out.json(
        {
            "interviews": [interview(one, today.overview) for one in today.overview.interviews],
            "others": list(today.others),
            "tasks": [task(one) for one in today.overview.tasks],
            "after_a_no": [task(one) for one in after.overview.tasks],
        }
    )
