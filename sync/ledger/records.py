"""Records of address books and CRMs as last read, what ours are tied to, and the journal of writes to them."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..model import Fields, Link, LinkState, RecordKind, RemoteRecord

_RECORD = "SELECT record.remote_id, record.key, record.fields, resource.etag FROM record LEFT JOIN resource"
_LINK = "account, kind, key, remote_id, state, base, given, theirs, mark, words, at"
_INTENT = "id, account, kind, key, operation, remote_id, fields, given, theirs, at"


class RecordWrite(StrEnum):
    """What an intent is about to do."""

    CREATE = "create"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class RecordIntent:
    """A write that was decided and is not known to be finished; `given` and `theirs` as the link will remember them."""

    account: str
    kind: RecordKind
    key: str
    operation: RecordWrite
    fields: Fields
    given: Fields
    theirs: frozenset[str]
    at: datetime
    remote_id: str = ""
    id: int = 0


def place(name: str, kind: RecordKind) -> str:
    """Return the name under which cursor and etags of one kind in a book are kept."""
    return f"book:{name}" if kind is RecordKind.PERSON else f"book:{name} {kind}"


class Records:
    """The tables `record`, `link` and `record_intent`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def copies(self, account: str, kind: RecordKind, name: str) -> dict[str, RemoteRecord]:
        """Return remote id -> record as last read; of records that are not ours only what recognises them."""
        rows = self._connection.execute(
            f"{_RECORD} ON resource.account = record.account AND resource.collection = ? "
            "AND resource.href = record.remote_id WHERE record.account = ? AND record.kind = ? ORDER BY record.remote_id",
            (place(name, kind), account, kind),
        )
        return {row[0]: RemoteRecord(kind, row[0], _fields(row[2]), row[1], row[3]) for row in rows}

    def copy(self, account: str, kind: RecordKind, name: str, remote_id: str) -> RemoteRecord | None:
        """Return one record as last read; None if it is not known."""
        row = self._connection.execute(
            f"{_RECORD} ON resource.account = record.account AND resource.collection = ? "
            "AND resource.href = record.remote_id WHERE record.account = ? AND record.kind = ? AND record.remote_id = ?",
            (place(name, kind), account, kind, remote_id),
        ).fetchone()
        return RemoteRecord(kind, row[0], _fields(row[2]), row[1], row[3]) if row else None

    def every(self, kind: RecordKind = RecordKind.PERSON) -> dict[str, dict[str, RemoteRecord]]:
        """Return account -> remote id -> record of a kind, in every book."""
        found: dict[str, dict[str, RemoteRecord]] = {}
        rows = self._connection.execute(
            "SELECT account, remote_id, key, fields FROM record WHERE kind = ? ORDER BY account, remote_id",
            (kind,),
        )
        for account, remote_id, key, fields in rows:
            record = RemoteRecord(kind, remote_id, _fields(fields), key)
            found.setdefault(account, {})[remote_id] = record
        return found

    def names(self) -> dict[str, str]:
        """Return e-mail address -> name, of every person in every book; none where two books differ."""
        found: dict[str, set[str]] = {}
        for (text,) in self._connection.execute("SELECT fields FROM record WHERE kind = ?", (RecordKind.PERSON,)):
            fields = _fields(text)
            for email in fields.get("emails", ()):
                found.setdefault(email.casefold(), set()).update(fields.get("name", ()))
        return {email: next(iter(names)) for email, names in found.items() if len(names) == 1}

    def silent(self) -> frozenset[str]:
        """Return the e-mail addresses of those whom a book says not to contact."""
        rows = self._connection.execute("SELECT fields FROM record WHERE fields LIKE '%silent%'")
        held = [_fields(text) for (text,) in rows]
        return frozenset(email for fields in held if fields.get("silent") for email in fields.get("emails", ()))

    def put(self, account: str, record: RemoteRecord) -> None:
        """Store a copy; it is there, so it is not suspected any more."""
        self._connection.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, NULL)",
            (account, record.kind, record.remote_id, record.key, _text(record.fields)),
        )

    def drop(self, account: str, kind: RecordKind, remote_ids: Iterable[str]) -> None:
        self._connection.executemany(
            "DELETE FROM record WHERE account = ? AND kind = ? AND remote_id = ?",
            ((account, kind, remote_id) for remote_id in remote_ids),
        )

    def suspects(self, account: str, kind: RecordKind) -> dict[str, datetime]:
        """Return remote id -> first complete listing that lacked the record."""
        rows = self._connection.execute(
            "SELECT remote_id, suspect_at FROM record WHERE account = ? AND kind = ? AND suspect_at IS NOT NULL",
            (account, kind),
        )
        return {remote_id: datetime.fromisoformat(at) for remote_id, at in rows}

    def suspect(self, account: str, kind: RecordKind, remote_id: str, at: datetime | None) -> None:
        """Record that a record was missing once, or (None) that it is back."""
        self._connection.execute(
            "UPDATE record SET suspect_at = ? WHERE account = ? AND kind = ? AND remote_id = ?",
            (at.isoformat() if at else None, account, kind, remote_id),
        )

    def links(self, account: str = "", kind: RecordKind | None = None) -> tuple[Link, ...]:
        """Return what is tied to what, of one account and kind or of all."""
        rows = self._connection.execute(
            f"SELECT {_LINK} FROM link WHERE (account = ? OR ? = '') AND (kind = ? OR ? IS NULL) "  # noqa: S608 -- constants
            "ORDER BY account, kind, key",
            (account, account, kind, kind),
        )
        return tuple(_link(row) for row in rows)

    def tie(self, link: Link) -> None:
        """Store a link; another one to the same record gives way."""
        self._connection.execute(
            f"INSERT OR REPLACE INTO link ({_LINK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 -- constants
            (
                link.account,
                link.kind,
                link.key,
                link.remote_id,
                link.state,
                _text(link.base),
                _text(link.given),
                json.dumps(sorted(link.theirs)),
                link.mark,
                link.words,
                link.at.isoformat() if link.at else None,
            ),
        )

    def untie(self, account: str, kind: RecordKind, key: str) -> None:
        """Forget a link and what it remembers."""
        self._connection.execute("DELETE FROM link WHERE account = ? AND kind = ? AND key = ?", (account, kind, key))

    def unsettle(self) -> None:
        """Let every book be gone through again with the next pass."""
        self._connection.execute("DELETE FROM meta WHERE name GLOB 'book *'")

    def intents(self, account: str) -> tuple[RecordIntent, ...]:
        """Return the unfinished intents of an account, oldest first."""
        rows = self._connection.execute(
            f"SELECT {_INTENT} FROM record_intent WHERE account = ? ORDER BY id",  # noqa: S608 -- constants
            (account,),
        )
        return tuple(_intent(row) for row in rows)

    def begin(self, intent: RecordIntent) -> int:
        """Write an intent down before anything is sent; return its id."""
        cursor = self._connection.execute(
            "INSERT INTO record_intent (account, kind, key, operation, remote_id, fields, given, theirs, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                intent.account,
                intent.kind,
                intent.key,
                intent.operation,
                intent.remote_id,
                _text(intent.fields),
                _text(intent.given),
                json.dumps(sorted(intent.theirs)),
                intent.at.isoformat(),
            ),
        )
        return cursor.lastrowid or 0

    def finish(self, number: int) -> None:
        """Strike an intent out: what became of it is in the link."""
        self._connection.execute("DELETE FROM record_intent WHERE id = ?", (number,))


def _text(fields: Fields) -> str:
    return json.dumps({name: list(values) for name, values in fields.items()})


def _fields(text: str) -> Fields:
    held: Mapping[str, list[str]] = json.loads(text)
    return {name: tuple(values) for name, values in held.items()}


def _link(row: tuple[Any, ...]) -> Link:
    account, kind, key, remote_id, state, base, given, theirs, mark, words, at = row
    return Link(
        account=account,
        kind=RecordKind(kind),
        key=key,
        remote_id=remote_id,
        state=LinkState(state),
        base=_fields(base),
        given=_fields(given),
        theirs=frozenset(json.loads(theirs)),
        mark=mark,
        words=words,
        at=datetime.fromisoformat(at) if at else None,
    )


def _intent(row: tuple[Any, ...]) -> RecordIntent:
    number, account, kind, key, operation, remote_id, fields, given, theirs, at = row
    return RecordIntent(
        account=account,
        kind=RecordKind(kind),
        key=key,
        operation=RecordWrite(operation),
        fields=_fields(fields),
        given=_fields(given),
        theirs=frozenset(json.loads(theirs)),
        at=datetime.fromisoformat(at),
        remote_id=remote_id,
        id=number,
    )
