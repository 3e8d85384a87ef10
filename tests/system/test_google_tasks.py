"""Follow-ups in Google Tasks that ring by a reminder event, from interviews anywhere: the real command."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from afterview.cli.showcase.google.calendars import Calendar
from afterview.cli.showcase.google.faults import Trouble
from afterview.cli.showcase.google.tasks import Shelf
from tests.servers import Server
from tests.system.google_home import GoogleHome, google_event
from tests.system.home import Home
from tests.system.invitations import ANA, BO, invitation
from tests.system.moments import AFTER, DAY, HOUR, MONDAY

INSERT = "tasks.tasks.insert"
LISTED = "calendar.events.list"


@pytest.fixture
def server(radicale: Server) -> Server:
    """One real CalDAV server is enough here."""
    return radicale


class Phone(GoogleHome):
    """A home whose follow-ups go to Google Tasks."""

    shelf: Shelf
    reminders: Calendar

    def prepare(self, *, dav: bool) -> None:
        self.deliver = "work"
        self.shelf = self.google.tasks.add_list("Interviews")
        self.reminders = self.google.calendars.add("Afterview", app_made=True)
        self.extra = f'task_list = "Interviews"\nreminder_calendar = "{self.reminders.id}"'
        self.write_config(dav=dav)
        self.sync()
        self.google.asked.clear()

    def tasks(self, words: str = "", **wanted: Any) -> list[dict[str, Any]]:
        """Return the tasks on the list that were not deleted, by title."""
        found = [task for task in self.shelf.tasks.values() if not task.get("deleted") and words in task["title"]]
        kept = [task for task in found if all(task.get(name) == value for name, value in wanted.items())]
        return sorted(kept, key=lambda task: str(task["title"]))

    def only(self, words: str) -> dict[str, Any]:
        (task,) = self.tasks(words)
        return task

    def rings(self) -> list[str]:
        """Return when the phone rings, in UTC."""
        alive = [one.body for one in self.reminders.events.values() if one.body["status"] == "confirmed"]
        return sorted(str(body["start"]["dateTime"]) for body in alive)

    def writes(self) -> list[str]:
        return [call.method.id for call in self.google.calls() if call.method.verb != "GET"]


@pytest.fixture
def mixed(fresh: Home) -> Iterator[Phone]:
    """Interviews from CalDAV and Google, tasks in Google."""
    made = Phone(fresh)
    made.prepare(dav=True)
    yield made
    made.close()


@pytest.fixture
def google(fresh: Home) -> Iterator[Phone]:
    """Google alone."""
    made = Phone(fresh)
    made.prepare(dav=False)
    yield made
    made.close()


def test_an_interview_in_caldav_becomes_tasks_in_google_that_ring(mixed: Phone) -> None:
    mixed.home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    mixed.sync(AFTER)
    assert [task["due"] for task in mixed.tasks("Thank")] == ["2026-09-08T00:00:00.000Z"] * 2
    assert mixed.only("Heard from Initech")["due"] == "2026-09-16T00:00:00.000Z"
    assert len(mixed.rings()) == 3
    mixed.google.asked.clear()
    mixed.settle()
    assert mixed.writes() == []


def test_the_same_interview_in_both_accounts_has_one_set_of_tasks(mixed: Phone) -> None:
    mixed.home.enter("u1", invitation("u1", MONDAY))
    mixed.google.events.enter(mixed.calendar, google_event("u1", MONDAY))
    mixed.sync(AFTER)
    mixed.settle(1)
    assert len(mixed.tasks()) == 2


def enter(google: Phone) -> None:
    google.google.events.enter(google.calendar, google_event("u1", MONDAY))


def test_a_quiet_pass_asks_each_calendar_and_the_list_once(google: Phone) -> None:
    enter(google)
    google.sync(AFTER)
    google.settle(1)
    google.google.asked.clear()
    google.sync(AFTER + HOUR)
    assert sorted(google.google.names()) == [LISTED, LISTED, "tasks.tasks.list"]  # its own reminder calendar is one
    assert all(call.method.verb == "GET" for call in google.google.calls())


def test_the_reminders_are_never_taken_for_interviews(google: Phone) -> None:
    google.write_config(dav=False, calendars=("primary", "Afterview"))
    enter(google)
    google.sync(AFTER)
    before = len(google.tasks())
    google.settle()
    assert len(google.tasks()) == before == 2


def test_a_no_that_is_ticked_on_the_phone_becomes_the_feedback_call(google: Phone) -> None:
    enter(google)
    google.sync(AFTER)
    google.google.phone.complete(google.only("Heard from Initech")["id"])
    google.sync(AFTER + 3 * DAY)
    google.settle(1)
    assert google.tasks("feedback") or google.tasks("five minutes")
    assert len(google.tasks("Heard from Initech", status="completed")) == 1


def test_what_was_done_moved_or_deleted_on_the_phone_stays_so(google: Phone) -> None:
    enter(google)
    google.sync(AFTER)
    thanks, asking = google.only("Thank"), google.only("Heard")
    google.google.phone.delete(thanks["id"])
    google.google.phone.snooze(asking["id"], date(2026, 9, 21))
    google.google.phone.edit(asking["id"], title="Ask Initech")
    google.sync(AFTER + HOUR)
    google.settle()
    assert google.tasks("Thank") == []
    assert (google.only("Ask Initech")["due"], len(google.tasks())) == ("2026-09-21T00:00:00.000Z", 1)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_lost_answer_never_doubles_a_task(google: Phone, trouble: Trouble) -> None:
    enter(google)
    google.google.trouble(INSERT, trouble)
    google.sync(AFTER)
    for minutes in (15, 17):  # a task that does not show is looked for twice before it is sent again
        google.home.run("sync", at=AFTER + timedelta(minutes=minutes))
    google.settle(2)
    assert [len(google.tasks(words)) for words in ("Thank", "Heard")] == [1, 1]
    assert len(google.rings()) == 2


def test_a_lost_ledger_is_rebuilt_from_google(google: Phone) -> None:
    enter(google)
    google.sync(AFTER)
    google.google.phone.complete(google.only("Heard from Initech")["id"])
    google.sync(AFTER + HOUR)
    for file in (google.home.path / "state").iterdir():
        file.unlink()
    google.google.asked.clear()
    google.sync(AFTER + 2 * HOUR)
    google.settle(2)
    assert INSERT not in google.writes()
    assert len(google.tasks()) == len({task["title"] for task in google.tasks()})


def test_a_consent_without_tasks_costs_the_list_and_not_the_reading(google: Phone) -> None:
    enter(google)
    google.consent("calendar.events.readonly", "calendar.calendarlist.readonly")
    reports = google.sync(AFTER, code=3)
    assert reports["work"]["state"] == "refused"
    assert "tick every box" in reports["work"]["error"]
    google.consent()
    google.sync(AFTER + HOUR)
    assert len(google.tasks()) == 2


def test_a_spent_quota_waits_for_the_next_day_in_california(google: Phone) -> None:
    enter(google)
    google.google.fail(INSERT, 403, "quotaExceeded")
    google.sync(AFTER, code=4)
    google.google.asked.clear()
    google.sync(AFTER + 12 * HOUR, code=4)
    assert google.google.asked == []
    google.sync(AFTER + timedelta(hours=24))
    google.settle(1)
    assert len(google.tasks("Heard")) == 1


def test_a_dry_run_sends_no_write(google: Phone) -> None:
    enter(google)
    google.sync(AFTER, "--dry-run")
    assert google.writes() == []
    assert google.tasks() == []
