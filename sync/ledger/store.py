"""Opens the ledger and keeps what belongs to no calendar or task: facts, memory, health."""

import json
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from ..errors import StateError
from ..model import Fact, FactKind
from . import image as images
from .calendars import Calendars
from .failure import failed
from .questions import Questions
from .records import Records
from .rings import PLANNED_FROM, Rings
from .schema import migrate
from .tasks import Tasks

FILE = "ledger.sqlite3"
_MOMENTS = (  # when something happened
    ("task", "suspect_at"),
    *(("sighting", column) for column in ("seen_at", "suspect_at", "gone_at", "alive_at")),
    ("collection", "ok_at"),
    ("record", "suspect_at"),
    ("link", "at"),
    *(("health", column) for column in ("since", "ok_at")),
)


@dataclass(frozen=True, slots=True)
class Health:
    """How an account is: its state word, its last good pass, what was said, and not before when to ask.

    `since`: since when it works, or since when it does not, whatever the reasons were meanwhile.
    """

    account: str
    state: str
    since: datetime
    ok_at: datetime | None = None
    words: str = ""
    not_before: datetime | None = None
    failures: int = 0


def is_account(name: str) -> bool:
    """Tell an account's id from what else has its health here (push addresses): no id holds a space."""
    return " " not in name


class AccountMemory:
    """`ports.Memory` of one account, in the ledger."""

    def __init__(self, connection: sqlite3.Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def get(self, name: str) -> Any:
        """Return what was remembered, None if nothing."""
        found = self._connection.execute(
            "SELECT value FROM memory WHERE account = ? AND name = ?", (self._account, name)
        ).fetchone()
        return json.loads(found[0]) if found else None

    def set(self, name: str, value: Any) -> None:
        """Remember a JSON value for good; None forgets."""
        if value is None:
            self._connection.execute("DELETE FROM memory WHERE account = ? AND name = ?", (self._account, name))
        else:
            self._connection.execute(
                "INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", (self._account, name, json.dumps(value))
            )

    def everything(self) -> dict[str, Any]:
        """Return all that is remembered, for diagnostics."""
        rows = self._connection.execute("SELECT name, value FROM memory WHERE account = ?", (self._account,))
        return {name: json.loads(value) for name, value in rows}


class Ledger:
    """One open ledger. Not for use from several threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._depth = 0
        self.calendars = Calendars(connection)
        self.tasks = Tasks(connection)
        self.rings = Rings(connection)
        self.questions = Questions(connection)
        self.records = Records(connection)

    @classmethod
    def open(cls, state_dir: Path) -> Self:
        """Open or create the ledger in `state_dir`. Raises StateError."""
        path = state_dir / FILE
        try:
            state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                path.touch(mode=0o600)
            connection = sqlite3.connect(path, timeout=30, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")  # what is forgotten shall not be found in the file
            migrate(connection)
        except (OSError, sqlite3.Error) as error:
            raise StateError(
                f"The ledger {path} cannot be opened ({error}); make the folder writable or restore the file."
            ) from error
        return cls(connection)

    @classmethod
    def in_memory(cls, image: Mapping[str, Any] | None = None) -> Self:
        """Open a ledger without a file, as `image` left it; whoever opens it keeps its image. Raises StateError.

        It may go from thread to thread, for one to use at a time.
        """
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            if image is None:
                migrate(connection)
            else:
                images.restore(connection, image)
        except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
            raise StateError(f"The stored ledger cannot be read ({error!r}); restore it from a backup.") from error
        return cls(connection)

    def image(self) -> images.Image:
        """Return everything it holds as one JSON value."""
        return images.take(self._connection)

    @property
    def changes(self) -> int:
        """How many rows were ever changed through this object; the same number means nothing to keep."""
        return self._connection.total_changes

    def scratch(self) -> "Ledger":
        """Copy everything into memory, so that a dry run can think ahead without leaving a trace."""
        copy = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.backup(copy)
        return Ledger(copy)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.close()
        if isinstance(error, sqlite3.Error):
            raise failed(error) from error

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All or nothing; an inner transaction joins the outer one. Raises StateError when the disk refuses."""
        if self._depth:
            yield
            return
        self._depth = 1
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise failed(error) from error
        finally:
            self._depth = 0

    def facts(self, *kinds: FactKind) -> tuple[Fact, ...]:
        """Return every fact, or those of some kinds, in the order in which they were recorded."""
        where = f"WHERE kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        rows = self._connection.execute(
            f"SELECT id, kind, subject, at, source, value FROM fact {where} ORDER BY id",  # noqa: S608 -- placeholders
            kinds,
        )
        return tuple(
            Fact(FactKind(kind), subject, datetime.fromisoformat(at), source, json.loads(value), number)
            for number, kind, subject, at, source, value in rows
        )

    def last_fact(self) -> int:
        """Return the id of the newest fact, 0 if there is none."""
        return int(self._connection.execute("SELECT coalesce(max(id), 0) FROM fact").fetchone()[0])

    def record(self, *facts: Fact) -> tuple[Fact, ...]:
        """Record facts for good and return them with their ids."""
        recorded: list[Fact] = []
        with self.transaction():
            for fact in facts:
                cursor = self._connection.execute(
                    "INSERT INTO fact (kind, subject, at, source, value) VALUES (?, ?, ?, ?, ?)",
                    (fact.kind, fact.subject, fact.at.isoformat(), fact.source, json.dumps(dict(fact.value))),
                )
                recorded.append(replace(fact, id=cursor.lastrowid or 0))
        return tuple(recorded)

    def rewrite(self, fact: Fact) -> None:
        """Put other words into a recorded fact. For forgetting a person only: facts are kept as they were said."""
        self._connection.execute(
            "UPDATE fact SET subject = ?, value = ? WHERE id = ?", (fact.subject, json.dumps(dict(fact.value)), fact.id)
        )

    def erase(self, fact: Fact) -> None:
        """Take a fact out for good. For forgetting a person only."""
        self._connection.execute("DELETE FROM fact WHERE id = ?", (fact.id,))

    def forget_plans(self) -> None:
        """Let everything be thought out and gone through again; what rings is worded anew."""
        self._connection.execute("DELETE FROM ring")
        self._connection.execute(
            "DELETE FROM meta WHERE name IN (?, 'settled') OR name GLOB 'book *' OR name GLOB 'asked *'",
            (PLANNED_FROM,),
        )

    def compact(self) -> None:
        """Write the file anew, so that nothing of what was taken out is left in it. Raises StateError."""
        try:
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise failed(error) from error

    def memory(self, account: str) -> AccountMemory:
        return AccountMemory(self._connection, account)

    def forget_account(self, account: str) -> None:
        """Drop cursors, etags, copies of records, memory and health of an account. Facts, sightings, tasks and links stay.

        What its calendars are called stays too: the next pass gives up what they showed (`Calendars.leave`).
        """
        with self.transaction():
            for table in ("memory", "resource", "record", "health"):
                self._connection.execute(f"DELETE FROM {table} WHERE account = ?", (account,))  # noqa: S608 -- names above
            self._connection.execute(
                "UPDATE collection SET cursor = '', full_at = NULL, held = NULL WHERE account = ?", (account,)
            )

    def forget_ahead(self, now: datetime) -> None:
        """Undo every moment that lies ahead of `now`, for when a clock was wrong: nothing may wait for such a one.

        What a service asked to wait for goes too: until when was said by the same clock.
        """
        then = now.isoformat()
        self._connection.execute("DELETE FROM parked WHERE at > ?", (then,))
        self._connection.execute("UPDATE collection SET full_at = NULL WHERE full_at > ?", (then,))
        self._connection.execute("UPDATE health SET not_before = NULL")
        for table, column in _MOMENTS:
            self._connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} > ?", (then, then))  # noqa: S608 -- names above

    def health(self) -> dict[str, Health]:
        """Return the health of every account that was ever tried."""
        rows = self._connection.execute("SELECT account, state, since, ok_at, words, not_before, failures FROM health")
        return {
            account: Health(
                account, state, datetime.fromisoformat(since), _when(ok_at), words, _when(not_before), failures
            )
            for account, state, since, ok_at, words, not_before, failures in rows
        }

    def set_health(self, health: Health) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO health VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                health.account,
                health.state,
                health.since.isoformat(),
                health.ok_at.isoformat() if health.ok_at else None,
                health.words,
                health.not_before.isoformat() if health.not_before else None,
                health.failures,
            ),
        )

    def note(self, name: str) -> str:
        """Return a small note of the engine's own, "" if there is none."""
        found = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def set_note(self, name: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
