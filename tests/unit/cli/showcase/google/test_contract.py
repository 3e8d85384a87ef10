"""The test server lets nothing pass that Google's own documents do not allow."""

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from googleapiclient.errors import HttpError

from afterview.cli.showcase.google.contract import check_answer, methods, route
from afterview.cli.showcase.google.faults import Trouble
from afterview.cli.showcase.google.problems import ContractBroken
from afterview.cli.showcase.google.server import Google

Make = Callable[..., Any]


def refused(request: Any) -> tuple[int, str]:
    with pytest.raises(HttpError) as caught:
        request.execute()
    return int(caught.value.status_code), json.loads(caught.value.content)["error"]["errors"][0]["reason"]


def asked(google: Google, path: str, body: bytes | None = None, method: str = "GET") -> int:
    headers = {"Authorization": "Bearer " + google.grants.issue(["https://www.googleapis.com/auth/tasks"])}
    try:
        with urlopen(Request(google.url + path, body, headers, method=method)) as answer:  # noqa: S310 -- loopback
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


def test_every_method_of_both_documents_is_known() -> None:
    assert {"calendar.events.list", "tasks.tasks.insert"} <= {method.id for method in methods()}
    assert len(methods()) > 40
    method, found = route("GET", "/calendar/v3/calendars/a%40b/events/x")
    assert (method.id, found) == ("calendar.events.get", {"calendarId": "a@b", "eventId": "x"})


@pytest.mark.parametrize(
    "path",
    [
        "/tasks/v1/users/@me/lists?colour=red",
        "/tasks/v1/users/@me/lists?maxResults=many",
        "/tasks/v1/users/@me/lists?maxResults=1&maxResults=2",
        "/tasks/v1/lists/@default/tasks?showHidden=yes",
        "/tasks/v1/users/@me/lists?fields=items(colour)",
        "/tasks/v1/users/@me/lists?fields=items(id",
    ],
)
def test_a_parameter_that_the_document_does_not_know_is_refused(google: Google, path: str) -> None:
    assert asked(google, path) == 400


def test_a_field_that_the_document_does_not_know_is_refused(service: Make) -> None:
    tasks = service("tasks", "tasks").tasks()
    assert refused(tasks.insert(tasklist="@default", body={"title": "x", "priority": 1})) == (400, "invalid")
    assert refused(tasks.insert(tasklist="@default", body={"title": 7})) == (400, "invalid")


def test_a_body_that_is_no_json_is_refused(google: Google) -> None:
    assert asked(google, "/tasks/v1/users/@me/lists", b"title=x", "POST") == 400


def test_an_unknown_path_is_not_there(google: Google) -> None:
    assert asked(google, "/tasks/v2/users/@me/lists") == 404


def test_an_answer_outside_the_document_is_noticed() -> None:
    method, _ = route("GET", "/tasks/v1/users/@me/lists")
    check_answer(method, {"kind": "tasks#taskLists", "items": [{"id": "a", "title": "b"}]})
    with pytest.raises(ContractBroken):
        check_answer(method, {"items": [{"id": "a", "name": "b"}]})
    with pytest.raises(ContractBroken):
        check_answer(method, None)


def test_only_the_fields_that_are_asked_for_are_answered(service: Make) -> None:
    lists = service("tasks", "tasks").tasklists()
    assert lists.list(fields="items(title)").execute() == {"items": [{"title": "My Tasks"}]}
    assert set(lists.list(fields="items/id,etag").execute()) == {"items", "etag"}


def test_scopes_are_those_of_the_document(google: Google, service: Make) -> None:
    reader = service("calendar", "calendar.events.readonly")
    assert reader.events().list(calendarId="primary").execute()["items"] == []
    assert refused(reader.calendarList().list()) == (403, "insufficientPermissions")
    assert refused(reader.events().delete(calendarId="primary", eventId="abcde")) == (403, "insufficientPermissions")
    assert refused(service("tasks", "tasks.readonly").tasklists().insert(body={"title": "x"}))[0] == 403


def test_an_app_that_may_touch_its_own_calendars_cannot_touch_others(google: Google, service: Make) -> None:
    app = service("calendar", "calendar.app.created")
    times = {"start": {"dateTime": "2026-03-02T10:00:00Z"}, "end": {"dateTime": "2026-03-02T10:15:00Z"}}
    assert refused(app.events().insert(calendarId="primary", body=times)) == (403, "insufficientPermissions")
    own = app.calendars().insert(body={"summary": "afterview"}).execute()["id"]
    assert app.events().insert(calendarId=own, body=times).execute()["status"] == "confirmed"


def test_a_dead_token_is_refused(google: Google, service: Make) -> None:
    lists = service("tasks", "tasks").tasklists()
    google.grants.expire()
    with pytest.raises(Exception, match="refresh"):  # the client would refresh, and has nothing to do it with
        lists.list().execute()
    assert [status for _, status in google.asked] == [401]


def test_faults_strike_when_they_are_planned(google: Google, service: Make) -> None:
    lists = service("tasks", "tasks").tasklists()
    google.fail("tasks.tasklists.*", 429, "rateLimitExceeded", skip=1, retry_after="7")
    lists.list().execute()
    with pytest.raises(HttpError) as caught:
        lists.list().execute()
    assert caught.value.resp["retry-after"] == "7"
    assert json.loads(caught.value.content)["error"]["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    lists.list().execute()


def test_the_stock_client_repeats_an_insert_whose_answer_was_lost(google: Google, service: Make) -> None:
    google.trouble("tasks.tasks.insert", Trouble.LOST_AFTER)
    service("tasks", "tasks").tasks().insert(tasklist="@default", body={"title": "once"}).execute()
    assert len(google.calls("tasks.tasks.insert")) == 2  # which is why ours does not use its transport
