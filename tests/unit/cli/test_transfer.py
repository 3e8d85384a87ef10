"""`export` and `import`: the full history out, a table and cards in. In this process, on a small world."""

import csv
import io
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from afterview.cli.exits import outcome
from afterview.sync.model import FactKind, Outcome
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


TABLE = """Firma;Stelle;Datum;Ergebnis;Ansprechpartner;E-Mail;Farbe
Globex;Clerk;4/5/2026;Absage;Eva L\xf6w;eva@globex.example;rot
Initech;;7.9.2026;Absage;;;
Umbrella;;31/12/2025;vielleicht;;;
"""
CARDS = "BEGIN:VCARD\nVERSION:3.0\nFN:Ana Lima\nTEL:+49 1\nEMAIL:ana.lima@initech.example\nEND:VCARD\n"


def kinds(world: World) -> list[str]:
    return [fact.kind.value for fact in world.facts()]


def test_a_table_is_shown_first_and_taken_over_with_a_yes_once(world: World, say: Say, tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    file.write_text(TABLE, "cp1252")
    before = kinds(world)
    shown = say("import", str(file), "--dry-run")
    assert "interview, outcome no" in shown
    assert "Dates such as 4/5/2026 are taken as day-month." in shown
    assert "Columns that are left alone: Farbe." in shown
    assert "New: 3 of 3." in shown
    looked = json.loads(say("import", str(file), "--dry-run", "--json"))
    assert looked["lines"][1] == {"line": 3, "what": "Initech, 2026-09-07", "takes": ["outcome no"], "leaves": []}
    for options in ((), ("--json",)):
        assert "add --yes if you mean it" in say("import", str(file), *options, code=2)
    assert kinds(world) == before
    assert json.loads(say("import", str(file), "--yes", "--json"))["recorded"] == 4
    assert kinds(world)[len(before) :] == ["interview", "outcome", "outcome", "interview"]
    interviews = json.loads(say("interviews", "--json"))
    assert [(one["company"], one["outcome"]) for one in interviews] == [
        ("Umbrella", None),
        ("Globex", "no"),
        ("Initech", "no"),
        ("Hooli", None),
    ]
    assert interviews[1]["people"] == [{"name": "Eva L\xf6w", "email": "eva@globex.example"}]
    assert "New: 0 of 3" in say("import", str(file), "--yes")


def test_what_came_from_a_file_is_in_the_history_nags_nobody_and_can_be_taken_back(
    world: World, say: Say, tmp_path: Path
) -> None:
    file = tmp_path / "past.csv"
    file.write_text("company,date,outcome\nGlobex,2026-09-01,no\n", "utf-8")
    say("import", str(file), "--yes")
    assert [one["what"] for one in history(say) if one["source"] == "import"] == ["interview held", "outcome no"]
    mine = [one for one in json.loads(say("tasks", "--json")) if one["company"] == "Globex"]
    assert [one["step"] for one in mine if one["state"] == "wanted"] == ["check_in"]
    world.run(at=MONDAY + 2 * DAY)
    assert {one.title for one in world.items().values() if "Globex" in one.title} == {"Check in with Globex"}
    say("import", "--undo", "--yes")
    assert [one["company"] for one in json.loads(say("interviews", "--json"))] == ["Initech", "Hooli"]
    world.run(at=MONDAY + 2 * DAY)
    assert "check_in" not in world.open_steps()
    assert "Nothing was imported" in say("import", "--undo", "--yes", code=2)
    assert json.loads(say("import", str(file), "--yes", "--json"))["recorded"] == 2
    key = next(one["key"] for one in json.loads(say("interviews", "--json")) if one["company"] == "Globex")
    say("mark", key, "not-interview")
    assert "you said that it was no interview" in say("import", str(file), "--dry-run")


def test_cards_add_what_is_not_known_of_people(world: World, say: Say, tmp_path: Path) -> None:
    file = tmp_path / "people.vcf"
    file.write_text(CARDS + CARDS.replace("Ana Lima", "Eva").replace("ana.lima@initech", "eva@corp"), "utf-8")
    assert "name, phone" in say("import", str(file), "--dry-run")
    assert "Taken over" in say("import", str(file), "--yes")
    assert json.loads(say("people", "show", "Ana Lima", "--json"))["phones"] == ["+49 1"]
    assert "New: 0 of 2. Left out: 2." in say("import", str(file))
    assert kinds(world)[-2:] == ["person", "person"]


class Terminal(io.StringIO):
    """A person at a keyboard."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_is_asked_and_a_no_takes_nothing(
    world: World, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "people.vcf"
    file.write_text(CARDS, "utf-8")
    before = kinds(world)
    for answer, code in (("n\n", 130), ("y\n", 0)):
        monkeypatch.setattr("sys.stdin", Terminal(answer))
        say("import", str(file), code=code)
        assert kinds(world) == (before if code else [*before, "person"])
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    say("import", "--undo", code=130)
    assert kinds(world) == [*before, "person"]


def test_an_export_is_looked_at_without_being_taken_over(world: World, say: Say, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    say("outcome", "Initech", "no")
    say("export", str(file))
    world.forget_everything()
    assert json.loads(say("import", str(file), "--dry-run", "--json"))["recorded"] == 2
    assert kinds(world) == []
    assert "Took over 2 facts." in say("import", str(file))
    assert kinds(world) == ["started", "outcome"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "is not what `afterview export` writes"),
        (b"[me]\n", "no column for the company"),
        (b'company\n"x', "past, line 2: this is no table"),
        (b"company,date\nA,13/2/2026\nB,2/13/2026\n", "with the day first and others with the month first"),
        (b"BEGIN:VCARD\n" + b"\n" * 1_000_001, "more than 500000 lines"),
    ],
    ids=("json", "no-table", "quotes", "orders", "lines"),
)
def test_a_file_that_cannot_be_taken_over_is_answered_with_one_sentence(
    world: World, say: Say, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "past"
    file.write_bytes(content)
    before = kinds(world)
    said = say("import", str(file), "--yes", code=2)
    assert words in said
    assert said.count("\n") == 1
    assert kinds(world) == before


def test_the_order_of_dates_can_be_said_unless_the_file_says_otherwise(say: Say, tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    file.write_text("company,date\nA,4/5/2026\n", "utf-8")
    assert "can be two days" in say("import", str(file), "--dry-run")
    assert "A, 2026-04-05" in say("import", str(file), "--dry-run", "--dates", "month-day")
    file.write_text("company,date\nA,14/5/2026\n", "utf-8")
    assert "it writes them day-month" in say("import", str(file), "--dates", "month-day", code=2)
    assert "Name a file" in say("import", code=2)


def test_what_takes_back_a_fact_that_is_not_in_the_file_takes_back_no_other(
    world: World, say: Say, tmp_path: Path
) -> None:
    world.record(FactKind.OUTCOME, world.thought().applications[0].key, outcome="no")
    number = max(fact.id for fact in world.facts())
    lost = {"id": 900, "kind": "undone", "subject": str(number), "at": MONDAY.isoformat(), "source": "cli", "value": {}}
    file = tmp_path / "some.json"
    file.write_text(json.dumps({"afterview": 1, "facts": [lost]}), "utf-8")
    say("import", str(file))
    assert world.thought().applications[0].outcome is Outcome.NO


def test_an_export_over_a_file_that_all_can_read_is_for_the_user_alone(world: World, say: Say, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    file.write_text("old", "utf-8")
    file.chmod(0o644)
    say("export", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("value", [{"outcome": "maybe"}, {}])
def test_an_outcome_that_nobody_can_read_stops_nothing(
    world: World, say: Say, tmp_path: Path, value: dict[str, str]
) -> None:
    key = world.thought().applications[0].key
    odd = {"id": 7, "kind": "outcome", "subject": key, "at": MONDAY.isoformat(), "source": "cli", "value": value}
    file = tmp_path / "odd.json"
    file.write_text(json.dumps({"afterview": 1, "facts": [odd]}), "utf-8")
    say("import", str(file))
    assert world.run(at=MONDAY + 3 * DAY).accounts[0].state == "ok"
    assert world.thought().applications[0].outcome is None
    assert "maybe" not in json.dumps(history(say))
