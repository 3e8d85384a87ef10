from datetime import UTC, datetime, timedelta

import pytest

from afterview.integrations.coordinator import Notice, Schedule, State
from afterview.sync.errors import AccountError, AuthFailed, ListGone, NotReady, Refused

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIVE = timedelta(minutes=5)
EVEN = 0.5  # no shift either way


def failing(times: int, error: AccountError, interval: timedelta = FIVE) -> list[tuple[timedelta, Notice | None]]:
    schedule, now = Schedule(), NOW
    seen: list[tuple[timedelta, Notice | None]] = []
    for _ in range(times):
        schedule, notice = schedule.failed(error, now, interval, 0)
        assert schedule.next_at is not None
        seen.append((schedule.next_at - now, notice))
        now = schedule.next_at
    return seen


def test_a_new_account_is_asked_at_once_and_then_once_an_interval() -> None:
    assert Schedule().due(NOW)
    schedule, notice = Schedule().succeeded(NOW, FIVE, EVEN)
    assert notice is None
    assert not schedule.due(NOW + FIVE - timedelta(seconds=1))
    assert schedule.due(NOW + FIVE)
    assert schedule.due(NOW, by_hand=True)


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 270), (0.5, 300), (1.0, 330)])
def test_accounts_are_spread_by_a_tenth(jitter: float, seconds: int) -> None:
    schedule, _ = Schedule().succeeded(NOW, FIVE, jitter)
    assert schedule.next_at == NOW + timedelta(seconds=seconds)


def test_the_pause_doubles_up_to_an_hour_and_is_told_once() -> None:
    seen = failing(9, NotReady("no network"))
    assert [pause // timedelta(minutes=1) for pause, _ in seen] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert [notice for _, notice in seen] == [Notice.LOST] + [None] * 8


def test_an_account_that_is_asked_seldom_is_not_asked_more_often_when_it_fails_for_long() -> None:
    assert failing(12, NotReady("down"), timedelta(hours=6))[-1][0] == timedelta(hours=6)


def test_back_is_told_once_and_the_pause_begins_anew() -> None:
    lost, _ = Schedule().failed(NotReady("down"), NOW, FIVE, EVEN)
    back, notice = lost.succeeded(NOW, FIVE, EVEN)
    assert notice is Notice.BACK
    assert (back.failures, back.sentence, back.state) == (0, "", State.OK)
    assert back.succeeded(NOW, FIVE, EVEN)[1] is None


def test_retry_after_binds_a_pass_by_hand_too() -> None:
    until = NOW + timedelta(hours=3)
    schedule, _ = Schedule().failed(NotReady("429", retry_at=until), NOW, FIVE, EVEN)
    assert not schedule.due(until - timedelta(seconds=1), by_hand=True)
    assert schedule.due(until)


def test_our_own_pause_does_not_bind_a_pass_by_hand() -> None:
    schedule, _ = Schedule().failed(NotReady("down"), NOW, FIVE, EVEN)
    assert not schedule.due(NOW)
    assert schedule.due(NOW, by_hand=True)


@pytest.mark.parametrize(
    ("error", "state"),
    [(AuthFailed("x"), State.REAUTH), (Refused("x"), State.REFUSED), (ListGone("x"), State.REFUSED)],
)
def test_what_a_person_must_mend_is_asked_seldom(error: AccountError, state: State) -> None:
    schedule, notice = Schedule().failed(error, NOW, FIVE, 0)
    assert (schedule.state, notice, schedule.sentence) == (state, Notice.LOST, "x")
    assert schedule.next_at == NOW + timedelta(hours=6)


def test_another_kind_of_failure_is_told_again() -> None:
    schedule, _ = Schedule().failed(NotReady("down"), NOW, FIVE, EVEN)
    schedule, notice = schedule.failed(AuthFailed("wrong password"), NOW, FIVE, EVEN)
    assert notice is Notice.LOST
    assert schedule.failures == 1


def test_the_last_good_pass_is_remembered_through_failures() -> None:
    good, _ = Schedule().succeeded(NOW, FIVE, EVEN)
    bad, _ = good.failed(NotReady("down"), NOW + FIVE, FIVE, EVEN)
    assert bad.last_ok == NOW


def test_one_calendar_that_is_gone_slows_nothing_else_down() -> None:
    schedule, notice = Schedule().failed(ListGone("gone"), NOW, FIVE, 0, partly=True)
    assert (schedule.state, schedule.next_at, notice) == (State.REFUSED, NOW + FIVE, Notice.LOST)
    assert schedule.failed(ListGone("gone"), NOW, FIVE, 0, partly=True)[1] is None
    locked, _ = Schedule().failed(AuthFailed("no"), NOW, FIVE, 0, partly=True)
    assert locked.next_at == NOW + timedelta(hours=6)
    struggling, _ = Schedule().failed(NotReady("503"), NOW, FIVE, 0, partly=True)
    assert struggling.next_at == NOW + timedelta(minutes=1)
    for _ in range(9):
        struggling, _ = struggling.failed(NotReady("503"), NOW, FIVE, 0, partly=True)
    assert struggling.next_at == NOW + FIVE
