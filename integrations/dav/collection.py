"""One collection of a server: what changed, what is there, and the bodies, in as few requests as its server allows.

token -> sync-collection: ETags of what changed          (1 request; nothing else when nothing changed)
-> refused, or not offered -> list of ETags        (1 request)
bodies come by multiget in batches of 50 (one hosted server fails above 100)
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from afterview.integrations.http import Reply, TooLarge
from afterview.sync.errors import ListGone, NotReady
from afterview.sync.ports import Coverage, Memory

from . import bodies
from .client import Dav, conditions, etag_of
from .multistatus import Row, canonical

ETAGS_ONLY = "etags"  # cursor of a collection without sync-collection
_BATCH = 50
_TOO_LARGE = "The entry is too large to be read."
_PAGES = 100
_NO_SYNC = "no_sync"  # in the memory: paths of collections whose server refused the report


@dataclass(frozen=True, slots=True)
class Changes:
    """What a delta told: href -> etag of what is new or changed, hrefs that are gone, the next token."""

    changed: Mapping[str, str]
    removed: frozenset[str]
    token: str


@dataclass(frozen=True, slots=True)
class News:
    """What a reading found: `wanted` are the hrefs whose bodies differ from what is known."""

    coverage: Coverage
    token: str
    wanted: list[str]
    removed: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()

    def without(self, gone: frozenset[str], known: Mapping[str, str]) -> "News":
        """Take account of what was gone when its body was asked for; what was never known cannot be removed."""
        removed = frozenset(href for href in self.removed | gone if href in known)
        complete = self.coverage is Coverage.COMPLETE
        return replace(self, present=self.present - gone) if complete else replace(self, removed=removed)


@dataclass(frozen=True, slots=True)
class Body:
    """One resource as fetched; `text` None = it is not there any more. `problem`: it is there and too large to read."""

    href: str
    etag: str
    text: str | None
    problem: str = ""


class NoDelta(Exception):
    """The server gives no changes since this token; list everything."""


@dataclass(slots=True)
class Collection:
    """A collection at `url`; `what` names it in sentences."""

    dav: Dav
    url: str
    what: str
    memory: Memory
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.path = canonical(self.url).rstrip("/") + "/"

    def token(self) -> str:
        """Return the sync token as of now, or `ETAGS_ONLY` without one. Raises where the collection is gone."""
        rows = self.dav.propfind(self.url, bodies.about(self.dav.dialect), 0, self.what)
        about = next(
            (row for row in rows if canonical(row.href).rstrip("/") + "/" == self.path), rows[0] if rows else None
        )
        if about is None:
            raise NotReady(f"{self.what}: {self.dav.host} says nothing about it.")
        if about.status == 404 or not about.is_collection:  # one server answers 207 with an inner 404
            raise ListGone(f"{self.what} is not there any more at {self.dav.host}; reconfigure the account.")
        return (about.text("sync-token") or ETAGS_ONLY) if self._offers_sync() else ETAGS_ONLY

    def next_token(self, cursor: str) -> str:
        """Return the token to go on with after a listing that is about to be read; asks only where that may be news."""
        return ETAGS_ONLY if cursor == ETAGS_ONLY else self.token()

    def changes(self, token: str) -> Changes:
        """Return what changed since a token. Raises `NoDelta` where the server cannot say."""
        if not token or token == ETAGS_ONLY or not self._offers_sync():
            raise NoDelta
        changed: dict[str, str] = {}
        removed: set[str] = set()
        for _ in range(_PAGES):
            token, cut = self._page(token, changed, removed)
            if not cut:
                return Changes(changed, frozenset(removed - changed.keys()), token)
        raise NoDelta

    def news(self, cursor: str, known: Mapping[str, str], *, full: bool) -> News:
        """Read what changed since the cursor, else which resources there are; `known` maps href -> etag."""
        if cursor and not full:
            with suppress(NoDelta):
                delta = self.changes(cursor)
                return News(Coverage.DELTA, delta.token, _differing(delta.changed, known), delta.removed)
        token = self.next_token("" if full else cursor)
        etags = self.etags()
        return News(Coverage.COMPLETE, token, _differing(etags, known), present=frozenset(etags))

    def _page(self, token: str, changed: dict[str, str], removed: set[str]) -> tuple[str, bool]:
        cut = False
        sent = bodies.sync(token)
        asked = self.dav.multistatus("REPORT", self.url, sent, self.what, depth=0, expected=self._no_delta)
        with asked as (reader, rows):
            for row in rows:
                href = canonical(row.href)
                if not href:
                    continue
                if href.rstrip("/") + "/" == self.path or row.is_collection:
                    cut = cut or row.status == 507
                elif row.status in {404, 410}:
                    removed.add(href)
                elif row.etag:
                    changed[href] = row.etag
        return reader.sync_token or token, cut

    def _no_delta(self, reply: Reply) -> NoDelta | None:
        """Tell a refused token, or a server without this report, from failures that say nothing about the token."""
        named = conditions(reply)
        if "supported-report" in named or reply.status in {405, 415, 501}:
            self.memory.set(_NO_SYNC, sorted({*self._without_sync(), self.path}))
            return NoDelta()
        refused = "valid-sync-token" in named or "number-of-matches-within-limits" in named
        return NoDelta() if refused or reply.status in {400, 409, 410, 412, 418, 507} else None

    def _without_sync(self) -> list[str]:
        known = self.memory.get(_NO_SYNC)
        return [str(path) for path in known] if isinstance(known, list) else []

    def _offers_sync(self) -> bool:
        return self.path not in self._without_sync()

    def etags(self, body: bytes | None = None) -> dict[str, str]:
        """Return href -> etag of everything in the collection, or of what a query finds."""
        method, sent = ("REPORT", body) if body else ("PROPFIND", bodies.ETAGS)
        found: dict[str, str] = {}
        with self.dav.rows(method, self.url, sent, self.what, depth=1) as rows:
            for row in rows:
                href = canonical(row.href)
                if href.rstrip("/") + "/" == self.path:
                    self._must_exist(row, listed=body is None)
                elif href and row.status < 300 and row.etag and not row.is_collection:
                    found[href] = row.etag
        return found

    def query(self, body: bytes) -> Iterator[Body]:
        """Yield what a query with data finds, while it arrives."""
        with self.dav.rows("REPORT", self.url, body, self.what, depth=1) as rows:
            for row in rows:
                if row.status < 300 and row.data:
                    yield self._body(row)

    def bodies(self, hrefs: Sequence[str]) -> Iterator[Body]:
        """Yield each resource; one that the batch leaves out is asked for by itself."""
        for start in range(0, len(hrefs), _BATCH):
            batch = hrefs[start : start + _BATCH]
            left = set(batch)
            for body in self._batch(batch):
                if body.href in left:
                    left.discard(body.href)
                    yield body
            for href in sorted(left):
                yield self.body(href)

    def _batch(self, hrefs: Sequence[str]) -> Iterator[Body]:
        try:
            with self.dav.rows(
                "REPORT", self.url, bodies.multiget(self.dav.dialect, hrefs), self.what, depth=0
            ) as rows:
                for row in rows:
                    if row.status < 300 and row.data:
                        yield self._body(row)
        except TooLarge:
            return  # each of the others is asked for by itself
        except ListGone:
            self.token()  # one server answers 404 to the whole batch when one href is gone; this raises if it is the list

    def _body(self, row: Row) -> Body:
        if row.cut:
            return Body(canonical(row.href), row.etag, "", _TOO_LARGE)
        return Body(canonical(row.href), row.etag, row.data)

    def body(self, href: str) -> Body:
        """Fetch one resource exactly. Not there is only believed while the collection itself is there."""
        try:
            reply = self.dav.get(self.dav.absolute(href), self.what)
        except TooLarge:
            return Body(href, "", "", _TOO_LARGE)
        if reply is None:
            self.token()
            return Body(href, "", None)
        return Body(href, etag_of(reply), reply.text())

    def _must_exist(self, row: Row, *, listed: bool) -> None:
        if row.status in {404, 410} or (listed and not row.is_collection):  # one server has the 404 inside
            raise ListGone(f"{self.what} is not there any more at {self.dav.host}; reconfigure the account.")


def _differing(etags: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    return [href for href, etag in etags.items() if known.get(href) != etag]
