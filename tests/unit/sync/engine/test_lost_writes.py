"""What a person does in a book just when a write of ours is lost: it is heard, and neither is taken for the other."""

from datetime import timedelta
from pathlib import Path

import pytest

from afterview.sync.ledger import Ledger
from afterview.sync.model import FactKind, Outcome, RecordKind
from afterview.sync.ports import BookCapabilities
from afterview.sync.runner import AccountSpec, one_pass
from tests.fakes.books import BookServer, MemoryBook
from tests.fakes.faults import Fault
from tests.fakes.memory import MemoryConnection, MemoryEvents
from tests.unit.sync.engine.world import ANA, DAY, MONDAY, World, interview

MINUTE = timedelta(minutes=1)


def a_pass(world: World, crm: BookServer) -> None:
    specs = [
        AccountSpec("home", lambda: MemoryConnection("home", MemoryEvents(world.events, world.calendars))),
        AccountSpec("crm", lambda: MemoryConnection("crm", book=MemoryBook(crm, "CRM")), book=True),
    ]
    terms = world.terms()
    with Ledger.open(world.path) as ledger:
        one_pass(ledger, specs, type(terms)(terms.owner, terms.zone, terms.lexicon, terms.playbook), lambda: world.now)


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.NOT_READY, None])
def test_a_write_in_between_does_not_swallow_what_the_crm_said(tmp_path: Path, fault: Fault | None) -> None:
    world = World(tmp_path, MONDAY + DAY)
    crm = BookServer(BookCapabilities((RecordKind.APPLICATION,), outcome=True))
    world.enter(interview())
    a_pass(world, crm)
    ((deal, item),) = crm.items.items()
    assert item.fields["stage"] == ("open",)
    crm.user_edit(deal, stage=("lost",))
    world.now += MINUTE
    a_pass(world, crm)
    world.record(FactKind.APPLICATION, world.thought().applications[0].key, role="Clockmaker")
    crm.user_edit(deal, role=())
    if fault:
        crm.faults.plan("update", fault)
    for _ in range(3):
        world.now += 6 * MINUTE
        a_pass(world, crm)
    assert crm.items[deal].fields["role"] == ("Clockmaker",)
    (application,) = world.thought().applications
    assert (application.outcome, application.outcome_at) == (Outcome.NO, MONDAY + DAY + MINUTE)
    assert crm.items[deal].fields["stage"] == ("lost",)


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.NOT_READY])
def test_an_edit_of_the_user_is_not_taken_for_a_write_of_ours(tmp_path: Path, fault: Fault) -> None:
    world = World(tmp_path, MONDAY + DAY)
    book = BookServer()
    world.enter(interview(guests=(ANA,)))
    a_pass(world, book)
    ((card, _),) = [(one, item) for one, item in book.items.items() if item.fields["name"] == ("Ana Lima",)]
    book.user_edit(card, title=("CTO",))
    key = world.thought().applications[0].key
    world.record(FactKind.OUTCOME, key, outcome="no")
    book.faults.plan("update", fault)
    for _ in range(3):
        world.now += 6 * MINUTE
        a_pass(world, book)
    fields = book.items[card].fields
    assert fields["title"] == ("CTO",)
    assert fields["block"][0].endswith(", no")
    assert fields["state"] == ("Afterview", "Afterview no")
