"""Records of HubSpot as they are: one, several by id or by our key, all of them, those that changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from afterview.sync.errors import NotReady

from .client import Client, items_of, next_page
from .convert import Properties
from .deals import instant
from .paths import objects
from .shapes import KEY, MERGED, Shape

_AT_ONCE = 100  # of a batch, and of a page of the list
_PAGE, _DEEPEST = 200, 10_000  # of a search: hits at once, and in all


class TooMany(Exception):
    """More changed at one moment than a search can show."""


@dataclass(frozen=True, slots=True)
class Object:
    """A record as HubSpot has it. `at`: when it was changed, in HubSpot's own time; `merged`: ids that became this one."""

    id: str
    properties: Properties
    at: str

    @property
    def key(self) -> str:
        return self.properties.get(KEY, "")

    @property
    def merged(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.properties.get(MERGED, "").split(";") if part.strip())


@dataclass(frozen=True, slots=True)
class Objects:
    """The records of one type. `names`: the properties that are read. `page`, `deepest`: what a search gives."""

    client: Client
    shape: Shape
    names: tuple[str, ...]
    page: int = _PAGE
    deepest: int = _DEEPEST

    @property
    def _what(self) -> str:
        return {"0-3": "The deals"}.get(self.shape.type, f"The {self.shape.type}")

    def get(self, remote_id: str) -> Object | None:
        """Read one; of a merged record, what it became."""
        answer = self.client.get(objects(self.shape.type, remote_id), self._what, properties=",".join(self.names))
        return _object(answer, self._what) if answer is not None else None

    def under(self, key: str) -> Object | None:
        """Read the one under our key, exactly: this is no search."""
        return next(iter(self._batch([key], idProperty=KEY)), None)

    def several(self, remote_ids: Iterable[str]) -> list[Object]:
        """Read several; what is not there is missing, and of merged ones comes what they became."""
        rest = iter(remote_ids)
        found: list[Object] = []
        while part := list(islice(rest, _AT_ONCE)):
            found += self._batch(part)
        return found

    def _batch(self, ids: Sequence[str], **by: str) -> list[Object]:
        body = {
            "inputs": [{"id": one} for one in ids],
            "properties": list(self.names),
            "propertiesWithHistory": [],
            **by,
        }
        answer = self.client.ask(objects(self.shape.type, "batch", "read"), self._what, body)
        errors = answer.get("errors")
        for error in errors if isinstance(errors, list) else ():
            if not isinstance(error, dict) or error.get("category") != "OBJECT_NOT_FOUND":
                raise NotReady(f"{self._what} in HubSpot cannot be read completely now.")
        return [_object(one, self._what) for one in items_of(answer, self._what)]

    def all(self, *, archived: bool = False) -> Iterator[Object]:
        """Read every record, or every one in the bin."""
        query = {"limit": str(_AT_ONCE), "archived": str(archived).lower(), "properties": ",".join(self.names)}
        after = ""
        while True:
            more = {"after": after} if after else {}
            answer = self.client.get(objects(self.shape.type), self._what, **query, **more) or {}
            yield from (_object(one, self._what) for one in items_of(answer, self._what))
            following = next_page(answer)
            if not following or following == after:
                return
            after = following

    def changed(self, since: datetime) -> Iterator[Object]:
        """Search for what changed, oldest first. Where a search is at its end, the next begins at the last moment seen."""
        while True:
            last, count = since, 0
            for one in self._search(since):
                count += 1
                last = max(last, instant(one.at) or last)
                yield one
            if count < self.deepest:
                return
            if last == since:
                raise TooMany
            since = last

    def _search(self, since: datetime) -> Iterator[Object]:
        moment = str(int(since.timestamp() * 1000))
        filters = [{"propertyName": self.shape.modified, "operator": "GTE", "value": moment}]
        after, seen = "0", 0
        while seen + self.page <= self.deepest:
            body: dict[str, Any] = {
                "filterGroups": [{"filters": filters}],
                "sorts": [self.shape.modified],
                "properties": list(self.names),
                "limit": self.page,
                "after": after,
            }
            answer = self.client.ask(objects(self.shape.type, "search"), self._what, body)
            page = items_of(answer, self._what)
            seen += len(page)
            yield from (_object(one, self._what) for one in page)
            following = next_page(answer)
            if not following or following == after or not page:
                return
            after = following


def _object(raw: Any, what: str) -> Object:
    properties = raw.get("properties") if isinstance(raw, dict) else None
    if not isinstance(properties, dict) or not isinstance(raw.get("id"), str) or not raw["id"]:
        raise NotReady(f"{what}: HubSpot answers with something that cannot be read.")
    texts = {name: str(value) for name, value in properties.items() if value is not None}
    return Object(raw["id"], texts, str(raw.get("updatedAt", "")))
