"""Which account is asked when."""

from datetime import UTC, datetime, timedelta

from afterview.cli.service.pace import Pace
from afterview.sync.engine.report import AccountReport
from afterview.sync.ledger.store import Health

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def pace(*states: tuple[str, str]) -> Pace:
    """Make the pace of accounts that have just been asked, five minutes apart without jitter."""
    made = Pace(lambda: 0.5)
    made.take({account: 5 * MINUTE for account, _ in states})
    for account, state in states:
        made.learn(AccountReport(account, state=state, error="" if state == "ok" else "No."), None, NOW)
    return made


def test_accounts_that_are_due_almost_together_share_a_pass() -> None:
    made = pace(("home", "ok"))
    made.take({"home": 5 * MINUTE, "work": 5 * MINUTE})
    assert made.due(NOW) == ["work"]
    made.learn(AccountReport("work"), None, NOW + timedelta(seconds=15))
    assert made.due(NOW + 5 * MINUTE - timedelta(seconds=1)) == []
    assert made.due(NOW + 5 * MINUTE) == ["home", "work"]


def test_whoever_must_sign_in_again_is_not_hurried() -> None:
    made = pace(("home", "ok"), ("work", "reauth"), ("far", "waiting"))
    made.hurry(NOW + MINUTE / 2, unreachable=True)
    assert made.due(NOW + MINUTE / 2) == ["far"]
    made.hurry(NOW + MINUTE / 2)
    assert made.due(NOW + MINUTE / 2) == ["home", "far"]
    assert not made.may("work", NOW + timedelta(days=1))


def test_what_was_mended_by_hand_is_asked_at_once() -> None:
    made = pace(("work", "reauth"))
    made.reconcile("work", "reauth")
    assert made.due(NOW + MINUTE) == []
    made.reconcile("work", "ok")
    assert made.due(NOW + MINUTE) == ["work"]


def test_a_changed_account_is_asked_at_once_and_a_removed_one_never() -> None:
    made = pace(("home", "ok"), ("work", "ok"))
    made.take({"home": 5 * MINUTE}, anew=["home"])
    assert made.due(NOW + MINUTE) == ["home"]
    made.learn(AccountReport("work"), None, NOW)
    assert made.next_at(NOW) == NOW


def known(state: str, failures: int = 3) -> Health:
    return Health("far", state, NOW - timedelta(hours=2), words="No.", failures=failures)


def resumed(state: str, again: timedelta) -> Pace:
    made = Pace(lambda: 0.0)
    made.take({"far": 5 * MINUTE, "home": 5 * MINUTE})
    made.resume({"far": known(state), "home": known("ok", 0)}, {"far": NOW + again}, NOW)
    return made


def test_after_a_restart_a_server_that_is_down_is_left_alone_as_long_as_before_and_then_longer() -> None:
    made = resumed("waiting", 30 * MINUTE)
    assert made.due(NOW + 29 * MINUTE) == ["home"]
    assert made.waits() == {"far": NOW + 30 * MINUTE}
    made.learn(AccountReport("far", state="waiting", error="No."), None, NOW)
    assert made.waits() == {"far": NOW + 8 * MINUTE}  # the fourth time


def test_after_a_restart_what_a_person_may_have_mended_is_asked_in_a_moment() -> None:
    made = resumed("reauth", timedelta(hours=5))
    assert made.due(NOW) == ["home"]
    assert made.due(NOW + MINUTE) == ["far", "home"]


def test_a_clock_that_was_ahead_before_a_restart_blocks_nothing_for_good() -> None:
    assert resumed("waiting", timedelta(days=300)).waits()["far"] <= NOW + timedelta(hours=6)
