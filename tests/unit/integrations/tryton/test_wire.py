"""Tryton's JSON dialect and its errors; where our keys stand; where reading goes on."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from afterview.integrations.tryton.cursor import following, since
from afterview.integrations.tryton.marks import is_of, key_in, last_line, mark, read_last_line
from afterview.integrations.tryton.wire import Said, changed_at, instant, newest, refusal, written
from afterview.sync.identity import application_key, company_key, event_key, note_key, person_key
from afterview.sync.model import RecordKind

AT = datetime(2026, 9, 1, 8, 30, 5, 123456, tzinfo=UTC)
WIRE = {
    "__class__": "datetime",
    "year": 2026,
    "month": 9,
    "day": 1,
    "hour": 8,
    "minute": 30,
    "second": 5,
    "microsecond": 123456,
}


def test_instants_are_objects_in_utc() -> None:
    assert written(AT.astimezone(timezone(timedelta(hours=2)))) == WIRE
    assert instant(WIRE) == AT


@pytest.mark.parametrize(
    "value",
    [
        None,
        "2026-09-01",
        {},
        {"__class__": "date", "year": 2026, "month": 9, "day": 1},
        {**WIRE, "month": 13},
        {**WIRE, "hour": "8"},
        {**WIRE, "year": 10**30},
    ],
)
def test_what_is_no_instant_is_none(value: Any) -> None:
    assert instant(value) is None


def test_a_record_that_was_never_changed_counts_from_when_it_was_made() -> None:
    later = {**WIRE, "day": 2}
    assert changed_at({"write_date": None, "create_date": WIRE}) == AT
    assert changed_at({"write_date": later, "create_date": WIRE}) == AT + timedelta(days=1)
    assert newest([{"create_date": WIRE}, {"write_date": later}, {}]) == AT + timedelta(days=1)
    assert newest([]) is None


@pytest.mark.parametrize(
    ("error", "said", "words"),
    [
        (["UserError", ["No.", "Because.", None]], Said.ERROR, "No. Because."),
        (["UserWarning", ["name_of_it", "Sure?", ""]], Said.WARNING, "Sure?"),
        (["ConcurrencyException", "Records were modified"], Said.CHANGED, "Records were modified"),
        (["LoginException", ["otp", "Code?", "char"]], Said.LOGIN, "otp Code? char"),
        (["database is locked", "Traceback ..."], Said.BUSY, "database is locked"),
        (["'res.user'", ""], Said.FAULT, "'res.user'"),
        (["UserError", ["a\u202eb\x1b[2J" + "x" * 900]], Said.ERROR, "ab " + "x" * 296 + "…"),
        ("odd", Said.FAULT, ""),
        ([], Said.FAULT, ""),
        (None, Said.FAULT, ""),
    ],
)
def test_errors_are_told_apart_and_made_safe(error: Any, said: Said, words: str) -> None:
    found = refusal(error)
    assert found.said is said
    assert found.words == words


def test_a_key_is_read_back_from_where_it_stands_and_nothing_else_is() -> None:
    keys = {
        RecordKind.PERSON: person_key("Ada", "", "x"),
        RecordKind.COMPANY: company_key("x"),
        RecordKind.APPLICATION: application_key("i-1"),
    }
    for kind, key in keys.items():
        assert key_in(mark(key)) == key
        assert [one for one in keys if is_of(one, key)] == [kind]
    for other in ("", None, 7, "17", "afterview-", "afterview-p-1", f"x {mark(keys[RecordKind.PERSON])}"):
        assert key_in(other) == ""


def test_the_last_line_of_a_note_is_ours_alone() -> None:
    key, other = note_key("said"), event_key("u1", "")
    message = f"Mine\n{last_line(other)}\n{last_line(key, 'held')}"
    assert read_last_line(message + "\n ") == (f"Mine\n{last_line(other)}", key, "held")
    assert read_last_line(last_line(key)) == ("", key, "")
    for foreign in ("", "Hello", f"{last_line(key)}\nP.S.", f"so {last_line(key)}"):
        assert read_last_line(foreign) == (foreign, "", "")


def test_reading_goes_on_ten_minutes_before_the_newest_change() -> None:
    cursor = following("", [AT, None, AT - timedelta(days=1)], AT + timedelta(days=9))
    assert cursor == AT.isoformat()
    assert since(cursor) == AT - timedelta(minutes=10)
    assert following(cursor, [AT - timedelta(hours=1)], AT + timedelta(days=9)) == cursor


def test_a_record_from_a_clock_that_was_ahead_does_not_hide_what_comes_later() -> None:
    now = AT + timedelta(hours=1)
    assert following("", [AT + timedelta(days=4000)], now) == now.isoformat()


@pytest.mark.parametrize("cursor", ["", "odd", "2026-09-01T08:00:00", "0001-01-01T00:00:00+00:00"])
def test_a_cursor_that_cannot_be_read_asks_for_everything(cursor: str) -> None:
    assert since(cursor).year <= 1970
    assert following(cursor, [AT], AT) == AT.isoformat()


def test_where_nothing_was_new_for_long_reading_goes_on_at_the_newest_change_and_no_later() -> None:
    cursor = AT.isoformat()
    assert following(cursor, [AT], AT + timedelta(minutes=5), news=False) == cursor
    assert following(cursor, [AT], AT + timedelta(hours=1), news=True) == cursor
    for hours in (1, 2, 3):  # whatever our own clock says
        cursor = following(cursor, [AT] if hours == 1 else [], AT + timedelta(hours=hours), news=False)
        assert since(cursor) == AT
