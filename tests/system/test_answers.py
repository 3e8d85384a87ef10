"""Outcomes, advice and lessons: from the command line and from the phone."""

import pytest

from tests.system.home import Home, due
from tests.system.invitations import invitation
from tests.system.moments import AFTER, DAY, HOUR, MONDAY, berlin, utc


@pytest.fixture
def asked(home: Home) -> Home:
    """A home in which "Heard from Initech?" stands on the phone."""
    home.enter("u1", invitation("u1", MONDAY))
    home.sync(AFTER)
    return home


def test_no_brings_feedback_and_a_check_in_at_the_right_dates(asked: Home) -> None:
    assert asked.run("outcome", "Initech", "no", at=berlin(2026, 8, 31, 15) + 30 * DAY).code == 0
    asked.sync()
    assert due(asked.only("check_in")[1]) == berlin(2026, 12, 30, 15)
    assert due(asked.only("feedback")[1]) == berlin(2026, 10, 1, 10)


def test_the_last_of_august_and_three_months_is_the_last_of_november(fresh: Home) -> None:
    """Across the end of summer time the clock on the wall shows the same."""
    fresh.sync(utc(2026, 8, 24, 8))
    fresh.enter("u1", invitation("u1", berlin(2026, 8, 25, 10)))
    fresh.sync(utc(2026, 8, 25, 12))
    assert fresh.run("outcome", "initech", "no", at=berlin(2026, 8, 31, 15)).code == 0
    fresh.sync()
    assert due(fresh.only("check_in")[1]) == berlin(2026, 11, 30, 15)


def test_recorded_twice_is_once_and_undo_takes_it_back(asked: Home) -> None:
    for _ in range(2):
        assert asked.run("outcome", "Initech", "no").code == 0
    asked.sync(asked.now + HOUR)
    assert asked.open_steps() == ["check_in", "feedback", "thank_you"]
    asked.settle(1)
    assert asked.run("outcome", "Initech", "no", "--undo").code == 0
    asked.settle(2)
    assert asked.open_steps() == ["ask_outcome", "thank_you"]


def test_accepted_withdraws_what_must_go_and_nothing_else(asked: Home) -> None:
    asked.enter("u9", invitation("u9", MONDAY + 3 * HOUR, company="Globex", guests=(("Cy Moss", "cy@globex.example"),)))
    asked.sync(AFTER + 3 * HOUR)
    asked.run("advice", "Initech", "--note", "Speak slower.")
    asked.run("paid-off", "Ana Lima")
    asked.sync()
    assert "paid_off" in asked.open_steps()
    assert asked.run("outcome", "Globex", "accepted").code == 0
    asked.settle(2)
    assert asked.open_steps() == ["paid_off"]


def test_a_tick_on_heard_from_does_the_same_as_the_command(asked: Home) -> None:
    asked.tick(asked.only("ask_outcome")[0], AFTER + DAY)
    asked.sync(AFTER + DAY + HOUR)
    assert asked.open_steps() == ["check_in", "feedback", "thank_you"]
    assert asked.run("interviews", "--json").json[0]["outcome"] == "no"


@pytest.mark.parametrize(
    ("word", "outcome"),
    [("next", "advanced"), ("offer", "offer"), ("accepted", "accepted"), ("withdrawn", "withdrawn")],
)
def test_a_word_in_the_notes_records_that_instead(asked: Home, word: str, outcome: str) -> None:
    address, todo = asked.only("ask_outcome")
    asked.set(address, "DESCRIPTION", f"{word}\n{todo['DESCRIPTION']}")
    asked.tick(address)
    asked.settle(2)
    assert asked.run("interviews", "--json").json[0]["outcome"] == outcome
    assert "feedback" not in asked.open_steps()


def test_feedback_ticked_with_a_note_is_a_lesson_and_brings_thanks(asked: Home) -> None:
    asked.run("outcome", "Initech", "no")
    asked.sync(asked.now + HOUR)
    address, todo = asked.only("feedback")
    asked.set(address, "DESCRIPTION", f"{todo['DESCRIPTION']}\n\nBring one example with numbers.")
    asked.tick(address, asked.now + DAY)
    asked.sync(asked.now + DAY + HOUR)
    assert "thank_advice" in asked.open_steps()
    (lesson,) = asked.run("lessons", "--json").json
    assert lesson["note"] == "Bring one example with numbers."
    coming = invitation("u5", MONDAY + 9 * DAY, company="Globex", guests=(("Cy Moss", "cy@globex.example"),))
    asked.enter("u5", coming)
    asked.sync(MONDAY + 8 * DAY)
    reminders = [str(todo["DESCRIPTION"]) for todo in asked.todos("prepare").values()]
    assert any("Bring one example with numbers." in text for text in reminders)


def test_a_new_interview_after_the_no_ends_the_check_in(asked: Home) -> None:
    asked.run("outcome", "Initech", "no", at=AFTER + DAY)
    asked.sync()
    assert "check_in" in asked.open_steps()
    asked.enter("u2", invitation("u2", MONDAY + 20 * DAY))
    asked.sync(MONDAY + 19 * DAY)
    assert "check_in" not in asked.open_steps()


def test_not_an_interview_takes_everything_away(asked: Home) -> None:
    (interview,) = asked.run("interviews", "--json").json
    assert asked.run("mark", interview["key"], "not-interview").code == 0
    asked.settle(2)
    assert asked.open_steps() == []
    assert asked.run("mark", interview["key"], "interview").code == 0
    asked.settle(2)
    assert asked.open_steps() == ["ask_outcome", "thank_you"]
