"""VTODO text <-> `TaskFields` (RFC 5545 section 3.6.2).

A new task is one flat VTODO. An edit changes only what we own (SUMMARY, DESCRIPTION, DUE, the completion triple, our own
alarm) and leaves every other line as it came. Reading compares instants, never the way they are written.

A task that was made through Home Assistant has a UID of its own and our mark in its DESCRIPTION (`integrations.marks`); it
is ours all the same, and keeps its mark, because that is all that is seen of it there.
"""

from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from afterview.integrations.marks import CROSS, Marked
from afterview.integrations.marks import read as read_mark
from afterview.sync.identity import TASK_KEY
from afterview.sync.model import TaskDraft, TaskFields, TaskStatus

from .alarms import Anchors, alarm_lines, alarm_uid, found_alarms, own_alarm, snoozed
from .bounds import check_size
from .document import Document, wrap
from .lines import Line, make, make_text, unescape
from .profiles import Profile
from .zones import Zones, parse_duration, written_stamp

_PREFIX = "av1-"
_STATUS = {TaskStatus.OPEN: "NEEDS-ACTION", TaskStatus.DONE: "COMPLETED", TaskStatus.CANCELLED: "CANCELLED"}
_DONE_BY_PERCENT = ("jtx",)  # PRODIDs of clients that set PERCENT-COMPLETE and leave STATUS as it was


def uid_of(key: str) -> str:
    """Return the UID (and, with ".ics", the name) of the resource for a key."""
    return _PREFIX + key


def read_task(text: str, zone: tzinfo, now: datetime) -> tuple[str, TaskFields]:
    """Return the key ("" for a foreign item) and the fields; a resource without a VTODO reads as foreign and empty.

    Raises `bounds.Unreadable` for one that is too large.
    """
    check_size(text)
    document = Document(text, "VTODO")
    if not document.found:
        return "", TaskFields()
    zones = Zones(document.lines, zone)
    key, marked = _identity(document)
    anchors = anchors_of(document, zones)
    alarms = found_alarms(document, zones, anchors)
    title = unescape(document.value("SUMMARY"))
    status = _status(document)
    if marked is not None and marked.withdrawn_at is not None:
        title = title.removeprefix(CROSS)
        status = TaskStatus.CANCELLED if status is TaskStatus.DONE else status
    ours = own_alarm(alarms, key, title)
    completed = zones.moment(document.first("COMPLETED"))
    fields = TaskFields(
        title=title,
        notes=unescape(document.value("DESCRIPTION")) if marked is None else marked.notes,
        due_at=_minute(anchors.due_at),
        ring_at=_minute(ours.rings_at) if ours else None,
        snoozed_until=_minute(snoozed(document, alarms, ours, now)) if key else None,
        status=status,
        completed_at=completed if status is TaskStatus.DONE else None,
        context=document.value("X-AFTERVIEW-CONTEXT").strip() or (marked.context if marked else ""),
    )
    return key, fields


def key_in(document: Document) -> str:
    """Return our key: the X- property, else the UID it was made from; "" for a foreign item."""
    written = document.value("X-AFTERVIEW-ID").strip()
    if TASK_KEY.fullmatch(written):
        return written
    derived = document.value("UID").strip().removeprefix(_PREFIX)
    return derived if TASK_KEY.fullmatch(derived) else ""


def _identity(document: Document) -> tuple[str, Marked | None]:
    """Return our key, else that of the mark ("" for a foreign item), and the mark, if there is one of this key."""
    marked = read_mark(unescape(document.value("DESCRIPTION")))
    key = key_in(document) or marked.key
    return key, marked if key and marked.key == key else None


def anchors_of(document: Document, zones: Zones) -> Anchors:
    """Return start and due as instants; a day counts from its local midnight, DURATION from the start."""
    start = zones.moment(document.first("DTSTART"))
    due = zones.moment(document.first("DUE"))
    length = parse_duration(document.value("DURATION")) if due is None and start else None
    if start and length:
        due = start + length
    return Anchors(start, due)


def new_task(draft: TaskDraft, profile: Profile, now: datetime, *, alarm: bool) -> str:
    """Write a new task."""
    fields = draft.fields
    lines = [
        make("UID", uid_of(draft.key)),
        make("DTSTAMP", written_stamp(now)),
        make("CREATED", written_stamp(now)),
        make("LAST-MODIFIED", written_stamp(now)),
        make_text("SUMMARY", fields.title),
    ]
    if fields.notes:
        lines.append(make_text("DESCRIPTION", fields.notes))
    lines += [make("CATEGORIES", "afterview"), *_completion(fields)]
    if fields.due_at:
        if profile.start:
            lines.append(make("DTSTART", written_stamp(fields.due_at)))
        lines.append(make("DUE", written_stamp(fields.due_at)))
    lines.append(make("X-AFTERVIEW-ID", draft.key))
    if fields.context:
        lines.append(make("X-AFTERVIEW-CONTEXT", fields.context))
    if alarm and fields.ring_at:
        lines += alarm_lines(draft.key, fields.title, profile, fields.ring_at, fields.due_at)
    return wrap("VTODO", lines)


def edited_task(raw: str, wanted: TaskFields, profile: Profile, zone: tzinfo, now: datetime, *, alarm: bool) -> str:
    """Return `raw` with the wanted fields; the same text where nothing we own differs. `snoozed_until` is not written."""
    key, seen = read_task(raw, zone, now)
    if not alarm:
        wanted = replace(wanted, ring_at=seen.ring_at if wanted.ring_at else None)
    if replace(wanted, snoozed_until=None) == replace(seen, snoozed_until=None):
        return raw
    document = Document(raw, "VTODO")
    zones = Zones(document.lines, zone)
    _, marked = _identity(document)
    over = wanted.status is TaskStatus.CANCELLED
    if wanted.title != seen.title or (marked is not None and marked.withdrawn_at is not None and not over):
        document.put(make_text("SUMMARY", wanted.title))
    if marked is not None:
        after = Marked(wanted.notes, key, wanted.context or seen.context, marked.withdrawn_at or now if over else None)
        document.put(make_text("DESCRIPTION", after.written()))
    elif wanted.notes != seen.notes:
        _put_or_drop(document, make_text("DESCRIPTION", wanted.notes), keep=bool(wanted.notes))
    if wanted.due_at != seen.due_at:
        _move(document, zones, wanted.due_at, profile)
    if wanted.status != seen.status:
        document.drop("STATUS", "COMPLETED", "PERCENT-COMPLETE")
        for line in _completion(wanted):
            document.put(line)
    if wanted.context and wanted.context != seen.context:
        document.put(make("X-AFTERVIEW-CONTEXT", wanted.context))
    _set_alarm(document, zones, key, (seen.title, wanted.title), wanted, profile)
    document.put(make("LAST-MODIFIED", written_stamp(now)))
    document.put(make("DTSTAMP", written_stamp(now)))
    return document.text()


def _set_alarm(
    document: Document, zones: Zones, key: str, titles: tuple[str, str], wanted: TaskFields, profile: Profile
) -> None:
    """Make our alarm say the title and ring when wanted after the edit of DUE; leave it alone where it does already."""
    ours = own_alarm(found_alarms(document, zones, anchors_of(document, zones)), key, *titles)
    if wanted.ring_at is None:
        if ours is not None:
            document.replace_alarm(ours.place, ())
        return
    renamed = titles[0] != titles[1] and ours is not None and ours.uid == alarm_uid(key)
    if ours is None or renamed or _minute(ours.rings_at) != wanted.ring_at:
        lines = alarm_lines(key, wanted.title, profile, wanted.ring_at, wanted.due_at)
        document.replace_alarm(ours.place if ours else None, lines)


def _move(document: Document, zones: Zones, due_at: datetime | None, profile: Profile) -> None:
    """Set DUE; a start that a client or the profile wrote must not lie behind it, nor be of another kind."""
    before = anchors_of(document, zones)
    document.drop("DURATION")
    if due_at is None:
        document.drop("DUE")
        if profile.start:
            document.drop("DTSTART")
        return
    document.put(make("DUE", written_stamp(due_at)))
    start = document.first("DTSTART")
    if start is None and not profile.start:
        return
    moves_along = before.starts_at is None or before.starts_at == before.due_at
    if start is None or moves_along or "T" not in start.value or (before.starts_at and before.starts_at > due_at):
        document.put(make("DTSTART", written_stamp(due_at)))


def _completion(fields: TaskFields) -> list[Line]:
    """Write STATUS, COMPLETED and PERCENT-COMPLETE so that every client agrees."""
    lines = [make("STATUS", _STATUS[fields.status])]
    if fields.status is TaskStatus.DONE:
        if fields.completed_at:
            lines.append(make("COMPLETED", written_stamp(fields.completed_at)))
        lines.append(make("PERCENT-COMPLETE", "100"))
    return lines


def _status(document: Document) -> TaskStatus:
    """Read the completion triple.

    A client that takes the tick back may leave PERCENT-COMPLETE:100 behind, so an explicit open STATUS outweighs it;
    COMPLETED is removed by all of them and counts whatever STATUS says.
    """
    status = document.value("STATUS").strip().upper()
    percent = document.value("PERCENT-COMPLETE").strip()
    if status == "CANCELLED":
        return TaskStatus.CANCELLED
    if status == "COMPLETED" or document.first("COMPLETED") is not None:
        return TaskStatus.DONE
    producer = next((line.value.lower() for line in document.lines if line.name == "PRODID"), "")
    by_percent = status in {"", "COMPLETED"} or any(name in producer for name in _DONE_BY_PERCENT)
    return TaskStatus.DONE if percent == "100" and by_percent else TaskStatus.OPEN


def _minute(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC).replace(second=0, microsecond=0) if moment else None


def _put_or_drop(document: Document, line: Line, *, keep: bool) -> None:
    if keep:
        document.put(line)
    else:
        document.drop(line.name)
