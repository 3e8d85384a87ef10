"""What helps to find a fault, without a title, a name, an address or a note in it."""

from collections import Counter
from typing import Any

from homeassistant.core import HomeAssistant

from .adapters.snapshot import Snapshot
from .coordinator import AfterviewEntry
from .sync.engine.terms import Terms
from .sync.ledger import Ledger

_HIDDEN = ("emails", "words")


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: AfterviewEntry) -> dict[str, Any]:
    """Return counts, health and options."""
    chosen = {**entry.data, **entry.options}
    shown = {name: len(value) if name in _HIDDEN else value for name, value in chosen.items()}
    return {"options": shown, **await entry.runtime_data.home.async_ask(_look)}


def _look(ledger: Ledger, seen: Snapshot, terms: Terms) -> dict[str, Any]:
    image = ledger.image()
    return {
        "language": terms.playbook.language,
        "time_zone": terms.zone,
        "ledger": {"version": image["version"], **{name: len(one["rows"]) for name, one in image["tables"].items()}},
        "health": [
            {"account": one.account, "state": one.state, "since": one.since.isoformat(), "failures": one.failures}
            for one in ledger.health().values()
        ],
        "interviews": Counter(f"{one.answer} {one.status}" for one in seen.seen.interviews),
        "follow_ups": Counter(f"{one.view.step} {one.view.state}" for one in seen.tasks),
        "held": [name for name, _ in seen.held],
        "parked": len(seen.seen.parked),
        "wakes_at": seen.wake_at.isoformat() if seen.wake_at else None,
    }
