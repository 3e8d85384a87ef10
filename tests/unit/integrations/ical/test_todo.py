from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterview.integrations import marks
from afterview.integrations.ical.profiles import profiles
from afterview.integrations.ical.todo import edited_task, new_task, read_task
from afterview.integrations.marks import Marked
from afterview.sync.identity import follow_up_key
from afterview.sync.model import TaskDraft, TaskFields, TaskStatus

ZONE = ZoneInfo("Europe/Berlin")
KEY = follow_up_key("thank_you", "i-1")
NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
DUE = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)
FIELDS = TaskFields(
    title="Thank Ana", notes="Say thanks.", due_at=DUE, ring_at=DUE - timedelta(hours=15), context="thank_you:i:a"
)


def written(profile: str = "android", fields: TaskFields = FIELDS, *, alarm: bool = True) -> str:
    return new_task(TaskDraft(KEY, fields), profiles()[profile], NOW, alarm=alarm)


def lines(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def edit(text: str, fields: TaskFields, profile: str = "android", *, alarm: bool = True) -> str:
    return edited_task(text, fields, profiles()[profile], ZONE, NOW, alarm=alarm)


def test_a_new_task_is_one_flat_todo_to_the_letter() -> None:
    assert lines(written()) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//afterview//afterview//EN",
        "BEGIN:VTODO",
        f"UID:av1-{KEY}",
        "DTSTAMP:20260901T090000Z",
        "CREATED:20260901T090000Z",
        "LAST-MODIFIED:20260901T090000Z",
        "SUMMARY:Thank Ana",
        "DESCRIPTION:Say thanks.",
        "CATEGORIES:afterview",
        "STATUS:NEEDS-ACTION",
        "DUE:20260902T090000Z",
        f"X-AFTERVIEW-ID:{KEY}",
        "X-AFTERVIEW-CONTEXT:thank_you:i:a",
        "BEGIN:VALARM",
        f"UID:av1-alarm-{KEY}",
        "ACTION:DISPLAY",
        "DESCRIPTION:Thank Ana",
        "TRIGGER;RELATED=END:-PT15H",
        "END:VALARM",
        "END:VTODO",
        "END:VCALENDAR",
    ]


@pytest.mark.parametrize(
    ("profile", "start", "trigger"),
    [
        ("android", False, "TRIGGER;RELATED=END:-PT15H"),
        ("apple", True, "TRIGGER;VALUE=DATE-TIME:20260901T180000Z"),
        ("plain", False, "TRIGGER;VALUE=DATE-TIME:20260901T180000Z"),
    ],
)
def test_each_profile_rings_at_the_same_instant_in_its_own_form(profile: str, start: bool, trigger: str) -> None:
    text = written(profile)
    assert trigger in lines(text)
    assert ("DTSTART:20260902T090000Z" in lines(text)) is start
    assert read_task(text, ZONE, NOW) == (KEY, FIELDS)


def test_without_an_alarm_there_is_none() -> None:
    assert "VALARM" not in written(alarm=False)
    assert "VALARM" not in written(fields=replace(FIELDS, ring_at=None))


@given(
    st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=300),
    st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\n"), max_size=300),
)
def test_any_text_comes_back_and_no_line_is_longer_than_75_octets(title: str, notes: str) -> None:
    fields = replace(FIELDS, title=title, notes=notes)
    text = written(fields=fields)
    assert read_task(text, ZONE, NOW) == (KEY, fields)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert read_task(edit(written(), fields), ZONE, NOW) == (KEY, fields)


def test_text_cannot_break_out_of_its_property() -> None:
    nasty = "x\r\nDUE:19990101T000000Z\nEND:VTODO\x00\x1b[31m"
    text = written(fields=replace(FIELDS, title=nasty, notes=nasty))
    assert [line for line in lines(text) if line.startswith("DUE")] == ["DUE:20260902T090000Z"]
    assert lines(text).count("END:VTODO") == 1
    assert "\x1b" not in text


def test_foreign_properties_and_alarms_survive_an_edit_as_written() -> None:
    foreign = 'X-P;X="a:b;c":v\\;w\r\nRELATED-TO;RELTYPE=PARENT:up\r\nX-LONG:' + "ü" * 30 + "\r\n " + "y" * 40
    alarm = "BEGIN:VALARM\r\nUID:mine\r\nACTION:AUDIO\r\nTRIGGER:-PT5M\r\nX-ALARM:1\r\nEND:VALARM"
    text = (
        written()
        .replace("CATEGORIES:afterview", f"CATEGORIES:afterview,mine\r\n{foreign}")
        .replace("END:VTODO", f"{alarm}\r\nEND:VTODO")
    )
    edited = edit(text, replace(FIELDS, title="New", notes="", due_at=DUE + timedelta(days=3), ring_at=DUE))
    assert foreign in edited
    assert alarm in edited
    assert "CATEGORIES:afterview,mine" in edited
    assert edited.count("BEGIN:VALARM") == 2
    assert "DESCRIPTION:Say" not in edited


def test_our_alarm_goes_when_it_shall_not_ring_and_the_users_stays() -> None:
    alarm = "BEGIN:VALARM\r\nUID:mine\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM"
    text = written().replace("END:VTODO", f"{alarm}\r\nEND:VTODO")
    edited = edit(text, replace(FIELDS, ring_at=None))
    assert alarm in edited
    assert "av1-alarm" not in edited
    again = edit(edited, FIELDS)
    assert read_task(again, ZONE, NOW)[1] == FIELDS
    assert alarm in again


def test_an_alarm_that_apple_rewrote_is_ours_beside_a_louder_one_of_the_users() -> None:
    rewritten = "UID:5D3E4B1C\r\nX-WR-ALARMUID:5D3E4B1C\r\n"
    text = written("apple").replace(f"UID:av1-alarm-{KEY}\r\n", rewritten)
    own = "BEGIN:VALARM\r\nUID:loud-1\r\nACTION:AUDIO\r\nTRIGGER;RELATED=END:-PT5M\r\nEND:VALARM"
    text = text.replace("END:VTODO", f"{own}\r\nEND:VTODO")
    assert read_task(text, ZONE, NOW)[1].ring_at == FIELDS.ring_at
    silent = edit(text, replace(FIELDS, ring_at=None), "apple")
    assert silent.count("BEGIN:VALARM") == 1
    assert own in silent


def test_of_alarms_without_uid_the_one_with_our_words_is_ours() -> None:
    text = written().replace(f"UID:av1-alarm-{KEY}\r\n", "")
    own = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Day before\r\nTRIGGER;RELATED=END:-P1D\r\nEND:VALARM"
    text = text.replace("END:VTODO", f"{own}\r\nEND:VTODO")
    assert read_task(text, ZONE, NOW)[1].ring_at == FIELDS.ring_at
    assert own in edit(text, replace(FIELDS, ring_at=DUE))


def test_the_completion_triple_is_written_and_taken_back_whole() -> None:
    done = edit(written(), replace(FIELDS, status=TaskStatus.DONE, completed_at=NOW))
    assert {"STATUS:COMPLETED", "COMPLETED:20260901T090000Z", "PERCENT-COMPLETE:100"} <= set(lines(done))
    assert read_task(done, ZONE, NOW)[1].completed_at == NOW
    reopened = edit(done, FIELDS)
    assert "COMPLETED" not in reopened.replace("NEEDS-ACTION", "")
    assert "STATUS:NEEDS-ACTION" in lines(reopened)


def test_a_half_done_task_keeps_its_percent_in_another_edit() -> None:
    text = written().replace("STATUS:NEEDS-ACTION", "STATUS:IN-PROCESS\r\nPERCENT-COMPLETE:40")
    assert "PERCENT-COMPLETE:40\r\n" in edit(text, replace(FIELDS, title="New"))


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("STATUS:COMPLETED", TaskStatus.DONE),
        ("STATUS:NEEDS-ACTION\r\nCOMPLETED:20260901T090000Z", TaskStatus.DONE),
        ("PERCENT-COMPLETE:100", TaskStatus.DONE),
        ("COMPLETED:20260901T090000Z", TaskStatus.DONE),
        ("STATUS:NEEDS-ACTION\r\nPERCENT-COMPLETE:100", TaskStatus.OPEN),  # what a taken-back tick leaves behind
        ("STATUS:IN-PROCESS\r\nPERCENT-COMPLETE:50", TaskStatus.OPEN),
        ("STATUS:CANCELLED", TaskStatus.CANCELLED),
        ("X-NOTHING:1", TaskStatus.OPEN),
    ],
)
def test_the_completion_triple_is_read_whoever_wrote_it(state: str, status: TaskStatus) -> None:
    assert read_task(written().replace("STATUS:NEEDS-ACTION", state), ZONE, NOW)[1].status is status


@pytest.mark.parametrize(
    ("due", "instant"),
    [
        ("DUE;TZID=Europe/Berlin:20260902T110000", DUE),
        ("DUE;TZID=W. Europe Standard Time:20260902T110000", DUE),
        ("DUE;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20260902T110000", DUE),
        ("DUE:20260902T110000", DUE),  # floating: the user's zone
        ("DUE;VALUE=DATE:20260903", datetime(2026, 9, 2, 22, 0, tzinfo=UTC)),
        ("DTSTART:20260902T080000Z\r\nDURATION:PT1H", DUE),
        ("DUE;TZID=Nowhere:20260902T110000", DUE),
        ("DUE:20260902T110059", DUE),
        ("DUE:00010101T000000", None),
        ("DUE:99991231T235959Z", None),  # no zone can tell that time
        ("DUE:whenever", None),
    ],
)
def test_a_due_date_is_an_instant_however_it_is_written(due: str, instant: datetime | None) -> None:
    assert read_task(written().replace("DUE:20260902T090000Z", due), ZONE, NOW)[1].due_at == instant


def test_a_start_never_ends_up_behind_the_due_date() -> None:
    text = written().replace(
        "DUE:20260902T090000Z", "DTSTART;TZID=Europe/Berlin:20260902T100000\r\nDUE:20260902T090000Z"
    )
    earlier = edit(text, replace(FIELDS, due_at=DUE - timedelta(days=3), ring_at=None))
    assert "DTSTART:20260830T090000Z" in lines(earlier)
    later = edit(text, replace(FIELDS, due_at=DUE + timedelta(days=3)))
    assert "DTSTART;TZID=Europe/Berlin:20260902T100000" in lines(later)


def test_a_snooze_counts_while_it_lies_ahead() -> None:
    text = written().replace("STATUS:", "X-MOZ-SNOOZE-TIME:20260901T200000Z\r\nSTATUS:")
    assert read_task(text, ZONE, NOW)[1].snoozed_until == datetime(2026, 9, 1, 20, 0, tzinfo=UTC)
    assert read_task(text, ZONE, NOW + timedelta(days=1))[1].snoozed_until is None


def test_what_has_no_key_of_ours_is_foreign() -> None:
    foreign = written().replace(KEY, "something-else")
    assert read_task(foreign, ZONE, NOW)[0] == ""
    assert read_task(foreign, ZONE, NOW)[1].title == "Thank Ana"
    assert read_task("", ZONE, NOW) == ("", TaskFields())
    assert read_task("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", ZONE, NOW)[0] == ""


def test_the_key_survives_a_client_that_drops_our_properties() -> None:
    text = "\r\n".join(line for line in written().split("\r\n") if not line.startswith("X-AFTERVIEW"))
    assert read_task(text, ZONE, NOW)[0] == KEY


@given(st.text(max_size=400))
def test_any_text_at_all_can_be_read(text: str) -> None:
    read_task(text, ZONE, NOW)
    read_task(f"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:av1-{KEY}\n{text}\nEND:VTODO\nEND:VCALENDAR", ZONE, NOW)


def test_the_alarm_rings_at_the_same_instant_across_the_change_of_clocks() -> None:
    for month, day in ((3, 29), (10, 25)):
        due = datetime(2026, month, day, 9, 0, tzinfo=UTC)
        fields = replace(FIELDS, due_at=due, ring_at=due - timedelta(hours=20))
        for profile in ("android", "apple", "plain"):
            assert read_task(written(profile, fields), ZONE, NOW)[1].ring_at == fields.ring_at


def test_a_task_with_a_duration_gets_a_due_date_instead() -> None:
    text = written().replace("DUE:20260902T090000Z", "DTSTART:20260902T080000Z\r\nDURATION:PT1H")
    moved = edit(text, replace(FIELDS, due_at=DUE + timedelta(days=1)))
    assert "DURATION" not in moved
    assert read_task(moved, ZONE, NOW)[1].due_at == DUE + timedelta(days=1)


MADE_THERE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//github.com/allenporter/ical//9.1//EN\r\nBEGIN:VTODO\r\nDTSTAMP:20260901T090000Z\r\n"
    "UID:5f0e-made-there\r\nSUMMARY:{title}\r\nDESCRIPTION:{text}\r\nDUE:20260902T090000Z\r\nSTATUS:{status}\r\n"
    "END:VTODO\r\nEND:VCALENDAR\r\n"
)


def made_there(status: str = "NEEDS-ACTION", title: str = "Thank Ana", withdrawn_at: datetime | None = None) -> str:
    """Write the task as Home Assistant has it on a CalDAV server."""
    text = Marked("Say thanks.", KEY, "thank_you:i:a", withdrawn_at).written().replace("\n", "\\n")
    return MADE_THERE.format(title=title, text=text, status=status)


def marked_in(text: str) -> Marked:
    (line,) = (one for one in lines(text) if one.startswith("DESCRIPTION:") and "av:" in one)
    return marks.read(line.removeprefix("DESCRIPTION:").replace("\\n", "\n"))


def test_a_task_made_through_home_assistant_is_ours_and_its_mark_is_no_note() -> None:
    assert read_task(made_there(), ZONE, NOW) == (KEY, replace(FIELDS, ring_at=None))


def test_a_mark_stays_whatever_is_edited_and_the_task_rings_from_then_on() -> None:
    wanted = replace(FIELDS, title="Thank Ana Lima", notes="")
    text = edit(made_there(), wanted)
    assert read_task(text, ZONE, NOW) == (KEY, wanted)
    assert marked_in(text) == Marked("", KEY, "thank_you:i:a")
    assert edit(text, wanted) == text


def test_what_one_of_the_two_withdraws_is_withdrawn_for_the_other() -> None:
    gone = edit(made_there(), replace(FIELDS, status=TaskStatus.CANCELLED, ring_at=None))
    assert marked_in(gone).withdrawn_at == NOW
    there = made_there("COMPLETED", "× Thank Ana", NOW)
    seen = read_task(there, ZONE, NOW)[1]
    assert (seen.title, seen.status) == ("Thank Ana", TaskStatus.CANCELLED)
    back = edit(there, FIELDS)
    assert marked_in(back).withdrawn_at is None
    assert read_task(back, ZONE, NOW) == (KEY, FIELDS)


def test_a_mark_of_another_key_is_a_note_like_any_other() -> None:
    other = Marked("", follow_up_key("thank_you", "i-2")).written()
    fields = read_task(edit(written(), replace(FIELDS, notes=other)), ZONE, NOW)
    assert fields == (KEY, replace(FIELDS, notes=other))
