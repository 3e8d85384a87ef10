"""Two CRMs at once: what one says moves the other once, and when they disagree nothing goes to and fro."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from afterview.sync.ledger import Ledger
from afterview.sync.model import FactKind, Outcome, RecordKind
from afterview.sync.ports import BookCapabilities
from afterview.sync.runner import AccountSpec, one_pass
from tests.fakes.books import BookServer, MemoryBook
from tests.fakes.memory import MemoryConnection, MemoryEvents
from tests.unit.sync.engine.crm import KINDS
from tests.unit.sync.engine.world import DAY, MONDAY, World, interview

SETTLED = timedelta(minutes=20)
CANNOT_WIN = frozenset({"lost", "withdrawn"})  # as Tryton, which makes won by a sale alone


class Two:
    """A user with a calendar and two CRMs."""

    def __init__(self, path: Path) -> None:
        self.world = World(path, MONDAY + DAY)
        self.world.enter(interview())
        both = {"changed_since": True, "deletions": True, "outcome": True}
        self.servers = {
            "alpha": BookServer(BookCapabilities(KINDS, moves=CANNOT_WIN, **both)),  # type: ignore[arg-type]  # test shorthand
            "omega": BookServer(BookCapabilities(KINDS, **both)),  # type: ignore[arg-type]  # test shorthand
        }

    def run(self, passes: int = 3) -> None:
        for _ in range(passes):
            self.world.now += SETTLED
            specs = [AccountSpec("home", self.home)]
            specs += [AccountSpec(name, partial(self.crm, name), book=True) for name in self.servers]
            terms = replace(self.world.terms(), accounts=frozenset({"home", *self.servers}))
            with Ledger.open(self.world.path) as ledger:
                one_pass(ledger, specs, terms, lambda: self.world.now)

    def home(self) -> MemoryConnection:
        return MemoryConnection("home", MemoryEvents(self.world.events, self.world.calendars))

    def crm(self, name: str) -> MemoryConnection:
        return MemoryConnection(name, book=MemoryBook(self.servers[name], name))

    def deal(self, name: str) -> str:
        return next(r for r, item in self.servers[name].items.items() if item.kind is RecordKind.APPLICATION)

    def move(self, name: str, stage: str) -> None:
        self.servers[name].user_edit(self.deal(name), stage=(stage,), stage_at=(self.world.now.isoformat(),))

    def stages(self) -> tuple[str, ...]:
        return tuple(server.items[self.deal(name)].fields["stage"][0] for name, server in self.servers.items())

    def writes(self) -> int:
        return sum(len(server.writes()) for server in self.servers.values())

    def said(self) -> list[str]:
        return [fact.value["outcome"] for fact in self.world.facts() if fact.kind is FactKind.OUTCOME]

    def outcome(self) -> Outcome | None:
        return self.world.thought().applications[0].outcome


@pytest.mark.parametrize(("one", "other"), [("alpha", "omega"), ("omega", "alpha")])
def test_a_loss_in_one_is_a_loss_in_the_other_and_heard_once(tmp_path: Path, one: str, other: str) -> None:
    two = Two(tmp_path)
    two.run()
    two.move(one, "lost")
    two.run(4)
    assert two.stages() == ("lost", "lost")
    assert two.said() == ["no"]
    written = two.writes()
    two.run(4)
    assert (two.writes(), two.said()) == (written, ["no"])
    two.move(other, "open")  # opened there again: the one that a person closed stays closed
    two.run(4)
    assert two.outcome() is None
    assert dict(zip(two.servers, two.stages(), strict=True)) == {one: "lost", other: "open"}
    written, said = two.writes(), len(two.world.facts())
    two.run(4)
    assert (two.writes(), len(two.world.facts())) == (written, said)


@pytest.mark.parametrize(("one", "other"), [("alpha", "omega"), ("omega", "alpha")])
@pytest.mark.parametrize("stages", [("lost", "won"), ("won", "lost"), ("withdrawn", "lost")])
def test_two_that_disagree_stay_as_they_are_and_the_newest_word_stands(
    tmp_path: Path, one: str, other: str, stages: tuple[str, str]
) -> None:
    two = Two(tmp_path)
    two.run()
    two.move(one, stages[0])
    two.world.now += timedelta(minutes=1)
    two.move(other, stages[1])
    two.run(4)
    newest = {"lost": Outcome.NO, "won": Outcome.ACCEPTED}[stages[1]]
    assert two.outcome() is newest
    assert dict(zip(two.servers, two.stages(), strict=True)) == {one: stages[0], other: stages[1]}
    written, said = two.writes(), len(two.world.facts())
    two.run(6)
    assert (two.writes(), len(two.world.facts())) == (written, said)
    assert two.outcome() is newest


def test_what_one_cannot_be_moved_to_the_other_is(tmp_path: Path) -> None:
    two = Two(tmp_path)
    two.run()
    two.world.outcome("accepted")
    two.run()
    assert two.stages() == ("open", "won")
    written = two.writes()
    two.run(4)
    assert (two.writes(), two.outcome()) == (written, Outcome.ACCEPTED)
