"""A push to the companion app: what the phone is told, and what its buttons tell us."""

from collections.abc import Iterator
from typing import Any

import pytest

from afterview.integrations.home_assistant.buttons import Buttons, press_of
from afterview.integrations.home_assistant.client import Client
from afterview.integrations.home_assistant.notifier import Phone
from afterview.integrations.home_assistant.tokens import Consent
from afterview.sync.errors import AccountError, NotReady, Refused, Uncertain, WriteError
from afterview.sync.model import Choice
from afterview.sync.ports import Press, Push, PushAction, Urgency
from tests.accounts import MovedClock
from tests.fakes.home_assistant import LASTING, FakeHome

PHONE = "mobile_app_pixel"
QUESTION = "0123456789abcdef0123"


@pytest.fixture
def home() -> Iterator[FakeHome]:
    made = FakeHome(phones={PHONE: []})
    yield made
    made.close()


@pytest.fixture
def client(home: FakeHome) -> Iterator[Client]:
    made = Client(home.url, Consent(lasting=LASTING), MovedClock())
    yield made
    made.close()


def told(home: FakeHome, client: Client, push: Push) -> dict[str, Any]:
    Phone(client, f"notify.{PHONE}").send(push)
    (message,) = home.phones[PHONE]
    return message


def test_buttons_that_are_heard_are_home_assistants_own(home: FakeHome, client: Client) -> None:
    actions = (PushAction("No", f"Q{QUESTION}/no"), PushAction("Not yet", f"Q{QUESTION}/not_yet"))
    message = told(home, client, Push("Initech?", "Have you heard?", actions=actions, answers=f"Q{QUESTION}"))
    assert (message["title"], message["message"]) == ("Initech?", "Have you heard?")
    assert message["data"] == {
        "group": "afterview",
        "actions": [
            {"action": "AFTERVIEW_NO_Q0123456789ABCDEF0123", "title": "No"},
            {"action": "AFTERVIEW_NOT_YET_Q0123456789ABCDEF0123", "title": "Not yet"},
        ],
    }
    pressed = [press_of(one["action"]) for one in message["data"]["actions"]]
    assert pressed == [Press(QUESTION, Choice.NO), Press(QUESTION, Choice.NOT_YET)]


def test_other_buttons_open_the_page_of_answers_and_a_touch_opens_the_task(home: FakeHome, client: Client) -> None:
    page = "https://me.example.org/a/token"
    push = Push("x", "y", "https://tasks.example.org/1", (PushAction("Done", f"{page}/done"),), page, Urgency.HIGH)
    data = told(home, client, push)["data"]
    assert data["actions"] == [{"action": "URI", "title": "Done", "uri": f"{page}/done"}]
    assert data["url"] == data["clickAction"] == "https://tasks.example.org/1"
    assert data["importance"] == "high"


def test_a_look_says_whether_the_phone_is_there(client: Client) -> None:
    Phone(client, PHONE).check()
    with pytest.raises(Refused, match="mobile_app_other"):
        Phone(client, "mobile_app_other").check()


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ("home_assistant_error: Device not connected to local push notifications", NotReady),
        ("home_assistant_error: Something else", Uncertain),
        ("invalid_format", Refused),
        ("unauthorized", Refused),
    ],
)
def test_what_a_failed_push_means(
    home: FakeHome, client: Client, trouble: str, error: type[AccountError | WriteError]
) -> None:
    home.trouble = lambda _: trouble
    with pytest.raises(error):
        Phone(client, PHONE).send(Push("x", "y"))


def test_only_presses_of_our_own_buttons_are_heard(home: FakeHome, client: Client) -> None:
    for action in ("OTHER", "AFTERVIEW_NONSENSE_Q0123456789ABCDEF0123", "AFTERVIEW_DONE_T_1", ""):
        home.press(action)
    home.press("AFTERVIEW_LATER_Q0123456789ABCDEF0123")
    buttons = Buttons(client)
    buttons.open()
    heard = [buttons.wait(5) for _ in range(5)]
    assert heard == [None, None, None, None, Press(QUESTION, Choice.LATER)]
    assert buttons.wait(0) is None
    client.talk().close()
    with pytest.raises(NotReady):
        buttons.wait(5)


def test_who_is_no_administrator_hears_no_buttons(home: FakeHome, client: Client) -> None:
    home.admin = False
    with pytest.raises(Refused, match="administrator"):
        Buttons(client).open()
