"""Applications as opportunities. Their state moves by the server's own buttons alone; the state alone says how it stands.

    state        lead, opportunity | converted, won | lost | cancelled
    stage        open              | won            | lost | withdrawn
    button                         | -              | lost | cancel

`converted` makes a sale quotation, which nobody wants of an application, so we move nothing to won; what the user converts
is heard. An opportunity that was opened again keeps the reason and the day of its loss. Once it is closed most of its
fields are read-only; ours are then left as they are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterview.sync.errors import Changed, Missing, Rejected
from afterview.sync.model import Fields, RecordDraft, RecordKind, RemoteRecord

from .client import Tryton
from .marks import is_of, key_in, mark
from .rows import Model, Reading, Row, children, etag
from .wire import changed_at, instant, written

OPPORTUNITY = "sale.opportunity"
MOVES = frozenset(("lost", "withdrawn"))
_NAMES = (
    "number", "reference", "description", "state", "lost_reason", "party", "party.name", "company",
    "write_date", "create_date", "_timestamp",
)  # fmt: skip
_STAGES = {
    "lead": "open", "opportunity": "open", "converted": "won", "won": "won", "lost": "lost", "cancelled": "withdrawn",
}  # fmt: skip
_BUTTONS = {"lost": "lost", "withdrawn": "cancel"}
_REVISIONS = 20  # are looked through for when a stage was entered


def opportunities_of(client: Tryton) -> Model:
    return Model(client, OPPORTUNITY, _NAMES, {})


@dataclass(frozen=True, slots=True)
class Opportunities:
    """The opportunities of one company. `lost_reason` is given to one that is lost by us."""

    model: Model
    lost_reason: str

    def reading(self) -> Reading:
        return Reading(self.model, lambda _: True, self._record)

    def fetch(self, remote_id: str) -> RemoteRecord | None:
        row = self.model.one(remote_id)
        return self._record(row) if row is not None else None

    def find(self, key: str) -> tuple[RemoteRecord, ...]:
        """Return the opportunities under a key, the oldest first: nothing keeps two from bearing one reference."""
        return tuple(self._record(row) for row in self.model.where(["reference", "=", mark(key)]))

    def create(self, draft: RecordDraft) -> RemoteRecord:
        client = self.model.client
        values = {**_values({}, draft.fields), "reference": mark(draft.key), "company": client.company}
        remote_id = str(client.write(f"{OPPORTUNITY}.create", [values])[0])
        try:
            self._move(self._row(remote_id), draft.fields)
        except (Rejected, Changed, Missing):  # it is there, and shows that it was not moved
            return self._there(remote_id)
        return self._there(remote_id)

    def update(self, record: RemoteRecord, fields: Fields, key: str) -> RemoteRecord:
        row = self._row(record.remote_id)
        if record.etag != etag(row):
            raise Changed("The opportunity is not what it was.")
        values = _values(row, fields) if _stage(row) == "open" else {}
        if key and not row.get("reference"):
            values["reference"] = mark(key)
        if values:
            self._write(row, values)
            row = self._row(record.remote_id)
        self._move(row, fields)
        return self._there(record.remote_id)

    def _move(self, row: Row, fields: Fields) -> None:
        """Push the button that leads to the wanted stage, if the opportunity is open."""
        wanted = next(iter(fields.get("stage", ())), "open")
        if wanted == "open" or _stage(row) != "open":
            return
        if wanted not in _BUTTONS:
            raise Rejected("Tryton makes an opportunity won by a sale alone.")
        if wanted == "lost" and not row.get("lost_reason") and self.lost_reason:
            self._write(row, {"lost_reason": self.lost_reason})
            row = self._row(str(row["id"]))
        self._call(_BUTTONS[wanted], row)

    def _write(self, row: Row, values: dict[str, Any]) -> None:
        self._call("write", row, values)

    def _call(self, method: str, row: Row, *more: Any) -> None:
        self.model.client.write(f"{OPPORTUNITY}.{method}", [row["id"]], *more, seen=self.model.timestamp(row))

    def _row(self, remote_id: str) -> Row:
        row = self.model.one(remote_id)
        if row is None:
            raise Missing("The opportunity is not there any more.")
        return row

    def _there(self, remote_id: str) -> RemoteRecord:
        return self._record(self._row(remote_id))

    def _record(self, row: Row) -> RemoteRecord:
        key = key_in(row.get("reference"))
        key = key if is_of(RecordKind.APPLICATION, key) else ""
        company = next((str(one.get("name") or "") for one in children(row, "party")), "")
        role = str(row.get("description") or "")
        at = self._entered_at(row) if key else changed_at(row)
        fields = {
            "name": ", ".join(filter(None, (company, role))) or str(row.get("number") or ""),
            "company": company,
            "role": role,
            "stage": _stage(row),
            "stage_at": at.isoformat() if at else "",
            "company_ids": str(row.get("party") or ""),
        }
        kept = {name: (value,) for name, value in fields.items() if value}
        return RemoteRecord(RecordKind.APPLICATION, str(row["id"]), kept, key, etag(row))

    def _entered_at(self, row: Row) -> datetime | None:
        """Return when the stage was entered, by the history that Tryton keeps of opportunities."""
        at = changed_at(row)
        if row.get("write_date") is None:
            return at
        client, is_in = self.model.client, _stage(row)
        revisions = client.read(f"{OPPORTUNITY}.history_revisions", [row["id"]])
        moments = [instant(one[0]) for one in revisions if isinstance(one, list) and one] if revisions else []
        for moment in sorted(filter(None, moments), reverse=True)[:_REVISIONS]:
            then = client.search(OPPORTUNITY, [["id", "=", row["id"]]], ["state"], _datetime=written(moment))
            if not then or _stage(then[0]) != is_in:
                break
            at = moment
        return at


def _stage(row: Row) -> str:
    return _STAGES.get(str(row.get("state")), "open")


def _values(row: Row, fields: Fields) -> dict[str, Any]:
    """Return what is to be written so that an open opportunity holds `fields`. It has one party; another one stays."""
    values: dict[str, Any] = {}
    role, ids = fields.get("role", ()), fields.get("company_ids", ())
    if role and role[0] != row.get("description"):
        values["description"] = role[0]
    if ids and not row.get("party"):
        values["party"] = int(ids[0])
    return values
