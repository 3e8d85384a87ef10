"""`afterview tasks`: every follow-up and its task."""

import click

from .options import Command
from .output import output

STATES = ("wanted", "open", "done", "dismissed", "withdrawn")


@click.command(cls=Command)
@click.option("--state", "states", type=click.Choice(STATES), multiple=True, help="Only these. May be repeated.")
@click.option("--all", "everything", is_flag=True, help="Also what is done, dismissed or withdrawn.")
def tasks(states: tuple[str, ...], *, everything: bool) -> None:
    """List the follow-ups: what is on your list, what comes next, and with --all what has been.

    wanted: comes with the next pass; open: on your list; done; dismissed: you deleted it; withdrawn: no longer called for.
    With --json everything is listed unless --state says otherwise.
    """
    from .shape import called, task
    from .times import local
    from .wire import wiring

    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        found = wired.overview(ledger).tasks
    chosen = states or (STATES if everything or out.json_wanted else ("wanted", "open"))
    found = tuple(one for one in found if one.state in chosen)
    if out.json_wanted:
        out.json([task(one) for one in found])
        return
    zone, now = wired.config.me.time_zone, wired.clock()
    out.table(
        ("state", "due", "rings", "follow-up", "whom", "company", "key"),
        [
            (
                one.state,
                local(one.due_at, zone, now),
                local(one.ring_at, zone, now),
                one.title,
                called(one.person),
                one.company,
                one.key[:10],
            )
            for one in found
        ],
        empty="There is nothing to follow up.",
        drop=("key", "company", "whom", "rings"),
        wrap="follow-up",
    )
