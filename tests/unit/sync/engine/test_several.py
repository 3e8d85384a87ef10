"""Several machines, several copies, a ledger lost or a list changed: what one side knows and another does not."""

from datetime import timedelta

import pytest

from afterview.sync.engine.settled import spelled
from afterview.sync.model import EventStatus, FactKind, TaskStatus
from tests.fakes.memory import EventServer, Fault
from tests.unit.sync.engine.world import ANA, BO, DAY, HOUR, MONDAY, World, interview

AFTER = MONDAY + 2 * HOUR


@pytest.fixture
def pair(world: World) -> tuple[World, World]:
    """Two machines, each of which knows the tasks of one interview."""
    other = World(world.path / "other", events=world.events, tasks=world.tasks)
    other.run()
    world.enter(interview())
    for one in (world, other):
        one.run(at=AFTER)
    return world, other


def _kinds(world: World) -> set[FactKind]:
    return {fact.kind for fact in world.facts()} - {FactKind.STARTED}


def test_what_another_machine_wrote_is_not_the_users_edit(pair: tuple[World, World]) -> None:
    world, other = pair
    world.enter(interview(hours=2))
    world.run()
    other.run()
    assert _kinds(other) == set()
    world.enter(interview(hours=3))
    other.run(at=AFTER + 2 * HOUR)
    assert world.only("thank_you")[1].due_at == MONDAY + 3 * HOUR + DAY


def test_an_event_tidied_away_while_one_machine_was_off_still_deserves_its_thanks(world: World) -> None:
    other = World(world.path / "other", events=world.events, tasks=world.tasks)
    world.enter(interview())
    other.run()
    world.run(at=AFTER)
    world.events.drop("Personal", "/u1.ics")
    other.run(at=AFTER + DAY)
    other.passes(3)
    assert world.open_steps() == ["ask_outcome", "thank_you"]


def test_a_task_that_is_put_back_is_looked_after_again(pair: tuple[World, World]) -> None:
    world, other = pair
    world.enter(interview(status=EventStatus.CANCELLED))
    world.run()
    other.run()
    world.enter(interview())
    world.run()
    other.run()
    world.enter(interview(hours=2))
    other.run()
    assert world.only("thank_you")[1].due_at == MONDAY + 2 * HOUR + DAY


def test_a_lost_ledger_takes_our_own_words_for_nobodys_edit(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    world.tasks.phone_complete(world.only("ask_outcome")[0], AFTER + HOUR)
    world.run(at=AFTER + HOUR)
    world.tasks.phone_complete(world.only("feedback")[0], AFTER + DAY)
    world.run(at=AFTER + DAY)
    assert "thank_advice" in world.open_steps()
    world.forget_everything()
    world.passes(2)
    assert _kinds(world) == {FactKind.OUTCOME, FactKind.COMPLETED}


def test_a_new_title_survives_a_lost_ledger_and_a_calendar_that_cannot_be_read(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("thank_you")
    world.tasks.phone_edit(remote_id, title="Mine")
    world.forget_everything()
    world.events.faults.plan("read", Fault.NOT_READY)
    world.run()
    world.passes(2)
    assert world.items()[remote_id].title == "Mine"


def test_an_outcome_taken_back_is_not_believed_again_because_of_an_old_task(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    world.outcome("no")
    world.run()
    remote_id, fields = world.only("feedback")
    world.tasks.phone_edit(remote_id, notes=fields.notes + "\nmine")
    world.run()
    world.record(FactKind.UNDONE, str(next(fact.id for fact in world.facts() if fact.kind is FactKind.OUTCOME)))
    world.run()
    assert world.items()[remote_id].status is TaskStatus.CANCELLED
    world.forget_everything()
    world.passes(2)
    assert FactKind.OUTCOME not in _kinds(world)


def test_a_copy_whose_original_is_deleted_takes_its_place(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("thank_you")
    copy = world.tasks.phone_copy(remote_id, "zz-copy")
    world.tasks.phone_delete(remote_id)
    world.passes(2)
    assert list(world.items("thank_you")) == [copy]
    world.enter(interview(hours=2))
    world.run()
    assert world.items()[copy].due_at == MONDAY + 2 * HOUR + DAY


@pytest.mark.parametrize("ticked", ["original", "copy"])
def test_of_two_copies_the_ticked_one_counts(world: World, ticked: str) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("thank_you")
    copy = world.tasks.phone_copy(remote_id, "aa-copy")
    world.tasks.phone_complete(remote_id if ticked == "original" else copy, AFTER)
    world.passes(3)
    assert [one.status for one in world.items("thank_you").values()] == [TaskStatus.DONE]


def test_edits_on_both_of_two_copies_are_kept(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, fields = world.only("thank_you")
    copy = world.tasks.phone_copy(remote_id, "aa-copy")
    world.tasks.phone_edit(remote_id, title="Mine")
    world.tasks.phone_edit(copy, notes=f"hers too\n{fields.notes}")
    world.passes(2)
    (left,) = world.items("thank_you").values()
    told = [value for fact in world.facts() for value in fact.value.values()]
    assert left.title == "Mine"
    assert "hers too" in left.notes or "hers too" in told


def test_a_double_that_could_not_be_deleted_goes_later(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    world.tasks.phone_copy(world.only("thank_you")[0], "aa-copy")
    world.tasks.faults.plan("delete", Fault.LOST_BEFORE)
    world.run()
    assert len(world.items("thank_you")) == 2
    world.run()
    assert len(world.items("thank_you")) == 1


def test_another_list_begins_anew_and_going_back_finds_everything(world: World) -> None:
    world.enter(interview(guests=(ANA, BO)))
    world.run(at=AFTER)
    first = world.tasks
    done = min(world.items("thank_you"))
    first.phone_complete(done, AFTER)
    world.run()
    world.list_name, world.tasks = "Second", type(first)()
    report = world.run()
    assert world.open_steps() == ["ask_outcome", "thank_you"]
    assert any("Interviews" in problem for problem in report.accounts[0].problems)
    world.list_name, world.tasks = "Interviews", first
    world.passes(2)
    world.enter(interview(hours=2, guests=(ANA, BO)))
    world.run()
    assert world.items()[done].status is TaskStatus.DONE
    (still_open,) = (one for one in world.items("thank_you").values() if one.status is TaskStatus.OPEN)
    assert still_open.due_at == MONDAY + 2 * HOUR + DAY


def test_a_calendar_that_fails_stops_neither_the_others_nor_the_list(world: World) -> None:
    world.calendars = ("Gone", "Personal")
    world.enter(interview())
    world.events.faults.plan("read", Fault.NOT_READY)
    report = world.run(at=AFTER)
    assert (report.accounts[0].state, report.accounts[0].partly) == ("waiting", True)
    assert world.open_steps() == ["ask_outcome", "thank_you"]


def test_an_interview_missing_from_one_listing_gets_its_thanks_once_it_is_back(world: World) -> None:
    world.enter(interview())
    world.run()
    world.events.faults.plan("read", Fault.EMPTY)
    world.run(at=AFTER, full=True)
    assert world.items() == {}
    world.run(at=AFTER + timedelta(minutes=1))
    assert world.open_steps() == ["ask_outcome", "thank_you"]


def test_a_change_held_back_while_a_task_was_missing_is_made_once_it_is_back(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    world.enter(interview(hours=2))
    world.tasks.faults.plan("read", Fault.EMPTY)
    world.run(full=True)
    world.run(full=True)
    assert world.only("thank_you")[1].due_at == MONDAY + 2 * HOUR + DAY


def test_what_we_cancelled_and_the_user_tidied_away_is_made_again_when_the_interview_is_on(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("thank_you")
    world.tasks.phone_edit(remote_id, title="Mine")
    world.enter(interview(status=EventStatus.CANCELLED))
    world.run()
    world.tasks.items.pop(remote_id)  # a server that does not tell removals
    world.run(full=True)
    world.enter(interview())
    world.passes(3)
    assert world.only("thank_you")[1].status is TaskStatus.OPEN


def test_of_two_copies_that_nobody_knows_the_words_of_both_are_kept(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("thank_you")
    world.tasks.phone_copy(remote_id, "zz-copy")
    world.tasks.phone_edit(remote_id, title="Mine")
    world.events.drop("Personal", "/u1.ics")
    world.forget_everything()
    world.passes(3)
    titles = [one.title for one in world.items("thank_you").values()]
    assert len(titles) == 1
    assert "Mine" in [*titles, *(value for fact in world.facts() for value in fact.value.values())]


def test_settings_are_spelled_alike_in_every_process(world: World) -> None:
    words = spelled(world.settings)
    assert words == spelled(World(world.path).settings)
    assert " at 0x" not in words
    assert "frozenset" not in words


def test_a_quiet_pass_thinks_of_nothing(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    world.events = EventServer(world.events.entries, world.events.removed, world.events.version)
    report = world.run(at=AFTER + timedelta(minutes=1))
    assert report.accounts[0].requests == 2
    assert report.accounts[0].lines == []
