"""A Google task as text and back: nothing of the user's is lost, and dates are those of the user's zone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterview.cli.showcase.google.server import Google
from afterview.integrations import marks
from afterview.integrations.google.tasks import open_tasks
from afterview.integrations.google.tasks_form import differing, remote_task, written
from afterview.sync.days import Days
from afterview.sync.errors import Rejected
from afterview.sync.identity import Context, application_key, event_key, follow_up_key
from afterview.sync.model import TaskDraft, TaskFields, TaskStatus
from tests.accounts import START
from tests.unit.integrations.google.conftest import Connect

KEY = follow_up_key("thank_you", "i-1")
CONTEXT = Context(
    "thank_you", event_key("u", ""), application_key("i"), "no", "20260831T101500Z", "s-1", "4-0a1b2c3d4e5f"
)
BERLIN = Days(ZoneInfo("Europe/Berlin"))
FIELDS = TaskFields("Thank Ana", "Our words", datetime(2026, 9, 7, 22, tzinfo=UTC), context=CONTEXT.written())


def stored(fields: TaskFields, **more: Any) -> dict[str, Any]:
    """Return a task as Google keeps it."""
    sent = {name: value for name, value in written(KEY, fields, BERLIN, START).items() if value is not None}
    return {"id": "task-1", "etag": '"1"', "updated": "2026-09-01T09:00:00.000Z", **sent, **more}


def read(task: dict[str, Any]) -> TaskFields:
    return remote_task(task, None, BERLIN).fields


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_notes_come_back_as_they_were(notes: str) -> None:
    kept = notes.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    again = marks.read(marks.Marked(kept, KEY, CONTEXT.written()).written())
    assert again == marks.Marked(kept, KEY, CONTEXT.written())


@given(st.text(max_size=200))
def test_foreign_notes_are_never_ours_and_never_an_error(notes: str) -> None:
    assert marks.read(notes).key == ""


@pytest.mark.parametrize(
    "line",
    ["av:", "av:T", "av:Tshort", "av:T" + "!" * 22, "av:X" + "A" * 22, "xav:T" + "A" * 22, "av:T" + "A" * 21 + "="],
)
def test_what_only_looks_like_our_line_is_the_users(line: str) -> None:
    assert marks.read(f"words\n{line}") == marks.Marked(f"words\n{line}")


def test_words_after_our_line_stay_words() -> None:
    line = marks.Marked("", KEY, CONTEXT.written()).written()
    assert marks.read(f"Ours\r\n\r\n{line} \r\nmine\r\n") == marks.Marked("Ours\n\nmine", KEY, CONTEXT.written())


def test_the_line_is_short_enough_for_a_phone() -> None:
    assert len(marks.Marked("", KEY, CONTEXT.written()).written()) < 140


@pytest.mark.parametrize(
    ("due_at", "date"),
    [
        ("2026-12-01T00:30:00+01:00", "2026-12-01"),  # in UTC it is still the day before
        ("2026-12-01T23:30:00+01:00", "2026-12-01"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25"),
    ],
)
def test_due_is_the_date_in_the_users_zone(due_at: str, date: str) -> None:
    fields = replace(FIELDS, due_at=datetime.fromisoformat(due_at))
    assert stored(fields)["due"] == f"{date}T00:00:00.000Z"
    midnight = datetime.fromisoformat(date).replace(tzinfo=BERLIN.zone)
    assert read(stored(fields)).due_at == midnight


def test_a_withdrawn_task_is_told_from_one_that_was_done() -> None:
    task = stored(replace(FIELDS, status=TaskStatus.CANCELLED))
    assert (task["status"], task["title"]) == ("completed", "× Thank Ana")
    assert read(task) == replace(FIELDS, status=TaskStatus.CANCELLED)
    reopened = {**task, "status": "needsAction"}
    reopened.pop("completed")
    assert read(reopened).status is TaskStatus.OPEN
    assert read({**task, "completed": "2026-09-05T10:00:00.000Z"}).status is TaskStatus.DONE
    assert read({**task, "completed": "2026-09-01T09:00:59.000Z"}).status is TaskStatus.CANCELLED


def test_only_what_differs_is_sent() -> None:
    task = stored(FIELDS)
    assert differing(task, written(KEY, FIELDS, BERLIN, START + timedelta(hours=1)), BERLIN) == {}
    done = replace(FIELDS, status=TaskStatus.DONE, completed_at=START)
    assert set(differing(task, written(KEY, done, BERLIN, START), BERLIN)) == {"status", "completed"}
    dateless = replace(FIELDS, due_at=None)
    assert differing(task, written(KEY, dateless, BERLIN, START), BERLIN) == {"due": None}


def test_notes_that_google_cannot_hold_are_refused_and_never_cut() -> None:
    room = 8192 - len(marks.Marked("x", KEY, CONTEXT.written()).written()) + 1
    assert len(stored(replace(FIELDS, notes="x" * room))["notes"]) == 8192
    with pytest.raises(Rejected, match="too long for Google Tasks"):
        written(KEY, replace(FIELDS, notes="x" * (room + 1)), BERLIN, START)
    with pytest.raises(Rejected):  # two units each
        written(KEY, replace(FIELDS, notes="𝔸" * (room // 2 + 1)), BERLIN, START)


def test_a_title_is_cut_to_what_google_holds() -> None:
    for title in ("T" * 2000, "𝔸" * 1000):
        assert marks.length(stored(replace(FIELDS, title=title))["title"]) <= 1024


def test_what_is_too_long_is_not_sent(connect: Connect, google: Google) -> None:
    google.tasks.add_list("Interviews")
    tasks = open_tasks(connect(task_list="Interviews"))
    with pytest.raises(Rejected):
        tasks.create(TaskDraft(KEY, replace(FIELDS, notes="x" * 9000)))
    assert google.calls("tasks.tasks.insert") == []


def test_hostile_text_from_google_is_cleaned() -> None:
    task = {
        "id": "x",
        "title": "Hi\x1b[31m\u202e there\n",
        "notes": "a\x00b",
        "due": "yesterday",
        "completed": 5,
        "status": 7,
    }
    seen = read(task)
    assert "\x1b" not in seen.title
    assert "\n" not in seen.title
    assert seen.due_at is None
    assert seen.status is TaskStatus.OPEN
