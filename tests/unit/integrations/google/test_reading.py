"""Google's event resources as events: the labelled ones, and those that somebody means harm with."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from afterview.integrations.google.reading import event_from_json, glance_of, href_of, is_ours
from afterview.integrations.ical.bounds import PEOPLE_LIMIT, Unreadable
from afterview.integrations.ical.read import Place, read
from afterview.sync.classify import classify, first_look, load_lexicon
from afterview.sync.identity import event_key
from afterview.sync.model import Answer, EventStatus, Owner, ParticipantKind, Reply
from afterview.sync.ports import Window

CORPUS = Path(__file__).parents[3] / "data" / "corpus"
FREE_MAIL = frozenset({"freemail.example", "inbox.example", "webpost.example"})
LABELS = [
    label
    for line in (CORPUS / "labels.jsonl").read_text("utf-8").splitlines()
    if (label := json.loads(line))["file"].endswith(".json")
]


def item(**changes: Any) -> dict[str, Any]:
    made = {
        "id": "abcde12345",
        "iCalUID": "interview-1@initech.example",
        "status": "confirmed",
        "summary": "Interview",
        "start": {"dateTime": "2026-03-02T10:00:00+01:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2026-03-02T11:00:00+01:00", "timeZone": "Europe/Berlin"},
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def raw_of(label: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CORPUS / label["file"]).read_text("utf-8"))
    return found


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label["file"])
def test_times_are_those_of_the_label(label: dict[str, Any]) -> None:
    event = event_from_json(raw_of(label), "UTC")
    for at, told in ((event.starts_at, label["starts"]), (event.ends_at, label["ends"])):
        if told is not None and "T" in told:
            assert at == datetime.fromisoformat(told)
        elif told is not None:
            assert at == datetime.combine(date.fromisoformat(told), datetime.min.time(), UTC)


def test_interviews_of_the_corpus_are_found_and_never_skipped() -> None:
    lexicon = load_lexicon()
    right = skipped = 0
    for label in LABELS:
        owner = Owner(emails=frozenset({label["owner_email"]}), free_mail=FREE_MAIL)
        raw = raw_of(label)
        verdict = classify(event_from_json(raw, "UTC"), owner, lexicon)
        right += (verdict.answer is not Answer.NO) == label["is_interview"]
        skipped += verdict.answer is not Answer.NO and not first_look(glance_of(raw), owner, lexicon)
    assert right >= len(LABELS) - 5
    assert skipped == 0


def test_people_and_replies() -> None:
    event = event_from_json(
        item(
            organizer={"email": "Dana@Initech.example", "displayName": "Dana"},
            attendees=[
                {"email": "hannah@example.org", "self": True, "responseStatus": "needsAction"},
                {"email": "room-1@resource.calendar.google.com", "resource": True, "responseStatus": "accepted"},
                {"email": "ana@initech.example", "optional": True, "responseStatus": "declined"},
            ],
        ),
        "UTC",
    )
    assert event.organizer is not None
    assert event.organizer.email == "dana@initech.example"
    owner, room, ana = event.attendees
    assert (owner.is_owner, owner.reply) == (True, Reply.NEEDS_ACTION)
    assert room.kind is ParticipantKind.RESOURCE
    assert (ana.optional, ana.reply) == (True, Reply.DECLINED)


def test_an_endless_list_of_guests_is_cut() -> None:
    guests = [{"email": f"guest{number}@example.org"} for number in range(2000)]
    assert len(event_from_json(item(attendees=guests), "UTC").attendees) == PEOPLE_LIMIT


def test_an_occurrence_keeps_its_identity_when_its_id_changes_and_it_is_moved() -> None:
    original = {"dateTime": "2026-03-09T10:00:00+01:00", "timeZone": "Europe/Berlin"}
    first = item(id="abc_1", recurringEventId="abc", originalStartTime=original)
    later = item(id="abc_other", recurringEventId="abc", originalStartTime={"dateTime": "2026-03-09T09:00:00Z"})
    assert href_of(first) == href_of(later) == "abc/20260309T090000Z"
    assert event_from_json(first, "UTC").occurrence == event_from_json(later, "UTC").occurrence == "20260309T090000Z"


def test_the_same_invitation_by_caldav_has_the_same_key() -> None:
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:series@initech.example\r\nDTSTAMP:20260101T000000Z\r\n"
        "DTSTART;TZID=Europe/Berlin:20260302T100000\r\nDTEND;TZID=Europe/Berlin:20260302T110000\r\n"
        "RRULE:FREQ=WEEKLY;COUNT=2\r\nSUMMARY:Interview\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
    by_caldav = {event_key(event.uid, event.occurrence) for event in read(text, Place("", "", "", "UTC"), window)}
    original = {"dateTime": "2026-03-02T10:00:00+01:00", "timeZone": "Europe/Berlin"}
    google = event_from_json(
        item(iCalUID="series@initech.example", recurringEventId="abc", originalStartTime=original), "UTC"
    )
    assert event_key(google.uid, google.occurrence) in by_caldav


def test_whole_days_are_taken_in_the_users_zone() -> None:
    event = event_from_json(item(start={"date": "2026-03-02"}, end={"date": "2026-03-03"}), "America/New_York")
    assert (event.all_day, event.zone) == (True, "")
    assert event.starts_at == datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert event.ends_at - event.starts_at == timedelta(days=1)


def test_the_stub_of_a_cancelled_occurrence_is_read() -> None:
    stub = {
        "id": "x_1",
        "status": "cancelled",
        "recurringEventId": "x",
        "originalStartTime": {"dateTime": "2026-03-02T10:00:00Z"},
    }
    event = event_from_json(stub, "UTC")
    assert (event.status, event.uid, event.occurrence) == (EventStatus.CANCELLED, "x@google.com", "20260302T100000Z")


def test_an_event_without_an_end_ends_when_it_starts() -> None:
    event = event_from_json(item(endTimeUnspecified=True), "UTC")
    assert event.ends_at == event.starts_at
    assert event_from_json(item(end=None), "UTC").ends_at == event.starts_at


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("With <b>Ana</b>\nCTO", "With Ana\nCTO"),
        ("<p>With Ana</p>\n<p>CTO</p>", "With Ana\n\nCTO"),
        ("With Ana<br>\nand\nBo", "With Ana\nand Bo"),
        ("Q&amp;A", "Q&A"),
        ("1 < 2 and b > a", "1 < 2 and b > a"),
        ("\x1b[31mred\u202e", "red"),
        ("<script>alert(1)</script><b>x</b>", "x"),
    ],
)
def test_descriptions_become_plain_text(written: str, text: str) -> None:
    assert event_from_json(item(description=written), "UTC").text.strip() == text


def test_links_come_from_fields_and_text_and_are_unwrapped() -> None:
    event = event_from_json(
        item(
            description='<a href="https://www.google.com/url?q=https://zoom.us/j/1&amp;sa=D">Join</a> or https://x.example/a.',
            conferenceData={
                "entryPoints": [{"uri": "https://meet.google.com/abc"}, {"uri": "tel:+49"}, {"uri": "javascript:x"}]
            },
            hangoutLink="https://meet.google.com/abc",
        ),
        "UTC",
    )
    assert event.links == ("https://meet.google.com/abc", "https://zoom.us/j/1", "https://x.example/a")


@pytest.mark.parametrize(
    "broken",
    [
        {"start": None, "end": None},
        {"start": {"dateTime": "soon"}},
        {"start": {"date": "0001-01-01"}, "end": {"date": "0001-01-02"}},
        {"start": "2026"},
        {"end": {"dateTime": "2500-12-31T23:00:00-10:00"}},
    ],
)
def test_what_has_no_time_is_one_problem(broken: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        event_from_json(item(**broken), "UTC")


def test_fields_of_a_wrong_kind_are_nothing() -> None:
    odd = item(summary=7, attendees={"a": 1}, organizer=[1], description=None, sequence="x", conferenceData=[])
    event = event_from_json({**odd, "attendees": [1, {"email": None}]}, "Nowhere/Land")
    assert (event.title, event.organizer, event.links, event.sequence) == ("", None, (), 0)
    assert [one.email for one in event.attendees] == [""]


def test_our_own_reminders_are_known() -> None:
    assert is_ours(item(extendedProperties={"private": {"afterview": "t-1"}}))
    assert not is_ours(item(extendedProperties={"private": {"other": "1"}}))
