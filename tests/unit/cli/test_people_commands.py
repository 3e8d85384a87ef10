"""`people`, `companies` and `applications`: what they show and what answers record. In this process, on a small world."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from afterview.cli.exits import outcome
from afterview.sync.identity import person_key
from afterview.sync.ledger import Ledger
from afterview.sync.model import FactKind, Link, LinkState, Participant, RecordKind, RemoteRecord, Reply
from tests.unit.sync.engine.world import ANA, BO, DAY, MONDAY, World, interview

OTHER_ANA = Participant("lima@initech.example", "Ana Lima", Reply.ACCEPTED)
CONFIG = """[me]
emails = ["hannah@example.org"]
time_zone = "Europe/Berlin"

[[account]]
id = "file"
integration = "ics"
path = "calendar.ics"

[[account]]
id = "book"
integration = "carddav"
url = "https://dav.example.org/"
password = { env = "DAV" }
address_book = "People"
"""
Say = Callable[..., str]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(tmp_path / "state")
    made.enter(interview(guests=(ANA, BO)), interview("u2", MONDAY + DAY, company="Hooli"))
    made.run()
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    monkeypatch.setenv("AFTERVIEW_NOW", (MONDAY + 2 * DAY).isoformat())
    return made


@pytest.fixture
def say(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    def run(*arguments: str, code: int = 0) -> str:
        options = ("--config", str(tmp_path / "config.toml"), "--state-dir", str(tmp_path / "state"))
        assert outcome([*arguments, *options]) == code
        printed = capsys.readouterr()
        return printed.out if code == 0 else printed.err

    return run


def shown(say: Say, *arguments: str) -> Any:
    return json.loads(say(*arguments, "--json"))


def keep(world: World, record: RemoteRecord, *links: Link) -> None:
    with Ledger.open(world.path) as ledger:
        ledger.records.put("book", record)
        for link in links:
            ledger.records.tie(link)


def card(remote_id: str, **fields: str) -> RemoteRecord:
    return RemoteRecord(RecordKind.PERSON, remote_id, {name: (value,) for name, value in fields.items()})


def names(say: Say) -> list[str]:
    return [one["name"] for one in shown(say, "people")["people"]]


def test_everybody_is_listed_with_company_and_standing(world: World, say: Say) -> None:
    assert {"Ana Lima", "Bo Ek", "Cy Moss"} <= set(names(say))
    assert "Ana Lima" in say("people")
    assert say("people") == say("people", "list")
    ana = shown(say, "people", "show", "ana lima")
    assert (ana["emails"], ana["companies"], ana["records"]) == (["ana.lima@initech.example"], ["Initech"], [])
    assert "E-mail: ana.lima@initech.example" in say("people", "show", ana["key"][:12])


def test_where_somebody_is_kept_is_shown(world: World, say: Say) -> None:
    key = shown(say, "people", "show", "Bo")["key"]
    keep(world, card("1", name="Bo Ek"), Link("book", RecordKind.PERSON, key, "", LinkState.GONE))
    assert "book (you deleted it)" in say("people", "show", "Bo")


def test_a_namesake_in_the_book_is_asked_about_and_the_answer_counts(world: World, say: Say) -> None:
    keep(world, card("/book/7.vcf", name="Ana Lima", company="Initech Inc."))
    (question,) = shown(say, "people")["questions"]
    assert (question["account"], question["record"]) == ("book", "/book/7.vcf")
    assert f"afterview people confirm {'ID'}" in say("people")
    say("people", "refuse", question["id"])
    assert shown(say, "people")["questions"] == []
    say("people", "link", "Ana Lima", "book", "Ana Lima")
    fact = world.facts()[-1]
    assert (fact.kind, fact.value) == (FactKind.SAME, {"record": "book /book/7.vcf"})
    say("people", "split", "Ana Lima")
    assert world.facts()[-1].kind is FactKind.DIFFERENT
    assert "There is no question" in say("people", "confirm", question["id"], code=2)


def test_two_who_may_be_one_are_joined_and_parted(world: World, say: Say) -> None:
    world.enter(interview("u3", MONDAY + 3 * DAY, guests=(OTHER_ANA,)))
    world.run()
    (question,) = shown(say, "people")["questions"]
    assert names(say).count("Ana Lima") == 2
    assert "say which, by address or key" in say("people", "show", "Ana Lima", code=2)
    say("people", "confirm", question["id"])
    assert names(say).count("Ana Lima") == 1
    say("people", "split", "Ana Lima")
    assert names(say).count("Ana Lima") == 2
    assert shown(say, "people")["questions"] == []
    say("people", "merge", "lima@initech.example", "ana.lima@initech.example")
    assert names(say).count("Ana Lima") == 1
    assert "was not merged" in say("people", "split", "Bo Ek", code=2)


def test_what_the_user_knows_better_is_shown_and_in_the_tasks(world: World, say: Say) -> None:
    say("people", "edit", "ana.lima@initech.example", "--name", "Ana Souza", "--phone", "+351 1", "--title", "CTO")
    ana = shown(say, "people", "show", "Ana Souza")
    assert (ana["phones"], ana["title"]) == (["+351 1"], "CTO")
    world.run(at=MONDAY + DAY / 2)
    assert "Thank Ana Souza (Initech)" in {one.fields.title for one in world.tasks.items.values()}
    assert "Say what to change" in say("people", "edit", "Bo", code=2)
    assert "There is no person" in say("people", "show", "Nobody", code=2)


def test_companies_and_applications(world: World, say: Say) -> None:
    assert [one["company"] for one in shown(say, "companies")] == ["Hooli", "Initech"]
    assert "Bo Ek" in say("companies", "show", "initech inc.")
    assert say("companies") == say("companies", "list")
    say("applications", "edit", "Initech", "--role", "Clockmaker")
    shape = shown(say, "applications", "show", "Initech")
    assert (shape["role"], shape["outcome"], len(shape["rounds"])) == ("Clockmaker", None, 1)
    assert "With: Ana Lima (ana.lima@initech.example)" in say("applications", "show", "Initech")
    assert "Clockmaker" in say("applications")
    assert "Clockmaker" in say("applications", "list")
    assert "Clockmaker" in say("companies", "show", "Initech")
    assert "The role is empty" in say("applications", "edit", "Initech", "--role", " ", code=2)


def test_an_application_and_a_company_are_tied_to_what_the_crm_has(world: World, say: Say) -> None:
    keep(world, RemoteRecord(RecordKind.APPLICATION, "d7", {"name": ("Initech clockmaker",)}))
    keep(world, RemoteRecord(RecordKind.COMPANY, "c7", {"name": ("Initech Holding",)}))
    say("applications", "link", "Initech", "book", "initech clockmaker")
    said = world.facts()[-1]
    assert (said.kind, said.value) == (FactKind.SAME, {"record": "book d7"})
    assert said.subject.startswith("a-")
    say("companies", "link", "Initech", "book", "c7", "--undo")
    said = world.facts()[-1]
    assert (said.kind, said.value, said.subject[:2]) == (FactKind.DIFFERENT, {"record": "book c7"}, "c-")
    assert 'There is no deal "x" in book' in say("applications", "link", "Initech", "book", "x", code=2)


def test_a_card_that_is_not_there_is_named(world: World, say: Say) -> None:
    assert 'There is no card "Ana" in book' in say("people", "link", "Ana Lima", "book", "Ana", code=2)
    assert "no account" in say("people", "link", "Ana Lima", "nowhere", "Ana", code=2)


def test_a_stop_is_said_and_taken_back_whatever_name_it_was_said_under(world: World, say: Say) -> None:
    def stopped() -> bool:
        return bool(next(one for one in shown(say, "people")["people"] if one["name"] == "Ana Lima")["do_not_contact"])

    by_name = person_key(ANA.name, "", "Initech")
    world.record(FactKind.PERSON, by_name, contact="no")  # said when no address was known yet
    assert stopped()
    say("people", "edit", ANA.email, "--contact-again")
    assert not stopped()
    say("people", "edit", ANA.email, "--do-not-contact")
    assert stopped()


def test_what_an_address_book_does_not_accept_stands_in_the_status(world: World, say: Say) -> None:
    words = "Ana Lima: the server refuses: too long."
    keep(world, card("/1"), Link("book", RecordKind.PERSON, "p-1", "", LinkState.PARKED, words=words))
    assert words in " ".join(say("status").split())
    assert shown(say, "status")["parked"] == [words]
