"""Items and entries of Home Assistant <-> what the engine knows. Pure.

title    title; a withdrawn one begins with a cross
text     notes, and our line (`integrations.marks`) last
due      a date is its local midnight; a time is cut to whole minutes
done     completed; withdrawn = completed by us, as our line says, because a to-do list knows no third state
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

from afterview.integrations import marks
from afterview.sync.days import Days
from afterview.sync.identity import plain, short_hash
from afterview.sync.model import Event, EventStatus, TaskFields, TaskStatus
from afterview.sync.text import one_line, paragraphs

from .access import Entry, Features, Item, Moment

TITLE_LIMIT = 250
_OCCURRENCE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d\d):?(\d\d):?(\d\d))?(Z|[+-]\d\d:?\d\d)?")


def etag_of(item: Item) -> str:
    """Return a mark of everything an item says."""
    due = item.due.isoformat() if item.due else ""
    return short_hash("\0".join((item.title, str(item.done), due, item.text)))


def fields_of(item: Item, days: Days, done_at: datetime | None, *, insisted: bool = False) -> tuple[str, TaskFields]:
    """Return key ("" for a foreign item) and fields. `insisted`: it was opened again after we withdrew it."""
    marked = marks.read(item.text)
    withdrawn = marked.withdrawn_at is not None
    status = TaskStatus.OPEN
    if item.done:
        status = TaskStatus.CANCELLED if withdrawn and not insisted else TaskStatus.DONE
    title = one_line(item.title, TITLE_LIMIT)
    return marked.key, TaskFields(
        title=title.removeprefix(marks.CROSS) if withdrawn else title,
        notes=paragraphs(marked.notes),
        due_at=instant(item.due, days),
        status=status,
        completed_at=(item.completed_at or done_at) if status is TaskStatus.DONE else None,
        context=marked.context,
    )


def is_reopened(item: Item) -> bool:
    """Tell whether somebody opened an item again that we had withdrawn."""
    return not item.done and marks.withdrawn_at(item.text) is not None


def item_of(uid: str, key: str, fields: TaskFields, features: Features, days: Days, now: datetime) -> Item:
    """Return an item that says what the fields say, as far as the list can."""
    over = fields.status is TaskStatus.CANCELLED
    text = marks.Marked(fields.notes, key, fields.context, now.replace(microsecond=0) if over else None).written()
    return Item(
        uid,
        one_line((marks.CROSS if over else "") + fields.title, TITLE_LIMIT),
        fields.status is not TaskStatus.OPEN,
        _due(fields.due_at, features, days),
        text if features.texts else "",
    )


def held(fields: TaskFields, features: Features) -> TaskFields:
    """Return what of some fields the list holds: no ring, and no notes where it has no descriptions."""
    kept = replace(fields, ring_at=None, snoozed_until=None)
    return kept if features.texts else replace(kept, notes="", context="")


def instant(moment: Moment | None, days: Days) -> datetime | None:
    """Return a moment as an aware UTC instant of whole minutes, None for one that lies outside of the calendar."""
    try:
        return None if moment is None else _exact(moment, days).replace(second=0, microsecond=0)
    except OverflowError:
        return None


def _due(due_at: datetime | None, features: Features, days: Days) -> Moment | None:
    if due_at is None:
        return None
    return due_at.astimezone(UTC) if features.times else due_at.astimezone(days.zone).date()


def event_of(entry: Entry, account: str, calendar: str, days: Days) -> Event:
    """Return the event of an entry; one without a uid is named by its calendar, title and start."""
    all_day = not isinstance(entry.start, datetime)
    starts_at, ends_at = (_exact(one, days) for one in (entry.start, entry.end))
    uid = entry.uid or f"ha-{short_hash(f'{calendar}|{plain(entry.title)}|{starts_at.isoformat()}')}"
    status = entry.status.lower()
    return Event(
        account=account,
        calendar=calendar,
        resource=uid,
        uid=uid,
        starts_at=starts_at,
        ends_at=max(ends_at, starts_at),
        occurrence=occurrence(entry.recurrence_id, days),
        title=one_line(entry.title),
        text=paragraphs(entry.text),
        location=one_line(entry.location),
        status=EventStatus(status) if status in set(EventStatus) else EventStatus.CONFIRMED,
        all_day=all_day,
        recurring=bool(entry.recurrence_id),
    )


def occurrence(recurrence_id: str, days: Days) -> str:
    """Return the original start as other calendars have it: "20260105T090000Z", or "20260105" for a whole day."""
    match = _OCCURRENCE.match(recurrence_id)
    if match is None:
        return recurrence_id
    day = "".join(match.group(1, 2, 3))
    if match[4] is None:
        return day
    offset = match[7] or ""
    moment = datetime.fromisoformat(f"{day}T{match[4]}{match[5]}{match[6]}{offset}")
    aware = moment if moment.tzinfo else moment.replace(tzinfo=days.zone)
    return aware.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _exact(moment: Moment, days: Days) -> datetime:
    if isinstance(moment, datetime):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=days.zone)
        return aware.astimezone(UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=days.zone).astimezone(UTC)


def to_json(item: Item) -> dict[str, str | bool]:
    """Return an item for a memory."""
    due = item.due.isoformat() if item.due else ""
    return {"uid": item.uid, "title": item.title, "done": item.done, "due": due, "text": item.text}


def from_json(value: dict[str, str | bool]) -> Item:
    """Return an item from a memory."""
    said = str(value["due"])
    due: Moment | None = None
    if said:
        due = datetime.fromisoformat(said) if "T" in said else date.fromisoformat(said)
    return Item(str(value["uid"]), str(value["title"]), bool(value["done"]), due, str(value["text"]))
