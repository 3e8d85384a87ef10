"""What every part of Google's task list works with: the account, its list, its reminders, its journal."""

from collections.abc import Collection
from dataclasses import dataclass, field

from afterview.integrations.entry import Entry
from afterview.sync.days import Days
from afterview.sync.model import RemoteTask

from .client import Client
from .journal import Journal
from .lists import Lists
from .reminders import Reminders
from .tasks_form import Json, Promise, Reminder, is_live, key_of, remote_task

NO_RING = "no_ring"  # in the memory: why the reminder calendar cannot be used, in words


@dataclass(slots=True)
class Desk:
    """One account's task list. `reminders` is None where the phone is not to ring."""

    entry: Entry
    name: str
    client: Client
    days: Days
    reminders: Reminders | None
    journal: Journal = field(init=False)
    lists: Lists = field(init=False)

    def __post_init__(self) -> None:
        """Open what stands in the account's memory."""
        self.journal = Journal(self.entry.memory)
        self.lists = Lists(self.client, self.entry.memory, self.name)

    def get(self, task_id: str) -> Json | None:
        """Read a task where it is now; None where it is gone."""
        return self.lists.get(task_id, self.list_of(task_id))

    def list_of(self, task_id: str) -> str:
        """Return the id of the other list to which the user moved a task, "" for ours."""
        return self.journal.moved().get(task_id, "")

    def with_reminder(self, task: Json) -> RemoteTask:
        """Return a task with its reminder as that stands, or shall stand."""
        reminder = next(iter(self.reminders_of(task)), None)
        key = key_of(task, reminder)
        return remote_task(task, reminder, self.days, self.promise_of(key, task))

    def reminders_of(self, task: Json) -> tuple[Reminder, ...]:
        """Return a task's live reminders, found by its key, or by its id where the user took our line out."""
        if self.reminders is None or self.entry.memory.get(NO_RING):
            return ()
        return self.reminders.of(key_of(task), str(task["id"]))

    def promise_of(self, key: str, task: Json) -> Promise | None:
        """Return what the reminder of a task shall become, if that is noted and counts for the task as it is."""
        promise = self.journal.promises().get(key) if key else None
        return promise if promise is not None and promise.counts_for(task) else None

    def moved(self, tasks: list[Json], watched: Collection[str]) -> tuple[list[Json], set[str]]:
        """Return the tasks of ours that are in another list now, and the ids of those that are gone from there too."""
        moved = self.journal.moved()
        for task in tasks:
            task_id = str(task["id"])
            if task_id in moved and is_live(task):
                self.journal.moves(task_id, None)
            elif self._may_have_moved(task, watched=task_id in watched and task_id not in moved):
                self.journal.moves(task_id, self.lists.elsewhere(task_id) or None)
        found, lost = list[Json](), set[str]()
        for task_id, list_id in self.journal.moved().items():
            there = self.lists.get(task_id, list_id)
            if there is None:
                self.journal.moves(task_id, None)
                lost.add(task_id)
            else:
                found.append(there)
        return found, lost

    def _may_have_moved(self, task: Json, *, watched: bool) -> bool:
        gone = watched and not is_live(task) and bool(key_of(task))
        return gone and not self.journal.was_ours(str(task["id"]))
