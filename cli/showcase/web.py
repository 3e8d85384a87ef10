"""An in-process web server for fakes: one handler function, a log, one packet an answer. Loopback only."""

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. Header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class WebServer:
    """Answers every request by `answer`; keeps the log of (request, status). One request at a time.

    `certificate`: a folder with cert.pem and key.pem; then it speaks TLS.
    """

    def __init__(self, answer: Callable[[Asked], Answered], *, certificate: Path | None = None) -> None:
        self.answer = answer
        self.log: list[tuple[Asked, int]] = []
        self._lock = threading.Lock()
        server = self

        class Handler(_Handler):
            owner = server

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def handle(self, asked: Asked) -> Answered:
        with self._lock:
            answered = self.answer(asked)
            self.log.append((asked, answered.status))
            return answered

    def methods(self) -> list[str]:
        """Return the methods of all requests so far."""
        return [asked.method for asked, _ in self.log]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class AnyMethod(BaseHTTPRequestHandler):
    """Hands every method that a calendar client uses to `answer`; says nothing, and lets a client that hangs up go."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet; else each answer waits for a delayed acknowledgement
    disable_nagle_algorithm = True

    def answer(self) -> None:
        raise NotImplementedError

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
        """Print nothing."""

    def _any(self) -> None:
        self.answer()

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = do_PATCH = do_OPTIONS = _any  # noqa: N815 -- names the base class looks for
    do_PROPFIND = do_REPORT = do_MKCALENDAR = do_MKCOL = do_PROPPATCH = do_MOVE = _any  # noqa: N815 -- the same


class _Handler(AnyMethod):
    owner: WebServer

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answered = self.owner.handle(Asked(self.command, self.path, headers, body))
        if not answered.status:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(answered.status)
        for name, value in answered.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answered.body)))
        self.end_headers()
        if self.command != "HEAD" and answered.status != 304:
            self.wfile.write(answered.body)
