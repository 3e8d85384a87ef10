"""A user with a calendar, a phone and a Tryton: what happens on one side follows on the other, whatever breaks."""

import itertools
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from afterview.sync.engine.report import AccountReport
from afterview.sync.ledger import Ledger
from afterview.sync.model import FactKind, Fields, Outcome, RecordDraft, RecordKind, RemoteRecord
from afterview.sync.ports import Book, BookCapabilities, RecordListing
from afterview.sync.runner import AccountSpec, one_pass
from afterview.sync.sharing import Share
from tests.contract.tryton_rig import CONTACT, DEAL, PARTY, TrytonRig
from tests.fakes.faults import Crash
from tests.fakes.memory import MemoryConnection, MemoryEvents, MemoryTasks
from tests.gate import Break
from tests.tryton.server import TrytonServer
from tests.unit.sync.engine.world import DAY, HOUR, World, interview

MINUTE = timedelta(minutes=1)
_WRITES = (".create", ".write", ".lost", ".cancel")
_CHOSEN = {  # of all that are gone through by `make test-deep`
    Break.DROP_AFTER: {"model.sale.opportunity.create", "model.sale.opportunity.lost"},
    Break.DROP_BEFORE: {"model.sale.opportunity.lost"},
}


@dataclass
class Mortal:
    """A book whose process dies once as soon as a write is done, before anybody can note it; `dies` names the operation."""

    inner: Book
    dies: str
    name: str = "crm"

    def capabilities(self) -> BookCapabilities:
        return self.inner.capabilities()

    def read(self, kind: RecordKind, cursor: str, known: Mapping[str, str], *, full: bool) -> RecordListing:
        return self.inner.read(kind, cursor, known, full=full)

    def fetch(self, kind: RecordKind, remote_id: str) -> RemoteRecord | None:
        return self.inner.fetch(kind, remote_id)

    def find(self, kind: RecordKind, key: str) -> tuple[RemoteRecord, ...]:
        return self.inner.find(kind, key)

    def create(self, draft: RecordDraft) -> RemoteRecord:
        return self._done(f"create {draft.kind}", self.inner.create(draft))

    def update(self, record: RemoteRecord, fields: Fields, key: str) -> RemoteRecord:
        return self._done(f"update {record.kind}", self.inner.update(record, fields, key))

    def _done(self, what: str, stored: RemoteRecord) -> RemoteRecord:
        if what == self.dies:
            raise Crash(what)
        return stored


@dataclass
class Life:
    """The server dates what happens there by the real clock, so this life begins now, the day after an interview."""

    rig: TrytonRig
    path: Path
    share: frozenset[Share] = frozenset(Share)
    dies: str = ""
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.path.mkdir(exist_ok=True)
        self.world = World(self.path, self.begun)
        self.world.enter(interview(at=self.world.now - DAY))

    def run(self, after: timedelta = MINUTE) -> AccountReport:
        """Make a pass, as a process of its own would."""
        world = self.world
        world.now += after
        self.rig.clock.now = world.now
        book: Book = self.rig.again()
        book = Mortal(book, self.dies) if self.dies else book
        phone = MemoryTasks(world.tasks, world.list_name)
        specs = [
            AccountSpec("home", lambda: MemoryConnection("home", MemoryEvents(world.events, world.calendars), phone)),
            AccountSpec("crm", lambda: MemoryConnection("crm", book=book), book=True),
        ]
        terms = replace(world.terms(), accounts=frozenset({"home", "crm"}), shares={"crm": self.share})
        with Ledger.open(world.path) as ledger:
            return one_pass(ledger, specs, terms, lambda: world.now).accounts[1]

    def outcome(self) -> Outcome | None:
        return self.world.thought().applications[0].outcome

    def deal(self) -> dict[str, Any]:
        (only,) = self.rig.server.ids(DEAL)
        return self.rig.server.one(DEAL, str(only), "state", "lost_reason", "reference", "description", "party.name")

    def all(self) -> dict[str, Any]:
        """Return what stands in Tryton, without its ids."""
        server = self.rig.server
        names: dict[str, tuple[str, ...]] = {
            PARTY: ("name", "code", "relations.to.name"),
            CONTACT: ("type", "value", "party.name"),
            DEAL: ("reference", "description", "state", "lost_reason", "party.name"),
            "ir.note": ("message",),
        }
        rows = {model: server.call(f"{model}.read", server.ids(model), list(wanted)) for model, wanted in names.items()}
        return {model: sorted(map(_bare, found)) for model, found in rows.items()}


def _bare(row: Any) -> str:
    """Return a record without the numbers that another life would have otherwise."""
    if isinstance(row, dict):
        kept = {name: value for name, value in row.items() if name not in {"id", "party", "relations", "to"}}
        return json.dumps({name: _bare(value) for name, value in sorted(kept.items())})
    return json.dumps([_bare(one) for one in row]) if isinstance(row, list) else str(row)


def test_an_interview_becomes_parties_and_an_opportunity(rig: TrytonRig, tmp_path: Path) -> None:
    life = Life(rig, tmp_path)
    report = life.run()
    assert (report.state, report.parked, report.problems) == ("ok", [], [])
    deal = life.deal()
    assert (deal["state"], deal["party."]["name"], deal["description"]) == ("lead", "Initech", "manager")
    people = rig.server.call(f"{PARTY}.search_read", [["id", ">", 1]], 0, 9, None, ["name", "relations.to.name"])
    tied = {one["name"]: [to["to."]["name"] for to in one["relations."]] for one in people}
    assert tied["Initech"] == []
    assert tied["Ana Lima"] == ["Initech"]
    before, writes = life.all(), _writes(rig)
    for _ in range(2):
        assert life.run().changed == 0
    assert (life.all(), _writes(rig)) == (before, writes)
    life.world.forget_everything()
    life.run()
    assert life.all() == before


def test_a_no_here_loses_the_opportunity_there(rig: TrytonRig, tmp_path: Path) -> None:
    life = Life(rig, tmp_path)
    life.run()
    life.world.outcome("no")
    life.run()
    assert (life.deal()["state"], life.deal()["lost_reason"]) == ("lost", "No offer")
    life.run(20 * MINUTE)
    assert life.outcome() is Outcome.NO


def test_an_opportunity_lost_there_is_a_no_here_after_a_quarter_of_an_hour(rig: TrytonRig, tmp_path: Path) -> None:
    life = Life(rig, tmp_path)
    life.run()
    (deal,) = rig.server.ids(DEAL)
    rig.server.call(f"{DEAL}.lost", [deal])
    life.run()
    assert life.outcome() is None
    life.run(16 * MINUTE)
    life.run()
    assert life.outcome() is Outcome.NO
    assert "feedback" in life.world.open_steps()
    rig.server.call(f"{DEAL}.lead", [deal])
    life.run(40 * MINUTE)
    life.run()
    assert life.outcome() is None
    assert life.deal()["state"] == "lead"


def test_an_opportunity_lost_by_mistake_and_taken_back_at_once_is_nothing(rig: TrytonRig, tmp_path: Path) -> None:
    life = Life(rig, tmp_path)
    life.run()
    (deal,) = rig.server.ids(DEAL)
    rig.server.call(f"{DEAL}.lost", [deal])
    life.run()
    rig.server.call(f"{DEAL}.lead", [deal])
    life.run(20 * MINUTE)
    assert life.outcome() is None
    assert FactKind.OUTCOME not in {fact.kind for fact in life.world.facts()}


def _writes(rig: TrytonRig) -> int:
    return sum(str(json.loads(passed.body)["method"]).endswith(_WRITES) for passed in rig.server.gate.log)


def story(life: Life) -> dict[str, Any]:
    """Go through an application from the interview to the no and the advice; return what stands in Tryton at the end."""
    _outlive(life)
    life.world.now = life.begun + HOUR  # however often it died before
    life.world.outcome("no")
    life.world.record(FactKind.ADVICE, life.world.thought().applications[0].key, note="Slower.", person="Ana Lima")
    _outlive(life)
    for _ in range(2):
        life.run(20 * MINUTE)
    assert (life.outcome(), life.dies) == (Outcome.NO, "")
    return life.all()


def _outlive(life: Life) -> None:
    """Make a pass; after a death another one."""
    try:
        life.run()
    except Crash:
        life.dies = ""
        life.run()


BEGUN = datetime.now(UTC)  # one for all lives that are compared


@pytest.fixture(scope="module")
def undisturbed(tryton: TrytonServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[str]]:
    """What the story comes to when nothing breaks, and each request that it takes."""
    rig = TrytonRig(tryton)
    meant = story(Life(rig, tmp_path_factory.mktemp("whole"), begun=BEGUN))
    asked = [str(json.loads(passed.body)["method"]) for passed in tryton.gate.log]
    rig.close()
    assert [len(meant[model]) for model in (DEAL, "ir.note")] == [1, 3]
    return meant, asked


@pytest.mark.parametrize("dies", ["create application", "update application", "create note"])
def test_a_process_that_dies_before_it_notes_what_it_did_doubles_nothing(
    undisturbed: tuple[dict[str, Any], list[str]], rig: TrytonRig, tmp_path: Path, dies: str
) -> None:
    assert story(Life(rig, tmp_path, dies=dies, begun=BEGUN)) == undisturbed[0]


@pytest.mark.parametrize("fault", [Break.DROP_AFTER, Break.DROP_BEFORE])
def test_a_write_whose_answer_is_lost_is_done_once(
    undisturbed: tuple[dict[str, Any], list[str]], rig: TrytonRig, tmp_path: Path, fault: Break
) -> None:
    meant, asked = undisturbed
    writes = [at for at, method in enumerate(asked) if method.endswith(_WRITES)]
    if not os.environ.get("AFTERVIEW_DEEP"):
        writes = [at for at in writes if asked[at] in _CHOSEN[fault]]
    assert writes
    for at in writes:
        rig.server.empty()
        rig.server.gate.reset()
        rig.server.gate.weather = _strike(at, fault)
        assert story(Life(rig, tmp_path / str(at), begun=BEGUN)) == meant, asked[at]
        assert any(passed.fault is fault for passed in rig.server.gate.log)


def _strike(at: int, fault: Break) -> Callable[[str, str], Break | None]:
    requests = itertools.count()
    return lambda _method, _path: fault if next(requests) == at else None
