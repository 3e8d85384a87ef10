"""What a second client does to the tasks comes back and is kept for ever, as far as a real server shows it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from icalendar import Alarm

from tests.system.home import Home, Task, due, ring, todo_in
from tests.system.invitations import ANA, BO, invitation
from tests.system.moments import AFTER, DAY, HOUR, MONDAY, utc

MOVED = utc(2026, 9, 10, 9)


@pytest.fixture
def thanked(home: Home) -> tuple[Home, str]:
    """A home in which a thank-you stands on the phone."""
    home.enter("u1", invitation("u1", MONDAY))
    home.sync(AFTER)
    return home, home.only("thank_you")[0]


def _event_changes(home: Home) -> None:
    """The event gets longer, and some passes go by."""
    home.enter("u1", invitation("u1", MONDAY, end=MONDAY + 1.5 * HOUR, sequence=5))
    home.settle(2)


def _after_everything(home: Home) -> None:
    """The event changes; then the ledger is lost; some passes go by."""
    _event_changes(home)
    for file in (home.path / "state").iterdir():
        file.unlink()
    home.settle(2)


def test_a_tick_is_kept(thanked: tuple[Home, str]) -> None:
    home, address = thanked
    home.tick(address, home.now + HOUR)
    home.sync(home.now + 2 * HOUR)
    assert [task["state"] for task in home.run("tasks", "--all", "--json").json if task["step"] == "thank_you"] == [
        "done"
    ]
    _after_everything(home)
    assert str(home.todos()[address]["STATUS"]) == "COMPLETED"
    assert home.open_steps() == ["ask_outcome"]


def test_a_tick_taken_back(thanked: tuple[Home, str]) -> None:
    home, address = thanked
    home.tick(address)
    home.settle(1)
    home.untick(address)
    home.settle(2)
    assert str(home.todos()[address]["STATUS"]) == "NEEDS-ACTION"
    assert home.open_steps() == ["ask_outcome", "thank_you"]


def _move_due(home: Home, address: str) -> None:
    home.set(address, "DUE", MOVED)


def _snooze_as_tasks_org(home: Home, address: str) -> None:
    home.set(address, "X-MOZ-SNOOZE-TIME", "20260910T090000Z")


def _snooze_as_jtx(home: Home, address: str) -> None:
    def add(todo: Task) -> None:
        alarm = Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", "later")
        alarm.add("TRIGGER", MOVED)
        todo.add_component(alarm)

    home.edit(address, add)


@pytest.mark.parametrize("snooze", [_move_due, _snooze_as_tasks_org, _snooze_as_jtx])
def test_all_three_forms_of_snooze_are_kept(thanked: tuple[Home, str], snooze: Callable[[Home, str], None]) -> None:
    home, address = thanked
    snooze(home, address)
    report = home.sync(home.now + HOUR)
    assert report["facts"] == 1
    text = home.server.get(address)
    _event_changes(home)
    again = home.server.get(address)
    assert text
    assert again
    if snooze is _move_due:
        assert (due(todo_in(again)), ring(todo_in(again))) == (MOVED, MOVED)
    else:
        assert ("20260910T090000Z" in text, "20260910T090000Z" in again) == (True, True)
    assert '"kind": "snoozed"' in home.run("log", "--json").out


def test_a_new_title_and_words_of_the_users_own_are_kept(thanked: tuple[Home, str]) -> None:
    home, address = thanked

    def change(todo: Task) -> None:
        notes = f"{todo['DESCRIPTION']}\n\nShe likes sailing; ask about the boat, the \\ and the ü."
        for name, value in (("SUMMARY", "Write to Ana"), ("DESCRIPTION", notes)):
            todo.pop(name)
            todo.add(name, value)

    home.edit(address, change)
    _after_everything(home)
    todo = home.todos()[address]
    assert str(todo["SUMMARY"]) == "Write to Ana"
    assert "She likes sailing; ask about the boat, the \\ and the ü." in str(todo["DESCRIPTION"])


def test_a_deleted_task_never_comes_back(thanked: tuple[Home, str]) -> None:
    home, address = thanked
    home.server.delete(address)
    home.settle(1)
    _event_changes(home)
    assert address not in home.addresses()
    assert home.open_steps() == ["ask_outcome"]


def test_nothing_is_doubled_after_the_ledger_is_lost(home: Home) -> None:
    home.enter("u1", invitation("u1", MONDAY, guests=(ANA, BO)))
    home.sync(AFTER)
    before = home.texts()
    for file in (home.path / "state").iterdir():
        file.unlink()
    home.settle()
    assert home.texts() == before


def test_the_users_own_tasks_are_untouched_to_the_letter(home: Home) -> None:
    own = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//other//EN\nBEGIN:VTODO\nUID:milk-1\nDTSTAMP:20260901T080000Z\n"
        "SUMMARY:Interview Initech: buy milk first\nX-OWN;X-P=q:some value\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\n"
        "TRIGGER;VALUE=DATE-TIME:20260908T080000Z\nEND:VALARM\nEND:VTODO\nEND:VCALENDAR\n"
    )
    home.server.put(f"{home.tasks}milk.ics", own)
    before = home.server.get(f"{home.tasks}milk.ics")
    home.enter("u1", invitation("u1", MONDAY))
    home.sync(AFTER)
    home.settle(2)
    assert home.server.get(f"{home.tasks}milk.ics") == before


def test_foreign_properties_and_alarms_survive_our_edit(thanked: tuple[Home, str]) -> None:
    home, address = thanked

    def decorate(todo: Task) -> None:
        todo.add("PRIORITY", 3)
        todo.add("X-TASKS-ORG-ORDER", "123456")
        todo.add("RELATED-TO", "parent-1", parameters={"RELTYPE": "PARENT"})
        alarm = Alarm()
        alarm.add("ACTION", "AUDIO")
        alarm.add("X-OWN", "kept")
        alarm.add("TRIGGER", timedelta(minutes=-5), parameters={"RELATED": "END"})
        todo.add_component(alarm)

    home.edit(address, decorate)
    home.settle(1)
    _event_changes(home)
    todo = home.todos()[address]
    assert due(todo) == (MONDAY + 1.5 * HOUR + DAY).astimezone(due(todo).tzinfo)
    assert (int(todo["PRIORITY"]), str(todo["X-TASKS-ORG-ORDER"]), str(todo["RELATED-TO"])) == (3, "123456", "parent-1")
    foreign = [alarm for alarm in todo.walk("VALARM") if str(alarm.get("ACTION")) == "AUDIO"]
    assert [str(alarm["X-OWN"]) for alarm in foreign] == ["kept"]


def test_a_client_that_rewrites_by_itself_is_not_taken_for_the_user(thanked: tuple[Home, str]) -> None:
    home, address = thanked
    home.set(address, "SEQUENCE", 7)
    home.server.gate.reset()
    report = home.sync(home.now + HOUR)
    assert report["facts"] == 0
    assert home.server.gate.writes() == []
