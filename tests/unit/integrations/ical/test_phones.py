"""Tasks as phones write them back, one file a case; a new case is a new file and a row here."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from afterview.integrations.ical.profiles import profiles
from afterview.integrations.ical.todo import edited_task, read_task
from afterview.sync.model import TaskFields, TaskStatus

FOLDER = Path(__file__).parents[3] / "data" / "phones"
ZONE = ZoneInfo("Europe/Berlin")
KEY = "t-0123456789abcdef0123456789abcdef"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=UTC)


NOW = at(1, 18, 30)
BASE = TaskFields(title="Thank Ana Lima, Initech", notes="Say thanks.", due_at=at(2, 9), ring_at=at(1, 18))


@dataclass(frozen=True)
class Case:
    file: str
    fields: TaskFields


CASES = [
    Case(
        "tasks-org-completed",
        replace(
            BASE,
            notes="Say thanks.\nmy own words",
            status=TaskStatus.DONE,
            completed_at=datetime(2026, 9, 2, 6, 29, 59, tzinfo=UTC),
            context="thank_you:i-1:a-1:-:-:s1:2-abc",
        ),
    ),
    Case("tasks-org-snoozed", replace(BASE, snoozed_until=at(1, 20))),
    Case("davx5-moved", replace(BASE, due_at=at(4, 16, 30), ring_at=at(4, 1, 30))),
    Case("jtx-snoozed", replace(BASE, snoozed_until=at(1, 19, 10))),
    Case("jtx-percent-only", replace(BASE, ring_at=None, status=TaskStatus.DONE)),
    Case("apple-moved", replace(BASE, due_at=at(3, 6), ring_at=at(3, 6))),
    Case("apple-sentinel", replace(BASE, ring_at=None)),
    Case("nextcloud-edited", replace(BASE, title="Thank Ana (email)", notes="Say thanks.\n\nDone by phone on Tuesday")),
    Case("home-assistant-reopened", replace(BASE, ring_at=None)),
    Case("opentasks-date-only", replace(BASE, due_at=at(4, 22), ring_at=None, status=TaskStatus.CANCELLED)),
]


@pytest.mark.parametrize("case", CASES, ids=[case.file for case in CASES])
def test_reading_it_gives_what_the_user_did(case: Case) -> None:
    text = (FOLDER / f"{case.file}.ics").read_text("utf-8")
    assert read_task(text, ZONE, NOW) == (KEY, case.fields)


def test_every_file_has_a_row() -> None:
    assert {path.stem for path in FOLDER.glob("*.ics")} == {case.file for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=[case.file for case in CASES])
@pytest.mark.parametrize("profile", ["android", "apple", "plain"])
def test_an_edit_lands_and_leaves_every_other_line_as_it_was(case: Case, profile: str) -> None:
    text = (FOLDER / f"{case.file}.ics").read_bytes().decode()
    wanted = replace(case.fields, title="New title", due_at=at(9, 7), ring_at=at(8, 16), snoozed_until=None)
    edited = edited_task(text, wanted, profiles()[profile], ZONE, NOW, alarm=True)
    key, fields = read_task(edited, ZONE, at(9, 0))
    assert key == KEY
    assert replace(fields, snoozed_until=None) == wanted
    ours = (
        "SUMMARY",
        "DUE",
        "DTSTART",
        "LAST-MODIFIED",
        "DTSTAMP",
        "TRIGGER",
        "DESCRIPTION",
        "ACTION",
        "UID",
        "BEGIN:VALARM",
        "END:VALARM",
        "X-WR",
    )
    kept = [line for line in text.split("\r\n") if line and not line.startswith(ours)]
    assert [line for line in edited.split("\r\n") if line in kept] == kept


@pytest.mark.parametrize("case", CASES, ids=[case.file for case in CASES])
def test_wanting_what_is_there_changes_not_a_letter(case: Case) -> None:
    text = (FOLDER / f"{case.file}.ics").read_bytes().decode()
    assert edited_task(text, case.fields, profiles()["android"], ZONE, NOW, alarm=True) == text
