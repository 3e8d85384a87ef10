"""Is there anything to think about? A note in the ledger says what the last complete pass was made from.

It names the newest fact and the settings; calendars strike it out together with what they change. While it holds and its
horizon has not come, a pass would end in the same place, so none is thought through.
"""

import dataclasses
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from hashlib import sha256

from ..ledger import Ledger
from ..playbook import PlaybookSettings
from .terms import DAILY, SETTLED


class Settled:
    """The note of one ledger."""

    def __init__(self, ledger: Ledger, playbook: PlaybookSettings) -> None:
        self._ledger = ledger
        self._settings = sha256(spelled(playbook).encode()).hexdigest()[:12]

    def holds(self, now: datetime) -> bool:
        """Tell whether neither time nor a fact nor a setting calls for thinking again."""
        made_from, _, horizon = self._ledger.note(SETTLED).partition(" ")
        return made_from == self._inputs() and not (horizon and now >= datetime.fromisoformat(horizon))

    def stale(self, now: datetime) -> bool:
        """Tell whether a fact, a setting or time has overtaken what was done; not where it could not be finished."""
        return bool(self._ledger.note(SETTLED)) and not self.holds(now)

    def horizon(self) -> datetime | None:
        """Return when time alone calls for thinking again, None if it never does or if thinking is due anyway."""
        _, _, horizon = self._ledger.note(SETTLED).partition(" ")
        return datetime.fromisoformat(horizon) if horizon else None

    def clear(self) -> None:
        self._ledger.set_note(SETTLED, "")

    def set(self, horizon: datetime | None) -> None:
        """Note that all is done that follows from what is known, until `horizon` or a refused item's next try."""
        again = [one.at + DAILY for one in self._ledger.tasks.parked().values()]
        moments = again if horizon is None else [*again, horizon]
        self._ledger.set_note(SETTLED, f"{self._inputs()} {min(moments).isoformat() if moments else ''}")

    def _inputs(self) -> str:
        return f"{self._ledger.last_fact()}/{self._settings}"


def spelled(value: object) -> str:
    """Spell settings out, the same in every process: no addresses, no order of sets. Functions follow from the rest."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        inner = [f"{field.name}={spelled(getattr(value, field.name))}" for field in dataclasses.fields(value)]
        return f"{type(value).__name__}({', '.join(inner)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(sorted(f"{spelled(key)}: {spelled(item)}" for key, item in value.items())) + "}"
    if isinstance(value, AbstractSet):
        return "{" + ", ".join(sorted(map(spelled, value))) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(spelled, value)) + ")"
    return "" if callable(value) else repr(value)
