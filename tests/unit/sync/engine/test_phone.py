"""What the user does on the phone comes back, is kept for ever, and is never undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from afterview.sync.model import Event, EventStatus, FactKind, Outcome, TaskFields, TaskStatus
from tests.fakes.memory import Fault
from tests.unit.sync.engine.world import BO, DAY, HOUR, MONDAY, World, interview

AFTER = MONDAY + 2 * HOUR


@pytest.fixture
def thanked(world: World) -> tuple[World, str]:
    """A world in which one thank-you stands on the phone."""
    world.enter(interview())
    world.run(at=AFTER)
    return world, world.only("thank_you")[0]


def _outcomes(world: World) -> list[Outcome | None]:
    return [one.outcome for one in world.thought().applications]


def test_a_tick_is_kept_also_when_the_event_changes(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_complete(remote_id, AFTER + HOUR)
    world.passes(2)
    world.enter(interview(hours=2), interview("u2", MONDAY + HOUR * 0.5))
    world.passes(3)
    assert world.items()[remote_id].status is TaskStatus.DONE
    assert world.open_steps() == ["ask_outcome"]


def test_a_tick_taken_back_opens_it_again(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_complete(remote_id, AFTER + HOUR)
    world.run()
    world.tasks.phone_reopen(remote_id)
    world.passes(2)
    assert world.items()[remote_id].status is TaskStatus.OPEN


def test_a_moved_task_stays_moved_and_rings_at_its_new_time(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    moved = MONDAY + 3 * DAY
    world.tasks.phone_edit(remote_id, due_at=moved)
    world.passes(2)
    world.enter(interview(hours=1.5))
    world.passes(2)
    fields = world.items()[remote_id]
    assert (fields.due_at, fields.ring_at) == (moved, moved)


def test_an_alarm_relative_to_the_moved_due_rings_at_the_new_time_too(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    before = world.items()[remote_id]
    assert before.due_at
    assert before.ring_at
    world.tasks.phone_edit(remote_id, due_at=before.due_at + 2 * DAY, ring_at=before.ring_at + 2 * DAY)
    world.passes(2)
    assert world.items()[remote_id].ring_at == before.due_at + 2 * DAY


@pytest.mark.parametrize("field", ["snoozed_until", "ring_at"])
def test_a_snoozed_alarm_is_left_as_the_phone_set_it(thanked: tuple[World, str], field: str) -> None:
    world, remote_id = thanked
    world.tasks.phone_edit(remote_id, **{field: AFTER + 20 * HOUR})
    writes = len(world.tasks.writes())
    world.passes(3)
    assert len(world.tasks.writes()) == writes
    assert any(fact.kind is FactKind.SNOOZED for fact in world.facts())


def test_a_new_title_and_notes_survive_every_change_of_the_event(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    notes = world.items()[remote_id].notes
    world.tasks.phone_edit(remote_id, title="Write to Ana", notes=notes + "\nmention the demo")
    world.run()
    world.enter(interview(hours=2))
    world.passes(2)
    fields = world.items()[remote_id]
    assert fields.title == "Write to Ana"
    assert fields.notes.endswith("mention the demo")
    assert fields.due_at == MONDAY + 2 * HOUR + DAY


def test_a_deleted_task_never_comes_back(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_delete(remote_id)
    world.passes(2)
    world.enter(interview(hours=2))
    world.passes(3)
    assert remote_id not in world.items()


def test_deleted_at_the_very_moment_it_was_to_be_withdrawn_it_never_comes_back(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.enter(interview(status=EventStatus.CANCELLED))
    world.tasks.watch.between(1, lambda: world.tasks.phone_delete(remote_id))  # after the listing, before the deletion
    world.run()
    assert ("delete", remote_id) in world.tasks.log
    world.enter(interview())
    world.passes(3)
    assert remote_id not in world.items()


def test_a_cancelled_task_stays_cancelled(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_cancel(remote_id)
    world.enter(interview(hours=2))
    writes = len(world.tasks.writes())
    world.passes(3)
    assert world.items()[remote_id].status is TaskStatus.CANCELLED
    assert remote_id not in [target for _, target in world.tasks.writes()[writes:]]


def test_a_client_that_rewrites_by_itself_changes_nothing(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_touch(remote_id)
    facts, writes = world.facts(), len(world.tasks.writes())
    world.passes(2)
    assert world.facts() == facts
    assert len(world.tasks.writes()) == writes


def test_foreign_tasks_are_never_touched(thanked: tuple[World, str]) -> None:
    world, _ = thanked
    own = world.tasks.phone_add("milk", "Buy milk")
    before = world.tasks.items[own]
    world.passes(3)
    assert world.tasks.items[own] == before
    assert own not in [target for _, target in world.tasks.writes()]


def test_the_tick_on_heard_from_records_a_no(world: World) -> None:
    world.enter(interview(guests=(BO,)))
    world.run(at=AFTER)
    world.tasks.phone_complete(world.only("ask_outcome")[0], AFTER + DAY)
    world.run(at=AFTER + DAY + HOUR)
    assert _outcomes(world) == [Outcome.NO]
    assert {"feedback", "check_in"} <= set(world.open_steps())
    world.tasks.phone_reopen(world.only("ask_outcome")[0])
    world.passes(2)
    assert _outcomes(world) == [None]
    assert not {"feedback", "check_in"} & set(world.open_steps())


@pytest.mark.parametrize(
    ("word", "outcome"), [("next", Outcome.ADVANCED), ("Offer!", Outcome.OFFER), ("withdrawn", Outcome.WITHDRAWN)]
)
def test_a_word_in_the_notes_records_that_instead(world: World, word: str, outcome: Outcome) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, fields = world.only("ask_outcome")
    world.tasks.phone_edit(remote_id, notes=f"{word}\nthey called\n\n{fields.notes}")
    world.run()
    assert _outcomes(world) == [outcome]
    assert world.thought().applications[0].outcome_note == "they called"


def test_a_list_that_is_suddenly_empty_changes_nothing(world: World) -> None:
    world.enter(*(interview(f"u{n}", MONDAY + n * HOUR * 3, company=f"Firm{n}x") for n in range(4)))
    world.run(at=MONDAY + DAY)
    before, facts = world.items(), len(world.facts())
    for _ in range(3):
        world.tasks.faults.plan("read", Fault.EMPTY)
        report = world.run(at=world.now + timedelta(minutes=20))
        assert report.accounts[0].held
    assert len(world.facts()) == facts
    assert world.items() == before
    assert not world.run(at=world.now + HOUR).accounts[0].held


def test_one_task_missing_once_proves_nothing(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.faults.plan("read", Fault.EMPTY)
    world.run(full=True)
    world.run(full=True)
    assert not [fact for fact in world.facts() if fact.kind is FactKind.DISMISSED]
    assert remote_id in world.items()


def test_missing_twice_ten_minutes_apart_is_a_deletion(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.items.pop(remote_id)  # a server that does not tell removals
    world.run(full=True)
    world.passes(3)
    assert [fact.subject for fact in world.facts() if fact.kind is FactKind.DISMISSED]
    assert remote_id not in world.items()


def test_outcome_accepted_withdraws_and_its_undoing_restores(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.outcome("accepted")
    world.run()
    assert world.open_steps() == []
    outcome = next(fact for fact in world.facts() if fact.kind is FactKind.OUTCOME)
    world.record(FactKind.UNDONE, str(outcome.id))
    world.run()
    assert world.open_steps() == ["ask_outcome", "thank_you"]
    assert remote_id in world.items()


def test_a_cancelled_interview_that_is_on_again_reopens_what_we_cancelled(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_edit(remote_id, notes=world.items()[remote_id].notes + "\nmine")
    world.enter(interview(status=EventStatus.CANCELLED))
    world.run()
    assert world.items()[remote_id].status is TaskStatus.CANCELLED
    world.enter(interview())
    world.run()
    fields = world.items()[remote_id]
    assert fields.status is TaskStatus.OPEN
    assert fields.ring_at
    assert isinstance(fields, TaskFields)


def test_a_due_time_taken_away_stays_away(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_edit(remote_id, due_at=None)
    world.run()
    world.enter(interview(hours=2))
    world.passes(2)
    assert world.items()[remote_id].due_at is None


def test_a_moved_alarm_leaves_the_deadline_to_the_interview(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_edit(remote_id, ring_at=AFTER + 5 * HOUR)
    world.run()
    world.enter(interview(hours=2))
    world.passes(2)
    fields = world.items()[remote_id]
    assert (fields.due_at, fields.ring_at) == (MONDAY + 2 * HOUR + DAY, AFTER + 5 * HOUR)


def test_a_moved_deadline_stays_when_the_alarm_is_moved_later(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_edit(remote_id, due_at=MONDAY + 3 * DAY)
    world.run()
    world.tasks.phone_edit(remote_id, ring_at=AFTER + 5 * HOUR)
    world.run()
    world.enter(interview(hours=2))
    world.passes(2)
    assert world.items()[remote_id].due_at == MONDAY + 3 * DAY


def test_what_we_cancelled_and_the_user_opened_again_stays_open(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_edit(remote_id, title="Mine")
    world.enter(interview(status=EventStatus.CANCELLED))
    world.run()
    assert world.items()[remote_id].status is TaskStatus.CANCELLED
    world.tasks.phone_reopen(remote_id)
    world.passes(3)
    assert world.items()[remote_id].status is TaskStatus.OPEN


def test_ticking_a_question_that_was_taken_back_answers_nothing(world: World) -> None:
    world.enter(interview())
    world.run(at=AFTER)
    remote_id, _ = world.only("ask_outcome")
    world.tasks.phone_edit(remote_id, title="Mine")
    world.run()
    world.outcome("offer")
    world.run()
    assert world.items()[remote_id].status is TaskStatus.CANCELLED
    world.tasks.phone_complete(remote_id, AFTER + HOUR)
    world.passes(2)
    assert _outcomes(world) == [Outcome.OFFER]


def test_finished_tasks_are_tidied_away_in_heaps(world: World) -> None:
    world.enter(*(interview(f"u{n}", MONDAY + n * HOUR, company=f"Firm{n}x") for n in range(8)))
    world.run(at=MONDAY + DAY)
    for remote_id in world.items("thank_you"):
        world.tasks.phone_complete(remote_id, world.now)
    world.run()
    for remote_id in world.items("thank_you"):
        world.tasks.phone_delete(remote_id)
    report = world.run()
    assert not report.accounts[0].held
    world.passes(2)
    assert world.items("thank_you") == {}


def test_a_task_ticked_twice_over_is_known_once(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    world.tasks.phone_complete(remote_id, AFTER)
    world.run()
    item = world.tasks.items[remote_id]
    world.tasks.phone_delete(remote_id)
    world.run()
    world.tasks.put(remote_id, item.fields, key=item.key)
    world.run()
    assert [fact.kind for fact in world.facts()].count(FactKind.COMPLETED) == 1


def _doubtful() -> Event:
    """An entry of one's own that may or may not be a job interview."""
    return Event(
        "home", "Personal", "/d.ics", "d", MONDAY, MONDAY + HOUR, title="Interview Lumiar", zone="Europe/Berlin"
    )


@pytest.fixture
def doubted(world: World) -> tuple[World, str]:
    """A world in which the phone asks whether an event was an interview."""
    world.enter(_doubtful())
    world.run(at=AFTER)
    assert world.open_steps() == ["ask_interview"]
    return world, world.only("ask_interview")[0]


def test_a_doubtful_event_is_asked_about_and_a_tick_says_yes(doubted: tuple[World, str]) -> None:
    world, remote_id = doubted
    assert "Lumiar" in world.items()[remote_id].title
    world.tasks.phone_complete(remote_id, AFTER + HOUR)
    world.passes(2)
    assert "ask_outcome" in world.open_steps()
    world.tasks.phone_reopen(remote_id)
    world.passes(2)
    assert world.open_steps() == ["ask_interview"]


def test_deleting_the_question_says_no_for_good(doubted: tuple[World, str]) -> None:
    world, remote_id = doubted
    world.tasks.phone_delete(remote_id)
    world.passes(3)
    assert world.items() == {}
    assert world.thought().history.verdicts == {world.facts()[-1].subject: "no"}


def test_nobody_is_asked_for_ever(doubted: tuple[World, str]) -> None:
    world, _ = doubted
    world.run(at=AFTER + 4 * DAY)
    assert world.items() == {}


def test_a_tick_counts_also_where_the_user_has_taken_our_mark_out(thanked: tuple[World, str]) -> None:
    world, remote_id = thanked
    item = world.items()[remote_id]
    world.tasks.put(remote_id, replace(item, notes="mine alone", context=""), key="")
    world.tasks.phone_complete(remote_id, AFTER + HOUR)
    world.passes(2)
    assert [one.subject for one in world.facts() if one.kind is FactKind.COMPLETED] == [remote_id[4:-4]]
    assert world.open_steps() == ["ask_outcome"]
