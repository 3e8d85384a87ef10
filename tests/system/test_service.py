"""The background service: a process of its own on a real server, with its time moved."""

import json
import signal
import socket
import tempfile
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from icalendar import vText

from afterview.sync.lock import exclusive
from tests.fakes.web import Answered, Asked, WebServer
from tests.gate import Answer
from tests.moved import Moved
from tests.system.home import Home
from tests.system.invitations import ANA, BO, invitation
from tests.system.moments import AFTER, DAY, HOUR, MONDAY

MINUTE = timedelta(minutes=1)


def service(home: Home) -> Moved:
    where = ("--config", str(home.path / "config.toml"), "--state-dir", str(home.path / "state"))
    return Moved(home.path, home.now, where, environ=home.environ)


def test_what_is_due_appears_without_anybody_asking(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.now = MONDAY - 10 * MINUTE
    with service(home) as running:
        running.begin()
        assert home.todos() == {}
        running.advance(MONDAY + HOUR + MINUTE)  # the next turn of the account would be up to five minutes later
        assert home.open_steps() == ["ask_outcome", "thank_you"]
        home.server.gate.reset()
        running.advance(running.now + HOUR)
        assert home.server.gate.writes() == []
        assert 2 * 10 <= len(home.server.gate.log) <= 2 * 15  # every five minutes, a request a collection
        assert running.stop() == 0
    assert "2 created" in running.said()
    assert "Traceback" not in running.said()


@pytest.mark.parametrize("server", ["radicale"], indirect=True)
def test_hours_of_five_minute_passes_doubles_and_misses_nothing(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    home.now = MONDAY - HOUR
    with service(home) as running:
        running.begin()
        running.advance(MONDAY + 2 * HOUR)
        address, _ = next(iter(home.todos("thank_you").items()))
        home.edit(address, lambda todo: todo.__setitem__("STATUS", vText("COMPLETED")))
        running.advance(MONDAY + 8 * HOUR)
        states = sorted(str(todo["STATUS"]) for todo in home.todos("thank_you").values())
        assert states == ["COMPLETED", "NEEDS-ACTION"]
        assert running.stop() == 0
    home.server.gate.reset()
    home.now = running.now
    home.settle()
    assert home.server.gate.writes() == []


def test_after_a_night_of_the_machines_sleep_the_pass_comes_at_once(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    with service(home) as running:
        running.begin()
        running.suspend(AFTER + DAY)
        assert home.open_steps() == ["ask_outcome", "thank_you"]


def test_a_clock_that_is_set_back_stops_nothing(home: Home) -> None:
    home.now = AFTER
    with service(home) as running:
        running.begin()
        home.enter("u1", invitation("u1", MONDAY))
        running.suspend(AFTER - timedelta(minutes=30))
        assert home.open_steps() == ["ask_outcome", "thank_you"]


def test_a_server_that_is_gone_is_asked_ever_more_seldom_and_at_once_when_the_network_is_back(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.now = AFTER
    with service(home) as running:
        home.server.gate.plan("*", *[Answer(503, b"")] * 500)
        running.begin()
        running.advance(AFTER + 2 * HOUR)
        asked = len(home.server.gate.log)
        assert asked <= 16  # 1, 2, 4 ... minutes apart, both collections each time
        running.reach("off")
        home.server.gate.reset()
        assert home.todos() == {}
        running.reach("192.168.7.2")
        assert home.open_steps() == ["ask_outcome", "thank_you"]
    assert running.said().count("503") == 1
    assert "all is well again" in running.said()


def test_what_a_command_records_is_acted_upon_without_waiting_for_the_next_turn(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.now = AFTER
    with service(home) as running:
        running.begin()
        running.advance(AFTER + MINUTE)
        assert home.run("outcome", "Initech", "no", at=running.now).code == 0
        running.advance(running.now + MINUTE)
        assert "feedback" in home.open_steps()


def test_the_configuration_is_read_again_when_asked_and_a_wrong_one_changes_nothing(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.now = AFTER
    with service(home) as running:
        running.begin()
        config = home.path / "config.toml"
        sound = config.read_text()
        config.write_text(sound + "\n[playbook.thank_you]\nenabled = maybe\n")
        running.hang_up()
        assert home.open_steps() == ["ask_outcome", "thank_you"]
        config.write_text(sound + "\n[playbook.thank_you]\nenabled = false\n")
        running.hang_up()
        assert home.open_steps() == ["ask_outcome"]
    assert "goes on with the configuration it had" in running.said()


def test_a_second_service_does_not_start(home: Home) -> None:
    with service(home) as running:
        running.begin()
        second = home.run("run")
        assert second.code == 6
        assert "running in the background" in second.err
        assert home.sync(home.now + HOUR)["state"] == "ok"  # a pass by hand is no second service


def test_killed_and_started_again_it_goes_on(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    home.now = AFTER
    for _ in range(3):
        with service(home) as running:
            running.begin()
            running.kill()
    assert home.open_steps() == ["ask_outcome", "thank_you", "thank_you"]


def test_it_ends_within_five_seconds_though_a_server_does_not_answer(home: Home) -> None:
    asked, over = threading.Event(), threading.Event()

    def never(_: Asked) -> Answered:
        asked.set()
        over.wait(60)
        return Answered(200)

    silent, config = WebServer(never), home.path / "config.toml"
    config.write_text(config.read_text().replace(home.server.url, silent.url))
    try:
        with service(home) as running:
            running.connect()
            assert asked.wait(60)
            began = time.monotonic()
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(30) == 0
            assert time.monotonic() - began < 5
    finally:
        over.set()
        silent.close()
    assert "Traceback" not in running.said()


def test_whoever_watches_can_read_how_it_is(home: Home) -> None:
    config = home.path / "config.toml"
    config.write_text(
        config.read_text()
        + f'[sync]\nhealth_file = "{home.path / "health.json"}"\nmetrics_file = "{home.path / "metrics.prom"}"\n'
    )
    home.enter("u1", invitation("u1", MONDAY))
    home.now = AFTER
    with service(home) as running:
        running.begin()
        found: dict[str, Any] = json.loads((home.path / "health.json").read_text())
        assert (found["well"], found["accounts"][0]["state"], found["open_follow_ups"]) == (True, "ok", 2)
        assert 'afterview_account_state{account="home",state="ok"} 1' in (home.path / "metrics.prom").read_text()
        home.server.gate.plan("*", *[Answer(401, b"")] * 40)
        running.advance(running.now + HOUR)
        found = json.loads((home.path / "health.json").read_text())
        assert (found["well"], found["accounts"][0]["state"]) == (False, "reauth")
        assert 'afterview_account_state{account="home",state="reauth"} 1' in (home.path / "metrics.prom").read_text()


def test_an_account_that_is_lost_for_a_day_becomes_a_task_and_goes_when_it_is_back(home: Home) -> None:
    feed = home.path / "feed"
    feed.mkdir()
    config = home.path / "config.toml"
    config.write_text(
        config.read_text() + f'[[account]]\nid = "feed"\nintegration = "ics"\npath = "{feed}"\npoll = "1h"\n'
    )
    home.now = AFTER
    with service(home) as running:
        running.begin()
        feed.rename(home.path / "elsewhere")
        running.advance(AFTER + 2 * HOUR)
        assert home.todos() == {}
        running.suspend(AFTER + 22 * HOUR)
        running.advance(AFTER + 27 * HOUR)
        ((_, task),) = home.todos("unreachable").items()
        assert "Afterview cannot reach feed since" in task["SUMMARY"]
        (home.path / "elsewhere").rename(feed)
        running.advance(running.now + 7 * HOUR)  # what a person must mend is asked for every six hours
        assert home.open_steps() == []
        assert running.stop() == 0


def test_a_changed_account_is_taken_over_at_once(home: Home) -> None:
    config = home.path / "config.toml"
    config.write_text(config.read_text() + f'[[account]]\nid = "feed"\nintegration = "ics"\npath = "{home.path}"\n')
    home.now = AFTER
    with service(home) as running:
        running.begin()
        assert home.run("accounts", "remove", "feed", "--yes").code == 0
        running.woken()
        assert "The configuration was read again." in running.said()
        assert "feed" not in json.dumps(home.run("status", "--json").json)


@pytest.mark.parametrize("server", ["radicale"], indirect=True)
def test_systemd_is_told_when_it_is_ready_alive_reloading_and_stopping(home: Home) -> None:
    with tempfile.TemporaryDirectory(prefix="av-") as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ears:
        ears.bind(f"{folder}/notify")
        ears.settimeout(10)
        home.environ["NOTIFY_SOCKET"] = f"{folder}/notify"
        with service(home) as running:
            running.begin()
            running.hang_up()
            assert running.stop() == 0
        heard: list[str] = []
        while not heard or "STOPPING=1" not in heard[-1]:
            heard.append(ears.recv(1000).decode())
    said = [line for message in heard for line in message.splitlines()]
    assert said[0] == "READY=1"
    assert said.count("READY=1") == 2
    assert "WATCHDOG=1" in said
    assert said.index("RELOADING=1") < max(place for place, line in enumerate(said) if line == "READY=1")


@pytest.mark.parametrize("server", ["radicale"], indirect=True)
def test_while_somebody_else_works_it_waits_and_does_not_spin(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.now = AFTER
    with service(home) as running:
        with exclusive(home.path / "state"):
            running.begin()
            before = running.sleeps
            running.advance(AFTER + MINUTE)
            assert running.sleeps - before <= 12 + 2  # a look every five seconds
            assert home.todos() == {}
        running.advance(running.now + MINUTE)
        assert home.open_steps() == ["ask_outcome", "thank_you"]


@pytest.mark.parametrize("server", ["radicale"], indirect=True)
def test_a_clock_two_days_back_is_said_once_and_costs_nothing(home: Home) -> None:
    home.now = AFTER
    with service(home) as running:
        running.begin()
        running.suspend(AFTER - 2 * DAY)
        before = running.sleeps
        running.advance(running.now + HOUR)
        assert running.sleeps - before <= 2 * 60 + 2
        running.suspend(AFTER + HOUR)
        assert running.stop() == 0
    assert running.said().count("--trust-clock") == 1


@pytest.mark.parametrize("server", ["radicale"], indirect=True)
def test_a_listener_that_cannot_listen_stops_nothing_else(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = home.path / "config.toml"
        config.write_text(
            config.read_text() + f'[answers]\nenabled = true\nlisten = "127.0.0.1:{taken.getsockname()[1]}"\n'
        )
        home.enter("u1", invitation("u1", MONDAY))
        home.now = AFTER
        with service(home) as running:
            running.begin()
            assert home.open_steps() == ["ask_outcome", "thank_you"]
            running.hang_up()
            assert running.stop() == 0
    assert "no answers are taken from buttons" in running.said()
