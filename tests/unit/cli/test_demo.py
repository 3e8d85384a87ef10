import os
import signal
import socket
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from afterview.cli.showcase import month
from afterview.integrations.ical.read import Place, read
from afterview.sync.ports import Window
from tests.running import COMMAND, Ran, afterview, environment

TODAY = "2026-03-11T11:00:00Z"  # a Wednesday


@pytest.fixture(scope="module", params=[("demo",), ("demo", "--google")], ids=["caldav", "google"])
def demo(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> tuple[Ran, Path]:
    home = tmp_path_factory.mktemp("demo")
    (home / "tmp").mkdir()
    return afterview(home, *request.param, AFTERVIEW_NOW=TODAY, TMPDIR=str(home / "tmp")), home


def test_the_demo_tells_the_whole_story(demo: tuple[Ran, Path]) -> None:
    ran, _ = demo
    assert ran.code == 0, ran.err
    recognised, rest = ran.out.split("Not taken for interviews of hers:")
    others, rest = rest.split("On her phone's list today:")
    todo, after = rest.split("What follows:")
    for company in ("Initech", "Seeblick", "Nordwind", "Hooli"):
        assert company in recognised
    assert "cancelled" in recognised
    for other in ("Zahnarzt", "Yoga", "Interview with candidate"):
        assert other in others
    for person in ("Priya Nair", "Tom Reed", "Sofia Costa"):
        assert f"Thank {person}" in todo
    assert "Seeblick" not in todo
    assert "Ana Lima" in after
    assert after.count("created") == 2


def test_nothing_is_left_behind(demo: tuple[Ran, Path]) -> None:
    ran, home = demo
    address = next(word for word in ran.out.split() if word.startswith("http://127.0.0.1:")).rstrip(";")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=2)
    assert [path.name for path in home.iterdir()] == ["tmp"]
    assert list((home / "tmp").iterdir()) == []


def test_an_interrupted_demo_leaves_nothing_either(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "demo"],
        env=environment(tmp_path, TMPDIR=str(tmp_path), AFTERVIEW_NOW=TODAY),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    assert b"runs at" in process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Interrupted" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("missing", "arguments"), [("radicale", ["demo"]), ("jsonschema", ["demo", "--google"])])
def test_without_its_packages_the_demo_says_what_to_install(tmp_path: Path, missing: str, arguments: list[str]) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        f"from afterview.cli.exits import outcome; sys.exit(outcome({arguments!r}))"
    )
    done = subprocess.run(
        [COMMAND[0], "-c", code],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "afterview[demo]" in done.stderr


@pytest.mark.parametrize("today", [date(2026, 3, 9), date(2026, 3, 14), date(2026, 3, 15), date(2026, 12, 31)])
def test_the_month_is_sound_on_every_day_of_the_week(today: date) -> None:
    window = Window(datetime(2025, 12, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
    entries = list(month.entries(today, "Europe/Berlin"))
    events = [
        event for entry in entries for event in read(entry.text, Place("", "", entry.name, "Europe/Berlin"), window)
    ]
    assert len({event.uid for event in events}) == len(entries) == 21
    hooli = [event for event in events if "Hooli" in event.title]
    assert len({event.starts_at.date() for event in hooli}) == 1
    assert hooli[0].starts_at.weekday() < month.SATURDAY
    assert hooli[0].starts_at.date() < today
