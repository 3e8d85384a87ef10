"""Listens for answers that are given with the buttons of a push, and does nothing else.

A GET shows a page that asks for confirmation, so that neither a preview of links nor a browser that loads ahead answers;
only a POST does. It must never: answer without our signature, tell a stranger whether something exists, echo what it is
sent, read without a limit, or log. Off unless configured, and on this machine alone unless told otherwise.
"""

import html
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from afterview.sync.errors import ConfigError, StateError
from afterview.sync.ledger import Ledger
from afterview.sync.model import Choice, Question
from afterview.sync.playbook import PlaybookSettings
from afterview.sync.ports import Clock
from afterview.sync.rings.answering import Taken, take_answer
from afterview.sync.tokens import read_token
from afterview.sync.wording import Words

CONNECTION_S = 10.0  # for a whole request, however slowly it drips in
AT_ONCE = 16  # connections; more are turned away
LARGEST_BODY = 1024  # bytes; what a button sends has none
_TICK_S = 0.1
_PLACE = re.compile(
    r"/(?:[A-Za-z0-9._~%-]{1,100}/){0,8}a/(?P<token>[A-Za-z0-9._-]{1,80})(?:/(?P<choice>[a-z_]{1,12}))?"
)
_PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="robots" content="noindex,nofollow">'
    '<meta name="viewport" content="width=device-width"><title>Afterview</title><p>{words}</p>{forms}</html>'
)
_FORM = '<form method="post" action="{action}"><button>{label}</button></form>'


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a visitor."""

    status: HTTPStatus
    words: str
    forms: tuple[tuple[str, str], ...] = ()  # where to, and what the button says


class Answering:
    """What the listener says to whom. No sockets; each request opens the ledger for itself."""

    def __init__(
        self,
        state_dir: Path,
        key: bytes,
        settings: PlaybookSettings,
        clock: Clock,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        self._state_dir = state_dir
        self._key = key
        self._settings = settings
        self._clock = clock
        self._answered = answered
        self._words = Words.load(settings.language)

    def get(self, path: str) -> Page:
        """Show what can be answered at an address; changes nothing."""
        known, choice = self._known(path)
        if known is None:
            return self._nothing()
        with Ledger.open(self._state_dir) as ledger:
            question = ledger.questions.get(known)
        if question is None or (choice and choice not in question.choices):
            return self._nothing()
        if question.answer:
            return self._said(HTTPStatus.OK, "used")
        return Page(HTTPStatus.OK, question.title or self._say("several"), self._forms(path, question, choice))

    def post(self, path: str) -> Page:
        """Record the one answer that an address stands for."""
        known, choice = self._known(path)
        if known is None or choice is None:
            return self._nothing()
        with Ledger.open(self._state_dir) as ledger:
            taken = take_answer(ledger, known, choice, self._settings, self._clock())
        if taken is Taken.RECORDED:
            self._answered()
        match taken:
            case Taken.RECORDED | Taken.SAME:
                return self._said(HTTPStatus.OK, "recorded")
            case Taken.USED:
                return self._said(HTTPStatus.CONFLICT, "used")
            case Taken.NOTHING:
                return self._nothing()

    def page(self, page: Page) -> bytes:
        """Write a page; every text is made harmless."""
        forms = "".join(_FORM.format(action=html.escape(where), label=html.escape(said)) for where, said in page.forms)
        language = self._settings.language
        return _PAGE.format(language=html.escape(language), words=html.escape(page.words), forms=forms).encode()

    def _known(self, path: str) -> tuple[str | None, Choice | None]:
        """Return the question that a path names with our signature and in time, and the answer if it names one."""
        match = _PLACE.fullmatch(path.partition("?")[0])
        found = read_token(self._key, match["token"]) if match else None
        if match is None or found is None or self._clock() >= found[1]:
            return None, None
        if match["choice"] is None:
            return found[0], None
        return (found[0], Choice(match["choice"])) if match["choice"] in set(Choice) else (None, None)

    def _forms(self, path: str, question: Question, choice: Choice | None) -> tuple[tuple[str, str], ...]:
        """Return the buttons. Their addresses are relative: a proxy may serve us below a path of its own."""
        several = "all_" if len(question.keys) > 1 else ""
        offered = question.choices if choice is None else (choice,)
        here = "" if choice else path.partition("?")[0].rpartition("/")[2] + "/"
        return tuple((f"{here}{one}", self._say(several + one)) for one in offered)

    def _nothing(self) -> Page:
        return self._said(HTTPStatus.NOT_FOUND, "nothing")

    def _said(self, status: HTTPStatus, name: str) -> Page:
        return Page(status, self._say(name))

    def _say(self, name: str) -> str:
        return self._words.phrase("answers", name)


class AnswerListener:
    """Serves `Answering` in threads of its own between `start` and `stop`. `port` is the one that it got."""

    def __init__(self, answering: Answering, listen: tuple[str, int], *, connection_s: float = CONNECTION_S) -> None:
        self._answering = answering
        self._listen = listen
        self._connection_s = connection_s
        self._server: _Server | None = None
        self.port = listen[1]

    def start(self) -> None:
        """Begin to listen. Raises ConfigError where that cannot be."""
        try:
            self._server = _Server(self._listen, self._answering, self._connection_s)
        except OSError as error:
            host, port = self._listen
            raise ConfigError(
                f"listen in [answers]: {host}:{port} cannot be listened on ({error.strerror}); choose another."
            ) from None
        self.port = int(self._server.server_address[1])
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": _TICK_S}, name="afterview-answers", daemon=True
        ).start()

    def stop(self) -> None:
        """Stop; may be called twice."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 32

    def __init__(self, listen: tuple[str, int], answering: Answering, connection_s: float) -> None:
        self.answering = answering
        self.connection_s = connection_s
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        if ":" in listen[0]:
            self.address_family = socket.AF_INET6
        super().__init__(listen, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        over = threading.Timer(self.connection_s, _break_off, (request,))
        over.daemon = True
        try:
            over.start()
            super().process_request_thread(request, client_address)
        finally:
            over.cancel()
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who breaks off is no concern of ours."""


def _break_off(request: Any) -> None:
    with suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server_version = "Afterview"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(self._answering.get)

    do_HEAD = do_GET  # noqa: N815 -- the name that the base class looks for

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if (
            not length.isdecimal()
            or len(length) > 5
            or int(length) > LARGEST_BODY
            or "Transfer-Encoding" in self.headers
        ):
            self.send_error(413)
            return
        self.rfile.read(int(length))
        self._answer(self._answering.post)

    @property
    def _answering(self) -> Answering:
        assert isinstance(self.server, _Server)  # noqa: S101 -- it is made by that alone
        return self.server.answering

    def _answer(self, of: Callable[[str], Page]) -> None:
        try:
            page = of(self.path)
        except StateError:
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._send(page.status, self._answering.page(page))

    def _send(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header(
            "Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Say no without a word: what was wrong is nobody's business."""
        del message, explain
        self.close_connection = True
        self._send(HTTPStatus(code), b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
        """Print nothing: paths hold tokens."""
