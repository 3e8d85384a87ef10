"""The whole ledger as one JSON value, for a home that keeps files in its own way (Home Assistant's store). No file here."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from .schema import migrate

Image = dict[str, Any]  # {"version": int, "tables": {name: {"columns": [name], "rows": [[value]]}}}
_LAST = "meta"  # restoring facts, tasks and sightings strikes a note out of it


def take(connection: sqlite3.Connection) -> Image:
    """Return everything that the tables hold."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return {"version": version, "tables": {name: _rows(connection, name) for name in _tables(connection)}}


def restore(connection: sqlite3.Connection, image: Mapping[str, Any]) -> None:
    """Fill an empty database. StateError for what a newer version took."""
    migrate(connection, int(image["version"]))
    known = _tables(connection)
    connection.execute("BEGIN")
    for name in sorted(image["tables"], key=lambda one: one == _LAST):
        if name in known:
            table = image["tables"][name]
            columns, places = ", ".join(table["columns"]), ", ".join("?" * len(table["columns"]))
            connection.execute(f"DELETE FROM {name}")  # noqa: S608 -- names of our own tables
            connection.executemany(f"INSERT INTO {name} ({columns}) VALUES ({places})", table["rows"])  # noqa: S608 -- the same
    connection.execute("COMMIT")
    migrate(connection)


def _tables(connection: sqlite3.Connection) -> tuple[str, ...]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return tuple(name for (name,) in found)


def _rows(connection: sqlite3.Connection, name: str) -> dict[str, Any]:
    cursor = connection.execute(f"SELECT * FROM {name} ORDER BY 1")  # noqa: S608 -- names of our own tables
    return {"columns": [column[0] for column in cursor.description], "rows": [list(row) for row in cursor]}
