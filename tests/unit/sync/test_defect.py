"""A mistake of our own, or of a foreign integration, costs one account or one push address, and nobody else."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from afterview.sync.defect import contained
from afterview.sync.errors import AuthFailed, Defect, Rejected, StateError
from afterview.sync.ledger import Ledger
from afterview.sync.ports import EventReading, EventRequest, TaskListing
from afterview.sync.runner import AccountSpec, one_pass
from tests.fakes.memory import MemoryConnection, MemoryEvents, MemoryTasks
from tests.fakes.pushes import PushService
from tests.unit.sync.engine.world import HOUR, MONDAY, World, interview
from tests.unit.sync.rings.phone import EIGHTEEN, rung


class Stumbling(MemoryEvents):
    """A calendar whose reader does not expect what it gets."""

    def read(self, request: EventRequest) -> EventReading:
        yield from super().read(request)
        raise KeyError("Ana Lima")


class StumblingList(MemoryTasks):
    def read(self, cursor: str, known: Mapping[str, str], *, full: bool) -> TaskListing:
        raise ValueError(f"{cursor} of Hannah")


def test_what_has_a_meaning_keeps_it_and_the_rest_becomes_a_defect() -> None:
    with pytest.raises(AuthFailed), contained("home"):
        raise AuthFailed("no")
    with pytest.raises(StateError, match="disk"), contained("home"):
        raise sqlite3.OperationalError("database or disk is full")
    with pytest.raises(Defect, match="home by a mistake of its own \\(Rejected\\)") as caught, contained("home"):
        raise Rejected("a task of Ana Lima")
    assert "Ana" not in str(caught.value)
    with pytest.raises(KeyboardInterrupt), contained("home"):
        raise KeyboardInterrupt


def test_an_account_with_a_defect_stops_no_other_and_the_next_pass_goes_on(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run()
    world.enter(interview())
    world.now = MONDAY + 2 * HOUR
    broken = AccountSpec("work", lambda: MemoryConnection("work", Stumbling(world.events, ("Personal",)), None))
    sound = AccountSpec(
        "home",
        lambda: MemoryConnection("home", MemoryEvents(world.events, world.calendars), MemoryTasks(world.tasks)),
    )
    with Ledger.open(tmp_path) as ledger:
        report = one_pass(ledger, [broken, sound], world.terms(), lambda: world.now)
        assert ledger.health()["work"].state == "error"
    work, home = report.accounts
    assert (work.state, home.state, home.created, report.exit_code) == ("error", "ok", 2, 1)
    assert "KeyError" in work.error
    assert "Ana" not in work.error
    assert isinstance(work.defect, KeyError)


def test_a_list_with_a_defect_costs_neither_what_was_read_nor_the_ring(tmp_path: Path) -> None:
    phone = rung(tmp_path)
    world = phone.world
    world.enter(interview())
    world.now = EIGHTEEN
    spec = AccountSpec(
        "home",
        lambda: MemoryConnection("home", MemoryEvents(world.events, world.calendars), StumblingList(world.tasks)),
    )
    with Ledger.open(tmp_path) as ledger:
        assert one_pass(ledger, [spec], world.terms(), lambda: world.now).accounts[0].state == "error"
    phone.ring()
    assert phone.screen == ["Thank Ana Lima (Initech)"]


def test_a_push_address_with_a_defect_stops_no_other_and_is_asked_ever_more_seldom(tmp_path: Path) -> None:
    phone = rung(tmp_path)
    phone.services.insert(0, PushService("broken", fails=lambda: IndexError("Ana")))
    phone.ring()
    phone.world.enter(interview())
    phone.world.run(at=EIGHTEEN)
    report = phone.ring()
    assert phone.services[1].titles == ["Thank Ana Lima (Initech)"]
    assert [type(one) for one in report.defects] == [IndexError]
    assert "IndexError" in report.problems[0]
    assert "Ana" not in report.problems[0]
    opened = phone.services[0].opened
    phone.ring()
    assert phone.services[0].opened == opened
