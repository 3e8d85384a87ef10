"""Answers from buttons: the real listener on this machine, friendly and hostile visitors, and the facts that come of it."""

import http.client
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from afterview.integrations.answering import AT_ONCE, Answering, AnswerListener
from afterview.sync.errors import ConfigError
from afterview.sync.ledger import Ledger
from afterview.sync.model import FactKind
from afterview.sync.ports import Push
from afterview.sync.rings import RingTerms, ring
from afterview.sync.tokens import token
from tests.unit.sync.engine.world import BO, DAY, HOUR, MONDAY, interview
from tests.unit.sync.rings.phone import EIGHTEEN, Rung, rung

KEY = b"k" * 32
URL = "https://me.example.org/afterview"


@dataclass
class Caller:
    """A phone, or somebody else."""

    port: int

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, body or None, headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, text

    def raw(self, sent: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(sent)
            received = b""
            try:
                while piece := connection.recv(65536):
                    received += piece
            except ConnectionError:
                pass
            return received


@dataclass
class Home:
    """A user with push, buttons and the listener."""

    phone: Rung
    caller: Caller
    heard: list[str]

    def push(self, at: datetime) -> Push:
        """Ring at a moment and return the push."""
        self.phone.world.now = at
        terms = RingTerms(
            self.phone.world.settings,
            "home",
            ("1",),
            sign=lambda question, until: f"{URL}/a/{token(KEY, question, until)}",
        )
        with Ledger.open(self.phone.world.path) as ledger:
            ring(ledger, terms, [self.phone.services[0].spec()], at)
        return self.phone.services[0].screen[-1]

    def facts(self) -> list[tuple[str, str]]:
        return [(fact.kind.value, fact.source) for fact in self.phone.world.facts() if fact.source == "push"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    phone = rung(tmp_path)
    heard: list[str] = []
    answering = Answering(tmp_path, KEY, phone.world.settings, lambda: phone.world.now, lambda: heard.append("answer"))
    listener = AnswerListener(answering, ("127.0.0.1", 0), connection_s=2)
    listener.start()
    yield Home(phone, Caller(listener.port), heard)
    listener.stop()


@pytest.fixture
def thanks(home: Home) -> Push:
    """The push for a thank-you."""
    home.phone.world.enter(interview())
    home.phone.world.run(at=MONDAY + 2 * HOUR)
    return home.push(EIGHTEEN)


@pytest.fixture
def question(home: Home) -> Push:
    """The push that asks whether there is an answer."""
    home.phone.world.enter(interview())
    home.phone.world.run(at=MONDAY + 2 * HOUR)
    home.push(EIGHTEEN)
    return home.push(MONDAY + 9 * DAY + 2 * HOUR)


def path_of(address: str) -> str:
    return address.removeprefix("https://me.example.org")


def button(push: Push, label: str) -> str:
    return next(path_of(one.url) for one in push.actions if one.label == label)


def test_a_thank_you_can_be_done_or_put_off(thanks: Push) -> None:
    assert [one.label for one in thanks.actions] == ["Done", "Later"]


def test_done_is_done_also_on_the_list(home: Home, thanks: Push) -> None:
    assert home.caller.call("POST", button(thanks, "Done")) == (
        200,
        home.caller.call("POST", button(thanks, "Done"))[1],
    )
    assert home.facts() == [("completed", "push")]
    assert home.heard == ["answer"]
    home.phone.world.run()
    assert home.phone.world.only("thank_you")[1].status.value == "done"


def test_later_rings_again_in_three_hours(home: Home, thanks: Push) -> None:
    status, text = home.caller.call("POST", button(thanks, "Later"))
    assert (status, "Noted. Thank you." in text) == (200, True)
    assert home.phone.next() == EIGHTEEN + 3 * HOUR
    home.phone.world.run(at=EIGHTEEN + 5 * timedelta(minutes=1))
    assert home.phone.world.only("thank_you")[1].ring_at == EIGHTEEN + 3 * HOUR
    home.phone.ring(EIGHTEEN + 3 * HOUR)
    assert len(home.phone.screen) == 2


def test_it_was_a_no_begins_what_a_no_begins(home: Home, question: Push) -> None:
    assert question.title == "Heard from Initech?"
    assert [one.label for one in question.actions] == ["It was a no", "Next round", "Not yet"]
    home.caller.call("POST", button(question, "It was a no"))
    assert home.facts() == [("completed", "push"), ("outcome", "push")]
    home.phone.world.run()
    assert "feedback" in [one.step for one in home.phone.world.thought().follow_ups if one.standing.value == "wanted"]


def test_a_no_can_be_taken_back(home: Home, question: Push) -> None:
    home.caller.call("POST", button(question, "It was a no"))
    outcome = next(fact for fact in home.phone.world.facts() if fact.kind is FactKind.OUTCOME)
    home.phone.world.record(FactKind.UNDONE, str(outcome.id))
    assert home.phone.world.thought().applications[0].outcome is None


def test_not_yet_asks_again_in_three_days_and_records_no_outcome(home: Home, question: Push) -> None:
    home.caller.call("POST", button(question, "Not yet"))
    assert home.facts() == [("snoozed", "push")]
    assert home.phone.next() == home.phone.world.now + 3 * DAY


def test_next_round_is_an_advance(home: Home, question: Push) -> None:
    home.caller.call("POST", button(question, "Next round"))
    outcome = home.phone.world.thought().applications[0].outcome
    assert outcome is not None
    assert outcome.value == "advanced"


def test_several_at_once_are_answered_at_once(home: Home) -> None:
    home.phone.world.enter(interview(guests=(BO,)), interview("u2", company="Globex"))
    home.phone.world.run(at=MONDAY + 2 * HOUR)
    push = home.push(EIGHTEEN)
    assert [one.label for one in push.actions] == ["All done", "All later"]
    home.caller.call("POST", button(push, "All done"))
    assert home.facts() == [("completed", "push")] * 2


def test_a_look_changes_nothing_and_offers_the_buttons(home: Home, question: Push) -> None:
    for path in (path_of(question.answers), button(question, "It was a no")):
        for method in ("GET", "HEAD"):
            assert home.caller.call(method, path)[0] == 200
    assert home.facts() == []
    _, page = home.caller.call("GET", path_of(question.answers))
    assert "Heard from Initech?" in page
    name = path_of(question.answers).rpartition("/")[2]
    assert re.findall(r'method="post" action="([^"]+)"', page) == [f"{name}/no", f"{name}/next", f"{name}/not_yet"]
    _, confirm = home.caller.call("GET", button(question, "It was a no"))
    assert re.findall(r'action="([^"]+)"', confirm) == ["no"]


def test_an_answer_counts_once(home: Home, question: Push) -> None:
    assert home.caller.call("POST", button(question, "It was a no"))[0] == 200
    status, text = home.caller.call("POST", button(question, "Next round"))
    assert (status, "answered already" in text) == (409, True)
    assert "answered already" in home.caller.call("GET", path_of(question.answers))[1]
    assert home.facts() == [("completed", "push"), ("outcome", "push")]


def test_a_double_tap_is_one_answer(home: Home, question: Push) -> None:
    address = button(question, "It was a no")
    threads = [threading.Thread(target=home.caller.call, args=("POST", address)) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert home.facts() == [("completed", "push"), ("outcome", "push")]


def test_what_was_ticked_on_the_phone_before_stays_as_it_is(home: Home, thanks: Push) -> None:
    home.phone.world.tasks.phone_complete(home.phone.world.only("thank_you")[0], EIGHTEEN)
    home.phone.world.run()
    assert home.caller.call("POST", button(thanks, "Later"))[0] == 200
    assert home.facts() == []


def test_after_three_days_an_address_opens_nothing(home: Home, question: Push) -> None:
    home.phone.world.now += 3 * DAY
    for method in ("GET", "POST"):
        status, text = home.caller.call(method, button(question, "It was a no"))
        assert (status, "nothing here" in text) == (404, True)
    assert home.facts() == []


def test_nobody_can_make_an_address_up(home: Home, question: Push) -> None:
    good = button(question, "It was a no")
    question_id, minute, mac = path_of(question.answers).rpartition("/")[2].split(".")
    forged = token(b"x" * 32, question_id, home.phone.world.now + DAY)
    other = [
        "/",
        "/a/",
        "/a/x/no",
        f"/a/{forged}/no",
        f"/a/{question_id}.{int(minute) + 1}.{mac}/no",
        f"/a/{'0' * 20}.{minute}.{mac}/no",
        good.removesuffix("no") + "done",
        good.removesuffix("no") + "erase",
        good + "/more",
        f"/a/{token(KEY, 'f' * 20, home.phone.world.now + DAY)}/no",
        "/a/../../etc/passwd",
        "/a/%00/no",
        "/" + "x" * 5000,
    ]
    seen = {home.caller.call(method, path) for path in other for method in ("GET", "POST")}
    assert seen == {home.caller.call("GET", "/favicon.ico")}, "one answer for everything that is not ours"
    assert home.facts() == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "X" * 100])
def test_other_methods_do_nothing(home: Home, question: Push, method: str) -> None:
    assert home.caller.call(method, button(question, "It was a no"))[0] == 501
    assert home.facts() == []


def test_bodies_are_bounded(home: Home, question: Push) -> None:
    good = button(question, "It was a no")
    assert home.caller.call("POST", good, b"x" * 2000)[0] == 413
    for head in (
        b"Content-Length: 99999999999999",
        b"Content-Length: 00000000099999999999",
        b"Content-Length: -1",
        b"Transfer-Encoding: chunked",
    ):
        assert b" 413 " in home.caller.raw(b"POST " + good.encode() + b" HTTP/1.1\r\n" + head + b"\r\n\r\n")
    assert home.facts() == []
    assert home.caller.call("POST", good, b"x=1")[0] == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET " + b"/" * 70000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"POST /a/x/no HTTP/1.1\r\nContent-Length: 900\r\n\r\nshort",
        b"GET / HTTP/9.9\r\n\r\n",
        b"",
    ],
)
def test_garbage_does_no_harm(home: Home, question: Push, sent: bytes) -> None:
    assert b"Traceback" not in home.caller.raw(sent)
    assert home.caller.call("GET", path_of(question.answers))[0] == 200


def test_who_drips_and_who_crowds_is_turned_away(home: Home, question: Push) -> None:
    slow = [socket.create_connection(("127.0.0.1", home.caller.port)) for _ in range(AT_ONCE)]
    for one in slow:
        one.sendall(b"GET /a")
    assert home.caller.raw(b"GET / HTTP/1.1\r\n\r\n") == b""
    for one in slow:
        one.settimeout(10)
        assert one.recv(10) == b"", "cut off after a while"
        one.close()
    assert home.caller.call("GET", path_of(question.answers))[0] == 200


def test_a_page_is_nobodys_frame_and_tells_nobody_where_it_came_from(home: Home, question: Push) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", home.caller.port, timeout=10)
    connection.request("GET", path_of(question.answers))
    headers = dict(connection.getresponse().getheaders())
    connection.close()
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Python" not in headers["Server"]


def test_titles_cannot_break_out_of_the_page(home: Home) -> None:
    home.phone.world.enter(interview(company="<script>alert(1)</script>"))
    home.phone.world.run(at=MONDAY + 2 * HOUR)
    push = home.push(EIGHTEEN)
    _, page = home.caller.call("GET", path_of(push.answers))
    assert "<script" not in page


def test_a_port_that_is_taken_is_said_in_a_sentence(home: Home, tmp_path: Path) -> None:
    answering = Answering(tmp_path, KEY, home.phone.world.settings, lambda: home.phone.world.now)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="cannot be listened on"):
            AnswerListener(answering, ("127.0.0.1", taken.getsockname()[1])).start()


def test_a_listener_that_was_stopped_listens_no_more(home: Home, tmp_path: Path) -> None:
    answering = Answering(tmp_path, KEY, home.phone.world.settings, lambda: home.phone.world.now)
    listener = AnswerListener(answering, ("127.0.0.1", 0))
    listener.start()
    listener.stop()
    listener.stop()
    with pytest.raises(ConnectionRefusedError):
        Caller(listener.port).call("GET", "/")
