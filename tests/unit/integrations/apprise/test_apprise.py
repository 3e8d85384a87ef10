"""Real Apprise against servers on this machine: what they are sent, and what every way of failing means."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from afterview.integrations.apprise.courier import Ending, Verdict, is_ntfy, order, verdict
from afterview.integrations.apprise.notifier import Address, _environment, open_notifier
from afterview.integrations.entry import Entry
from afterview.sync.errors import AfterviewError, AuthFailed, NotReady, Refused, Uncertain
from afterview.sync.ports import Push, PushAction, Urgency
from tests.accounts import MovedClock, Notebook
from tests.fakes.web import Answered, Asked, WebServer

PUSH = Push(
    "Heard from Initech, Köln?",
    "By Friday\nwith {braces} and <b>tags</b>",
    link="https://cloud.example.org/apps/tasks/a%20b",
    actions=(
        PushAction("It was a no", "https://me.example.org/a/t/no"),
        PushAction("Später", "https://me.example.org/a/t/later"),
    ),
    answers="https://me.example.org/a/t",
    urgency=Urgency.HIGH,
)
SECRET = "tk_verysecret"


def address(url: str, limit_s: float = 60.0) -> Address:
    entry = Entry("1", "apprise", {}, lambda _: url, Notebook(), MovedClock(), "UTC")
    made = open_notifier(entry)
    made._limit_s = limit_s
    return made


@pytest.fixture
def server() -> Iterator[WebServer]:
    running = WebServer(always(200, b"{}"))
    yield running
    running.close()


def always(status: int, body: bytes = b"", location: str = "") -> Callable[[Asked], Answered]:
    def answer(_: Asked) -> Answered:
        return Answered(status, body, {"Location": location} if location else {})

    return answer


def only(server: WebServer) -> Asked:
    ((asked, _),) = server.log
    return asked


def test_ntfy_gets_text_link_urgency_and_buttons(server: WebServer) -> None:
    address(f"ntfy://{SECRET}@127.0.0.1:{server.port}/jobs").send(PUSH)
    asked = only(server)
    body = json.loads(asked.body)
    assert (body["topic"], body["title"], body["message"]) == ("jobs", PUSH.title, PUSH.body)
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert asked.headers["x-click"] == "https://cloud.example.org/apps/tasks/a%20b"
    assert asked.headers["x-priority"] == "high"
    assert json.loads(asked.headers["x-actions"]) == [
        {"action": "http", "label": one.label, "url": one.url, "method": "POST", "clear": True} for one in PUSH.actions
    ]
    assert "x-icon" not in asked.headers


def test_services_without_buttons_get_the_addresses_in_the_text(server: WebServer) -> None:
    address(f"json://127.0.0.1:{server.port}/hook").send(PUSH)
    body = json.loads(only(server).body)
    assert body["title"] == PUSH.title
    assert body["message"] == f"{PUSH.body}\n{PUSH.link}\n{PUSH.answers}"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, AuthFailed),
        (403, AuthFailed),
        (404, Refused),
        (413, Refused),
        (302, Refused),
        (429, NotReady),
        (500, NotReady),
        (503, NotReady),
        (504, Uncertain),
        (408, Uncertain),
    ],
)
def test_an_answer_that_says_no_was_not_sent(server: WebServer, status: int, error: type[AfterviewError]) -> None:
    server.answer = always(status, location="http://127.0.0.1:9/elsewhere" if status == 302 else "")
    with pytest.raises(error) as raised:
        address(f"ntfy://{SECRET}@127.0.0.1:{server.port}/jobs").send(PUSH)
    assert SECRET not in str(raised.value)
    assert "jobs" not in str(raised.value)
    assert len(server.log) == 1


def test_no_server_is_certainly_not_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotReady, match="ntfy cannot be reached"):
        address(f"ntfy://127.0.0.1:{port}/jobs").send(PUSH)


def test_a_lost_answer_is_uncertain(server: WebServer) -> None:
    server.answer = always(0)
    with pytest.raises(Uncertain, match="may have come"):
        address(f"ntfy://127.0.0.1:{server.port}/jobs").send(PUSH)
    assert len(server.log) == 1, "never sent twice"


def test_a_service_that_hangs_is_left(server: WebServer) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        url = f"ntfy://127.0.0.1:{deaf.getsockname()[1]}/jobs"
        with pytest.raises(Uncertain, match="may have come"):
            address(url, limit_s=3).send(PUSH)


def test_a_process_that_is_too_slow_to_begin_has_sent_nothing(server: WebServer) -> None:
    with pytest.raises(NotReady, match="broke off"):
        address(f"ntfy://127.0.0.1:{server.port}/jobs", limit_s=0.01).send(PUSH)
    assert server.log == []


def test_a_push_under_way_is_finished_when_everybody_is_told_to_stop(server: WebServer) -> None:
    order_given = order(f"ntfy://127.0.0.1:{server.port}/jobs", PUSH).encode()
    words = [sys.executable, "-P", "-m", "afterview.integrations.apprise.client"]
    with subprocess.Popen(words, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def stop(_: Asked) -> Answered:
            process.send_signal(signal.SIGTERM)
            return Answered(200, b"{}")

        server.answer = stop
        said, _ = process.communicate(order_given, timeout=60)
    assert Verdict.read(said.decode()) == Verdict(Ending.SENT, "ntfy")


def test_one_topic_of_two_that_failed_is_not_sent_again(server: WebServer) -> None:
    def first_only(_: Asked) -> Answered:
        return Answered(503 if server.log else 200)

    server.answer = first_only
    with pytest.raises(Uncertain):
        address(f"ntfy://127.0.0.1:{server.port}/jobs/more").send(PUSH)


CONFIGURATION = "http://127.0.0.1/conf.yml"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "/etc/passwd", "include file:///etc/passwd", "no://x", CONFIGURATION, "x" * 9000, ""]
)
def test_only_the_addresses_of_push_services_are_understood(url: str) -> None:
    with pytest.raises(Refused, match="none that Apprise can use"):
        address(url).send(PUSH)


def test_a_crafted_address_reads_no_file_and_follows_no_redirect(server: WebServer, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("very secret")
    server.answer = always(307, location="http://127.0.0.1:9/")
    with pytest.raises(Refused):
        address(f"ntfy://127.0.0.1:{server.port}/jobs?attach={tmp_path}/secret.txt&redirect=yes&retry=3").send(PUSH)
    assert len(server.log) == 1
    assert b"secret" not in only(server).body


def test_what_the_process_says_is_never_believed_too_much() -> None:
    assert Verdict.read("sending\n") == Verdict(Ending.UNSURE)
    assert Verdict.read('sending\n{"ending": "sent"}') == Verdict(Ending.UNSURE)
    assert Verdict.read("") == Verdict(Ending.BROKEN), "it had not begun"
    assert verdict("ntfy", [], 1).ending is Ending.UNSURE
    failed = [("WARNING", "Failed to send: error=503.")]
    assert verdict("ntfy", failed, 1).ending is Ending.LATER
    assert verdict("ntfy", failed, 2).ending is Ending.UNSURE


def test_the_words_of_a_push_prove_nothing_about_it() -> None:
    said = "Payload: {'message': 'Socket Exception: Connection refused, error=404'}"
    assert verdict("ntfy", [("DEBUG", said)], 1).ending is Ending.UNSURE


@pytest.mark.parametrize(("reply", "ending"), [(535, Ending.AUTH), (451, Ending.LATER), (550, Ending.REFUSED)])
def test_a_mail_server_that_says_no_has_sent_nothing(reply: int, ending: Ending) -> None:
    line = ("DEBUG", f"Socket Exception: ({reply}, b'5.7.8 nothing doing')")
    assert verdict("E-Mail", [line], 1).ending is ending


@pytest.mark.parametrize(("url", "known"), [("ntfys://t", True), ("https://ntfy.sh/t", True), ("json://h", False)])
def test_buttons_are_for_ntfy(url: str, *, known: bool) -> None:
    assert is_ntfy(url) is known
    assert address(url).capabilities().actions is known


def test_an_address_is_looked_at_without_sending_anything(server: WebServer) -> None:
    address(f"ntfy://127.0.0.1:{server.port}/jobs").check()
    assert server.log == []
    with pytest.raises(Refused):
        address("ntfy://").check()
