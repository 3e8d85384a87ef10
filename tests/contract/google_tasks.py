"""Google Tasks for the contract suite: a list of its own, a reminder calendar, and the phone beside them."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from afterview.cli.showcase.google.calendars import Calendar
from afterview.cli.showcase.google.formats import stamp
from afterview.cli.showcase.google.server import Google
from afterview.cli.showcase.google.tasks import Shelf
from afterview.integrations.entry import Entry
from afterview.integrations.google.tasks import open_tasks
from afterview.sync.days import Days
from afterview.sync.ports import TaskList
from tests.accounts import MovedClock, Notebook, account, close

ZONE = ZoneInfo("Europe/Berlin")


@dataclass(slots=True)
class GoogleTaskRig:
    """One account. `memory` is what the account keeps between passes."""

    clock: MovedClock = field(default_factory=MovedClock)
    memory: Notebook = field(default_factory=Notebook)
    name: str = "google"
    doubles: bool = True
    google: Google = field(init=False)
    shelf: Shelf = field(init=False)
    reminders: Calendar = field(init=False)
    tasks: TaskList = field(init=False)
    opened: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.google = Google(self.clock)
        self.shelf = self.google.tasks.add_list("Interviews")
        self.reminders = self.google.calendars.add("Afterview", app_made=True)
        self.tasks = self.again()

    def again(self) -> TaskList:
        token = self.google.consent("tasks", "calendar.app.created")
        settings = {"task_list": "Interviews", "reminder_calendar": self.reminders.id}
        entry = account(settings, integration="google", token=token, clock=self.clock, memory=self.memory)
        self.opened.append(entry)
        return open_tasks(entry)

    def held(self, due_at: datetime) -> datetime:
        return Days(ZONE).start(due_at)

    def close(self) -> None:
        for entry in self.opened:
            close(entry)
        self.google.close()
        assert self.google.broken == []

    def complete(self, remote_id: str, at: datetime) -> None:
        self.google.phone.complete(remote_id)
        self._put(remote_id, completed=stamp(at))

    def reopen(self, remote_id: str) -> None:
        self.google.phone.reopen(remote_id)

    def move(self, remote_id: str, due_at: datetime) -> None:
        self.google.phone.snooze(remote_id, due_at.astimezone(ZONE).date())

    def annotate(self, remote_id: str, notes: str) -> None:
        mark = self.google.tasks.where(remote_id).tasks[remote_id]["notes"].rpartition("\n")[2]
        self.google.phone.edit(remote_id, notes=f"{notes}\n\n{mark}")

    def delete(self, remote_id: str) -> None:
        self.google.phone.delete(remote_id)

    def touch(self, remote_id: str) -> None:
        self._put(remote_id)

    def add_foreign(self, title: str) -> str:
        return str(self.google.tasks.add(self.shelf, {"title": title})["id"])

    def _put(self, remote_id: str, **changes: str) -> None:
        shelf = self.google.tasks.where(remote_id)
        self.google.tasks.put(shelf, shelf.tasks[remote_id], changes)
