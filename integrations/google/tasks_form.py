"""Google's task and our reminder event <-> the fields that the engine knows. Pure.

    title       title; a withdrawn one begins with a cross
    notes       notes without our line (`marks`)
    due_at      the local midnight of `due`, of which Google keeps the date only
    ring_at     when we set the reminder to; snoozed_until, where the user has moved it to
    status      needsAction; completed; withdrawn = completed by us, as our line says, because Google knows no third state

Whoever takes the tick off a withdrawn task opens it; whoever ticks it anew has done it: then the times differ.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from afterview.integrations import marks
from afterview.integrations.ical.zones import YEARS
from afterview.sync.days import Days
from afterview.sync.errors import Rejected
from afterview.sync.identity import short_hash
from afterview.sync.model import RemoteTask, TaskFields, TaskStatus
from afterview.sync.text import one_line

Json = Mapping[str, Any]
TITLE_LIMIT, NOTES_LIMIT = 1024, 8192
WANTED = "id,etag,title,updated,notes,status,due,completed,deleted"
_TOLD = ("title", "notes", "due", "status")
_OURS = timedelta(minutes=2)  # by how much Google's own time of completion may differ from the one we send


@dataclass(frozen=True, slots=True)
class Reminder:
    """A live reminder event. `wrote` is the title that we gave it, `ring_at` the time; `starts_at` is where it is now."""

    id: str
    etag: str
    key: str
    task: str  # id
    ring_at: datetime
    starts_at: datetime
    title: str
    wrote: str


@dataclass(frozen=True, slots=True)
class Promise:
    """What a reminder shall become, noted before it is done.

    `ring_at` None: it goes; without a title too, only if no open task has it. `given`: marks of the changes to the task
    that were sent with it; it counts only if they arrived, and one tells, since a change arrives as a whole.
    """

    ring_at: datetime | None
    title: str = ""
    given: tuple[str, ...] = ()

    def counts_for(self, task: Json) -> bool:
        """Tell whether the task is as it was to become."""
        return not self.given or bool(set(self.given) & set(marks_of({name: task.get(name) for name in _TOLD})))


def marks_of(changes: Json) -> tuple[str, ...]:
    """Return a mark for each change to a task."""
    return tuple(
        f"{name}={short_hash(str(value or '')[: 10 if name == 'due' else None])}"
        for name, value in changes.items()
        if name in _TOLD
    )


def is_live(task: Json) -> bool:
    """Tell whether a task is there for the user, be it ticked and hidden."""
    return not task.get("deleted")


def key_of(task: Json, reminder: Reminder | None = None) -> str:
    """Return the key of a task of ours, "" for a foreign one. The reminder knows it if the user took our line out."""
    return marks.read(str(task.get("notes") or "")).key or (reminder.key if reminder else "")


def etag_of(task: Json, reminder: Reminder | None, *, ours: bool) -> str:
    """Return one etag for a task and its reminder; it names the reminder, so that a change of that leads to the task."""
    mine = short_hash(f"{task.get('etag')}\0{task.get('updated')}")
    return f"{mine}|{reminder.id if reminder else ''}|{reminder_etag(reminder)}" if ours else mine


def reminder_etag(reminder: Reminder | None) -> str:
    """Return the part of an etag that stands for the reminder."""
    return short_hash(reminder.etag) if reminder else ""


def parts_of(etag: str) -> tuple[str, str, str]:
    """Take an etag apart: the task's part, the reminder's id, the reminder's part."""
    mine, _, rest = etag.partition("|")
    reminder_id, _, told = rest.partition("|")
    return mine, reminder_id, told


def remote_task(task: Json, reminder: Reminder | None, days: Days, promise: Promise | None = None) -> RemoteTask:
    """Make what the engine sees. What was promised of the reminder counts as done."""
    marked = marks.read(str(task.get("notes") or ""))
    withdrawn = marked.withdrawn_at is not None
    title = one_line(str(task.get("title") or ""), TITLE_LIMIT)
    completed_at = instant(task.get("completed"))
    status = _status(task, marked.withdrawn_at, completed_at)
    fields = TaskFields(
        title=title.removeprefix(marks.CROSS) if withdrawn else title,
        notes=marked.notes,
        due_at=_day(task.get("due"), days),
        ring_at=reminder.ring_at if reminder else None,
        snoozed_until=reminder.starts_at if reminder and reminder.starts_at != reminder.ring_at else None,
        status=status,
        completed_at=completed_at if status is TaskStatus.DONE else None,
        context=marked.context,
    )
    if promise is not None:
        moved = reminder is None or reminder.ring_at != promise.ring_at
        snoozed_until = None if moved or promise.ring_at is None else fields.snoozed_until
        fields = replace(fields, ring_at=promise.ring_at, snoozed_until=snoozed_until)
    raw = json.dumps({name: task[name] for name in WANTED.split(",") if name in task})
    key = key_of(task, reminder)
    return RemoteTask(str(task["id"]), key, fields, etag_of(task, reminder, ours=bool(key)), raw)


def _status(task: Json, withdrawn_at: datetime | None, completed_at: datetime | None) -> TaskStatus:
    if task.get("status") != "completed":
        return TaskStatus.OPEN
    by_us = withdrawn_at is not None and completed_at is not None and abs(completed_at - withdrawn_at) <= _OURS
    return TaskStatus.CANCELLED if by_us else TaskStatus.DONE


def written(key: str, fields: TaskFields, days: Days, now: datetime) -> dict[str, Any]:
    """Return a task as it is sent. Raises Rejected for notes that Google cannot hold: the user's words are never cut."""
    over = fields.status is TaskStatus.CANCELLED
    now = now.replace(microsecond=0)
    notes = marks.Marked(fields.notes, key, fields.context, now if over else None).written()
    if marks.length(notes) > NOTES_LIMIT:
        raise Rejected(
            f'The notes of "{one_line(fields.title, 60)}" are too long for Google Tasks ({marks.length(notes):,} of '
            f"{NOTES_LIMIT:,} characters); shorten what you wrote there."
        )
    done_at = {TaskStatus.OPEN: None, TaskStatus.DONE: fields.completed_at or now, TaskStatus.CANCELLED: now}
    completed_at = done_at[fields.status]
    return {
        "title": _cut((marks.CROSS if over else "") + fields.title),
        "notes": notes,
        "due": f"{fields.due_at.astimezone(days.zone).date().isoformat()}T00:00:00.000Z" if fields.due_at else None,
        "status": "completed" if completed_at else "needsAction",
        "completed": stamp(completed_at) if completed_at else None,
    }


def differing(task: Json, wanted: Mapping[str, Any], days: Days) -> dict[str, Any]:
    """Return the fields of a task that are to be sent; none where it says the same already in other words."""
    told = {name: value for name, value in wanted.items() if (task.get(name) or None) != (value or None)}
    if _day(task.get("due"), days) == _day(wanted["due"], days):
        told.pop("due", None)
    if told.get("completed") and instant(task.get("completed")) == instant(wanted["completed"]):
        told.pop("completed")
    if "status" in told:
        told["completed"] = wanted["completed"]
    return told


def stamp(moment: datetime) -> str:
    """Write an instant as Google does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cut(title: str) -> str:
    """Shorten a title to what Google takes."""
    if marks.length(title) <= TITLE_LIMIT:
        return title
    return title.encode("utf-16-le", "surrogatepass")[: 2 * (TITLE_LIMIT - 2)].decode("utf-16-le", "ignore") + "…"


def _day(due: Any, days: Days) -> datetime | None:
    """Return the local midnight of a date; its time means nothing."""
    try:
        date = datetime.fromisoformat(str(due)[:10])
    except ValueError:
        return None
    return date.replace(tzinfo=days.zone).astimezone(UTC) if date.year in YEARS else None


def instant(value: Any) -> datetime | None:
    """Read a time of Google's to the second; None for what is none, or lies beyond believable years."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(microsecond=0) if moment.tzinfo and moment.year in YEARS else None
