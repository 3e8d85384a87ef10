from dataclasses import replace
from datetime import UTC, datetime, timedelta

from afterview.sync.model import Standing
from afterview.sync.playbook import PlaybookSettings, read_settings
from afterview.sync.troubles import Trouble, trouble_tasks

LOST = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
TROUBLE = Trouble("work", LOST, "The server dav.example.org did not answer.")


def settings(language: str = "en") -> PlaybookSettings:
    me = {"time_zone": "Europe/Berlin", "language": language}
    return read_settings(me, {}, {}, ())


def test_nothing_is_said_before_a_day_has_passed() -> None:
    found, coming = trouble_tasks([TROUBLE], [], settings(), LOST + timedelta(hours=23))
    assert found == ()
    assert coming == datetime(2026, 3, 3, 12, 1, tzinfo=UTC)


def test_after_a_day_it_is_a_task_that_says_what_and_since_when() -> None:
    (task,), coming = trouble_tasks([TROUBLE], [], settings(), LOST + timedelta(hours=25))
    assert coming is None
    assert task.title == "Afterview cannot reach work since Monday, 2 March, 13:00"
    assert "dav.example.org did not answer" in task.block
    assert task.ring_at == task.due_at == datetime(2026, 3, 3, 12, 1, tzinfo=UTC)


def test_it_does_not_ring_at_night() -> None:
    night = replace(TROUBLE, since=datetime(2026, 3, 2, 22, 0, tzinfo=UTC))
    found, coming = trouble_tasks([night], [], settings(), night.since + timedelta(hours=26))
    assert found == ()
    assert coming == datetime(2026, 3, 4, 7, 0, tzinfo=UTC)  # 8:00 in Berlin


def test_it_goes_when_the_account_works_again_and_the_next_loss_is_a_task_of_its_own() -> None:
    (task,), _ = trouble_tasks([TROUBLE], [], settings(), LOST + timedelta(days=2))
    (over,), _ = trouble_tasks([], [task.key], settings(), LOST + timedelta(days=3))
    assert (over.key, over.standing) == (task.key, Standing.WITHDRAWN)
    again = replace(TROUBLE, since=LOST + timedelta(days=5))
    (other,), _ = trouble_tasks([again], [], settings(), LOST + timedelta(days=7))
    assert other.key != task.key


def test_every_language_can_say_it() -> None:
    later = LOST + timedelta(days=2)
    titles = {trouble_tasks([TROUBLE], [], settings(name), later)[0][0].title for name in ("en", "de", "fr", "es")}
    assert len(titles) == 4
