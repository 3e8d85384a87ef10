"""What our code believes of Google and nobody has written down, asked of a real account. Off unless one is given."""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from afterview.integrations.google.access import Access
from afterview.integrations.google.client import Client
from afterview.integrations.google.failures import About, StartOver
from afterview.integrations.google.lists import Lists
from afterview.integrations.google.marks import length
from afterview.integrations.google.reminders import Reminders, event_id_of
from afterview.integrations.google.tasks_form import Promise
from afterview.integrations.google.tokens import Token
from afterview.sync.errors import AlreadyThere, Changed, Missing, Rejected
from afterview.sync.identity import follow_up_key
from tests.accounts import Notebook

GIVEN = os.environ.get("AFTERVIEW_LIVE_GOOGLE", "")
NAME = "Afterview live test"
ITEM = About("live", "Google Tasks", "a row of the check list", item=True, write=True)
LISTED = About("live", "Google Calendar", "a row of the check list")
pytestmark = [
    pytest.mark.skipif(not GIVEN, reason="needs a real account: tests/live/README.md"),
    pytest.mark.timeout(600),
]


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    token = Token.read(Path(GIVEN).expanduser().read_text("utf-8"))
    made = Client("live", Access(token, now), now)
    yield made
    made.close()


@pytest.fixture(scope="module")
def lists(client: Client) -> Iterator[Lists]:
    made = Lists(client, Notebook(), NAME)
    list_id = made.make(NAME)
    yield made
    client.call(client.part("tasks.tasklists").delete(tasklist=list_id), ITEM)


@pytest.fixture(scope="module")
def reminders(client: Client) -> Iterator[Reminders]:
    body = {"summary": NAME, "timeZone": "Europe/Berlin"}
    made = client.call(client.part("calendar.calendars").insert(body=body), LISTED)
    yield Reminders(client, str(made["id"]), "Europe/Berlin")
    client.call(client.part("calendar.calendars").delete(calendarId=made["id"]), LISTED)


@pytest.fixture
def task(lists: Lists) -> Any:
    return lists.insert({"title": f"row {uuid.uuid4().hex[:6]}", "notes": "av", "status": "needsAction"})


def until(holds: Callable[[], bool], limit_s: float = 60) -> float:
    """Wait until something holds; return how many seconds that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < limit_s
        time.sleep(1)
    return time.monotonic() - began


def test_a_new_task_is_listed_within_the_minute_that_find_waits(lists: Lists, task: Any) -> None:
    took = until(lambda: task["id"] in {one["id"] for one in lists.tasks()})
    print(f"read after write: {took:.1f} s")


def test_a_stale_condition_on_a_task_is_heeded_or_overlooked(lists: Lists, task: Any) -> None:
    lists.patch(task, "", {"title": "first"})
    try:
        lists.patch(task, "", {"title": "second"})
        print("If-Match on tasks: overlooked")
    except Changed:
        print("If-Match on tasks: heeded")


def test_every_change_of_a_task_changes_its_etag(lists: Lists, task: Any) -> None:
    etags = {task["etag"]}
    for body in ({"title": "a"}, {"notes": "b"}, {"due": "2030-01-02T00:00:00.000Z"}, {"status": "completed"}):
        etags.add(lists.patch(lists.get(task["id"]) or {}, "", body)["etag"])
    assert len(etags) == 5


def test_the_time_of_completion_is_ours_to_say(lists: Lists, task: Any) -> None:
    at = "2026-01-02T03:04:05.000Z"
    done = lists.patch(task, "", {"status": "completed", "completed": at})
    assert abs(datetime.fromisoformat(done["completed"]) - datetime.fromisoformat(at)) <= timedelta(minutes=2)


def test_a_tick_is_taken_back_with_null(lists: Lists, task: Any) -> None:
    done = lists.patch(task, "", {"status": "completed"})
    again = lists.patch(done, "", {"status": "needsAction", "completed": None})
    assert again["status"] == "needsAction"
    assert "completed" not in again


def test_due_is_the_date_that_was_sent(lists: Lists, task: Any) -> None:
    assert lists.patch(task, "", {"due": "2030-01-02T00:00:00.000Z"})["due"].startswith("2030-01-02")
    assert "due" not in lists.patch(lists.get(task["id"]) or {}, "", {"due": None})


@pytest.mark.parametrize("letter", ["x", "ü"])
def test_notes_are_counted_as_we_count_them(lists: Lists, task: Any, letter: str) -> None:
    words = letter * (8192 // length(letter))
    assert lists.patch(task, "", {"notes": words})["notes"] == words
    with pytest.raises(Rejected):
        lists.patch(lists.get(task["id"]) or {}, "", {"notes": words + letter * 4})


def test_letters_beyond_the_first_plane_count_once_or_twice(lists: Lists, task: Any) -> None:
    assert length("𝔸") == 2
    try:
        lists.patch(task, "", {"notes": "𝔸" * 8192})
        print("limits count letters; ours is stricter")
    except Rejected:
        print("limits count UTF-16 units, as ours does")


def test_a_deleted_task_is_listed_as_deleted_and_not_changed_any_more(lists: Lists, task: Any) -> None:
    lists.delete(task["id"], "")
    until(lambda: any(one["id"] == task["id"] and one.get("deleted") for one in lists.tasks()))
    with pytest.raises((Missing, Rejected)):
        lists.patch(task, "", {"title": "x"})


def test_the_watermark_of_changes_includes_its_own_moment(lists: Lists, task: Any) -> None:
    until(lambda: task["id"] in {one["id"] for one in lists.tasks(str(task["updated"]))})


def test_an_invalid_id_is_no_task(lists: Lists) -> None:
    assert lists.get("bm90LWEtdGFzaw") is None


def test_a_reminder_is_found_by_its_key_and_made_once(reminders: Reminders) -> None:
    key, promise = follow_up_key("live", uuid.uuid4().hex), Promise(now() + timedelta(days=1), NAME)
    made = reminders.keep(key, promise, "task")
    assert made is not None
    until(lambda: [one.id for one in reminders.of(key)] == [made.id])
    assert reminders.keep(key, promise, "task") == made


def test_the_id_of_a_deleted_reminder_stays_burnt(reminders: Reminders) -> None:
    key, promise = follow_up_key("live", uuid.uuid4().hex), Promise(now() + timedelta(days=1), NAME)
    first = reminders.keep(key, promise, "task")
    until(lambda: bool(reminders.of(key)))
    reminders.keep(key, Promise(None), "task")
    until(lambda: not reminders.of(key))
    second = reminders.keep(key, promise, "task")
    assert first is not None
    assert second is not None
    assert (first.id, second.id) == (event_id_of(key, 1), event_id_of(key, 2))


def test_a_stale_condition_on_a_reminder_is_refused(client: Client, reminders: Reminders) -> None:
    key, promise = follow_up_key("live", uuid.uuid4().hex), Promise(now() + timedelta(days=1), NAME)
    made = reminders.keep(key, promise, "task")
    assert made is not None
    events, about = client.part("calendar.events"), About("live", "Google Calendar", "a row", item=True, write=True)
    for title in ("a", "b"):
        request = events.patch(calendarId=reminders.calendar, eventId=made.id, body={"summary": title})
        if title == "a":
            client.call(request, about)
        else:
            with pytest.raises(Changed):
                client.call(request, about, headers={"If-Match": made.etag})


def test_a_second_event_of_an_id_is_refused(client: Client, reminders: Reminders) -> None:
    at = {"dateTime": (now() + timedelta(days=1)).isoformat()}
    body = {"id": event_id_of(uuid.uuid4().hex, 1), "start": at, "end": at}
    about = About("live", "Google Calendar", "a row", item=True, write=True)
    client.call(client.part("calendar.events").insert(calendarId=reminders.calendar, body=body), about)
    with pytest.raises(AlreadyThere):
        client.call(client.part("calendar.events").insert(calendarId=reminders.calendar, body=body), about)


def test_what_was_deleted_comes_in_the_changes(reminders: Reminders) -> None:
    key, promise = follow_up_key("live", uuid.uuid4().hex), Promise(now() + timedelta(days=1), NAME)
    made = reminders.keep(key, promise, "task")
    assert made is not None
    until(lambda: made.id in {one.id for one in reminders.changes("").live})
    token = reminders.changes("").token
    reminders.keep(key, Promise(None), "task")
    until(lambda: made.id in reminders.changes(token).gone)


def test_a_token_that_is_none_asks_for_everything(client: Client, reminders: Reminders) -> None:
    request = client.part("calendar.events").list(calendarId=reminders.calendar, syncToken="no token at all")
    with pytest.raises(StartOver):
        client.call(request, About("live", "Google Calendar", "a row", token=True))
    assert reminders.changes("no token at all").complete
