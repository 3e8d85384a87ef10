"""Follow-ups (what should exist) and tasks (their images in a task list)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .interview import Person


class Standing(StrEnum):
    """Should the follow-up exist now? `filed` = history from before the first start: kept if it exists, never created."""

    WANTED = "wanted"
    FILED = "filed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One wanted (or no longer wanted) task.

    `keys`: any of them names it, the first is its own; a row or remote item under another one is the same follow-up.
    `due_at` is the deadline, `ring_at` (<= due_at) when the phone rings; both aware UTC, whole minutes.
    `block` is our text for the notes; `context` is the machine-readable line that lets a lost ledger be rebuilt
    (`sync.identity`), characters [A-Za-z0-9._:-] only.
    """

    keys: tuple[str, ...]
    step: str
    title: str
    block: str
    due_at: datetime
    ring_at: datetime | None
    standing: Standing = Standing.WANTED
    reason: str = ""
    context: str = ""
    person: Person | None = None
    company: str = ""
    interview: str = ""  # key
    application: str = ""  # key

    @property
    def key(self) -> str:
        """The key a new task is made under."""
        return self.keys[0]


class TaskStatus(StrEnum):
    """VTODO STATUS, as far as it matters; IN-PROCESS is open."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class TaskFields:
    """The fields both sides know. `notes` is the whole description. Instants are UTC whole minutes.

    `ring_at` is the instant of our own alarm, None without one. `snoozed_until` is what a phone wrote beside it
    (X-MOZ-SNOOZE-TIME, or an additional absolute alarm). A list that stores dates only (Google) gives `due_at` as local
    midnight and says so in its capabilities.
    """

    title: str = ""
    notes: str = ""
    due_at: datetime | None = None
    ring_at: datetime | None = None
    snoozed_until: datetime | None = None
    status: TaskStatus = TaskStatus.OPEN
    completed_at: datetime | None = None
    context: str = ""


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task to create under `key`; the integration derives UID, href or marker from the key alone."""

    key: str
    fields: TaskFields


@dataclass(frozen=True, slots=True)
class RemoteTask:
    """A task as the server has it. `key` is "" for a foreign item. `etag` None = must be fetched before the next write.

    `raw` is the server's own text, the base for an edit in place so that what we do not understand stays.
    """

    remote_id: str
    key: str
    fields: TaskFields
    etag: str | None = None
    raw: str = field(default="", repr=False)
