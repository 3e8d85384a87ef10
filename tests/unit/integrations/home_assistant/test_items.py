"""Lists that show things late, drop what is ticked, or carry no description: the engine's passes on top of them."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from afterview.integrations.home_assistant.access import Features, Item
from afterview.integrations.home_assistant.items import EntityTasks
from afterview.sync.engine.report import AccountReport
from afterview.sync.errors import Rejected, Uncertain
from afterview.sync.ledger import Ledger
from afterview.sync.model import Fact, FactKind
from afterview.sync.runner import AccountSpec, one_pass
from tests.fakes.memory import EventServer, MemoryConnection, MemoryEvents
from tests.fakes.todo import NEVER, FakeList
from tests.unit.sync.engine.world import ANA, BO, DAY, HOUR, MONDAY, World, interview

AFTER = MONDAY + 2 * HOUR
MINUTES = timedelta(minutes=1)


@dataclass
class House:
    """A Home Assistant with one list; each pass starts from the stored ledger, as after a restart."""

    world: World
    todo: FakeList
    now: datetime = MONDAY - 3 * DAY
    events: EventServer = field(default_factory=EventServer)

    def run(self, at: datetime | None = None) -> AccountReport:
        self.now = at or self.now
        with Ledger.open(self.world.path) as ledger:
            tasks = EntityTasks("todo.inbox", self.todo, ledger.memory("home"), lambda: self.now, "Europe/Berlin")
            connection = MemoryConnection("home", MemoryEvents(self.events), tasks)
            spec = AccountSpec("home", lambda: connection)
            report = one_pass(ledger, [spec], self.world.terms(), lambda: self.now).accounts[0]
        assert report.state == "ok", report.error
        return report

    def titles(self) -> list[str]:
        return sorted(item.title for item in self.todo.kept.values() if not item.done)

    def only(self, title: str) -> Item:
        (found,) = (item for item in self.todo.kept.values() if item.title.startswith(title))
        return found

    def facts(self, *kinds: FactKind) -> list[Fact]:
        with Ledger.open(self.world.path) as ledger:
            return list(ledger.facts(*kinds))


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(World(tmp_path), FakeList())
    house.run()
    house.events.put("Personal", "/u1.ics", interview(guests=(ANA, BO)))
    return house


THREE = ["Heard from Initech? Tick if it was a no.", "Thank Ana Lima (Initech)", "Thank Bo Ek (Initech)"]


@pytest.mark.parametrize("lag", [0, 1, 3, NEVER])
def test_a_list_that_shows_late_is_written_once(house: House, lag: int) -> None:
    house.todo.lag = lag
    house.run(AFTER)
    for minute in (1, 5, 15):
        house.run(AFTER + minute * MINUTES)
    assert house.titles() == THREE
    house.todo.catch_up()
    house.run(AFTER + 16 * MINUTES)
    changes = [entry for entry in house.todo.log if entry != "keep"]
    house.run(AFTER + 60 * MINUTES)
    assert [entry for entry in house.todo.log if entry != "keep"] == changes == ["add"] * 3


def test_what_never_arrived_is_added_again_only_after_twenty_minutes(house: House) -> None:
    house.todo.fails = [(Uncertain, False)]
    house.run(AFTER)
    assert len(house.titles()) == 2
    house.run(AFTER + 19 * MINUTES)
    assert len(house.titles()) == 2
    house.run(AFTER + 21 * MINUTES)
    assert house.titles() == THREE


def test_an_answer_that_was_lost_adds_nothing_twice(house: House) -> None:
    house.todo.fails = [(Uncertain, True), (Uncertain, True)]
    house.run(AFTER)
    house.run(AFTER + 1 * MINUTES)
    house.run(AFTER + 40 * MINUTES)
    assert house.titles() == THREE


def test_a_refused_item_is_not_waited_for(house: House) -> None:
    house.todo.fails = [(Rejected, False)]
    assert house.run(AFTER).parked
    house.run(AFTER + DAY + HOUR)
    assert house.titles() == THREE


def test_everything_is_kept_before_anything_is_sent(house: House) -> None:
    house.run(AFTER)
    log = house.todo.log
    assert all(log[place - 1] == "keep" for place, entry in enumerate(log) if entry != "keep")


def test_a_change_that_shows_late_is_not_taken_for_the_phones(house: House) -> None:
    house.run(AFTER)
    house.todo.lag = NEVER
    house.world.record(FactKind.OUTCOME, house.world.thought().applications[-1].key, outcome="no")
    house.run(AFTER + HOUR)
    for minute in (61, 66, 71):
        house.run(AFTER + minute * MINUTES)
    assert not house.facts(FactKind.REOPENED, FactKind.RENAMED, FactKind.SNOOZED, FactKind.DISMISSED)
    house.todo.catch_up()
    house.run(AFTER + 76 * MINUTES)
    assert "Heard from Initech? Tick if it was a no." not in house.titles()
    assert not house.facts(FactKind.REOPENED, FactKind.RENAMED, FactKind.SNOOZED, FactKind.DISMISSED)


def test_a_deadline_that_we_moved_and_that_shows_late_is_not_moved_back(house: House) -> None:
    house.run(AFTER)
    before = house.only("Thank Ana").due
    house.todo.lag = NEVER
    house.events.put("Personal", "/u1.ics", interview(hours=1.5, guests=(ANA, BO)))
    for minute in (1, 6, 12):
        house.run(AFTER + minute * MINUTES)
    assert house.todo.shown[house.only("Thank Ana").uid].due == before
    assert house.only("Thank Ana").due != before
    house.todo.catch_up()
    house.run(AFTER + 20 * MINUTES)
    assert not house.facts(FactKind.SNOOZED, FactKind.NOTED, FactKind.RENAMED)
    assert house.todo.log.count("change") == 3


def test_what_is_ticked_moved_noted_and_deleted_on_the_phone_is_taken_over(house: House) -> None:
    house.run(AFTER)
    ana, bo, asked = house.only("Thank Ana"), house.only("Thank Bo"), house.only("Heard")
    house.todo.phone(ana.uid, done=True)
    house.todo.phone(bo.uid, due=AFTER + 3 * DAY, text="call first\n" + bo.text)
    del house.todo.kept[asked.uid]
    house.todo.catch_up()
    house.run(AFTER + HOUR)
    house.run(AFTER + 2 * HOUR)
    kinds = [fact.kind for fact in house.facts()]
    assert kinds.count(FactKind.COMPLETED) == 1
    assert [fact.value["note"] for fact in house.facts(FactKind.NOTED)] == ["call first"]
    assert [fact.value["due"] for fact in house.facts(FactKind.SNOOZED)] == [(AFTER + 3 * DAY).isoformat()]
    assert len(house.facts(FactKind.DISMISSED)) == 1
    assert house.titles() == ["Thank Bo Ek (Initech)"]
    assert house.only("Thank Bo").text.startswith("call first\n")


def test_a_mark_that_was_taken_out_does_not_make_it_a_strangers(house: House) -> None:
    house.run(AFTER)
    ana = house.only("Thank Ana")
    house.todo.phone(ana.uid, text="mine alone", title="Write to Ana")
    house.run(AFTER + HOUR)
    house.run(AFTER + 2 * HOUR)
    assert len(house.titles()) == 3
    assert house.only("Write to Ana").text.startswith("mine alone")


def test_in_a_list_that_drops_what_is_ticked_vanishing_is_a_tick(house: House) -> None:
    house.todo.features_ = Features(drops_done=True)
    house.run(AFTER)
    house.todo.phone(house.only("Heard").uid, done=True)
    house.run(AFTER + HOUR)
    assert not house.facts(FactKind.OUTCOME)
    house.run(AFTER + HOUR + 11 * MINUTES)
    assert [fact.value["outcome"] for fact in house.facts(FactKind.OUTCOME)] == ["no"]
    assert not house.facts(FactKind.DISMISSED)
    house.run(AFTER + 4 * HOUR)
    assert not house.facts(FactKind.DISMISSED)


def test_what_we_take_back_in_such_a_list_is_no_tick(house: House) -> None:
    house.todo.features_ = Features(drops_done=True)
    house.run(AFTER)
    asked = house.only("Heard")
    house.todo.phone(asked.uid, text="waiting for Cy\n" + asked.text)
    house.run(AFTER + HOUR)
    house.world.record(FactKind.OUTCOME, house.world.thought().applications[-1].key, outcome="accepted")
    for hours in (2, 3, 4):
        house.run(AFTER + hours * HOUR)
    assert [fact.value["outcome"] for fact in house.facts(FactKind.OUTCOME)] == ["accepted"]
    assert not house.facts(FactKind.COMPLETED, FactKind.DISMISSED)


def test_without_descriptions_items_are_recognised_by_title_and_id(house: House) -> None:
    house.todo.features_ = Features(texts=False)
    house.todo.lag = 2
    house.todo.fails = [(Uncertain, True)]
    house.run(AFTER)
    house.run(AFTER + HOUR)
    house.run(AFTER + 2 * HOUR)
    assert house.titles() == THREE
    house.todo.phone(house.only("Thank Ana").uid, done=True)
    house.run(AFTER + 3 * HOUR)
    assert len(house.facts(FactKind.COMPLETED)) == 1
    assert len(house.titles()) == 2


def test_an_item_taken_back_and_opened_again_stays_and_counts_when_ticked(house: House) -> None:
    house.run(AFTER)
    asked = house.only("Heard")
    house.todo.phone(asked.uid, text="waiting for Cy\n" + asked.text)
    house.run(AFTER + HOUR)
    house.world.record(FactKind.OUTCOME, house.world.thought().applications[-1].key, outcome="withdrawn")
    house.run(AFTER + 2 * HOUR)
    withdrawn = house.todo.kept[asked.uid]
    assert (withdrawn.done, withdrawn.title) == (True, "× Heard from Initech? Tick if it was a no.")
    house.todo.phone(asked.uid, done=False)
    house.run(AFTER + 3 * HOUR)
    assert not house.todo.kept[asked.uid].done
    house.todo.phone(asked.uid, done=True)
    house.run(AFTER + 4 * HOUR)
    assert [fact.subject for fact in house.facts(FactKind.COMPLETED)] == [house.facts(FactKind.REOPENED)[0].subject]


def test_a_list_of_dates_is_kept_in_days(house: House) -> None:
    house.todo.features_ = replace(house.todo.features_, times=False)
    house.run(AFTER)
    due = house.only("Thank Ana").due
    assert due is not None
    assert due.isoformat() == "2026-09-08"
    house.run(AFTER + HOUR)
    assert house.todo.log.count("add") == 3
    assert not house.facts(FactKind.SNOOZED)


def test_an_item_that_is_due_outside_of_the_calendar_stops_nothing(house: House) -> None:
    house.todo.kept["own"] = Item("own", "Milk", due=date(1, 1, 1))
    house.run(AFTER)
    assert house.titles() == sorted(["Milk", *THREE])
