"""The contract of a calendar, against every service."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from afterview.sync.model import Glance
from afterview.sync.ports import Coverage, Done, EventRequest, Removed, Resource, Unchanged, Window
from tests.contract.rigs import EventRig

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
WINDOW = Window(NOON - timedelta(days=90), NOON + timedelta(days=180))
HOUR = timedelta(hours=1)


def everything(glance: Glance) -> bool:
    return True


def request(rig: EventRig) -> EventRequest:
    return EventRequest(rig.calendar, WINDOW, "Europe/Berlin", everything)


def ended(items: Iterable[object]) -> Done:
    last = list(items)[-1]
    assert isinstance(last, Done)
    return last


def resources(items: Iterable[object]) -> dict[str, Resource]:
    return {item.href: item for item in items if isinstance(item, Resource) and (item.events or item.skipped)}


def test_the_first_reading_gives_the_window(event_rig: EventRig) -> None:
    near = event_rig.enter("near", "Interview", NOON, NOON + HOUR)
    event_rig.enter("old", "Interview", NOON - timedelta(days=400), NOON - timedelta(days=400) + HOUR)
    event_rig.enter("far", "Interview", NOON + timedelta(days=400), NOON + timedelta(days=400) + HOUR)
    items = list(event_rig.events.read(request(event_rig)))
    assert ended(items).coverage is Coverage.COMPLETE
    found = resources(items)
    assert set(found) == {near}
    (event,) = found[near].events
    assert (event.uid, event.title, event.starts_at, event.ends_at) == ("near", "Interview", NOON, NOON + HOUR)
    assert event.calendar == event_rig.calendar
    assert event.resource == near


def test_the_calendars_are_named_as_the_user_did(event_rig: EventRig) -> None:
    assert event_rig.events.calendars() == (event_rig.calendar,)


def test_changes_come_as_a_delta_and_quiet_is_quiet(event_rig: EventRig) -> None:
    first = event_rig.enter("a", "Interview", NOON, NOON + HOUR)
    event_rig.enter("b", "Interview", NOON, NOON + HOUR)
    start = list(event_rig.events.read(request(event_rig)))
    etags = {href: item.etag for href, item in resources(start).items()}
    quiet = list(event_rig.events.read(replace(request(event_rig), cursor=ended(start).cursor, known=etags)))
    assert not resources(quiet)
    assert not [item for item in quiet if isinstance(item, Removed)]
    event_rig.enter("a", "Interview moved", NOON + HOUR, NOON + 2 * HOUR)
    new = event_rig.enter("c", "Interview", NOON, NOON + HOUR)
    after = list(event_rig.events.read(replace(request(event_rig), cursor=ended(quiet).cursor, known=etags)))
    assert set(resources(after)) == {first, new}
    assert resources(after)[first].events[0].title == "Interview moved"


def test_a_removed_event_is_told_or_left_out_of_a_complete_listing(event_rig: EventRig) -> None:
    gone = event_rig.enter("a", "Interview", NOON, NOON + HOUR)
    stays = event_rig.enter("b", "Interview", NOON, NOON + HOUR)
    start = list(event_rig.events.read(request(event_rig)))
    etags = {href: item.etag for href, item in resources(start).items()}
    event_rig.remove(gone)
    after = list(event_rig.events.read(replace(request(event_rig), cursor=ended(start).cursor, known=etags)))
    if ended(after).coverage is Coverage.DELTA:
        assert Removed(gone) in after
    else:
        assert Unchanged(stays) in after
        assert Unchanged(gone) not in after
        assert gone not in resources(after)


def test_moved_out_of_the_window_is_told_without_events(event_rig: EventRig) -> None:
    href = event_rig.enter("a", "Interview", NOON, NOON + HOUR)
    start = list(event_rig.events.read(request(event_rig)))
    etags = {name: item.etag for name, item in resources(start).items()}
    event_rig.enter("a", "Interview", NOON + timedelta(days=900), NOON + timedelta(days=900) + HOUR)
    after = list(event_rig.events.read(replace(request(event_rig), cursor=ended(start).cursor, known=etags)))
    told = [item for item in after if isinstance(item, Resource | Unchanged) and item.href == href]
    if ended(after).coverage is Coverage.DELTA:
        assert [item.events for item in told if isinstance(item, Resource)] == [()]
    else:
        assert not [item for item in told if isinstance(item, Unchanged) or item.events]


def test_what_cannot_be_an_interview_is_not_read_but_named(event_rig: EventRig) -> None:
    event_rig.enter("a", "Dentist", NOON, NOON + HOUR)
    wanted = event_rig.enter("b", "Interview", NOON, NOON + HOUR)
    asked = EventRequest(event_rig.calendar, WINDOW, "Europe/Berlin", lambda glance: "Interview" in glance.raw)
    found = resources(event_rig.events.read(asked))
    assert [href for href, item in found.items() if item.events] == [wanted]
    skipped = [item.skipped.title for item in found.values() if item.skipped]
    assert skipped == ["Dentist"]


def test_a_full_reading_names_what_is_unchanged(event_rig: EventRig) -> None:
    same = event_rig.enter("a", "Interview", NOON, NOON + HOUR)
    other = event_rig.enter("b", "Interview", NOON, NOON + HOUR)
    start = list(event_rig.events.read(request(event_rig)))
    etags = {name: item.etag for name, item in resources(start).items()}
    event_rig.enter("b", "Interview 2", NOON, NOON + HOUR)
    asked = replace(request(event_rig), cursor=ended(start).cursor, known=etags, full=True)
    full = list(event_rig.events.read(asked))
    assert ended(full).coverage is Coverage.COMPLETE
    assert Unchanged(same) in full
    assert set(resources(full)) == {other}


def test_a_cursor_of_another_age_leads_to_a_complete_listing_or_the_truth(event_rig: EventRig) -> None:
    href = event_rig.enter("a", "Interview", NOON, NOON + HOUR)
    items = list(event_rig.events.read(replace(request(event_rig), cursor="http://example.org/sync/broken")))
    assert ended(items)
    assert set(resources(items)) == {href}


def test_a_series_is_read_again_when_the_window_has_moved_on(event_rig: EventRig) -> None:
    if event_rig.name in {"memory", "home_assistant"}:
        event_rig.enter("a", "Interview", NOON, NOON + HOUR)  # these keep occurrences, not rules
        return
    href = event_rig.enter("a", "Interview\r\nRRULE:FREQ=WEEKLY", NOON, NOON + HOUR)
    start = list(event_rig.events.read(request(event_rig)))
    etags = {name: item.etag for name, item in resources(start).items()}
    asked = replace(request(event_rig), cursor=ended(start).cursor, known=etags, full=True)
    assert Unchanged(href) in list(event_rig.events.read(asked))
    later = Window(WINDOW.starts_at + timedelta(days=30), WINDOW.ends_at + timedelta(days=30))
    moved = resources(event_rig.events.read(replace(asked, window=later)))
    assert latest(moved) > latest(resources(start))


def latest(found: dict[str, Resource]) -> datetime:
    return max(event.starts_at for item in found.values() for event in item.events)
