"""Which account is asked when."""

from datetime import UTC, datetime, timedelta

from afterview.cli.service.pace import Pace
from afterview.sync.engine.report import AccountReport

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
