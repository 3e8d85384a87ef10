"""From an interview to a deal in HubSpot and back, with trouble on the way: engine, adapter and a person at the screen."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from afterview.sync.engine.report import AccountReport
from afterview.sync.identity import person_key
from afterview.sync.ledger import Ledger
from afterview.sync.model import FactKind
from afterview.sync.ports import Book
from afterview.sync.runner import AccountSpec, one_pass
from afterview.sync.sharing import Share
from tests.contract.hubspot_rig import HubSpotRig
from tests.fakes.hubspot.problems import Problem
from tests.fakes.hubspot.server import KEY, Planned, answered, is_write
from tests.fakes.hubspot.store import Record
from tests.fakes.memory import MemoryConnection, MemoryEvents
from tests.fakes.web import Answered, Asked
from tests.unit.sync.engine.world import ANA, BO, DAY, HOUR, MONDAY, World, interview

MINUTE = timedelta(minutes=1)
MOVING = {"createdate", "closedate"}


class Life:
    """A user with a calendar and a HubSpot account."""

    def __init__(self, path: Path) -> None:
        self.world = World(path, MONDAY + DAY)
        self.rig = HubSpotRig()
        self.key = KEY
        self.world.enter(interview(guests=(ANA, BO)))

    def run(self, after: timedelta = MINUTE) -> AccountReport:
        world = self.world
        world.now += after
        self.rig.clock.now = world.now
        specs = [
            AccountSpec("crm", lambda: MemoryConnection("crm", book=self.book()), book=True),
            AccountSpec("home", lambda: MemoryConnection("home", MemoryEvents(world.events, world.calendars))),
        ]
        terms = replace(world.terms(), accounts=frozenset({"home", "crm"}), shares={"crm": frozenset(Share)})
        with Ledger.open(world.path) as ledger:
            report = one_pass(ledger, specs, terms, lambda: world.now)
        return next(one for one in report.accounts if one.id == "crm")

    def settle(self) -> None:
        """Make passes until one has nothing to write."""
        for _ in range(40):
            self.rig.hubspot.web.log.clear()
            report = self.run()
            if report.state == "ok" and not self.rig.hubspot.writes():
                return
        raise AssertionError("It never comes to rest.")

    def book(self) -> Book:
        return self.rig.opened_with(self.key)

    def of(self, type_: str) -> list[Record]:
        return self.rig.hubspot.all(type_)

    def deal(self) -> Record:
        (deal,) = self.of("deals")
        return deal

    def outcomes(self) -> list[str]:
        return [fact.value["outcome"] for fact in self.world.facts() if fact.kind is FactKind.OUTCOME]

    def advise(self) -> None:
        key = self.world.thought().applications[0].key
        self.world.record(FactKind.ADVICE, key, note="Speak slower.", person="Ana Lima")

    def told(self) -> list[Any]:
        """Return all that is there and how it hangs together, without ids and moments."""
        store = self.rig.hubspot.store
        names = {one.id: str(sorted(_lasting(one).items())) for type_ in TYPES for one in store.of(type_)}
        return [sorted(names.values()), sorted(sorted(names[one] for one in tie) for tie in store.ties)]


TYPES = ("companies", "contacts", "deals", "meetings", "notes", "tasks")


def _lasting(one: Record) -> dict[str, str]:
    return {
        k: v
        for k, v in one.properties.items()
        if k not in MOVING
        and "date_entered" not in k
        and k != "afterview_outcome"
        and not (k == "hs_timestamp" and "hs_task_subject" in one.properties)  # counts from when something was said
    }


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    made = Life(tmp_path)
    yield made
    made.rig.close()


def test_an_interview_makes_company_people_deal_and_meeting_and_a_second_pass_writes_nothing(life: Life) -> None:
    assert life.run().state == "ok"
    life.advise()
    life.run()
    (company,), (meeting,), (note,) = life.of("companies"), life.of("meetings"), life.of("notes")
    people = {one.properties["firstname"]: one for one in life.of("contacts")}
    assert {name: one.properties["email"] for name, one in people.items()} == {
        "Ana": "ana.lima@initech.example",
        "Bo": "bo.ek@initech.example",
        "Initech": "talent@initech.example",
    }
    assert (company.properties["name"], company.properties["domain"]) == ("Initech", "initech.example")
    assert life.deal().properties["dealstage"] == "appointmentscheduled"
    assert "interview 2026-09-07, open" in people["Ana"].properties["afterview_block"]
    assert meeting.properties["hs_meeting_outcome"] == "COMPLETED"
    assert "Speak slower." in note.properties["hs_note_body"]
    tied = life.rig.hubspot.store.tied
    met = sorted(people[name].id for name in ("Ana", "Bo"))
    assert tied(life.deal().id, "companies") == [company.id]
    assert tied(life.deal().id, "contacts") == sorted(one.id for one in people.values())
    assert tied(company.id, "contacts") == tied(meeting.id, "contacts") == met
    assert tied(life.deal().id, "meetings") == [meeting.id]
    assert tied(life.deal().id, "notes") == [note.id]
    life.run()
    life.rig.hubspot.web.log.clear()
    for _ in range(2):
        life.run(HOUR)
    assert life.rig.hubspot.writes() == []


@pytest.mark.parametrize(("outcome", "stage"), [("no", "closedlost"), ("withdrawn", "withdrawn")])
def test_an_outcome_here_moves_the_deal_there_and_is_not_heard_again(life: Life, outcome: str, stage: str) -> None:
    life.run()
    life.world.outcome(outcome)
    life.run()
    assert life.deal().properties["dealstage"] == stage
    for _ in range(3):
        life.run(20 * MINUTE)
    assert life.outcomes() == [outcome]
    assert life.deal().properties["dealstage"] == stage


def test_a_deal_lost_there_is_a_no_here_after_a_quarter_of_an_hour(life: Life) -> None:
    life.run()
    life.run(HOUR)
    life.rig.move(life.deal().id, "lost")
    moved_at = life.world.now
    life.run(5 * MINUTE)
    assert life.outcomes() == []
    life.run(15 * MINUTE)
    assert life.outcomes() == ["no"]
    (fact,) = [fact for fact in life.world.facts() if fact.kind is FactKind.OUTCOME]
    assert (fact.source, fact.value["at"][:16]) == ("crm:crm", moved_at.isoformat()[:16])
    life.run()
    assert "feedback" in {one.step for one in life.world.thought().follow_ups}
    assert life.deal().properties["dealstage"] == "closedlost"


def test_a_deal_dragged_back_in_time_was_never_moved(life: Life) -> None:
    life.run()
    life.run(HOUR)
    life.rig.move(life.deal().id, "lost")
    life.run(5 * MINUTE)
    life.rig.move(life.deal().id, "open")
    for _ in range(3):
        life.run(20 * MINUTE)
    assert life.outcomes() == []


BUSY = Planned("", Answered(503))
LIMITED = Planned("", Answered(429, b"{}", {"Retry-After": "5"}))
LOST = Planned("", answered(500, Problem(500, "INTERNAL_ERROR", "internal error").body()), done=True)
CUT = Planned("", Answered(0), done=True)


@pytest.mark.parametrize("troubles", [(LOST, BUSY, CUT, LIMITED), (CUT, LOST)], ids=["mixed", "all done unheard"])
def test_every_write_fails_once_and_nothing_is_lost_or_doubled(
    life: Life, tmp_path: Path, troubles: tuple[Planned, ...]
) -> None:
    met: set[tuple[str, str, bytes]] = set()
    turns = itertools.cycle(troubles)

    def weather(asked: Asked) -> Planned | None:
        one = asked.method, asked.path, asked.body
        if not is_write(asked) or one in met:
            return None
        met.add(one)
        return next(turns)

    calm = Life(tmp_path / "calm")
    life.rig.hubspot.weather = weather
    for one in (calm, life):
        one.run()
        one.advise()
        one.settle()
        one.world.outcome("no")
        one.settle()
    calm.rig.close()
    assert len(met) > 15
    assert life.told() == calm.told()


def test_a_contact_that_no_reading_shows_yet_is_taken_instead_of_a_second_one(life: Life) -> None:
    life.world.events.drop("Personal", "/u1.ics")
    life.rig.add(name="Zed")
    life.run()
    own = life.rig.add(name="Ana", emails="ana.lima@initech.example", phones="+351 1")
    life.world.enter(interview(guests=(ANA,)))
    life.run(timedelta(seconds=1))
    ana = life.rig.record(own)
    assert life.rig.hubspot.asked("contacts/batch/upsert")
    assert (ana.properties["firstname"], ana.properties["city"]) == ("Ana", "Ulm")
    assert ana.properties["afterview_id"].startswith("p-")
    for _ in range(3):
        life.run()
    assert sorted(one.properties["firstname"] for one in life.of("contacts")) == ["Ana", "Initech", "Zed"]
    assert own in life.rig.hubspot.store.tied(life.deal().id, "contacts")


def test_a_rotated_key_lets_everything_wait_and_loses_nothing(life: Life) -> None:
    life.run()
    life.rig.hubspot.keys = {"pat-second": None}
    life.world.outcome("no")
    life.advise()
    for _ in range(2):
        report = life.run()
        assert report.state == "reauth"
    assert life.deal().properties["dealstage"] == "appointmentscheduled"
    life.key = "pat-second"
    assert life.run().state == "ok"
    life.run()
    assert life.deal().properties["dealstage"] == "closedlost"
    assert len(life.of("notes")) == 1


def test_what_a_rule_of_the_account_refuses_is_parked_with_its_words_and_stops_nothing_else(life: Life) -> None:
    life.rig.hubspot.schema.rules["dealname"] = "Deals need an amount."
    report = life.run()
    assert report.state == "ok"
    assert [words for words in report.parked if "Deals need an amount." in words]
    assert len(life.of("contacts")) == 3
    assert life.of("deals") == []
    life.rig.hubspot.web.log.clear()
    life.run()
    assert [path for path in life.rig.hubspot.writes() if "0-3" in path] == []
    life.rig.hubspot.schema.rules.clear()
    life.run(2 * DAY)
    assert life.deal().properties["dealname"] == "Initech, manager"


def test_a_merged_contact_is_followed_and_a_deleted_deal_not_made_again(life: Life) -> None:
    life.run()
    ana = next(one for one in life.of("contacts") if one.properties["firstname"] == "Ana")
    mine = life.rig.hubspot.store.make("contacts", {"firstname": "Anita", "email": "anita@home.example"})
    life.run()
    new = life.rig.hubspot.store.merge(mine.id, ana.id).id
    life.rig.delete(life.deal().id)
    for _ in range(3):
        life.run(20 * MINUTE)
    assert new in {one.id for one in life.of("contacts")}
    assert len(life.of("contacts")) == 3
    assert life.of("deals") == []


def test_a_contact_that_was_the_wrong_ones_is_given_up_and_another_one_made(life: Life) -> None:
    event, wrong = interview(guests=(ANA, BO)), life.rig.add(name="Ana", emails="ana.other@initech.example")
    life.world.events.drop("Personal", "/u1.ics")
    life.run()
    life.world.enter(event)
    key = person_key("", ANA.email, "")
    life.world.record(FactKind.SAME, key, record=f"crm {wrong}")
    life.run()
    assert life.rig.record(wrong).properties["afterview_id"] == key
    life.world.record(FactKind.DIFFERENT, key, record=f"crm {wrong}")
    life.settle()
    left = {name for name, value in life.rig.record(wrong).properties.items() if value}
    assert not left & {"afterview_id", "afterview_block", "afterview_state"}
    (own,) = (one for one in life.of("contacts") if one.properties.get("afterview_id") == key)
    assert own.properties["afterview_block"].startswith("Initech")
    assert own.id in life.rig.hubspot.store.tied(life.deal().id, "contacts")
