"""Role `contact_book`: one address book. Cards are edited in place, conditionally, and never deleted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from afterview.integrations.dav.collection import Body, Collection
from afterview.integrations.dav.discovery import discover
from afterview.integrations.dav.writing import Writer
from afterview.integrations.entry import Entry
from afterview.integrations.vcard.card import edited_card, new_card, read_card, uid_of
from afterview.sync.errors import ConfigError, ListGone, Refused
from afterview.sync.model import Fields, RecordDraft, RecordKind, RemoteRecord
from afterview.sync.ports import Book, BookCapabilities, RecordListing
from afterview.sync.text import one_line

from . import bodies
from .client import open_client

CONDITIONAL = "conditional"  # in the memory: does the server heed If-Match and If-None-Match
URL = "url"  # in the memory: the address of the book
_CAPABILITIES = BookCapabilities(changed_since=True, deletions=True, cas=True)


@dataclass(slots=True)
class Contacts:
    """The address book of one account."""

    entry: Entry
    name: str

    def capabilities(self) -> BookCapabilities:
        return _CAPABILITIES

    def read(self, kind: RecordKind, cursor: str, known: Mapping[str, str], *, full: bool) -> RecordListing:
        """Read changes since the cursor, else the complete book; bodies only of what differs from `known`."""
        collection = self._collection()
        found = collection.news(cursor, known, full=full)
        changed, gone = self._cards(collection, kind, found.wanted)
        news = found.without(gone, known)
        return RecordListing(news.coverage, news.token, changed, news.removed, news.present)

    def fetch(self, kind: RecordKind, remote_id: str) -> RemoteRecord | None:
        body = self._collection().body(remote_id)
        return _record(kind, body) if body.text is not None else None

    def find(self, kind: RecordKind, key: str) -> tuple[RemoteRecord, ...]:
        """Look at the href, which is exact, and ask for the identity, which finds it under another one."""
        collection = self._collection()
        found = {body.href: _record(kind, body) for body in self._by_identity(collection, key)}
        own = self._href(collection, key)
        if own not in found:
            body = collection.body(own)
            if body.text is not None:
                found[own] = _record(kind, body)
        return tuple(record for _, record in sorted(found.items()) if record.key == key)

    def create(self, draft: RecordDraft) -> RemoteRecord:
        collection = self._collection()
        text = new_card(draft, self.entry.clock())
        return _record(draft.kind, self._writer(collection).create(self._href(collection, draft.key), text))

    def update(self, record: RemoteRecord, fields: Fields, key: str) -> RemoteRecord:
        """Edit the card in place; a copy without its text is fetched first, and must be what was seen."""
        collection = self._collection()
        raw, etag = record.raw, record.etag
        if not raw:
            raw = self._writer(collection).still(record.remote_id, etag)
        text = edited_card(raw, fields, key, self.entry.clock())
        if text == raw:
            return record
        return _record(record.kind, self._writer(collection).update(record.remote_id, etag, raw, text))

    def _collection(self) -> Collection:
        dav = open_client(self.entry)
        return Collection(dav, self._locate(), f'The address book "{self.name}"', self.entry.memory)

    def _locate(self) -> str:
        """Return the address of the book: an address as it is, a name as remembered or found."""
        dav = open_client(self.entry)
        if "://" in self.name or self.name.startswith("/"):
            return dav.absolute(self.name)
        known = self.entry.memory.get(URL)
        if isinstance(known, dict) and known.get("name") == self.name:
            return dav.absolute(str(known["url"]))
        every = discover(dav)
        found = next((one for one in every if self.name in {one.title, one.url.rstrip("/").rpartition("/")[2]}), None)
        if found is None:
            offered = ", ".join(f'"{one_line(one.title, 40)}"' for one in every[:8]) or "none"
            name = one_line(self.name, 60)
            raise ListGone(f'There is no address book named "{name}" at {dav.host}; there are: {offered}.')
        self.entry.memory.set(URL, {"name": self.name, "url": found.url})
        return found.url

    def _writer(self, collection: Collection) -> Writer:
        heeds = self.entry.memory.get(CONDITIONAL)
        return Writer(collection, heeds if isinstance(heeds, bool) else None)

    def _href(self, collection: Collection, key: str) -> str:
        return f"{collection.path}{uid_of(key)}.vcf"

    def _cards(
        self, collection: Collection, kind: RecordKind, hrefs: Sequence[str]
    ) -> tuple[tuple[RemoteRecord, ...], frozenset[str]]:
        """Return the cards at some hrefs, and the hrefs where there is nothing any more."""
        found: list[RemoteRecord] = []
        gone: set[str] = set()
        for body in collection.bodies(hrefs):
            if body.text is None:
                gone.add(body.href)
            else:  # without its text: the pictures of a whole book are more than anybody wants in memory
                found.append(replace(_record(kind, body), raw=""))
        return tuple(found), frozenset(gone)

    def _by_identity(self, collection: Collection, key: str) -> Iterator[Body]:
        """Ask for our identity; a server that cannot search is read whole."""
        try:
            yield from collection.query(bodies.query_identity(uid_of(key), key))
        except ListGone:
            raise
        except Refused:
            yield from collection.bodies(sorted(collection.etags()))


def _record(kind: RecordKind, body: Body) -> RemoteRecord:
    text = body.text or ""
    key, fields = read_card(text)
    return RemoteRecord(kind, body.href, fields, key, body.etag or None, text)


def open_contacts(entry: Entry) -> Book:
    """Open the account's address book."""
    name = str(entry.settings.get("address_book") or "")
    if not name:
        raise ConfigError(f'The account "{entry.id}" names no address book; add `address_book = "..."`.')
    return Contacts(entry, name)
