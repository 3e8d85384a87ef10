"""`afterview status`: is everything well, what rings next, what waits for an answer. Contacts nothing, and loads little."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from .options import Command
from .output import output
from .times import instant, local
from .words import NO_LIST, state_word, with_remedy

if TYPE_CHECKING:
    from afterview.sync.config import Config
    from afterview.sync.pulse import Pulse

SHOWN = 5
NEEDS_YOU, UNREACHABLE, HELD = 3, 4, 5  # as `exits` lists them
PATIENCE = timedelta(days=1)
ASKING = ("ask_outcome", "ask_interview")


@click.command(cls=Command)
def status() -> int:
    """Show the health of each account, what rings next, and what waits for an answer, as of the last pass.

    Exit code: 0 all is well, 3 an account needs you, 4 one could not be reached for a day, 5 deletions are held.
    """
    from afterview.sync.pulse import take_pulse

    from .wire import wiring

    wired, out = wiring(), output()
    pulse = take_pulse(wired.options.state_path())
    config = wired.config_as_proven(pulse.checked)
    zone, now = config.me.time_zone, wired.clock()
    found = _shape(config, pulse, now)
    code: int = found["exit_code"]
    if out.json_wanted:
        out.json(found)
        return code
    out.table(
        ("account", "state", "last good pass"),
        [
            (
                one["id"],
                state_word(one["state"], held=one["id"] in pulse.held),
                local(_read(one["last_ok"]), zone, now) or "never",
            )
            for one in found["accounts"]
        ],
        empty="There are no accounts yet; run `afterview setup`.",
    )
    for one in found["accounts"]:
        for words in one["words"]:
            out.say(f"{one['id']}: {with_remedy(one['id'], one['state'], words)}")
    for one in found["pushes"]:
        if one["words"]:
            out.say(f"push {one['address']}: {one['words']}")
    if config.accounts and not config.deliver.to and not config.deliver.push:
        out.say(NO_LIST)
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
            drop=("key",),
            wrap="follow-up",
        )
    for words in found["parked"]:
        out.say(f"\nNot accepted: {words}")
    return code


def _shape(config: "Config", pulse: "Pulse", now: datetime) -> dict[str, Any]:
    tasks = [_task(one) for one in pulse.tasks]
    ringing = [one for one, raw in zip(tasks, pulse.tasks, strict=True) if (at := _read(raw["ring"])) and at > now]
    accounts = [_account(config, pulse, account.id) for account in config.accounts]
    pushes = _pushes(config, pulse)
    return {
        "accounts": accounts,
        "pushes": pushes,
        "rings_next": ringing[:SHOWN],
        "waiting": [one for one in tasks if one["step"] in ASKING],
        "open": len(tasks),
        "parked": [*pulse.parked, *pulse.refused],
        "exit_code": _code([*accounts, *pushes], pulse, now),
    }


def _code(accounts: Sequence[Mapping[str, Any]], pulse: "Pulse", now: datetime) -> int:
    """Return the exit code of the gravest thing that needs a person; what may mend itself is given a day."""
    if any(one["state"] not in {"ok", "new", "waiting"} for one in accounts):
        return NEEDS_YOU
    if any(one.get("id") in pulse.held for one in accounts):
        return HELD
    lost = [_read(one["last_ok"] or one["since"]) for one in accounts if one["state"] == "waiting"]
    return UNREACHABLE if any(at is not None and now - at >= PATIENCE for at in lost) else 0


def _task(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a task in the shape of `tasks --json`."""
    person = raw["person"] and {name: raw["person"].get(name) or None for name in ("name", "email")}
    return {**raw, "due": instant(_read(raw["due"])), "ring": instant(_read(raw["ring"])), "person": person}


def _account(config: "Config", pulse: "Pulse", account: str) -> dict[str, Any]:
    known = pulse.health.get(account, {})
    words = known.get("words")
    return {
        "id": account,
        "state": known.get("state", "new"),
        "since": instant(_read(known.get("since"))),
        "last_ok": instant(_read(known.get("ok_at"))),
        "not_before": instant(_read(known.get("not_before"))),
        "words": [*([words] if words else []), *pulse.held.get(account, ())],
        "receives": config.deliver.to == account,
    }


def _pushes(config: "Config", pulse: "Pulse") -> list[dict[str, Any]]:
    """Return how the addresses in [deliver] are, as far as they were used; an account for pushes is one of the accounts."""
    names = [f"#{number}" for number in range(1, len(config.deliver.push) + 1)]
    known = {name: pulse.health[f"push {name}"] for name in names if f"push {name}" in pulse.health}
    return [
        {
            "address": name,
            "state": one["state"],
            "since": instant(_read(one["since"])),
            "last_ok": instant(_read(one["ok_at"])),
            "words": one["words"] or None,
        }
        for name, one in known.items()
    ]


def _read(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written).astimezone(UTC) if written else None
