"""The service rings by push: each ring once, whatever happens to the process, and takes the answers that come back."""

import json
import socket
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from icalendar import vText

from tests.moved import Moved
from tests.running import ROOT
from tests.system.home import Home
from tests.system.invitations import ANA, BO, invitation
from tests.system.moments import AFTER, DAY, HOUR, MONDAY, berlin
from tests.system.test_push import Ntfy

EIGHTEEN = berlin(2026, 9, 7, 18)  # when thank-yous ring
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ntfy() -> Iterator[Ntfy]:
    made = Ntfy()
    yield made
    made.web.close()


@pytest.fixture
def server(request: pytest.FixtureRequest) -> object:
    """One real server is enough here: what differs between them is not the push."""
    return request.getfixturevalue("radicale")


def configure(home: Home, ntfy: Ntfy, deliver: str = "", more: str = "") -> None:
    address = f"ntfy://127.0.0.1:{ntfy.web.port}/topic"
    (home.path / "push").write_text(address)
    home.write_config(more=f'push = [{{ file = "{home.path / "push"}" }}]\n{deliver}\n{more}')


def service(home: Home, **environ: str) -> Moved:
    where = ("--config", str(home.path / "config.toml"), "--state-dir", str(home.path / "state"))
    return Moved(home.path, home.now, where, environ=environ)


def test_it_rings_to_the_minute_and_once(home: Home, ntfy: Ntfy) -> None:
    configure(home, ntfy)
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    home.now = EIGHTEEN - 20 * MINUTE
    with service(home) as running:
        running.begin()
        running.advance(EIGHTEEN - MINUTE)
        assert ntfy.messages == []
        running.advance(EIGHTEEN + MINUTE)
        assert len(ntfy.messages) == 1  # both thank-yous in one push
        running.advance(EIGHTEEN + HOUR)
        assert len(ntfy.messages) == 1
        assert running.stop() == 0
    assert "Traceback" not in running.said()


def test_what_was_ticked_a_moment_ago_stays_silent(home: Home, ntfy: Ntfy) -> None:
    configure(home, ntfy)
    home.enter("u1", invitation("u1", MONDAY))
    home.now = EIGHTEEN - 20 * MINUTE
    with service(home) as running:
        running.begin()
        running.advance(EIGHTEEN - timedelta(seconds=10))
        address, _ = home.only("thank_you")
        home.edit(address, lambda todo: todo.__setitem__("STATUS", vText("COMPLETED")))
        running.advance(EIGHTEEN + 5 * MINUTE)
        assert ntfy.messages == []


def test_killed_before_during_and_after_a_ring_it_rings_once(home: Home, ntfy: Ntfy) -> None:
    configure(home, ntfy)
    home.enter("u1", invitation("u1", MONDAY))
    home.now = EIGHTEEN - 10 * MINUTE
    for _ in range(4):
        with service(home) as running:
            running.begin()
            running.advance(running.now + 5 * MINUTE)
            running.kill()
        home.now = running.now
    assert ntfy.messages == ["Thank Ana Lima (Initech)"]


def test_a_ring_that_was_slept_through_comes_on_waking_but_not_at_night(home: Home, ntfy: Ntfy) -> None:
    configure(home, ntfy)
    home.enter("u1", invitation("u1", MONDAY))
    home.now = AFTER
    with service(home) as running:
        running.begin()
        running.suspend(berlin(2026, 9, 8, 3))
        assert ntfy.messages == []
        running.advance(berlin(2026, 9, 8, 8, 1))
        assert ntfy.messages == ["Thank Ana Lima (Initech)"]


def test_a_button_is_an_answer_that_is_acted_upon_at_once(home: Home, ntfy: Ntfy) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configure(
        home, ntfy, more=f'[answers]\nenabled = true\nlisten = "127.0.0.1:{port}"\nurl = "http://127.0.0.1:{port}"\n'
    )
    home.enter("u1", invitation("u1", MONDAY))
    home.now = AFTER
    with service(home) as running:
        running.begin()
        running.suspend(berlin(2026, 9, 16, 9, 50))
        running.advance(berlin(2026, 9, 16, 10, 1))
        offered = [one for asked, _ in ntfy.web.log for one in json.loads(asked.headers.get("x-actions", "[]"))]
        no = next(one["url"] for one in offered if one["url"].endswith("/no"))
        with urllib.request.urlopen(urllib.request.Request(no, method="POST"), timeout=10) as answer:  # noqa: S310 -- our own loopback address
            assert answer.status == 200
        running.woken()
        assert "feedback" in home.open_steps()
        assert running.stop() == 0
    assert "Traceback" not in running.said()


def test_the_list_that_is_lost_itself_is_told_by_push(home: Home, ntfy: Ntfy) -> None:
    configure(home, ntfy)
    home.now = MONDAY
    with service(home) as running:
        running.begin()
        config = home.path / "config.toml"
        config.write_text(config.read_text().replace(home.server.url, "http://127.0.0.1:9"))
        running.hang_up()
        running.suspend(MONDAY + DAY + HOUR)
        running.advance(running.now + HOUR)
        assert [title for title in ntfy.messages if "cannot reach home" in title]


def test_a_mistake_of_our_own_does_not_end_the_service(home: Home, ntfy: Ntfy) -> None:
    configure(home, ntfy)
    home.enter("u1", invitation("u1", MONDAY))
    home.now = EIGHTEEN - 20 * MINUTE
    with service(home) as running:
        running.begin()
        with closing(sqlite3.connect(home.path / "state" / "ledger.sqlite3", isolation_level=None)) as ledger:
            ledger.execute("UPDATE ring SET planned = '[]'")
        running.advance(EIGHTEEN - 5 * MINUTE)
        assert running.said().count("by a mistake of its own") == 1
        address, _ = home.only("ask_outcome")
        home.set(address, "SUMMARY", "Ask Initech")  # whatever changes has the plan made anew
        running.advance(EIGHTEEN + 6 * MINUTE)
        assert ntfy.messages == ["Thank Ana Lima (Initech)"]
        assert running.stop() == 0
    assert "Traceback" not in running.said()


def test_a_foreign_integration_that_breaks_costs_its_own_account_and_neither_the_bell_nor_the_service(
    home: Home, ntfy: Ntfy
) -> None:
    desk = home.path / "desk" / "Interviews"
    desk.mkdir(parents=True)
    (desk / "broken.json").write_text("[]")
    (home.path / "ink").write_text("open sesame")
    configure(home, ntfy)
    config = home.path / "config.toml"
    account = f'id = "desk"\nintegration = "paper"\npath = "{desk.parent}"\ntask_list = "Interviews"\n'
    text = config.read_text().replace('to = "home"', 'to = "desk"')
    config.write_text(f'{text}\n[[account]]\n{account}password = {{ file = "ink" }}\n')
    home.enter("u1", invitation("u1", MONDAY))
    home.now = EIGHTEEN - 20 * MINUTE
    site = {"PYTHONPATH": f"{ROOT / '.dev'}:{ROOT / 'tests' / 'fakes' / 'site'}"}
    with service(home, **site) as running:
        running.begin()
        running.advance(EIGHTEEN + MINUTE)
        assert ntfy.messages == ["Thank Ana Lima (Initech)"]
        (report,) = (home.path / "state" / "reports").iterdir()
        assert "TypeError" in report.read_text()
        (desk / "broken.json").unlink()
        running.advance(EIGHTEEN + HOUR)
        assert len(list(desk.glob("*.json"))) == 2
        assert running.stop() == 0
    assert [line.partition("desk: ")[2][:30] for line in running.said().splitlines() if "desk: " in line] == [
        "Afterview failed at desk by a ",
        "2 created",
        "all is well again",
    ]
    assert "Traceback" not in running.said()
