"""What is wanted and seen in a list that keeps dates only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from afterview.sync.actions import Update
from afterview.sync.compare import decide
from afterview.sync.days import Days
from afterview.sync.history import History, fold
from afterview.sync.model import Fact, FactKind, FollowUp, RemoteTask, Row, TaskFields
from afterview.sync.observe import adopt, observe
from afterview.sync.thinking import Thought

BERLIN = Days(ZoneInfo("Europe/Berlin"))
NOW = datetime(2026, 9, 7, 12, tzinfo=UTC)
RING = datetime(2026, 9, 7, 16, tzinfo=UTC)  # 18:00
DAY = datetime(2026, 9, 7, 22, tzinfo=UTC)  # midnight before 8 September
FOLLOW_UP = FollowUp(("t-1",), "thank_you", "Thank Ana", "Our words", NOW + timedelta(hours=20), RING)
FIELDS = TaskFields(title="Thank Ana", notes="Our words", due_at=DAY, ring_at=RING)
ROW = Row("t-1", "gmail", "Interviews", "id", FIELDS, "e", block="Our words")


def thought(*facts: Fact) -> Thought:
    return BERLIN.thought(Thought(fold(facts), (), (), (FOLLOW_UP,), None, {"t-1": FOLLOW_UP}))


def seen(**fields: object) -> tuple[Fact, ...]:
    remote = RemoteTask("id", "t-1", replace(FIELDS, **fields), "e2")  # type: ignore[arg-type]  # test shorthand
    return observe(ROW, remote, NOW, "phone:gmail", thought().follow_up("t-1"), History(), BERLIN)


def moved_to(**fields: object) -> dict[str, str]:
    (fact,) = seen(**fields)
    assert fact.kind is FactKind.SNOOZED
    return dict(fact.value)


@pytest.mark.parametrize(
    ("moment", "midnight"),
    [
        ("2026-09-08T10:00+02:00", "2026-09-07T22:00+00:00"),
        ("2026-09-08T00:30+02:00", "2026-09-07T22:00+00:00"),
        ("2026-10-25T12:00+01:00", "2026-10-24T22:00+00:00"),  # the day on which the clocks go back
        ("2026-12-01T00:30+01:00", "2026-11-30T23:00+00:00"),
    ],
)
def test_a_day_is_its_local_midnight(moment: str, midnight: str) -> None:
    assert BERLIN.start(datetime.fromisoformat(moment)) == datetime.fromisoformat(midnight)


def test_nothing_differs_where_the_day_is_right() -> None:
    assert thought().follow_ups[0].due_at == DAY
    assert seen() == ()
    decided = decide(thought().follow_up("t-1"), ROW, History(), NOW, NOW)
    assert not isinstance(decided, Update)


def test_a_task_met_again_has_not_been_moved() -> None:
    remote = RemoteTask("id", "t-1", FIELDS, "e")
    row = adopt(remote, thought().follow_up("t-1"), "gmail", "Interviews")
    assert observe(row, remote, NOW, "phone:gmail", thought().follow_up("t-1"), History(), BERLIN) == ()


def test_a_moved_day_takes_the_ring_along_at_its_time() -> None:
    told = moved_to(due_at=datetime(2026, 10, 29, 23, tzinfo=UTC))  # 30 October, in winter time
    assert told["due"] == "2026-10-29T23:00:00+00:00"
    assert told["ring"] == "2026-10-30T17:00:00+00:00"  # 18:00 still


def test_a_moved_day_wakes_no_ring_that_was_taken_away() -> None:
    row = replace(ROW, base=replace(FIELDS, ring_at=None))
    remote = RemoteTask("id", "t-1", replace(FIELDS, due_at=DAY + timedelta(days=3), ring_at=None), "e2")
    (fact,) = observe(row, remote, NOW, "phone:gmail", thought().follow_up("t-1"), History(), BERLIN)
    assert "ring" not in fact.value
    after = replace(row, base=remote.fields)
    decided = decide(thought(fact).follow_up("t-1"), after, thought(fact).history, NOW, NOW)
    assert not isinstance(decided, Update)


def test_a_taken_away_day_is_kept() -> None:
    assert moved_to(due_at=None)["due"] == "none"


def test_a_snooze_on_the_same_day_leaves_the_day() -> None:
    told = moved_to(snoozed_until=RING + timedelta(hours=2))
    assert told["until"] == "2026-09-07T18:00:00+00:00"
    assert "due" not in told


def test_a_snooze_beyond_the_day_moves_the_day() -> None:
    told = moved_to(snoozed_until=RING + timedelta(days=3))
    assert told["due"] == "2026-09-09T22:00:00+00:00"
    assert told["ring"] == "2026-09-10T16:00:00+00:00"
    assert "until" not in told


def test_what_was_moved_in_a_list_with_times_is_cut_too() -> None:
    fact = Fact(FactKind.SNOOZED, "t-1", NOW, "phone:home", {"due": "2026-09-10T09:30:00+00:00", "ring": "none"})
    assert thought(fact).history.snoozed["t-1"].value["due"] == "2026-09-09T22:00:00+00:00"
