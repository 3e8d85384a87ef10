"""A clock that is wrong harms nothing for longer than it is wrong."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from afterview.sync.errors import StateError
from tests.fakes.faults import PAUSE
from tests.fakes.memory import Fault, remote_id_of
from tests.unit.sync.engine.world import DAY, HOUR, MONDAY, World, interview

AFTER = MONDAY + 2 * HOUR


@pytest.mark.parametrize("ahead", [20 * HOUR, 400 * DAY])
def test_after_a_pass_that_was_ahead_everything_is_as_without_it(world: World, ahead: timedelta) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    before = world.items()
    assert before
    world.run(at=AFTER + HOUR + ahead)
    world.run(at=AFTER + HOUR, trust_clock=True)
    world.passes(2)
    assert world.items() == before


def test_what_was_refused_under_a_clock_that_was_ahead_is_tried_the_day_after(world: World) -> None:
    world.enter(interview())
    key = next(one.keys[0] for one in world.thought_at(AFTER).follow_ups if one.step == "thank_you")
    world.tasks.refuses.add(remote_id_of(key))
    world.run(at=AFTER + 20 * HOUR)
    assert "thank_you" not in world.open_steps()
    world.tasks.refuses.clear()
    world.run(at=AFTER + HOUR)
    assert "thank_you" in world.open_steps()


def test_a_pause_that_was_asked_for_in_a_far_future_is_not_kept(world: World) -> None:
    world.tasks.watch.now = AFTER + 400 * DAY
    world.tasks.faults.plan("read", Fault.BUSY)
    assert world.run(at=AFTER + 400 * DAY).accounts[0].state == "waiting"
    world.enter(interview())
    assert world.run(at=AFTER, trust_clock=True).accounts[0].state == "ok"
    assert "thank_you" in world.open_steps()


def test_a_first_start_in_the_future_hides_no_interview(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run(at=MONDAY + 400 * DAY)
    world.run(at=MONDAY - DAY, trust_clock=True)
    world.enter(interview())
    world.run(at=AFTER)
    assert "thank_you" in world.open_steps()


@pytest.mark.parametrize("now", [datetime(1970, 1, 1, 0, 7, tzinfo=UTC), MONDAY - 40 * DAY])
def test_a_clock_that_is_far_behind_is_refused_and_nothing_is_done(world: World, now: datetime) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    before, asked = world.items(), len(world.tasks.log)
    with pytest.raises(StateError, match=r"The clock says (1970|2026)-.* nothing was done. Set the clock right"):
        world.run(at=now)
    assert (world.items(), len(world.tasks.log)) == (before, asked)
    world.run(at=AFTER + HOUR)
    assert world.items() == before


def test_before_the_moment_that_a_service_asked_to_wait_for_it_is_not_asked(world: World) -> None:
    world.enter(interview())
    world.tasks.watch.now = AFTER
    world.tasks.faults.plan("read", Fault.BUSY)
    assert world.run(at=AFTER).accounts[0].state == "waiting"
    asked = len(world.tasks.log)
    assert world.run(at=AFTER + PAUSE - timedelta(minutes=1)).accounts[0].state == "waiting"
    assert len(world.tasks.log) == asked
    assert world.run(at=AFTER + PAUSE).accounts[0].state == "ok"
    assert "thank_you" in world.open_steps()
