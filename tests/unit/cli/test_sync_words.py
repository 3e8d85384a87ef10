from pathlib import Path

import pexpect
import pytest

from tests.running import COMMAND, environment
from tests.unit.cli.paper import ME, SITE, cupboard
from tests.unit.cli.test_engine_commands import BEFORE, CONFIG, LATER, event, run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Hannah goes to Initech today, and to the dentist."""
    cupboard(tmp_path)
    (tmp_path / "calendars").mkdir()
    event(tmp_path, "one", "Initech", "Ana Lima", 10)
    event(tmp_path, "three", "Smile", "Dora Dent", 12, "Dentist")
    (tmp_path / "config.toml").write_text(ME.replace('"de"', '"en"') + CONFIG, "utf-8")
    run(tmp_path, "sync", now=BEFORE)
    run(tmp_path, "sync")
    return tmp_path


def test_a_quiet_pass_with_nothing_new_says_nothing(home: Path) -> None:
    ran = run(home, "sync", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    event(home, "four", "Umbrella", "Albert W", 9)
    assert "created" in run(home, "sync", "-q").out


def test_held_deletions_say_how_to_agree(home: Path) -> None:
    for number in range(5):
        event(home, f"more{number}", f"Firm{number}", f"Person{number} X", 13 + number)
    run(home, "sync")
    for path in (home / "calendars").glob("*.ics"):
        path.unlink()
    event(home, "three", "Smile", "Dora Dent", 12, "Dentist")
    ran = run(home, "sync", "--full")
    assert ran.code == 5
    assert "files: held" in ran.out
    asked = run(home, "status")
    assert (asked.code, run(home, "doctor").code) == (5, 5)
    status = asked.out
    for said in (ran.out, status):
        assert "`afterview sync --accept-deletions files`" in said
    assert "held" in status.splitlines()[1]
    wrong = run(home, "sync", "--accept-deletions", "file")
    assert wrong.code == 2
    assert 'No calendar or list is called "file"; there are: "Interviews", "files".' in wrong.err
    assert run(home, "sync", "--accept-deletions", "Files").code == 0


def test_a_clock_that_was_far_ahead_once_blocks_nothing_for_good(home: Path) -> None:
    assert run(home, "sync", now="2031-01-01T00:00:00Z").code == 0
    refused = run(home, "sync", now=LATER)
    assert refused.code == 7
    assert "--trust-clock" in refused.err
    event(home, "five", "Umbrella", "Albert W", 9)
    assert "created" in run(home, "sync", "--trust-clock", now=LATER).out
    assert run(home, "sync", now=LATER).code == 0


def test_the_first_reading_shows_on_a_terminal_how_far_it_is(home: Path) -> None:
    for number in range(250):
        event(home, f"dull{number}", "Smile", "Dora Dent", 12, "Dentist")
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "sync", "--config", str(home / "config.toml"), "--state-dir", str(home / "state")],
        env={**environment(home), **SITE, "AFTERVIEW_NOW": LATER, "AFTERVIEW_ALLOW_PLAIN_SECRETS": "1"},
        encoding="utf-8",
        timeout=20,
        cwd=str(home),
        dimensions=(24, 120),
    )
    child.expect_exact("Reading files/files, 100 entries")
    child.expect_exact("Reading files/files, 200 entries")
    child.expect_exact("100%")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
