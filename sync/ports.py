"""The contract between the engine and the integrations. Protocols and small records only.

Errors: every method may raise `AuthFailed`, `Refused`, `ListGone` or `NotReady` (`sync.errors`); they mean "unknown", and
unknown changes nothing. Write methods may also raise a `WriteError`. An integration never swallows a failure into an
empty result.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from .model import (
    Choice,
    Event,
    Fields,
    Glance,
    RecordDraft,
    RecordKind,
    RemoteRecord,
    RemoteTask,
    TaskDraft,
    TaskFields,
)

Clock = Callable[[], datetime]  # aware, UTC
Interesting = Callable[[Glance], bool]  # False = cannot be an interview, need not be parsed


class Memory(Protocol):
    """What an integration remembers for one account between passes: discovered URLs, capabilities. JSON values."""

    def get(self, name: str) -> Any: ...
    def set(self, name: str, value: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Window:
    """Which events are read, as aware UTC instants: starts_at <= occurrence < ends_at (overlap counts)."""

    starts_at: datetime
    ends_at: datetime


class Coverage(StrEnum):
    """What a finished reading proves. COMPLETE: what was not named is not there. DELTA: what was not named is as it was."""

    COMPLETE = "complete"
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class Resource:
    """A calendar resource that is new or changed, with its occurrences inside the window.

    `events` is empty where the cheap look said no (then `skipped` holds what it saw), where no occurrence lies in the
    window, or where the resource is broken (`problem`, one sentence; it is counted, and stops nothing).
    """

    href: str
    etag: str
    events: tuple[Event, ...] = ()
    skipped: Glance | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A resource that is listed and has the etag we know."""

    href: str


@dataclass(frozen=True, slots=True)
class Removed:
    """The service says explicitly that the resource is gone."""

    href: str


@dataclass(frozen=True, slots=True)
class Done:
    """Last of every reading. Without it the listing was cut short and proves nothing. `cursor` is the next one."""

    coverage: Coverage
    cursor: str


EventReading = Iterator[Resource | Unchanged | Removed | Done]


@dataclass(frozen=True, slots=True)
class EventRequest:
    """How to read one calendar.

    `cursor` is what the last reading ended with, "" for the first. `full` asks for a complete listing of the window even
    if a cursor is known. `known` maps href -> etag of what is stored, so that unchanged bodies are not fetched again.
    """

    calendar: str
    window: Window
    zone: str  # the user's IANA zone, for floating and all-day events
    interesting: Interesting
    cursor: str = ""
    full: bool = False
    known: Mapping[str, str] = field(default_factory=dict)


class EventSource(Protocol):
    """Role `event_source`. Reads only."""

    def calendars(self) -> tuple[str, ...]:
        """Name the configured calendars, as given by the user; stable between passes."""
        ...

    def read(self, request: EventRequest) -> EventReading:
        """Yield what changed, then `Done`. Takes the token before it reads the window."""
        ...


@dataclass(frozen=True, slots=True)
class TaskCapabilities:
    """What a task list can hold. `times`: due has a time of day. `alarms`: can ring. `note`: shown in `status`."""

    times: bool = True
    alarms: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class TaskListing:
    """A task list as read.

    COMPLETE: `present` holds every remote id in the list, foreign ones too. DELTA: only `changed` and `removed` count.
    `changed` holds new and changed tasks (ours and foreign, so that their etags are known); `problems` one sentence each.
    """

    coverage: Coverage
    cursor: str
    changed: tuple[RemoteTask, ...] = ()
    removed: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


class TaskList(Protocol):
    """Role `task_list`: one list that follow-ups are written to. Deterministic: key -> UID, href or marker."""

    name: str

    def capabilities(self) -> TaskCapabilities: ...

    def read(self, cursor: str, known: Mapping[str, str], *, full: bool) -> TaskListing:
        """Read changes since `cursor` ("" = none); `known` maps remote id -> etag."""
        ...

    def fetch(self, remote_id: str) -> RemoteTask | None:
        """Read one task exactly; None when the service says it is not there. Raises Rejected where it cannot be read."""
        ...

    def find(self, key: str) -> tuple[RemoteTask, ...]:
        """Look for every task under our identity `key`, exactly and completely; () only when it is certainly absent.

        Uncertain where that cannot be told yet: what was added a moment ago may not be shown so soon.
        """
        ...

    def create(self, draft: TaskDraft) -> RemoteTask:
        """Create it, never overwrite. Raises AlreadyThere, Rejected, Uncertain. Sends at most one create request."""
        ...

    def update(self, task: RemoteTask, fields: TaskFields) -> RemoteTask:
        """Make `task` hold `fields`, editing its raw text in place, if it is still what we saw.

        `snoozed_until` is never written; `ring_at` None takes our own alarm away. Raises Changed, Missing, Rejected,
        Uncertain.
        """
        ...

    def delete(self, task: RemoteTask) -> None:
        """Delete it if it is still what we saw. Raises Changed, Missing, Uncertain."""
        ...


@runtime_checkable
class Tidy(Protocol):
    """A task list that keeps something beside the task, such as a reminder in a calendar."""

    def tidy(self) -> None:
        """Take away what belongs to no open task any more. Called after reading and after writing, never in a dry run."""
        ...


@dataclass(frozen=True, slots=True)
class BookCapabilities:
    """What an address book or a CRM can hold and promise.

    `kinds`: which records, in the order in which they are to be written. `upsert_key`: creating twice under one key makes
    one record, so a lost answer may be sent again without a look. `changed_since`: a reading can be a DELTA. `deletions`:
    a DELTA names what is gone. `cas`: a write is refused when the record changed since it was read. `outcome`,
    `interview`, `task` and `note`: it has a place for them. `batch`: several writes in one request. `readback_lag`: what
    was written may be missing from a reading for a while, never from `fetch` and `find`. `moves`: the stages
    (`sync.stages.Stage`) that a deal can be moved to. `lacks`: the fields that there is no place for; they are not offered.
    """

    kinds: tuple[RecordKind, ...] = (RecordKind.PERSON,)
    upsert_key: bool = False
    changed_since: bool = False
    deletions: bool = False
    cas: bool = False
    outcome: bool = False
    interview: bool = False
    task: bool = False
    note: bool = False
    batch: bool = False
    readback_lag: bool = False
    moves: frozenset[str] = frozenset({"won", "lost", "withdrawn"})
    lacks: Mapping[RecordKind, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordListing:
    """Records of one kind as read; like `TaskListing`. `survivors`: id of a merged record -> id that goes on."""

    coverage: Coverage
    cursor: str
    changed: tuple[RemoteRecord, ...] = ()
    removed: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    survivors: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class Book(Protocol):
    """Roles `contact_book` and `crm`: records of people, and in a CRM of companies, applications, interviews and notes.

    There is no way to delete: what the user has there is the user's. Cursors are in the service's own time. A record
    with our key comes with all its `_ids`, wherever it comes from. What is `OURS_ALONE` is never `read`, and of a note
    only the `_ids` are ever updated.
    """

    name: str

    def capabilities(self) -> BookCapabilities: ...

    def read(self, kind: RecordKind, cursor: str, known: Mapping[str, str], *, full: bool) -> RecordListing:
        """Read changes since `cursor` ("" = none); `known` maps remote id -> etag."""
        ...

    def fetch(self, kind: RecordKind, remote_id: str) -> RemoteRecord | None:
        """Read one record exactly; None when the service says it is not there."""
        ...

    def find(self, kind: RecordKind, key: str) -> tuple[RemoteRecord, ...]:
        """Look for every record under our identity `key`, exactly; () only when it is certainly absent."""
        ...

    def create(self, draft: RecordDraft) -> RemoteRecord:
        """Create it, never overwrite, and tie it to its `_ids`. Raises AlreadyThere, Rejected, Uncertain.

        Sends at most one request that creates; what is missing after it is seen in the record and added by `update`.
        """
        ...

    def update(self, record: RemoteRecord, fields: Fields, key: str) -> RemoteRecord:
        """Make `record` hold `fields` and our identity, leaving all else as it is, if it is still what we saw.

        A field that is missing from `fields` is empty; with the key "" our identity is taken out, where that can be done.
        Raises Changed, Missing, Rejected, Uncertain.
        """
        ...


class Urgency(StrEnum):
    """How much a push may disturb: LOW without a sound where the service knows how, HIGH for what is overdue."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class PushAction:
    """A button: `url` takes a POST without a body."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Push:
    """A message to the user's own devices. Plain text, made safe; `link` opens the task, "" without one.

    `answers` is a page with the same answers as `actions`, for services without buttons; "" without one.
    """

    title: str
    body: str
    link: str = ""
    actions: tuple[PushAction, ...] = ()
    answers: str = ""
    urgency: Urgency = Urgency.NORMAL


@dataclass(frozen=True, slots=True)
class NotifierCapabilities:
    """What a push can carry: buttons, and an address that opens when it is touched."""

    actions: bool = False
    links: bool = False


class Notifier(Protocol):
    """Role `notifier`: one address that pushes go to.

    `begun`: whether anything of the last push can have left; for who is stopped in the middle of `send`.
    """

    begun: bool

    def capabilities(self) -> NotifierCapabilities: ...

    def check(self) -> None:
        """Look whether the address can work, without sending anything. Raises Refused or AuthFailed where it cannot."""
        ...

    def send(self, push: Push) -> None:
        """Send it once; returns when the service has taken it.

        AuthFailed, Refused and NotReady mean that it was certainly not sent; Uncertain that it may have been.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: the question that it stood under, and the answer."""

    question: str
    choice: Choice


class Buttons(Protocol):
    """Hears the buttons of a service that tells of them by itself. Every method may raise an `AccountError`."""

    def open(self) -> None:
        """Begin to listen; what is pressed before that is lost. Refused where it can never be heard."""
        ...

    def wait(self, seconds: float) -> Press | None:
        """Return the next press, None if none came in time. NotReady: it is not listened any more."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Traffic:
    """Counters of one account in one pass."""

    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


class Connection(Protocol):
    """One account, ready to use. A role that is not configured is None."""

    id: str
    events: EventSource | None
    tasks: TaskList | None
    book: Book | None

    def traffic(self) -> Traffic:
        """Count since the connection was made."""
        ...

    def close(self) -> None: ...
