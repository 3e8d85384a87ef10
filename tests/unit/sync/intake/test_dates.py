"""Dates as people write them; what can be two days is refused."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from afterview.sync.intake.dates import Doubtful, Order, order_in, read_when

BERLIN = ZoneInfo("Europe/Berlin")
MAY = date(2026, 5, 4)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-05-04", "2026/5/4", "4.5.2026", "04.05.26", "4. 5. 2026", "4 May 2026", "4th May 2026", "May 4, 2026",
        "4. Mai 2026", "4 mai 2026", "4 de mayo de 2026", "4 de mayo del 2026", "04-May-2026",
    ],
)  # fmt: skip
def test_a_day_that_can_only_be_one(cell: str) -> None:
    assert read_when(cell, "", BERLIN, None).day == MAY
    assert read_when(cell, "", BERLIN, None).at is None


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("2026-05-04 10:00", ""),
        ("2026-05-04T10:00:00", ""),
        ("2026-05-04T08:00:00Z", ""),
        ("2026-05-04 08:00Z", ""),
        ("2026-05-04T10:00+02:00", ""),
        ("4.5.2026, 10:00 Uhr", ""),
        ("4 May 2026 10:00", ""),
        ("2026-05-04", "10:00"),
        ("2026-05-04", "10h00"),
        ("2026-05-04", "10 am"),
        ("2026-05-04", "10 Uhr"),
    ],
)
def test_a_time_is_in_the_users_zone_unless_it_says_its_own(cell: str, clock: str) -> None:
    assert read_when(cell, clock, BERLIN, None).at == datetime(2026, 5, 4, 8, tzinfo=UTC)


def test_twelve_hours_have_two_halves() -> None:
    hours = [read_when("2026-01-05", clock, BERLIN, None).at for clock in ("12:30 am", "12:30 PM", "1:05pm")]
    assert [at.astimezone(BERLIN).strftime("%H:%M") for at in hours if at] == ["00:30", "12:30", "13:05"]


def test_a_date_with_slashes_needs_an_order_and_the_file_may_show_it() -> None:
    with pytest.raises(Doubtful):
        read_when("4/5/2026", "", BERLIN, None)
    assert read_when("5/5/2026", "", BERLIN, None).day == date(2026, 5, 5)
    assert read_when("31/5/2026", "", BERLIN, None).day == date(2026, 5, 31)
    assert read_when("4/5/2026", "", BERLIN, Order.DAY).day == MAY
    assert read_when("5-4-2026", "", BERLIN, Order.MONTH).day == MAY
    assert order_in(["", "1/2/2026", "13/2/2026"]) is Order.DAY
    assert order_in(["1/2/2026", "2/13/2026"]) is Order.MONTH
    assert order_in(["1/2/2026", "2026-05-04"]) is None
    with pytest.raises(ValueError, match="both"):
        order_in(["13/2/2026", "2/13/2026"])


@pytest.mark.parametrize(
    "cell",
    ["32.1.2026", "2026-02-30", "soon", "4.5", "4 jui 2026", "4 Foo 2026", "13/13/2026", "2026-05-04 25:00", "4.5.1026",
     "1" * 500, "2026-05-04 13 pm", "٤.٥.٢٠٢٦"],
)  # fmt: skip
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- whatever is wrong with it, the caller says it in its own words
        read_when(cell, "", BERLIN, None)
