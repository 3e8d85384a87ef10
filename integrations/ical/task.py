"""One door to the two forms of a task: a VTODO, or an appointment with an alarm where a server has no tasks."""

from datetime import datetime, tzinfo

from afterview.sync.model import TaskDraft, TaskFields

from . import reminder, todo
from .profiles import Profile


def read_task(text: str, profile: Profile, zone: tzinfo, now: datetime) -> tuple[str, TaskFields]:
    """Return key ("" = foreign) and fields of a resource."""
    form = reminder.read_reminder if profile.component == "VEVENT" else todo.read_task
    return form(text, zone, now)


def new_task(draft: TaskDraft, profile: Profile, now: datetime, *, alarm: bool) -> str:
    """Write a new task in the profile's form."""
    form = reminder.new_reminder if profile.component == "VEVENT" else todo.new_task
    return form(draft, profile, now, alarm=alarm)


def edited_task(raw: str, wanted: TaskFields, profile: Profile, zone: tzinfo, now: datetime, *, alarm: bool) -> str:
    """Return `raw` with the wanted fields; the same text where nothing we own differs."""
    form = reminder.edited_reminder if profile.component == "VEVENT" else todo.edited_task
    return form(raw, wanted, profile, zone, now, alarm=alarm)


def within_the_plane(text: str) -> str:
    """Return text without characters beyond the Basic Multilingual Plane, on which one server fails."""
    return "".join(char for char in text if ord(char) < 0x10000)
