"""What a CRM is given: companies, people, deals, interviews and notes, tied together, as far as the user shares them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from afterview.sync.model import EventStatus, FactKind, Fields, Participant, RecordKind, Reply, Standing
from afterview.sync.people import directory
from afterview.sync.sharing import USUAL, Share
from tests.fakes.faults import Crash, Fault
from tests.unit.sync.engine.crm import ALL, KINDS, Crm
from tests.unit.sync.engine.world import ANA, BO, DAY, HOUR, MONDAY, interview


@pytest.mark.parametrize("tied", ["at once", "apart"])
def test_everything_hangs_together(tmp_path: Path, tied: str) -> None:
    crm = Crm(tmp_path)
    crm.server.ties_apart = tied == "apart"
    crm.run()
    crm.advise()
    crm.run()
    company, fields = crm.one(RecordKind.COMPANY)
    assert fields.fields == {"name": ("Initech",), "domain": ("initech.example",)}
    ana = next(r for r, item in crm.of(RecordKind.PERSON).items() if item.fields["name"] == ("Ana Lima",))
    assert crm.server.items[ana].fields["company_ids"] == (company,)
    deal, application = crm.one(RecordKind.APPLICATION)
    assert application.fields["company_ids"] == (company,)
    assert ana in application.fields["people_ids"]
    _, met = crm.one(RecordKind.INTERVIEW)
    assert met.fields == {
        "name": ("Interview: Initech, manager",),
        "starts_at": (MONDAY.isoformat(),),
        "ends_at": ((MONDAY + HOUR).isoformat(),),
        "standing": ("held",),
        "application_ids": (deal,),
        "people_ids": (ana,),
    }
    _, note = crm.one(RecordKind.NOTE)
    assert note.fields["text"] == ("Advice from Ana Lima:\nSpeak slower.",)
    assert note.fields["application_ids"] == (deal,)


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.NOT_READY, Fault.LOST_BEFORE])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_what_was_made_but_not_tied_is_tied_later(tmp_path: Path, fault: Fault, which: int) -> None:
    whole, crm = Crm(tmp_path / "whole"), Crm(tmp_path / "cut")
    for one in (whole, crm):
        one.server.ties_apart = True
    crm.server.faults.plan("tie", *[None] * which, fault)
    for _ in range(4):
        whole.run()
        try:
            crm.run()
        except Crash:
            continue
    assert crm.server.faults.struck == 1
    assert crm.fields() == whole.fields()


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.LOST_BEFORE, Fault.NOT_READY])
def test_what_was_changed_but_not_tied_is_tied_later(tmp_path: Path, fault: Fault) -> None:
    crm = Crm(tmp_path, {*USUAL} - {Share.OUTCOMES})
    crm.run()
    crm.server.ties_apart = True
    crm.server.faults.plan("tie", None, fault)  # Bo's own tie, then that of the deal
    crm.world.enter(interview(guests=(ANA, BO)))
    crm.world.record(FactKind.APPLICATION, crm.world.thought().applications[0].key, role="Clockmaker")
    (deal, _), bo = crm.one(RecordKind.APPLICATION), ("Bo Ek",)
    crm.server.user_edit(deal, role=())
    for _ in range(3):
        try:
            crm.run()
        except Crash:
            continue
    assert crm.server.faults.struck == 1
    item = crm.server.items[deal]
    assert item.fields["role"] == ("Clockmaker",)
    assert next(r for r, one in crm.server.items.items() if one.fields.get("name") == bo) in item.fields["people_ids"]


def test_a_note_stays_as_it_was_said(tmp_path: Path) -> None:
    crm = Crm(tmp_path)
    crm.run()
    crm.advise()
    crm.run()
    said = crm.one(RecordKind.NOTE)
    crm.world.settings = replace(crm.world.settings, language="de")
    crm.advise("Ask more.")
    assert crm.run().exit_code == 0
    assert crm.server.items[said[0]] == said[1]
    assert [item.fields["text"][0].partition(":")[0] for item in crm.of(RecordKind.NOTE).values()] == [
        "Advice from Ana Lima",
        "Rat von Ana Lima",
    ]


def test_a_lost_ledger_doubles_nothing_and_ties_everything_again(tmp_path: Path) -> None:
    crm = Crm(tmp_path, ALL - {Share.TASKS})
    crm.run()
    crm.advise()
    crm.run()
    before = crm.fields()
    crm.world.forget_everything()
    crm.run()
    crm.advise()
    crm.run()
    assert crm.fields() == before


def test_only_what_the_user_shares_goes_out(tmp_path: Path) -> None:
    crm = Crm(tmp_path, USUAL)
    crm.run()
    crm.advise()
    crm.world.outcome("no")
    crm.run()
    assert {item.kind for item in crm.server.items.values()} == set(KINDS[:3])
    assert "Speak" not in str(crm.fields())
    assert crm.one(RecordKind.APPLICATION)[1].fields["stage"] == ("lost",)
    crm.share = ALL
    crm.run()
    assert "Speak slower." in crm.one(RecordKind.NOTE)[1].fields["text"][0]


@pytest.mark.parametrize(
    ("share", "kinds", "told"),
    [
        ((), set(), ""),
        (("people",), {RecordKind.PERSON}, ""),
        (
            ("people", "applications"),
            {RecordKind.PERSON, RecordKind.APPLICATION},
            "Initech, manager: interview 2026-09-07",
        ),
    ],
)
def test_a_narrower_scope_keeps_the_rest_at_home(
    tmp_path: Path, share: tuple[Share, ...], kinds: set[RecordKind], told: str
) -> None:
    crm = Crm(tmp_path, map(Share, share))
    crm.world.enter()
    crm.run()
    crm.world.outcome("no")
    crm.run()
    assert {item.kind for item in crm.server.items.values()} == kinds
    for person in crm.of(RecordKind.PERSON).values():
        assert person.fields.get("block", ("",)) == (told,)
        assert person.fields["state"] == ("Afterview",)
    for deal in crm.of(RecordKind.APPLICATION).values():
        assert deal.fields["stage"] == ("open",)


def test_what_a_deal_cannot_become_is_not_asked_for(tmp_path: Path) -> None:
    crm = Crm(tmp_path, moves=frozenset({"lost"}))
    crm.run()
    crm.world.outcome("accepted")
    report = crm.run()
    assert crm.one(RecordKind.APPLICATION)[1].fields["stage"] == ("open",)
    assert report.exit_code == 0


def test_what_a_service_has_no_place_for_is_not_offered_again_and_again(tmp_path: Path) -> None:
    lacks = {
        RecordKind.PERSON: frozenset({"title", "block", "state"}),
        RecordKind.APPLICATION: frozenset({"people_ids"}),
    }
    crm = Crm(tmp_path, ALL - {Share.TASKS}, lacks=lacks)
    crm.run()
    made = crm.server.writes()
    crm.world.enter(interview(guests=(ANA, BO)))
    report = crm.run()
    assert (report.accounts[1].id, report.accounts[1].changed) == ("crm", 1)
    assert [what for what, _ in crm.server.writes()[len(made) :]] == ["create", "update"]  # Bo, and the meeting with Bo


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.LOST_BEFORE, Fault.LOST_AFTER])
def test_a_deal_that_was_made_but_not_moved_is_moved_later(tmp_path: Path, fault: Fault) -> None:
    """It must not look as if a person had opened it again: that would take the outcome back."""
    crm = Crm(tmp_path, ())
    crm.run()
    crm.world.outcome("no")
    crm.share, crm.server.ties_apart = frozenset({Share.APPLICATIONS, Share.OUTCOMES}), True
    crm.server.faults.plan("tie", fault)
    for _ in range(3):
        try:
            crm.run()
        except Crash:
            continue
        crm.world.now += timedelta(minutes=20)
    assert crm.server.faults.struck == 1
    assert crm.one(RecordKind.APPLICATION)[1].fields["stage"] == ("lost",)
    assert crm.world.thought().applications[0].outcome == "no"


def test_a_company_is_known_by_its_domain_and_never_by_its_name(tmp_path: Path) -> None:
    crm = Crm(tmp_path)
    there = crm.server.new_id()
    crm.server.put(
        there, RecordKind.COMPANY, {"name": ("Initech Holding",), "domain": ("https://www.initech.example/",)}, key=""
    )
    crm.server.put(crm.server.new_id(), RecordKind.COMPANY, {"name": ("Initech",)}, key="")
    crm.run()
    assert len(crm.of(RecordKind.COMPANY)) == 2
    assert crm.server.items[there].key
    assert crm.one(RecordKind.APPLICATION)[1].fields["company_ids"] == (there,)


@pytest.mark.parametrize("address", ["ana.lima@freemail.example", "ana.lima@staffing.example", "ana@calendly.com"])
def test_an_address_from_elsewhere_gives_no_domain(tmp_path: Path, address: str) -> None:
    crm = Crm(tmp_path)
    crm.world.enter(interview(guests=(Participant(address, "Ana Lima", Reply.ACCEPTED),)))
    crm.run()
    assert "domain" not in crm.one(RecordKind.COMPANY)[1].fields


def test_whoever_stands_in_the_way_under_a_unique_address_is_taken_over(tmp_path: Path) -> None:
    """The search of a CRM may lag: a contact that was made a moment ago is only met when ours is refused."""
    crm = Crm(tmp_path, readback_lag=True)
    crm.server.unique = "emails"
    crm.run()
    other = crm.server.new_id()
    crm.server.lag = 50
    crm.server.put(other, RecordKind.PERSON, {"name": ("Bo Ek",), "emails": ("bo.ek@initech.example",)}, key="")
    crm.world.enter(interview("u2", MONDAY + 2 * DAY, guests=(ANA, Participant("bo.ek@initech.example", "Bo Ek"))))
    crm.run()
    report = crm.run()
    assert crm.server.items[other].key
    assert report.exit_code == 0
    assert [r for r, item in crm.of(RecordKind.PERSON).items() if item.fields["name"] == ("Bo Ek",)] == [other]


def test_an_interview_that_moves_or_falls_through_is_followed(tmp_path: Path) -> None:
    crm = Crm(tmp_path)
    crm.world.now = MONDAY - DAY
    crm.run()
    assert crm.one(RecordKind.INTERVIEW)[1].fields["standing"] == ("scheduled",)
    crm.world.now = MONDAY + 2 * HOUR
    crm.run()
    assert crm.one(RecordKind.INTERVIEW)[1].fields["standing"] == ("held",)
    crm.world.enter(interview(at=MONDAY + DAY))
    crm.run()
    _, met = crm.one(RecordKind.INTERVIEW)
    assert (met.fields["starts_at"], met.fields["standing"]) == (((MONDAY + DAY).isoformat(),), ("scheduled",))
    crm.world.enter(interview(at=MONDAY + DAY, status=EventStatus.CANCELLED))
    crm.run()
    assert crm.one(RecordKind.INTERVIEW)[1].fields["standing"] == ("canceled",)


def test_a_dry_run_asks_and_writes_nothing(tmp_path: Path) -> None:
    crm = Crm(tmp_path)
    crm.run(dry_run=True)
    assert crm.server.items == {}
    assert {operation for operation, _ in crm.server.log} == {"read"}


def test_a_stop_in_the_book_takes_the_follow_ups_back(tmp_path: Path) -> None:
    def for_ana() -> list[str]:
        follow_ups = crm.thought().follow_ups
        return [one.step for one in follow_ups if one.standing is Standing.WANTED and one.person and one.person.name]

    crm = Crm(tmp_path, USUAL)
    crm.run()
    assert for_ana() == ["thank_you"]
    card = next(r for r, item in crm.of(RecordKind.PERSON).items() if item.fields["name"] == ("Ana Lima",))
    crm.server.user_edit(card, silent=("yes",))
    crm.run()
    assert for_ana() == []
    crm.server.user_edit(card, silent=())
    crm.run()
    assert for_ana() == ["thank_you"]


@pytest.mark.parametrize("fault", [None, Fault.LOST_AFTER, Fault.CRASH_AFTER])
def test_a_card_that_was_the_wrong_ones_loses_our_lines_and_keeps_the_users(
    tmp_path: Path, fault: Fault | None
) -> None:
    crm = Crm(tmp_path, USUAL)
    wrong = crm.server.new_id()
    theirs: Fields = {"name": ("Ana Lima",), "emails": (ANA.email,), "phones": ("+49 30 1",)}
    crm.server.put(wrong, RecordKind.PERSON, theirs, key="")
    crm.run()
    assert "Initech" in crm.server.items[wrong].fields["block"][0]
    person = next(
        one.key for one in directory(crm.thought().applications, crm.thought().history) if one.name == "Ana Lima"
    )
    crm.world.record(FactKind.DIFFERENT, person, record=f"crm {wrong}")
    crm.server.user_edit(wrong, state=("Afterview", "friends"))
    if fault:
        crm.server.faults.plan("update", fault)
    for _ in range(3):
        try:
            crm.run()
        except Crash:
            continue
    left = crm.server.items[wrong].fields
    assert "block" not in left
    assert left["state"] == ("Afterview", "friends")
    assert {name: left[name] for name in theirs} == theirs
    own = [r for r, item in crm.of(RecordKind.PERSON).items() if item.key == person and r != wrong]
    assert len(own) == 1
    assert "Initech" in crm.server.items[own[0]].fields["block"][0]
