"""Every row of the table in `failures`, as Google answers it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afterview.cli.showcase.google.faults import Trouble
from afterview.cli.showcase.google.server import Google
from afterview.integrations.google.client import open_client
from afterview.integrations.google.failures import About, StartOver, meaning, next_day, refusal
from afterview.sync.errors import (
    AlreadyThere,
    AuthFailed,
    Changed,
    ListGone,
    Missing,
    NotReady,
    Refused,
    Rejected,
    Uncertain,
)
from tests.accounts import MovedClock, account
from tests.fakes.web import Answered
from tests.unit.integrations.google.conftest import Connect

LIST = About("work", "Google Calendar", 'The calendar "Personal"')
DELTA = About("work", "Google Calendar", 'The calendar "Personal"', token=True)
ITEM = About("work", "Google Tasks", 'The task "Thank Ana"', item=True, write=True)
INSERT = "tasks.tasks.insert"
EVENTS = "calendar.events.list"


def read(connect: Connect, about: About = LIST) -> dict[str, Any]:
    client = open_client(connect())
    return client.call(client.part("calendar.events").list(calendarId="primary"), about)


def write(connect: Connect) -> dict[str, Any]:
    client = open_client(connect())
    return client.call(client.part("tasks.tasks").insert(tasklist="@default", body={"title": "Thank Ana"}), ITEM)


@pytest.mark.parametrize(
    ("status", "reason", "error", "words"),
    [
        (400, "badRequest", Refused, "does not accept the request"),
        (401, "authError", AuthFailed, "sign in again"),
        (403, "insufficientPermissions", Refused, "afterview accounts reauth work` and tick every box"),
        (403, "accessNotConfigured", Refused, "library/calendar-json.googleapis.com, choose Enable"),
        (403, "rateLimitExceeded", NotReady, "asks for a pause"),
        (403, "userRateLimitExceeded", NotReady, "asks for a pause"),
        (429, "rateLimitExceeded", NotReady, "asks for a pause"),
        (403, "quotaExceeded", NotReady, "after midnight in California"),
        (403, "dailyLimitExceeded", NotReady, "after midnight in California"),
        (403, "forbidden", Refused, "does not allow this to your account"),
        (403, "requiredAccessLevel", Refused, "does not allow this to your account"),
        (404, "notFound", ListGone, "is not there"),
        (410, "fullSyncRequired", StartOver, "fullSyncRequired"),
        (410, "updatedMinTooLongAgo", StartOver, "updatedMinTooLongAgo"),
        (500, "backendError", NotReady, "an error of its own"),
        (503, "backendError", NotReady, "an error of its own"),
    ],
)
def test_what_a_refusal_of_a_listing_means(
    connect: Connect, google: Google, status: int, reason: str, error: type[Exception], words: str
) -> None:
    google.fail(EVENTS, status, reason, times=9)
    with pytest.raises(error, match=words) as caught:
        read(connect)
    assert caught.type is error


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (400, "invalid", Rejected),
        (401, "authError", AuthFailed),
        (403, "forbidden", Rejected),
        (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", Refused),
        (403, "SERVICE_DISABLED", Refused),
        (403, "rateLimitExceeded", NotReady),
        (429, "RATE_LIMIT_EXCEEDED", NotReady),
        (403, "quotaExceeded", NotReady),
        (404, "notFound", Missing),
        (410, "deleted", Missing),
        (409, "duplicate", AlreadyThere),
        (412, "conditionNotMet", Changed),
        (500, "backendError", Uncertain),
        (503, "backendError", Uncertain),
    ],
)
def test_what_a_refusal_of_an_item_means(
    connect: Connect, google: Google, status: int, reason: str, error: type[Exception]
) -> None:
    google.fail(INSERT, status, reason, times=9)
    with pytest.raises(error) as caught:
        write(connect)
    assert caught.type is error
    assert len(google.calls(INSERT)) == (2 if status == 401 else 1)  # after a 401 once more, with a new access token


def test_a_bad_request_with_a_sync_token_starts_over(connect: Connect, google: Google) -> None:
    google.fail(EVENTS, 400, "badRequest")
    with pytest.raises(StartOver):
        read(connect, DELTA)


def test_a_wish_for_a_pause_is_kept(connect: Connect, google: Google, clock: MovedClock) -> None:
    google.fail(EVENTS, 429, "rateLimitExceeded", retry_after="90")
    with pytest.raises(NotReady) as caught:
        read(connect)
    assert caught.value.retry_at == clock.now + timedelta(seconds=90)
    google.fail(EVENTS, 403, "rateLimitExceeded")
    with pytest.raises(NotReady) as caught:
        read(connect)
    assert caught.value.retry_at == clock.now + timedelta(minutes=1)


def test_a_spent_day_ends_at_midnight_in_california() -> None:
    assert next_day(datetime(2026, 3, 2, 7, 59, tzinfo=UTC)) == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert next_day(datetime(2026, 3, 8, 9, 0, tzinfo=UTC)) == datetime(2026, 3, 9, 7, tzinfo=UTC)  # summer time began


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"error": "x"}', b'{"error": {"errors": 7, "details": [1]}}']
)
def test_what_is_not_in_googles_form_has_no_reasons(body: bytes) -> None:
    assert refusal(503, {}, body, datetime(2026, 1, 1, tzinfo=UTC)).reasons == frozenset()


def test_googles_own_words_are_shown_safely(connect: Connect, google: Google) -> None:
    google.fail(EVENTS, 403, "forbidden", message="no \x1b[2J\u202eaccess")
    with pytest.raises(Refused) as caught:
        read(connect)
    assert str(caught.value).isprintable()


def test_a_lost_answer_to_an_insert_is_uncertain_and_sent_once(connect: Connect, google: Google) -> None:
    for trouble in (Trouble.LOST_AFTER, Trouble.LOST_BEFORE, Trouble.CUT, Trouble.GARBLED):
        google.asked.clear()
        google.trouble(INSERT, trouble)
        with pytest.raises(Uncertain):
            write(connect)
        assert google.names() == [INSERT]


def test_a_lost_answer_to_a_read_is_asked_for_once_more(connect: Connect, google: Google) -> None:
    google.trouble(EVENTS, Trouble.LOST_AFTER)
    assert read(connect)["kind"] == "calendar#events"
    google.trouble(EVENTS, Trouble.LOST_AFTER, times=2)
    with pytest.raises(NotReady):
        read(connect)
    google.trouble(EVENTS, Trouble.GARBLED)
    with pytest.raises(NotReady, match="cannot be read"):
        read(connect)


def test_a_dead_access_token_is_renewed_once(connect: Connect, google: Google) -> None:
    client = open_client(connect())
    client.call(client.part("calendar.events").list(calendarId="primary"), LIST)
    google.grants.expire()
    client.call(client.part("calendar.events").list(calendarId="primary"), LIST)
    assert [status for _, status in google.asked] == [200, 401, 200]


def test_an_access_token_lasts_its_hour(connect: Connect, google: Google, clock: MovedClock) -> None:
    client = open_client(connect())
    for minutes in (0, 50, 9):
        clock.move(minutes=minutes)
        client.call(client.part("calendar.events").list(calendarId="primary"), LIST)
    assert len(google.sign_in.token_requests) == 2
    assert all("scope" not in form for form in google.sign_in.token_requests)


def oauth_error(error: str, status: int = 400) -> Answered:
    return Answered(status, json.dumps({"error": error}).encode(), {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (oauth_error("invalid_grant"), AuthFailed, "taken back or has run out"),
        (oauth_error("invalid_scope"), AuthFailed, "permissions"),
        (oauth_error("invalid_client", 401), AuthFailed, "OAuth client"),
        (oauth_error("admin_policy_enforced"), AuthFailed, "administers"),
        (oauth_error("internal_failure", 503), NotReady, "HTTP 503"),
        (oauth_error("slow_down", 429), NotReady, "HTTP 429"),
        (oauth_error("unsupported_grant_type"), Refused, "unsupported_grant_type"),
        (Answered(200, b"<html>"), NotReady, "does not answer now"),
        (Answered(200, b'{"access_token": 7}'), NotReady, "does not answer now"),
        (Answered(0), NotReady, "broke off"),
    ],
)
def test_what_the_token_endpoint_means(
    connect: Connect, google: Google, answer: Answered, error: type[Exception], words: str
) -> None:
    google.sign_in.faults.append(answer)
    with pytest.raises(error, match=words):
        read(connect)
    assert google.asked == []
    assert len(google.sign_in.token_requests) == 1


def test_the_seven_days_of_an_app_in_testing_are_named(connect: Connect, google: Google, clock: MovedClock) -> None:
    entry = connect()
    clock.move(days=7)
    google.grants.revoke()
    client = open_client(entry)
    with pytest.raises(AuthFailed, match="Publish app"):
        client.call(client.part("calendar.events").list(calendarId="primary"), LIST)


@pytest.mark.parametrize("place", ["api", "token_uri"])
def test_secrets_are_sent_to_google_only(google: Google, clock: MovedClock, place: str) -> None:
    elsewhere = json.dumps({**json.loads(google.consent("tasks")), place: "https://www.googleapis.example"})
    client = open_client(account({}, integration="google", token=elsewhere, clock=clock))
    with pytest.raises(Refused, match="not Google's"):
        client.call(client.part("tasks.tasks").list(tasklist="@default"), ITEM)
    client.close()
    assert google.asked == []


def test_a_reason_that_stands_in_the_details_alone_is_seen() -> None:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}
    body = json.dumps({"error": {"code": 403, "message": "off", "details": [info]}}).encode()
    seen = refusal(403, {}, body, datetime(2026, 1, 1, tzinfo=UTC))
    assert "choose Enable" in str(meaning(seen, ITEM, AuthFailed("")))
