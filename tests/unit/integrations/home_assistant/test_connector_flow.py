"""The set-up of the connector: what is asked, what is tried, and what comes of it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from afterview.integrations.flow import FlowContext, Purpose, Step, StepKind
from afterview.integrations.home_assistant.flow import Setup
from afterview.integrations.home_assistant.tokens import Consent
from tests.accounts import MovedClock
from tests.fakes.google.browser import get
from tests.fakes.home_assistant import LASTING, FakeHome
from tests.fakes.todo import FakeCalendars, FakeList

LIST, PHONE = "todo.inbox", "mobile_app_pixel"


@pytest.fixture
def home() -> Iterator[FakeHome]:
    made = FakeHome(
        {LIST: FakeList(), "todo.shopping": FakeList()},
        FakeCalendars({"calendar.personal": {}}),
        bits={"todo.shopping": 1 | 2 | 4},
        phones={PHONE: [], "notify": []},
    )
    yield made
    made.close()


def context(purpose: Purpose = Purpose.USER, token: str = "", **current: Any) -> FlowContext:
    return FlowContext(purpose, "Europe/Berlin", MovedClock(), "home", current, {"token": token} if token else {})


def choices(step: Step) -> list[str]:
    return [choice.value for field in step.fields for choice in field.choices]


def signed_in(home: FakeHome, flow: Setup) -> Step:
    flow.start(context())
    assert flow.submit("connect", {"url": home.url}).id == "sign_in"
    assert flow.submit("sign_in", {"option": "token"}).placeholders["page"].startswith(home.url)
    return flow.submit("token", {"token": LASTING})


def test_from_an_address_to_a_working_account(home: FakeHome) -> None:
    flow = Setup()
    calendars = signed_in(home, flow)
    assert choices(calendars) == ["calendar.personal"]
    lists = flow.submit("calendars", {"calendars": ["calendar.personal"]})
    assert choices(lists) == [LIST]
    assert "Shopping [todo.shopping] (items have no due date)" in lists.placeholders["unfit"]
    phone = flow.submit("task_list", {"task_list": LIST})
    assert home.lists[LIST].log.count("add") == 1  # it was tried out
    assert home.lists[LIST].kept == {}
    assert choices(phone) == [PHONE]
    done = flow.submit("phone", {"notify": PHONE})
    assert len(home.phones[PHONE]) == 1
    assert done.kind is StepKind.CREATE
    assert done.draft is not None
    assert done.draft.unique_id == "home_assistant:user-1"
    assert done.draft.secrets == {"token": LASTING}
    assert done.draft.settings == {
        "url": home.url,
        "unencrypted": False,
        "calendars": ["calendar.personal"],
        "task_list": LIST,
        "vanishing": False,
        "notify": PHONE,
    }


def at_the_page(home: FakeHome, step: Step) -> str:
    """Sign in at the page of a step, as a browser does; return where it is sent."""
    assert step.kind is StepKind.BROWSER
    assert step.url.startswith(f"{home.url}/auth/authorize?")
    asked = {name: one[0] for name, one in parse_qs(urlsplit(step.url).query).items()}
    assert asked["redirect_uri"] == asked["client_id"]
    home.codes["code-1"] = asked["client_id"]
    return f"{asked['redirect_uri']}?code=code-1&state={asked['state']}"


@pytest.mark.parametrize("pasting", [False, True])
def test_signing_in_with_a_browser_here_or_elsewhere(home: FakeHome, *, pasting: bool) -> None:
    flow = Setup()
    flow.start(context())
    flow.submit("connect", {"url": home.url})
    step = flow.submit("sign_in", {"option": "browser"})
    target = at_the_page(home, step)
    assert step.arrival is not None
    if not pasting:
        assert get(target)[0] == 200
        assert step.arrival.wait(5)
    after = flow.submit("browser", {"address": target if pasting else ""})
    step.arrival.close()
    assert after.id == "calendars", after
    flow.submit("calendars", {"calendars": ["calendar.personal"]})
    flow.submit("task_list", {"task_list": ""})
    done = flow.submit("phone", {"notify": ""})
    assert done.draft is not None
    kept = Consent.read(done.draft.secrets["token"])
    assert (kept.refresh_token, kept.client_id) == ("refresh-1", target.partition("?")[0])


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("http://127.0.0.1:1/?state=x", "not_the_address"),
        ("http://127.0.0.1:1/?code=1&state=other", "other_attempt"),
        ("STATE&error=access_denied", "denied"),
        ("STATE&code=unknown", "code_spent"),
    ],
)
def test_a_sign_in_that_comes_to_nothing_says_why(home: FakeHome, given: str, error: str) -> None:
    flow = Setup()
    flow.start(context())
    flow.submit("connect", {"url": home.url})
    step = flow.submit("sign_in", {"option": "browser"})
    state = parse_qs(urlsplit(step.url).query)["state"][0]
    after = flow.submit("browser", {"address": given.replace("STATE", f"http://127.0.0.1:1/?state={state}")})
    assert dict(after.errors) == {"base": error}
    assert (after.url == step.url) is (error in {"not_the_address", "other_attempt"})
    for one in (step.arrival, after.arrival):
        assert one is not None
        one.close()


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("nonsense nonsense", "not_an_address"),
        ("http://127.0.0.1:9", "cannot_connect"),
        ("http://nowhere.invalid:8123", "cannot_connect"),
    ],
)
def test_an_address_that_leads_nowhere(address: str, error: str) -> None:
    flow = Setup()
    flow.start(context())
    assert dict(flow.submit("connect", {"url": address}).errors) == {"url": error}


@pytest.mark.parametrize(("status", "error"), [(404, "not_home_assistant"), (503, "cannot_connect")])
def test_somebody_else_at_the_address(home: FakeHome, status: int, error: str) -> None:
    home.statuses["/auth/providers"] = status
    flow = Setup()
    flow.start(context())
    assert dict(flow.submit("connect", {"url": home.url}).errors) == {"url": error}


def test_without_tls_a_sign_in_goes_to_another_machine_only_if_the_user_agrees(home: FakeHome) -> None:
    elsewhere = home.url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 -- reaches this machine, and is no loopback address
    flow = Setup()
    flow.start(context())
    asked = flow.submit("connect", {"url": elsewhere})
    assert asked.id == "unencrypted"
    assert asked.fields[0].default is False
    assert dict(flow.submit("unencrypted", {"unencrypted": False}).errors) == {"url": "https_needed"}
    flow.submit("connect", {"url": elsewhere})
    assert flow.submit("unencrypted", {"unencrypted": True}).id == "sign_in"
    flow.submit("sign_in", {"option": "token"})
    assert flow.submit("token", {"token": LASTING}).id == "calendars"


def test_what_the_user_got_wrong_comes_back_as_the_same_step(home: FakeHome) -> None:
    flow = Setup()
    signed_in(home, flow)
    assert dict(flow.submit("token", {"token": "two words"}).errors) == {"token": "not_a_token"}
    assert dict(flow.submit("token", {"token": "wrong"}).errors) == {"token": "token_refused"}
    flow.submit("token", {"token": LASTING})
    flow.submit("calendars", {"calendars": []})
    home.trouble = lambda asked: "service_validation_error" if asked.get("service") == "add_item" else ""
    assert dict(flow.submit("task_list", {"task_list": LIST}).errors) == {"task_list": "list_failed"}
    assert flow.submit("task_list", {"task_list": ""}).id == "phone"
    home.trouble = lambda asked: "not_found" if asked.get("domain") == "notify" else ""
    assert dict(flow.submit("phone", {"notify": PHONE}).errors) == {"notify": "push_failed"}
    assert dict(flow.submit("phone", {"notify": ""}).errors) == {"calendars": "nothing_chosen"}


def test_signing_in_again_keeps_everything_but_the_token(home: FakeHome) -> None:
    settings: dict[str, Any] = {"url": home.url, "calendars": ["calendar.personal"], "task_list": LIST, "notify": PHONE}
    flow = Setup()
    assert flow.start(context(Purpose.REAUTH, **settings)).id == "reauth"
    flow.submit("reauth", {"url": home.url})
    flow.submit("sign_in", {"option": "token"})
    done = flow.submit("token", {"token": LASTING})
    assert done.draft is not None
    assert done.draft.settings == {**settings, "unencrypted": False, "vanishing": False}


def test_reconfiguring_needs_no_new_sign_in_while_the_old_one_holds(home: FakeHome) -> None:
    settings: dict[str, Any] = {"url": home.url, "calendars": ["calendar.personal"], "task_list": LIST, "notify": ""}
    flow = Setup()
    flow.start(context(Purpose.RECONFIGURE, LASTING, **settings))
    step = flow.submit("connect", {"url": home.url})
    assert step.id == "calendars"
    assert step.fields[0].default == ["calendar.personal"]
    flow = Setup()
    flow.start(context(Purpose.RECONFIGURE, "wrong", **settings))
    assert flow.submit("connect", {"url": home.url}).id == "sign_in"


def test_a_home_assistant_that_fails_now_can_be_asked_again(home: FakeHome) -> None:
    home.trouble = lambda _: "unknown_error"
    flow = Setup()
    assert signed_in(home, flow).id == "trouble"
    home.trouble = lambda _: ""
    assert flow.submit("trouble", {"option": "try_again"}).id == "calendars"
