"""Interviews in Google Calendar, follow-ups in a CalDAV list: the real command."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from afterview.cli.showcase.google.faults import Trouble
from tests.moved import Moved
from tests.servers import Server
from tests.system.google_home import GoogleHome, google_event
from tests.system.home import Home, due
from tests.system.invitations import ANA, BO, invitation
from tests.system.moments import AFTER, DAY, HOUR, MONDAY, utc

LIST = "calendar.events.list"


@pytest.fixture
def server(radicale: Server) -> Server:
    """One real CalDAV server is enough here."""
    return radicale


@pytest.fixture
def both(fresh: Home) -> Iterator[GoogleHome]:
    made = GoogleHome(fresh)
    made.write_config()
    made.sync()
    made.google.asked.clear()
    fresh.server.gate.reset()
    yield made
    made.close()


def enter(both: GoogleHome, uid: str = "u1", **more: object) -> str:
    return str(both.google.events.enter(both.calendar, google_event(uid, MONDAY, **more))["id"])  # type: ignore[arg-type]  # handed on


def test_an_interview_in_google_becomes_tasks_in_caldav_and_a_second_pass_writes_nothing(both: GoogleHome) -> None:
    enter(both, guests=(ANA, BO))
    both.sync(AFTER)
    assert both.home.open_steps() == ["ask_outcome", "thank_you", "thank_you"]
    assert [due(todo) for todo in both.home.todos("thank_you").values()] == [utc(2026, 9, 8, 9)] * 2
    both.home.server.gate.reset()
    both.settle()
    assert both.home.server.gate.writes() == []


def test_a_quiet_pass_asks_google_once_per_calendar(both: GoogleHome) -> None:
    both.google.calendars.add("Job hunt")
    both.write_config(calendars=["primary", "Job hunt"])
    enter(both)
    both.sync(AFTER)
    both.google.asked.clear()
    report = both.sync(AFTER + HOUR)["work"]
    assert both.google.names() == [LIST, LIST]
    assert report["requests"] == 3  # and one for the access token, which a process of its own has to fetch
    assert all(call["syncToken"] for call in both.google.calls(LIST))


def test_the_same_interview_in_both_accounts_has_one_set_of_tasks(both: GoogleHome) -> None:
    enter(both, "u1")
    both.home.enter("u1", invitation("u1", MONDAY))
    both.sync(AFTER)
    both.settle()
    assert both.home.open_steps() == ["ask_outcome", "thank_you"]


def test_one_copy_that_goes_takes_nothing_along(both: GoogleHome) -> None:
    event = enter(both, "u1")
    both.home.enter("u1", invitation("u1", MONDAY))
    both.sync()
    both.google.phone.delete_event(both.calendar, event)
    both.sync(AFTER)
    both.settle(1)
    assert both.home.open_steps() == ["ask_outcome", "thank_you"]


def test_an_occurrence_that_both_have_is_one(both: GoogleHome) -> None:
    enter(both, "u1", recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    both.home.enter("u1", invitation("u1", MONDAY, extra="RRULE:FREQ=WEEKLY;COUNT=2\n"))
    both.sync(AFTER)
    both.settle(1)
    assert both.home.open_steps() == ["thank_you"]  # the outcome is that there is a second round


def test_moved_in_google_before_it_took_place(both: GoogleHome) -> None:
    event = enter(both)
    both.sync()
    both.google.phone.move_event(both.calendar, event, MONDAY + DAY, MONDAY + DAY + HOUR)
    both.sync(AFTER)
    assert both.home.todos() == {}
    both.sync(AFTER + DAY)
    assert due(both.home.only("thank_you")[1]) == utc(2026, 9, 9, 9)


def test_deleted_or_declined_interviews_ask_for_nothing(both: GoogleHome) -> None:
    event = enter(both)
    enter(both, "u2", company="Hooli", my_reply="declined")
    both.sync()
    both.google.phone.delete_event(both.calendar, event)
    both.sync(AFTER)
    assert both.home.todos() == {}


def test_an_expired_sync_token_changes_nothing_that_is_seen(both: GoogleHome) -> None:
    enter(both)
    both.sync(AFTER)
    both.google.listing.expire()
    both.home.server.gate.reset()
    both.settle(2)
    assert both.home.server.gate.writes() == []
    assert both.home.open_steps() == ["ask_outcome", "thank_you"]


def test_a_night_later_the_whole_window_is_listed_again(both: GoogleHome) -> None:
    enter(both)
    both.sync(AFTER)
    both.google.asked.clear()
    both.sync(AFTER + DAY + HOUR)
    (call,) = both.google.calls(LIST)
    assert (call["syncToken"], bool(call["timeMin"])) == (None, True)


def test_a_consent_that_was_taken_back_stops_this_account_alone_and_loses_nothing(both: GoogleHome) -> None:
    both.home.enter("u9", invitation("u9", MONDAY, company="Hooli", guests=(BO,)))
    both.google.grants.revoke()
    enter(both)
    reports = both.sync(AFTER, code=3)
    assert (reports["work"]["state"], reports["home"]["state"]) == ("reauth", "ok")
    assert "sign in again" in reports["work"]["error"]
    assert both.google.names() == []
    assert both.home.open_steps() == ["ask_outcome", "thank_you"]
    both.consent()
    both.sync(AFTER + HOUR)
    assert both.home.open_steps() == ["ask_outcome", "ask_outcome", "thank_you", "thank_you"]


def test_a_failure_of_google_is_told_and_made_up_for(both: GoogleHome) -> None:
    enter(both)
    both.google.trouble(LIST, Trouble.GARBLED)
    reports = both.sync(AFTER, code=4)
    assert (reports["work"]["state"], reports["home"]["state"]) == ("waiting", "ok")
    both.sync(AFTER + HOUR)
    assert both.home.open_steps() == ["ask_outcome", "thank_you"]


def test_a_pause_that_google_asks_for_is_kept(both: GoogleHome) -> None:
    enter(both)
    both.google.fail(LIST, 429, "rateLimitExceeded", retry_after="3600")
    both.sync(AFTER, code=4)
    both.google.asked.clear()
    both.sync(AFTER + timedelta(minutes=30), code=4)
    assert both.google.asked == []
    both.sync(AFTER + timedelta(minutes=61))
    assert both.home.open_steps() == ["ask_outcome", "thank_you"]


def test_a_calendar_that_is_not_shared_any_more_keeps_no_other_waiting(both: GoogleHome) -> None:
    shared = both.google.calendars.add("Shared", role="reader")
    both.write_config(calendars=["Shared", "primary"])
    both.home.now = MONDAY - timedelta(minutes=30)
    both.sync()
    del both.google.calendars.known[shared.id]
    where = ("--config", str(both.home.path / "config.toml"), "--state-dir", str(both.home.path / "state"))
    with Moved(both.home.path, both.home.now, where) as running:
        running.begin()
        enter(both)
        running.advance(MONDAY + HOUR + timedelta(minutes=10))
        running.stop()
    assert both.home.open_steps() == ["ask_outcome", "thank_you"]
    assert running.said().count('"Shared" is not') == 1


def test_a_dry_run_only_reads(both: GoogleHome) -> None:
    enter(both)
    both.sync(AFTER, "--dry-run")
    assert {call.method.verb for call in both.google.calls()} == {"GET"}


def test_the_token_is_nowhere_but_in_its_file(both: GoogleHome) -> None:
    enter(both)
    secret = (both.home.path / "token").read_text()
    both.home.run("sync", "-v", at=AFTER)
    both.google.grants.revoke()
    ran = both.home.run("sync", "-v", at=AFTER + HOUR)
    words = [secret, *(word for word in secret.split('"') if word.startswith("refresh-"))]
    kept = b"".join(path.read_bytes() for path in (both.home.path / "state").rglob("*") if path.is_file())
    for word in words:
        assert word not in ran.out + ran.err
        assert word.encode() not in kept
    assert b"access-" not in kept
