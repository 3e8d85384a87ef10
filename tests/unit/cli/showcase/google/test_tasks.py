"""Tasks, as the test server plays it, seen through Google's own client."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from afterview.cli.showcase.google.server import Google
from tests.unit.cli.showcase.google.conftest import Clock
from tests.unit.cli.showcase.google.test_contract import refused

Make = Callable[..., Any]
SHOW = {"showHidden": True, "showCompleted": True, "showDeleted": True}


@pytest.fixture
def tasks(service: Make) -> Any:
    return service("tasks", "tasks").tasks()


def add(tasks: Any, title: str = "Thank Ana", **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = tasks.insert(tasklist="@default", body={"title": title, **fields}).execute()
    return made


def titles(tasks: Any, **asked: Any) -> list[str]:
    return [item["title"] for item in tasks.list(tasklist="@default", **asked).execute().get("items", [])]


def test_due_is_turned_to_utc_and_loses_its_time(tasks: Any) -> None:
    assert add(tasks, due="2026-12-01T00:30:00+02:00")["due"] == "2026-11-30T00:00:00.000Z"


@pytest.mark.parametrize("wrong", [{"title": "x" * 1025}, {"notes": "x" * 8193}, {"status": "done"}, {"due": "soon"}])
def test_what_the_document_says_in_prose_is_checked(tasks: Any, wrong: dict[str, str]) -> None:
    assert refused(tasks.insert(tasklist="@default", body={"title": "x", **wrong}))[0] == 400


def test_what_was_ticked_on_a_phone_is_hidden(google: Google, tasks: Any) -> None:
    ticked, done = add(tasks, "ticked")["id"], add(tasks, "done")["id"]
    google.phone.complete(ticked)
    tasks.patch(tasklist="@default", task=done, body={"status": "completed"}).execute()
    assert titles(tasks) == ["done"]
    assert titles(tasks, showHidden=True) == ["done", "ticked"]
    assert titles(tasks, showHidden=True, showCompleted=False) == []
    google.phone.reopen(ticked)
    assert titles(tasks, showCompleted=False) == ["ticked"]


def test_deleted_tasks_are_shown_on_request_until_they_are_forgotten(google: Google, tasks: Any) -> None:
    gone = add(tasks)["id"]
    tasks.delete(tasklist="@default", task=gone).execute()
    assert titles(tasks) == []
    assert titles(tasks, **SHOW) == ["Thank Ana"]
    assert refused(tasks.patch(tasklist="@default", task=gone, body={"title": "x"}))[0] == 404
    google.tasks.forget()
    assert titles(tasks, **SHOW) == []


def test_a_moved_task_is_deleted_here_and_has_the_same_id_there(google: Google, tasks: Any) -> None:
    task = add(tasks)["id"]
    other = google.tasks.add_list("Other")
    google.phone.move(task, other.id)
    assert tasks.list(tasklist="@default", **SHOW).execute()["items"][0]["deleted"] is True
    assert tasks.get(tasklist=other.id, task=task).execute()["title"] == "Thank Ana"


def test_changes_since_a_moment_are_inclusive(clock: Clock, google: Google, tasks: Any) -> None:
    old = add(tasks, "old")["id"]
    clock.at += timedelta(hours=1)
    add(tasks, "new")
    assert titles(tasks, updatedMin="2026-03-02T10:00:00Z") == ["new"]
    clock.at += timedelta(hours=1)
    google.phone.snooze(old, date(2026, 3, 9))
    assert titles(tasks, updatedMin="2026-03-02T10:00:00Z") == ["new", "old"]
    assert tasks.get(tasklist="@default", task=old).execute()["due"] == "2026-03-09T00:00:00.000Z"


def test_pages_hold_twenty_or_a_hundred(tasks: Any) -> None:
    for number in range(105):
        add(tasks, str(number))
    assert len(titles(tasks)) == 20
    first = tasks.list(tasklist="@default", maxResults=500).execute()
    assert len(first["items"]) == 100
    rest = tasks.list(tasklist="@default", maxResults=500, pageToken=first["nextPageToken"]).execute()
    assert len(rest["items"]) == 5


def test_an_edit_and_a_wrong_id(google: Google, tasks: Any) -> None:
    task = add(tasks, notes="ours")
    google.phone.edit(task["id"], notes="theirs")
    read = tasks.get(tasklist="@default", task=task["id"]).execute()
    assert (read["notes"], read["etag"] != task["etag"]) == ("theirs", True)
    assert refused(tasks.get(tasklist="@default", task="!")) == (400, "invalid")
    assert refused(tasks.get(tasklist="@default", task="0123456789abc")) == (404, "notFound")


def test_if_match_is_heeded_only_where_that_is_switched_on(google: Google, tasks: Any) -> None:
    task = add(tasks)["id"]

    def patch() -> Any:
        request = tasks.patch(tasklist="@default", task=task, body={"title": "x"})
        request.headers["If-Match"] = '"other"'
        return request

    patch().execute()
    google.tasks.heeds_if_match = True
    assert refused(patch()) == (412, "conditionNotMet")


def test_lists_are_made_and_dropped(google: Google, service: Make) -> None:
    lists = service("tasks", "tasks").tasklists()
    made = lists.insert(body={"title": "Interviews"}).execute()
    assert [one["title"] for one in lists.list().execute()["items"]] == ["My Tasks", "Interviews"]
    lists.delete(tasklist=made["id"]).execute()
    assert refused(lists.get(tasklist=made["id"])) == (404, "notFound")
