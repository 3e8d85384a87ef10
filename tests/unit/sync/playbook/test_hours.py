from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from afterview.sync.playbook.hours import BusinessHours, QuietHours, Shift, place_ring

BERLIN = ZoneInfo("Europe/Berlin")
EASTER = {date(2026, 4, 3), date(2026, 4, 6)}  # Good Friday and Easter Monday in Germany
NIGHT = QuietHours()


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def hours() -> BusinessHours:
    return BusinessHours(region="DE", is_holiday=EASTER.__contains__)


@pytest.mark.parametrize(
    ("due", "earlier", "later"),
    [
        ("2026-04-03 16:00", "2026-04-02 17:00", "2026-04-07 09:00"),
        ("2026-04-02 17:00", "2026-04-02 17:00", "2026-04-02 17:00"),
        ("2026-04-02 18:30", "2026-04-02 17:00", "2026-04-07 09:00"),
        ("2026-04-07 07:00", "2026-04-02 17:00", "2026-04-07 09:00"),
    ],
)
def test_deadlines_on_holidays_move_to_the_nearest_office_hour(due: str, earlier: str, later: str) -> None:
    before = local("2026-04-01 12:00")
    assert hours().moved(local(due), before, Shift.EARLIER, BERLIN) == local(earlier)
    assert hours().moved(local(due), before, Shift.LATER, BERLIN) == local(later)
    assert hours().moved(local(due), before, Shift.OFF, BERLIN) == local(due)


def test_a_deadline_never_moves_before_the_end_of_the_interview() -> None:
    end = local("2026-04-02 17:30")
    assert hours().moved(local("2026-04-03 17:30"), end, Shift.EARLIER, BERLIN) == local("2026-04-03 17:30")


def test_an_office_that_never_opens_moves_nothing() -> None:
    never = BusinessHours(is_holiday=lambda _: True)
    for shift in Shift:
        assert never.moved(local("2026-04-03 16:00"), local("2026-04-01 12:00"), shift, BERLIN) == local(
            "2026-04-03 16:00"
        )


def test_the_same_settings_look_the_same_in_every_run() -> None:
    assert "0x" not in repr(hours())


@pytest.mark.parametrize(
    ("wish", "rings"),
    [
        ("2026-08-27 18:00", "2026-08-27 18:00"),
        ("2026-08-27 21:29", "2026-08-27 21:29"),
        ("2026-08-27 21:30", "2026-08-28 08:00"),
        ("2026-08-28 03:00", "2026-08-28 08:00"),
        ("2026-08-28 08:00", "2026-08-28 08:00"),
    ],
)
def test_a_ring_in_the_night_waits_for_the_morning(wish: str, rings: str) -> None:
    earliest, due = local("2026-08-27 12:00"), local("2026-08-28 12:00")
    assert place_ring(local(wish), earliest, due, NIGHT, BERLIN) == local(rings)


def test_a_ring_that_cannot_wait_comes_the_evening_before() -> None:
    due = local("2026-08-28 07:00")
    assert place_ring(due, local("2026-08-27 12:00"), due, NIGHT, BERLIN) == local("2026-08-27 21:15")
    assert place_ring(due, local("2026-08-27 21:20"), due, NIGHT, BERLIN) == local("2026-08-27 21:20")


def test_a_ring_that_has_no_other_place_rings_at_night() -> None:
    due = local("2026-08-28 01:00")
    assert place_ring(due, local("2026-08-27 23:00"), due, NIGHT, BERLIN) == due


def test_a_ring_comes_neither_before_its_cause_nor_after_the_deadline() -> None:
    earliest, due = local("2026-08-27 14:00"), local("2026-08-27 15:00")
    assert place_ring(local("2026-08-27 10:00"), earliest, due, NIGHT, BERLIN) == earliest
    assert place_ring(local("2026-08-27 18:00"), earliest, due, NIGHT, BERLIN) == due


def test_quiet_hours_by_day_and_none_at_all() -> None:
    noon = QuietHours(time(12), time(14))
    earliest, due = local("2026-08-27 09:00"), local("2026-08-27 18:00")
    assert place_ring(local("2026-08-27 13:00"), earliest, due, noon, BERLIN) == local("2026-08-27 14:00")
    never = QuietHours(None, None)
    assert place_ring(local("2026-08-27 03:00"), local("2026-08-27 01:00"), due, never, BERLIN) == local(
        "2026-08-27 03:00"
    )


def test_quiet_hours_end_by_the_clock_on_the_wall_when_it_changes() -> None:
    early = QuietHours(time(22), time(2, 30))
    due = local("2026-10-25 12:00")
    second = local("2026-10-25 02:10", fold=1)  # 02:30 comes twice that night
    assert place_ring(second, local("2026-10-24 12:00"), due, early, BERLIN) == local("2026-10-25 02:30", fold=1)
    due = local("2026-03-29 12:00")  # 02:30 does not come at all
    rings = place_ring(local("2026-03-29 01:00"), local("2026-03-28 12:00"), due, early, BERLIN)
    assert rings == local("2026-03-29 03:30")
