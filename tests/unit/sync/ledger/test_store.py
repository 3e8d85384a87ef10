import json
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from afterview.sync.errors import StateError
from afterview.sync.ledger import CalendarState, Etags, Intent, Ledger, Operation, Sighting
from afterview.sync.ledger.schema import MIGRATIONS
from afterview.sync.ledger.store import _MOMENTS, Health
from afterview.sync.ledger_version import VERSION
from afterview.sync.model import (
    About,
    Answer,
    Event,
    Fact,
    FactKind,
    InterviewStatus,
    Participant,
    Person,
    Perspective,
    Reason,
    Row,
    TaskFields,
    TaskStatus,
    Verdict,
)

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)


def _sighting(key: str = "i-1", answer: str = "yes") -> Sighting:
    event = Event(
        "home", "Personal", "/a.ics", "uid", NOW, NOW, title="Interview", attendees=(Participant("a@b.example"),)
    )
    verdict = Verdict(
        Answer.YES, 0.9, Perspective.CANDIDATE, InterviewStatus.CONFIRMED, (Reason("r", 1.0, "because"),), "Initech",
        interviewers=(Person("Ana", "a@b.example"),), recruiter=None,
    )  # fmt: skip
    return Sighting("home", "Personal", "/a.ics", key, "uid", answer, "Interview", NOW.isoformat(), NOW, event, verdict)


def test_what_is_stored_is_read_back_after_reopening(tmp_path: Path) -> None:
    row = Row("t-1", "home", "Tasks", "/t.ics", TaskFields("Thank Ana", due_at=NOW, status=TaskStatus.DONE), '"1"',
              "block", About("thank_you", person=Person("Ana")), suspect_at=NOW)  # fmt: skip
    with Ledger.open(tmp_path / "state") as ledger:
        (fact,) = ledger.record(Fact(FactKind.OUTCOME, "a-1", NOW, "cli", {"outcome": "no"}))
        ledger.calendars.put(_sighting())
        ledger.calendars.set_state("home", "Personal", CalendarState("token", NOW, NOW))
        ledger.tasks.put(row)
        ledger.memory("home").set("urls", {"a": [1]})
        ledger.set_health(Health("home", "ok", NOW, NOW))
    with Ledger.open(tmp_path / "state") as ledger:
        assert ledger.facts() == (fact,)
        assert ledger.calendars.sightings() == (_sighting(),)
        assert ledger.calendars.state("home", "Personal") == CalendarState("token", NOW, NOW)
        assert ledger.tasks.rows("home", "Tasks") == {"t-1": row}
        assert ledger.memory("home").get("urls") == {"a": [1]}
        assert ledger.health()["home"].state == "ok"


def test_nobody_else_can_read_the_ledger(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "state").close()
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state" / "ledger.sqlite3").stat().st_mode) == 0o600


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        with pytest.raises(ZeroDivisionError):
            _record_and_fail(ledger)
        assert ledger.facts() == ()


def _record_and_fail(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.record(Fact(FactKind.STARTED, "", NOW, "engine"))
        raise ZeroDivisionError


def test_an_intent_stays_until_it_is_finished(tmp_path: Path) -> None:
    intent = Intent("t-1", "home", "Tasks", Operation.CREATE, TaskFields("Thank Ana"), NOW)
    with Ledger.open(tmp_path) as ledger:
        number = ledger.tasks.begin(intent)
    with Ledger.open(tmp_path) as ledger:
        assert [i.key for i in ledger.tasks.intents("home", "Tasks")] == ["t-1"]
        ledger.tasks.finish(number)
        assert ledger.tasks.intents("home", "Tasks") == ()


def test_first_sight_is_remembered_and_going_is_recorded(tmp_path: Path) -> None:
    later = NOW.replace(hour=12)
    with Ledger.open(tmp_path) as ledger:
        ledger.calendars.put(_sighting())
        ledger.calendars.put(replace(_sighting(), seen_at=later))
        (sighting,) = ledger.calendars.sightings()
        assert sighting.seen_at == NOW
        assert ledger.calendars.alive("home", "Personal") == {"/a.ics": [sighting]}
        ledger.calendars.mark_gone(sighting, at=later, alive_at=NOW)
        assert ledger.calendars.alive("home", "Personal") == {}
        assert ledger.calendars.sightings()[0].gone_at == later


def test_what_is_alive_can_be_asked_for_by_resource(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        other = replace(_sighting(), href="/b.ics", key="e-2")
        for one in (_sighting(), other, replace(other, key="e-3"), replace(_sighting(), href="/c.ics", answer="no")):
            ledger.calendars.put(one)
        assert list(ledger.calendars.alive("home", "Personal", ["/b.ics", "/c.ics", "/d.ics"])) == ["/b.ics"]
        assert [one.key for one in ledger.calendars.alive("home", "Personal", ["/b.ics"])["/b.ics"]] == ["e-2", "e-3"]
        assert ledger.calendars.count_alive("home", "Personal") == 2
        assert ledger.calendars.count_alive("home", "Work") == 0


def test_known_etags_are_the_same_asked_for_one_by_one_or_as_a_whole(tmp_path: Path) -> None:
    stored = {f"/{n}.ics": f'"{n}"' for n in range(3 * Etags.FEW)}
    with Ledger.open(tmp_path) as ledger:
        ledger.calendars.set_etags("home", "Personal", stored.items())
        few, many = (Etags(ledger.calendars, "home", "Personal") for _ in range(2))
        assert few["/7.ics"] == '"7"'
        assert few.get("/none.ics") is None
        assert "/none.ics" not in few
        assert {href: many[href] for href in stored} == stored
        assert "/none.ics" not in many
        assert dict(few) == stored
        assert not Etags(ledger.calendars, "home", "Work")


def test_a_scratch_copy_leaves_no_trace(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        ledger.scratch().record(Fact(FactKind.STARTED, "", NOW, "engine"))
        assert ledger.facts() == ()


def test_the_version_that_is_known_is_that_of_the_last_migration() -> None:
    assert len(MIGRATIONS) == VERSION


def test_a_newer_or_broken_ledger_is_refused_in_one_sentence(tmp_path: Path) -> None:
    Ledger.open(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StateError, match="newer Afterview"):
        Ledger.open(tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "ledger.sqlite3").write_text("this is not a database, " * 100)
    with pytest.raises(StateError, match="cannot be opened"):
        Ledger.open(tmp_path / "broken")


def test_a_ledger_without_a_file_lives_on_in_its_image() -> None:
    row = Row("t-1", "home", "Tasks", "1", TaskFields("Thank Ana", due_at=NOW), None, "block")
    with Ledger.in_memory() as ledger:
        (fact,) = ledger.record(Fact(FactKind.OUTCOME, "a-1", NOW, "cli", {"outcome": "no"}))
        ledger.calendars.put(_sighting())
        ledger.tasks.put(row)
        ledger.set_note("rings", "struck out by triggers")
        before = ledger.changes
        image = json.loads(json.dumps(ledger.image()))
        assert ledger.changes == before
    with Ledger.in_memory(image) as again:
        assert again.facts() == (fact,)
        assert again.calendars.sightings() == (_sighting(),)
        assert again.tasks.rows() == {"t-1": row}
        assert again.note("rings") == "struck out by triggers"
        assert again.record(Fact(FactKind.PAID_OFF, "p-1", NOW, "cli"))[0].id > fact.id


def test_an_image_of_an_older_version_is_brought_up_and_one_of_a_newer_is_refused() -> None:
    with Ledger.in_memory() as ledger:
        image = ledger.image()
    with Ledger.in_memory({"version": 1, "tables": {"meta": image["tables"]["meta"], "gone": {}}}) as old:
        assert old.rings.planned() == ()
    with pytest.raises(StateError, match="newer Afterview"):
        Ledger.in_memory({**image, "version": image["version"] + 1})
    with pytest.raises(StateError, match="cannot be read"):
        Ledger.in_memory({"tables": {}})


def test_no_moment_is_left_ahead_when_a_clock_was_wrong(tmp_path: Path) -> None:
    """A new column with a moment must be undone too, or be one that may lie ahead."""
    may_lie_ahead = {
        ("fact", "at"),  # what happened is never rewritten
        ("ring", "at"), ("rung", "at"), ("rung", "pushed_at"), ("question", "expires_at"), ("question", "used_at"),
        ("intent", "at"), ("record_intent", "at"),  # only told, never waited for
        ("parked", "at"), ("collection", "full_at"),  # dropped
    }  # fmt: skip
    Ledger.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {(table, row[1]) for table in tables for row in connection.execute(f"PRAGMA table_info({table})")}
    moments = {(table, name) for table, name in columns if name in {"at", "since"} or name.endswith("_at")}
    assert moments == {*_MOMENTS} | may_lie_ahead
