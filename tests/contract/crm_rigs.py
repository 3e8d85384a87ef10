"""What the contract suite of CRMs needs of a service: the port under test, and a person at the screen beside it."""

from dataclasses import dataclass, field
from typing import Protocol

from afterview.sync.model import RecordKind
from afterview.sync.ports import Book, BookCapabilities
from tests.fakes.books import BookServer, MemoryBook


class CrmRig(Protocol):
    """A fresh CRM and the person who works in it.

    The service may be one for all tests of a module: nothing counts on being alone there.
    """

    name: str
    book: Book

    def again(self) -> Book:
        """Return the port as another process would open it."""
        ...

    def add_company(self, name: str, domain: str = "") -> str:
        """Make a company as a person does; return its id."""
        ...

    def add_deal(self, company: str, role: str) -> str:
        """Make an open deal of a role at a company (by id)."""
        ...

    def move(self, deal: str, stage: str) -> None:
        """Drag a deal to a stage of a kind: open, won, lost or withdrawn."""
        ...

    def archive(self, kind: RecordKind, remote_id: str) -> None:
        """Take a record away as a person does."""
        ...

    def later(self) -> None:
        """Let as much time pass as a reading may lag."""
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class MemoryCrmRig:
    """The twin."""

    capabilities: BookCapabilities
    ties_apart: bool = False
    name: str = "memory"
    server: BookServer = field(init=False)
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        self.server = BookServer(self.capabilities, ties_apart=self.ties_apart)
        self.book = self.again()

    def again(self) -> Book:
        return MemoryBook(self.server, "CRM")

    def add_company(self, name: str, domain: str = "") -> str:
        return self._add(RecordKind.COMPANY, name=(name,), domain=(domain,) if domain else ())

    def add_deal(self, company: str, role: str) -> str:
        at = self.server.items[company].fields["name"]
        return self._add(RecordKind.APPLICATION, name=(f"{at[0]}, {role}",), company=at, role=(role,), stage=("open",))

    def _add(self, kind: RecordKind, **fields: tuple[str, ...]) -> str:
        remote_id = self.server.new_id()
        self.server.put(remote_id, kind, fields, key="")
        return remote_id

    def move(self, deal: str, stage: str) -> None:
        self.server.user_edit(deal, stage=(stage,))

    def archive(self, kind: RecordKind, remote_id: str) -> None:
        assert self.server.items[remote_id].kind is kind
        self.server.user_delete(remote_id)

    def later(self) -> None:
        self.server.readings += self.server.lag

    def close(self) -> None:
        """Nothing is open."""
