"""Lost answers, crashes between two requests, refusals: nothing doubles, nothing is lost, nothing is taken for an edit."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from afterview.cli.showcase.google.faults import Trouble
from afterview.sync.model import EventStatus, FactKind
from tests.unit.integrations.google.test_tasks_phone import ASK, THANK
from tests.unit.integrations.google.world import AFTER, GoogleWorld
from tests.unit.sync.engine.world import DAY, HOUR, MONDAY, interview

INSERT = "tasks.tasks.insert"
MINUTE = timedelta(minutes=1)
USERS = {FactKind.SNOOZED, FactKind.RENAMED, FactKind.NOTED, FactKind.DISMISSED, FactKind.REOPENED}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[GoogleWorld]:
    """A world with an interview that is over, and nothing on the phone yet."""
    made = GoogleWorld(tmp_path / "state")
    made.sync(MONDAY - 3 * DAY)
    made.world.enter(interview())
    made.google.asked.clear()
    yield made
    made.close()


def as_it_should_be(home: GoogleWorld) -> None:
    """One task and one reminder of each kind, no word of the user's, and quiet."""
    home.settle(3)
    assert [len(home.tasks(words)) for words in (THANK, ASK)] == [1, 1]
    assert home.rings(THANK) == ["09-07 16:00"]
    assert len(home.rings(ASK)) == 1
    assert not USERS & {fact.kind for fact in home.world.facts()}
    home.quiet()


@pytest.mark.parametrize("trouble", list(Trouble))
@pytest.mark.parametrize("skip", [0, 1])
def test_a_lost_answer_to_a_new_task(home: GoogleWorld, trouble: Trouble, skip: int) -> None:
    home.google.trouble(INSERT, trouble, skip=skip)
    home.sync(AFTER)
    as_it_should_be(home)


@pytest.mark.parametrize("trouble", list(Trouble))
@pytest.mark.parametrize("skip", [0, 1])
def test_a_lost_answer_to_a_new_reminder(home: GoogleWorld, trouble: Trouble, skip: int) -> None:
    home.google.trouble("calendar.events.insert", trouble, skip=skip)
    home.sync(AFTER)
    assert len(home.google.calls(INSERT)) == 2
    as_it_should_be(home)
    assert home.google.calls(INSERT) == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [(403, "rateLimitExceeded"), (429, "rateLimitExceeded"), (500, "backendError"), (503, "backendError")],
)
@pytest.mark.parametrize("method", ["calendar.events.insert", INSERT, "tasks.tasks.list", "calendar.events.list"])
def test_a_refusal_in_the_middle(home: GoogleWorld, method: str, status: int, reason: str) -> None:
    home.google.fail(method, status, reason, retry_after="60")
    home.sync(AFTER)
    as_it_should_be(home)


@pytest.mark.parametrize("method", ["calendar.events.insert", INSERT])
def test_who_asks_for_a_pause_in_the_answer_to_a_write_is_asked_nothing_more_before_it_is_over(
    home: GoogleWorld, method: str
) -> None:
    home.google.fail(method, 503, "backendError", retry_after="7200")
    report = home.sync(AFTER)
    assert report.state == "waiting"
    assert home.google.names()[-1] == method
    asked = len(home.google.asked)
    home.sync(AFTER + HOUR)
    assert len(home.google.asked) == asked
    home.sync(AFTER + 2 * HOUR)
    as_it_should_be(home)


def test_an_absurd_answer_to_a_new_task_is_looked_into(home: GoogleWorld) -> None:
    home.google.fail(INSERT, 412, "conditionNotMet")
    assert home.sync(AFTER).state == "ok"
    as_it_should_be(home)


@pytest.mark.parametrize("method", ["tasks.tasks.patch", "tasks.tasks.delete"])
def test_an_absurd_answer_to_a_change_or_a_withdrawal_is_looked_into(home: GoogleWorld, method: str) -> None:
    home.sync(AFTER)
    home.google.fail(method, 409, "conflict")
    status = EventStatus.CANCELLED if "delete" in method else EventStatus.CONFIRMED
    home.world.enter(interview(at=MONDAY - DAY, status=status))
    assert home.sync(AFTER + HOUR).state == "ok"
    home.settle(3)
    assert len(home.tasks()) == (0 if "delete" in method else 2)
    home.quiet()


def test_what_was_sent_and_is_not_shown_is_looked_for_twice_a_minute_apart(home: GoogleWorld) -> None:
    home.google.trouble(INSERT, Trouble.LOST_BEFORE)
    home.sync(AFTER)
    first = len(home.google.calls(INSERT))
    assert home.sync(AFTER + timedelta(seconds=20)).state == "ok"
    assert home.google.calls(INSERT)[first:] == []
    home.sync(AFTER + timedelta(seconds=50))
    assert home.google.calls(INSERT)[first:] == []
    home.sync(AFTER + timedelta(seconds=90))
    assert len(home.google.calls(INSERT)) == first + 1
    as_it_should_be(home)


def test_many_lost_answers_are_looked_for_at_once_and_hold_nothing_else_up(home: GoogleWorld) -> None:
    home.google.trouble(INSERT, Trouble.LOST_BEFORE, times=2)
    home.sync(AFTER)
    assert home.tasks() == []
    home.world.enter(interview("u2", at=MONDAY - 2 * HOUR, company="Globex"))
    home.sync(AFTER + 5 * MINUTE)
    assert len(home.tasks("Globex")) == 2
    home.sync(AFTER + 10 * MINUTE)
    assert len(home.tasks("Initech")) == 2
    home.settle(1)
    home.quiet()


def test_what_arrived_and_was_deleted_at_once_is_not_made_again(home: GoogleWorld) -> None:
    home.google.trouble(INSERT, Trouble.LOST_AFTER)
    home.sync(AFTER)
    (task,) = home.tasks(THANK) or home.tasks(ASK)
    words = THANK if THANK in task["title"] else ASK
    home.google.phone.delete(task["id"])
    home.settle(4)
    assert home.tasks(words) == []
    assert home.events(words) == []


@pytest.mark.parametrize("trouble", list(Trouble))
@pytest.mark.parametrize("method", ["tasks.tasks.patch", "calendar.events.patch", "calendar.events.delete"])
def test_a_lost_answer_to_a_change(home: GoogleWorld, method: str, trouble: Trouble) -> None:
    home.sync(AFTER)
    home.google.trouble(method, trouble)
    home.world.enter(interview(at=MONDAY - DAY))  # it was a day before what stood there: other times for everything
    home.settle(4)
    assert [len(home.tasks(words)) for words in (THANK, ASK)] == [1, 1]
    assert len(home.rings(THANK)) == 1
    assert not USERS & {fact.kind for fact in home.world.facts()}
    home.quiet()


@pytest.mark.parametrize("trouble", list(Trouble))
@pytest.mark.parametrize("method", ["tasks.tasks.delete", "calendar.events.delete"])
def test_a_lost_answer_to_a_withdrawal(home: GoogleWorld, method: str, trouble: Trouble) -> None:
    home.sync(AFTER)
    home.google.trouble(method, trouble)
    home.world.enter(interview(status=EventStatus.CANCELLED))
    home.settle(4)
    assert home.tasks() == []
    assert home.events() == []
    home.quiet()


def test_a_second_task_under_one_key_goes_and_the_reminder_stays(home: GoogleWorld) -> None:
    home.sync(AFTER)
    task = home.only(THANK)
    fields = {name: task[name] for name in ("title", "notes", "due", "status")}
    home.google.tasks.add(home.shelf, fields)  # another machine at the same moment
    as_it_should_be(home)


def test_a_token_that_google_does_not_take_any_more(home: GoogleWorld) -> None:
    home.sync(AFTER)
    home.settle(1)
    home.google.listing.expire()
    home.google.phone.delete_event(home.reminders, home.event(THANK)["id"])
    home.settle(2)
    assert home.events(THANK) == []
    assert home.only(THANK)["status"] == "needsAction"
    home.quiet()


def test_a_deleted_reminder_calendar_costs_the_ring_and_not_the_tasks(home: GoogleWorld) -> None:
    del home.google.calendars.known[home.reminders.id]
    report = home.sync(AFTER)
    assert any("does not ring" in words for words in report.problems)
    assert report.state == "ok"
    assert len(home.tasks()) == 2
    home.google.calendars.known[home.reminders.id] = home.reminders
    home.settle(2)
    assert home.events() == []  # what was made meanwhile stays as it is


def test_a_list_that_was_deleted_is_named(home: GoogleWorld) -> None:
    home.sync(AFTER)
    del home.google.tasks.shelves[home.shelf.id]
    report = home.sync(AFTER + HOUR)
    assert report.state == "gone" or "reconfigure" in report.error


def test_too_many_deletions_at_once_are_held(home: GoogleWorld) -> None:
    for number in range(4):
        home.world.enter(interview(f"v{number}", MONDAY + number * HOUR * 0.5, company=f"Firm{number}"))
    home.sync(AFTER + 3 * HOUR)
    for task in home.tasks():
        home.google.phone.delete(task["id"])
    report = home.settle(1)
    assert report.held
    assert FactKind.DISMISSED not in {fact.kind for fact in home.world.facts()}


def test_a_dry_run_only_reads(home: GoogleWorld) -> None:
    home.sync(AFTER, dry_run=True)
    assert home.writes() == []
    home.sync(AFTER)
    home.google.phone.complete(home.only(THANK)["id"])
    home.google.asked.clear()
    home.sync(AFTER + HOUR, dry_run=True)
    assert home.writes() == []


def test_a_crash_after_the_task_leaves_a_promise_that_is_kept(home: GoogleWorld) -> None:
    home.google.trouble("calendar.events.*", Trouble.LOST_BEFORE, skip=1, times=8)  # the first is the reading
    home.sync(AFTER)
    assert len(home.tasks()) == 1
    home.settle(4)
    as_it_should_be(home)


def test_a_consent_that_ran_out_keeps_what_waits(home: GoogleWorld) -> None:
    home.google.grants.revoke()
    report = home.sync(MONDAY + 4 * DAY)  # a week after the consent
    assert report.state == "reauth"
    assert '"Testing"' in report.error
    assert "Publish app" in report.error
    home.world.outcome("no")
    home.sync(MONDAY + 4 * DAY + HOUR)
    assert home.tasks() == []
    home.token = ""  # signed in again
    home.settle(2)
    assert "feedback" in home.open_steps()
    home.quiet()


def test_a_lost_answer_waits_for_the_next_sign_in_and_is_not_sent_twice(home: GoogleWorld) -> None:
    home.google.trouble(INSERT, Trouble.LOST_AFTER)
    home.sync(AFTER)
    home.google.grants.revoke()
    assert home.sync(AFTER + HOUR).state == "reauth"
    home.token = ""
    as_it_should_be(home)
