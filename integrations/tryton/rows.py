"""One model of a Tryton server, read the way a book is read: complete, or what changed; and one record, exactly.

Nothing tells of deletions, so that only a complete listing shows them. What is not active was archived or replaced by
another record, and counts as gone.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterview.sync.identity import short_hash
from afterview.sync.model import RemoteRecord
from afterview.sync.ports import Coverage, RecordListing

from .client import PAGE, Tryton
from .cursor import following, since
from .wire import changed_at, changed_since

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Model:
    """Reads records of `name` with the fields `names`.

    `children` maps another model to its field that names the record: an edit there does not touch the record itself.
    """

    client: Tryton
    name: str
    names: tuple[str, ...]
    children: Mapping[str, str]

    def where(self, *domain: Any) -> tuple[Row, ...]:
        """Return the records of a domain, archived ones too."""
        return self.client.search(self.name, list(domain), self.names, active_test=False)

    def one(self, remote_id: str) -> Row | None:
        """Return one record, None if it is not there."""
        found = self.where(["id", "=", int(remote_id)]) if remote_id.isdecimal() else ()
        return found[0] if found else None

    def changed(self, cursor: str) -> tuple[Row, ...]:
        """Return what changed since the cursor, in itself or in what hangs on it."""
        domain = changed_since(since(cursor))
        ids = {row["id"] for row in self.client.search(self.name, domain, ["id"], active_test=False)}
        for child, parent in self.children.items():
            touched = self.client.search(child, domain, [parent], active_test=False)
            ids |= {row[parent] for row in touched if isinstance(row.get(parent), int)}
        every = sorted(ids)
        return tuple(
            row for start in range(0, len(every), PAGE) for row in self.where(["id", "in", every[start : start + PAGE]])
        )

    def timestamp(self, row: Row) -> dict[str, str]:
        """Return what makes a write fail if the record has changed since it was read."""
        return {f"{self.name},{row['id']}": str(row.get("_timestamp", ""))}


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a model. `is_there` tells records of the kind that is read; `record` may ask for more."""

    model: Model
    is_there: Callable[[Row], bool]
    record: Callable[[Row], RemoteRecord]

    def listing(self, cursor: str, known: Mapping[str, str], now: datetime, *, full: bool) -> RecordListing:
        """Read changes since the cursor, else everything."""
        delta = bool(cursor) and not full
        rows = self.model.changed(cursor) if delta else self.model.where()
        there = {str(row["id"]): row for row in rows if self.is_there(row)}
        changed = tuple(self.record(row) for remote_id, row in there.items() if known.get(remote_id) != etag(row))
        gone = {str(row["id"]) for row in rows} - there.keys()
        survivors = self._survivors(rows) if any(row.get("replaced_by") for row in rows) else {}
        news = not delta or bool(changed) or any(known.get(one) is not None for one in gone)
        cursor = following(cursor, (at for row in rows for at in _moments(row)), now, news=news)
        if not delta:
            return RecordListing(Coverage.COMPLETE, cursor, changed, present=frozenset(there), survivors=survivors)
        removed = frozenset(one for one in gone - survivors.keys() if known.get(one) is not None)
        return RecordListing(Coverage.DELTA, cursor, changed, removed, survivors=survivors)

    def _survivors(self, rows: Iterable[Row]) -> dict[str, str]:
        """Return id of a replaced record -> id of the one that goes on, however often it was replaced."""
        found = {str(row["id"]): survivor(self.model, row) for row in rows if row.get("replaced_by")}
        return {old: str(row["id"]) for old, row in found.items() if row is not None}


def survivor(model: Model, row: Row) -> Row | None:
    """Return the record that goes on for one that was replaced, None if that is gone, too."""
    now: Row | None = row
    for _ in range(10):
        if now is None or not now.get("replaced_by"):
            break
        now = model.one(str(now["replaced_by"]))
    return now if now is not None and now.get("active", True) else None


def etag(row: Row) -> str:
    """Return what changes whenever something that is read of a record does."""
    return short_hash(json.dumps(row, sort_keys=True))


def children(row: Row, name: str) -> list[Row]:
    """Return the records that came with a record under one of its fields; what is none is left out."""
    found = row.get(f"{name}.")
    every = found if isinstance(found, list) else [found]
    return [one for one in every if isinstance(one, dict) and isinstance(one.get("id"), int)]


def _moments(row: Row) -> Iterator[datetime | None]:
    yield changed_at(row)
    for name in row:
        if name.endswith("."):
            yield from map(changed_at, children(row, name[:-1]))
