"""Role `task_list`: one list in Google Tasks, with a reminder beside each task so that the phone rings at a time.

One `RemoteTask` is a task and its reminder; its etag covers both. A task is made by a POST, which Google would carry out
twice if it were sent twice: it is sent once, noted before, and looked for afterwards (`find`). What shall become of the
reminder is noted before the task is sent and done after it; what a crash left undone is done by `tidy`.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC

from afterview.integrations.entry import Entry
from afterview.integrations.ical.zones import known_zone
from afterview.sync.days import Days
from afterview.sync.errors import (
    AlreadyThere,
    Changed,
    ConfigError,
    ListGone,
    Missing,
    NotReady,
    Refused,
    Rejected,
    Uncertain,
)
from afterview.sync.model import RemoteTask, TaskDraft, TaskFields, TaskStatus
from afterview.sync.ports import Coverage, TaskCapabilities, TaskList, TaskListing
from afterview.sync.text import one_line

from .client import Client, open_client
from .failures import About
from .journal import Journal
from .lists import Lists
from .reminders import Changes, Reminders
from .scopes import Feature
from .tasks_form import Json, Promise, Reminder, differing, is_live, key_of, marks_of, remote_task, written
from .tasks_reading import Cursor, Known, by_key, newest, promise_for, standing

NO_RING = "no_ring"  # in the memory: why the reminder calendar cannot be used, in words
_DATES = "Google Tasks keeps the date of a task and no time."


@dataclass(slots=True)
class Tasks:
    """The task list of one account."""

    entry: Entry
    name: str
    client: Client
    days: Days
    reminders: Reminders | None
    journal: Journal = field(init=False)
    lists: Lists = field(init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.entry.memory)
        self.lists = Lists(self.client, self.entry.memory, self.name)

    def capabilities(self) -> TaskCapabilities:
        trouble = self.entry.memory.get(NO_RING)
        if self.reminders is None or trouble:
            why = str(trouble or "No reminder calendar is set up, so the phone does not ring at a time.")
            return TaskCapabilities(times=False, alarms=False, note=f"{_DATES} {why}")
        return TaskCapabilities(times=False, note=_DATES)

    # reading
    def read(self, cursor: str, known: Mapping[str, str], *, full: bool) -> TaskListing:
        before = Cursor.read(cursor)
        if full or before.list != self.lists.id or before.calendar != self._calendar:
            before = Cursor()
        changes, problems = self._changes(before.token)
        tasks = self.lists.tasks(before.updated_from())
        merge = self._delta if before.since else self._complete
        listing = merge(tasks, changes, Known(known))
        after = Cursor(self.lists.id, newest(tasks, before.since), self._calendar, changes.token)
        return replace(listing, cursor=after.written(), problems=problems)

    @property
    def _calendar(self) -> str:
        return self.reminders.calendar if self.reminders else ""

    def _changes(self, token: str) -> tuple[Changes, tuple[str, ...]]:
        """Return what changed in the reminder calendar; one that is gone or forbidden costs the ring, not the tasks."""
        if self.reminders is None:
            return Changes((), frozenset(), "", complete=True), ()
        try:
            changes = self.reminders.changes(token)
        except Refused as error:
            words = f"The phone does not ring: {error}"
            self.entry.memory.set(NO_RING, words)
            return Changes((), frozenset(), "", complete=True), (words,)
        if self.entry.memory.get(NO_RING):
            self.entry.memory.set(NO_RING, None)
        return changes, ()

    def _complete(self, tasks: list[Json], changes: Changes, known: Known) -> TaskListing:
        moved, _ = self._moved(tasks, known.etags.keys())
        live = [*(task for task in tasks if is_live(task)), *moved]
        reminders = by_key(changes.live)
        seen = [self._met(task, reminders.get(key_of(task))) for task in live]
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
        for reminder in by_key(changes.live).values():
            known = reminder.key in self.journal.promises() or self.journal.is_open(reminder.key)
            task = open_tasks.get(reminder.key)
            if not known and (task is None or counts[reminder.key] > 1):
                self.journal.promise(
                    reminder.key, Promise(reminder.ring_at, task.fields.title) if task else Promise(None)
                )

    def _delta(self, tasks: list[Json], changes: Changes, known: Known) -> TaskListing:
        listed = {str(task["id"]): task for task in tasks}
        moved, lost = self._moved(tasks, known.etags.keys())
        listed |= {str(task["id"]): task for task in moved} | {task_id: _gone(task_id) for task_id in lost}
        affected = {task_id: task for task_id, task in listed.items() if not is_live(task) or not known.same_task(task)}
        for task_id in self._with_other_reminder(changes, known):
            affected[task_id] = listed.get(task_id) or self._get(task_id) or _gone(task_id)
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
        key, reminder_id = key_of(task), known.reminder_of(str(task["id"]))
        told = by_key(changes.live).get(key) if key else None
        if told is not None or not key or self.reminders is None or changes.complete or reminder_id in changes.gone:
            return told
        return self.reminders.get(reminder_id) if reminder_id else next(iter(self._reminders_of(key)), None)

    def _let_go(self, reminder_id: str, changes: Changes) -> None:
        """Promise that the reminder of a task that was deleted goes too."""
        if self.reminders is None or not reminder_id or reminder_id in changes.gone:
            return
        reminder = self.reminders.get(reminder_id)
        if reminder is not None:
            self.journal.promise(reminder.key, Promise(None))

    def _moved(self, tasks: list[Json], watched: Collection[str]) -> tuple[list[Json], set[str]]:
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

    def _met(self, task: Json, reminder: Reminder | None) -> RemoteTask:
        """Return a task as it was read, and promise what has to become of its reminder."""
        seen = remote_task(task, reminder, self.days)
        promise = self._promise(seen.key, task)
        if promise is None and seen.key and self.reminders is not None:
            promise = self._promised(seen, reminder)
        return remote_task(task, reminder, self.days, promise) if promise else seen

    def _promised(self, seen: RemoteTask, reminder: Reminder | None) -> Promise | None:
        now, heard = self.entry.clock(), None
        if seen.fields.status is TaskStatus.OPEN:
            heard = self.journal.heard_again(seen.key, now)
        elif reminder is not None and reminder.starts_at > now:
            self.journal.silence(seen.key, reminder.ring_at)
        promise = promise_for(seen, reminder, heard)
        if promise is not None:
            self.journal.promise(seen.key, promise)
        return promise

    def fetch(self, remote_id: str) -> RemoteTask | None:
        task = self._get(remote_id)
        return self._with_reminder(task) if task is not None else None

    def _get(self, task_id: str) -> Json | None:
        return self.lists.get(task_id, self.journal.moved().get(task_id, ""))

    def _with_reminder(self, task: Json) -> RemoteTask:
        key = key_of(task)
        reminder = next(iter(self._reminders_of(key)), None) if key else None
        return remote_task(task, reminder, self.days, self._promise(key, task))

    def _promise(self, key: str, task: Json) -> Promise | None:
        promise = self.journal.promises().get(key) if key else None
        return promise if promise is not None and promise.counts_for(task) else None

    def _reminders_of(self, key: str) -> tuple[Reminder, ...]:
        if self.reminders is None or self.entry.memory.get(NO_RING):
            return ()
        return self.reminders.of(key)

    def find(self, key: str) -> tuple[RemoteTask, ...]:
        """Look through the whole list, with all that is ticked, hidden or moved.

        What was just sent and is not shown yet may still come: then it is not known, and asked again a minute later.
        """
        tasks = self.lists.tasks()
        mine = [task for task in (*tasks, *self._moved(tasks, ())[0]) if key_of(task) == key]
        live = [task for task in mine if is_live(task)]
        if live or not self.journal.is_open(key):
            self.journal.answered(key)
            return tuple(self._with_reminder(task) for task in live)
        if mine:  # it arrived, and the user has deleted it since
            self.journal.answered(key)
            seen = self._with_reminder(mine[0])
            return (replace(seen, fields=replace(seen.fields, status=TaskStatus.CANCELLED, completed_at=None)),)
        again_at = self.journal.looked_in_vain(key, self.entry.clock())
        if again_at is not None:
            raise NotReady(
                f'An answer of Google was lost, and the list "{one_line(self.name, 80)}" does not show yet whether a task '
                "arrived; it is looked for again in a minute.",
                retry_at=again_at,
            )
        return ()

    # writing
    def create(self, draft: TaskDraft) -> RemoteTask:
        ring_at = draft.fields.ring_at if self.capabilities().alarms else None
        body = written(draft.key, draft.fields, self.days, self.entry.clock())
        self.journal.sends(draft.key, self.entry.clock())
        if ring_at is not None:
            self.journal.promise(draft.key, Promise(ring_at, draft.fields.title))
        try:
            task = self.lists.insert(body)
        except Uncertain:
            raise
        except (Rejected, Refused, NotReady):
            self.journal.answered(draft.key)
            self.journal.kept(draft.key)
            raise
        self.journal.answered(draft.key)
        return self._kept(task, draft.key)

    def update(self, task: RemoteTask, fields: TaskFields) -> RemoteTask:
        wanted = replace(fields, ring_at=fields.ring_at if self.capabilities().alarms else None)
        current = self._unchanged(task)
        body = written(task.key, wanted, self.days, self.entry.clock())
        changes = differing(current, body, self.days) if _says_else(task.fields, wanted) else {}
        if task.fields.status is TaskStatus.CANCELLED is wanted.status:  # the time of our own tick is not news
            changes = {name: value for name, value in changes.items() if name in {"title", "due"}}
        rings_else = task.fields.ring_at != wanted.ring_at or (wanted.ring_at and task.fields.title != wanted.title)
        if not changes and not rings_else:
            return task
        if rings_else and self.reminders is not None:
            self.journal.promise(task.key, Promise(wanted.ring_at, wanted.title, marks_of(changes)))
        if changes:
            current = self.lists.patch(current, self._list_of(task.remote_id), changes)
        return self._kept(current, task.key)

    def delete(self, task: RemoteTask) -> None:
        """Delete a task; its reminder goes with `tidy`, unless another copy of the task needs it."""
        self._unchanged(task)
        if task.key and self.reminders is not None:
            self.journal.promise(task.key, Promise(None))
        self.journal.deletes(task.remote_id)
        self.lists.delete(task.remote_id, self._list_of(task.remote_id))

    def _list_of(self, task_id: str) -> str:
        return self.journal.moved().get(task_id, "")

    def _unchanged(self, task: RemoteTask) -> Json:
        """Read a task exactly; conditions are not known to be heeded here. Raises Missing, Changed."""
        current = self._get(task.remote_id)
        if current is None:
            raise Missing(f'The task "{one_line(task.fields.title, 60)}" is gone.')
        now = self._with_reminder(current)
        if task.etag is not None and now.etag != task.etag:
            raise Changed(f'The task "{one_line(task.fields.title, 60)}" changed since it was read.')
        return current

    def _kept(self, task: Json, key: str) -> RemoteTask:
        """Do what was promised of the reminder; what cannot be done now is done by `tidy`, the task is there already."""
        promise = self._promise(key, task)
        if promise is None or self.reminders is None:
            return self._with_reminder(task)
        try:
            reminder = self.reminders.keep(key, promise, str(task["id"]))
        except (Uncertain, Changed, Missing, AlreadyThere):
            return remote_task(task, None, self.days, promise)
        except (Rejected, ListGone):
            reminder = None
        self.journal.kept(key)
        return remote_task(task, reminder, self.days)

    def tidy(self) -> None:
        """Keep what was promised of reminders; none stands without an open task."""
        promises = self.journal.promises()
        self.journal.forget_past(self.entry.clock())
        if not promises or self.reminders is None:
            return
        tasks = self.lists.tasks()
        live = {str(task["id"]): task for task in (*tasks, *self._moved(tasks, ())[0]) if is_live(task)}
        open_tasks = standing(remote_task(task, None, self.days) for task in live.values())
        for key, promise in promises.items():
            task = open_tasks.get(key)
            if self.journal.is_open(key):
                continue  # nobody knows yet whether its task is there
            if task is None:
                self._tidy_one(key, Promise(None), "")
            elif (promise.ring_at is None and not promise.title) or not promise.counts_for(live[task.remote_id]):
                self.journal.kept(key)  # another copy of the task needs it, or the change never arrived
            else:
                self._tidy_one(key, replace(promise, title=task.fields.title), task.remote_id)

    def _tidy_one(self, key: str, promise: Promise, task_id: str) -> None:
        assert self.reminders is not None  # noqa: S101 -- `tidy` is done without one
        try:
            self.reminders.keep(key, promise, task_id)
        except (Uncertain, Changed, Missing, AlreadyThere):
            return  # the promise stays, and so does the next pass
        except (Rejected, ListGone):
            pass
        self.journal.kept(key)


def _gone(task_id: str) -> Json:
    return {"id": task_id, "deleted": True}


def _says_else(before: TaskFields, wanted: TaskFields) -> bool:
    return replace(before, ring_at=None, snoozed_until=None) != replace(wanted, ring_at=None, snoozed_until=None)


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
    return Tasks(entry, name, client, Days(known_zone(entry.zone) or UTC), reminders)
