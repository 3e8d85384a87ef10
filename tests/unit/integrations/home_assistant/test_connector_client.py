"""The connection of the connector: what is asked again, what never is, and where tokens go."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from afterview.integrations.home_assistant.client import Client, Failed, Limits
from afterview.integrations.home_assistant.reach import ListReach
from afterview.integrations.home_assistant.tokens import Consent, home_of
from afterview.sync.errors import AccountError, AuthFailed, ListGone, NotReady, Refused, Rejected, Uncertain, WriteError
from afterview.sync.ports import Traffic
from tests.accounts import START, MovedClock
from tests.fakes.home_assistant import LASTING, FakeHome, Json
from tests.fakes.todo import FakeList
from tests.fakes.web import Answered, WebServer

LIST = "todo.inbox"
ADD = {"domain": "todo", "service": "add_item", "service_data": {"item": "x"}, "target": {"entity_id": LIST}}


@pytest.fixture
def home() -> Iterator[FakeHome]:
    made = FakeHome({LIST: FakeList()})
    yield made
    made.close()


@pytest.fixture
def client(home: FakeHome) -> Iterator[Client]:
    made = Client(home.url, Consent(lasting=LASTING), MovedClock())
    yield made
    made.close()


def once(trouble: str, service: str = "") -> Callable[[Json], str]:
    """Let one command go wrong."""
    left = [trouble]
    return lambda asked: left.pop() if left and (not service or asked.get("service") == service) else ""


def titles(home: FakeHome) -> list[str]:
    return [one.title for one in home.lists[LIST].kept.values()]


def refused(client: Client, error: type[AccountError], words: str = "sign in again") -> None:
    """Show that neither way in is open."""
    with pytest.raises(error, match=words):
        client.ask("get_states")
    with pytest.raises(error, match=words):
        client.get("config")


@pytest.mark.parametrize("trouble", ["cut", "lose"])
def test_a_question_is_asked_once_more_over_a_new_connection(home: FakeHome, client: Client, trouble: str) -> None:
    client.ask("get_states")
    home.trouble = once(trouble)
    assert client.ask("get_states")[0]["entity_id"] == LIST
    assert home.log.count("get_states") == 3


def test_a_question_that_is_never_answered_is_not_asked_for_ever(home: FakeHome, client: Client) -> None:
    home.trouble = lambda _: "cut"
    with pytest.raises(NotReady):
        client.ask("get_states")
    assert home.log.count("get_states") == 2


@pytest.mark.parametrize(("trouble", "there"), [("cut", []), ("lose", ["x"])])
def test_a_change_whose_answer_was_lost_is_uncertain_and_sent_once(
    home: FakeHome, client: Client, trouble: str, there: list[str]
) -> None:
    home.trouble = once(trouble)
    with pytest.raises(Uncertain):
        client.ask("call_service", changes=True, **ADD)
    assert home.log.count("todo.add_item") == 1
    assert titles(home) == there


def test_a_change_goes_over_a_new_connection_where_the_old_one_is_known_to_be_gone(
    home: FakeHome, client: Client
) -> None:
    client.ask("get_states")
    client.talk().close()
    client.ask("call_service", changes=True, **ADD)
    assert titles(home) == ["x"]


def test_an_answer_that_does_not_come_is_waited_for_no_longer(home: FakeHome) -> None:
    client = Client(home.url, Consent(lasting=LASTING), MovedClock(), limits=Limits(answer_s=0))
    with pytest.raises(Uncertain, match="in time"):
        client.ask("call_service", changes=True, **ADD)
    with pytest.raises(NotReady, match="in time"):
        client.ask("get_states")
    client.close()


def test_an_answer_without_end_is_not_read(home: FakeHome) -> None:
    home.lists = {f"todo.{number}{'x' * 1000}": FakeList() for number in range(1000)}
    client = Client(home.url, Consent(lasting=LASTING), MovedClock(), limits=Limits(answer_bytes=2**20))
    with pytest.raises(NotReady, match="more than 1 MB"):
        client.ask("get_states")
    client.close()


def test_a_token_that_is_not_accepted_means_signing_in_again(home: FakeHome) -> None:
    client = Client(home.url, Consent(lasting="wrong"), MovedClock())
    refused(client, AuthFailed)
    client.close()


def test_access_is_renewed_when_it_ends_or_is_taken_back_and_with_the_consent_it_is_over(home: FakeHome) -> None:
    clock = MovedClock()
    home.refresh["refresh-1"] = "http://127.0.0.1:9/"
    client = Client(home.url, Consent("refresh-1", "http://127.0.0.1:9/"), clock)
    client.get("config")
    client.ask("get_states")
    assert home.log.count("POST /auth/token") == 1
    clock.now = START + timedelta(minutes=29)
    client.get("config")
    assert home.log.count("POST /auth/token") == 2
    home.tokens.clear()  # Home Assistant knows it no more
    client.get("config")
    client.close()
    home.tokens.clear()
    client.ask("get_states")
    assert home.log.count("POST /auth/token") == 4
    client.close()
    home.tokens.clear()
    home.refresh.clear()
    refused(client, AuthFailed)
    client.close()


def test_everything_is_counted(home: FakeHome, client: Client) -> None:
    client.get("config")
    client.ask("get_states")
    client.talk().close()
    client.ask("get_states")
    seen = client.traffic()
    assert seen.requests == 5  # one over REST; twice a token and a command
    assert seen.bytes_in > 400
    assert seen.bytes_out > 200
    assert Client(home.url, Consent(lasting=LASTING), MovedClock()).traffic() == Traffic()


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/api/websocket", 404, Refused),  # a proxy that does not pass it on
        ("/api/websocket", 502, NotReady),
        ("/api/config", 503, NotReady),
        ("/api/config", 403, Refused),  # this machine is banned
    ],
)
def test_what_a_proxy_or_a_ban_answers(
    home: FakeHome, client: Client, path: str, status: int, error: type[AccountError]
) -> None:
    home.statuses[path] = status
    with pytest.raises(error):
        client.ask("get_states") if path == "/api/websocket" else client.get("config")


def test_what_is_no_home_assistant_gets_no_token(home: FakeHome, client: Client) -> None:
    home.hello = "welcome"
    with pytest.raises(Refused):
        client.ask("get_states")
    assert home.log == []


@pytest.mark.parametrize("consent", [Consent(lasting=LASTING), Consent("refresh-1", "http://127.0.0.1:9/")])
@pytest.mark.parametrize(("url", "at_home"), [("http://192.168.1.5:8123", False), ("http://93.184.215.14:8123", True)])
def test_a_token_is_not_sent_unencrypted_to_another_machine_unless_that_was_agreed_and_it_is_near(
    url: str, consent: Consent, *, at_home: bool
) -> None:
    refused(Client(url, consent, MovedClock(), at_home=at_home), Refused, "unencrypted")


def test_a_server_that_nobody_vouches_for_gets_no_token() -> None:
    server = WebServer(lambda _: Answered(200, b"{}"), tls=True)
    client = Client(server.url, Consent(lasting=LASTING), MovedClock())
    refused(client, Refused, "certificate")
    client.close()
    assert server.log == []
    server.close()


def test_nobody_there() -> None:
    client = Client("http://127.0.0.1:9", Consent(lasting=LASTING), MovedClock())
    with pytest.raises(NotReady, match="refuses the connection"):
        client.ask("get_states")


def test_a_list_that_is_missing_or_away_is_never_an_empty_one(home: FakeHome, client: Client) -> None:
    reach = ListReach(client, LIST)
    assert reach.items(fresh=True) == ()
    home.away = {LIST}
    with pytest.raises(NotReady):
        reach.items(fresh=True)
    home.away, home.unread = set(), {LIST}
    with pytest.raises(NotReady):
        reach.items(fresh=True)
    home.unread, home.running = set(), False  # it starts, and the entity comes later
    del home.lists[LIST]
    with pytest.raises(NotReady):
        reach.items(fresh=True)
    home.running = True
    with pytest.raises(ListGone):
        reach.items(fresh=True)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("not_found", NotReady),
        ("invalid_format", Rejected),
        ("service_validation_error", Rejected),
        ("unauthorized", Rejected),
        ("home_assistant_error", Uncertain),
        ("unknown_error", Uncertain),
    ],
)
def test_what_a_refused_change_means(
    home: FakeHome, client: Client, code: str, error: type[AccountError | WriteError]
) -> None:
    reach = ListReach(client, LIST)
    home.trouble = once(code, "remove_item")
    with pytest.raises(error):
        reach.remove("x")


def test_a_failed_question_says_why(home: FakeHome, client: Client) -> None:
    home.trouble = once("unknown_command")
    with pytest.raises(Failed, match="It does not work") as failed:
        client.ask("get_states")
    assert failed.value.code == "unknown_command"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("http://homeassistant.local:8123", "http://homeassistant.local:8123"),
        (" https://ha.example.org/lovelace/0?x=1 ", "https://ha.example.org"),
        ("homeassistant.local:8123", "http://homeassistant.local:8123"),
        ("http://[fd00::5]:8123/", "http://[fd00::5]:8123"),
        ("https://user:word@ha.example.org", "https://ha.example.org"),
        ("ftp://ha.example.org", ""),
        ("http://", ""),
        ("http://ha:port", ""),
        ("", ""),
    ],
)
def test_an_address_as_people_type_it(typed: str, meant: str) -> None:
    assert home_of(typed) == meant
