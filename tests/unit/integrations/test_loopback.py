"""The listener waits for the one answer that is ours, and nothing else moves it."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from afterview.integrations.loopback import Listener
from tests.fakes.google.browser import get

STATE = "state-that-nobody-guesses"


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener(STATE)
    yield made
    made.close()


def place(listener: Listener) -> tuple[str, int]:
    parts = urlsplit(listener.address)
    assert parts.hostname == "127.0.0.1"
    assert parts.port
    return parts.hostname, parts.port


def say(listener: Listener, raw: bytes) -> bytes:
    """Send bytes as they are and return what comes back."""
    with socket.create_connection(place(listener), timeout=5) as connection:
        connection.sendall(raw)
        with suppress(OSError):  # it has hung up already
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_the_answer_with_our_state_ends_the_waiting(listener: Listener) -> None:
    assert not listener.wait(0)
    status, page, _ = get(f"{listener.address}?state={STATE}&code=4%2Fabc&scope=a%20b")
    assert status == 200
    assert "close this page" in page
    assert listener.wait(5)
    assert listener.answer == {"state": STATE, "code": "4/abc", "scope": "a b"}


def test_a_refusal_is_an_answer_too(listener: Listener) -> None:
    get(f"{listener.address}?state={STATE}&error=access_denied")
    assert listener.wait(5)
    assert listener.answer["error"] == "access_denied"


@pytest.mark.parametrize(
    "target",
    [
        "/favicon.ico",
        "/",
        "/?code=stolen",
        "/?code=stolen&state=wrong",
        f"/?state={STATE}",
        f"/elsewhere?code=x&state={STATE}",
        "/?" + "&".join(f"a{n}=1" for n in range(500)) + f"&code=x&state={STATE}",
        "/?state=%FF%00&code=%0d%0aSet-Cookie:%20a=b",
        "//[bad?code=x",
    ],
)
def test_a_stray_request_is_turned_away_and_the_waiting_goes_on(listener: Listener, target: str) -> None:
    connection = http.client.HTTPConnection(*place(listener), timeout=5)
    connection.request("GET", target)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 404
    assert b"stolen" not in body
    assert not listener.wait(0)
    get(f"{listener.address}?state={STATE}&code=right")
    assert listener.wait(5)
    assert listener.answer["code"] == "right"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x16\x03\x01\x02\x00\x01\x00",  # a browser that tries TLS
        b"\x00" * 4096,
        b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\ncode=x",
        b"GET / HTTP/9.9\r\n\r\n",
    ],
)
def test_what_is_no_request_at_all_hurts_nothing(
    listener: Listener, raw: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    try:
        answer = say(listener, raw)
    except ConnectionError:
        answer = b""
    assert b" 200 " not in answer.partition(b"\r\n")[0]
    get(f"{listener.address}?state={STATE}&code=right")
    assert listener.wait(5)
    assert capfd.readouterr() == ("", "")


def test_connections_that_say_nothing_keep_nobody_out(listener: Listener) -> None:
    silent = [socket.create_connection(place(listener), timeout=5) for _ in range(10)]  # browsers connect ahead
    get(f"{listener.address}?state={STATE}&code=right")
    assert listener.wait(5)
    for connection in silent:
        connection.close()


def test_only_the_first_answer_counts_and_a_reload_is_answered(listener: Listener) -> None:
    get(f"{listener.address}?state={STATE}&code=first")
    assert listener.wait(5)
    assert get(f"{listener.address}?state={STATE}&code=second")[0] == 200
    assert listener.answer["code"] == "first"


def test_the_time_is_limited() -> None:
    seconds = [0.0]
    listener = Listener(STATE, timer=lambda: seconds[0])
    seconds[0] = 299.0
    assert not listener.wait(0)
    seconds[0] = 300.0
    assert listener.wait(0)
    assert listener.answer == {}
    listener.close()


def test_closed_means_closed() -> None:
    listener = Listener(STATE)
    listener.close()
    listener.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(place(listener), timeout=5)
