"""The commands around the engine, on calendar files and a list of paper: no server, the real command."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from afterview.sync.ledger import Ledger
from tests.running import Ran
from tests.unit.cli.paper import ME, cupboard, paper

BEFORE = "2026-03-02T12:00:00Z"
AFTER = "2026-03-03T12:00:00Z"
LATER = "2026-03-04T12:00:00Z"
EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//afterview//tests//EN
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20260301T100000Z
DTSTART;TZID=Europe/Berlin:20260303T{hour:02}0000
DTEND;TZID=Europe/Berlin:20260303T{hour:02}4500
SUMMARY:{title}
ORGANIZER;CN={who}:mailto:{address}
ATTENDEE;CN={who};PARTSTAT=ACCEPTED:mailto:{address}
ATTENDEE;CN=Hannah Vogel;PARTSTAT=ACCEPTED:mailto:hannah@example.org
DESCRIPTION:We look forward to your interview.
END:VEVENT
END:VCALENDAR
"""
CONFIG = """
[[account]]
id = "files"
integration = "ics"
path = "calendars"

[[account]]
id = "desk"
integration = "paper"
path = "cupboard"
password = "open sesame"
task_list = "Interviews"

[deliver]
to = "desk"
"""


def event(home: Path, uid: str, company: str, who: str, hour: int, title: str = "Interview at {company}") -> None:
    address = f"{who.split(maxsplit=1)[0].lower()}@{company.lower()}.example"
    text = EVENT.format(uid=uid, hour=hour, title=title.format(company=company), who=who, address=address)
    (home / "calendars" / f"{uid}.ics").write_text(text.replace("\n", "\r\n"), "utf-8", newline="")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hannah has been to Initech and to Hooli, and to the dentist."""
    home = tmp_path_factory.mktemp("prepared")
    cupboard(home)
    (home / "calendars").mkdir()
    event(home, "one", "Initech", "Ana Lima", 10)
    event(home, "two", "Hooli", "Gavin Stone", 11)
    event(home, "three", "Smile", "Dora Dent", 12, "Dentist")
    (home / "config.toml").write_text(ME.replace('"de"', '"en"') + CONFIG, "utf-8")
    run(home, "sync", now=BEFORE)
    run(home, "sync", now=AFTER)
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    """The same home, for one test alone."""
    return shutil.copytree(prepared, tmp_path / "home")


def run(home: Path, *arguments: str, now: str = AFTER) -> Ran:
    options = ("--config", "config.toml", "--state-dir", "state")
    return paper(home, *arguments, *options, AFTERVIEW_NOW=now, AFTERVIEW_ALLOW_PLAIN_SECRETS="1")


def shown(home: Path, *arguments: str, now: str = AFTER) -> Any:
    ran = run(home, *arguments, "--json", now=now)
    assert ran.err == ""
    return ran.json


def facts(home: Path) -> int:
    with Ledger.open(home / "state") as ledger:
        return len(ledger.facts())


def on_paper(home: Path) -> set[str]:
    folder = home / "cupboard" / "Interviews"
    return {json.loads(path.read_text("utf-8"))["title"] for path in folder.iterdir()}


def steps(home: Path, company: str, now: str = LATER) -> dict[str, str]:
    found = shown(home, "tasks", now=now)
    return {one["step"]: one["state"] for one in found if one["company"] == company}


def test_a_pass_says_what_it_did_and_the_next_one_does_nothing(home: Path) -> None:
    assert any("Ana Lima" in title for title in on_paper(home))
    report = shown(home, "sync")
    assert [account["id"] for account in report["accounts"]] == ["files", "desk"]
    desk = report["accounts"][1]
    assert {"state", "requests", "bytes_in", "events_seen", "events_parsed", "created", "changed"} <= set(desk)
    assert {"withdrawn", "facts", "held", "error"} <= set(desk)
    assert (desk["state"], desk["created"], desk["changed"], desk["error"]) == ("ok", 0, 0, None)
    assert report["seconds"] >= 0


def test_dry_run_tells_and_does_nothing(home: Path) -> None:
    event(home, "four", "Umbrella", "Albert W", 9)
    before = on_paper(home)
    ran = run(home, "sync", "--dry-run")
    assert "This would be done" in ran.out
    assert "Umbrella" in ran.out
    assert on_paper(home) == before
    assert "Umbrella" not in run(home, "interviews").out


def test_interviews_and_why(home: Path) -> None:
    found = shown(home, "interviews")
    assert [(one["company"], one["verdict"], one["outcome"]) for one in found] == [
        ("Initech", "yes", None),
        ("Hooli", "yes", None),
    ]
    assert found[0]["starts"] == "2026-03-03T09:00:00Z"
    assert found[0]["reasons"]
    assert found[0]["application"].startswith("a-")
    assert "Interview" in run(home, "interviews", "-v").out


def test_tasks_have_the_shape_that_programs_rely_on(home: Path) -> None:
    found = shown(home, "tasks")
    task = next(one for one in found if one["company"] == "Initech" and one["state"] == "open")
    wanted = {
        "key",
        "step",
        "state",
        "title",
        "due",
        "ring",
        "person",
        "company",
        "application",
        "account",
        "remote_id",
    }
    assert wanted <= set(task)
    assert task["account"] == "desk"
    assert (home / "cupboard" / "Interviews" / task["remote_id"]).exists()


def test_status_shows_accounts_rings_and_questions(home: Path) -> None:
    found = shown(home, "status")
    assert {one["id"]: one["state"] for one in found["accounts"]} == {"files": "ok", "desk": "ok"}
    assert found["rings_next"]
    assert {one["step"] for one in found["waiting"]} == {"ask_outcome"}
    assert "Waits for your answer" in run(home, "status").out


def test_status_notices_a_playbook_that_became_wrong(home: Path) -> None:
    with (home / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[playbook.feedback]\ndeu = "24h"\n')
    ran = run(home, "status")
    assert ran.code == 2
    assert '[playbook.feedback] has no key "deu"' in ran.err


def test_status_and_tasks_tell_the_same(home: Path) -> None:
    tasks = {one["key"]: one for one in shown(home, "tasks")}
    found = shown(home, "status")
    assert found["open"] == sum(one["state"] == "open" for one in tasks.values())
    for one in (*found["rings_next"], *found["waiting"]):
        assert {**tasks[one["key"]], **one} == tasks[one["key"]]


def test_an_outcome_by_company_once_however_often_it_is_said(home: Path) -> None:
    assert "Recorded: Initech - no" in run(home, "outcome", "initech", "no", "--note", "too far away", now=LATER).out
    assert "Already recorded" in run(home, "outcome", "Initech", "no", now=LATER).out
    assert [one["kind"] for one in shown(home, "log")].count("outcome") == 1
    run(home, "sync", now=LATER)
    assert steps(home, "Initech")["feedback"] == "open"
    assert steps(home, "Hooli").get("feedback") != "open"


def test_an_outcome_is_taken_back(home: Path) -> None:
    run(home, "outcome", "Initech", "no", now=LATER)
    run(home, "sync", now=LATER)
    assert shown(home, "outcome", "Initech", "--undo", now=LATER)["outcome"] is None
    run(home, "sync", now=LATER)
    assert "feedback" not in steps(home, "Initech")
    assert steps(home, "Initech")["ask_outcome"] == "open"
    again = run(home, "outcome", "Initech", "--undo", now=LATER)
    assert again.code == 2
    assert "nothing was taken back" in again.err


def test_an_outcome_that_was_said_twice_is_taken_back_at_once(home: Path) -> None:
    run(home, "outcome", "Initech", "no", now=LATER)
    key = shown(home, "interviews")[0]["application"]
    run(home, "export", "facts.json")
    content = json.loads((home / "facts.json").read_text("utf-8"))
    said = {**content["facts"][-1], "source": "phone:desk", "subject": key, "id": 99}
    (home / "facts.json").write_text(json.dumps({**content, "facts": [*content["facts"], said]}), "utf-8")
    run(home, "import", "facts.json")
    assert shown(home, "outcome", "Initech", "--undo", now=LATER)["outcome"] is None


def test_when_an_outcome_was_heard(home: Path) -> None:
    run(home, "outcome", "Initech", "no", "--at", "2026-03-03 17:00", now=LATER)
    fact = shown(home, "log", now=LATER)[-1]
    assert fact["value"]["at"] == "2026-03-03T16:00:00+00:00"
    run(home, "outcome", "Initech", "no", "--at", "yesterday", now=LATER)
    kinds = [(one["kind"], one["undone"]) for one in shown(home, "log", now=LATER)]
    assert kinds[-3:] == [("outcome", True), ("undone", False), ("outcome", False)]
    assert shown(home, "log", now=LATER)[-1]["value"]["at"] == "2026-03-03T11:00:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("outcome", "Initch", "no"), 'no company "Initch"; known: Hooli, Initech'),
        (("outcome", "i-ffffff", "no"), "nothing with the key i-ffffff"),
        (("outcome", "Initech", "maybe"), "'maybe' is not one of"),
        (("outcome", "Initech"), "Say one of advanced, no"),
        (("outcome", "Initech", "no", "--at", "2027-01-01"), "must not lie in the future"),
        (("outcome", "Initech", "no", "--at", "soon"), "--at must be today, yesterday"),
        (("advice", "Ana", "--note", " "), "The advice is empty"),
        (("advice", "Nobody", "--note", "x"), 'no person or company called "Nobody"'),
        (("paid-off", "Nobody"), 'no person "Nobody"; known: Ana Lima, Gavin Stone'),
        (("merge", "Initech", "Nowhere"), 'no company "Nowhere"'),
        (("mark", "i-ffffff", "interview"), "nothing with the key i-ffffff"),
        (("log", "zzz"), "nothing with the key zzz"),
        (("sync", "--account", "nope"), 'no account "nope"'),
        (("import", "nothing.json"), "nothing.json cannot be read"),
        (("import", "config.toml"), "not what `afterview export` writes"),
    ],
)
def test_a_mistake_is_one_sentence_and_records_nothing(home: Path, arguments: tuple[str, ...], words: str) -> None:
    before = facts(home)
    ran = run(home, *arguments)
    assert ran.code == 2
    assert words in ran.err
    assert ran.err.count("\n") == 1
    assert facts(home) == before


def test_what_is_ambiguous_is_answered_with_the_candidates(home: Path) -> None:
    event(home, "five", "Hoover", "Ana Berg", 8)
    run(home, "sync")
    ran = run(home, "outcome", "Hoo", "no")
    assert ran.code == 2
    assert '"Hoo" can be Hooli, Hoover; say which' in ran.err
    ran = run(home, "advice", "Ana", "--note", "x")
    assert "Ana Berg (ana@hoover.example, Hoover), Ana Lima (ana@initech.example, Initech)" in ran.err
    ran = run(home, "mark", "i-", "interview")
    assert "Several keys begin with i-" in ran.err


def test_a_key_may_be_shortened(home: Path) -> None:
    key = shown(home, "interviews")[0]["key"]
    assert "Recorded: Initech" in run(home, "outcome", key[:8], "advanced", now=LATER).out


def test_advice_becomes_a_lesson_once(home: Path) -> None:
    assert "Noted for Ana Lima" in run(home, "advice", "ana@initech.example", "--note", "Speak slower", now=LATER).out
    assert "Already noted" in run(home, "advice", "Ana Lima", "--note", "Speak slower", now=LATER).out
    run(home, "advice", "Hooli", "--note", "Ask about the team", now="2026-03-04T13:00:00Z")
    found = shown(home, "lessons")
    assert [(one["note"], one["person"], one["company"]) for one in found] == [
        ("Ask about the team", None, "Hooli"),
        ("Speak slower", "Ana Lima", "Initech"),
    ]
    assert "Speak slower" in run(home, "lessons").out


def test_advice_that_paid_off_calls_for_a_word_to_the_adviser(home: Path) -> None:
    run(home, "advice", "Ana", "--note", "Speak slower", now=LATER)
    assert "the advice of Ana Lima paid off" in run(home, "paid-off", "Ana", now=LATER).out
    run(home, "sync", now=LATER)
    assert steps(home, "Initech")["paid_off"] == "open"
    assert "Taken back for Ana Lima" in run(home, "paid-off", "Ana", "--undo", now=LATER).out
    run(home, "sync", now=LATER)
    assert "paid_off" not in steps(home, "Initech")
    assert "Taken back" in run(home, "advice", "Ana", "--undo", now=LATER).out
    assert shown(home, "lessons") == []
    ran = run(home, "advice", "Ana", "--undo", now=LATER)
    assert (ran.code, "nothing was taken back" in ran.err) == (2, True)


def test_marking_what_is_no_interview_withdraws_its_follow_ups(home: Path) -> None:
    key = shown(home, "interviews")[1]["key"]
    assert "is no interview" in run(home, "mark", key, "not-interview").out
    assert "Already noted" in run(home, "mark", key, "not-interview").out
    run(home, "sync")
    assert not any("Hooli" in title for title in on_paper(home))
    run(home, "mark", key, "interview")
    run(home, "sync")
    assert any("Hooli" in title or "Gavin" in title for title in on_paper(home))


def test_an_event_that_was_overlooked_can_be_marked(home: Path) -> None:
    others = [one for one in shown(home, "interviews", "--all") if one["verdict"] == "no"]
    assert [one["title"] for one in others] == ["Dentist"]
    run(home, "mark", others[0]["key"], "interview")
    run(home, "sync")
    assert "Dentist" in {one["title"] for one in shown(home, "interviews")}


def test_two_names_of_one_company_are_merged_and_parted(home: Path) -> None:
    assert "Hooli is now Initech" in run(home, "merge", "Hooli", "Initech").out
    assert len({one["application"] for one in shown(home, "interviews")}) == 1
    assert "stands for itself again" in run(home, "merge", "Hooli", "Initech", "--undo").out
    assert len({one["application"] for one in shown(home, "interviews")}) == 2
    assert run(home, "merge", "Hooli", "Initech", "--undo").code == 2


def test_the_log_of_one_thing(home: Path) -> None:
    run(home, "outcome", "Initech", "no", now=LATER)
    run(home, "advice", "Gavin", "--note", "x", now=LATER)
    key = shown(home, "interviews")[0]["key"]
    assert [one["kind"] for one in shown(home, "log", key[:8])] == ["outcome"]
    assert "Initech" in run(home, "log").out
    assert "Gavin Stone" in run(home, "log", now=LATER).out


def test_what_was_recorded_moves_to_another_machine_once(home: Path) -> None:
    run(home, "outcome", "Initech", "no", now=LATER)
    run(home, "outcome", "Initech", "--undo", now=LATER)
    run(home, "outcome", "Hooli", "offer", now=LATER)
    assert run(home, "export", "facts.json").code == 0
    assert (home / "facts.json").stat().st_mode & 0o077 == 0
    there = ("--state-dir", "elsewhere")
    config = ("--config", "config.toml")
    secrets = {"AFTERVIEW_ALLOW_PLAIN_SECRETS": "1", "AFTERVIEW_NOW": LATER}
    paper(home, "sync", *config, *there, **secrets)  # so that numbers differ there
    taken = paper(home, "import", "facts.json", "--json", *config, *there, **secrets).json
    assert taken == {"read": 4, "recorded": 4}
    assert paper(home, "import", "facts.json", "--json", *config, *there, **secrets).json["recorded"] == 0
    log = paper(home, "log", "--json", *config, *there, **secrets).json
    assert [(one["kind"], one["undone"]) for one in log] == [
        ("started", False),
        ("started", False),
        ("outcome", True),
        ("undone", False),
        ("outcome", False),
    ]


def test_a_second_copy_at_work_is_said(home: Path) -> None:
    import fcntl

    with (home / "state" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = run(home, "sync")
    assert ran.code == 6
    assert "Another copy" in ran.err


def test_one_account_that_fails_stops_no_other_and_gives_the_exit_code(home: Path) -> None:
    text = (home / "config.toml").read_text("utf-8")
    (home / "config.toml").write_text(text.replace('"open sesame"', '"wrong"'), "utf-8")
    ran = run(home, "sync", "--json")
    assert ran.code == 3
    assert {one["id"]: one["state"] for one in ran.json["accounts"]} == {"files": "ok", "desk": "reauth"}
    assert "sign in again" in run(home, "sync").out
    status = run(home, "status", "--json")
    assert status.code == 3
    assert {one["id"]: one["state"] for one in status.json["accounts"]}["desk"] == "reauth"
    doctor = run(home, "doctor")
    assert doctor.code == 3
    assert ": sign in again." in doctor.out


def test_without_accounts_a_pass_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(ME, "utf-8")
    ran = run(tmp_path, "sync")
    assert ran.code == 2
    assert "run `afterview setup`" in ran.err
    assert "run `afterview setup`" in run(tmp_path, "status").out
