"""What rings when (a plan that can be thought out anew at any time), and what was pushed (kept, so that it is not twice)."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

PLANNED_FROM = "rings"  # note: what the plan was made from; triggers strike it out with any fact, sighting or task
SENDING, SENT, UNCERTAIN, EMPTY = "sending", "sent", "uncertain", "empty"

Rung = tuple[str, str, str]  # key, instant, address


class Rings:
    """The tables `ring` and `rung`. Instants are written in ISO 8601, UTC."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def plan(self, rings: Mapping[str, tuple[datetime, str]]) -> None:
        """Replace the plan: key -> when it rings, and what rings as text."""
        self._connection.execute("DELETE FROM ring")
        self._connection.executemany(
            "INSERT INTO ring VALUES (?, ?, ?)", ((key, at.isoformat(), text) for key, (at, text) in rings.items())
        )

    def planned(self) -> tuple[str, ...]:
        """Return what rings, as text, in the order of its time."""
        return tuple(row[0] for row in self._connection.execute("SELECT planned FROM ring ORDER BY at, key"))

    def rung(self, address: str, since: datetime) -> frozenset[Rung]:
        """Return every ring since a moment that was pushed to an address, or may have been."""
        return frozenset(
            self._connection.execute(
                "SELECT key, at, address FROM rung WHERE address = ? AND at >= ?", (address, since.isoformat())
            )
        )

    def claim(self, rings: Iterable[Rung], now: datetime, state: str = SENDING) -> None:
        """Write down that these are about to be pushed. Inside a transaction, so that no other process does too."""
        self._connection.executemany(
            "INSERT INTO rung VALUES (?, ?, ?, ?, ?)", ((*one, state, now.isoformat()) for one in rings)
        )

    def settle(self, rings: Iterable[Rung], state: str) -> None:
        """Write down what became of a push."""
        self._connection.executemany(
            "UPDATE rung SET state = ? WHERE key = ? AND at = ? AND address = ?", ((state, *one) for one in rings)
        )

    def take_back(self, rings: Iterable[Rung]) -> None:
        """Take back what certainly was not pushed, so that it is tried again."""
        self._connection.executemany("DELETE FROM rung WHERE key = ? AND at = ? AND address = ?", rings)
