"""One account's connection to a Home Assistant: commands over its WebSocket, calendars and states over REST.

Both are opened when they are first needed. It must never: send a token to another host, follow a redirect with one, send
a change twice, wait without an end, or read without a limit. A question is asked once more where the connection broke; a
change whose answer was lost is `Uncertain`.
"""

import json
import logging
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import wassima
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.protocol import State
from websockets.sync.client import ClientConnection, connect

from afterview.integrations.entry import Entry
from afterview.integrations.http import CONNECT_S, Lost, Reply, Web, check_private, failure
from afterview.sync.errors import AuthFailed, ConfigError, NotReady, Refused, Uncertain
from afterview.sync.ports import Clock, Traffic
from afterview.sync.text import one_line

from .tokens import AGAIN, Access, Consent, home_of, load, unready

_CLOSE_S = 2.0
_TOO_BIG = 1009  # RFC 6455 section 7.4.1: what we say to an answer that is larger than we read
_BROKE_OFF = (ConnectionClosed, WebSocketException, OSError, ValueError, RecursionError)
_SILENT = logging.getLogger("afterview.home_assistant")  # the library logs what it is sent; that is nobody's business
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an answer may take, and how large it may be."""

    answer_s: float = 60.0
    answer_bytes: int = 32 * 2**20


STRICT = Limits()


class Failed(Exception):
    """Home Assistant answers a command with a failure: `code` is its own word for it, the message its sentence."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(one_line(words, 160))
        self.code = code


class _Cut(Exception):
    """The connection is gone. `sent`: something of the command may have left; `again`: it may go better once more."""

    def __init__(self, words: str = "", *, sent: bool, again: bool = True) -> None:
        super().__init__(words or "The connection to Home Assistant broke off before the answer came.")
        self.sent = sent
        self.again = again


class _Unwelcome(Exception):
    """The token of the WebSocket was not accepted."""


class Talk:
    """One WebSocket, signed in. Every command has a number, which its answer bears."""

    def __init__(self, url: str, word: str, limits: Limits, *, at_home: bool) -> None:
        """Connect and sign in. Raises _Unwelcome, NotReady, Refused."""
        check_private(url, at_home=at_home)
        self._limits = limits
        self.requests = self.bytes_in = self.bytes_out = 0
        self._number = 0
        self._url = url
        self._line = _opened(url, limits)
        try:
            self._sign_in(word)
        except BaseException:
            self.close()
            raise

    @property
    def is_open(self) -> bool:
        return self._line.state is State.OPEN

    def ask(self, kind: str, data: Mapping[str, Any]) -> Any:
        """Send one command and return its result. Raises Failed, _Cut."""
        self._number += 1
        if not self.is_open:
            raise _Cut(sent=False)
        ends = time.monotonic() + self._limits.answer_s
        try:
            self._send({"id": self._number, "type": kind, **data})
            while True:
                told = self._received(ends - time.monotonic())
                if told.get("id") == self._number and told.get("type") == "result":
                    break
        except _BROKE_OFF as error:
            self.close()
            raise self._cut(error) from error
        if told.get("success") is True:
            return told.get("result")
        wrong = told.get("error")
        wrong = wrong if isinstance(wrong, dict) else {}
        raise Failed(str(wrong.get("code", "")), str(wrong.get("message", "")))

    def event(self, seconds: float) -> Any:
        """Return the next event of a subscription, None if none came in time. Raises NotReady."""
        ends = time.monotonic() + seconds
        try:
            while True:
                told = self._received(ends - time.monotonic())
                if told.get("type") == "event":
                    return told.get("event")
        except TimeoutError:
            return None
        except _BROKE_OFF as error:
            raise failure(self._url, error) from error

    def close(self) -> None:
        self._line.close()

    def _cut(self, error: Exception) -> _Cut:
        if isinstance(error, ConnectionClosed) and error.sent is not None and error.sent.code == _TOO_BIG:
            size = self._limits.answer_bytes // 2**20
            return _Cut(f"Home Assistant answers with more than {size} MB; that is not read.", sent=True, again=False)
        if isinstance(error, TimeoutError):
            return _Cut("Home Assistant did not answer in time.", sent=True, again=False)
        return _Cut(sent=True)

    def _sign_in(self, word: str) -> None:
        try:
            hello = self._received(CONNECT_S)
            if hello.get("type") == "auth_required":
                self._send({"type": "auth", "access_token": word})
                hello = self._received(CONNECT_S)
        except _BROKE_OFF as error:
            raise failure(self._url, error) from error
        if hello.get("type") == "auth_invalid":
            raise _Unwelcome
        if hello.get("type") != "auth_ok":
            raise Refused("What answers at the address is no Home Assistant; check the address.")

    def _send(self, message: Mapping[str, Any]) -> None:
        text = json.dumps(message)
        self.requests += 1
        self.bytes_out += len(text)
        self._line.send(text)

    def _received(self, seconds: float) -> Mapping[str, Any]:
        text = self._line.recv(timeout=max(0.0, seconds))
        self.bytes_in += len(text)
        told = json.loads(text)
        return told if isinstance(told, dict) else {}


def _opened(url: str, limits: Limits) -> ClientConnection:
    """Open the WebSocket. The socket is our own, so that nothing is followed elsewhere. Raises NotReady, Refused."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    place = (parts.hostname or "", parts.port or (443 if secure else 80))
    try:
        line = socket.create_connection(place, timeout=CONNECT_S)
        line.settimeout(None)  # from here on the library has limits of its own
    except OSError as error:
        meant = failure(url, error)
        away = NotReady(f"{one_line(parts.netloc, 100)} cannot be reached; check the network.")
        raise away if isinstance(meant, Lost) else meant from error
    try:
        return connect(
            f"{'wss' if secure else 'ws'}://{parts.netloc}/api/websocket",
            sock=line,
            ssl=wassima.create_default_ssl_context() if secure else None,
            user_agent_header="afterview",
            open_timeout=CONNECT_S,
            close_timeout=_CLOSE_S,
            max_size=limits.answer_bytes,
            compression=None,
            logger=_SILENT,
            legacy=True,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        if status >= 500 or status == 429:
            raise NotReady(f"Home Assistant is not ready (HTTP {status}); it is asked again later.") from error
        raise Refused(
            f"There is no way to Home Assistant's WebSocket at this address (HTTP {status}); check the address, and that "
            "a proxy in front of it passes WebSockets on."
        ) from error
    except _BROKE_OFF as error:
        raise failure(url, error) from error


class Client:
    """One account. Not for more than one thread."""

    def __init__(
        self, url: str, consent: Consent, clock: Clock, *, at_home: bool = False, limits: Limits = STRICT
    ) -> None:
        self.url = url
        self._limits = limits
        self._clock = clock
        self._at_home = at_home
        self._web = Web("Home Assistant", clock, at_home=at_home)
        self._access = Access(url, consent, self._web, clock)
        self._talk: Talk | None = None
        self._over = Traffic()  # what the conversations had that have ended

    def ask(self, kind: str, *, changes: bool = False, **data: Any) -> Any:
        """Send one command and return its result.

        `changes`: it is sent once, and is Uncertain where its answer was lost. Raises Failed, AuthFailed, NotReady,
        Refused.
        """
        for last in (False, True):
            talk = self.talk()
            try:
                return talk.ask(kind, data)
            except _Cut as cut:
                self._end_talk()
                if changes and cut.sent:
                    raise Uncertain(str(cut)) from cut
                if last or not cut.again:
                    raise NotReady(str(cut)) from cut
        raise AssertionError

    def get(self, path: str, **query: str) -> Any:
        """Read JSON over REST; None where there is nothing. Raises Failed, AuthFailed, NotReady, Refused."""
        address = f"{self.url}/api/{quote(path)}" + (f"?{urlencode(query)}" if query else "")
        reply = self._read(address)
        if reply.status == 401 and self._access.renewable:
            self._access.forget()
            reply = self._read(address)
        if reply.status == 401:
            raise AuthFailed(AGAIN)
        if reply.status == 404:
            return None
        if reply.status in {400, 500}:
            raise Failed(str(reply.status), _words(reply))
        if reply.status != 200:
            raise unready(reply, self._clock())
        try:
            return json.loads(reply.text())
        except (ValueError, RecursionError) as error:
            raise NotReady("Home Assistant answers with something that cannot be read.") from error

    def talk(self) -> Talk:
        """Return the conversation, begun if there is none."""
        if self._talk is not None and not self._talk.is_open:
            self._end_talk()
        if self._talk is None:
            try:
                self._talk = self._begun()
            except _Unwelcome:
                if not self._access.renewable:
                    raise AuthFailed(AGAIN) from None
                self._access.forget()
                try:
                    self._talk = self._begun()
                except _Unwelcome:
                    raise AuthFailed(AGAIN) from None
        return self._talk

    def traffic(self) -> Traffic:
        web, talk = self._web.traffic(), _traffic(self._talk)
        return _sum(_sum(web, self._over), talk)

    def close(self) -> None:
        self._end_talk()
        self._web.close()

    def _begun(self) -> Talk:
        return Talk(self.url, self._access.word(), self._limits, at_home=self._at_home)

    def _end_talk(self) -> None:
        if self._talk is not None:
            self._over = _sum(self._over, _traffic(self._talk))
            self._talk.close()
            self._talk = None

    def _read(self, address: str) -> Reply:
        self._web.token = self._access.word()
        headers = {"Accept": "application/json"}
        try:
            return self._web.request("GET", address, headers=headers, limit=self._limits.answer_bytes)
        except Lost:
            return self._web.request("GET", address, headers=headers, limit=self._limits.answer_bytes)


def _words(reply: Reply) -> str:
    """Return what Home Assistant says of a failure."""
    try:
        told = json.loads(reply.text())
    except (ValueError, RecursionError):
        told = None
    return str(told.get("message", "")) if isinstance(told, dict) else ""


def _traffic(talk: Talk | None) -> Traffic:
    return Traffic(talk.requests, talk.bytes_in, talk.bytes_out) if talk else Traffic()


def _sum(one: Traffic, other: Traffic) -> Traffic:
    return Traffic(one.requests + other.requests, one.bytes_in + other.bytes_in, one.bytes_out + other.bytes_out)


def open_client(entry: Entry) -> Client:
    """Return the account's client, made once and shared by its roles."""
    client = entry.shared.get("client")
    if not isinstance(client, Client):
        url = home_of(str(entry.settings.get("url") or ""))
        if not url:
            raise ConfigError(
                f'The account "{entry.id}" has no sound url; it looks like http://homeassistant.local:8123.'
            )
        at_home = entry.settings.get("unencrypted") is True
        client = entry.shared["client"] = Client(url, load(entry), entry.clock, at_home=at_home)
    return client
