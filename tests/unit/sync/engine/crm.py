"""A user with a calendar and a CRM, in memory."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from afterview.sync.engine.report import PassReport
from afterview.sync.engine.seen import thought_of
from afterview.sync.ledger import Ledger
from afterview.sync.model import FactKind, Fields, RecordKind
from afterview.sync.ports import BookCapabilities
from afterview.sync.runner import AccountSpec, Options, one_pass
from afterview.sync.sharing import Share
from afterview.sync.thinking import Thought
from tests.fakes.books import BookServer, MemoryBook, Stored
from tests.fakes.memory import MemoryConnection, MemoryEvents
from tests.unit.sync.engine.world import DAY, MONDAY, World, interview

KINDS = (
    RecordKind.COMPANY,
    RecordKind.PERSON,
    RecordKind.APPLICATION,
    RecordKind.INTERVIEW,
    RecordKind.NOTE,
    RecordKind.TASK,
)
ALL = frozenset(Share)


class Crm:
    """A user with a calendar and a CRM."""

    def __init__(self, path: Path, share: Iterable[Share] = ALL, **capabilities: object) -> None:
        self.world = World(path, MONDAY + DAY)
        self.share = frozenset(share)
        self.server = BookServer(BookCapabilities(KINDS, outcome=True, **capabilities))  # type: ignore[arg-type]  # test shorthand
        self.world.enter(interview())

    def run(self, *, dry_run: bool = False) -> PassReport:
        world = self.world
        world.now += timedelta(minutes=1)
        specs = [
            AccountSpec("home", lambda: MemoryConnection("home", MemoryEvents(world.events, world.calendars))),
            AccountSpec("crm", lambda: MemoryConnection("crm", book=MemoryBook(self.server, "CRM")), book=True),
        ]
        terms = replace(world.terms(), accounts=frozenset({"home", "crm"}), shares={"crm": self.share})
        with Ledger.open(world.path) as ledger:
            return one_pass(ledger, specs, terms, lambda: world.now, Options(dry_run=dry_run))

    def thought(self) -> Thought:
        with Ledger.open(self.world.path) as ledger:
            return thought_of(ledger, self.world.settings, self.world.now)

    def fields(self) -> dict[str, Fields]:
        """Return what is there; in which order things were tied together does not matter."""
        return {
            remote_id: {name: tuple(sorted(values)) for name, values in item.fields.items()}
            for remote_id, item in self.server.items.items()
        }

    def of(self, kind: RecordKind) -> dict[str, Stored]:
        return {r: item for r, item in self.server.items.items() if item.kind is kind}

    def one(self, kind: RecordKind) -> tuple[str, Stored]:
        ((remote_id, item),) = self.of(kind).items()
        return remote_id, item

    def advise(self, note: str = "Speak slower.") -> None:
        key = self.world.thought().applications[0].key
        self.world.record(FactKind.ADVICE, key, note=note, person="Ana Lima")
