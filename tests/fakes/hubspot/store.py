"""The records of the test server: unique values, a search that lags, merges, the bin, and what hangs together."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.fakes.hubspot.problems import Json, Problem, conflict, invalid_value, unknown_object
from tests.fakes.hubspot.schema import MODIFIED, Schema

Properties = dict[str, str]


def written(at: datetime) -> str:
    """Write a moment as HubSpot does."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `became`: the id of what it was merged into."""

    id: str
    type: str
    properties: Properties
    made_at: datetime
    changed_at: datetime
    archived: bool = False
    became: str = ""


@dataclass(slots=True)
class Store:
    """All records. `lag`: how long a search does not see what was written. Moments never repeat."""

    clock: Callable[[], datetime]
    schema: Schema
    lag: timedelta = timedelta(0)
    deepest: int = 10_000  # hits that a search gives in all
    unlisted: set[str] = field(default_factory=set)  # ids that the list does not show, as if it lagged, too
    records: dict[str, Record] = field(default_factory=dict)
    ties: set[frozenset[str]] = field(default_factory=set)
    _index: dict[str, Record] = field(default_factory=dict)
    _waiting: list[tuple[datetime, Record]] = field(default_factory=list)
    _last: datetime | None = None
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1000))

    def now(self) -> datetime:
        tick = timedelta(milliseconds=1)
        self._last = max(self.clock(), self._last + tick) if self._last else self.clock()
        return self._last

    def of(self, type_: str, *, archived: bool = False) -> list[Record]:
        found = (one for one in self.records.values() if one.type == type_ and not one.became)
        return [one for one in found if one.archived is archived]

    def get(self, type_: str, id_: str) -> Record:
        """Return a record; of a merged one, what it became."""
        one = self.records.get(id_)
        while one is not None and one.became:
            one = self.records[one.became]
        if one is None or one.type != type_ or one.archived:
            raise unknown_object()
        return one

    def by(self, type_: str, name: str, value: str) -> Record | None:
        """Return the record with a unique value."""
        return next((one for one in self.of(type_) if value and one.properties.get(name) == value), None)

    def make(self, type_: str, given: Properties) -> Record:
        at = self.now()
        one = Record(str(next(self._ids)), type_, {}, at, at)
        return self._change(one, {"pipeline": "default", **given} if type_ == "deals" else given)

    def change(self, one: Record, given: Properties) -> Record:
        return self._change(one, given)

    def _change(self, one: Record, given: Properties) -> Record:
        lowered = {name: value.lower() if name == "email" else value for name, value in given.items()}
        after = {name: value for name, value in {**one.properties, **lowered}.items() if value}
        self.schema.check_values(one.type, lowered, after)
        self._check_unique(one, lowered)
        at = self.now()
        if one.type == "deals" and after.get("dealstage") != one.properties.get("dealstage"):
            after |= self._entered(after, at)
        return self._put(replace(one, properties=after, changed_at=at))

    def _entered(self, after: Properties, at: datetime) -> Properties:
        stage = self.schema.stage(after["pipeline"], after["dealstage"])
        closed = {"closedate": written(at)} if stage["metadata"]["isClosed"] == "true" else {}
        return {f"hs_v2_date_entered_{stage['id']}": written(at), **closed}

    def _check_unique(self, one: Record, given: Properties) -> None:
        for other in self.of(one.type):
            if other.id == one.id:
                continue
            addresses = {other.properties.get("email"), *other.properties.get("hs_additional_emails", "").split(";")}
            if given.get("email") and one.type == "contacts" and given["email"] in addresses:
                raise conflict(other.id)
            for name in self.schema.unique(one.type):
                if given.get(name) and other.properties.get(name) == given[name]:
                    raise invalid_value(name, "CONFLICTING_UNIQUE_VALUE", f"{given[name]} is taken by {other.id}")

    def _put(self, one: Record) -> Record:
        self.records[one.id] = one
        self._waiting.append((self.clock() + self.lag, one))
        return one

    def touch(self, id_: str) -> None:
        """Do what HubSpot does when it computes something: the time of change moves, nothing else."""
        self._put(replace(self.records[id_], changed_at=self.now()))

    def stamp(self, id_: str, at: datetime) -> None:
        """Give a record a time of change, as one import gives it to all."""
        self._put(replace(self.records[id_], changed_at=at))

    def put_stage(self, id_: str, stage: str) -> None:
        self._put(replace(self.records[id_], properties={**self.records[id_].properties, "dealstage": stage}))

    def compute(self, id_: str, name: str, value: str) -> None:
        """Fill in what HubSpot computes some time after a change."""
        one = self.records[id_]
        self._put(replace(one, properties={**one.properties, name: value}, changed_at=self.now()))

    def erase(self, id_: str, name: str) -> None:
        """Take a value away that only HubSpot itself writes."""
        rest = {key: value for key, value in self.records[id_].properties.items() if key != name}
        self._put(replace(self.records[id_], properties=rest))

    def archive(self, id_: str) -> None:
        self._put(replace(self.records[id_], archived=True, changed_at=self.now()))

    def merge(self, first: str, second: str) -> Record:
        """Merge two records into a new one; the old ids lead there. Values of the first go before."""
        one, other = self.records[first], self.records[second]
        at = self.now()
        ids = [
            first,
            second,
            *(p for r in (one, other) for p in r.properties.get("hs_merged_object_ids", "").split(";")),
        ]
        both = {**other.properties, **one.properties, "hs_merged_object_ids": ";".join(filter(None, ids))}
        if one.type == "contacts" and other.properties.get("email", both.get("email")) != both.get("email"):
            both["hs_additional_emails"] = other.properties["email"]
        new = Record(str(next(self._ids)), one.type, both, at, at)
        for old in (one, other):
            self._put(replace(old, archived=True, became=new.id, changed_at=at))
        self.ties |= {frozenset({new.id, *(tie - {first, second})}) for tie in self.ties if tie & {first, second}}
        return self._put(new)

    def tied(self, id_: str, type_: str) -> list[str]:
        found = (next(iter(tie - {id_})) for tie in self.ties if id_ in tie)
        return sorted(one for one in found if self.records[one].type == type_ and not self.records[one].archived)

    def indexed(self, type_: str) -> Iterator[Record]:
        """Yield what a search sees."""
        now = self.clock()
        for _, one in (entry for entry in self._waiting if entry[0] <= now):
            self._index[one.id] = one
        self._waiting = [entry for entry in self._waiting if entry[0] > now]
        yield from (one for one in self._index.values() if one.type == type_ and not one.archived)


def shown(one: Record, names: list[str] | None, *, nulls: bool) -> Json:
    """Return a record as it is answered: what was asked for, and what always comes."""
    own = {**one.properties, "hs_object_id": one.id, "createdate": written(one.made_at)}
    modified = MODIFIED.get(one.type, "hs_lastmodifieddate")
    own |= {modified: written(one.changed_at)}
    asked = {name: own.get(name) for name in ("hs_object_id", "createdate", modified, *(names or ()))}
    properties = {name: value for name, value in asked.items() if nulls or value is not None}
    dates = {"createdAt": written(one.made_at), "updatedAt": written(one.changed_at)}
    gone = {"archivedAt": written(one.changed_at)} if one.archived else {}
    return {"id": one.id, "properties": properties, **dates, "archived": one.archived, **gone}


def item_missing(ids: list[str]) -> Json:
    message = "Could not get some objects, they may be deleted or not exist. Check that ids are valid."
    return Problem(404, "OBJECT_NOT_FOUND", message, {"context": {"ids": ids}}).item()
