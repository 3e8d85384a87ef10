"""HTTP as the services use it: what is refused before it is sent, what is lost, and where the login goes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from afterview.integrations.http import Lost, Web, check_private, is_at_home, is_loopback, retry_at
from afterview.sync.errors import NotReady, Refused
from tests.accounts import START, MovedClock
from tests.fakes.web import Answered, Asked, WebServer


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[Asked], Answered]], WebServer]]:
    running: list[WebServer] = []

    def start(answer: Callable[[Asked], Answered]) -> WebServer:
        running.append(WebServer(answer))
        return running[-1]

    yield start
    for server in running:
        server.close()


@pytest.fixture
def web() -> Iterator[Web]:
    made = Web("the service", MovedClock(), "me", "secret")
    yield made
    made.close()


def always(answer: Answered) -> Callable[[Asked], Answered]:
    return lambda _: answer


Serve = Callable[[Callable[[Asked], Answered]], WebServer]


def test_a_request_is_sent_with_the_login_and_counted(serve: Serve, web: Web) -> None:
    server = serve(always(Answered(200, b"hello")))
    reply = web.request("PUT", f"{server.url}/x", b"body")
    assert (reply.status, reply.text()) == (200, "hello")
    asked = server.log[0][0]
    assert asked.body == b"body"
    assert asked.headers["authorization"].startswith("Basic ")
    assert asked.headers["content-length"] == "4"
    traffic = web.traffic()
    assert (traffic.requests, traffic.bytes_in >= 5, traffic.bytes_out >= 4) == (1, True, True)


def test_a_read_follows_redirects_and_a_write_does_not(serve: Serve, web: Web) -> None:
    def answer(asked: Asked) -> Answered:
        return Answered(301, headers={"Location": "/new"}) if asked.path == "/old" else Answered(200, b"here")

    server = serve(answer)
    reply = web.request("PROPFIND", f"{server.url}/old")
    assert (reply.status, reply.url) == (200, f"{server.url}/new")
    assert server.log[1][0].method == "PROPFIND"
    assert server.log[1][0].headers["authorization"]
    assert web.request("PUT", f"{server.url}/old", b"x").status == 301
    assert web.request("DELETE", f"{server.url}/old").status == 301


def test_redirects_in_a_circle_end(serve: Serve, web: Web) -> None:
    server = serve(always(Answered(302, headers={"Location": "/again"})))
    with pytest.raises(Refused, match="one redirect after another"):
        web.request("GET", server.url)
    assert len(server.log) < 10


def test_another_host_never_gets_the_login(serve: Serve, web: Web) -> None:
    elsewhere = serve(always(Answered(200)))
    there = elsewhere.url.replace("127.0.0.1", "localhost")
    server = serve(always(Answered(302, headers={"Location": there})))
    web.request("GET", server.url)
    assert "authorization" not in elsewhere.log[0][0].headers


@pytest.mark.parametrize("url", ["http://dav.example.org/", "http://192.0.2.1/", "http://localhost.example.org/"])
def test_a_password_goes_over_tls_or_to_this_machine_only(web: Web, url: str) -> None:
    with pytest.raises(Refused, match="unencrypted"):
        web.request("GET", url)
    assert web.traffic().requests == 0


def test_this_machine_is_recognised() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.8.8.8", "::1")))
    assert not any(map(is_loopback, ("example.org", "10.0.0.1", "127.0.0.1.example.org", "")))
    check_private("https://example.org/")
    check_private("http://[::1]:8080/")


def test_what_never_left_is_not_lost(web: Web) -> None:
    with pytest.raises(NotReady, match="refuses the connection") as caught:
        web.request("PUT", "http://127.0.0.1:1/", b"x")
    assert not isinstance(caught.value, Lost)
    with pytest.raises(Refused, match="is not an address"):
        web.request("GET", "http://127.0.0.1:99999/")


def test_a_connection_that_breaks_after_the_request_is_lost(serve: Serve, web: Web) -> None:
    server = serve(always(Answered(0)))
    with pytest.raises(Lost, match="broke off"):
        web.request("PUT", server.url, b"x")
    assert len(server.log) == 1


def test_a_certificate_that_nobody_trusts_is_refused(web: Web) -> None:
    server = WebServer(always(Answered(200)), tls=True)
    with pytest.raises(Refused, match=r"certificate of 127\.0\.0\.1:\d+ cannot be trusted"):
        web.request("GET", server.url)
    server.close()
    assert server.log == []


def test_tls_spoken_to_a_plain_port_says_so(serve: Serve, web: Web) -> None:
    server = serve(always(Answered(200)))
    with pytest.raises(Refused, match=r"does not speak TLS|https or http"):
        web.request("GET", server.url.replace("http:", "https:"))


def test_an_answer_larger_than_allowed_is_not_read(serve: Serve, web: Web) -> None:
    server = serve(always(Answered(200, b"x" * (3 * 2**20))))
    with pytest.raises(Refused, match="more than 1 MB"):
        web.request("GET", server.url, limit=2**20)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Tue, 01 Sep 2026 09:10:00 GMT", timedelta(minutes=10)),
        ("Tue, 01 Sep 2026 08:00:00 GMT", timedelta()),
        ("999999999999", timedelta(days=2)),
        ("Tue, 01 Sep 2099 09:10:00 GMT", timedelta(days=2)),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_servers_wish_to_wait(value: str, wait: timedelta | None) -> None:
    assert retry_at({"Retry-After": value}, START) == (None if wait is None else START + wait)


def test_a_wait_is_an_aware_instant() -> None:
    found = retry_at({"Retry-After": "Tue, 01 Sep 2026 09:10:00 -0000"}, datetime(2026, 9, 1, 9, 0, tzinfo=UTC))
    assert found == datetime(2026, 9, 1, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "near"),
    [("192.168.1.5", True), ("10.0.0.1", True), ("fd00::5", True), ("169.254.1.1", True), ("100.64.0.9", True),
     ("93.184.215.14", False), ("2606:4700::1111", False), ("127.0.0.1", True)],
)  # fmt: skip
def test_what_lies_in_the_users_own_network(host: str, *, near: bool) -> None:
    assert is_at_home(host) is near


def test_a_name_that_nobody_knows_is_not_ready_rather_than_refused() -> None:
    with pytest.raises(NotReady, match="cannot be found"):
        check_private("http://nowhere.invalid/", at_home=True)


def test_a_password_goes_unencrypted_to_a_near_machine_only_where_that_was_agreed() -> None:
    check_private("http://192.168.1.5/", at_home=True)
    for url, at_home in (("http://192.168.1.5/", False), ("http://93.184.215.14/", True)):
        with pytest.raises(Refused, match="unencrypted"):
            check_private(url, at_home=at_home)
