from datetime import UTC, datetime

import pytest

from afterview.integrations.ical.scan import look, may_touch
from afterview.sync.ports import Window

WINDOW = Window(datetime(2026, 6, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""])


def test_it_sees_what_the_classifier_needs() -> None:
    text = event(
        "UID:u-1",
        "SUMMARY;LANGUAGE=de:Gespräch\\, 2. Ru",
        " nde",
        'ORGANIZER;CN="Lima: Ana":mailto:ana@corp.example',
        "DTSTART;TZID=Europe/Berlin:20260901T090000",
        "BEGIN:VALARM",
        "SUMMARY:Alarm",
        "UID:alarm",
        "END:VALARM",
        "DESCRIPTION:Your inter",
        "\tview at Initech",
    )
    seen = look(text)
    assert seen.glance.uid == "u-1"
    assert seen.glance.title == "Gespräch, 2. Runde"
    assert seen.glance.start_raw == "20260901T090000"
    assert seen.glance.organizer_raw == 'ORGANIZER;CN="Lima: Ana":mailto:ana@corp.example'
    assert "Your interview at Initech" in seen.glance.raw
    assert seen.is_event
    assert not seen.ours


def test_an_alarm_before_the_title_does_not_lend_its_words() -> None:
    seen = look(event("BEGIN:VALARM", "SUMMARY:Alarm", "END:VALARM", "SUMMARY:Interview", "DTSTART:20260901T090000Z"))
    assert seen.glance.title == "Interview"


def test_what_we_wrote_ourselves_and_what_is_no_event_is_told_apart() -> None:
    assert look(event("SUMMARY:x", "X-AFTERVIEW-ID:t-1")).ours
    assert not look("BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nEND:VTODO\r\nEND:VCALENDAR\r\n").is_event
    assert not look("").is_event


@pytest.mark.parametrize(
    ("lines", "touches"),
    [
        (["DTSTART:20260901T090000Z", "DTEND:20260901T100000Z"], True),
        (["DTSTART:20250901T090000Z", "DTEND:20250901T100000Z"], False),
        (["DTSTART:20290901T090000Z", "DTEND:20290901T100000Z"], False),
        (["DTSTART:20260530T230000Z"], True),  # the margin
        (["DTSTART;VALUE=DATE:20250101", "DTEND;VALUE=DATE:20260701"], True),  # reaches into it
        (["DTSTART:20250101T090000Z", "DURATION:P2Y"], True),  # not known without a calculation
        (["DTSTART:20250101T090000Z", "RRULE:FREQ=WEEKLY"], True),
        (["DTSTART:20250101T090000Z", "DTEND:20250101T100000Z", "RRULE:FREQ=WEEKLY;UNTIL=20250601T000000Z"], False),
        (["DTSTART:20250101T090000Z", "DTEND:20250901T100000Z", "RRULE:FREQ=YEARLY;UNTIL=20260501T000000Z"], True),
        (["DTSTART:20250101T090000Z", "RRULE:FREQ=WEEKLY;UNTIL=20250601T000000Z"], True),
        (["DTSTART:20290101T090000Z", "RRULE:FREQ=WEEKLY"], False),
        (["DTSTART:20250101T090000Z", "RDATE:20260901T090000Z"], True),
        (["DTSTART:soon"], True),
        ([], True),
    ],
)
def test_only_what_surely_lies_outside_is_passed_over(lines: list[str], touches: bool) -> None:
    assert may_touch(look(event("UID:a", *lines)), WINDOW) is touches


def test_a_series_that_ended_is_passed_over_unless_an_override_lies_inside() -> None:
    series = ("DTSTART;VALUE=DATE:20250101", "DTEND;VALUE=DATE:20250101", "RRULE:FREQ=WEEKLY;UNTIL=20250601")
    assert not may_touch(look(event("UID:a", *series)), WINDOW)
    moved = ("END:VEVENT", "BEGIN:VEVENT", "RECURRENCE-ID;VALUE=DATE:20250108", "DTSTART;VALUE=DATE:20260901")
    assert may_touch(look(event("UID:a", *series, *moved, "DTEND;VALUE=DATE:20260901")), WINDOW)
