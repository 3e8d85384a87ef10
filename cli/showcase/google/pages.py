"""Paging: a page token stands for the rest of one answer and is bound to the query that it came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .contract import Call, Json
from .problems import invalid

_FREE = frozenset(("pageToken", "fields", "prettyPrint", "alt", "quotaUser", "key"))


@dataclass(frozen=True, slots=True)
class _Rest:
    query: str
    items: tuple[Json, ...]
    last: Json  # goes into the last page only


@dataclass(slots=True)
class Pages:
    """Pages of all lists. `largest`: cut earlier than the client asks for, as Google may."""

    largest: int = 0
    rests: dict[str, _Rest] = field(default_factory=dict)

    def cut(
        self, call: Call, items: Sequence[Json], size: int, limit: int, last: Json | None = None
    ) -> tuple[list[Json], Json]:
        """Return the page that is asked for and its nextPageToken, or what ends the last page."""
        query = query_of(call, _FREE)
        rest = _Rest(query, tuple(items), last or {})
        if call["pageToken"]:
            known = self.rests.get(call["pageToken"])
            if known is None or known.query != query:
                raise invalid("Invalid page token value.", "invalidParameter")
            rest = known
        size = min(size, limit, self.largest or limit)
        page, after = list(rest.items[:size]), rest.items[size:]
        if not after:
            return page, rest.last
        token = f"page-{len(self.rests) + 1}"
        self.rests[token] = _Rest(query, after, rest.last)
        return page, {"nextPageToken": token}


def query_of(call: Call, free: frozenset[str]) -> str:
    """Return what identifies a query, apart from the parameters that may differ."""
    told = {name: call.parameters[name] for name in sorted(call.given - free)}
    return f"{call.method.id} {told}"
