"""A task as a VEVENT with an alarm, in a calendar of its own, for servers whose tasks no phone shows (iCloud).

    DTSTART            when it rings (else the deadline); 15 minutes long, transparent
    X-AFTERVIEW-DUE    the deadline        X-AFTERVIEW-RING   the DTSTART we wrote
Moving the appointment moves ring and deadline alike. An appointment has no tick: the user deletes it, cancels it, or puts
a check mark in front of its title.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from afterview.sync.model import TaskDraft, TaskFields, TaskStatus

from .alarms import Anchors, alarm_lines, found_alarms, own_alarm
from .bounds import check_size
from .document import Document, wrap
from .lines import Line, make, make_text, unescape
from .profiles import Profile
from .todo import key_in, uid_of
from .zones import YEARS, Zones, parse_stamp, written_stamp

_LENGTH = timedelta(minutes=15)
_DONE = re.compile(r"\s*(?:[✓✔☑]\ufe0f?|\[[xX]\])\s*")


def read_reminder(text: str, zone: tzinfo, now: datetime) -> tuple[str, TaskFields]:
    """Return key and fields of an appointment of ours; anything else reads as foreign. Raises `bounds.Unreadable`."""
    check_size(text)
    del now  # a phone writes no snooze here
    document = Document(text, "VEVENT")
    key = key_in(document) if document.found else ""
    if not key:
        return "", TaskFields(title=unescape(document.value("SUMMARY")) if document.found else "")
    zones = Zones(document.lines, zone)
    starts_at = zones.moment(document.first("DTSTART"))
    written_ring, written_due = _instant(document, "X-AFTERVIEW-RING"), _instant(document, "X-AFTERVIEW-DUE")
    moved = starts_at - written_ring if starts_at and written_ring else timedelta()
    ours = own_alarm(found_alarms(document, zones, Anchors(starts_at, starts_at)), key)
    title = unescape(document.value("SUMMARY"))
    status = _status(document, title)
    completed = _instant(document, "X-AFTERVIEW-COMPLETED")
    return key, TaskFields(
        title=_DONE.sub("", title, count=1) if _DONE.match(title) else title,
        notes=unescape(document.value("DESCRIPTION")),
        due_at=written_due + moved if written_due else starts_at,
        ring_at=ours.rings_at.replace(second=0, microsecond=0) if ours and ours.rings_at else None,
        status=status,
        completed_at=completed if status is TaskStatus.DONE else None,
        context=document.value("X-AFTERVIEW-CONTEXT").strip(),
    )


def new_reminder(draft: TaskDraft, profile: Profile, now: datetime, *, alarm: bool) -> str:
    """Write a new appointment."""
    fields = draft.fields
    lines = [
        make("UID", uid_of(draft.key)),
        make("DTSTAMP", written_stamp(now)),
        make_text("SUMMARY", fields.title),
        make_text("DESCRIPTION", fields.notes),
        make("CATEGORIES", "afterview"),
        make("TRANSP", "TRANSPARENT"),
        make("X-AFTERVIEW-ID", draft.key),
        *_times(fields, now),
        *_state(fields),
    ]
    if fields.context:
        lines.append(make("X-AFTERVIEW-CONTEXT", fields.context))
    if alarm and fields.ring_at:
        lines += alarm_lines(draft.key, fields.title, profile, fields.ring_at, fields.due_at)
    return wrap("VEVENT", lines)


def edited_reminder(raw: str, wanted: TaskFields, profile: Profile, zone: tzinfo, now: datetime, *, alarm: bool) -> str:
    """Return `raw` with the wanted fields; the same text where nothing we own differs."""
    key, seen = read_reminder(raw, zone, now)
    if not alarm:
        wanted = replace(wanted, ring_at=seen.ring_at if wanted.ring_at else None)
    if replace(wanted, snoozed_until=None) == replace(seen, snoozed_until=None):
        return raw
    document = Document(raw, "VEVENT")
    document.put(make_text("SUMMARY", wanted.title))
    document.put(make_text("DESCRIPTION", wanted.notes))
    if wanted.context:
        document.put(make("X-AFTERVIEW-CONTEXT", wanted.context))
    if (wanted.due_at, wanted.ring_at) != (seen.due_at, seen.ring_at):
        document.drop("DURATION", "DTEND")
        for line in _times(wanted, now):
            document.put(line)
    if wanted.status != seen.status:
        document.drop("STATUS", "X-AFTERVIEW-COMPLETED")
        for line in _state(wanted):
            document.put(line)
    zones = Zones(document.lines, zone)
    starts_at = zones.moment(document.first("DTSTART"))
    ours = own_alarm(found_alarms(document, zones, Anchors(starts_at, starts_at)), key)
    lines = alarm_lines(key, wanted.title, profile, wanted.ring_at, wanted.due_at) if wanted.ring_at else []
    if ours is not None or lines:
        document.replace_alarm(ours.place if ours else None, lines)
    document.put(make("DTSTAMP", written_stamp(now)))
    return document.text()


def _times(fields: TaskFields, now: datetime) -> list[Line]:
    starts_at = fields.ring_at or fields.due_at or now
    return [
        make("DTSTART", written_stamp(starts_at)),
        make("DTEND", written_stamp(starts_at + _LENGTH)),
        make("X-AFTERVIEW-RING", written_stamp(starts_at)),
        make("X-AFTERVIEW-DUE", written_stamp(fields.due_at or starts_at)),
    ]


def _state(fields: TaskFields) -> list[Line]:
    if fields.status is TaskStatus.CANCELLED:
        return [make("STATUS", "CANCELLED")]
    if fields.status is TaskStatus.DONE and fields.completed_at:
        return [make("STATUS", "CONFIRMED"), make("X-AFTERVIEW-COMPLETED", written_stamp(fields.completed_at))]
    return [make("STATUS", "CONFIRMED")]


def _status(document: Document, title: str) -> TaskStatus:
    if document.value("STATUS").strip().upper() == "CANCELLED":
        return TaskStatus.CANCELLED
    done = _DONE.match(title) is not None or document.first("X-AFTERVIEW-COMPLETED") is not None
    return TaskStatus.DONE if done else TaskStatus.OPEN


def _instant(document: Document, name: str) -> datetime | None:
    value = parse_stamp(document.value(name))
    return value if isinstance(value, datetime) and value.tzinfo and value.year in YEARS else None
