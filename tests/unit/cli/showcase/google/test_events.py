"""Calendar, as the test server plays it, seen through Google's own client."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from afterview.cli.showcase.google.calendars import Calendar
from afterview.cli.showcase.google.grants import OWNER
from afterview.cli.showcase.google.server import Google
from tests.unit.cli.showcase.google.conftest import START, Clock
from tests.unit.cli.showcase.google.test_contract import refused

Make = Callable[..., Any]


def timed(hours: int, title: str = "Interview", **more: Any) -> dict[str, Any]:
    start, end = START + timedelta(hours=hours), START + timedelta(hours=hours + 1)
    zone = {"timeZone": "Europe/Berlin"}
    times = {"start": {"dateTime": start.isoformat(), **zone}, "end": {"dateTime": end.isoformat(), **zone}}
    return {"summary": title, **times, **more}


@pytest.fixture
def calendar(google: Google) -> Calendar:
    return google.calendars.get("primary")


@pytest.fixture
def events(service: Make) -> Any:
    return service("calendar", "calendar.events").events()


def test_an_event_is_inserted_read_changed_and_deleted(events: Any) -> None:
    made = events.insert(calendarId="primary", body=timed(1, id="avtest1")).execute()
    assert (made["iCalUID"], made["organizer"]) == ("avtest1@google.com", {"email": OWNER, "self": True})
    changed = events.patch(calendarId="primary", eventId="avtest1", body={"summary": "Later"}).execute()
    assert (changed["summary"], changed["etag"] != made["etag"]) == ("Later", True)
    events.delete(calendarId="primary", eventId="avtest1").execute()
    assert refused(events.delete(calendarId="primary", eventId="avtest1")) == (410, "deleted")
    assert events.get(calendarId="primary", eventId="avtest1").execute()["status"] == "cancelled"


def test_an_id_can_be_used_once(events: Any) -> None:
    events.insert(calendarId="primary", body=timed(1, id="avtest1")).execute()
    assert refused(events.insert(calendarId="primary", body=timed(1, id="avtest1"))) == (409, "duplicate")
    events.delete(calendarId="primary", eventId="avtest1").execute()
    assert refused(events.insert(calendarId="primary", body=timed(1, id="avtest1"))) == (409, "duplicate")
    assert refused(events.patch(calendarId="primary", eventId="avtest1", body={"summary": "x"}))[0] == 403
    assert refused(events.insert(calendarId="primary", body=timed(1, id="AV-x")))[0] == 400


def test_a_condition_that_does_not_hold_is_refused(events: Any) -> None:
    events.insert(calendarId="primary", body=timed(1, id="avtest1")).execute()
    request = events.patch(calendarId="primary", eventId="avtest1", body={"summary": "x"})
    request.headers["If-Match"] = '"other"'
    assert refused(request) == (412, "conditionNotMet")


@pytest.mark.parametrize(
    "wrong",
    [
        {"reminders": {"useDefault": True, "overrides": [{"method": "popup", "minutes": 0}]}},
        {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 40_321}]}},
        {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 1}] * 6}},
        {"visibility": "secret"},
        {"end": {"dateTime": "2026-03-01T10:00:00Z"}},
        {"start": {"dateTime": "2026-03-01T10:00:00"}},
        {"end": {"date": "2026-03-03"}},
        {"recurrence": ["RRULE:FREQ=DAILY"], "start": {"dateTime": "2026-03-02T10:00:00Z"}},
    ],
)
def test_what_the_document_says_in_prose_is_checked(events: Any, wrong: dict[str, Any]) -> None:
    assert refused(events.insert(calendarId="primary", body={**timed(1), **wrong}))[0] == 400


def test_a_calendar_that_is_only_read_cannot_be_written(google: Google, events: Any) -> None:
    shared = google.calendars.add("Team", role="reader")
    assert refused(events.insert(calendarId=shared.id, body=timed(1))) == (403, "requiredAccessLevel")
    assert refused(events.list(calendarId="nobody@group.calendar.google.com")) == (404, "notFound")


def test_a_delta_names_what_changed_and_what_was_deleted(google: Google, events: Any, calendar: Calendar) -> None:
    kept, gone = (google.events.enter(calendar, timed(hours))["id"] for hours in (1, 2))
    first = events.list(calendarId="primary", singleEvents=True).execute()
    assert len(first["items"]) == 2
    google.phone.delete_event(calendar, gone)
    new = google.events.enter(calendar, timed(3))["id"]
    delta = events.list(calendarId="primary", singleEvents=True, syncToken=first["nextSyncToken"]).execute()
    assert {item["id"]: item["status"] for item in delta["items"]} == {gone: "cancelled", new: "confirmed"}
    assert set(delta["items"][0]) == {"kind", "id", "status", "etag"}
    assert kept not in {item["id"] for item in delta["items"]}


def test_a_sync_token_is_bound_to_its_request(google: Google, events: Any) -> None:
    token = events.list(calendarId="primary", singleEvents=True).execute()["nextSyncToken"]
    assert refused(events.list(calendarId="primary", singleEvents=False, syncToken=token))[0] == 400
    now = "2026-03-02T00:00:00Z"
    assert refused(events.list(calendarId="primary", singleEvents=True, syncToken=token, timeMin=now))[0] == 400
    assert refused(events.list(calendarId="primary", syncToken="rubbish"))[0] == 400
    google.listing.expire()
    assert refused(events.list(calendarId="primary", singleEvents=True, syncToken=token)) == (410, "fullSyncRequired")


def test_pages_are_bound_to_their_query_and_the_token_is_on_the_last(
    google: Google, events: Any, calendar: Calendar
) -> None:
    for hours in range(5):
        google.events.enter(calendar, timed(hours))
    google.pages.largest = 2
    first = events.list(calendarId="primary", singleEvents=True).execute()
    assert len(first["items"]) == 2
    assert "nextSyncToken" not in first
    page = first["nextPageToken"]
    assert refused(events.list(calendarId="primary", singleEvents=False, pageToken=page))[0] == 400
    second = events.list(calendarId="primary", singleEvents=True, pageToken=page).execute()
    third = events.list(calendarId="primary", singleEvents=True, pageToken=second["nextPageToken"]).execute()
    assert len(third["items"]) == 1
    assert third["nextSyncToken"]


def test_a_series_is_expanded_and_its_instances_have_opaque_ids(
    google: Google, events: Any, calendar: Calendar
) -> None:
    series = google.events.enter(
        calendar, timed(1, recurrence=["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20260309T100000Z"])
    )
    asked = {"calendarId": "primary", "singleEvents": True}
    first = events.list(**asked).execute()
    days = [item["originalStartTime"]["dateTime"][:10] for item in first["items"]]
    assert days == ["2026-03-02", "2026-03-16"]
    moved = first["items"][1]["id"]
    google.phone.move_event(calendar, moved, START + timedelta(days=30), START + timedelta(days=30, hours=1))
    delta = events.list(**asked, syncToken=first["nextSyncToken"]).execute()
    assert [(item["id"], item["recurringEventId"]) for item in delta["items"]] == [(moved, series["id"])]
    assert delta["items"][0]["originalStartTime"]["dateTime"][:10] == "2026-03-16"


def test_a_series_that_ends_earlier_or_is_deleted_leaves_stubs(google: Google, events: Any, calendar: Calendar) -> None:
    series = google.events.enter(calendar, timed(1, recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"]))["id"]
    asked = {"calendarId": "primary", "singleEvents": True}
    first = events.list(**asked).execute()
    google.events.change(calendar, series, {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]})
    delta = events.list(**asked, syncToken=first["nextSyncToken"]).execute()
    assert [item["status"] for item in delta["items"]] == ["confirmed", "confirmed", "cancelled"]
    google.phone.delete_event(calendar, series)
    delta = events.list(**asked, syncToken=delta["nextSyncToken"]).execute()
    assert [item["status"] for item in delta["items"]] == ["cancelled"] * 3
    assert all(item["originalStartTime"] for item in delta["items"])


def test_kinds_windows_and_properties_filter(google: Google, events: Any, calendar: Calendar) -> None:
    google.events.enter(calendar, timed(1, "mail", eventType="fromGmail"))
    google.events.enter(calendar, timed(2, "focus", eventType="focusTime"))
    google.events.enter(calendar, timed(50, "late", extendedProperties={"private": {"afterview": "k"}}))

    def titles(**asked: Any) -> list[str]:
        return [item["summary"] for item in events.list(calendarId="primary", **asked).execute()["items"]]

    assert titles(eventTypes=["default", "fromGmail"]) == ["mail", "late"]
    assert titles(timeMin="2026-03-03T00:00:00Z", timeMax="2026-03-10T00:00:00Z") == ["late"]
    assert titles(privateExtendedProperty="afterview=k") == ["late"]
    assert titles(q="foc") == ["focus"]
    empty = events.list(calendarId="primary", timeMin="2026-03-03T00:00:00Z", timeMax="2026-03-02T00:00:00Z")
    assert refused(empty) == (400, "timeRangeEmpty")


def test_changes_before_four_weeks_are_forgotten(clock: Clock, events: Any) -> None:
    clock.at += timedelta(weeks=5)
    old = events.list(calendarId="primary", updatedMin="2026-03-02T00:00:00Z")
    assert refused(old) == (410, "updatedMinTooLongAgo")


def test_calendars_are_listed_with_the_role(google: Google, service: Make) -> None:
    google.calendars.add("Team", role="reader")
    listed = service("calendar", "calendar.calendarlist.readonly").calendarList().list().execute()["items"]
    assert [(one["summary"], one["accessRole"], one.get("primary", False)) for one in listed] == [
        (OWNER, "owner", True), ("Team", "reader", False),
    ]  # fmt: skip
