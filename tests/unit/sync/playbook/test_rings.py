from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from afterview.sync.playbook.rings import parse_ring

BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("rule", "rings"),
    [
        ("due", "2026-10-26 16:00"),
        ("10:00", "2026-10-26 10:00"),
        ("same day 18:00", "2026-10-24 18:00"),
        ("same day 18:00 or 4h", "2026-10-24 19:00"),
        ("same day 12:00", "2026-10-24 17:00"),
        ("day before 18:00", "2026-10-25 18:00"),
        ("1h", "2026-10-24 16:00"),
        ("90 minutes before", "2026-10-26 14:30"),
    ],
)
def test_a_ring_is_reckoned_on_the_wall_clock(rule: str, rings: str) -> None:
    wish = parse_ring(rule).wish(local("2026-10-24 15:00"), local("2026-10-26 16:00"), BERLIN)
    assert wish == local(rings)


def test_the_evening_before_is_too_late_for_what_began_afterwards() -> None:
    wish = parse_ring("day before 18:00 or 2h").wish(local("2026-10-25 20:00"), local("2026-10-26 16:00"), BERLIN)
    assert wish == local("2026-10-26 14:00")


def test_no_ring_at_all() -> None:
    assert parse_ring("off").wish(local("2026-10-24 15:00"), local("2026-10-26 16:00"), BERLIN) is None


@pytest.mark.parametrize(
    "text", ["", "never", "25:00", "same day", "2 days", "2 days before", "same day 18:00 or 1 day"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_ring(text)
