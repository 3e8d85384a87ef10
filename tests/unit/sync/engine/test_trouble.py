"""Lost answers, crashes, a lost ledger, second copies, refusals: nothing is lost, nothing is doubled."""

from collections.abc import Callable
from pathlib import Path

import pytest

from afterview.sync.model import Event, FactKind, TaskStatus
from tests.fakes.faults import Faults
from tests.fakes.memory import Crash, Fault
from tests.unit.sync.engine.world import ANA, BO, DAY, HOUR, MONDAY, World, interview

AFTER = MONDAY + 2 * HOUR


def _globex() -> Event:
    return interview("u2", MONDAY + 3 * HOUR, company="Globex")


def _quiet(world: World) -> None:
    """Faults stop; three passes run; a fourth writes nothing."""
    world.tasks.faults.clear()
    world.passes(3)
    writes = len(world.tasks.writes())
    world.run()
    assert len(world.tasks.writes()) == writes


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LOST_AFTER])
def test_a_lost_answer_to_a_create_makes_no_second_task(world: World, fault: Fault) -> None:
    world.enter(interview(guests=(ANA, BO)))
    world.tasks.faults.plan("create", fault)
    report = world.run(at=AFTER)
    assert report.accounts[0].uncertain == 1
    _quiet(world)
    assert len(world.items("thank_you")) == 2
    assert len(world.items("ask_outcome")) == 1


def test_what_cannot_be_looked_up_yet_is_not_sent_again_and_holds_nothing_else_up(world: World) -> None:
    world.enter(interview(guests=(ANA, BO)))
    world.tasks.faults.plan("create", Fault.LOST_BEFORE)
    world.run(at=AFTER)
    assert len(world.items()) == 2
    world.tasks.faults.plan("find", Fault.LOST_BEFORE, Fault.LOST_BEFORE)
    world.enter(_globex())
    world.passes(2, 3 * HOUR)
    assert len(world.items("thank_you")) + len(world.items("ask_outcome")) == 4
    _quiet(world)
    assert len(world.items()) == 5


def test_what_is_there_already_but_does_not_show_yet_is_adopted_once_it_does(world: World, tmp_path: Path) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    other = World(tmp_path / "other", AFTER, world.events, world.tasks)
    other.tasks.faults.plan("read", Fault.EMPTY)
    other.tasks.faults.plan("find", Fault.LOST_BEFORE, Fault.LOST_BEFORE)
    assert other.run().accounts[0].uncertain == 2
    _quiet(other)
    assert len(world.items()) == 2


@pytest.mark.parametrize("operation", ["create", "update", "delete", "read", "fetch", "find"])
@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_crash_at_any_request_ends_in_the_same_place(world: World, operation: str, fault: Fault) -> None:
    world.enter(interview(guests=(ANA, BO)), _globex())
    _survive(lambda: world.run(at=AFTER))
    world.tasks.faults.plan(operation, fault)
    _survive(lambda: world.run(at=AFTER + 4 * HOUR))
    world.events.drop("Personal", "/u2.ics")
    world.enter(interview(hours=2, guests=(ANA, BO)))
    _survive(lambda: world.run(at=AFTER + 5 * HOUR))
    _quiet(world)
    thanks = [one for one in world.items("thank_you").values() if one.status is TaskStatus.OPEN]
    assert sorted(one.due_at for one in thanks if one.due_at)[:2] == [MONDAY + 2 * HOUR + DAY] * 2
    keys = [item.key for item in world.tasks.items.values()]
    assert len(keys) == len(set(keys))
    assert not [fact for fact in world.facts() if fact.kind in {FactKind.DISMISSED, FactKind.SNOOZED, FactKind.NOTED}]


def _survive(run: Callable[[], object]) -> None:
    try:
        run()
    except Crash:
        return


def test_an_edit_between_a_lost_update_and_the_next_pass_is_the_users(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("thank_you")
    world.enter(interview(hours=2))
    world.tasks.faults.plan("update", Fault.LOST_AFTER)
    world.run()
    world.tasks.phone_edit(remote_id, title="Mine")
    _quiet(world)
    assert world.items()[remote_id].title == "Mine"
    assert world.items()[remote_id].due_at == MONDAY + 2 * HOUR + DAY
    assert not [fact for fact in world.facts() if fact.kind is FactKind.SNOOZED]


def test_a_lost_ledger_is_rebuilt_from_the_list(world: World) -> None:
    world.enter(interview(guests=(ANA, BO)))
    world.run(at=AFTER)
    first, second = sorted(world.items("thank_you"))
    world.tasks.phone_complete(first, AFTER + HOUR)
    world.tasks.phone_edit(second, title="Mine")
    world.run(at=AFTER + 2 * HOUR)
    world.forget_everything()
    before = world.items()
    _quiet(world)
    assert world.items() == before
    assert {FactKind.COMPLETED, FactKind.RENAMED} <= {fact.kind for fact in world.facts()}


def test_a_lost_ledger_does_not_lose_the_check_in(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    world.outcome("no")
    world.run(at=AFTER + HOUR)
    before = world.items()
    assert {"check_in", "feedback"} <= set(world.open_steps())
    world.forget_everything()
    _quiet(world)
    assert {one: f.due_at for one, f in world.items().items()} == {one: f.due_at for one, f in before.items()}


def test_two_machines_make_one_set_of_tasks(world: World) -> None:
    other = World(world.path / "other", events=world.events, tasks=world.tasks)
    other.run()
    world.enter(interview(guests=(ANA, BO)))
    for one in (world, other, world, other):
        one.run(at=AFTER)
    assert len(world.items("thank_you")) == 2
    assert len(world.items()) == 3
    writes = len(world.tasks.writes())
    for one in (world, other):
        one.passes(2)
    assert len(world.tasks.writes()) == writes


def test_a_second_copy_goes_and_the_edited_one_stays(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("thank_you")
    copy = world.tasks.phone_copy(remote_id, "zz-copy")
    world.tasks.phone_edit(copy, title="Mine")
    _quiet(world)
    assert [fields.title for fields in world.items("thank_you").values()] == ["Mine"]


def test_a_refused_task_is_parked_and_stops_no_other(world: World) -> None:
    world.enter(interview(guests=(ANA, BO)))
    world.tasks.faults.plan("create", Fault.REJECTED)
    report = world.run(at=AFTER)
    assert report.accounts[0].parked
    assert len(world.items()) == 2
    creates = len(world.tasks.writes())
    world.passes(2)
    assert len(world.tasks.writes()) == creates  # the same words are not sent again


def test_a_refused_task_is_tried_again_after_a_day(world: World) -> None:
    world.enter(interview())
    world.tasks.faults.plan("create", Fault.REJECTED)
    world.run(at=AFTER)
    assert len(world.items()) == 1
    world.run(at=AFTER + 23 * HOUR)
    assert len(world.items()) == 1
    world.run(at=AFTER + 25 * HOUR)
    assert len(world.items()) == 2


def test_a_lost_update_is_not_the_users_edit_even_if_the_event_has_changed_again(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    world.enter(interview(hours=1.5))
    world.tasks.faults.plan("update", Fault.LOST_AFTER)
    world.run()
    world.enter(interview(hours=2))
    _quiet(world)
    assert world.only("thank_you")[1].due_at == MONDAY + 2 * HOUR + DAY


def test_an_edit_between_our_look_and_our_write_is_the_users(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("thank_you")

    class Meddling(Faults):
        """The user is quicker by a moment."""

        def take(self, operation: str) -> Fault | None:
            if operation == "update" and world.items()[remote_id].title != "Mine":
                world.tasks.phone_edit(remote_id, title="Mine", due_at=MONDAY + 5 * DAY)
            return None

    world.enter(interview(hours=2))
    world.tasks.faults = Meddling()
    world.run()
    _quiet(world)
    fields = world.items()[remote_id]
    assert (fields.title, fields.due_at) == ("Mine", MONDAY + 5 * DAY)
    assert {FactKind.RENAMED, FactKind.SNOOZED} <= {fact.kind for fact in world.facts()}


def test_an_edit_of_the_notes_after_a_lost_update_does_not_take_our_text_for_the_users(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("thank_you")
    world.enter(interview(company="Initech", hours=26))
    world.tasks.faults.plan("update", Fault.LOST_AFTER)
    world.run(at=AFTER + 26 * HOUR)
    notes = world.items()[remote_id].notes
    world.tasks.phone_edit(remote_id, notes=notes + "\n\nmine")
    _quiet(world)
    noted = [fact.value["note"] for fact in world.facts() if fact.kind is FactKind.NOTED]
    assert noted == ["mine"]


@pytest.mark.parametrize(
    ("fault", "state", "code"), [(Fault.AUTH, "reauth", 3), (Fault.NOT_READY, "waiting", 4), (Fault.GONE, "gone", 3)]
)
def test_an_account_that_fails_is_reported_and_changes_nothing(
    world: World, fault: Fault, state: str, code: int
) -> None:
    world.enter(interview())
    world.tasks.faults.plan("read", fault)
    report = world.run(at=AFTER)
    assert (report.accounts[0].state, report.exit_code) == (state, code)
    assert report.accounts[0].error
    world.run()
    assert world.open_steps() == ["ask_outcome", "thank_you"]


def test_a_change_seen_before_the_list_failed_is_not_forgotten(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    world.enter(interview(hours=2))
    world.tasks.faults.plan("read", Fault.NOT_READY)
    world.run()
    world.run()
    assert world.only("thank_you")[1].due_at == MONDAY + 2 * HOUR + DAY


def test_a_dry_run_only_looks(world: World) -> None:
    world.enter(interview())
    facts = world.facts()
    report = world.run(at=AFTER, dry_run=True)
    assert [line.verb for line in report.accounts[0].lines] == ["create", "create"]
    assert world.tasks.writes() == []
    assert world.facts() == facts
    world.run()
    assert world.open_steps() == ["ask_outcome", "thank_you"]


def test_a_server_that_tells_no_etags_is_written_once(world: World) -> None:
    world.tasks.tells_etags = False
    world.enter(interview())
    world.run(at=AFTER)
    world.enter(interview(hours=2))
    _quiet(world)
    assert world.only("thank_you")[1].due_at == MONDAY + 2 * HOUR + DAY
    assert not [fact for fact in world.facts() if fact.kind is FactKind.SNOOZED]


def test_what_was_asked_before_a_lost_answer_can_be_asked_again(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    before = world.only("thank_you")[1].notes
    world.outcome("no")
    world.tasks.faults.plan("update", Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        world.run()
    assert world.only("thank_you")[1].notes != before
    world.record(FactKind.UNDONE, str(max(fact.id for fact in world.facts() if fact.kind is FactKind.OUTCOME)))
    _quiet(world)
    assert world.only("thank_you")[1].notes == before


def test_a_create_whose_answer_was_lost_is_not_sent_again_in_the_same_pass(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("thank_you")
    world.enter(interview(hours=2), _globex())
    world.tasks.faults.plan("create", Fault.LOST_AFTER)
    # the user renames it after the listing: the edit is a fact, and calls for a second plan
    world.tasks.watch.between(1, lambda: world.tasks.phone_edit(remote_id, title="Write to Ana"))
    world.run(at=MONDAY + 6 * HOUR)
    sent = [target for operation, target in world.tasks.log if operation == "create"]
    assert len(sent) == len(set(sent))
    assert world.items()[remote_id].title == "Write to Ana"
    _quiet(world)
    assert world.tasks.watch.breaches == []
