"""The real command with an account at a small Home Assistant: set up by a file, read, written, rung, answered."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from icalendar import Calendar, Todo, vText

from afterview.integrations.home_assistant.access import Entry
from afterview.integrations.marks import Marked
from tests.fakes.home_assistant import LASTING, FakeHome
from tests.fakes.todo import FakeCalendars, FakeList
from tests.moved import Moved
from tests.running import Ran, afterview
from tests.system.home import Home, Task
from tests.system.invitations import invitation
from tests.system.moments import AFTER, HOUR, MONDAY, START, berlin

LIST, CALENDAR, PHONE = "todo.inbox", "calendar.personal", "mobile_app_pixel"
ANSWERS = """integration = "home_assistant"
id = "house"
[me]
emails = ["hannah@example.org"]
time_zone = "Europe/Berlin"
language = "en"
[answers]
url = "{url}"
sign_in = "token"
token = {token}
calendars = ["calendar.personal"]
task_list = "todo.inbox"
notify = "mobile_app_pixel"
"""
TEXT = "Your interview for the position of engineer. We look forward to meeting you.\nInterviewer: Ana Lima"


@pytest.fixture
def house() -> Iterator[FakeHome]:
    made = FakeHome({LIST: FakeList()}, FakeCalendars({CALENDAR: {}}), phones={PHONE: []})
    yield made
    made.close()


@pytest.fixture
def server(request: pytest.FixtureRequest) -> object:
    """One real server is enough here."""
    return request.getfixturevalue("radicale")


def run(path: Path, *arguments: str, at: datetime = START) -> Ran:
    return afterview(path, *arguments, AFTERVIEW_NOW=at.isoformat())


def set_up(path: Path, house: FakeHome, token: str = f'"{LASTING}"') -> Ran:
    (path / "answers.toml").write_text(ANSWERS.format(url=house.url, token=token))
    return run(path, "setup", "--answers", "answers.toml")


def meet(house: FakeHome) -> None:
    title = "Job interview with Initech - hiring manager"
    house.calendars.held[CALENDAR]["u1"] = Entry(MONDAY, MONDAY + HOUR, title, TEXT, uid="u1")


def titles(house: FakeHome) -> list[str]:
    return sorted(one.title for one in house.lists[LIST].kept.values() if not one.done)


def test_set_up_by_a_file_read_written_and_signed_in_again(house: FakeHome, tmp_path: Path) -> None:
    done = set_up(tmp_path, house)
    assert done.code == 0, done.err
    assert "cannot ring; the phone you chose rings" in done.out + done.err
    folder = tmp_path / ".config" / "afterview"
    assert LASTING not in (folder / "config.toml").read_text()
    assert len(house.phones[PHONE]) == 1
    run(tmp_path, "sync")
    meet(house)
    report = run(tmp_path, "--json", "sync", at=AFTER).json["accounts"][0]
    assert report["created"] == 2
    assert report["requests"] > 10
    assert titles(house) == ["Heard from Initech? Tick if it was a no.", "Thank Ana Lima (Initech)"]
    assert all("\nav:T" in one.text for one in house.lists[LIST].kept.values())
    tried = run(tmp_path, "accounts", "test", at=AFTER)
    assert tried.code == 0, tried.out
    assert "push" in tried.out
    assert len(house.phones[PHONE]) == 2
    house.tokens = {"another"}
    gone = run(tmp_path, "--json", "sync", at=AFTER)
    assert (gone.code, gone.json["accounts"][0]["state"]) == (3, "reauth")
    (tmp_path / "again.toml").write_text('[answers]\nsign_in = "token"\ntoken = "another"\n')
    again = run(tmp_path, "accounts", "reauth", "house", "--answers", "again.toml", at=AFTER)
    assert again.code == 0, again.err
    assert run(tmp_path, "sync", at=AFTER).code == 0


def test_a_button_on_the_phone_needs_no_open_port(house: FakeHome, tmp_path: Path) -> None:
    assert set_up(tmp_path, house).code == 0
    run(tmp_path, "sync")
    meet(house)
    house.phones[PHONE].clear()
    with Moved(tmp_path, AFTER) as running:
        running.begin()
        running.suspend(berlin(2026, 9, 16, 9, 50))
        running.advance(berlin(2026, 9, 16, 10, 1))
        offered = {one["title"]: one["action"] for push in house.phones[PHONE] for one in push["data"]["actions"]}
        house.press(offered["It was a no"])
        running.woken()
        assert any(title.startswith("Ask Ana Lima") for title in titles(house)), running.said()
        assert running.stop() == 0
    assert "Traceback" not in running.said()


def test_without_a_service_that_listens_a_push_has_no_buttons(house: FakeHome, tmp_path: Path) -> None:
    assert set_up(tmp_path, house).code == 0
    run(tmp_path, "sync")
    meet(house)
    run(tmp_path, "sync", at=AFTER)
    house.phones[PHONE].clear()
    rung = run(tmp_path, "sync", at=berlin(2026, 9, 7, 18, 1))
    assert rung.code == 0, rung.err
    (push,) = house.phones[PHONE]
    assert push["title"] == "Thank Ana Lima (Initech)"
    assert push["data"]["actions"] == []


def test_what_was_made_through_home_assistant_is_adopted_over_caldav_by_a_machine_that_knows_nothing(
    home: Home,
) -> None:
    home.enter("u1", invitation("u1", MONDAY))
    home.sync(AFTER)
    for number, (address, todo) in enumerate(home.todos().items()):
        home.server.delete(address)
        home.server.put(f"{home.tasks}made-{number}.ics", as_made_there(f"made-{number}", todo))
    shutil.rmtree(home.path / "state")
    before = home.texts()
    home.sync(AFTER + HOUR)
    home.settle()
    assert set(home.texts()) == set(before)
    (address,) = (one for one, text in home.texts().items() if "SUMMARY:Heard from" in text)
    home.edit(address, lambda todo: todo.__setitem__("STATUS", vText("COMPLETED")))
    home.settle()
    assert sum("SUMMARY:Ask " in text for text in home.texts().values()) == 1  # the tick was a no


def as_made_there(uid: str, todo: Task) -> str:
    """Write a follow-up as Home Assistant puts it on a CalDAV server: a UID of its own, and our mark in the text."""
    marked = Marked(str(todo["DESCRIPTION"]), str(todo["X-AFTERVIEW-ID"]), str(todo["X-AFTERVIEW-CONTEXT"]))
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", "-//python-caldav//caldav//en_DK")
    one = Todo()
    for name, value in (("uid", uid), ("dtstamp", AFTER), ("due", todo["DUE"].dt), ("status", "NEEDS-ACTION")):
        one.add(name, value)
    one.add("summary", str(todo["SUMMARY"]))
    one.add("description", marked.written())
    made.add_component(one)
    return str(made.to_ical().decode())
