"""The in-memory twin of a task list and of a calendar: the contract of `sync/ports.py` without a network.

`TaskServer` is the service; `MemoryTasks` is one engine's connection to it, so several engines can share a server, and
the methods `phone_*` are what a person does on the phone meanwhile. Faults are planned per operation and used up in
order. `MemoryEvents` is the same for calendars. The contract suite runs against this twin as against every service.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from afterview.sync.errors import AccountError, AlreadyThere, Changed, Missing, NotReady, Rejected
from afterview.sync.model import Event, Glance, RemoteTask, TaskDraft, TaskFields, TaskStatus
from afterview.sync.ports import (
    Book,
    Coverage,
    Done,
    EventReading,
    EventRequest,
    EventSource,
    Removed,
    Resource,
    TaskCapabilities,
    TaskList,
    TaskListing,
    Traffic,
    Unchanged,
)
from tests.fakes.faults import PAUSE, Faults, strike_after
from tests.fakes.faults import Crash as Crash  # noqa: PLC0414 -- offered here too, beside what it strikes
from tests.fakes.faults import Fault as Fault  # noqa: PLC0414 -- the same
from tests.fakes.watch import Watch


def remote_id_of(key: str) -> str:
    """Derive the remote id from a key, as CalDAV derives the href."""
    return f"av1-{key}.ics"


def _key_of(remote_id: str) -> str:
    return remote_id[4:-4] if remote_id.startswith("av1-") else ""


@dataclass(frozen=True, slots=True)
class Stored:
    """One task on the server. `key` is its identity, also under another id; `extra` is what only other clients know."""

    fields: TaskFields
    version: int
    key: str = ""
    extra: str = ""


@dataclass(slots=True)
class TaskServer:
    """The service behind one task list.

    `conditional=False` ignores conditions (the item is overwritten or deleted whatever its etag).
    """

    items: dict[str, Stored] = field(default_factory=dict)
    conditional: bool = True
    tells_etags: bool = True  # False: a write is answered without an etag
    version: int = 0
    removed: dict[str, int] = field(default_factory=dict)  # remote id -> version of its removal
    log: list[tuple[str, str]] = field(default_factory=list)  # (operation, remote id), requests that arrived
    faults: Faults = field(default_factory=Faults)
    watch: Watch = field(default_factory=Watch)
    refuses: set[str] = field(default_factory=set)  # remote ids of which nothing is ever accepted

    def writes(self) -> list[tuple[str, str]]:
        """Return the requests that wanted to change something."""
        return [entry for entry in self.log if entry[0] in {"create", "update", "delete"}]

    def put(self, remote_id: str, fields: TaskFields, *, key: str | None = None, extra: str | None = None) -> Stored:
        """Store an item; key and extra stay as they are where not given."""
        old = self.items.get(remote_id)
        self.version += 1
        self.removed.pop(remote_id, None)
        known_key = key if key is not None else old.key if old else _key_of(remote_id)
        known_extra = extra if extra is not None else old.extra if old else ""
        self.items[remote_id] = Stored(fields, self.version, known_key, known_extra)
        return self.items[remote_id]

    def drop(self, remote_id: str) -> None:
        self.version += 1
        del self.items[remote_id]
        self.removed[remote_id] = self.version

    def take_new(self, draft: TaskDraft) -> None:
        """Store what a client made."""
        self.put(remote_id_of(draft.key), replace(draft.fields, snoozed_until=None), key=draft.key, extra="")

    def take_change(self, task: RemoteTask, fields: TaskFields) -> None:
        """Store what a client made of a task that it had seen."""
        self.put(task.remote_id, replace(fields, snoozed_until=task.fields.snoozed_until), extra=task.raw)

    def under(self, key: str) -> list[str]:
        """Return the ids of all items with this identity."""
        return sorted(remote_id for remote_id, item in self.items.items() if item.key == key)

    # What a person does with a phone. `remote_id_of(key)` names our own tasks.
    def phone_edit(self, remote_id: str, **changes: object) -> None:
        """Change any of `TaskFields`."""
        self.put(remote_id, replace(self.items[remote_id].fields, **changes))  # type: ignore[arg-type]  # test shorthand

    def phone_complete(self, remote_id: str, at: datetime) -> None:
        self.phone_edit(remote_id, status=TaskStatus.DONE, completed_at=at)

    def phone_reopen(self, remote_id: str) -> None:
        self.phone_edit(remote_id, status=TaskStatus.OPEN, completed_at=None)

    def phone_cancel(self, remote_id: str) -> None:
        self.phone_edit(remote_id, status=TaskStatus.CANCELLED)

    def phone_delete(self, remote_id: str) -> None:
        self.drop(remote_id)

    def phone_touch(self, remote_id: str) -> None:
        """Rewrite without any change of meaning, as some clients do by themselves."""
        self.put(remote_id, self.items[remote_id].fields)

    def phone_store(self, remote_id: str) -> None:
        """Store something beside ours that only another client knows."""
        self.put(remote_id, self.items[remote_id].fields, extra="X-OTHER:1")

    def phone_add(self, name: str, title: str) -> str:
        """Add a task of the user's own; return its id."""
        self.put(f"{name}.ics", TaskFields(title=title), extra="X-OWN:1")
        return f"{name}.ics"

    def phone_copy(self, remote_id: str, name: str) -> str:
        """Make a second item under the same identity, as an import or a broken client does."""
        old = self.items[remote_id]
        self.put(f"{name}.ics", old.fields, key=old.key, extra=old.extra)
        return f"{name}.ics"


@dataclass(slots=True)
class MemoryTasks:
    """A task list on a `TaskServer`."""

    server: TaskServer
    name: str = "Interviews"
    requests: int = 0
    who: int = 0  # which client this is

    def capabilities(self) -> TaskCapabilities:
        return TaskCapabilities()

    def read(self, cursor: str, known: Mapping[str, str], *, full: bool) -> TaskListing:
        fault = self._begin("read")
        if fault is Fault.CUT:
            raise NotReady("The listing was cut short.")
        since = int(cursor) if cursor.isdecimal() and not full and fault is not Fault.TOKEN_REFUSED else None
        if since is not None and fault not in {Fault.EMPTY, Fault.HALF}:
            return self._delta(since, deaf=fault is Fault.DEAF)
        shown = sorted(self.server.items)
        if fault is Fault.EMPTY:
            shown = []
        elif fault is Fault.HALF:
            shown = shown[::2]
        else:
            self.server.watch.listed(self.who)
        changed = [r for r in shown if known.get(r) != self._etag(r)]
        return TaskListing(
            Coverage.COMPLETE,
            str(self.server.version),
            tuple(self._task(r) for r in changed),
            present=frozenset(shown),
        )

    def _delta(self, since: int, *, deaf: bool) -> TaskListing:
        if deaf:
            return TaskListing(Coverage.DELTA, str(self.server.version))
        changed = tuple(self._task(r) for r, item in sorted(self.server.items.items()) if item.version > since)
        removed = frozenset(r for r, version in self.server.removed.items() if version > since)
        return TaskListing(Coverage.DELTA, str(self.server.version), changed, removed)

    def fetch(self, remote_id: str) -> RemoteTask | None:
        self._begin("fetch", remote_id)
        return self._task(remote_id) if remote_id in self.server.items else None

    def find(self, key: str) -> tuple[RemoteTask, ...]:
        self._begin("find", remote_id_of(key))
        return tuple(self._task(remote_id) for remote_id in self.server.under(key))

    def create(self, draft: TaskDraft) -> RemoteTask:
        remote_id = remote_id_of(draft.key)
        try:
            fault = self._begin("create", remote_id)
        except (AccountError, Rejected):
            self.server.watch.answered_no(self.who, remote_id)
            raise
        if remote_id in self.server.items or fault is Fault.RACED:
            self.server.watch.answered_no(self.who, remote_id)
            raise AlreadyThere(f"{remote_id} is there already.")
        self.server.take_new(draft)
        strike_after(fault)
        return self._answer(remote_id)

    def update(self, task: RemoteTask, fields: TaskFields) -> RemoteTask:
        fault = self._begin("update", task.remote_id)
        self._check(task, fault)
        self.server.take_change(task, fields)
        strike_after(fault)
        return self._answer(task.remote_id)

    def delete(self, task: RemoteTask) -> None:
        fault = self._begin("delete", task.remote_id)
        self._check(task, fault)
        self.server.drop(task.remote_id)
        strike_after(fault)

    def traffic(self) -> Traffic:
        return Traffic(self.requests)

    def _begin(self, operation: str, remote_id: str = "") -> Fault | None:
        self.requests += 1
        self.server.watch.passing(self.who, operation, remote_id)
        self.server.log.append((operation, remote_id))
        fault = self.server.faults.take(operation)
        if fault is Fault.BUSY:
            until = self.server.watch.now + PAUSE
            self.server.watch.ask_to_wait(self.who, until)
            raise NotReady("The list asks for a pause.", retry_at=until)
        if operation in {"create", "update"} and remote_id in self.server.refuses:
            raise Rejected("The list does not accept this task.")
        return fault

    def _check(self, task: RemoteTask, fault: Fault | None) -> None:
        if task.remote_id not in self.server.items:
            raise Missing(f"{task.remote_id} is gone.")
        if task.etag is None:
            raise AssertionError("a task without an etag must be fetched before it is written")
        stale = self.server.conditional and task.etag != self._etag(task.remote_id)
        if stale or fault is Fault.RACED:
            raise Changed(f"{task.remote_id} changed.")

    def _etag(self, remote_id: str) -> str:
        return f'"{self.server.items[remote_id].version}"'

    def _task(self, remote_id: str) -> RemoteTask:
        item = self.server.items[remote_id]
        return RemoteTask(remote_id, item.key, item.fields, self._etag(remote_id), item.extra)

    def _answer(self, remote_id: str) -> RemoteTask:
        task = self._task(remote_id)
        return task if self.server.tells_etags else replace(task, etag=None)


@dataclass(frozen=True, slots=True)
class Entered:
    """One calendar resource on the server. `glance` is what a cheap look shows; its title is that of the first event."""

    events: tuple[Event, ...]
    version: int
    problem: str = ""

    def glance(self) -> Glance:
        if not self.events:
            return Glance()
        first = self.events[0]
        organizer = first.organizer.email if first.organizer else ""
        words = [e.title + "\n" + e.text + "\n" + e.location for e in self.events]
        people = [p.email for e in self.events for p in e.attendees]
        return Glance(first.uid, first.title, first.starts_at.isoformat(), organizer, "\n".join(words + people))


@dataclass(slots=True)
class EventServer:
    """The service behind the calendars of one account."""

    entries: dict[str, dict[str, Entered]] = field(default_factory=dict)  # calendar -> href -> resource
    removed: dict[str, dict[str, int]] = field(default_factory=dict)
    version: int = 0
    faults: Faults = field(default_factory=Faults)
    bodies: int = 0  # resources whose body was fetched

    def put(self, calendar: str, href: str, *events: Event, problem: str = "") -> None:
        """Store a resource; its events' `calendar` and `resource` are set to fit."""
        self.version += 1
        fitted = tuple(replace(e, calendar=calendar, resource=href) for e in events)
        self.entries.setdefault(calendar, {})[href] = Entered(fitted, self.version, problem)
        self.removed.get(calendar, {}).pop(href, None)

    def drop(self, calendar: str, href: str) -> None:
        self.version += 1
        del self.entries[calendar][href]
        self.removed.setdefault(calendar, {})[href] = self.version


@dataclass(slots=True)
class MemoryEvents:
    """The calendars of an `EventServer`."""

    server: EventServer
    names: tuple[str, ...] = ("Personal",)
    requests: int = 0

    def calendars(self) -> tuple[str, ...]:
        return self.names

    def read(self, request: EventRequest) -> EventReading:
        self.requests += 1
        fault = self.server.faults.take("read")
        entries = self.server.entries.get(request.calendar, {})
        delta = request.cursor.isdecimal() and not request.full and fault is not Fault.TOKEN_REFUSED
        if fault in {Fault.EMPTY, Fault.HALF}:
            entries = {} if fault is Fault.EMPTY else dict(list(entries.items())[::2])
            delta = False
        cursor = str(self.server.version)
        listed = self._changes(request, entries, deaf=fault is Fault.DEAF) if delta else self._all(request, entries)
        for count, item in enumerate(listed):
            if fault is Fault.CUT and count:
                break
            yield item
        if fault is Fault.CUT:
            raise NotReady("The calendar was cut short.")
        yield Done(Coverage.DELTA if delta else Coverage.COMPLETE, cursor)

    def _all(
        self, request: EventRequest, entries: Mapping[str, Entered]
    ) -> Iterator[Resource | Unchanged | Removed | Done]:
        for href, entered in sorted(entries.items()):
            shown = self._resource(request, href, entered)
            if request.known.get(href) == shown.etag:
                yield Unchanged(href)
            elif shown.events or shown.problem or shown.skipped:
                yield shown

    def _changes(
        self, request: EventRequest, entries: Mapping[str, Entered], *, deaf: bool
    ) -> Iterator[Resource | Unchanged | Removed | Done]:
        since = int(request.cursor)
        for href, entered in sorted(entries.items()):
            if entered.version > since and not deaf:
                yield self._resource(request, href, entered)
        for href, version in sorted(self.server.removed.get(request.calendar, {}).items()):
            if version > since and not deaf:
                yield Removed(href)

    def _resource(self, request: EventRequest, href: str, entered: Entered) -> Resource:
        etag = f'"{entered.version}"'
        if request.known.get(href) != etag:
            self.server.bodies += 1
        if entered.problem:
            return Resource(href, etag, problem=entered.problem)
        inside = tuple(e for e in entered.events if _touches(e, request))
        if inside and not request.interesting(entered.glance()):
            return Resource(href, etag, skipped=entered.glance())
        return Resource(href, etag, inside)

    def traffic(self) -> Traffic:
        return Traffic(self.requests)


def _touches(event: Event, request: EventRequest) -> bool:
    last = max(event.ends_at, event.starts_at)
    return event.starts_at < request.window.ends_at and last >= request.window.starts_at


@dataclass(slots=True)
class MemoryConnection:
    """One account in memory."""

    id: str
    events: EventSource | None = None
    tasks: TaskList | None = None
    on_close: Callable[[], None] = lambda: None
    book: Book | None = None

    def traffic(self) -> Traffic:
        roles = [role for role in (self.events, self.tasks) if isinstance(role, MemoryEvents | MemoryTasks)]
        return Traffic(sum(role.requests for role in roles))

    def close(self) -> None:
        self.on_close()
