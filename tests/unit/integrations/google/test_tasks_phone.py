"""What the user does on the phone with a Google task and its reminder comes back, and is never undone."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from afterview.sync.model import EventStatus, FactKind
from tests.unit.integrations.google.world import AFTER, GoogleWorld
from tests.unit.sync.engine.world import BO, DAY, HOUR, MONDAY, interview

THANK, ASK = "Thank", "Heard from"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[GoogleWorld]:
    made = GoogleWorld(tmp_path / "state")
    made.sync(MONDAY - 3 * DAY)
    yield made
    made.close()


@pytest.fixture
def home(fresh: GoogleWorld) -> GoogleWorld:
    """A world in which a thank-you and a question stand on the phone."""
    fresh.world.enter(interview())
    fresh.sync(AFTER)
    return fresh


def after_everything(home: GoogleWorld) -> None:
    """The event gets longer, the ledger is lost, passes go by."""
    home.world.enter(interview(hours=1.5))
    home.settle(2)
    home.lose_ledger()
    home.settle(3)


def test_a_task_and_its_reminder_are_as_they_must_be(home: GoogleWorld) -> None:
    task, event = home.only(THANK), home.event(THANK)
    assert task["due"] == "2026-09-08T00:00:00.000Z"
    assert task["status"] == "needsAction"
    assert task["notes"].rpartition("\n")[2].startswith("av:T")
    assert home.rings(THANK) == ["09-07 16:00"]  # 18:00 in Berlin
    assert event["visibility"] == "private"
    assert event["transparency"] == "transparent"
    assert event["reminders"] == {"useDefault": False, "overrides": [{"method": "popup", "minutes": 0}]}
    assert "attendees" not in event
    assert event["id"].startswith("av")
    home.quiet()


def test_each_interviewer_gets_one_of_each(fresh: GoogleWorld) -> None:
    fresh.world.enter(interview(guests=(interview().attendees[1], BO)))
    fresh.sync(AFTER)
    assert len(fresh.tasks(THANK)) == len(fresh.events(THANK)) == 2
    fresh.quiet()


def test_a_tick_is_kept_and_silences_the_reminder(home: GoogleWorld) -> None:
    home.google.phone.complete(home.only(THANK)["id"])
    home.sync(AFTER + HOUR)
    assert home.events(THANK) == []
    home.settle(1)
    home.quiet()
    after_everything(home)
    assert home.only(THANK)["status"] == "completed"
    assert home.events(THANK) == []


def test_a_tick_taken_back_rings_as_it_would_have(home: GoogleWorld) -> None:
    home.google.phone.complete(home.only(THANK)["id"])
    home.sync(AFTER + HOUR)
    home.google.phone.reopen(home.only(THANK)["id"])
    home.settle(2)
    assert home.only(THANK)["status"] == "needsAction"
    assert home.rings(THANK) == ["09-07 16:00"]
    home.quiet()


def test_a_tick_taken_back_too_late_rings_no_more(home: GoogleWorld) -> None:
    home.google.phone.complete(home.only(THANK)["id"])
    home.sync(AFTER + HOUR)
    home.google.phone.reopen(home.only(THANK)["id"])
    home.sync(AFTER + DAY)
    home.settle(1)
    assert home.events(THANK) == []
    home.quiet()


def test_a_task_moved_to_another_day_takes_its_reminder_along(home: GoogleWorld) -> None:
    home.google.phone.snooze(home.only(THANK)["id"], date(2026, 9, 11))
    home.settle(2)
    assert home.rings(THANK) == ["09-11 16:00"]
    after_everything(home)
    assert home.only(THANK)["due"] == "2026-09-11T00:00:00.000Z"
    assert home.rings(THANK) == ["09-11 16:00"]
    home.quiet()


def test_a_reminder_moved_within_its_day_is_left_there(home: GoogleWorld) -> None:
    start = datetime.fromisoformat("2026-09-07T20:15:00+02:00")
    home.google.phone.move_event(home.reminders, home.event(THANK)["id"], start, start + timedelta(minutes=15))
    home.settle(2)
    after_everything(home)
    assert home.rings(THANK) == ["09-07 18:15"]
    assert home.only(THANK)["due"] == "2026-09-08T00:00:00.000Z"
    home.quiet()


def test_a_reminder_moved_beyond_its_day_takes_the_task_along(home: GoogleWorld) -> None:
    start = datetime.fromisoformat("2026-09-10T09:00:00+02:00")
    home.google.phone.move_event(home.reminders, home.event(THANK)["id"], start, start + timedelta(minutes=15))
    home.settle(2)
    assert home.only(THANK)["due"] == "2026-09-10T00:00:00.000Z"
    after_everything(home)
    assert home.rings(THANK) == ["09-10 07:00"]
    assert home.only(THANK)["due"] == "2026-09-10T00:00:00.000Z"
    home.quiet()


def test_a_deleted_reminder_rings_no_more_and_the_task_stays(home: GoogleWorld) -> None:
    home.google.phone.delete_event(home.reminders, home.event(THANK)["id"])
    home.settle(2)
    home.google.phone.edit(home.only(THANK)["id"], notes="hm\n" + home.only(THANK)["notes"])
    after_everything(home)
    assert home.events(THANK) == []
    assert home.only(THANK)["status"] == "needsAction"
    home.quiet()


def test_a_deleted_task_takes_its_reminder_along_and_stays_away(home: GoogleWorld) -> None:
    home.google.phone.delete(home.only(THANK)["id"])
    home.sync(AFTER + HOUR)
    assert home.events(THANK) == []
    home.world.enter(interview(hours=1.5))
    home.settle(3)
    assert home.tasks(THANK) == []
    assert FactKind.DISMISSED in {fact.kind for fact in home.world.facts()}
    home.quiet()


def test_a_task_moved_to_another_list_is_kept_up_there(home: GoogleWorld) -> None:
    other = home.google.tasks.add_list("Private")
    task_id = home.only(THANK)["id"]
    home.google.phone.move(task_id, other.id)
    home.settle(3)
    assert home.tasks(THANK) == []
    assert [task["id"] for task in home.tasks(THANK, other)] == [task_id]
    assert home.rings(THANK) == ["09-07 16:00"]
    home.google.phone.complete(task_id)
    home.settle(2)
    assert home.events(THANK) == []
    assert [fact.value["step"] for fact in home.world.facts() if fact.kind is FactKind.COMPLETED] == ["thank_you"]
    home.google.phone.reopen(task_id)
    home.google.phone.delete(task_id)
    home.settle(3)
    assert home.tasks(THANK, other) == []
    assert home.tasks(THANK) == []


def test_words_and_names_of_the_user_stay(home: GoogleWorld) -> None:
    task = home.only(THANK)
    home.google.phone.edit(
        task["id"], title="Write to Ana", notes="Ask about the team\n\n" + task["notes"] + "\nand pay"
    )
    home.settle(2)
    after_everything(home)
    kept = home.only("Write to Ana")
    assert kept["notes"].startswith("Ask about the team\n")
    assert "\nand pay" in kept["notes"]
    assert kept["notes"].count("av:T") == 1
    assert home.tasks(THANK) == []
    assert home.event("Write to Ana")["summary"] == "Write to Ana"  # the phone rings with the name it goes by
    home.quiet()


def test_a_task_whose_last_line_was_deleted_is_still_known(home: GoogleWorld) -> None:
    task = home.only(THANK)
    home.google.phone.edit(task["id"], title="Write to Ana", notes="nothing of theirs")
    home.settle(2)
    home.sync(home.world.now + DAY)  # read as a whole
    home.settle(1)
    assert len(home.tasks("Write to Ana")) == 1
    assert home.tasks(THANK) == []
    assert home.rings("Write to Ana") == ["09-07 16:00"]
    home.quiet()
    home.google.phone.complete(task["id"])
    home.settle(2)
    assert FactKind.COMPLETED in {fact.kind for fact in home.world.facts()}
    assert home.events("Write to Ana") == []
    assert len(home.tasks("Write to Ana")) == 1


def test_our_line_comes_back_with_our_next_change(home: GoogleWorld) -> None:
    task = home.only(ASK)
    home.google.phone.edit(task["id"], notes="nothing of theirs")
    home.settle(1)
    home.world.enter(interview(at=MONDAY - 3 * DAY))
    home.settle(2)
    assert "\nav:T" in home.only(ASK)["notes"]
    assert home.only(ASK)["notes"].startswith("nothing of theirs")


def test_what_is_not_called_for_any_more_goes_with_its_reminder(home: GoogleWorld) -> None:
    home.world.enter(interview(status=EventStatus.CANCELLED))
    home.sync(AFTER + HOUR)
    assert home.tasks() == []
    assert home.events() == []
    home.quiet()


def test_what_the_user_has_touched_is_crossed_out_and_comes_back_when_they_insist(home: GoogleWorld) -> None:
    task = home.only(THANK)
    home.google.phone.edit(task["id"], notes="my words\n" + task["notes"])
    home.settle(1)
    home.world.enter(interview(status=EventStatus.CANCELLED))
    home.settle(2)
    crossed = home.only("× Thank")
    assert crossed["status"] == "completed"
    assert crossed["notes"].startswith("my words")
    assert home.events(THANK) == []
    assert FactKind.COMPLETED not in {fact.kind for fact in home.world.facts()}
    home.quiet()
    home.google.phone.reopen(task["id"])
    home.settle(2)
    assert home.only(THANK)["status"] == "needsAction"
    home.google.phone.complete(task["id"])
    home.settle(2)
    assert FactKind.COMPLETED in {fact.kind for fact in home.world.facts()}


def test_a_ticked_question_is_a_no_and_the_next_steps_ring(home: GoogleWorld) -> None:
    home.sync(AFTER + 3 * DAY)
    home.google.phone.complete(home.only(ASK)["id"])
    home.settle(2)
    assert home.events(ASK) == []
    assert {"feedback", "check_in"} <= set(home.open_steps())
    assert len(home.events()) >= 2
    home.google.phone.reopen(home.only(ASK)["id"])
    home.settle(2)
    assert "feedback" not in home.open_steps()


def test_a_lost_ledger_makes_nothing_twice(home: GoogleWorld) -> None:
    before = {task["id"] for task in home.tasks()}
    home.lose_ledger()
    home.google.asked.clear()
    home.settle(3)
    assert {task["id"] for task in home.tasks()} == before
    assert home.writes() == []
    home.quiet()
