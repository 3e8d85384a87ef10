"""Reading Google's list and the reminder calendar together: everything once a day, what changed in between.

What reading finds to be done to reminders is only noted (`journal`); it is done by `Tasks.tidy`, never in a dry run.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from afterview.sync.errors import Refused
from afterview.sync.model import RemoteTask, TaskStatus
from afterview.sync.ports import Coverage, TaskListing

from .desk import NO_RING, Desk
from .reminders import Changes
from .tasks_form import Json, Promise, Reminder, is_live, key_of, remote_task
from .tasks_known import Cursor, Known, newest, of_tasks, promise_for, standing


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one account's list."""

    desk: Desk

    def read(self, cursor: str, known: Mapping[str, str], *, full: bool) -> TaskListing:
        before = Cursor.read(cursor)
        if full or before.list != self.desk.lists.id or before.calendar != self._calendar:
            before = Cursor()
        changes, problems = self._changes(before.token)
        tasks = self.desk.lists.tasks(before.updated_from())
        merge = self._delta if before.since else self._complete
        listing = merge(tasks, changes, Known(known))
        after = Cursor(self.desk.lists.id, newest(tasks, before.since), self._calendar, changes.token)
        return replace(listing, cursor=after.written(), problems=problems)

    @property
    def _calendar(self) -> str:
        return self.desk.reminders.calendar if self.desk.reminders else ""

    def _changes(self, token: str) -> tuple[Changes, tuple[str, ...]]:
        """Return what changed in the reminder calendar; one that is gone or forbidden costs the ring, not the tasks."""
        if self.desk.reminders is None:
            return Changes((), frozenset(), "", complete=True), ()
        try:
            changes = self.desk.reminders.changes(token)
        except Refused as error:
            words = f"The phone does not ring: {error}"
            self.desk.entry.memory.set(NO_RING, words)
            return Changes((), frozenset(), "", complete=True), (words,)
        if self.desk.entry.memory.get(NO_RING):
            self.desk.entry.memory.set(NO_RING, None)
        return changes, ()

    def _complete(self, tasks: list[Json], changes: Changes, known: Known) -> TaskListing:
        if not known.etags:  # a new ledger knows nothing of what the user moved elsewhere
            for task_id, list_id in self.desk.lists.strayed():
                self.desk.journal.moves(task_id, list_id)
        moved, _ = self.desk.moved(tasks, known.etags.keys())
        live = [*(task for task in tasks if is_live(task)), *moved]
        reminders = of_tasks(changes.live)
        seen = [self._met(task, reminders.of(task)) for task in live]
        present = frozenset(one.remote_id for one in seen)
        self._promise_for_orphans(changes, standing(seen))
        return TaskListing(
            Coverage.COMPLETE,
            "",
            tuple(one for one in seen if known.etags.get(one.remote_id) != one.etag),
            removed=frozenset(str(task["id"]) for task in tasks if str(task["id"]) in known.etags) - present,
            present=present,
        )

    def _promise_for_orphans(self, changes: Changes, open_tasks: Mapping[str, RemoteTask]) -> None:
        """Promise that reminders of tasks that are not there go, and that each task has one only."""
        counts = Counter(reminder.key for reminder in changes.live)
        for reminder in of_tasks(changes.live).by_key.values():
            known = reminder.key in self.desk.journal.promises() or self.desk.journal.is_open(reminder.key)
            task = open_tasks.get(reminder.key)
            if not known and (task is None or counts[reminder.key] > 1):
                self.desk.journal.promise(
                    reminder.key, Promise(reminder.ring_at, task.fields.title) if task else Promise(None)
                )

    def _delta(self, tasks: list[Json], changes: Changes, known: Known) -> TaskListing:
        listed = {str(task["id"]): task for task in tasks}
        moved, lost = self.desk.moved(tasks, known.etags.keys())
        listed |= {str(task["id"]): task for task in moved} | {task_id: _gone(task_id) for task_id in lost}
        affected = {task_id: task for task_id, task in listed.items() if not is_live(task) or not known.same_task(task)}
        for task_id in self._with_other_reminder(changes, known):
            affected[task_id] = listed.get(task_id) or self.desk.get(task_id) or _gone(task_id)
        removed = frozenset(
            task_id for task_id, task in affected.items() if not is_live(task) and task_id in known.etags
        )
        for task_id in removed:
            self._let_go(known.reminder_of(task_id), changes)
        seen = [self._met(one, self._reminder_for(one, changes, known)) for one in affected.values() if is_live(one)]
        changed = tuple(one for one in seen if known.etags.get(one.remote_id) != one.etag)
        return TaskListing(Coverage.DELTA, "", changed, removed=removed)

    def _with_other_reminder(self, changes: Changes, known: Known) -> set[str]:
        """Return the ids of tasks whose reminder is not what it was."""
        found: set[str] = set()
        for reminder in changes.live:
            owner = known.owner_of(reminder.id) or reminder.task
            if owner in known.etags and not known.same_reminder(owner, reminder):
                found.add(owner)
        gone = {known.owner_of(reminder_id) for reminder_id in changes.gone} - {""}
        if changes.complete:  # the token was refused: what is not named is not there
            named = {one.id for one in changes.live}
            gone |= {task_id for task_id in known.etags if known.reminder_of(task_id) not in {"", *named}}
        return found | gone

    def _reminder_for(self, task: Json, changes: Changes, known: Known) -> Reminder | None:
        """Return a changed task's reminder: as it was just told, else as it stands."""
        reminder_id = known.reminder_of(str(task["id"]))
        told = of_tasks(changes.live).of(task)
        if told is not None or self.desk.reminders is None or changes.complete or reminder_id in changes.gone:
            return told
        if reminder_id:
            return self.desk.reminders.get(reminder_id)
        return next(iter(self.desk.reminders_of(task)), None) if key_of(task) else None

    def _let_go(self, reminder_id: str, changes: Changes) -> None:
        """Promise that the reminder of a task that was deleted goes too."""
        if self.desk.reminders is None or not reminder_id or reminder_id in changes.gone:
            return
        reminder = self.desk.reminders.get(reminder_id)
        if reminder is not None:
            self.desk.journal.promise(reminder.key, Promise(None))

    def _met(self, task: Json, reminder: Reminder | None) -> RemoteTask:
        """Return a task as it was read, and promise what has to become of its reminder."""
        seen = remote_task(task, reminder, self.desk.days)
        promise = self.desk.promise_of(seen.key, task)
        if promise is None and seen.key and self.desk.reminders is not None:
            promise = self._promised(seen, reminder)
        return remote_task(task, reminder, self.desk.days, promise) if promise else seen

    def _promised(self, seen: RemoteTask, reminder: Reminder | None) -> Promise | None:
        now, heard = self.desk.entry.clock(), None
        if seen.fields.status is TaskStatus.OPEN:
            heard = self.desk.journal.heard_again(seen.key, now)
        elif reminder is not None and reminder.starts_at > now:
            self.desk.journal.silence(seen.key, reminder.ring_at)
        promise = promise_for(seen, reminder, heard)
        if promise is not None:
            self.desk.journal.promise(seen.key, promise)
        return promise


def _gone(task_id: str) -> Json:
    return {"id": task_id, "deleted": True}
