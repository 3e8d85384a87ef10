"""Calendars that tell uids, and calendars that do not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from afterview.integrations.home_assistant.access import Entry
from afterview.integrations.home_assistant.convert import occurrence
from afterview.integrations.home_assistant.entries import EntityEvents
from afterview.sync.days import Days
from afterview.sync.identity import event_key
from afterview.sync.model import Event, EventStatus
from afterview.sync.ports import EventRequest, Resource, Window
from tests.contract.home_assistant_rig import ZONE
from tests.fakes.todo import FakeCalendars

NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
REQUEST = EventRequest("calendar.a", Window(NINE - 4 * WEEK, NINE + 10 * WEEK), ZONE, lambda _glance: True)


def read(*entries: Entry) -> list[Event]:
    server = FakeCalendars({"calendar.a": {str(number): one for number, one in enumerate(entries)}})
    items = EntityEvents("home", server).read(REQUEST)
    return [event for item in items if isinstance(item, Resource) for event in item.events]


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("", ""),
        ("20260302", "20260302"),
        ("2026-03-02", "20260302"),
        ("20260302T080000Z", "20260302T080000Z"),
        ("20260302T090000", "20260302T080000Z"),
        ("2026-03-02T09:00:00+01:00", "20260302T080000Z"),
        ("2026-07-02 09:00:00", "20260702T070000Z"),
        ("something else", "something else"),
    ],
)
def test_an_occurrence_is_named_as_the_other_calendars_name_it(told: str, meant: str) -> None:
    assert occurrence(told, Days(ZoneInfo(ZONE))) == meant


def test_a_uid_gives_the_key_that_every_other_source_gives() -> None:
    (event,) = read(Entry(NINE, NINE + HOUR, "Interview", uid="u1@example.org"))
    assert event_key(event.uid, event.occurrence) == event_key("u1@example.org", "")


def test_a_series_without_ids_is_told_apart_by_its_starts() -> None:
    events = read(*(Entry(NINE + n * WEEK, NINE + n * WEEK + HOUR, "Interview", uid="u1") for n in range(3)))
    assert [event.occurrence for event in events] == ["20260302T080000Z", "20260309T080000Z", "20260316T080000Z"]


def test_without_a_uid_calendar_title_and_start_name_it() -> None:
    one, again = read(Entry(NINE, NINE + HOUR, "Interview")), read(Entry(NINE, NINE + HOUR, "  INTERVIEW", "text"))
    (other,) = read(Entry(NINE + HOUR, NINE + 2 * HOUR, "Interview"))
    assert one[0].uid == again[0].uid != other.uid


def test_a_whole_day_a_floating_time_and_a_status_are_understood() -> None:
    day, floating = read(
        Entry(date(2026, 3, 2), date(2026, 3, 3), "Interview day", uid="a", status="TENTATIVE"),
        Entry(datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 10), "Interview", uid="b"),  # noqa: DTZ001 -- a floating time
    )
    assert (day.all_day, day.starts_at, day.status) == (True, NINE - 9 * HOUR, EventStatus.TENTATIVE)
    assert (floating.starts_at, floating.status) == (NINE, EventStatus.CONFIRMED)


def test_hostile_text_is_made_safe() -> None:
    (event,) = read(Entry(NINE, NINE + HOUR, "Inter\u202eview\nwith\x1b[31m Initech", "a\x00b", uid="a"))
    assert event.title == "Interview with Initech"
    assert event.text == "a b"


def test_an_entry_outside_of_the_calendar_stops_nothing_beside_it() -> None:
    ages = Entry(date(1, 1, 1), date(9999, 12, 31), "Interview of all times", uid="a")
    unsound = Entry(NINE, NINE + HOUR, "Interview", uid="b", recurrence_id="20269999T000000Z")
    server = FakeCalendars(
        {"calendar.a": {"1": ages, "2": unsound, "3": Entry(NINE, NINE + HOUR, "Interview", uid="c")}}
    )
    found = [one for one in EntityEvents("home", server).read(REQUEST) if isinstance(one, Resource)]
    assert [bool(one.problem) for one in found] == [True, True, False]
    again = replace(REQUEST, known={one.href: one.etag for one in found})
    assert not [one for one in EntityEvents("home", server).read(again) if isinstance(one, Resource)]
