"""A small world whose follow-ups go to Google: the engine in this process, Google's test server, and the phone."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from afterview.cli.showcase.google.calendars import Calendar
from afterview.cli.showcase.google.server import Google
from afterview.cli.showcase.google.tasks import Shelf
from afterview.integrations.entry import Entry
from afterview.integrations.google.tasks import open_tasks
from afterview.sync.engine.report import AccountReport
from afterview.sync.ledger import Ledger
from afterview.sync.runner import AccountSpec, one_pass
from tests.accounts import close
from tests.fakes.memory import MemoryConnection, MemoryEvents
from tests.unit.sync.engine.world import MONDAY, World

SCOPES = ("tasks", "calendar.app.created")
LIST = "Interviews"


@dataclass
class GoogleWorld:
    """One user. Interviews are entered into `world`; `sync` makes a pass as a process of its own would."""

    path: Path
    world: World = field(init=False)
    google: Google = field(init=False)
    shelf: Shelf = field(init=False)
    reminders: Calendar = field(init=False)
    scopes: tuple[str, ...] = SCOPES
    token: str = ""

    def __post_init__(self) -> None:
        self.world = World(self.path)
        self.google = Google(lambda: self.world.now)
        self.shelf = self.google.tasks.add_list(LIST)
        self.reminders = self.google.calendars.add("Afterview", app_made=True)

    def close(self) -> None:
        self.google.close()
        assert self.google.broken == []

    def sync(self, at: datetime | None = None, **options: Any) -> AccountReport:
        """Make one pass and return the account's report."""
        self.world.now = at or self.world.now
        self.token = self.token or self.google.consent(*self.scopes)
        with self.ledger() as ledger:
            entry = self._entry(ledger)

            def connect() -> MemoryConnection:
                events = MemoryEvents(self.world.events, ("Personal",))
                return MemoryConnection("home", events, open_tasks(entry), lambda: close(entry))

            chosen = replace(self.world.options, **options)
            report = one_pass(
                ledger, [AccountSpec("home", connect)], self.world.terms(), lambda: self.world.now, chosen
            )
        return report.accounts[0]

    def ledger(self) -> AbstractContextManager[Ledger]:
        """Open the ledger for one pass."""
        return Ledger.open(self.path)

    def _entry(self, ledger: Ledger) -> Entry:
        settings = {"task_list": LIST, "reminder_calendar": self.reminders.id}
        memory = ledger.memory("home")
        secret = {"token": self.token}
        return Entry(
            "home",
            "google",
            settings,
            lambda name: secret.get(name, ""),
            memory,
            lambda: self.world.now,
            "Europe/Berlin",
        )

    def settle(self, passes: int = 3, step: timedelta = timedelta(minutes=15)) -> AccountReport:
        """Make passes, some minutes apart; return the last report."""
        for _ in range(passes - 1):
            self.sync(self.world.now + step)
        return self.sync(self.world.now + step)

    def quiet(self) -> None:
        """Make one more pass and see that it writes nothing and asks for little."""
        self.google.asked.clear()
        report = self.settle(1)
        assert report.error == "", report
        assert self.writes() == []
        assert len(self.google.asked) == 2, self.google.names()

    def writes(self) -> list[str]:
        """Return the methods of all calls that were to change something."""
        return [call.method.id for call in self.google.calls() if call.method.verb != "GET"]

    def tasks(self, words: str = "", shelf: Shelf | None = None) -> list[dict[str, Any]]:
        """Return the tasks whose title has these words and that were not deleted."""
        return [
            task for task in (shelf or self.shelf).tasks.values() if not task.get("deleted") and words in task["title"]
        ]

    def only(self, words: str) -> dict[str, Any]:
        (task,) = self.tasks(words)
        return task

    def open_steps(self) -> list[str]:
        """Return the steps of the tasks that are to be done, sorted."""
        notes = [str(task["notes"]) for task in self.tasks() if task["status"] != "completed"]
        return sorted(one.rpartition("\nav:T")[2].split(":")[1] for one in notes)

    def events(self, words: str = "") -> list[dict[str, Any]]:
        """Return the reminders that are there."""
        bodies = [one.body for one in self.reminders.events.values()]
        return [body for body in bodies if body["status"] == "confirmed" and words in body["summary"]]

    def event(self, words: str) -> dict[str, Any]:
        (event,) = self.events(words)
        return event

    def rings(self, words: str = "") -> list[str]:
        """Return when the phone rings, UTC."""
        return sorted(
            datetime.fromisoformat(event["start"]["dateTime"]).astimezone(UTC).strftime("%m-%d %H:%M")
            for event in self.events(words)
        )

    def lose_ledger(self) -> None:
        self.world.forget_everything()


AFTER = MONDAY + timedelta(hours=2)
