"""The morning brief: what it says, when it comes, and when it does not."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from afterview.sync.errors import NotReady
from afterview.sync.model import FactKind
from afterview.sync.ports import Urgency
from afterview.sync.wording import LANGUAGES
from tests.unit.sync.engine.world import DAY, HOUR, MONDAY, interview
from tests.unit.sync.rings.phone import EIGHTEEN, Rung, rung

MORNING = MONDAY - 2.5 * HOUR  # 07:30 in Berlin


@pytest.fixture
def phone(tmp_path: Path) -> Rung:
    phone = rung(tmp_path)
    phone.brief = time(7, 30)
    return phone


def test_it_names_the_interviews_of_the_day_and_the_last_advice(phone: Rung) -> None:
    phone.world.record(FactKind.ADVICE, "p-1", note="Ask more questions", person="Bo Ek", company="Globex")
    phone.world.enter(interview())
    phone.world.run()
    phone.ring(MORNING)
    push = phone.services[0].screen[-1]
    assert push.title == "For today"
    assert push.body.splitlines() == [
        "10:00: interview at Initech",
        "To do:",
        "- Thank Bo Ek for the advice (Globex)",
        "What you were advised last:",
        "- Ask more questions (Bo Ek, Globex)",
    ]


def test_it_names_what_is_to_do_and_what_waits(phone: Rung) -> None:
    phone.world.enter(interview())
    phone.world.run(at=MONDAY + 2 * HOUR)
    phone.ring(EIGHTEEN)
    phone.ring(MORNING + DAY)
    assert phone.services[0].screen[-1].body == "To do:\n- Thank Ana Lima (Initech)"
    phone.world.tasks.phone_complete(phone.world.only("thank_you")[0], MORNING + DAY)
    phone.world.run(at=MORNING + 9 * DAY)
    phone.ring()
    assert phone.services[0].screen[-1].body == "Waits for your answer:\n- Heard from Initech?"


def test_nothing_to_say_no_brief_and_no_second_look(phone: Rung) -> None:
    assert phone.next(MORNING) == MORNING
    phone.ring(MORNING)
    assert phone.screen == []
    assert phone.next() == MORNING + DAY


def test_it_comes_once_a_day(phone: Rung) -> None:
    phone.world.enter(interview())
    phone.world.run()
    for minutes in (0, 1, 30):
        phone.ring(MORNING + timedelta(minutes=minutes))
    assert phone.screen == ["For today"]


def test_it_comes_late_in_the_morning_but_not_in_the_evening(phone: Rung) -> None:
    phone.world.enter(interview(at=MONDAY + 8 * HOUR))
    phone.world.run()
    phone.ring(MORNING + 5 * HOUR)
    assert phone.screen == []
    phone.world.enter(interview("u2", at=MONDAY + DAY + 8 * HOUR))
    phone.world.run()
    phone.ring(MORNING + DAY + 3 * HOUR)
    assert "For today" in phone.screen


def test_in_quiet_hours_it_makes_no_sound(phone: Rung) -> None:
    phone.world.enter(interview())
    phone.world.run()
    phone.ring(MORNING)
    assert phone.services[0].screen[-1].urgency is Urgency.LOW


def test_it_is_tried_again(phone: Rung) -> None:
    phone.world.enter(interview())
    phone.world.run()
    phone.services[0].fails = lambda: NotReady("ntfy does not answer.")
    phone.ring(MORNING)
    phone.services[0].fails = None
    phone.ring(MORNING + timedelta(minutes=1))
    phone.ring(MORNING + timedelta(minutes=2))
    assert phone.screen == ["For today"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_reads_well_in_every_language(phone: Rung, language: str) -> None:
    phone.world.settings = replace(phone.world.settings, language=language)
    phone.world.enter(interview(), interview("u2", MONDAY - DAY, company="Globex"))
    phone.world.run(at=MONDAY - 6 * HOUR)
    phone.ring(MORNING)
    body = phone.services[0].screen[-1].body
    assert "Initech" in body
    assert "Globex" in body
    assert not any(sign in body for sign in ("{", "}", "None"))


def test_it_comes_at_its_time_on_the_day_the_clocks_change(phone: Rung) -> None:
    sunday = MONDAY.replace(month=10, day=25, hour=0)
    assert phone.next(sunday - HOUR) == sunday.replace(hour=6, minute=30), "07:30 in winter time"


def test_it_brings_no_ring_along_in_quiet_hours(phone: Rung) -> None:
    phone.world.enter(interview())
    phone.world.run(at=MONDAY + 2 * HOUR)
    phone.ring(MORNING + DAY)
    assert phone.screen == ["For today"]
    phone.ring(MORNING + DAY + HOUR)
    assert phone.screen == ["For today", "Thank Ana Lima (Initech)"]
