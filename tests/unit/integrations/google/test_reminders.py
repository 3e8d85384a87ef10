"""A reminder is made once, changed only as it was seen, and nothing but our own events is ever touched."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from afterview.cli.showcase.google.calendars import Calendar
from afterview.cli.showcase.google.server import Google
from afterview.cli.showcase.web import Answered, Asked
from afterview.integrations.google.client import open_client
from afterview.integrations.google.reminders import Reminders, event_id_of, make_calendar
from afterview.integrations.google.tasks_form import Promise
from afterview.sync.errors import Changed
from afterview.sync.identity import follow_up_key
from tests.accounts import START
from tests.unit.integrations.google.conftest import Connect

KEY = follow_up_key("thank_you", "i-1")
RING = START + timedelta(hours=8)
PROMISE = Promise(RING, "Thank Ana")


@pytest.fixture
def calendar(google: Google) -> Calendar:
    return google.calendars.add("Afterview", app_made=True)


@pytest.fixture
def reminders(connect: Connect, calendar: Calendar) -> Reminders:
    return Reminders(open_client(connect("calendar.app.created")), calendar.id, "Europe/Berlin")


def bodies(calendar: Calendar) -> list[dict[str, Any]]:
    return [one.body for one in calendar.events.values() if one.body["status"] == "confirmed"]


def meanwhile(google: Google, method: str, act: Any) -> None:
    """Let somebody act just before our request of this method arrives, once."""
    waiting, serve = [act], google.web.answer

    def answer(asked: Asked) -> Answered:
        if asked.method == method and waiting:
            waiting.pop()()
        return serve(asked)

    google.web.answer = answer


def test_the_id_is_derived_and_of_letters_that_google_takes() -> None:
    assert event_id_of(KEY, 1) == event_id_of(KEY, 1) != event_id_of(KEY, 2)
    assert len(event_id_of(KEY, 1)) == 28
    assert set(event_id_of(KEY, 1)) <= set("abcdefghijklmnopqrstuv0123456789")


def test_a_promise_that_is_kept_twice_makes_one_event(reminders: Reminders, calendar: Calendar, google: Google) -> None:
    first = reminders.keep(KEY, PROMISE, "task")
    google.asked.clear()
    assert reminders.keep(KEY, PROMISE, "task") == first
    assert len(bodies(calendar)) == 1
    assert [call.method.id for call in google.calls()] == ["calendar.events.list"]


def test_what_shall_ring_again_after_the_user_deleted_it_is_a_new_event(
    reminders: Reminders, calendar: Calendar, google: Google
) -> None:
    first = reminders.keep(KEY, PROMISE, "task")
    assert first is not None
    google.phone.delete_event(calendar, first.id)
    second = reminders.keep(KEY, PROMISE, "task")
    assert second is not None
    assert second.id == event_id_of(KEY, 2)
    assert len(bodies(calendar)) == 1


def test_a_reminder_that_the_user_moves_at_the_same_moment_is_left_to_them(
    reminders: Reminders, calendar: Calendar, google: Google
) -> None:
    made = reminders.keep(KEY, PROMISE, "task")
    assert made is not None
    theirs = RING + timedelta(hours=3)
    meanwhile(google, "PATCH", lambda: google.phone.move_event(calendar, made.id, theirs, theirs))
    with pytest.raises(Changed):
        reminders.keep(KEY, replace(PROMISE, ring_at=RING + timedelta(days=1)), "task")
    (body,) = bodies(calendar)
    assert body["start"]["dateTime"].startswith(theirs.isoformat()[:16])


def test_another_change_at_the_same_moment_costs_one_more_look(
    reminders: Reminders, calendar: Calendar, google: Google
) -> None:
    made = reminders.keep(KEY, PROMISE, "task")
    assert made is not None
    meanwhile(google, "PATCH", lambda: google.events.change(calendar, made.id, {"colorId": "5"}))
    kept = reminders.keep(KEY, replace(PROMISE, ring_at=RING + timedelta(days=1)), "task")
    assert kept is not None
    assert kept.starts_at == RING + timedelta(days=1)
    assert bodies(calendar)[0]["colorId"] == "5"


def test_a_title_that_the_user_wrote_over_stays(reminders: Reminders, calendar: Calendar, google: Google) -> None:
    made = reminders.keep(KEY, PROMISE, "task")
    assert made is not None
    google.events.change(calendar, made.id, {"summary": "ANA!"})
    reminders.keep(KEY, replace(PROMISE, title="Thank Ana Lima"), "task")
    assert bodies(calendar)[0]["summary"] == "ANA!"


def test_a_second_reminder_of_one_task_goes(reminders: Reminders, calendar: Calendar, google: Google) -> None:
    made = reminders.keep(KEY, PROMISE, "task")
    assert made is not None
    copy = dict(bodies(calendar)[0])
    google.events.enter(calendar, {**copy, "id": event_id_of(KEY, 7), "iCalUID": "copy"})
    reminders.keep(KEY, PROMISE, "task")
    assert len(bodies(calendar)) == 1


def test_events_without_our_mark_are_nobodys_business(reminders: Reminders, calendar: Calendar, google: Google) -> None:
    at = {"dateTime": RING.isoformat()}
    google.events.enter(calendar, {"summary": "mine", "start": at, "end": at})
    reminders.keep(KEY, Promise(None), "task")
    assert reminders.changes("").live == ()
    assert [body["summary"] for body in bodies(calendar)] == ["mine"]


def test_a_reminder_made_a_whole_day_rings_no_more(reminders: Reminders, calendar: Calendar, google: Google) -> None:
    made = reminders.keep(KEY, PROMISE, "task")
    assert made is not None
    day = {"start": {"date": "2026-09-02"}, "end": {"date": "2026-09-03"}}
    google.events.change(calendar, made.id, day)
    assert reminders.changes("").live == ()


def test_only_its_own_calendar_can_be_written(connect: Connect, google: Google) -> None:
    client = open_client(connect("calendar.app.created"))
    made = make_calendar(client, "Europe/Berlin")
    assert google.calendars.get(made).title == "Afterview"
    assert google.calls("calendar.events.*") == []
