"""How things stand by the ledger's tables alone: no thinking, no records, nothing loaded that can be left unloaded.

`status` is asked often, by people and by prompts; what it shows was decided by the last pass. Reads only, and works while
a pass is writing. Rows come as plain mappings with the instants still as text.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import StateError
from .ledger_version import VERSION, newer

FILE = "ledger.sqlite3"
CHECKED = "configuration"  # note in the ledger: mark of the configuration that the last pass found sound


@dataclass(frozen=True)
class Pulse:
    """What the tables say. `health` and `held` by account; `tasks`, by ring time, are open on a list or ring by push."""

    health: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tasks: tuple[Mapping[str, Any], ...] = ()
    parked: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()  # by address books and CRMs
    checked: str = ""


def take_pulse(state_dir: Path) -> Pulse:
    """Read the ledger in `state_dir`; an empty pulse where there is none. Raises StateError."""
    path = state_dir / FILE
    if not path.exists():
        return Pulse()
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return _read(connection)
    except (sqlite3.Error, ValueError, KeyError) as error:
        raise StateError(f"The ledger {path} cannot be read ({error}); restore the file or move it away.") from error


def trace(state_dir: Path) -> object:
    """Return what differs once a fact is recorded or the state of an account changes; for whoever waits for that."""
    try:
        with closing(
            sqlite3.connect(f"{(state_dir / FILE).resolve().as_uri()}?mode=ro", uri=True, timeout=1)
        ) as connection:
            newest = connection.execute("SELECT max(id) FROM fact").fetchone()
            return newest, connection.execute("SELECT account, state FROM health ORDER BY account").fetchall()
    except (sqlite3.Error, ValueError):  # not there yet, or being replaced: the next look tells more
        return None


def _read(connection: sqlite3.Connection) -> Pulse:
    known: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if known > VERSION:
        raise newer(known)
    held: dict[str, tuple[str, ...]] = {}
    for account, words in connection.execute(
        "SELECT account, held FROM collection WHERE held <> '' ORDER BY account, name"
    ):
        held[account] = (*held.get(account, ()), words)
    note = connection.execute("SELECT value FROM meta WHERE name = ?", (CHECKED,)).fetchone()
    listed = list(_open_tasks(connection))
    tasks = [*listed, *_planned(connection, {str(one["key"]) for one in listed})]
    return Pulse(
        health={row["account"]: dict(row) for row in connection.execute("SELECT * FROM health")},
        held=held,
        tasks=tuple(sorted(tasks, key=lambda one: (one["ring"] or one["due"] or "", one["key"]))),
        parked=tuple(row[0] for row in connection.execute("SELECT words FROM parked ORDER BY words")),
        refused=tuple(row[0] for row in connection.execute("SELECT words FROM link WHERE words <> '' ORDER BY words")),
        checked=str(note[0]) if note else "",
    )


def _open_tasks(connection: sqlite3.Connection) -> Iterator[Mapping[str, Any]]:
    """Yield open tasks. `base` and `about` leave out what is at its default (`ledger.codec`)."""
    for row in connection.execute("SELECT key, account, remote_id, base, about FROM task"):
        base, about = json.loads(row["base"]), json.loads(row["about"])
        if base.get("status", "open") == "open":
            yield {
                "key": row["key"],
                "step": about.get("step", ""),
                "state": "open",
                "title": base.get("title", ""),
                "due": base.get("due_at"),
                "ring": base.get("ring_at"),
                "person": about.get("person"),
                "company": about.get("company"),
                "application": about.get("application"),
                "account": row["account"],
                "remote_id": row["remote_id"],
            }


def _planned(connection: sqlite3.Connection, listed: AbstractSet[str]) -> Iterator[Mapping[str, Any]]:
    """Yield what rings by push and stands on no list; nothing in a ledger from before there were pushes."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'ring'").fetchone():
        return
    for (text,) in connection.execute("SELECT planned FROM ring"):
        one = json.loads(text)
        if listed.isdisjoint(one["keys"]):
            yield {
                "key": one["keys"][0],
                "step": one["step"],
                "state": "wanted",
                "title": one["title"],
                "due": one.get("due_at"),
                "ring": one["at"],
                "person": None,
                "company": one.get("company"),
                "application": None,
                "account": "",
                "remote_id": "",
            }
