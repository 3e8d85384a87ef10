"""The in-memory twin of an address book or a CRM: `ports.Book` without a network.

`BookServer` is the service, `MemoryBook` one engine's connection to it; the methods `user_*` are what a person does there
meanwhile. What a service can promise is set by its `capabilities`; what it does not promise, the twin does not do: without
`cas` it overwrites, without `upsert_key` it makes a second record, with `readback_lag` a reading misses what is new.
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from afterview.sync.errors import AlreadyThere, Changed, Missing, NotReady
from afterview.sync.model import OURS_ALONE, Fields, RecordDraft, RecordKind, RemoteRecord
from afterview.sync.ports import BookCapabilities, Coverage, RecordListing
from afterview.sync.reconcile import REFERENCES
from tests.fakes.faults import Fault, Faults, strike_after

_APART = {*REFERENCES, "stage"}
GOOD = BookCapabilities(changed_since=True, deletions=True, cas=True)


@dataclass(frozen=True, slots=True)
class Stored:
    """One record. `extra` is what only others know; `shown_from`: the reading that sees it first."""

    kind: RecordKind
    fields: Fields
    version: int
    key: str = ""
    extra: str = ""
    shown_from: int = 0


@dataclass(slots=True)
class BookServer:
    """The service."""

    capabilities: BookCapabilities = GOOD
    lag: int = 1  # readings that miss what was written, with `readback_lag`
    items: dict[str, Stored] = field(default_factory=dict)
    version: int = 0
    readings: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    survivors: dict[str, str] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    meddling: list[Callable[[], None]] = field(default_factory=list)  # what happens just before the next update
    unique: str = ""  # a field whose value no two records may share
    ties_apart: bool = False  # what a record hangs together with, and the stage of a deal, take a request of their own
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def writes(self) -> list[tuple[str, str]]:
        return [entry for entry in self.log if entry[0] in {"create", "update"}]

    def put(self, remote_id: str, kind: RecordKind, fields: Fields, *, key: str, extra: str = "") -> None:
        old = self.items.get(remote_id)
        self.version += 1
        lags = self.capabilities.readback_lag and old is None
        shown = self.readings + self.lag if lags else old.shown_from if old else 0
        lacks = self.capabilities.lacks.get(kind, frozenset())
        kept = {name: values for name, values in fields.items() if values and name not in lacks}
        self.items[remote_id] = Stored(kind, kept, self.version, key, extra or (old.extra if old else ""), shown)

    def new_id(self) -> str:
        return f"r{next(self.numbers):03}"

    def under(self, key: str) -> list[str]:
        return sorted(remote_id for remote_id, item in self.items.items() if item.key == key)

    def taken(self, kind: RecordKind, fields: Fields) -> str:
        """Return the record that has a value of the unique field already, "" if none has."""
        values = set(fields.get(self.unique, ()))
        mine = (r for r, one in self.items.items() if one.kind is kind and values & {*one.fields.get(self.unique, ())})
        return next(mine, "")

    # What a person does.
    def user_add(self, **fields: tuple[str, ...]) -> str:
        remote_id = self.new_id()
        self.put(remote_id, RecordKind.PERSON, fields, key="", extra="X-OWN:1")
        return remote_id

    def user_edit(self, remote_id: str, **fields: tuple[str, ...]) -> None:
        old = self.items[remote_id]
        self.put(remote_id, old.kind, {**old.fields, **fields}, key=old.key)

    def user_touch(self, remote_id: str) -> None:
        self.user_edit(remote_id)

    def user_delete(self, remote_id: str) -> None:
        self.version += 1
        del self.items[remote_id]
        self.removed[remote_id] = self.version

    def user_merge(self, gone: str, into: str) -> None:
        """Merge two records: what the one that goes on lacks comes from the other."""
        one, other = self.items[gone], self.items[into]
        fields = {**one.fields, **other.fields}
        for name in ("emails", "phones"):
            fields[name] = tuple(dict.fromkeys((*other.fields.get(name, ()), *one.fields.get(name, ()))))
        self.put(into, other.kind, fields, key=other.key or one.key)
        self.user_delete(gone)
        self.survivors[gone] = into


@dataclass(slots=True)
class MemoryBook:
    """A book on a `BookServer`."""

    server: BookServer
    name: str = "Contacts"
    requests: int = 0

    def capabilities(self) -> BookCapabilities:
        return self.server.capabilities

    def read(self, kind: RecordKind, cursor: str, known: Mapping[str, str], *, full: bool) -> RecordListing:
        assert kind not in OURS_ALONE, "what only we write is not read"
        fault = self._begin("read", kind)
        server = self.server
        server.readings += 1
        if fault is Fault.CUT:
            raise NotReady("The listing was cut short.")
        visible = {
            remote_id: item
            for remote_id, item in sorted(server.items.items())
            if item.kind is kind and item.shown_from <= server.readings
        }
        if fault in {Fault.EMPTY, Fault.HALF}:
            visible = dict(list(visible.items())[::2]) if fault is Fault.HALF else {}
        following = str(server.version)
        survivors = dict(server.survivors)
        if server.capabilities.changed_since and cursor and not full and fault not in {Fault.EMPTY, Fault.HALF}:
            since = int(cursor)
            lagging = server.capabilities.readback_lag  # an overlap finds what came to light late
            changed = [r for r, item in visible.items() if item.version > since or (lagging and r not in known)]
            gone = {r for r, version in server.removed.items() if version > since and server.capabilities.deletions}
            return RecordListing(
                Coverage.DELTA, following, self._records(changed, known), frozenset(gone), survivors=survivors
            )
        return RecordListing(
            Coverage.COMPLETE, following, self._records(visible, known), present=frozenset(visible), survivors=survivors
        )

    def fetch(self, kind: RecordKind, remote_id: str) -> RemoteRecord | None:
        self._begin("fetch", remote_id)
        return self._record(remote_id) if remote_id in self.server.items else None

    def find(self, kind: RecordKind, key: str) -> tuple[RemoteRecord, ...]:
        self._begin("find", key)
        return tuple(self._record(r) for r in self.server.under(key) if self.server.items[r].kind is kind)

    def create(self, draft: RecordDraft) -> RemoteRecord:
        fault = self._begin("create", draft.key)
        there = self.server.under(draft.key) if self.server.capabilities.upsert_key else []
        if not there and (taken := self.server.taken(draft.kind, draft.fields)):
            raise AlreadyThere("There is one already.", remote_id=taken)
        remote_id = there[0] if there else self.server.new_id()
        if not there:
            self._put(remote_id, draft.kind, draft.fields, draft.key)
        strike_after(fault)
        return self._record(remote_id)

    def update(self, record: RemoteRecord, fields: Fields, key: str) -> RemoteRecord:
        fault = self._begin("update", record.remote_id)
        if self.server.meddling:
            self.server.meddling.pop()()
        now = self.server.items.get(record.remote_id)
        if now is None:
            raise Missing("The record is not there.")
        if self.server.capabilities.cas and record.etag != _etag(now):
            raise Changed("The record is not what it was.")
        if now.kind is RecordKind.NOTE:
            changed = {name for name in {*fields, *now.fields} if fields.get(name) != now.fields.get(name)}
            assert changed <= REFERENCES.keys(), "a note stays as it is"
        self._put(record.remote_id, now.kind, fields, key)
        strike_after(fault)
        return self._record(record.remote_id)

    def _put(self, remote_id: str, kind: RecordKind, fields: Fields, key: str) -> None:
        """Write a record, and only then what it hangs together with where that takes a request of its own."""
        if self.server.ties_apart:
            old = self.server.items.get(remote_id)
            tied = old.fields if old else {}
            first = {**dict.fromkeys(REFERENCES, ()), "stage": ("open",), **tied}
            untied = {name: first[name] if name in _APART else values for name, values in fields.items()}
            self.server.put(remote_id, kind, untied, key=key)
            if all(untied.get(name, ()) == values for name, values in fields.items()):
                return
            strike_after(self._begin("tie", remote_id))
        self.server.put(remote_id, kind, fields, key=key)

    def _begin(self, operation: str, what: str) -> Fault | None:
        self.requests += 1
        self.server.log.append((operation, what))
        return self.server.faults.take(operation)

    def _records(
        self, remote_ids: "Mapping[str, Stored] | list[str]", known: Mapping[str, str]
    ) -> tuple[RemoteRecord, ...]:
        every = (self._record(remote_id) for remote_id in remote_ids)
        return tuple(one for one in every if known.get(one.remote_id) != one.etag)

    def _record(self, remote_id: str) -> RemoteRecord:
        item = self.server.items[remote_id]
        return RemoteRecord(item.kind, remote_id, item.fields, item.key, _etag(item))


def _etag(item: Stored) -> str:
    return f'"{item.version}"'
