"""Role `crm`: contacts, companies, deals, meetings, notes and tasks of a HubSpot account.

    create   our key is looked up exactly, then upserted by it: made twice, it is one record. A meeting or a note is looked
             for in the whole list, because it can bear the key in its text only
    update   read again first, because HubSpot keeps no condition: what changed since it was seen is not written over
    ties     after the record itself; what is missing is seen in the record and added by the next update

There is nothing here that deletes, archives or merges.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from afterview.integrations.entry import Entry
from afterview.sync.errors import AlreadyThere, Changed, Missing, Rejected, Uncertain
from afterview.sync.model import Fields, RecordDraft, RecordKind, RemoteRecord
from afterview.sync.ports import Book, BookCapabilities, RecordListing
from afterview.sync.stages import Stage

from . import convert
from .activities import marked_text
from .client import Client, open_client
from .failures import About, of_item
from .objects import Object, Objects
from .paths import objects
from .reading import Reading
from .records import Records, key_of
from .shapes import KEY, SHAPES
from .stages import Stages
from .ties import Ties

_CAPABILITIES = BookCapabilities(
    kinds=tuple(SHAPES),
    upsert_key=True,
    changed_since=True,
    deletions=True,
    outcome=True,
    interview=True,
    note=True,
    task=True,
    readback_lag=True,
)
_CHOSEN = {Stage.OPEN: "stage", Stage.WON: "won_stage", Stage.LOST: "lost_stage", Stage.WITHDRAWN: "withdrawn_stage"}


@dataclass(slots=True)
class Crm:
    """One HubSpot account in one pass."""

    client: Client
    records: Records
    name: str = "HubSpot"
    _marked: dict[RecordKind, dict[str, str]] = field(default_factory=dict)  # key -> id, where only the text bears it

    def capabilities(self) -> BookCapabilities:
        return _CAPABILITIES

    def read(self, kind: RecordKind, cursor: str, known: Mapping[str, str], *, full: bool) -> RecordListing:
        """Read changes since the cursor with an overlap, else everything."""
        reading = Reading(self.records.objects(kind), lambda found: self.records.several(kind, found), known)
        return reading.run("" if full else cursor)

    def fetch(self, kind: RecordKind, remote_id: str) -> RemoteRecord | None:
        """Read one; of a merged record comes what it became, under its own id."""
        found = self.records.objects(kind).get(remote_id)
        return self.records.one(kind, found) if found is not None else None

    def find(self, kind: RecordKind, key: str) -> tuple[RemoteRecord, ...]:
        found = self._under(kind, key)
        return (self.records.one(kind, found),) if found is not None else ()

    def create(self, draft: RecordDraft) -> RemoteRecord:
        """Make it under our key, tie it, and read it back."""
        what = _called(draft.fields)
        there = self._under(draft.kind, draft.key)
        if there is not None:
            raise AlreadyThere(f"{what} is in HubSpot already.", remote_id=there.id)
        properties = self.records.properties(draft.kind, draft.fields, {})
        mark = SHAPES[draft.kind].mark
        remote_id = self._made(draft, mark, properties, what) if mark else self._upserted(draft, properties, what)
        with suppress(Rejected, Missing, AlreadyThere):  # made it is; `update` sees what is missing, and says why
            self._tie(draft.kind, remote_id, draft.fields, {})
        return self._stored(draft.kind, remote_id, what)

    def update(self, record: RemoteRecord, fields: Fields, key: str) -> RemoteRecord:
        """Write what differs, if the record is still what was seen."""
        try:
            return self._updated(record, fields, key, _called(fields))
        except AlreadyThere as error:  # another record bears a value that is to be here
            raise Rejected(str(error)) from error

    def _updated(self, record: RemoteRecord, fields: Fields, key: str, what: str) -> RemoteRecord:
        found = self.records.objects(record.kind).get(record.remote_id)
        if found is None:
            raise Missing(f"{what} is not in HubSpot any more.")
        now = self.records.one(record.kind, found)
        if now.remote_id != record.remote_id or record.etag not in {None, now.etag}:
            raise Changed(f"{what} was changed in HubSpot meanwhile.")
        written = self.records.properties(record.kind, fields, found.properties)
        if key != now.key and not SHAPES[record.kind].mark:
            written[KEY] = key
        if written:
            path = objects(SHAPES[record.kind].type, record.remote_id)
            self.client.write("PATCH", path, what, {"properties": written})
        self._tie(record.kind, record.remote_id, fields, now.fields)
        return self._stored(record.kind, record.remote_id, what)

    def _under(self, kind: RecordKind, key: str) -> Object | None:
        """Look for the one under our key, exactly."""
        every, shape = self.records.objects(kind), SHAPES[kind]
        if not shape.mark:
            return every.under(key)
        if kind not in self._marked:
            listed = Objects(self.client, shape, (shape.mark,)).all()
            self._marked[kind] = {own: one.id for one in listed if (own := key_of(one, kind))}
        remote_id = self._marked[kind].get(key)
        found = every.get(remote_id) if remote_id else None
        return found if found is not None and key_of(found, kind) == key else None

    def _upserted(self, draft: RecordDraft, properties: dict[str, str], what: str) -> str:
        given = {"id": draft.key, "idProperty": KEY, "properties": properties}
        path = objects(SHAPES[draft.kind].type, "batch", "upsert")
        answer = self.client.write("POST", path, what, {"inputs": [given]})
        errors, results = answer.get("errors"), answer.get("results")
        if isinstance(errors, list) and errors:  # an answer about several says for each what became of it
            error = errors[0] if isinstance(errors[0], dict) else {}
            raise of_item(error, About(what, write=True), self.client.clock())
        return _id(results[0] if isinstance(results, list) and results else None, what)

    def _made(self, draft: RecordDraft, mark: str, properties: dict[str, str], what: str) -> str:
        told = {**properties, mark: marked_text(properties.get(mark, ""), draft.key)}
        body = {"properties": told, "associations": []}
        remote_id = _id(self.client.write("POST", objects(SHAPES[draft.kind].type), what, body), what)
        self._marked[draft.kind][draft.key] = remote_id
        return remote_id

    def _tie(self, kind: RecordKind, remote_id: str, fields: Fields, now: Fields) -> None:
        shape = SHAPES[kind]
        for name, other in shape.ties.items():
            missing = [one for one in fields.get(name, ()) if one not in now.get(name, ())]
            if missing:
                self.records.ties.add(shape.type, remote_id, other, missing)

    def _stored(self, kind: RecordKind, remote_id: str, what: str) -> RemoteRecord:
        found = self.fetch(kind, remote_id)
        if found is None:
            raise Uncertain(f"{what} was written, but is not in HubSpot.")
        return found


def _called(fields: Fields) -> str:
    return convert.first(fields, "name") or "The record"


def _id(made: Any, what: str) -> str:
    remote_id = made.get("id") if isinstance(made, dict) else None
    if not isinstance(remote_id, str) or not remote_id:
        raise Uncertain(f"{what}: HubSpot does not say what became of it.")
    return remote_id


def open_crm(entry: Entry) -> Book:
    """Open the account's CRM."""
    client = open_client(entry)
    chosen: dict[str, str] = {stage: str(entry.settings.get(name) or "") for stage, name in _CHOSEN.items()}
    stages = Stages(client, str(entry.settings.get("pipeline") or ""), chosen)
    return Crm(client, Records(client, stages, Ties(client)))
