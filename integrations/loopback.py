"""Signing in with a browser (RFC 8252): waits on this machine for it to come back from a service's page.

    new_state    a word that nobody can guess, by which an answer is known as ours
    Listener     waits for the answer, whatever else knocks meanwhile
    in_address   the answer in an address that was copied from a browser on another machine
    is_ours      whether an answer bears our word

Browsers open connections ahead and ask for icons, scanners try ports: only a GET of "/" that carries our `state` counts,
and only the first. Everything else gets a short no. It must never: listen beyond loopback, print, or echo what it is sent.
"""

import secrets
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

LIMIT_S = 300.0
_CONNECTION_S = 10.0
_AT_ONCE = 32  # connections; more are turned away
_TICK_S = 0.05
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Afterview</title>'
    "<p>Thank you. You can close this page and go back to Afterview.</p></html>"
)
_NO = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Afterview</title><p>There is nothing here.</p></html>'
)


def new_state() -> str:
    """Return a word that nobody can guess."""
    return secrets.token_urlsafe(32)


def in_address(address: str) -> Mapping[str, str]:
    """Return the answer that an address holds, {} if it holds none: a `code` or an `error`, and the `state`."""
    try:
        query = urlsplit(address.strip().strip("\"'<>")).query
        found = {name: values[0] for name, values in parse_qs(query, max_num_fields=50).items()}
    except ValueError:
        return {}
    return found if {"code", "error"} & found.keys() else {}


def is_ours(answer: Mapping[str, str], state: str) -> bool:
    """Tell whether an answer bears the word that was sent along, in a time that tells nothing."""
    return secrets.compare_digest(answer.get("state", "").encode("utf-8", "replace"), state.encode())


class Listener:
    """Listens from its making until an answer came, the time is up, or it is closed. `address` is the redirect URI."""

    def __init__(self, state: str, *, limit_s: float = LIMIT_S, timer: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._timer = timer
        self._until = timer() + limit_s
        self._came = threading.Event()
        self._lock = threading.Lock()
        self._answer: Mapping[str, str] = {}
        self._server = _Server(self)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": _TICK_S}, name="afterview-sign-in", daemon=True
        )
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait; tell whether waiting is over, because an answer came or the time is up."""
        return self._came.wait(seconds) or self._timer() >= self._until

    @property
    def answer(self) -> Mapping[str, str]:
        """Return the parameters of the answer, {} if none came."""
        return self._answer

    def take(self, target: str) -> bool:
        """Take the answer out of a request's target, if it is one."""
        found = in_address(target)
        if not found or urlsplit(target).path != "/" or not is_ours(found, self._state):
            return False
        with self._lock:
            if not self._came.is_set():
                self._answer = found
                self._came.set()
        return True

    def close(self) -> None:
        """Stop listening; may be called twice."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who breaks off is no concern of ours."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _CONNECTION_S
    server_version = "Afterview"
    sys_version = ""

    def do_GET(self) -> None:
        taken = isinstance(self.server, _Server) and self.server.listener.take(self.path)
        body = (_PAGE if taken else _NO).encode()
        self.send_response(200 if taken else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
        """Print nothing."""
