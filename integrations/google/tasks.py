"""Role `task_list`: one list in Google Tasks, with a reminder beside each task so that the phone rings at a time.

One `RemoteTask` is a task and its reminder; its etag covers both. A task is made by a POST, which Google would carry out
twice if it were sent twice: it is sent once, noted before, and looked for afterwards (`find`). What shall become of the
reminder is noted before the task is sent and done after it; what a crash left undone is done by `tidy`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC

from afterview.integrations.entry import Entry
from afterview.integrations.ical.zones import known_zone
from afterview.integrations.marks import withdrawn_at
from afterview.sync.days import Days
from afterview.sync.errors import (
    AccountError,
    AlreadyThere,
    Changed,
    ConfigError,
    ListGone,
    Missing,
    Rejected,
    Uncertain,
)
from afterview.sync.model import RemoteTask, TaskDraft, TaskFields, TaskStatus
from afterview.sync.ports import TaskCapabilities, TaskList, TaskListing
from afterview.sync.text import one_line

from .client import open_client
from .desk import NO_RING, Desk
from .failures import About
from .reminders import Reminders
from .scopes import Feature
from .tasks_form import Json, Promise, differing, is_live, key_of, marks_of, remote_task, written
from .tasks_known import standing
from .tasks_reading import Reader

_DATES = "Google Tasks keeps the date of a task and no time."


@dataclass(slots=True)
class Tasks:
    """The task list of one account."""

    desk: Desk
    name: str

    def capabilities(self) -> TaskCapabilities:
        trouble = self.desk.entry.memory.get(NO_RING)
        if self.desk.reminders is None or trouble:
            why = str(trouble or "No reminder calendar is set up, so the phone does not ring at a time.")
            return TaskCapabilities(times=False, alarms=False, note=f"{_DATES} {why}")
        return TaskCapabilities(times=False, note=_DATES)

    def read(self, cursor: str, known: Mapping[str, str], *, full: bool) -> TaskListing:
        return Reader(self.desk).read(cursor, known, full=full)

    def fetch(self, remote_id: str) -> RemoteTask | None:
        task = self.desk.get(remote_id)
        return self.desk.with_reminder(task) if task is not None else None

    def find(self, key: str) -> tuple[RemoteTask, ...]:
        """Look through the whole list, with all that is ticked, hidden or moved.

        What was just sent and is not shown yet may still come: then it is not known until a minute later.
        """
        tasks = self.desk.lists.tasks()
        mine = [task for task in (*tasks, *self.desk.moved(tasks, ())[0]) if key_of(task) == key]
        live = [task for task in mine if is_live(task)] or self._elsewhere(mine)
        if live or not self.desk.journal.is_open(key):
            self.desk.journal.answered(key)
            return tuple(self.desk.with_reminder(task) for task in live)
        if mine:  # it arrived, and the user has deleted it since
            self.desk.journal.answered(key)
            seen = self.desk.with_reminder(mine[0])
            return (replace(seen, fields=replace(seen.fields, status=TaskStatus.CANCELLED, completed_at=None)),)
        if self.desk.journal.looked_in_vain(key, self.desk.entry.clock()):
            raise Uncertain(
                f'An answer of Google was lost, and the list "{one_line(self.name, 80)}" does not show yet whether a task '
                "arrived; it is looked for again."
            )
        return ()

    def _elsewhere(self, deleted: list[Json]) -> list[Json]:
        """Return what was deleted from our list because the user moved it to another one."""
        found = list[Json]()
        for task in deleted:
            list_id = self.desk.lists.elsewhere(str(task["id"]))
            there = self.desk.lists.get(str(task["id"]), list_id) if list_id else None
            if there is not None:
                self.desk.journal.moves(str(task["id"]), list_id)
                found.append(there)
        return found

    def create(self, draft: TaskDraft) -> RemoteTask:
        ring_at = draft.fields.ring_at if self.capabilities().alarms else None
        body = written(draft.key, draft.fields, self.desk.days, self.desk.entry.clock())
        self.desk.journal.sends(draft.key, self.desk.entry.clock())
        if ring_at is not None:
            self.desk.journal.promise(draft.key, Promise(ring_at, draft.fields.title))
        try:
            task = self.desk.lists.insert(body)
        except (Rejected, AccountError):
            self.desk.journal.answered(draft.key)
            self.desk.journal.kept(draft.key)
            raise
        self.desk.journal.answered(draft.key)
        try:
            return self._kept(task, draft.key)
        except Changed:
            return self.desk.with_reminder(task)

    def update(self, task: RemoteTask, fields: TaskFields) -> RemoteTask:
        wanted = replace(fields, ring_at=fields.ring_at if self.capabilities().alarms else None)
        current = self._unchanged(task)
        over = task.fields.status is wanted.status is TaskStatus.CANCELLED  # then the time of our own tick is no news
        at = (withdrawn_at(str(current.get("notes") or "")) if over else None) or self.desk.entry.clock()
        changes = differing(current, written(task.key, wanted, self.desk.days, at), self.desk.days)
        rings_else = task.fields.ring_at != wanted.ring_at or (wanted.ring_at and task.fields.title != wanted.title)
        if not changes and not rings_else:
            return task
        if rings_else and self.desk.reminders is not None:
            self.desk.journal.promise(task.key, Promise(wanted.ring_at, wanted.title, marks_of(changes)))
        if changes:
            current = self.desk.lists.patch(current, self.desk.list_of(task.remote_id), changes)
        return self._kept(current, task.key)

    def delete(self, task: RemoteTask) -> None:
        """Delete a task; its reminder goes with `tidy`, unless another copy of the task needs it."""
        self._unchanged(task)
        if task.key and self.desk.reminders is not None:
            self.desk.journal.promise(task.key, Promise(None))
        self.desk.journal.deletes(task.remote_id)
        self.desk.lists.delete(task.remote_id, self.desk.list_of(task.remote_id))

    def _unchanged(self, task: RemoteTask) -> Json:
        """Read a task exactly; conditions are not known to be heeded here. Raises Missing, Changed."""
        current = self.desk.get(task.remote_id)
        if current is None:
            raise Missing(f'The task "{one_line(task.fields.title, 60)}" is gone.')
        now = self.desk.with_reminder(current)
        if task.etag is not None and now.etag != task.etag:
            raise Changed(f'The task "{one_line(task.fields.title, 60)}" changed since it was read.')
        return current

    def _kept(self, task: Json, key: str) -> RemoteTask:
        """Do what was promised of the reminder; what cannot be done now is done by `tidy`, the task is there already."""
        promise = self.desk.promise_of(key, task)
        if promise is None or self.desk.reminders is None:
            return self.desk.with_reminder(task)
        try:
            reminder = self.desk.reminders.keep(key, promise, str(task["id"]))
        except (Uncertain, Missing, AlreadyThere):
            return remote_task(task, None, self.desk.days, promise)
        except (Rejected, ListGone):
            reminder = None
        except Changed:  # the user moved it at this very moment: that counts, and is read like any other move
            self.desk.journal.kept(key)
            raise
        self.desk.journal.kept(key)
        return remote_task(task, reminder, self.desk.days)

    def tidy(self) -> None:
        """Keep what was promised of reminders; none stands without an open task."""
        promises = self.desk.journal.promises()
        self.desk.journal.forget_past(self.desk.entry.clock())
        if not promises or self.desk.reminders is None:
            return
        tasks = self.desk.lists.tasks()
        live = {str(task["id"]): task for task in (*tasks, *self.desk.moved(tasks, ())[0]) if is_live(task)}
        open_tasks = standing(remote_task(task, None, self.desk.days) for task in live.values())
        for key, promise in promises.items():
            task = open_tasks.get(key) or self._without_line(key, live)
            if self.desk.journal.is_open(key):
                continue  # nobody knows yet whether its task is there
            if task is None:
                self._tidy_one(key, Promise(None), "")
            elif (promise.ring_at is None and not promise.title) or not promise.counts_for(live[task.remote_id]):
                self.desk.journal.kept(key)  # another copy of the task needs it, or the change never arrived
            else:
                self._tidy_one(key, replace(promise, title=task.fields.title), task.remote_id)

    def _without_line(self, key: str, live: Mapping[str, Json]) -> RemoteTask | None:
        """Return the open task of a key out of which the user took our line: its reminder knows it."""
        for reminder in self.desk.reminders.of(key) if self.desk.reminders else ():
            task = live.get(reminder.task)
            if task is not None and not key_of(task):
                seen = remote_task(task, reminder, self.desk.days)
                return seen if seen.fields.status is TaskStatus.OPEN else None
        return None

    def _tidy_one(self, key: str, promise: Promise, task_id: str) -> None:
        assert self.desk.reminders is not None  # noqa: S101 -- `tidy` is done without one
        try:
            self.desk.reminders.keep(key, promise, task_id)
        except (Uncertain, Missing, AlreadyThere):
            return  # the promise stays until the next pass
        except (Rejected, ListGone, Changed):
            pass
        self.desk.journal.kept(key)


def open_tasks(entry: Entry) -> TaskList:
    """Open the account's task list."""
    name = str(entry.settings.get("task_list") or "")
    if not name:
        raise ConfigError(f'The account "{entry.id}" names no task list; add `task_list = "..."`.')
    client = open_client(entry)
    client.need(Feature.TASKS, About(entry.id, "Google Tasks", f'The task list "{one_line(name, 80)}"'))
    calendar = str(entry.settings.get("reminder_calendar") or "")
    rings = calendar and Feature.RING in client.features
    reminders = Reminders(client, calendar, entry.zone) if rings else None
    return Tasks(Desk(entry, name, client, Days(known_zone(entry.zone) or UTC), reminders), name)
