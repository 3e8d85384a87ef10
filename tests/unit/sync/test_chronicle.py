"""The history as one list, and as a table that does nothing in a spreadsheet."""

import csv
import io
from datetime import UTC, datetime, timedelta

from afterview.sync.chronicle import Entry, chronicle
from afterview.sync.identity import application_key, event_key
from afterview.sync.meetings import Seen
from afterview.sync.model import Fact, FactKind, InterviewStatus
from afterview.sync.playbook import PlaybookSettings
from afterview.sync.sheet import HEADER, sheet
from afterview.sync.thinking import Thought, think
from tests.unit.sync.making import DAY, HOUR, T0, seen

KEY = application_key(event_key("a", ""))
SETTINGS = PlaybookSettings(zone="Europe/Berlin")


STARTED = Fact(FactKind.STARTED, "", T0 - 60 * DAY, "engine")


def fact(kind: FactKind, subject: str, when: datetime, number: int, source: str = "cli", **value: str) -> Fact:
    return Fact(kind, subject, when, source, value, number)


def thought_of(sightings: tuple[Seen, ...], *facts: Fact, now: datetime = T0 + 30 * DAY) -> Thought:
    return think(sightings, (STARTED, *facts), SETTINGS, now)


def told(sightings: tuple[Seen, ...], *facts: Fact, now: datetime = T0 + 30 * DAY) -> list[Entry]:
    return list(chronicle(thought_of(sightings, *facts, now=now), sightings, now))


def test_rounds_say_what_became_of_them_and_when_they_were_moved() -> None:
    old = seen("a", gone_at=T0 - 2 * DAY, alive_at=T0 - 3 * DAY)
    moved = seen("b", at=T0 + 3 * DAY, seen_at=T0 - 2 * DAY, stage="hiring_manager")
    off = seen("c", at=T0 + DAY, company="Hooli", people=(), status=InterviewStatus.CANCELLED)
    coming = seen("d", at=T0 + 40 * DAY, company="Globex", people=())
    entries = told((old, moved, off, coming))
    assert [(one.what, one.company) for one in entries] == [
        ("interview cancelled", "Hooli"),
        ("interview held", "Initech"),
        ("interview scheduled", "Globex"),
    ]
    held = entries[1]
    assert (held.former, held.who, held.source) == ((T0,), ("Ana Lima (ana@initech.example)",), "home/Personal")
    assert held.details == "hiring manager; Interview"
    assert held.keys["application"].startswith("a-")


def test_outcomes_follow_ups_and_advice_stand_with_their_source_and_what_was_taken_back_does_not() -> None:
    here = (seen("a"),)
    (thanks,) = [one for one in thought_of(here).follow_ups if one.step == "thank_you" and not one.reason]
    (asked,) = [one for one in thought_of(here).follow_ups if one.step == "ask_outcome"]
    entries = told(
        here,
        fact(FactKind.COMPLETED, thanks.key, T0 + 3 * HOUR, 1, "phone:home", step="thank_you", note="by mail"),
        fact(FactKind.COMPLETED, asked.key, T0 + 5 * DAY, 2, "phone:home", step="ask_outcome"),
        fact(FactKind.OUTCOME, KEY, T0 + 9 * DAY, 3, "crm:hub", outcome="no", at=(T0 + 8 * DAY).isoformat(), note="n"),
        fact(FactKind.OUTCOME, KEY, T0 + 10 * DAY, 4, "cli", outcome="offer"),
        fact(FactKind.UNDONE, "4", T0 + 10 * DAY, 5),
        fact(
            FactKind.ADVICE, KEY, T0 + 11 * DAY, 6, note="Show numbers", person="Ana Lima", email="ana@initech.example"
        ),
        fact(FactKind.PAID_OFF, KEY, T0 + 12 * DAY, 7, note="It helped", application=KEY),
    )
    assert [(one.what, one.source) for one in entries] == [
        ("interview held", "home/Personal"),
        ("follow-up done", "phone:home"),
        ("outcome no", "crm:hub"),
        ("advice", "cli"),
        ("advice paid off", "cli"),
    ]
    assert entries[1].details.endswith("; by mail")
    assert (entries[2].at, entries[2].details) == (T0 + 8 * DAY, "n")
    assert entries[3].who == ("Ana Lima (ana@initech.example)",)
    assert {one.company for one in entries} == {"Initech"}


def test_what_was_given_up_and_what_was_only_noted_is_there() -> None:
    here = (seen("a"),)
    thanks, asked = (
        next(one for one in thought_of(here).follow_ups if one.step == step and not one.reason)
        for step in ("thank_you", "ask_outcome")
    )
    noted = fact(FactKind.NOTED, thanks.key, T0 + HOUR, 1, note="write to her boss, too")
    assert [(one.what, one.details) for one in told(here, noted)][1:] == [
        ("note", f"{thanks.title}; write to her boss, too")
    ]
    gone = fact(FactKind.DISMISSED, thanks.key, T0 + 2 * HOUR, 2, how="deleted")
    question = fact(FactKind.NOTED, asked.key, T0 + HOUR, 3, note="no, sadly")
    assert [one.what for one in told(here, noted, gone, question)][1:] == ["follow-up given up"]


def test_a_table_is_harmless_and_one_line_an_entry() -> None:
    at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    entry = Entry(
        at,
        "interview held",
        "=HYPERLINK(1)",
        "+role",
        ("@who",),
        '-a "b",\nc',
        "home",
        former=(at - timedelta(days=7),),
    )
    text = sheet([entry, Entry(at, "\t=1", day_only=True)], "Europe/Berlin")
    assert text.endswith("\r\n")
    assert text.count("\r\n") == 3
    header, row, other = csv.reader(io.StringIO(text))
    assert tuple(header) == HEADER
    assert row == [
        "2026-05-04T08:00:00Z",
        "2026-05-04 10:00",
        "'=HYPERLINK(1)",
        "'+role",
        "interview held",
        "'@who",
        'moved from 2026-04-27 10:00; -a "b", c',
        "home",
        "",
    ]
    assert (other[1], other[4]) == ("2026-05-04", "'=1")


def test_the_last_year_of_all_breaks_nothing() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert "9999-12-31" in sheet([Entry(last, "interview scheduled")], "Asia/Tokyo")
