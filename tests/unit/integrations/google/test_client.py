"""The connection: what is counted, what is waited for, and that nothing is loaded before it is needed."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from afterview.cli.showcase.google.faults import Trouble
from afterview.cli.showcase.google.grants import OWNER
from afterview.cli.showcase.google.server import Google
from afterview.integrations.google.calendars import calendar_id, listed
from afterview.integrations.google.client import open_client
from afterview.integrations.google.failures import About
from afterview.integrations.google.scopes import Feature
from afterview.integrations.pace import Pace
from tests.accounts import close
from tests.running import environment
from tests.unit.integrations.google.conftest import Connect

LIST = About("work", "Google Calendar", "The calendar")


def test_every_request_and_byte_is_counted(connect: Connect, google: Google) -> None:
    client = open_client(connect())
    client.call(client.part("calendar.events").list(calendarId="primary"), LIST)
    traffic = client.traffic()
    assert traffic.requests == len(google.web.log) == 2  # an access token, and the list
    assert traffic.bytes_in > 200
    assert traffic.bytes_out > 200


def test_a_client_is_made_once_and_knows_what_was_allowed(connect: Connect) -> None:
    entry = connect("tasks", "calendar.events.readonly")
    assert open_client(entry) is open_client(entry)
    assert open_client(entry).features == {Feature.TASKS, Feature.READ}
    assert open_client(entry).part("calendar.events") is open_client(entry).part("calendar.events")


def test_an_access_token_outlives_the_connection_but_not_the_process(connect: Connect, google: Google) -> None:
    entry = connect()
    for _ in range(2):
        client = open_client(entry)
        client.call(client.part("calendar.events").list(calendarId="primary"), LIST)
        close(entry)
    assert len(google.sign_in.token_requests) == 1


def test_a_question_too_long_for_an_address_is_still_a_question(connect: Connect, google: Google) -> None:
    client = open_client(connect())
    google.trouble("calendar.events.list", Trouble.LOST_AFTER)
    answer = client.call(client.part("calendar.events").list(calendarId="primary", q="x" * 2100), LIST)
    assert answer["items"] == []
    assert [asked.method for asked, _ in google.web.log] == [
        "POST",
        "POST",
        "POST",
    ]  # for the token, and twice the question


def test_every_write_takes_its_turn_and_no_read_does(connect: Connect) -> None:
    client = open_client(connect())
    turns: list[float] = []

    def now() -> float:
        turns.append(1.0)
        return 1.0

    client.pace = Pace(20, 1.5, now)
    task = replace(LIST, service="Google Tasks", write=True)
    client.call(client.part("tasks.tasks").insert(tasklist="@default", body={"title": "x"}), task)
    client.call(client.part("tasks.tasks").list(tasklist="@default"), LIST)
    assert len(turns) == 1


def test_calendars_are_listed_page_by_page_and_found_by_name_once(connect: Connect, google: Google) -> None:
    work = google.calendars.add("Work", role="reader")
    google.pages.largest = 1
    entry = connect()
    client = open_client(entry)
    assert [(one.title, one.primary, one.role) for one in listed(client, LIST)] == [
        (OWNER, True, "owner"), ("Work", False, "reader"),
    ]  # fmt: skip
    assert calendar_id(entry, client, "Work", LIST) == work.id
    google.asked.clear()
    assert calendar_id(entry, client, "Work", LIST) == work.id
    assert calendar_id(entry, client, "primary", LIST) == "primary"
    assert google.asked == []


def test_googles_library_is_not_loaded_before_the_first_request(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "import afterview.integrations.google.client, afterview.integrations.google.events\n"
        "print([name for name in sys.modules if name.startswith(('googleapiclient', 'google.', 'httplib2'))])"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment(tmp_path))
    assert ran.stdout.strip() == "[]"
