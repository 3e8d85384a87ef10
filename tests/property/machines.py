"""Machines of one user for the state machine: the real engine on a ledger that can die at any write."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from afterview.sync.classify import load_lexicon
from afterview.sync.engine.report import PassReport
from afterview.sync.engine.seen import thought_of
from afterview.sync.engine.terms import Terms
from afterview.sync.errors import StateError
from afterview.sync.ledger import Ledger
from afterview.sync.ledger.schema import migrate
from afterview.sync.model import Fact, FactKind, Owner
from afterview.sync.playbook import PlaybookSettings
from afterview.sync.runner import AccountSpec, Options, one_pass
from afterview.sync.thinking import Thought
from tests.fakes.memory import Crash, EventServer, MemoryConnection, MemoryEvents, MemoryTasks, TaskServer
from tests.unit.sync.engine.world import ME

ZONE = "Europe/Berlin"
SETTINGS = PlaybookSettings(zone=ZONE)
TERMS = Terms(
    Owner(frozenset({ME}), ("Hannah",), frozenset({"freemail.example"})), ZONE, load_lexicon(), SETTINGS, "home"
)


class MortalConnection(sqlite3.Connection):
    """A database connection whose process dies before its n-th write; counting stops at None."""

    writes_left: int | None = None

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self._live(sql)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        self._live(sql)
        return super().executemany(sql, parameters)

    def _live(self, sql: str) -> None:
        if self.writes_left is None or not sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE", "COMMIT")):
            return
        self.writes_left -= 1
        if self.writes_left < 0:
            self.writes_left = None
            raise Crash("at the ledger")


@dataclass
class Machine:
    """One installation: a ledger of its own on servers that it may share with others."""

    accounts: Mapping[str, EventServer]  # the calendar "Personal" of each
    tasks: TaskServer  # in the account "home"
    number: int = 0
    connection: MortalConnection = field(init=False)
    kept: sqlite3.Connection | None = None  # an old copy of the ledger
    passes: int = 0
    deaths: int = 0

    def __post_init__(self) -> None:
        self.forget_everything()

    def forget_everything(self) -> None:
        """Lose the ledger."""
        self.connection = sqlite3.connect(":memory:", isolation_level=None, factory=MortalConnection)
        migrate(self.connection)
        self.tasks.watch.forget(self.number)

    def keep_copy(self) -> None:
        """Make a backup of the ledger."""
        self.kept = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.backup(self.kept)

    def restore_copy(self) -> None:
        """Go back to the last backup."""
        assert self.kept is not None
        self.forget_everything()
        self.kept.backup(self.connection)

    def run(self, now: datetime, **options: Any) -> PassReport | None:
        """Make one pass, as a process of its own would; None if it died on the way, or would not begin."""
        tasks = MemoryTasks(self.tasks, who=self.number)
        specs = [
            AccountSpec(name, partial(MemoryConnection, name, MemoryEvents(server), tasks if name == "home" else None))
            for name, server in self.accounts.items()
        ]
        self.tasks.watch.now = now
        self.passes += 1
        try:
            return one_pass(self.ledger, specs, TERMS, lambda: now, Options(**options))
        except Crash:
            self.connection.rollback()
            self.tasks.watch.died(self.number)
            self.deaths += 1
            return None
        except StateError as error:
            if "The clock says" not in str(error):
                raise
            return None
        finally:
            self.connection.writes_left = None

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.connection)

    def thought(self, now: datetime) -> Thought:
        return thought_of(self.ledger, SETTINGS, now, reachable="home")

    def record(self, kind: FactKind, subject: str, at: datetime, /, **value: str) -> None:
        self.ledger.record(Fact(kind, subject, at, "cli", value))

    def dump(self) -> list[str]:
        """Return everything that the ledger holds."""
        return list(self.connection.iterdump())
