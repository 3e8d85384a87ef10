"""A small HTTP gate in front of a real server: checks a password, keeps a log of what passed, and can break things.

It runs in a thread of the test process on a free loopback port. Faults are planned per method and used up in order.
"""

import base64
import http.client
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import ThreadingHTTPServer

from afterview.cli.showcase.web import AnyMethod

_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization"}
WRITES = frozenset(("PUT", "DELETE", "POST", "MKCALENDAR", "MKCOL", "MOVE", "PROPPATCH"))


class Break(StrEnum):
    """What the gate does to the next request of a method."""

    DROP_BEFORE = "drop before"  # the server never sees it
    DROP_AFTER = "drop after"  # the server did it, the client never hears
    CUT = "cut"  # half of the answer's body arrives


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that the gate gives itself, without asking the server."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passed:
    """One request that came to the gate."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    bytes_up: int
    bytes_down: int
    body: bytes = field(default=b"", repr=False)


class Gate:
    """Listens on `port`, forwards to `upstream`. With a user it asks for Basic authentication and adds X-Remote-User."""

    def __init__(self, upstream: int, *, user: str = "", password: str = "") -> None:
        self.upstream = upstream
        self.user, self.password = user, password
        self.log: list[Passed] = []
        self.planned: dict[str, deque[Break | Answer]] = {}
        gate = self

        class Handler(_Handler):
            owner = gate

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
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

    def take(self, method: str) -> Break | Answer | None:
        queue = self.planned.get(method) or self.planned.get("*")
        return queue.popleft() if queue else None

    def writes(self) -> list[Passed]:
        return [passed for passed in self.log if passed.method in WRITES]

    def reset(self) -> None:
        self.log.clear()
        self.planned.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Handler(AnyMethod):
    owner: Gate

    def answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.owner.take(self.command)
        wanted = "Basic " + base64.b64encode(f"{self.owner.user}:{self.owner.password}".encode()).decode()
        if self.owner.user and self.headers.get("Authorization") != wanted:
            answer = Answer(401, b"unauthorized", {"WWW-Authenticate": 'Basic realm="gate"'})
        elif isinstance(fault, Answer):
            answer = fault
        elif fault is Break.DROP_BEFORE:
            self._record(0, sent, b"")
            self._hang_up()
            return
        else:
            answer = self._forward(sent)
        self._record(answer.status, sent, answer.body)
        if fault is Break.DROP_AFTER:
            self._hang_up()
            return
        self._answer(answer, cut=fault is Break.CUT)

    def _forward(self, sent: bytes) -> Answer:
        headers = {
            k: v for k, v in self.headers.items() if k.lower() not in _HOP | {"content-length", "accept-encoding"}
        }
        if self.owner.user:
            headers.pop("Authorization", None)
            headers["X-Remote-User"] = self.owner.user
        upstream = http.client.HTTPConnection("127.0.0.1", self.owner.upstream, timeout=120)
        try:
            upstream.request(self.command, self.path, sent or None, headers)
            response = upstream.getresponse()
            kept = {
                k: v for k, v in response.getheaders() if k.lower() not in _HOP | {"content-length", "content-encoding"}
            }
            return Answer(response.status, response.read(), kept)
        finally:
            upstream.close()

    def _record(self, status: int, sent: bytes, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        passed = Passed(self.command, self.path, status, headers, len(sent), len(body), sent)
        self.owner.log.append(passed)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _answer(self, answer: Answer, *, cut: bool) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        body = answer.body if self.command != "HEAD" else b""
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.wfile.flush()
            self._hang_up()
