from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from afterview.sync.playbook.spans import Span, Unit, parse_span

BERLIN = ZoneInfo("Europe/Berlin")


def weekday(day: date) -> bool:
    return day.weekday() < 5


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("24h", Span(24, Unit.HOURS)),
        ("90 minutes", Span(90, Unit.MINUTES)),
        ("45m", Span(45, Unit.MINUTES)),
        ("2 days", Span(2, Unit.DAYS)),
        ("1 week 09:30", Span(1, Unit.WEEKS, time(9, 30))),
        ("3 months", Span(3, Unit.MONTHS)),
        ("3 Months at 8:00", Span(3, Unit.MONTHS, time(8))),
        ("next business day 10:00", Span(1, Unit.BUSINESS_DAYS, time(10))),
        ("5  business days 10:00", Span(5, Unit.BUSINESS_DAYS, time(10))),
        ("7 business days", Span(7, Unit.BUSINESS_DAYS)),
    ],
)
def test_spans_are_read_as_people_write_them(text: str, span: Span) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "soon", "-2 days", "24", "24h 10:00", "2 days 25:00", "1.5h", "two days", "2 dayss"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_span(text)


@pytest.mark.parametrize(
    ("span", "start", "end"),
    [
        ("24h", "2026-10-24 15:00", "2026-10-25 14:00"),  # the clocks went back in between
        ("1 day", "2026-10-24 15:00", "2026-10-25 15:00"),
        ("3 months", "2026-08-31 11:15", "2026-11-30 11:15"),
        ("3 months", "2026-11-30 11:15", "2027-02-28 11:15"),
        ("3 months", "2027-11-30 11:15", "2028-02-29 11:15"),
        ("13 months", "2026-12-31 11:15", "2028-01-31 11:15"),
        ("1 day", "2026-03-28 02:30", "2026-03-29 03:30"),  # 02:30 does not exist that day
        ("next business day 10:00", "2026-11-20 17:00", "2026-11-23 10:00"),
        ("next business day 10:00", "2026-11-21 17:00", "2026-11-23 10:00"),
        ("7 business days", "2026-11-19 16:00", "2026-11-30 16:00"),
        ("2 weeks 09:00", "2026-11-19 16:00", "2026-12-03 09:00"),
    ],
)
def test_days_keep_the_wall_clock_and_hours_do_not(span: str, start: str, end: str) -> None:
    assert parse_span(span).after(local(start), BERLIN, weekday) == local(end).astimezone(UTC)


def test_a_time_that_occurs_twice_means_the_first() -> None:
    assert parse_span("1 day").after(local("2026-10-24 02:30"), BERLIN, weekday) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    second = local("2026-10-25 02:30", fold=1)
    assert parse_span("1 day").after(second, BERLIN, weekday) == local("2026-10-26 02:30").astimezone(UTC)


def test_a_calendar_without_business_days_ends_too() -> None:
    assert parse_span("2 business days").after(local("2026-11-19 16:00"), BERLIN, lambda _: False) == local(
        "2026-11-21 16:00"
    )
