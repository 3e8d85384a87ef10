"""What a CRM and the next events show of somebody who was forgotten: nothing comes back, and nothing is made twice."""

from pathlib import Path

import pytest

from afterview.sync.engine import forgetting
from afterview.sync.ledger import Ledger
from afterview.sync.ledger.store import FILE
from afterview.sync.model import Contact, FactKind, Participant, RecordKind, Reply
from afterview.sync.people import directory
from tests.fakes.faults import Fault
from tests.unit.sync.engine.crm import Crm
from tests.unit.sync.engine.world import ANA, BO, DAY, HOUR, MONDAY, World, interview


def people(world: World) -> list[Contact]:
    thought = world.thought()
    return list(directory(thought.applications, thought.history))


def ana(world: World) -> Contact:
    return next(one for one in people(world) if one.name == ANA.name)


def forget(world: World, one: Contact) -> tuple[forgetting.Copy, ...]:
    with Ledger.open(world.path) as ledger:
        left = forgetting.remains(ledger, one, world.thought())
        forgetting.forget(ledger, one, world.thought(), world.now, "cli")
    return left


def names_in(path: Path) -> bool:
    # what a calendar's own text says stays
    held = b"".join(file.read_bytes() for file in path.glob(f"{FILE}*"))
    return ANA.name.encode() in held or ANA.email.encode() in held


@pytest.mark.parametrize("told_of", ["the person", "the feedback call"])
def test_a_note_in_the_crm_stays_the_only_one_and_nothing_of_it_is_kept_here(tmp_path: Path, told_of: str) -> None:
    crm = Crm(tmp_path)
    crm.run()
    about = {"person": ANA.name, "email": ANA.email, "company": "Initech"}
    application = crm.thought().applications[0].key
    if told_of == "the person":
        key = ana(crm.world).key
        crm.world.record(FactKind.ADVICE, key, note="Speak slower.", application=application, **about)
    else:
        said = {"step": "feedback", "note": "Speak slower.", "application": application}
        crm.world.record(FactKind.COMPLETED, "t-call", **said, **about)
    crm.run()
    note, stored = crm.one(RecordKind.NOTE)
    left = forget(crm.world, ana(crm.world))
    assert f"note {note}" in {copy.title for copy in left}
    assert not names_in(crm.world.path)
    for _ in range(2):
        crm.run()
    assert crm.of(RecordKind.NOTE) == {note: stored}
    assert not names_in(crm.world.path)


def test_a_write_that_nobody_knows_the_end_of_brings_nobody_back(tmp_path: Path) -> None:
    crm = Crm(tmp_path)
    crm.server.faults.plan("create", None, Fault.LOST_AFTER)  # the company is made, then the first of the people
    crm.run()
    one = ana(crm.world)
    forget(crm.world, one)
    crm.run()
    assert not names_in(crm.world.path)
    with Ledger.open(crm.world.path) as ledger:
        assert [link for link in ledger.records.links(kind=RecordKind.PERSON) if link.key in one.keys] == []


def test_who_shares_a_mailbox_stays_forgotten(tmp_path: Path) -> None:
    world = World(tmp_path, MONDAY + DAY)
    box = "lima.ek@initech.example"
    guests = [Participant(box, name, Reply.ACCEPTED) for name in ("Ana Lima", "Bo Ek")]
    world.enter(interview(guests=guests[:1]), interview("u2", MONDAY + 5 * HOUR, guests=guests[1:]))
    world.run()
    forget(world, ana(world))
    world.enter(
        interview("u3", MONDAY + 2 * DAY, guests=(Participant("ana@home.example", "Ana Lima", Reply.ACCEPTED),))
    )
    world.run(at=MONDAY + 3 * DAY)
    assert {one.name for one in people(world)} == {"Bo Ek", "Initech Talent"}


def test_a_namesake_with_an_address_of_their_own_is_not_forgotten(tmp_path: Path) -> None:
    world = World(tmp_path, MONDAY + DAY)
    namesake = Participant("a.lima@initech.example", "Ana Lima", Reply.ACCEPTED)
    world.enter(interview(guests=(ANA, namesake, BO)))
    world.run()
    forget(world, next(one for one in people(world) if one.emails == (ANA.email,)))
    world.run(at=MONDAY + 2 * DAY)
    assert {one.emails for one in people(world) if one.name == "Ana Lima"} == {(namesake.email,)}


def test_a_copied_follow_up_is_told_of_and_not_made_again(tmp_path: Path) -> None:
    crm = Crm(tmp_path)
    crm.run()
    (copy,) = [r for r, item in crm.of(RecordKind.TASK).items() if ANA.name in item.fields["name"][0]]
    assert f"task {copy}" in {one.title for one in forget(crm.world, ana(crm.world))}
    before = crm.of(RecordKind.TASK)
    for _ in range(2):
        crm.run()
    assert crm.of(RecordKind.TASK).keys() >= before.keys()
    assert [r for r, item in crm.of(RecordKind.TASK).items() if ANA.name in item.fields["name"][0]] == [copy]
    assert not names_in(crm.world.path)
