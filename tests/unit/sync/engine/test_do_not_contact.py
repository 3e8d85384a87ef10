"""Whoever is not to be contacted is in no follow-up, by whatever name or address an event knows them."""

from pathlib import Path

import pytest

from afterview.sync.model import Contact, FactKind, Participant, Person, Reply, Standing
from afterview.sync.people import directory
from tests.unit.sync.engine.world import ANA, DAY, MONDAY, World, interview

PRIVATE = Participant("ana@home.example", "Ana Lima", Reply.ACCEPTED)
UNADDRESSED = Participant("", "Ana Lima", Reply.ACCEPTED)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, MONDAY - DAY)
    made.enter(interview())
    made.run()
    return made


def ana(world: World, email: str = ANA.email) -> Contact:
    thought = world.thought()
    return next(one for one in directory(thought.applications, thought.history) if email in one.emails)


def thanked(world: World) -> list[Person]:
    found = (one for one in world.thought().follow_ups if one.standing is Standing.WANTED and one.step == "thank_you")
    return [one.person for one in found if one.person is not None and one.person.name == ANA.name]


def test_a_stop_holds_where_an_event_gives_the_name_alone(world: World) -> None:
    world.enter(interview("u2", MONDAY + 3 * DAY, guests=(UNADDRESSED,)))
    world.run(at=MONDAY + 5 * DAY)
    assert len(thanked(world)) == 2
    world.record(FactKind.PERSON, ana(world).key, contact="no")
    assert thanked(world) == []


def test_a_stop_holds_under_an_address_that_the_user_said_is_the_same_persons(world: World) -> None:
    world.enter(interview("u2", MONDAY + 3 * DAY, guests=(PRIVATE,)))
    world.run(at=MONDAY + 5 * DAY)
    world.record(FactKind.PERSON, ana(world).key, contact="no")
    assert [one.email for one in thanked(world)] == [PRIVATE.email]  # one name, but it may be somebody else
    world.record(FactKind.SAME, ana(world, PRIVATE.email).key, **{"as": ana(world).key})
    assert thanked(world) == []
