"""Role `crm`: people and companies as parties, applications as opportunities, interviews and notes as notes.

Nothing is ever deleted. Which of the user's companies opportunities belong to, and which type of relation ties people to
companies, is found out once a connection, by the names in the settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from afterview.integrations.entry import Entry
from afterview.sync.errors import Refused
from afterview.sync.model import Fields, RecordDraft, RecordKind, RemoteRecord
from afterview.sync.ports import Book, BookCapabilities, RecordListing
from afterview.sync.text import one_line

from .client import Tryton, open_client
from .notes import Notes
from .opportunities import MOVES, Opportunities, opportunities_of
from .parties import Parties, parties_of

LOST_REASON = "No offer"
_LACKS = {
    RecordKind.PERSON: frozenset(("title", "company", "block", "state")),
    RecordKind.APPLICATION: frozenset(("name", "company", "people_ids")),
}
_TIES = frozenset(("company_ids",))


@dataclass(slots=True)
class Crm:
    """One database of a Tryton server."""

    entry: Entry
    client: Tryton
    name: str
    _desks: dict[RecordKind, Parties | Opportunities | Notes] = field(default_factory=dict)

    def capabilities(self) -> BookCapabilities:
        person = _LACKS[RecordKind.PERSON] | (frozenset() if self.entry.settings.get("relation") else _TIES)
        return BookCapabilities(
            kinds=tuple(RecordKind[name] for name in ("COMPANY", "PERSON", "APPLICATION", "INTERVIEW", "NOTE")),
            changed_since=True,
            cas=True,
            outcome=True,
            interview=True,
            note=True,
            moves=MOVES,
            lacks={**_LACKS, RecordKind.PERSON: person},
        )

    def read(self, kind: RecordKind, cursor: str, known: Mapping[str, str], *, full: bool) -> RecordListing:
        desk = self._desk(kind)
        if isinstance(desk, Notes):
            raise Refused("Notes in Tryton are only written, never read.")
        return desk.reading().listing(cursor, known, self.entry.clock(), full=full)

    def fetch(self, kind: RecordKind, remote_id: str) -> RemoteRecord | None:
        return self._desk(kind).fetch(remote_id)

    def find(self, kind: RecordKind, key: str) -> tuple[RemoteRecord, ...]:
        return self._desk(kind).find(key)

    def create(self, draft: RecordDraft) -> RemoteRecord:
        return self._desk(draft.kind).create(draft)

    def update(self, record: RemoteRecord, fields: Fields, key: str) -> RemoteRecord:
        return self._desk(record.kind).update(record, fields, key)

    def _desk(self, kind: RecordKind) -> Parties | Opportunities | Notes:
        if kind not in self._desks:
            self._desks[kind] = self._opened(kind)
        return self._desks[kind]

    def _opened(self, kind: RecordKind) -> Parties | Opportunities | Notes:
        self.client.company = self.client.company or company_of(self.client, self._said("company"))
        if kind is RecordKind.APPLICATION:
            return Opportunities(opportunities_of(self.client), self._said("lost_reason") or LOST_REASON)
        if kind in {RecordKind.PERSON, RecordKind.COMPANY}:
            relation = relation_of(self.client, self._said("relation"))
            own = frozenset(row["party"] for row in self.client.search("company.company", [], ["party"]))
            return Parties(kind, parties_of(self.client, relation), relation, own)
        return Notes(kind, self.client, ZoneInfo(self.entry.zone))

    def _said(self, name: str) -> str:
        return str(self.entry.settings.get(name) or "")


def companies_of(client: Tryton) -> dict[str, int]:
    """Return name -> id of the companies that the user works for."""
    ids = list(client.companies())
    rows = client.search("company.company", [["id", "in", ids]], ["rec_name"]) if ids else ()
    return {str(row.get("rec_name") or ""): row["id"] for row in rows}


def company_of(client: Tryton, name: str) -> int:
    """Return the company that opportunities belong to: the one named, the user's present one, or the only one."""
    every = companies_of(client)
    if name in every:
        return every[name]
    present = client.preferences().get("company")
    if not name and isinstance(present, int) and present in every.values():
        return present
    if not name and len(every) == 1:
        return next(iter(every.values()))
    offered = ", ".join(f'"{one_line(one, 40)}"' for one in every) or "none"
    asked = f'The company "{one_line(name, 60)}"' if name else "A company for opportunities"
    raise Refused(f"{asked} is not among those of your user at {client.host}; there are: {offered}.")


def relation_of(client: Tryton, name: str) -> int:
    """Return the type of relation that ties people to companies, 0 where none is named."""
    if not name:
        return 0
    rows = client.search("party.relation.type", [["name", "=", name]], ["id"])
    if not rows:
        raise Refused(f'There is no type of relation named "{one_line(name, 60)}" at {client.host}.')
    return int(rows[0]["id"])


def open_crm(entry: Entry) -> Book:
    """Open the account's CRM; nothing is asked yet."""
    return Crm(entry, open_client(entry), str(entry.settings.get("database") or "Tryton"))
