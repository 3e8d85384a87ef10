"""`export`: the facts and the full history, as JSON and as a table. In this process, on a small world."""

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from afterview.cli.exits import outcome
from tests.unit.sync.engine.world import DAY, MONDAY, World, interview

CONFIG = '[me]\nemails = ["hannah@example.org"]\ntime_zone = "Europe/Berlin"\n'
Say = Callable[..., str]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path / "state")
    made.enter(interview(), interview("u2", MONDAY + DAY, company="Hooli"))
    made.run()
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    monkeypatch.setenv("AFTERVIEW_NOW", (MONDAY + 2 * DAY).isoformat())
    return made


@pytest.fixture
def say(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    def run(*arguments: str, code: int = 0) -> str:
        options = ("--config", str(tmp_path / "config.toml"), "--state-dir", str(world.path))
        assert outcome([*arguments, *options]) == code
        printed = capsys.readouterr()
        return printed.out if code == 0 else printed.err

    return run


def history(say: Say) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(say("export"))["history"]
    return found


def test_the_history_comes_with_the_facts_and_import_still_reads_them(world: World, say: Say, tmp_path: Path) -> None:
    say("outcome", "Initech", "no", "--at", "2026-09-08", "--note", "too junior")
    entries = history(say)
    assert [(one["what"], one["company"], one["local"]) for one in entries] == [
        ("interview held", "Initech", "2026-09-07 10:00"),
        ("interview held", "Hooli", "2026-09-08 10:00"),
        ("outcome no", "Initech", "2026-09-08 12:00"),
    ]
    assert (entries[2]["when"], entries[2]["details"]) == ("2026-09-08T10:00:00Z", "too junior")
    assert entries[0]["who"] == ["Ana Lima (ana.lima@initech.example)", "Initech Talent (talent@initech.example)"]
    file = tmp_path / "all.json"
    say("export", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = world.facts()
    assert json.loads(say("import", str(file), "--json"))["recorded"] == 0
    assert world.facts() == before


def test_a_table_is_written_for_a_spreadsheet(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    assert say("export", "--csv", str(file)) == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes().startswith(b"\xef\xbb\xbfwhen,local,")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [(row["company"], row["what"]) for row in rows] == [
        ("Initech", "interview held"),
        ("Hooli", "interview held"),
    ]
    assert say("export", "--csv").encode() == file.read_bytes().removeprefix(b"\xef\xbb\xbf")


def test_an_export_needs_no_configuration(say: Say, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[me", "utf-8")
    assert {one["local"] for one in history(say)} == {"2026-09-07 08:00", "2026-09-08 08:00"}
