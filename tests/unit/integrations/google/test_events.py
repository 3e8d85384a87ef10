"""Google calendars as an event source, on the test server."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from afterview.cli.showcase.google.calendars import Calendar
from afterview.cli.showcase.google.server import Google
from afterview.integrations.entry import Entry
from afterview.integrations.google.events import open_events
from afterview.sync.errors import ConfigError, ListGone, NotReady, Refused
from afterview.sync.model import Glance
from afterview.sync.ports import Coverage, Done, EventRequest, Removed, Resource, Unchanged, Window
from tests.accounts import START, MovedClock
from tests.unit.integrations.google.conftest import Connect

WINDOW = Window(START - timedelta(days=90), START + timedelta(days=180))
LIST = "calendar.events.list"


def everything(glance: Glance) -> bool:
    return True


def timed(hours: float, title: str = "Interview", **more: Any) -> dict[str, Any]:
    return {"summary": title, **times(START + timedelta(hours=hours)), **more}


def times(start: datetime) -> dict[str, Any]:
    zone = {"timeZone": "Europe/Berlin"}
    end = start + timedelta(hours=1)
    return {"start": {"dateTime": start.isoformat(), **zone}, "end": {"dateTime": end.isoformat(), **zone}}


@pytest.fixture
def calendar(google: Google) -> Calendar:
    return google.calendars.get("primary")


@pytest.fixture
def entry(connect: Connect) -> Entry:
    return connect(calendars=["primary"])


Items = Sequence[Resource | Unchanged | Removed | Done]


def read(entry: Entry, **changes: Any) -> Items:
    asked = replace(EventRequest("primary", WINDOW, "Europe/Berlin", everything), **changes)
    return list(open_events(entry).read(asked))


def after(entry: Entry, before: Items, **changes: Any) -> Items:
    """Read on from an earlier reading."""
    known = {item.href: item.etag for item in before if isinstance(item, Resource)}
    return read(entry, **{"cursor": done(before).cursor, "known": known, **changes})


def done(items: Items) -> Done:
    last = items[-1]
    assert isinstance(last, Done)
    return last


def titles(items: Items) -> list[str]:
    return [event.title for item in items if isinstance(item, Resource) for event in item.events]


def test_a_quiet_poll_is_one_request(google: Google, entry: Entry, calendar: Calendar) -> None:
    google.events.enter(calendar, timed(1))
    first = read(entry)
    google.asked.clear()
    items = after(entry, first)
    assert (len(items), done(items).coverage) == (1, Coverage.DELTA)
    assert google.names() == [LIST]


def test_only_ordinary_events_and_those_from_mail_are_asked_for(
    google: Google, entry: Entry, calendar: Calendar
) -> None:
    for kind in ("default", "fromGmail", "focusTime", "outOfOffice", "workingLocation", "birthday"):
        google.events.enter(calendar, timed(1, kind, eventType=kind))
    assert titles(read(entry)) == ["default", "fromGmail"]


def test_every_page_is_read_and_the_token_is_that_of_the_last(google: Google, entry: Entry, calendar: Calendar) -> None:
    google.pages.largest = 2
    for hours in range(5):
        google.events.enter(calendar, timed(hours, str(hours)))
    items = read(entry)
    assert titles(items) == ["0", "1", "2", "3", "4"]
    assert len(google.calls(LIST)) == 3
    google.events.enter(calendar, timed(9, "new"))
    assert titles(after(entry, items)) == ["new"]


def test_a_page_that_fails_proves_nothing(google: Google, entry: Entry, calendar: Calendar) -> None:
    google.pages.largest = 1
    for hours in range(3):
        google.events.enter(calendar, timed(hours))
    google.fail(LIST, 500, "backendError", skip=1)
    with pytest.raises(NotReady):
        read(entry)


def test_an_expired_token_leads_to_a_complete_listing(google: Google, entry: Entry, calendar: Calendar) -> None:
    kept, gone = (google.events.enter(calendar, timed(hours))["id"] for hours in (1, 2))
    first = read(entry)
    google.phone.delete_event(calendar, gone)
    google.listing.expire()
    items = after(entry, first)
    assert items[:-1] == [Unchanged(kept)]  # what is missing is found by comparison, nothing is wiped
    assert done(items).coverage is Coverage.COMPLETE


@pytest.mark.parametrize(("status", "reason"), [(400, "badRequest"), (410, "gone"), (410, "updatedMinTooLongAgo")])
def test_any_refusal_of_a_token_leads_to_a_complete_listing(
    google: Google, entry: Entry, calendar: Calendar, status: int, reason: str
) -> None:
    google.events.enter(calendar, timed(1))
    first = read(entry)
    google.fail(LIST, status, reason)
    assert done(after(entry, first)).coverage is Coverage.COMPLETE


def test_a_refusal_in_the_middle_of_a_delta_gives_nothing_twice(
    google: Google, entry: Entry, calendar: Calendar
) -> None:
    first = read(entry)
    google.pages.largest = 1
    for hours in range(3):
        google.events.enter(calendar, timed(hours, str(hours)))
    google.fail(LIST, 410, "fullSyncRequired", skip=1)
    assert titles(after(entry, first)) == ["0", "1", "2"]


def test_more_changes_than_are_worth_a_delta_are_read_as_a_window(
    google: Google, entry: Entry, calendar: Calendar
) -> None:
    first = read(entry)
    google.pages.largest = 1
    for hours in range(6):
        google.events.enter(calendar, timed(hours, str(hours)))
    items = after(entry, first)
    assert (len(titles(items)), done(items).coverage) == (6, Coverage.COMPLETE)


def test_a_listing_that_google_gives_up_on_proves_nothing(google: Google, entry: Entry, calendar: Calendar) -> None:
    google.events.enter(calendar, timed(1))
    google.fail(LIST, 410, "fullSyncRequired")
    with pytest.raises(NotReady, match="changed while it was read"):
        read(entry)


def test_a_token_is_dropped_with_the_request_it_came_from(google: Google, entry: Entry, calendar: Calendar) -> None:
    first = read(entry)
    wider = Window(WINDOW.starts_at, WINDOW.ends_at + timedelta(days=30))
    assert done(after(entry, first, window=wider)).coverage is Coverage.COMPLETE
    later = Window(WINDOW.starts_at + timedelta(days=2), WINDOW.ends_at + timedelta(days=2))
    assert done(after(entry, first, window=later)).coverage is Coverage.COMPLETE
    soon = Window(WINDOW.starts_at + timedelta(days=1), WINDOW.ends_at + timedelta(days=1))
    assert done(after(entry, first, window=soon)).coverage is Coverage.DELTA
    assert done(after(entry, first, full=True)).coverage is Coverage.COMPLETE
    told = json.loads(done(first).cursor)
    assert done(after(entry, first, cursor=json.dumps({**told, "mark": "other"}))).coverage is Coverage.COMPLETE


def test_a_series_comes_as_occurrences_that_keep_their_names(google: Google, entry: Entry, calendar: Calendar) -> None:
    series = google.events.enter(calendar, timed(1, recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"]))
    first = read(entry)
    hrefs = [item.href for item in first if isinstance(item, Resource)]
    assert hrefs == [f"{series['id']}/202609{day:02}T100000Z" for day in (1, 8, 15)]
    moved = google.calendars.get("primary").events[series["id"]].shown
    instance = list(moved)[1]
    google.phone.move_event(calendar, instance, START + timedelta(days=20), START + timedelta(days=20, hours=1))
    (item, _) = after(entry, first)
    assert isinstance(item, Resource)
    assert (item.href, item.events[0].occurrence) == (hrefs[1], "20260908T100000Z")
    assert item.events[0].starts_at == START + timedelta(days=20)
    google.phone.delete_event(calendar, instance)
    assert after(entry, first)[:-1] == [Removed(hrefs[1])]


def test_a_deleted_series_takes_its_occurrences_along(google: Google, entry: Entry, calendar: Calendar) -> None:
    series = google.events.enter(calendar, timed(1, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"]))["id"]
    first = read(entry)
    google.phone.delete_event(calendar, series)
    told = [item.href for item in after(entry, first) if isinstance(item, Removed)]
    assert told == [item.href for item in first if isinstance(item, Resource)]


def test_a_stub_of_the_series_alone_takes_its_occurrences_along(
    entry: Entry, google: Google, calendar: Calendar
) -> None:
    first = read(entry)
    google.phone.delete_event(calendar, google.events.enter(calendar, timed(1))["id"])
    stub = google.listing.events.resource(list(calendar.events.values())[-1])["id"]
    known = {f"{stub}/20260901T100000Z": '"1"', "other/20260901T100000Z": '"1"'}
    assert after(entry, first, known=known)[:-1] == [Removed(f"{stub}/20260901T100000Z")]


def test_a_single_event_that_becomes_a_series_is_not_there_twice(
    google: Google, entry: Entry, calendar: Calendar
) -> None:
    event = google.events.enter(calendar, timed(1))["id"]
    first = read(entry)
    google.events.change(calendar, event, {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=2"]})
    items = after(entry, first)
    assert Removed(event) in items
    assert len(titles(items)) == 2


def test_what_left_the_window_is_told_without_events(google: Google, entry: Entry, calendar: Calendar) -> None:
    event = google.events.enter(calendar, timed(1))["id"]
    first = read(entry)
    google.events.change(calendar, event, times(START + timedelta(days=400)))
    (item, _) = after(entry, first)
    assert isinstance(item, Resource)
    assert (item.href, item.events) == (event, ())


def test_our_own_reminders_are_never_read(google: Google, entry: Entry, calendar: Calendar) -> None:
    google.events.enter(calendar, timed(1, extendedProperties={"private": {"afterview": "t-1"}}))
    (item, _) = read(entry)
    assert isinstance(item, Resource)
    assert (item.events, item.skipped) == ((), None)


def test_a_broken_event_stops_nothing(google: Google, entry: Entry, calendar: Calendar) -> None:
    google.events.enter(calendar, timed(1, start={"date": "0001-01-01"}, end={"date": "9999-01-01"}))
    google.events.enter(calendar, timed(2, "good"))
    items = read(entry)
    assert [item.problem for item in items if isinstance(item, Resource)] == ["The entry lies in the year 1.", ""]
    assert titles(items) == ["good"]


def test_a_calendar_by_its_name_and_what_happens_when_it_goes(
    google: Google, connect: Connect, calendar: Calendar
) -> None:
    work = google.calendars.add("Work")
    google.events.enter(work, timed(1, "At work"))
    entry = connect(calendars=["Work"])
    assert titles(read(entry, calendar="Work")) == ["At work"]
    del google.calendars.known[work.id]
    with pytest.raises(ListGone, match='The calendar "Work" is not there'):
        read(entry, calendar="Work")
    with pytest.raises(ListGone, match="check its name"):
        read(entry, calendar="Work")
    again = google.calendars.add("Work")
    google.events.enter(again, timed(1, "Made again"))
    assert titles(read(entry, calendar="Work")) == ["Made again"]
    google.calendars.add("Work")
    with pytest.raises(Refused, match="exists 2 times"):
        read(connect(calendars=["Work"]), calendar="Work")


def test_what_was_not_allowed_is_said_before_anything_is_asked(google: Google, connect: Connect) -> None:
    with pytest.raises(Refused, match="tick every box"):
        read(connect("tasks", calendars=["primary"]))
    named = connect("calendar.events.readonly", calendars=["Work"])
    with pytest.raises(Refused, match='or write "primary"'):
        read(named, calendar="Work")
    assert google.asked == []


def test_the_user_can_leave_only_the_main_calendar_readable(google: Google, connect: Connect) -> None:
    google.events.enter(google.calendars.get("primary"), timed(1))
    assert titles(read(connect("calendar.events.readonly", calendars=["primary"]))) == ["Interview"]


def test_calendars_must_be_named(connect: Connect, clock: MovedClock) -> None:
    with pytest.raises(ConfigError, match="primary"):
        open_events(connect())
