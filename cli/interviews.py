"""`afterview interviews`: what was recognised, and why."""

from typing import TYPE_CHECKING, Any

import click

from .options import Command
from .output import output

if TYPE_CHECKING:
    from afterview.sync.ledger import Ledger


@click.command(cls=Command)
@click.option("--all", "everything", is_flag=True, help="Also the events that were found not to be interviews.")
def interviews(*, everything: bool) -> None:
    """List the interviews that were recognised.

    The verdict "ask" means that an event may be one; `afterview mark KEY interview` or `not-interview` settles it. With
    -v the reasons are shown.
    """
    from .shape import called, interview, outcome
    from .times import local, written
    from .wire import wiring

    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        seen = wired.overview(ledger)
        others = _others(ledger, {key for one in seen.interviews for key in one.keys}) if everything else []
    if out.json_wanted:
        out.json([*(interview(one, seen) for one in seen.interviews), *others])
        return
    zone, now = wired.config.me.time_zone, wired.clock()
    out.table(
        ("starts", "verdict", "status", "company", "stage", "with", "outcome", "key"),
        [
            (
                local(one.starts_at, zone, now),
                one.answer.value,
                one.status.value,
                one.company or one.title,
                "" if one.stage == "unknown" else one.stage.replace("_", " "),
                ", ".join(called(who) for who in one.people),
                outcome(seen.thought.application_of(one.key)) or "",
                one.key[:10],
            )
            for one in seen.interviews
        ]
        + [
            (written(one["starts"], zone, now), one["verdict"], "", one["title"], "", "", "", one["key"][:10])
            for one in others
        ],
        drop=("key", "stage", "with", "outcome", "status"),
        wrap="company",
        empty="No interviews were recognised yet; `afterview sync` reads your calendars.",
    )
    if out.verbosity > 0:
        for one in seen.interviews:
            out.say(f"\n{one.key[:10]}  {one.title}")
            for reason in one.reasons:
                out.say(f"  {reason.weight:+.1f}  {reason.words}")


def _others(ledger: "Ledger", known: set[str]) -> list[dict[str, Any]]:
    """Return what was read and is none, by what little is kept of it: so that a mistake can be marked."""
    rows = {one.key: one for one in ledger.calendars.sightings(everything=True) if one.key not in known}
    return [
        {"key": one.key, "title": one.title, "starts": one.starts, "verdict": "no", "calendars": [one.collection]}
        for one in rows.values()
    ]
