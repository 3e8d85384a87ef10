"""Records of HubSpot as the engine knows them: fields, our key, what hangs together, and a mark of it all."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from afterview.sync.identity import short_hash
from afterview.sync.model import Fields, RecordKind, RemoteRecord

from . import activities, convert, deals
from .client import Client
from .objects import Object, Objects
from .paths import COMPANIES
from .shapes import COMPANY, SHAPES
from .stages import Stages
from .ties import Ties

Tied = Mapping[str, Mapping[str, tuple[str, ...]]]  # field -> id of a record -> ids of others


@dataclass(slots=True)
class Records:
    """Turns what HubSpot has into records, and fields into properties, for one account in one pass."""

    client: Client
    stages: Stages
    ties: Ties
    _companies: dict[str, str] = field(default_factory=dict)  # id -> name

    def objects(self, kind: RecordKind) -> Objects:
        """Return the way to the objects of a kind, with everything that is read of them."""
        shape = SHAPES[kind]
        more = tuple(deals.ENTERED + one for one in self.stages.ids()) if kind is RecordKind.APPLICATION else ()
        return Objects(self.client, shape, shape.properties(more))

    def one(self, kind: RecordKind, found: Object) -> RemoteRecord:
        return self.several(kind, [found])[0]

    def several(self, kind: RecordKind, found: Iterable[Object]) -> list[RemoteRecord]:
        """Return records with what hangs together with them, where it is of use."""
        every = list(found)
        tied = self._tied(kind, every)
        return [self._whole(kind, one, {name: ids.get(one.id, ()) for name, ids in tied.items()}) for one in every]

    def properties(self, kind: RecordKind, fields: Fields, now: convert.Properties) -> dict[str, str]:
        """Return the properties to write so that an object holds the fields."""
        match kind:
            case RecordKind.PERSON:
                return convert.person_properties(fields, now)
            case RecordKind.COMPANY:
                return convert.company_properties(fields, now)
            case RecordKind.APPLICATION:
                return deals.application_properties(fields, now, self.stages, self.client.clock())
            case RecordKind.INTERVIEW:
                return activities.interview_properties(fields, now)
            case RecordKind.NOTE:
                return activities.note_properties(fields, now)
            case RecordKind.TASK:
                return activities.task_properties(fields, now)

    def _tied(self, kind: RecordKind, found: list[Object]) -> Tied:
        """Read what records hang together with: ours, and the companies of every deal, because a deal names none."""
        shape = SHAPES[kind]
        tied: dict[str, Mapping[str, tuple[str, ...]]] = {}
        for name, other in shape.ties.items():
            of_deal = kind is RecordKind.APPLICATION and other == COMPANIES
            wanted = [one.id for one in found if key_of(one, kind) or (of_deal and not one.properties.get(COMPANY))]
            tied[name] = self.ties.read(shape.type, other, wanted) if wanted else {}
        unnamed = [one for one in found if not one.properties.get(COMPANY)]
        self._learn(other for one in unnamed for other in tied.get("company_ids", {}).get(one.id, ()))
        return tied

    def _learn(self, remote_ids: Iterable[str]) -> None:
        """Read the names of companies that are not known yet."""
        unknown = dict.fromkeys(one for one in remote_ids if one not in self._companies)
        for found in Objects(self.client, SHAPES[RecordKind.COMPANY], ("name",)).several(unknown):
            self._companies[found.id] = " ".join(convert.one(found.properties, "name"))

    def _whole(self, kind: RecordKind, one: Object, tied: Fields) -> RemoteRecord:
        key = key_of(one, kind)
        ties = {name: ids for name, ids in tied.items() if ids and key}
        lasting = self._fields(kind, replace(one, at=""), tied)
        etag = _etag(key, {**lasting, **ties})
        return RemoteRecord(kind, one.id, {**self._fields(kind, one, tied), **ties}, key, etag)

    def _fields(self, kind: RecordKind, one: Object, tied: Fields) -> Fields:
        match kind:
            case RecordKind.PERSON:
                return convert.person(one.properties)
            case RecordKind.COMPANY:
                return convert.company(one.properties)
            case RecordKind.APPLICATION:
                names = (self._companies.get(remote_id, "") for remote_id in tied.get("company_ids", ()))
                return deals.application(one.properties, self.stages, one.at, tuple(filter(None, names)))
            case RecordKind.INTERVIEW:
                return activities.interview(one.properties)
            case RecordKind.NOTE:
                return activities.note(one.properties)
            case RecordKind.TASK:
                return activities.task(one.properties)


def key_of(one: Object, kind: RecordKind) -> str:
    """Return our key in an object, "" where there is none."""
    shape = SHAPES[kind]
    return activities.key_in(one.properties.get(shape.mark, "")) if shape.mark else one.key


def _etag(key: str, fields: Fields) -> str:
    """Mark what is read of a record; not HubSpot's own time of change, which moves for what it computes itself, too."""
    return short_hash(json.dumps([key, {name: list(values) for name, values in sorted(fields.items())}]))
