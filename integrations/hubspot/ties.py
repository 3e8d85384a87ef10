"""What hangs together in HubSpot (associations): read for many records at once, added for one, never removed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from afterview.sync.errors import NotReady

from .client import Client, items_of, next_page
from .failures import About, of_item
from .paths import associations

_AT_ONCE = 500
_NONE = "crm.associations.NO_ASSOCIATIONS_FOUND"


@dataclass(frozen=True, slots=True)
class Ties:
    """The associations of one account."""

    client: Client

    def read(self, type_: str, other: str, remote_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return, by id, the ids of the other type that each record hangs together with."""
        found: dict[str, list[str]] = {remote_id: [] for remote_id in remote_ids}
        asked: list[dict[str, str]] = [{"id": remote_id} for remote_id in found]
        while asked:
            batch, asked = asked[:_AT_ONCE], asked[_AT_ONCE:]
            for one in self._batch(type_, other, batch):
                remote_id = _id(one.get("from"))
                found.setdefault(remote_id, []).extend(_others(one.get("to")))
                if after := next_page(one):
                    asked.append({"id": remote_id, "after": after})
        return {remote_id: tuple(dict.fromkeys(sorted(others, key=_as_number))) for remote_id, others in found.items()}

    def add(self, type_: str, remote_id: str, other: str, others: Sequence[str]) -> None:
        """Tie one record to others; what is tied already stays so. Raises a `WriteError`."""
        what = f"What {remote_id} hangs together with"
        rest = iter(others)
        while part := list(islice(rest, 100)):
            inputs = [{"from": {"id": remote_id}, "to": {"id": one}} for one in part]
            path = associations(type_, other, "associate/default")
            answer = self.client.write("POST", path, what, {"inputs": inputs})
            for error in _errors(answer):
                raise of_item(error, About(what, write=True), self.client.clock())

    def _batch(self, type_: str, other: str, asked: list[dict[str, str]]) -> list[dict[str, Any]]:
        what = "What hangs together"
        answer = self.client.ask(associations(type_, other, "read"), what, {"inputs": asked})
        for error in _errors(answer):
            if error.get("subCategory") != _NONE and error.get("category") != "OBJECT_NOT_FOUND":
                raise NotReady(f"{what} in HubSpot cannot be read completely now.")
        return items_of(answer, what)


def _errors(answer: dict[str, Any]) -> list[dict[str, Any]]:
    errors = answer.get("errors")
    return [one for one in (errors if isinstance(errors, list) else ()) if isinstance(one, dict)]


def _others(listed: object) -> list[str]:
    every = listed if isinstance(listed, list) else []
    return [str(one["toObjectId"]) for one in every if isinstance(one, dict) and one.get("toObjectId")]


def _id(one: object) -> str:
    return str(one.get("id", "")) if isinstance(one, dict) else ""


def _as_number(remote_id: str) -> tuple[int, str]:
    return len(remote_id), remote_id
