"""A small HTTP gate in front of a real server: checks a password, keeps a log of what passed, and can break things.

It runs in a thread of the test process on a free loopback port. Faults are planned per method and used up in order; after
them `weather` is asked, if there is one. `watch` is told of every request, and may make it the last of its connection.
"""

import base64
import http.client
import os
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from http.server import ThreadingHTTPServer

from afterview.cli.showcase.web import AnyMethod

_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization"}
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing sends RST
_LONG_S = 0.05
WRITES = frozenset(("PUT", "DELETE", "POST", "PATCH", "MKCALENDAR", "MKCOL", "MOVE", "PROPPATCH"))


class Break(StrEnum):
    """What the gate does to the next request of a method."""

    DROP_BEFORE = "drop before"  # the server never sees it
    DROP_AFTER = "drop after"  # the server did it, the client never hears
    LATE = "late"  # the client never hears, and the server gets it only after the next request
    CUT = "cut"  # half of the answer's body arrives, then the end
    RESET = "reset"  # half of the answer's body arrives, then a reset
    DELAY = "delay"  # it takes a moment
    TWICE = "twice"  # somebody on the way sends it twice; the client hears the second answer
    FAILED_AFTER = "failed after"  # the server did it, the client hears 500
    BUSY_AFTER = "busy after"  # the server did it, the client hears 503


_SILENT = (Break.DROP_BEFORE, Break.DROP_AFTER, Break.LATE)
_INSTEAD = {Break.FAILED_AFTER: 500, Break.BUSY_AFTER: 503}


class Moment(StrEnum):
    """When `Gate.watch` is told of a request."""

    RECEIVED = "received"  # the server has not seen it
    ANSWERED = "answered"  # the server has answered, the client has heard nothing


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that the gate gives itself, without asking the server."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passed:
    """One request that came to the gate. `status` is what the client heard, 0 for nothing; `fault` what was done to it."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    bytes_up: int
    bytes_down: int
    body: bytes = field(default=b"", repr=False)
    fault: Break | Answer | None = None


class Gate:
    """Listens on `port`, forwards to `upstream`. With a user it asks for Basic authentication and adds X-Remote-User."""

    def __init__(self, upstream: int, *, user: str = "", password: str = "") -> None:
        self.upstream = upstream
        self.user, self.password = user, password
        self.log: list[Passed] = []
        self.planned: dict[str, deque[Break | Answer]] = {}
        self.weather: Callable[[str, str], Break | Answer | None] = lambda _method, _path: None
        self.watch: Callable[[Moment], bool] = lambda _moment: False  # True: hang up
        self.held: list[Callable[[], object]] = []  # what still has to reach the server
        self.port = 0
        self.open()

    def open(self) -> None:
        """Listen, at the same port as before."""
        gate = self

        class Handler(_Handler):
            owner = gate

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def plan(self, method: str, *faults: Break | Answer) -> None:
        """Plan what happens to the next requests of a method; "*" = of any method."""
        self.planned.setdefault(method, deque()).extend(faults)

    def take(self, method: str, path: str = "") -> Break | Answer | None:
        queue = self.planned.get(method) or self.planned.get("*")
        return queue.popleft() if queue else self.weather(method, path)

    def writes(self) -> list[Passed]:
        return [passed for passed in self.log if passed.method in WRITES]

    def deliver(self) -> None:
        """Let the server have what came late."""
        while self.held:
            self.held.pop(0)()

    def reset(self) -> None:
        self.deliver()
        self.log.clear()
        self.planned.clear()
        self.weather = lambda _method, _path: None
        self.watch = lambda _moment: False

    def close(self) -> None:
        """Stop listening: who connects is refused."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Handler(AnyMethod):
    owner: Gate

    def answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.owner.watch(Moment.RECEIVED):
            self._note(Answer(0), sent, None)
            self._hang_up()
            return
        fault = self.owner.take(self.command, self.path)
        waiting = self.owner.held[:]
        answer = self._answered(fault, sent)
        for late in waiting:
            self.owner.held.remove(late)
            late()
        hang_up = self.owner.watch(Moment.ANSWERED) or fault in _SILENT
        self._note(replace(answer, status=0) if hang_up else answer, sent, fault)
        if hang_up:
            self._hang_up()
        elif fault is Break.CUT or fault is Break.RESET:
            self._answer(answer, len(answer.body) // 2)
            self._hang_up(reset=fault is Break.RESET)
        else:
            self._answer(answer, len(answer.body))

    def _answered(self, fault: Break | Answer | None, sent: bytes) -> Answer:
        wanted = "Basic " + base64.b64encode(f"{self.owner.user}:{self.owner.password}".encode()).decode()
        if self.owner.user and self.headers.get("Authorization") != wanted:
            return Answer(401, b"unauthorized", {"WWW-Authenticate": 'Basic realm="gate"'})
        if isinstance(fault, Answer):
            return fault
        if fault is Break.DROP_BEFORE:
            return Answer(0)
        forward = self._to_server(sent)
        if fault is Break.LATE:
            self.owner.held.append(forward)
            return Answer(0)
        if fault is Break.TWICE:
            forward()
        if fault is Break.DELAY:
            threading.Event().wait(_LONG_S)
        answer = forward()
        return Answer(_INSTEAD[fault], b"an error of the server") if fault and fault in _INSTEAD else answer

    def _to_server(self, sent: bytes) -> Callable[[], Answer]:
        """Return what sends this request on; it can be called when the client has gone."""
        headers = {
            k: v for k, v in self.headers.items() if k.lower() not in _HOP | {"content-length", "accept-encoding"}
        }
        if self.owner.user:
            headers.pop("Authorization", None)
            headers["X-Remote-User"] = self.owner.user
        method, path, port = self.command, self.path, self.owner.upstream

        def forward() -> Answer:
            upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            try:
                upstream.request(method, path, sent or None, headers)
                response = upstream.getresponse()
                kept = {
                    k: v
                    for k, v in response.getheaders()
                    if k.lower() not in _HOP | {"content-length", "content-encoding"}
                }
                return Answer(response.status, response.read(), kept)
            finally:
                upstream.close()

        return forward

    def _note(self, answer: Answer, sent: bytes, fault: Break | Answer | None) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        passed = Passed(self.command, self.path, answer.status, headers, len(sent), len(answer.body), sent, fault)
        self.owner.log.append(passed)

    def _hang_up(self, *, reset: bool = False) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            os.close(self.connection.detach())
        else:
            self.connection.close()

    def _answer(self, answer: Answer, length: int) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[:length])
        if length < len(answer.body):
            self.wfile.flush()
