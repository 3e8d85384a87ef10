"""People and companies as parties. Tryton does not tell them apart, so a party without our key may be either.

field         in Tryton                                            we
name          `name`                                               fill it
emails        contact mechanisms of the type e-mail                add to them
phones        contact mechanisms of the types phone and mobile     add to them
domain        the first contact mechanism of the type website      fill it
company_ids   relations of the type chosen at set-up               add to them
company       the names of these                                   only read it

A party has no place for a title, a text or categories of ours.
"""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from afterview.sync.errors import AlreadyThere, Changed, Missing, Rejected
from afterview.sync.model import Fields, RecordDraft, RecordKind, RemoteRecord
from afterview.sync.reconcile import normal

from .marks import is_of, key_in, mark
from .rows import Model, Reading, Row, children, etag, survivor

PARTY = "party.party"
_NAMES = (
    "name", "code", "active", "replaced_by", "write_date", "create_date", "_timestamp",
    "identifiers.code", "identifiers.write_date", "identifiers.create_date",
    "contact_mechanisms.type", "contact_mechanisms.value",
    "contact_mechanisms.write_date", "contact_mechanisms.create_date",
)  # fmt: skip
_RELATED = ("relations.to.name", "relations.type")  # without dates: they come from a view, which shows the present time
_CHILDREN = {"party.contact_mechanism": "party", "party.identifier": "party"}
_KINDS = {"emails": ("email",), "phones": ("phone", "mobile")}  # the first is what we add


def parties_of(client: Any, relation: int) -> Model:
    """Return the parties. `relation`: the id of the type that ties people to companies, 0 for none."""
    if not relation:
        return Model(client, PARTY, _NAMES, _CHILDREN)
    return Model(client, PARTY, (*_NAMES, *_RELATED), {**_CHILDREN, "party.relation.all": "from_"})


@dataclass(frozen=True, slots=True)
class Parties:
    """Parties of one kind. `own` are those of the user's own companies, which nobody meets."""

    kind: RecordKind
    model: Model
    relation: int
    own: frozenset[int]

    def reading(self) -> Reading:
        return Reading(self.model, self._is_there, self._record)

    def fetch(self, remote_id: str) -> RemoteRecord | None:
        row = self.model.one(remote_id)
        return self._record(row) if row is not None and row.get("active") else None

    def find(self, key: str) -> tuple[RemoteRecord, ...]:
        """Return the parties under a key; for one that was replaced by another, that other."""
        found: dict[str, RemoteRecord] = {}
        for row in self._under(key):
            now = survivor(self.model, row)
            if now is not None:
                found[str(now["id"])] = replace(self._record(now), key=key)
        return tuple(found.values())

    def create(self, draft: RecordDraft) -> RemoteRecord:
        values = {**self._values({}, draft.fields), "code": mark(draft.key)}
        try:
            made = self.model.client.write(f"{PARTY}.create", [values])
        except Rejected:
            self._explain(draft.key)
            raise
        return self._there(str(made[0]))

    def update(self, record: RemoteRecord, fields: Fields, key: str) -> RemoteRecord:
        """Add and fill what is missing; nothing is taken away."""
        row = self.model.one(record.remote_id)
        if row is None or not row.get("active"):
            raise Missing("The party is not there any more.")
        if record.etag != etag(row):
            raise Changed("The party is not what it was.")
        values = self._values(row, fields)
        if key and self._key(row) != key:
            values["identifiers"] = [["create", [{"code": mark(key)}]]]
        if values:
            try:
                self.model.client.write(f"{PARTY}.write", [row["id"]], values, seen=self.model.timestamp(row))
            except Rejected:
                if self.model.one(record.remote_id) is None:
                    raise Missing("The party is not there any more.") from None
                raise
        return self._there(record.remote_id)

    def _there(self, remote_id: str) -> RemoteRecord:
        found = self.fetch(remote_id)
        if found is None:
            raise Missing("The party is not there any more.")
        return found

    def _explain(self, key: str) -> None:
        """Say why a party could not be made, where that is because one bears its key."""
        if self.find(key):
            raise AlreadyThere("There is a party under this key.")
        if self._under(key):
            raise Rejected("The party was archived in Tryton; it is not made again.")

    def _under(self, key: str) -> tuple[Row, ...]:
        return self.model.where("OR", ["code", "=", mark(key)], ["identifiers.code", "=", mark(key)])

    def _is_there(self, row: Row) -> bool:
        keys = _keys(row)
        return (
            bool(row.get("active"))
            and row["id"] not in self.own
            and (not keys or any(is_of(self.kind, key) for key in keys))
        )

    def _key(self, row: Row) -> str:
        """Return our key in a party; the last one, where it got several."""
        return next((key for key in reversed(_keys(row)) if is_of(self.kind, key)), "")

    def _record(self, row: Row) -> RemoteRecord:
        fields = {"name": _texts([row.get("name")])}
        if self.kind is RecordKind.COMPANY:
            fields["domain"] = tuple(filter(None, (_domain(value) for _, value in _contacts(row, ("website",)))))[:1]
        else:
            for name, kinds in _KINDS.items():
                fields[name] = tuple(dict.fromkeys(value for _, value in _contacts(row, kinds)))
            tied = self._companies(row)
            fields["company"] = tuple(tied.values())
            fields["company_ids"] = tuple(tied)
        kept = {name: values for name, values in fields.items() if values}
        return RemoteRecord(self.kind, str(row["id"]), kept, self._key(row), etag(row))

    def _companies(self, row: Row) -> dict[str, str]:
        """Return id -> name of the companies that a person works for."""
        ties = [one for one in children(row, "relations") if one.get("type") == self.relation]
        return {str(to["id"]): str(to.get("name") or "") for one in ties for to in children(one, "to")}

    def _values(self, row: Row, fields: Fields) -> dict[str, Any]:
        """Return what is to be written so that a party holds `fields`, too."""
        values: dict[str, Any] = {}
        name = fields.get("name", ())
        if name and name != _texts([row.get("name")]):
            values["name"] = name[0]
        contacts = [
            {"type": kinds[0], "value": value}
            for field, kinds in _KINDS.items()
            for value in _missing(field, fields, [known for _, known in _contacts(row, kinds)])
        ]
        written = [["create", contacts]] if contacts else []
        written += self._website(row, fields.get("domain", ()))
        if written:
            values["contact_mechanisms"] = written
        ids = [one for one in fields.get("company_ids", ()) if self.relation and one not in self._companies(row)]
        if ids:
            values["relations"] = [["create", [{"to": int(one), "type": self.relation} for one in ids]]]
        return values

    def _website(self, row: Row, wanted: tuple[str, ...]) -> list[Any]:
        sites = _contacts(row, ("website",))
        if not wanted or (sites and _domain(sites[0][1]) == wanted[0]):
            return []
        value = {"value": f"https://{wanted[0]}"}
        return [["write", [sites[0][0]], value]] if sites else [["create", [{"type": "website", **value}]]]


def _keys(row: Row) -> list[str]:
    held = [row.get("code"), *(one.get("code") for one in children(row, "identifiers"))]
    return list(filter(None, map(key_in, held)))


def _contacts(row: Row, kinds: tuple[str, ...]) -> list[tuple[int, str]]:
    """Return id and value of the contact mechanisms of some types."""
    every = children(row, "contact_mechanisms")
    return [(one["id"], value) for one in every if one.get("type") in kinds for value in _texts([one.get("value")])]


def _missing(name: str, fields: Fields, known: list[str]) -> list[str]:
    there = {normal(name, value) for value in known}
    return [value for value in fields.get(name, ()) if normal(name, value) not in there]


def _texts(values: list[Any]) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str) and value.strip())


def _domain(site: str) -> str:
    """Return the domain of a website, however it is written."""
    try:
        host = urlsplit(site if "://" in site else f"//{site}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").rstrip(".")
