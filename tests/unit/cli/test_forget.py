"""`afterview forget`: nothing of a person is left here, nothing comes back, and the user learns where copies remain."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from afterview.cli.exits import outcome
from afterview.sync.ledger import Ledger
from afterview.sync.ledger.store import FILE
from afterview.sync.model import (
    Choice,
    FactKind,
    Link,
    Participant,
    Question,
    RecordKind,
    RemoteRecord,
    Reply,
    TaskStatus,
)
from afterview.sync.people import directory
from tests.unit.cli.test_people_commands import CONFIG
from tests.unit.sync.engine.world import ANA, BO, DAY, HOUR, MONDAY, World, interview

Say = Callable[..., str]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path / "state", MONDAY - DAY)
    made.enter(interview(guests=(ANA, BO)))
    made.run()
    made.run(at=MONDAY + 2 * HOUR)
    application = made.thought().applications[0].key
    about = {"person": ANA.name, "email": ANA.email, "company": "Initech"}
    made.record(FactKind.RENAMED, "t-earlier", title="Write to Ana Lima", step="thank_you", **about)
    made.record(FactKind.COMPLETED, "t-earlier", note="Ana Lima likes chess", step="thank_you", **about)
    made.record(FactKind.PERSON, key_of(made), phone="+49 30 777")
    made.record(FactKind.ADVICE, key_of(made), note="Speak slower.", application=application, **about)
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    monkeypatch.setenv("AFTERVIEW_NOW", (MONDAY + 3 * HOUR).isoformat())
    with Ledger.open(made.path) as ledger:
        for follow_up in made.thought().follow_ups:
            name = follow_up.person.name if follow_up.person else "?"
            ledger.questions.put(Question(f"q-{name}", follow_up.keys, (Choice.DONE,), f"Thank {name}", MONDAY + DAY))
        card = RemoteRecord(
            RecordKind.PERSON, "/book/1.vcf", {"name": ("Ana Lima",), "emails": (ANA.email,)}, key_of(made)
        )
        ledger.records.put("book", card)
        ledger.records.put("book", replace(card, remote_id="/book/2.vcf", key=""))  # one that nothing is tied to
        ledger.records.tie(Link("book", RecordKind.PERSON, key_of(made), "/book/1.vcf", base=card.fields))
    return made


@pytest.fixture
def say(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    def run(*arguments: str, code: int = 0) -> str:
        options = ("--config", str(tmp_path / "config.toml"), "--state-dir", str(world.path))
        assert outcome([*arguments, *options]) == code
        printed = capsys.readouterr()
        return printed.out if code == 0 else printed.err

    return run


def key_of(world: World) -> str:
    people = directory(world.thought().applications, world.thought().history)
    return next(one.key for one in people if one.name == ANA.name)


def left_in(world: World) -> list[str]:
    """Return what of the person is in the files of the state folder, in whatever form."""
    held = b"".join(path.read_bytes() for path in world.path.glob(f"{FILE}*")).decode("utf-8", "replace")
    return [text for text in (ANA.name, ANA.email, "chess", "777") if text in held]


def on_the_phone(world: World) -> list[str]:
    return sorted(fields.title for fields in world.items("thank_you").values())


def test_nothing_is_left_and_the_others_stay(world: World, say: Say) -> None:
    assert len(left_in(world)) == 4
    assert len(on_the_phone(world)) == 2
    said = say("forget", "Ana Lima", "--yes")
    assert "calendar home/Personal: Job interview with Initech" in said
    assert "book book: /book/1.vcf" in said
    assert "task list home/Interviews: " in said
    with Ledger.open(world.path) as ledger:
        assert [ledger.questions.get(f"q-{one}") is None for one in (ANA.name, BO.name)] == [True, False]
    world.run(at=MONDAY + 4 * HOUR)
    world.run(at=MONDAY + 5 * HOUR)
    assert left_in(world) == []
    assert [title for title in on_the_phone(world) if "Bo Ek" in title] == on_the_phone(world) != []
    people = json.loads(say("people", "--json"))["people"]
    assert "Bo Ek" in {one["name"] for one in people}
    assert "Ana Lima" not in {one["name"] for one in people}


def test_the_advice_stays_a_lesson_without_a_name_and_nobody_is_thanked_for_it(world: World, say: Say) -> None:
    assert [f.step for f in world.thought().follow_ups if f.step == "thank_advice"]
    say("forget", "Ana Lima", "--yes")
    (lesson,) = json.loads(say("lessons", "--json"))
    assert (lesson["note"], lesson["person"]) == ("Speak slower.", None)
    assert not [f for f in world.thought().follow_ups if f.step == "thank_advice"]


def test_who_is_forgotten_is_not_read_in_again_until_the_user_says_so(world: World, say: Say) -> None:
    say("forget", "Ana Lima", "--yes")
    later = Participant(ANA.email, "Ana Maria Lima", Reply.ACCEPTED)
    world.enter(interview(at=MONDAY + DAY, guests=(later, BO)), interview("u2", MONDAY + 3 * DAY, guests=(later,)))
    world.run(at=MONDAY + 6 * HOUR)
    world.run(at=MONDAY + 4 * DAY)
    assert left_in(world) == []
    assert "Lima" not in say("people")
    assert "Nobody forgotten" in say("forget", "--undo", "x@y.example", code=2)
    say("forget", "--undo", ANA.email)
    world.run(at=MONDAY + 5 * DAY)
    assert "Ana Maria Lima" in say("people")


def test_it_asks_first_and_a_look_changes_nothing(world: World, say: Say) -> None:
    before = left_in(world)
    assert "add --yes" in say("forget", "Ana Lima", code=2)
    looked = json.loads(say("forget", "Ana Lima", "--dry-run", "--json"))
    assert looked["forgotten"] is False
    assert {one["kind"] for one in looked["remains"]} == {"calendar", "task list", "book"}
    assert left_in(world) == before
    assert "Ana Lima" in say("people")


def test_a_namesake_elsewhere_keeps_everything(world: World, say: Say) -> None:
    namesake = Participant("ana@hooli.example", "Ana Lima", Reply.ACCEPTED)
    world.enter(interview("u9", MONDAY + HOUR, company="Hooli", guests=(namesake,)))
    world.run(at=MONDAY + 2.5 * HOUR)
    world.record(FactKind.ADVICE, "p-x", note="Be brief.", person="Ana Lima", email=namesake.email, company="Hooli")
    say("forget", ANA.email, "--yes")
    assert ("Be brief.", "Ana Lima") in {(one["note"], one["person"]) for one in json.loads(say("lessons", "--json"))}
    assert namesake.email in say("people", "--json")


def test_what_the_user_wrote_into_a_task_stays_on_the_phone_and_is_told(world: World, say: Say) -> None:
    remote_id = next(r for r, fields in world.items("thank_you").items() if "Ana Lima" in fields.title)
    world.tasks.phone_edit(remote_id, notes=f"{world.items()[remote_id].notes}\nlikes chess")
    world.run(at=MONDAY + 2.5 * HOUR)
    assert "task list home/Interviews: Thank Ana Lima" in say("forget", "Ana Lima", "--yes")
    world.run(at=MONDAY + 4 * HOUR)
    assert world.items()[remote_id].status is TaskStatus.CANCELLED
    assert "likes chess" in world.items()[remote_id].notes


def test_an_older_export_brings_nobody_back_and_doubles_no_lesson(world: World, say: Say, tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    say("export", str(file))
    say("forget", "Ana Lima", "--yes")
    count = len(world.facts())
    say("import", str(file))
    world.run(at=MONDAY + 6 * HOUR)
    assert left_in(world) == []
    assert len(world.facts()) == count
    (lesson,) = json.loads(say("lessons", "--json"))
    assert (lesson["note"], lesson["person"]) == ("Speak slower.", None)
