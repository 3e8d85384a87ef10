"""What the contract suite of books needs of a service: the port under test, and the user beside it."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from afterview.integrations.carddav.contacts import open_contacts
from afterview.integrations.entry import Entry
from afterview.sync.model import Fields
from afterview.sync.ports import Book
from tests.accounts import MovedClock, Notebook, account, close
from tests.fakes.books import BookServer, MemoryBook
from tests.servers import Server

_NUMBERS = itertools.count(1)


class BookRig(Protocol):
    """A fresh book and the user beside it. `doubles`: a record can be made twice under one key."""

    name: str
    book: Book
    doubles: bool

    def add(self, **fields: str) -> str: ...
    def edit(self, remote_id: str, drop: str, **fields: str) -> None: ...
    def delete(self, remote_id: str) -> None: ...
    def other(self, remote_id: str) -> str: ...
    def again(self) -> Book: ...
    def close(self) -> None: ...


@dataclass(slots=True)
class MemoryBookRig:
    server: BookServer = field(default_factory=BookServer)
    name: str = "memory"
    doubles: bool = False
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        self.book = MemoryBook(self.server)
        self.doubles = not self.server.capabilities.upsert_key

    def again(self) -> Book:
        return MemoryBook(self.server)

    def close(self) -> None:
        """Nothing is open."""

    def add(self, **fields: str) -> str:
        return self.server.user_add(**{name: (value,) for name, value in fields.items()})

    def edit(self, remote_id: str, drop: str, **fields: str) -> None:
        gone: Fields = {drop: ()} if drop else {}
        self.server.user_edit(remote_id, **{**gone, **{name: (value,) for name, value in fields.items()}})

    def delete(self, remote_id: str) -> None:
        self.server.user_delete(remote_id)

    def other(self, remote_id: str) -> str:
        return self.server.items[remote_id].extra


PROPERTIES = {"name": "FN", "title": "TITLE", "company": "ORG", "emails": "EMAIL", "phones": "TEL", "block": "NOTE"}


def card_text(uid: str, *lines: str) -> str:
    """Return a card as some phone writes it."""
    inner = "\r\n".join(lines)
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//phone//EN\r\nUID:{uid}\r\nX-OWN:1\r\n{inner}\r\nEND:VCARD\r\n"


@dataclass(slots=True)
class CardRig:
    """A fresh address book on a CardDAV server; the phone edits the text with requests of its own."""

    store: Server
    clock: MovedClock = field(default_factory=MovedClock)
    memory: Notebook = field(default_factory=lambda: Notebook({"conditional": True}))
    name: str = ""
    doubles: bool = False
    address: str = ""
    book: Book = field(init=False)
    opened: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name = self.store.name
        self.address = self.store.make_book(f"book-{next(_NUMBERS)}")
        self.book = self.again()

    def entry(self) -> Entry:
        settings = {"url": self.store.url + "/", "username": self.store.user, "address_book": self.address}
        entry = account(
            settings, integration="carddav", password=self.store.password, clock=self.clock, memory=self.memory
        )
        self.opened.append(entry)
        return entry

    def again(self) -> Book:
        return open_contacts(self.entry())

    def close(self) -> None:
        for entry in self.opened:
            close(entry)

    def text(self, remote_id: str) -> str:
        found = self.store.get(self.store.url + remote_id)
        assert found is not None
        return found.replace("\r\n ", "")

    def add(self, **fields: str) -> str:
        uid = f"own-{next(_NUMBERS)}"
        lines = [f"{PROPERTIES[name]}:{value}" for name, value in fields.items()]
        self.store.put(f"{self.address}{uid}.vcf", card_text(uid, "N:;;;;", *lines))
        return f"{self.address}{uid}.vcf".removeprefix(self.store.url)

    def edit(self, remote_id: str, drop: str, **fields: str) -> None:
        unwanted = [PROPERTIES[name] for name in (drop, *fields) if name]
        lines = [line for line in self.text(remote_id).replace("\r\n", "\n").split("\n") if line]
        kept = [line for line in lines if not _is_one(line, unwanted)]
        kept[-1:] = [*(f"{PROPERTIES[name]}:{value}" for name, value in fields.items()), "END:VCARD", ""]
        self.store.put(self.store.url + remote_id, "\r\n".join(kept))

    def delete(self, remote_id: str) -> None:
        self.store.delete(self.store.url + remote_id)

    def other(self, remote_id: str) -> str:
        return "X-OWN:1" if "X-OWN:1" in self.text(remote_id) else ""


def _is_one(line: str, names: Sequence[str]) -> bool:
    return line.replace(";", ":").partition(":")[0].upper() in names
