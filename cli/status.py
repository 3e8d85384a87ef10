"""`afterview status`: is everything well, what rings next, what waits for an answer. Contacts nothing."""

from typing import TYPE_CHECKING, Any

import click

from .options import Command
from .output import output

if TYPE_CHECKING:
    from afterview.sync.ledger import Ledger
    from afterview.sync.view import Overview, TaskView

    from .wire import Wiring

SHOWN = 5
ASKING = ("ask_outcome", "ask_interview")


@click.command(cls=Command)
def status() -> None:
    """Show the health of each account, what rings next, and what waits for an answer."""
    from .shape import local
    from .wire import wiring

    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        seen = wired.overview(ledger)
        found = _shape(wired, ledger, seen)
    if out.json_wanted:
        out.json(found)
        return
    zone, now = wired.config.me.time_zone, wired.clock()
    out.table(
        ("account", "state", "last good pass", "what"),
        [
            (one["id"], one["state"], local(_read(one["last_ok"]), zone, now) or "never", "; ".join(one["words"]))
            for one in found["accounts"]
        ],
        empty="There are no accounts yet; run `afterview setup`.",
    )
    for title, tasks, empty in (
        ("Rings next", found["rings_next"], "Nothing rings."),
        ("Waits for your answer", found["waiting"], ""),
    ):
        if tasks or empty:
            out.say()
            out.heading(title)
        out.table(
            ("when", "follow-up", "key"),
            [(local(_read(one["ring"] or one["due"]), zone, now), one["title"], one["key"][:10]) for one in tasks],
            empty=empty,
        )
    for words in found["parked"]:
        out.say(f"\nNot accepted by the list: {words}")


def _shape(wired: "Wiring", ledger: "Ledger", seen: "Overview") -> dict[str, Any]:
    from .shape import task

    now = wired.clock()
    standing = [one for one in seen.tasks if one.state in {"open", "wanted"}]
    ringing = sorted((one for one in standing if one.ring_at and one.ring_at > now), key=_ring)
    return {
        "accounts": _accounts(wired, ledger),
        "rings_next": [task(one) for one in ringing[:SHOWN]],
        "waiting": [task(one) for one in standing if one.step in ASKING],
        "open": len(standing),
        "parked": sorted(seen.parked.values()),
    }


def _ring(view: "TaskView") -> str:
    return view.ring_at.isoformat() if view.ring_at else ""


def _accounts(wired: "Wiring", ledger: "Ledger") -> list[dict[str, Any]]:
    from .shape import instant

    health = ledger.health()
    rows: list[dict[str, Any]] = []
    for account in wired.config.accounts:
        known = health.get(account.id)
        held = [ledger.calendars.state(account.id, name).held for name in account.settings.get("calendars", ())]
        words = [known.words] if known and known.words else []
        rows.append(
            {
                "id": account.id,
                "state": known.state if known else "new",
                "since": instant(known.since) if known else None,
                "last_ok": instant(known.ok_at) if known else None,
                "not_before": instant(known.not_before) if known else None,
                "words": [*words, *(one for one in held if one)],
                "receives": wired.config.deliver.to == account.id,
            }
        )
    return rows


def _read(written: str | None) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(written) if written else None
