import contextlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterview.integrations.ical.bounds import Unreadable
from afterview.integrations.ical.read import Place, read
from afterview.sync.model import Event, EventStatus, ParticipantKind, Reply
from afterview.sync.ports import Window

WINDOW = Window(datetime(2026, 6, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
PLACE = Place("home", "Personal", "/a.ics", "Europe/Berlin")


def calendar(*blocks: str, head: str = "") -> str:
    inner = "".join(f"BEGIN:VEVENT\nUID:u\n{block.strip()}\nEND:VEVENT\n" for block in blocks)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{inner}END:VCALENDAR\n".replace("\n", "\r\n")


def events(*blocks: str, head: str = "", window: Window = WINDOW) -> tuple[Event, ...]:
    return read(calendar(*blocks, head=head), PLACE, window)


def only(*blocks: str, head: str = "") -> Event:
    found = events(*blocks, head=head)
    assert len(found) == 1
    return found[0]


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_a_single_appointment_with_everything() -> None:
    event = only("""SUMMARY:Interview\\, 2nd round
DESCRIPTION:Meet us at https://meet.example/abc.\\nBring a laptop.
LOCATION:Room 5
DTSTART;TZID=Europe/Berlin:20260901T090000
DTEND;TZID=Europe/Berlin:20260901T100000
ORGANIZER;CN="Lima, Ana":MAILTO:Ana@Corp.example
ATTENDEE;CN=Me;PARTSTAT=DECLINED;ROLE=OPT-PARTICIPANT:mailto:me@example.org
ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:room@corp.example
ATTENDEE:urn:uuid:1
STATUS:TENTATIVE
CLASS:PRIVATE
SEQUENCE:3
LAST-MODIFIED:20260820T100000Z
DTSTAMP:20260819T100000Z
X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.example/l/1""")
    assert (event.account, event.calendar, event.resource, event.uid) == ("home", "Personal", "/a.ics", "u")
    assert (event.starts_at, event.ends_at, event.zone) == (at(9, 1, 7), at(9, 1, 8), "Europe/Berlin")
    assert (event.title, event.location) == ("Interview, 2nd round", "Room 5")
    assert event.text == "Meet us at https://meet.example/abc.\nBring a laptop."
    assert event.links == ("https://teams.example/l/1", "https://meet.example/abc")
    assert event.organizer is not None
    assert (event.organizer.email, event.organizer.name) == ("ana@corp.example", "Lima, Ana")
    me, room, nobody = event.attendees
    assert (me.email, me.reply, me.optional) == ("me@example.org", Reply.DECLINED, True)
    assert (room.kind, room.reply) == (ParticipantKind.ROOM, Reply.ACCEPTED)
    assert nobody.email == ""
    assert (event.status, event.private, event.sequence) == (EventStatus.TENTATIVE, True, 3)
    assert event.modified_at == at(8, 20, 10)
    assert (event.occurrence, event.recurring, event.all_day, event.floating) == ("", False, False, False)


@pytest.mark.parametrize(
    ("times", "starts_at", "ends_at"),
    [
        ("DTSTART:20260901T090000Z\nDTEND:20260901T100000Z", at(9, 1, 9), at(9, 1, 10)),
        ("DTSTART:20260901T090000Z\nDURATION:PT45M", at(9, 1, 9), at(9, 1, 9, 45)),
        ("DTSTART:20260901T090000Z", at(9, 1, 9), at(9, 1, 9)),
        ("DTSTART:20260901T090000Z\nDTEND:20260901T080000Z", at(9, 1, 9), at(9, 1, 9)),
        ("DTSTART;VALUE=DATE:20260901", at(8, 31, 22), at(9, 1, 22)),
        ("DTSTART;VALUE=DATE:20260901\nDTEND;VALUE=DATE:20260903", at(8, 31, 22), at(9, 2, 22)),
        ("DTSTART;VALUE=DATE:20260901\nDTEND;VALUE=DATE:20260901", at(8, 31, 22), at(9, 1, 22)),
        ("DTSTART;VALUE=DATE:20260901\nDURATION:P2D", at(8, 31, 22), at(9, 2, 22)),
        ("DTSTART:20260901T090000\nDTEND:20260901T100000", at(9, 1, 7), at(9, 1, 8)),  # floating
        ("DTSTART;TZID=Romance Standard Time:20260901T090000", at(9, 1, 7), at(9, 1, 7)),
        ("DTSTART;TZID=/mozilla.org/20050126_1/America/New_York:20260901T090000", at(9, 1, 13), at(9, 1, 13)),
        (
            "DTSTART;TZID=Europe/Berlin:20261025T023000\nDTEND;TZID=Europe/Berlin:20261025T033000",
            at(10, 25, 0, 30),
            at(10, 25, 2, 30),
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260901T230000\nDTEND;TZID=Europe/Berlin:20260902T010000",
            at(9, 1, 21),
            at(9, 1, 23),
        ),
        ("DTSTART;TZID=Nobody Knows:20260901T090000", at(9, 1, 7), at(9, 1, 7)),  # the user's zone is the best guess
    ],
)
def test_times_become_instants(times: str, starts_at: datetime, ends_at: datetime) -> None:
    event = only(times)
    assert (event.starts_at, event.ends_at) == (starts_at, ends_at)


def test_all_day_and_floating_say_so() -> None:
    assert only("DTSTART;VALUE=DATE:20260901").all_day
    floating = only("DTSTART:20260901T090000")
    assert (floating.floating, floating.zone) == (True, "")


ZONE = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16011028T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:-0300
TZOFFSETTO:-0400
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:-0400
TZOFFSETTO:-0300
END:DAYLIGHT
END:VTIMEZONE
"""


def test_a_zone_that_only_the_file_describes_is_used() -> None:
    summer = only("DTSTART;TZID=Customized Time Zone:20260901T090000", head=ZONE)
    winter = only("DTSTART;TZID=Customized Time Zone:20261201T090000", head=ZONE)
    assert (summer.starts_at, winter.starts_at) == (at(9, 1, 12), at(12, 1, 13))


def test_what_one_file_describes_is_not_believed_in_another() -> None:
    only("DTSTART;TZID=Customized Time Zone:20260901T090000", head=ZONE)
    assert only("DTSTART;TZID=Customized Time Zone:20260901T090000").starts_at == at(9, 1, 7)
    wrong = ZONE.replace("Customized Time Zone", "Europe/Berlin")
    assert only("DTSTART;TZID=Europe/Berlin:20260901T090000", head=wrong).starts_at == at(9, 1, 7)


WEEKLY = """SUMMARY:Weekly
DTSTART;TZID=Europe/Berlin:20261012T090000
DTEND;TZID=Europe/Berlin:20261012T100000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Europe/Berlin:20261019T090000"""


def test_a_series_keeps_its_wall_time_across_the_change_of_clocks() -> None:
    found = events(WEEKLY)
    assert [event.starts_at for event in found] == [at(10, 12, 7), at(10, 26, 8), at(11, 2, 8)]
    assert [event.occurrence for event in found] == ["20261012T070000Z", "20261026T080000Z", "20261102T080000Z"]
    assert all(event.recurring for event in found)


def test_an_override_moves_or_cancels_its_instance_only() -> None:
    moved = """RECURRENCE-ID;TZID=Europe/Berlin:20261026T090000
SUMMARY:Moved
DTSTART;TZID=Europe/Berlin:20261027T140000
DTEND;TZID=Europe/Berlin:20261027T150000"""
    cancelled = """RECURRENCE-ID;TZID=Europe/Berlin:20261102T090000
SUMMARY:Weekly
STATUS:CANCELLED
DTSTART;TZID=Europe/Berlin:20261102T090000
DTEND;TZID=Europe/Berlin:20261102T100000"""
    found = {event.occurrence: event for event in events(WEEKLY, moved, cancelled)}
    assert set(found) == {"20261012T070000Z", "20261026T080000Z", "20261102T080000Z"}
    assert (found["20261026T080000Z"].title, found["20261026T080000Z"].starts_at) == ("Moved", at(10, 27, 13))
    assert found["20261102T080000Z"].status is EventStatus.CANCELLED
    assert found["20261012T070000Z"].status is EventStatus.CONFIRMED


def test_an_instance_without_its_series_stands_for_itself() -> None:
    event = only("RECURRENCE-ID:20261026T090000Z\nDTSTART:20261026T100000Z\nDTEND:20261026T110000Z")
    assert (event.occurrence, event.recurring) == ("20261026T090000Z", True)


def test_an_all_day_series_names_its_days() -> None:
    found = events("DTSTART;VALUE=DATE:20260901\nRRULE:FREQ=DAILY;COUNT=2")
    assert [event.occurrence for event in found] == ["20260901", "20260902"]


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=3", 3),  # 1 September 2026 is a Tuesday
        ("FREQ=DAILY;INTERVAL=2;BYMONTHDAY=1,3,5;COUNT=3", 3),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3", 3),
        ("FREQ=YEARLY;BYWEEKNO=36;BYDAY=TU", 1),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1;COUNT=2", 2),
    ],
)
def test_rules_that_depend_on_the_weekday_of_their_start_are_read(rule: str, count: int) -> None:
    assert len(events(f"DTSTART:20260901T090000Z\nRRULE:{rule}")) == count


def test_a_rule_that_meets_its_weekday_never_is_refused_at_once() -> None:
    started = time.process_time()
    with pytest.raises(Unreadable, match="never come"):
        events("DTSTART:20260901T090000Z\nRRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO")
    assert time.process_time() - started < 1


def test_extra_dates_and_the_window_are_heeded() -> None:
    found = events("DTSTART:20250901T090000Z\nRDATE:20260901T090000Z,20290901T090000Z")
    assert [event.starts_at for event in found] == [at(9, 1, 9)]
    assert events("DTSTART:20250901T090000Z\nDTEND:20250901T100000Z") == ()
    edge = Window(at(9, 1, 10), at(9, 2))
    assert events("DTSTART:20260901T090000Z\nDTEND:20260901T100000Z", window=edge) == ()
    assert len(events("DTSTART:20260901T090000Z\nDTEND:20260901T100001Z", window=edge)) == 1


def test_what_we_wrote_ourselves_is_never_read_back() -> None:
    assert events("X-AFTERVIEW-ID:t-1\nDTSTART:20260901T090000Z") == ()


def test_a_cancellation_that_came_by_mail_cancels() -> None:
    assert only("DTSTART:20260901T090000Z", head="METHOD:CANCEL\n").status is EventStatus.CANCELLED


def test_html_becomes_text_once_and_its_links_are_kept() -> None:
    event = only(
        "DTSTART:20260901T090000Z\nDESCRIPTION:\\n\n"
        "X-ALT-DESC;FMTTYPE=text/html:<html><head><style>p{}</style></head><body><p>Dear Max\\,</p>"
        '<p>join <a href="https://meet.example/x">here</a> &amp; smile</p></body></html>'
    )
    assert event.text == "Dear Max,\n\njoin here & smile"
    assert event.links == ("https://meet.example/x",)
    plain = only("DTSTART:20260901T090000Z\nDESCRIPTION:<b>Booked by</b><br>Max <max@example.org>")
    assert plain.text.splitlines()[0] == "Booked by"


def test_hostile_text_is_made_harmless() -> None:
    event = only("DTSTART:20260901T090000Z\nSUMMARY:Inter\u202eview\u200b \x1b[31mred\nDESCRIPTION:a\\n\x07b")
    assert event.title == "Interview red"
    assert "\x07" not in event.text


def test_a_broken_property_does_not_take_the_event_with_it() -> None:
    event = only("DTSTART:20260901T090000Z\nSEQUENCE:many\nDTSTAMP:never\nSTATUS:PERHAPS\nnonsense\nSUMMARY:Interview")
    assert (event.title, event.sequence, event.status) == ("Interview", 0, EventStatus.CONFIRMED)


BOMBS = {
    "every second": "DTSTART:20260901T090000Z\nRRULE:FREQ=SECONDLY",
    "every minute": "DTSTART:20260901T090000Z\nRRULE:FREQ=MINUTELY",
    "every hour": "DTSTART:20260901T090000Z\nRRULE:FREQ=HOURLY",
    "no interval": "DTSTART:20260901T090000Z\nRRULE:FREQ=DAILY;INTERVAL=0",
    "30 February": "DTSTART:20260901T090000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "never in a month": "DTSTART:20260901T090000Z\nRRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=300",
    "many a day": "DTSTART:20260901T090000Z\nRRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6;BYMINUTE=1,2,3",
    "since Christ": "DTSTART:00010101T090000Z\nRRULE:FREQ=DAILY",
    "to the end of time": "DTSTART:99991231T235959Z\nRRULE:FREQ=DAILY",
    "a thousand years long": "DTSTART:20000101T090000Z\nDTEND:29990101T090000Z\nRRULE:FREQ=DAILY",
    "many dates": "DTSTART:20260901T090000Z\nRDATE:" + ",".join(["20260902T090000Z"] * 3000),
    "no start": "RRULE:FREQ=DAILY",
    "many rules": "DTSTART:20260901T090000Z\n" + "\n".join(["RRULE:FREQ=DAILY"] * 20),
    "unknown rule": "DTSTART:20260901T090000Z\nRRULE:FREQ=YEARLY;BYEASTER=1000",
    "year 0001": "DTSTART:00010101T000000Z\nDTEND:00010101T010000Z",
    "year 9999": "DTSTART:99991231T230000Z\nDURATION:P99999W",
    "to the end of time in one go": "DTSTART:20260901T090000Z\nDTEND:99991231T235959Z",
    "two series since 1900": "DTSTART:19000101T090000Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY",
    "cut off": "DTSTART:20260901T090000Z\nBEGIN:VEVENT\nDTSTART:20260901T090000Z",
    "nothing": "SUMMARY:x",
    "broken start": "DTSTART:soon",
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_could_hang_is_refused_in_one_sentence_and_at_once(name: str) -> None:
    started = time.perf_counter()
    with pytest.raises(Unreadable, match=r"^[A-Z][^\n]{10,160}\.$"):
        events(BOMBS[name])
    assert time.perf_counter() - started < 5


def test_a_zone_whose_changes_never_come_is_not_expanded() -> None:
    hostile = ZONE.replace("BYDAY=-1SU;BYMONTH=10", "BYMONTHDAY=30;BYMONTH=2").replace("16011028", "00011028")
    many = hostile.replace("TZID:Customized Time Zone\n", "TZID:Customized Time Zone\n" + hostile[45:-14] * 30)
    started = time.process_time()
    assert only("DTSTART;TZID=Customized Time Zone:20260901T090000", head=many)
    assert time.process_time() - started < 1


def test_the_words_of_a_series_are_read_once() -> None:
    started = time.process_time()
    found = events("DTSTART:20260901T090000Z\nRRULE:FREQ=DAILY\nDESCRIPTION:<p>" + "<b>x</b>" * 20_000)
    assert len(found) == 181
    assert len({id(event.text) for event in found}) == 1
    assert time.process_time() - started < 2


def test_an_end_closes_what_was_left_open_inside() -> None:
    assert only("DTSTART:20260901T090000Z\nSUMMARY:Interview\nBEGIN:VALARM\nACTION:DISPLAY").title == "Interview"


@pytest.mark.parametrize("piece", ["<", "<!--", "<a ", '<a b="', "<a/", "</", "<?", "<![", "<!x[", "&#", "<script>"])
def test_broken_markup_is_gone_over_once(piece: str) -> None:
    started = time.process_time()
    event = only("DTSTART:20260901T090000Z\nSUMMARY:Interview\nDESCRIPTION:<p>" + piece * (190_000 // len(piece)))
    assert event.title == "Interview"
    assert time.process_time() - started < 1


def test_a_zone_that_could_hang_is_not_expanded() -> None:
    hostile = ZONE.replace("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "FREQ=SECONDLY")
    assert only("DTSTART;TZID=Customized Time Zone:20260901T090000", head=hostile)
    many = ZONE.replace(
        "BEGIN:DAYLIGHT",
        "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nEND:STANDARD\n" * 500
        + "BEGIN:DAYLIGHT",
    )
    assert only("DTSTART;TZID=Customized Time Zone:20260901T090000", head=many)


def test_a_resource_that_is_too_large_is_refused() -> None:
    with pytest.raises(Unreadable, match="kB long"):
        events("DTSTART:20260901T090000Z\nDESCRIPTION:" + "x" * 3_000_000)
    with pytest.raises(Unreadable, match="appointments"):
        events(*["DTSTART:20260901T090000Z"] * 1001)


def test_an_override_moved_by_centuries_does_not_widen_the_search() -> None:
    far = "RECURRENCE-ID;RANGE=THISANDFUTURE:20260908T090000Z\nDTSTART:21990908T090000Z\nDTEND:21990908T100000Z"
    found = events("DTSTART:20260901T090000Z\nDTEND:20260901T100000Z\nRRULE:FREQ=WEEKLY;COUNT=3", far)
    assert [event.starts_at for event in found] == [at(9, 1, 9), at(9, 15, 9)]


@settings(max_examples=150, deadline=timedelta(seconds=5))
@given(st.text(alphabet="DTSTARENDRULEFQ=;:,0123456789ZTDAILYWK\n-+P", max_size=200))
def test_garbage_is_read_or_refused_and_never_breaks(garbage: str) -> None:
    with contextlib.suppress(Unreadable):
        events(f"DTSTART:20260901T090000Z\n{garbage}")
