"""The set-up flow of CalDAV on real servers: from an address and a login to an account that works."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from afterview.integrations.caldav.events import open_events
from afterview.integrations.caldav.flow import Setup
from afterview.integrations.caldav.tasks import open_tasks
from afterview.integrations.flow import FlowContext, Purpose, Step, StepKind
from afterview.sync.identity import follow_up_key
from afterview.sync.model import TaskDraft, TaskFields
from tests import servers
from tests.accounts import START, MovedClock, Notebook, account, close
from tests.contract.rigs import Store

_NUMBERS = itertools.count()
SERVERS = ("radicale", "xandikos")


@pytest.fixture(params=SERVERS)
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(str(request.param))
    return found


def context(purpose: Purpose = Purpose.USER, **current: Any) -> FlowContext:
    return FlowContext(purpose, "Europe/Berlin", MovedClock(), "home", current)


def login(store: Store, **other: str) -> dict[str, str]:
    return {"url": store.url, "username": store.user, "password": store.password, **other}


def choices(step: Step, key: str) -> list[str]:
    return [choice.value for field in step.fields if field.key == key for choice in field.choices]


def test_from_nothing_to_a_working_account(store: Store) -> None:
    store.make("setup-read", "VEVENT", "Job hunt")
    store.make("setup-write", "VTODO", "Interviews")
    flow = Setup()
    assert flow.start(context()).id == "connect"
    calendars = flow.submit("connect", login(store))
    assert calendars.id == "calendars"
    assert "Job hunt" in choices(calendars, "calendars")
    assert "Interviews" not in choices(calendars, "calendars")
    lists = flow.submit("calendars", {"calendars": ["Job hunt"]})
    assert "Interviews" in choices(lists, "task_list")
    ring = flow.submit("task_list", {"task_list": "Interviews"})
    assert ring.id == "ring", ring
    assert ring.placeholders["proposed"] == "android"
    done = flow.submit("ring", {"ring_profile": "apple"})
    assert done.kind is StepKind.CREATE
    assert done.draft is not None
    assert done.draft.secrets == {"password": store.password}
    assert store.password not in str(done.draft.settings)
    assert done.draft.settings["calendars"] == ["Job hunt"]
    assert done.draft.settings["task_list"] == "Interviews"
    assert done.draft.memory["conditional"] is True
    assert done.draft.memory["alarms"] is True
    entry = account(dict(done.draft.settings), password=store.password, memory=Notebook(dict(done.draft.memory)))
    tasks = open_tasks(entry)
    assert tasks.read("", {}, full=False).present == frozenset()  # the trial task is gone
    tasks.create(TaskDraft(follow_up_key("x"), TaskFields(title="Thank Ana", due_at=START, ring_at=START)))
    assert open_events(entry).calendars() == ("Job hunt",)
    close(entry)


def test_a_list_is_made_where_there_is_none(store: Store) -> None:
    flow = Setup()
    flow.start(context())
    flow.submit("connect", login(store))
    flow.submit("calendars", {"calendars": []})
    ring = flow.submit("task_list", {"new_list": f"Follow-ups {store.name}"})
    assert ring.id == "ring", ring
    again = Setup()
    again.start(context())
    again.submit("connect", login(store))
    assert f"Follow-ups {store.name}" in choices(again.submit("calendars", {}), "task_list")


@pytest.mark.parametrize(
    ("change", "field", "key"),
    [
        ({"password": "wrong"}, "password", "invalid_auth"),
        ({"url": "http://127.0.0.1:1/"}, "base", "cannot_connect"),
        ({"url": "http://nowhere.invalid/"}, "url", "refused"),  # a password is not sent unencrypted
        ({"url": "ftp://127.0.0.1/"}, "url", "refused"),
    ],
)
def test_what_the_user_got_wrong_comes_back_as_the_same_step(
    store: Store, change: dict[str, str], field: str, key: str
) -> None:
    store.make(f"there-{next(_NUMBERS)}", "VEVENT")  # whatever other tests left
    flow = Setup()
    flow.start(context())
    step = flow.submit("connect", {**login(store), **change})
    assert step.id == "connect"
    assert dict(step.errors) == {field: key}
    assert flow.submit("connect", login(store)).id == "calendars"


def test_signing_in_again_keeps_everything_but_the_password(store: Store) -> None:
    settings = {
        "url": store.url + "/",
        "username": store.user,
        "calendars": ["A"],
        "task_list": "B",
        "ring_profile": "plain",
    }
    flow = Setup()
    assert flow.start(context(Purpose.REAUTH, **settings)).id == "reauth"
    wrong = flow.submit("reauth", {"username": store.user, "password": "wrong"})
    assert dict(wrong.errors) == {"password": "invalid_auth"}
    done = flow.submit("reauth", {"username": store.user, "password": store.password})
    assert done.draft is not None
    assert done.draft.settings == settings
    assert done.draft.secrets == {"password": store.password}


def test_reconfiguring_starts_from_what_there_is(store: Store) -> None:
    store.make("setup-again", "VTODO", "Other list")
    settings = {"url": store.url, "username": store.user, "calendars": [], "task_list": "Old", "ring_profile": "plain"}
    flow = Setup()
    start = flow.start(
        FlowContext(Purpose.RECONFIGURE, "UTC", MovedClock(), "home", settings, {"password": store.password})
    )
    assert {field.key: field.default for field in start.fields}["url"] == store.url
    flow.submit("connect", {"url": store.url, "username": store.user, "password": ""})
    flow.submit("calendars", {"calendars": []})
    ring = flow.submit("task_list", {"task_list": "Other list"})
    assert {field.key: field.default for field in ring.fields}["ring_profile"] == "plain"
    done = flow.submit("ring", {"ring_profile": "plain"})
    assert done.draft is not None
    assert done.draft.settings["task_list"] == "Other list"
    assert done.draft.secrets == {}


def test_a_user_without_any_calendar_is_told_so(tmp_path: Path) -> None:
    with servers.radicale(tmp_path) as server:
        flow = Setup()
        flow.start(context(Purpose.USER))
        step = flow.submit("connect", {"url": server.url + "/", "username": server.user, "password": server.password})
    assert dict(step.errors) == {"url": "no_calendars"}
