"""Tasks as last agreed with the server, the journal of intents, and what is parked."""

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..model import About, Row, TaskFields
from .codec import dump, load


class Operation(StrEnum):
    """What an intent is about to do."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Intent:
    """A write that was decided and is not known to be finished."""

    key: str
    account: str
    list: str
    operation: Operation
    fields: TaskFields
    at: datetime
    remote_id: str = ""
    block: str = ""
    about: About = field(default_factory=About)
    id: int = 0


@dataclass(frozen=True, slots=True)
class Parked:
    """A write that the service refused: a mark of what was asked, its words, and when."""

    mark: str
    words: str
    at: datetime


_ROW = "key, account, list, remote_id, etag, base, block, about, called_for, suspect_at, asked"
_INTENT = "id, key, account, list, operation, fields, at, remote_id, block, about"


class Tasks:
    """The tables `task`, `intent` and `parked`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, account: str = "", task_list: str = "") -> dict[str, Row]:
        """Return key -> row, of one list or of all."""
        rows = self._connection.execute(
            f"SELECT {_ROW} FROM task WHERE (account = ? OR ? = '') AND (list = ? OR ? = '') ORDER BY key",  # noqa: S608 -- constants
            (account, account, task_list, task_list),
        )
        return {row[0]: _row(row) for row in rows}

    def suspect_since(self, account: str, task_list: str) -> datetime | None:
        """Return when the longest missing task of a list was first missing, None if all are there."""
        found = self._connection.execute(
            "SELECT min(suspect_at) FROM task WHERE account = ? AND list = ?", (account, task_list)
        ).fetchone()
        return datetime.fromisoformat(found[0]) if found[0] else None

    def put(self, row: Row) -> None:
        self._connection.execute(
            f"INSERT OR REPLACE INTO task ({_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 -- constants
            (
                row.key,
                row.account,
                row.list,
                row.remote_id,
                row.etag,
                dump(row.base),
                row.block,
                dump(row.about),
                int(row.called_for),
                row.suspect_at.isoformat() if row.suspect_at else None,
                row.asked,
            ),
        )

    def drop(self, key: str) -> None:
        self._connection.execute("DELETE FROM task WHERE key = ?", (key,))

    def intents(self, account: str, task_list: str) -> tuple[Intent, ...]:
        """Return the unfinished intents of a list, oldest first."""
        rows = self._connection.execute(
            f"SELECT {_INTENT} FROM intent WHERE account = ? AND list = ? ORDER BY id",  # noqa: S608 -- constants
            (account, task_list),
        )
        return tuple(
            Intent(key, account_, list_, Operation(op), load(TaskFields, fields), datetime.fromisoformat(at), remote_id,
                   block, load(About, about), number)
            for number, key, account_, list_, op, fields, at, remote_id, block, about in rows
        )  # fmt: skip

    def begin(self, intent: Intent) -> int:
        """Write an intent down before anything is sent; return its id."""
        cursor = self._connection.execute(
            "INSERT INTO intent (key, account, list, operation, fields, at, remote_id, block, about) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                intent.key,
                intent.account,
                intent.list,
                intent.operation,
                dump(intent.fields),
                intent.at.isoformat(),
                intent.remote_id,
                intent.block,
                dump(intent.about),
            ),
        )
        return cursor.lastrowid or 0

    def finish(self, number: int) -> None:
        """Strike an intent out: what became of it is in the row."""
        self._connection.execute("DELETE FROM intent WHERE id = ?", (number,))

    def parked(self) -> dict[str, Parked]:
        """Return key -> what was refused."""
        rows = self._connection.execute("SELECT key, mark, words, at FROM parked ORDER BY key")
        return {key: Parked(mark, words, datetime.fromisoformat(at)) for key, mark, words, at in rows}

    def park(self, key: str, mark: str, words: str, at: datetime) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?)", (key, mark, words, at.isoformat())
        )

    def unpark_older(self, than: datetime) -> None:
        """Let go what was refused before a moment, so that it is tried again."""
        self._connection.execute("DELETE FROM parked WHERE at <= ?", (than.isoformat(),))

    def unpark(self, key: str) -> None:
        self._connection.execute("DELETE FROM parked WHERE key = ?", (key,))


def _row(row: tuple[str, str, str, str, str | None, str, str, str, int, str | None, str]) -> Row:
    key, account, task_list, remote_id, etag, base, block, about, called_for, suspect_at, asked = row
    return Row(
        key=key,
        account=account,
        list=task_list,
        remote_id=remote_id,
        base=load(TaskFields, base),
        etag=etag,
        block=block,
        about=load(About, about),
        called_for=bool(called_for),
        suspect_at=datetime.fromisoformat(suspect_at) if suspect_at else None,
        asked=asked,
    )
