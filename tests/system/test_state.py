"""A disk that is full, a folder that cannot be written, a ledger that is damaged or too new, a stop in mid-write.

It refuses or recovers, with one sentence, and never half: afterwards everything is there once.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate import Moment
from tests.running import COMMAND, Ran, environment, within
from tests.servers import Server
from tests.system.home import Home
from tests.system.invitations import ANA, BO, invitation
from tests.system.moments import AFTER, MONDAY, START
from tests.warm import Limits

NOBODY = 65534
PAGE = 4096


@pytest.fixture
def server(radicale: Server) -> Server:
    return radicale


def refused(ran: Ran, words: str) -> None:
    """Check that it was refused in one sentence."""
    assert ran.code == 7, (ran.code, ran.err)
    assert ran.err.count("\n") == 1, ran.err
    assert words in ran.err


def limited(home: Home, limits: Limits, *arguments: str) -> Ran:
    place = ("--config", str(home.path / "config.toml"), "--state-dir", str(home.path / "state"))
    return within(limits, home.path, *place, *arguments, AFTERVIEW_NOW=home.now.isoformat())


def everything_once(home: Home) -> None:
    home.settle(2)
    assert home.open_steps() == ["ask_outcome", "thank_you", "thank_you"]


def test_on_a_full_disk_nothing_is_sent_that_is_not_written_down(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    home.now = AFTER
    refusals = 0
    for pages in range(1, 120, 3):
        ran = limited(home, Limits(bytes=pages * PAGE + 100), "sync")
        if ran.code == 0:
            break
        refused(ran, "Free some disk space" if "written" in ran.err else "folder writable")
        refusals += 1
    assert refusals > 3
    everything_once(home)


@pytest.fixture
def open_home(server: Server) -> Iterator[Home]:
    """A home in a folder that another user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="av-"))
    folder.chmod(0o755)
    home = Home(folder, server, START)
    home.calendar = server.make(f"events-{folder.name}", "VEVENT")
    home.tasks = server.make(f"tasks-{folder.name}", "VTODO")
    home.write_config()
    home.sync()
    yield home
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    shutil.rmtree(folder)


def test_a_state_folder_that_cannot_be_written_is_refused(open_home: Home) -> None:
    home, user = open_home, None
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    home.now = AFTER
    if os.geteuid() == 0:  # nothing is forbidden to root
        user = NOBODY
        for path in (home.path, *home.path.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    for path in (home.path / "state").iterdir():
        path.chmod(0o400)
    (home.path / "state").chmod(0o500)
    requests = len(home.server.gate.log)
    refused(limited(home, Limits(user=user), "sync"), "writable")
    assert len(home.server.gate.log) == requests
    (home.path / "state").chmod(0o700)
    for path in (home.path / "state").iterdir():
        path.chmod(0o600)
    everything_once(home)


def test_a_damaged_ledger_is_said_and_moved_away_doubles_nothing(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    home.sync(AFTER)
    ledger = home.path / "state" / "ledger.sqlite3"
    with sqlite3.connect(ledger) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    sound, before = ledger.read_bytes(), home.texts()
    chance, refusals = random.Random(6), 0  # noqa: S311 -- the same damage each time
    for number in range(24):
        damaged = bytearray(sound)
        begin = chance.randrange(100 if number % 2 else 0, len(damaged) - 600)
        damaged[begin : begin + 500] = chance.randbytes(500)
        for file in ledger.parent.glob("ledger*"):
            file.unlink()
        ledger.write_bytes(damaged if number % 6 else damaged[:begin])
        for command in ("status", "tasks", "sync"):
            ran = home.run(command)
            assert ran.code in {0, 7}, (number, begin, command, ran.err)
            if ran.code == 7:
                refused(ran, "ledger")
                refusals += 1
    assert refusals > 12
    for file in ledger.parent.glob("ledger*"):
        file.rename(file.with_name(f"old-{file.name}"))
    home.settle(3)
    assert home.open_steps() == ["ask_outcome", "thank_you", "thank_you"]
    assert home.texts() == before


@pytest.mark.parametrize("command", ["sync", "status", "tasks"])
def test_a_ledger_of_a_newer_version_is_left_alone(home: Home, command: str) -> None:
    ledger = home.path / "state" / "ledger.sqlite3"
    with sqlite3.connect(ledger) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    requests = len(home.server.gate.log)
    refused(home.run(command), "newer Afterview")
    assert len(home.server.gate.log) == requests


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_in_the_middle_of_a_write_leaves_nothing_half(home: Home, number: signal.Signals) -> None:
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    home.now = AFTER
    gate = home.server.gate
    asked: list[str] = []

    def stop(moment: Moment) -> bool:
        """Stop it when the server has done the second write, and the answer is on its way."""
        if moment is Moment.ANSWERED and asked.count("PUT") == 2:
            process.send_signal(number)
        return asked.count("PUT") > 1 and moment is Moment.ANSWERED

    gate.watch = stop
    gate.weather = lambda method, _path: asked.append(method)
    place = ["--config", str(home.path / "config.toml"), "--state-dir", str(home.path / "state")]
    process = subprocess.Popen(
        [*COMMAND, *place, "sync"],
        env=environment(home.path, AFTERVIEW_NOW=home.now.isoformat()),
        stderr=subprocess.PIPE,
        text=True,
    )
    _, err = process.communicate(timeout=60)
    assert process.returncode in {-signal.SIGTERM, 130}
    assert "Traceback" not in err
    assert asked.count("PUT") == 2
    gate.reset()
    everything_once(home)
