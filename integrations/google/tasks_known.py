"""What a reading of Google's list and of the reminder calendar tells together. Pure; `tasks` asks and writes.

The cursor holds both: the newest `updated` that Google named (its clock, never ours) and the calendar's sync token.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from afterview.sync.model import RemoteTask, TaskStatus

from .tasks_form import Json, Promise, Reminder, etag_of, instant, key_of, parts_of, reminder_etag, stamp

OVERLAP = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the last reading ended. `since` "" asks for everything."""

    list: str = ""
    since: str = ""
    calendar: str = ""
    token: str = ""

    def written(self) -> str:
        return json.dumps({"list": self.list, "since": self.since, "calendar": self.calendar, "token": self.token})

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Read a cursor; one that is not ours asks for everything."""
        try:
            raw = json.loads(text) if text else {}
        except ValueError:
            raw = {}
        if not isinstance(raw, dict):
            return cls()
        return cls(*(str(raw.get(name) or "") for name in ("list", "since", "calendar", "token")))

    def updated_from(self) -> str:
        """Return from when on changes are asked for: a little earlier, for what was written in the same moment."""
        return stamp(datetime.fromisoformat(self.since) - OVERLAP) if self.since else ""


def newest(tasks: Iterable[Json], before: str) -> str:
    """Return the newest time that Google names."""
    times = [str(task["updated"]) for task in tasks if instant(task.get("updated"))]
    times += [before] if before else []
    return max(times, key=datetime.fromisoformat) if times else ""


@dataclass(slots=True)
class Known:
    """What the ledger knew: the etag of each task, and which task each reminder belongs to."""

    etags: Mapping[str, str]
    _owners: dict[str, str] = field(default_factory=dict)

    def same_task(self, task: Json) -> bool:
        """Tell whether a task is as it was known, apart from its reminder."""
        return parts_of(self.etags.get(str(task["id"]), ""))[0] == etag_of(task, None, ours=False)

    def same_reminder(self, task_id: str, reminder: Reminder | None) -> bool:
        """Tell whether a task's reminder is as it was known."""
        return parts_of(self.etags.get(task_id, ""))[2] == reminder_etag(reminder)

    def reminder_of(self, task_id: str) -> str:
        """Return the id of the reminder that a task had, "" if it had none."""
        return parts_of(self.etags.get(task_id, ""))[1]

    def owner_of(self, reminder_id: str) -> str:
        """Return the id of the task that had a reminder, "" if none is known."""
        if not self._owners:
            self._owners = {parts_of(etag)[1]: task_id for task_id, etag in self.etags.items()}
        return self._owners.get(reminder_id, "")


@dataclass(frozen=True, slots=True)
class Reminded:
    """Live reminders by what they belong to; of several for one task the one that `Reminders.of` names first."""

    by_key: Mapping[str, Reminder]
    by_task: Mapping[str, Reminder]

    def of(self, task: Json) -> Reminder | None:
        """Return a task's reminder, found by its key, or by its id where the user took our line out."""
        key = key_of(task)
        return self.by_key.get(key) if key else self.by_task.get(str(task["id"]))


def of_tasks(reminders: Iterable[Reminder]) -> Reminded:
    """Sort live reminders."""
    ordered = sorted(reminders, key=lambda one: one.id, reverse=True)
    return Reminded({one.key: one for one in ordered}, {one.task: one for one in ordered if one.task})


def standing(seen: Iterable[RemoteTask]) -> dict[str, RemoteTask]:
    """Return the tasks that stand open, by key; each may have a reminder."""
    return {one.key: one for one in seen if one.key and one.fields.status is TaskStatus.OPEN}


def promise_for(task: RemoteTask, reminder: Reminder | None, heard_again: datetime | None) -> Promise | None:
    """Return what has to become of a task's reminder, None if it is right as it is.

    A ticked task needs none; one whose tick was taken back rings as it would have; a new title is told.
    """
    title = task.fields.title
    if task.fields.status is not TaskStatus.OPEN:
        return Promise(None) if reminder else None
    if reminder is None:
        return Promise(heard_again, title) if heard_again else None
    stale = reminder.wrote != title and reminder.title == reminder.wrote
    return Promise(reminder.ring_at, title) if stale else None
