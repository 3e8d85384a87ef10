"""A week without one of two servers: the real service on real servers, with its time moved and with restarts on the way."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Self

import pytest

from afterview.sync.pulse import take_pulse
from tests.gate import Answer, Break, Gate
from tests.moved import Moved
from tests.servers import Server
from tests.system.home import Home
from tests.system.invitations import invitation
from tests.system.moments import BERLIN, DAY, HOUR, MONDAY
from tests.system.test_push import Ntfy

MINUTE = timedelta(minutes=1)
CY = ("Cy Moss", "cy.moss@globex.example")
DI = ("Di Rao", "di.rao@hooli.example")
EVENING, NIGHT = 15, 17 * HOUR  # when the machine is put to sleep, and for how long
AWAKE_H = 7 * 7
WAKES = 7


@pytest.fixture
def server(radicale: Server) -> Server:
    """One real server, through two gates."""
    return radicale


class Week:
    """A user with two accounts; `dead` is the gate before the one that is down."""

    def __init__(self, home: Home, dead: Gate, ntfy: Ntfy) -> None:
        self.home, self.dead, self.ntfy = home, dead, ntfy
        self.steady = 1000.0
        self.running: Moved | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    @property
    def service(self) -> Moved:
        assert self.running is not None
        return self.running

    def start(self) -> None:
        where = ("--config", str(self.home.path / "config.toml"), "--state-dir", str(self.home.path / "state"))
        self.running = Moved(self.home.path, self.home.now, where, steady=self.steady).__enter__()
        self.running.begin()

    def restart(self, *, kill: bool) -> None:
        """End the service, as a power cut or as a service manager does, and start it again; that asks nobody out of turn."""
        tried = self.tried("work")
        if kill:
            self.service.kill()
        else:
            assert self.service.stop() == 0
        self._end()
        self.start()
        assert self.tried("work") == tried

    def _end(self) -> None:
        if self.running is not None:
            self.home.now, self.steady = self.running.now, self.running.steady
            self.running.__exit__()
            self.running = None

    def until(self, when: datetime) -> None:
        """Let days pass: by day the machine runs, at night it sleeps."""
        while self.service.now < when:
            evening = self.service.now.astimezone(BERLIN).replace(hour=EVENING, minute=0, second=0)
            self.service.advance(min(evening, when))
            if evening < when:
                self.service.suspend(evening + NIGHT)

    def tried(self, account: str) -> int:
        """Return how often in a row an account was tried in vain."""
        return int(take_pulse(self.home.path / "state").health[account]["failures"])

    def said(self, account: str) -> list[str]:
        """Return what the service said of an account's health."""
        mine = [line for line in self.service.said().splitlines() if f" {account}: " in line]
        return [line for line in mine if "created" not in line and "changed" not in line and "withdrawn" not in line]


@pytest.fixture
def week(fresh: Home) -> Iterator[Week]:
    """Interviews in `home` and in `work`, follow-ups in `home`, all well so far."""
    dead, ntfy, home = Gate(fresh.server.gate.upstream), Ntfy(), fresh
    work = home.server.make(f"work{home.path.name[-20:]}".replace("_", "-"), "VEVENT")
    home.enter("u2", invitation("u2", MONDAY + DAY, company="Globex", guests=(CY,)), calendar=work)
    (home.path / "push").write_text(f"ntfy://127.0.0.1:{ntfy.web.port}/topic")
    home.write_config(
        account='poll = "30m"',
        more=f'push = [{{ file = "{home.path / "push"}" }}]\n'
        f'[[account]]\nid = "work"\nintegration = "caldav"\nurl = "{dead.url}{home.server.home}"\n'
        f'username = "{home.server.user}"\npassword = {{ file = "{home.path / "password"}" }}\n'
        f'calendars = ["{work.replace(home.server.url, dead.url)}"]\npoll = "30m"\n',
    )
    home.now = MONDAY - 2 * HOUR
    with Week(home, dead, ntfy) as made:
        yield made
    dead.close()
    ntfy.web.close()


def test_an_account_that_is_down_for_a_week_is_asked_seldom_told_once_and_caught_up_with_once(week: Week) -> None:
    home = week.home
    home.enter("u1", invitation("u1", MONDAY))
    week.until(MONDAY + HOUR + 2 * MINUTE)
    week.dead.log.clear()
    week.dead.weather = lambda _method, _path: Answer(503, b"down")
    home.enter("u3", invitation("u3", MONDAY + 2 * DAY, company="Hooli", guests=(DI,)), calendar=_work(home))
    assert home.open_steps() == ["ask_outcome", "thank_you"], "the other account is on time"
    week.until(MONDAY + DAY + HOUR + 2 * MINUTE)
    assert len(home.todos("thank_you")) == 2, "what was known before the loss is followed up on time"
    week.restart(kill=True)
    week.until(MONDAY + DAY + 6 * HOUR)
    ((_, task),) = home.todos("unreachable").items()
    assert "Afterview cannot reach work since" in task["SUMMARY"]
    assert home.run("outcome", "Initech", "no", at=week.service.now).code == 0
    week.service.advance(week.service.now + MINUTE)
    assert "feedback" in home.open_steps(), "what a person says is acted upon at once"
    week.dead.close()  # now it refuses the connection
    week.until(MONDAY + 3 * DAY)
    week.restart(kill=False)
    week.restart(kill=False)
    week.until(MONDAY + 5 * DAY)
    week.dead.open()
    week.dead.weather = lambda _method, _path: Break.DROP_AFTER
    week.restart(kill=True)
    week.until(MONDAY + 7 * DAY)

    tried = week.tried("work")
    assert AWAKE_H // 2 <= tried <= AWAKE_H + 6 + 2 * WAKES, (
        "an hour apart at the most, and once when the machine wakes"
    )
    assert len(week.dead.log) <= 2 * tried  # a read whose answer was lost is asked for once more
    assert sum("cannot reach work" in title for title in week.ntfy.messages) == 1
    assert len(week.said("work")) == 1, week.said("work")

    week.dead.weather = lambda _method, _path: None
    week.until(MONDAY + 7 * DAY + 70 * MINUTE)
    assert ["all is well again" in line for line in week.said("work")] == [False, True]
    assert home.todos("unreachable") == {}
    thanks = sorted(str(todo["SUMMARY"]) for todo in home.todos("thank_you").values())
    assert thanks == ["Thank Ana Lima (Initech)", "Thank Cy Moss (Globex)", "Thank Di Rao (Hooli)"]
    _is_quiet(week)


def test_a_list_that_is_down_for_a_week_rings_by_push_and_gets_what_it_missed_once(week: Week) -> None:
    home = week.home
    home.enter("u1", invitation("u1", MONDAY))
    week.until(MONDAY + 30 * MINUTE)
    assert home.open_steps() == []
    home.server.gate.weather = lambda _method, _path: Answer(500, b"down")
    week.until(MONDAY + 3 * DAY)
    week.restart(kill=True)
    week.until(MONDAY + 7 * DAY)
    assert sum("cannot reach home" in title for title in week.ntfy.messages) == 1
    assert sorted(title for title in week.ntfy.messages if "Thank" in title) == [
        "Thank Ana Lima (Initech)",
        "Thank Cy Moss (Globex)",
    ]
    assert home.todos() == {}

    home.server.gate.weather = lambda _method, _path: None
    before = len(week.ntfy.messages)
    week.until(MONDAY + 7 * DAY + 70 * MINUTE)
    assert ["all is well again" in line for line in week.said("home")] == [False, True]
    assert home.open_steps() == ["ask_outcome", "ask_outcome", "thank_you", "thank_you"]
    assert week.ntfy.messages[before:] == [], "what has rung does not ring again"
    _is_quiet(week)


def _is_quiet(week: Week) -> None:
    """Three more hours bring nothing new to the list."""
    week.home.server.gate.log.clear()
    week.until(week.service.now + 3 * HOUR)
    assert week.home.server.gate.writes() == []
    assert "Traceback" not in week.service.said()


def _work(home: Home) -> str:
    return home.server.url + home.server.home + f"work{home.path.name[-20:]}".replace("_", "-") + "/"
