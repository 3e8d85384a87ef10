"""Meetings, notes and tasks: their properties to our fields and back, with our key as the last line of a text. Pure.

A meeting bears it in the internal notes, which attendees do not get to see; a note at the end of its own text.
"""

import html
import re
from datetime import UTC

from afterview.sync.model import Fields
from afterview.sync.text import paragraphs

from .convert import Properties, changed, first, one, without_empty
from .deals import instant
from .shapes import NOTE_MARK

_MARK = re.compile(r"^afterview:([a-z]-[0-9a-f]{32})[ \t]{0,9}$", re.MULTILINE)
_BREAK = re.compile(r"<br\b[^<>]{0,200}>|</(?:p|div|li)[ ]{0,9}>", re.IGNORECASE)
_LONGEST = 70_000  # HubSpot keeps 65,536 characters
_TAG = re.compile(r"<[^<>]{0,500}>")
_STATUSES = {"open": "NOT_STARTED", "done": "COMPLETED", "given up": "DEFERRED"}
_STANDINGS = {"scheduled": "SCHEDULED", "held": "COMPLETED", "canceled": "CANCELED"}


def plain_text(body: str) -> str:
    """Return a text of HubSpot's, which is HTML, as plain text."""
    broken = _BREAK.sub("\n", body[:_LONGEST].replace("\r\n", " ").replace("\n", " ").replace("\r", " "))
    return paragraphs(html.unescape(_TAG.sub("", broken)), _LONGEST)


def marked_text(text: str, key: str) -> str:
    """Return a text as HubSpot takes it, our key as its last line."""
    lines = f"{text}\n\nafterview:{key}" if text else f"afterview:{key}"
    return html.escape(lines, quote=False).replace("\n", "<br>")


def key_in(body: str) -> str:
    """Return our key in a text, "" where there is none."""
    found = _MARK.findall(plain_text(body))
    return str(found[-1]) if found else ""


def interview(now: Properties) -> Fields:
    """Return the fields of a meeting."""
    standing = next((ours for ours, theirs in _STANDINGS.items() if theirs == now.get("hs_meeting_outcome")), "")
    return without_empty(
        {
            "name": one(now, "hs_meeting_title"),
            "starts_at": _moment(now.get("hs_meeting_start_time", "")),
            "ends_at": _moment(now.get("hs_meeting_end_time", "")),
            "place": one(now, "hs_meeting_location", 300),
            "standing": (standing,) if standing else (),
        }
    )


def interview_properties(fields: Fields, now: Properties) -> dict[str, str]:
    """Return the properties that make a meeting hold the fields."""
    begins = _sent(first(fields, "starts_at"))
    wanted = {
        "hs_timestamp": begins,
        "hs_meeting_title": first(fields, "name"),
        "hs_meeting_start_time": begins,
        "hs_meeting_end_time": _sent(first(fields, "ends_at")),
        "hs_meeting_location": first(fields, "place"),
        "hs_meeting_outcome": _STANDINGS.get(first(fields, "standing"), ""),
    }
    same = {name for name in wanted if wanted[name] and instant(wanted[name]) == instant(now.get(name, "")) is not None}
    return {name: value for name, value in changed(wanted, now).items() if name not in same}


def note(now: Properties) -> Fields:
    """Return the fields of a note."""
    text = _MARK.sub("", plain_text(now.get(NOTE_MARK, ""))).rstrip()
    return without_empty({"text": (text,) if text else (), "at": _moment(now.get("hs_timestamp", ""))})


def note_properties(fields: Fields, now: Properties) -> dict[str, str]:
    """Return the properties of a new note; one that is there is never changed."""
    if now:
        return {}
    return {"hs_timestamp": _sent(first(fields, "at")), NOTE_MARK: first(fields, "text")}


def task(now: Properties) -> Fields:
    """Return the fields of a task; one that somebody has begun is still open."""
    status = now.get("hs_task_status", "")
    standing = next((ours for ours, theirs in _STATUSES.items() if theirs == status), "open" if status else "")
    return without_empty(
        {
            "name": one(now, "hs_task_subject"),
            "due_at": _moment(now.get("hs_timestamp", "")),
            "standing": (standing,) if standing else (),
        }
    )


def task_properties(fields: Fields, now: Properties) -> dict[str, str]:
    """Return the properties that make a task hold the fields."""
    due, standing = _sent(first(fields, "due_at")), first(fields, "standing")
    wanted = {"hs_task_subject": first(fields, "name")}
    if instant(due) != instant(now.get("hs_timestamp", "")):
        wanted["hs_timestamp"] = due
    if (standing,) != task(now).get("standing", ()):
        wanted["hs_task_status"] = _STATUSES.get(standing, "NOT_STARTED")
    return changed(wanted, now)


def _moment(text: str) -> tuple[str, ...]:
    found = instant(text)
    return (found.isoformat(),) if found else ()


def _sent(text: str) -> str:
    found = instant(text)
    return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if found else ""
