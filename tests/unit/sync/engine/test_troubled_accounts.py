"""Whose health counts as an account's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from afterview.sync.engine.seen import thought_of
from afterview.sync.ledger import Ledger
from afterview.sync.ledger.store import Health
from afterview.sync.playbook import read_settings

LOST = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_push_address_and_the_list_that_is_just_asked_are_no_lost_accounts(tmp_path: Path) -> None:
    settings = read_settings({"time_zone": "Europe/Berlin", "language": "en"}, {}, {}, ())
    later = LOST + timedelta(days=2)
    with Ledger.open(tmp_path) as ledger:
        for name in ("work", "push #1", "home"):
            ledger.set_health(Health(name, "waiting", LOST, words="No answer."))
        thought = thought_of(ledger, settings, later, reachable="home")
    (task,) = thought.follow_ups
    assert "work" in task.title
