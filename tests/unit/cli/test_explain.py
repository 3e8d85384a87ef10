import json
from pathlib import Path

import pytest

from tests.running import ROOT, Ran, afterview

CORPUS = ROOT / "tests" / "data" / "corpus"
LABELS = {label["file"]: label for label in map(json.loads, (CORPUS / "labels.jsonl").read_text("utf-8").splitlines())}
FREE_MAIL = ("--free-mail", "freemail.example", "--free-mail", "inbox.example", "--free-mail", "webpost.example")


def explain(home: Path, *arguments: str) -> Ran:
    return afterview(home, "explain", *arguments, *FREE_MAIL)


def ics(home: Path, *lines: str) -> str:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""])
    (home / "event.ics").write_text(text, "utf-8", newline="")
    return "event.ics"


def event(*lines: str) -> list[str]:
    return ["BEGIN:VEVENT", "UID:one", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"]


@pytest.mark.parametrize(
    "name", ["events/ev-001.ics", "events/ev-002.ics", "events/ev-003.ics", "google/gc-001.json", "google/gc-002.json"]
)
def test_a_line_a_file_with_what_programs_rely_on(tmp_path: Path, name: str) -> None:
    label = LABELS[name]
    ran = explain(tmp_path, str(CORPUS / name), "--owner", label["owner_email"], "--json")
    assert (ran.code, ran.err) == (0, "")
    (line,) = ran.out.splitlines()
    found = json.loads(line)
    wanted = {"file", "verdict", "score", "perspective", "company", "interviewers", "stage", "status", "starts", "ends"}
    assert wanted | {"reasons"} <= set(found)
    assert found["perspective"] == label["perspective"]
    assert found["status"] == label["status"]
    assert (found["starts"], found["ends"]) == (label["starts"], label["ends"])
    assert found["reasons"]


def test_words_for_people(tmp_path: Path) -> None:
    label = LABELS["events/ev-001.ics"]
    ran = explain(tmp_path, str(CORPUS / "events/ev-001.ics"), "--owner", label["owner_email"])
    assert "you are the candidate" in ran.out
    assert "Lumenfeld" in ran.out
    assert "title says" in ran.out


def test_days_floating_times_and_zones_as_they_were_written(tmp_path: Path) -> None:
    day = ics(tmp_path, *event("DTSTART;VALUE=DATE:20260105", "SUMMARY:Interview"))
    assert json.loads(explain(tmp_path, day, "--json").out)["starts"] == "2026-01-05"
    assert json.loads(explain(tmp_path, day, "--json").out)["ends"] == "2026-01-06"
    floating = ics(tmp_path, *event("DTSTART:20260105T100000", "SUMMARY:Interview"))
    assert json.loads(explain(tmp_path, floating, "--json").out)["starts"] == "2026-01-05T10:00:00"
    zoned = ics(tmp_path, *event("DTSTART;TZID=America/New_York:20260105T100000", "SUMMARY:Interview"))
    assert json.loads(explain(tmp_path, zoned, "--json").out)["starts"] == "2026-01-05T10:00:00-05:00"


def test_a_series_is_one_line_with_its_first_occurrence(tmp_path: Path) -> None:
    file = ics(tmp_path, *event("DTSTART:20260105T100000Z", "RRULE:FREQ=DAILY", "SUMMARY:Stand-up"))
    (line,) = explain(tmp_path, file, "--json").out.splitlines()
    assert json.loads(line)["verdict"] == "no"
    assert json.loads(line)["starts"] == "2026-01-05T11:00:00+01:00"


def test_what_cannot_be_read_is_said_and_the_others_go_on(tmp_path: Path) -> None:
    good = ics(tmp_path, *event("DTSTART:20260105T100000Z", "SUMMARY:Interview"))
    (tmp_path / "empty.ics").touch()
    (tmp_path / "google.json").write_text("{}", "utf-8")
    ran = explain(tmp_path, "missing.ics", "empty.ics", "google.json", good, "--json")
    assert ran.code == 2
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert [bool(row.get("problem")) for row in rows] == [True, True, True, False]
    assert "No such file" in rows[0]["problem"]


def test_the_owner_comes_from_the_configuration(tmp_path: Path) -> None:
    file = ics(tmp_path, *event("DTSTART:20260105T100000", "SUMMARY:Interview"))
    assert "--owner EMAIL" in explain(tmp_path, file).err
    (tmp_path / "c.toml").write_text('[me]\nemails = ["h@example.org"]\ntime_zone = "Asia/Tokyo"\n', "utf-8")
    assert explain(tmp_path, file, "--config", "c.toml").err == ""


def test_hostile_text_cannot_reach_the_terminal(tmp_path: Path) -> None:
    file = ics(
        tmp_path, *event("DTSTART:20260105T100000Z", "SUMMARY:Interview\x1b[2J \u202egnitoh", "LOCATION:{0.__class__}")
    )
    ran = explain(tmp_path, file)
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


def test_the_users_own_words_count_here_too(tmp_path: Path) -> None:
    file = ics(tmp_path, *event("DTSTART:20260105T100000Z", "SUMMARY:Zwibbeltreffen Nordhaus"))
    (tmp_path / "config.toml").write_text(
        '[me]\nemails = ["kim@example.org"]\ntime_zone = "Europe/Berlin"\n[detector]\nextra = "words.toml"\n', "utf-8"
    )
    (tmp_path / "words.toml").write_text('strong = ["zwibbeltreff*"]\n', "utf-8")
    told = explain(tmp_path, "--config", "config.toml", "--state-dir", "state", file, "--json")
    assert json.loads(told.out)["verdict"] == "yes"
    assert not (tmp_path / "state").exists()  # looking leaves no trace
    (tmp_path / "words.toml").write_text("strong = 1\n", "utf-8")
    broken = explain(tmp_path, "--config", "config.toml", file)
    assert (broken.code, broken.err.count("\n")) == (2, 1)
