"""HTTP for every service without a library of its own: bounded, counted, with the login kept where it belongs.

It must never: send a password in the clear or to another host, follow a redirect of a write, send a write twice, read
without a limit, or let a library's exception out. A request that surely was not sent, or only reads, fails as `NotReady`
or `Refused`; one whose answer was lost fails as `Lost`, and the caller of a write must treat it as uncertain.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import niquests
from niquests.auth import HTTPBasicAuth, HTTPDigestAuth
from niquests.packages import urllib3
from niquests.structures import CaseInsensitiveDict

from afterview.sync.errors import AuthFailed, NotReady, Refused
from afterview.sync.ports import Clock, Traffic
from afterview.sync.text import one_line

from .packing import ENCODINGS, Packed, unpacked
from .patience import Patience

READS = frozenset(("GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"))
REPLY_LIMIT = 64 * 2**20
CONNECT_S = 10
READ_S = 60
PATIENT_S = 180  # measured: a server with a cold cache takes up to 142 s for the first bytes of a large calendar
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_HOPS = 5
_LONGEST_WAIT = timedelta(days=2)
_CHUNK = 65536
_UNSENDABLE = re.compile(r"[^\x20-\x7e]")  # in a header
# what the library raises: its own, its transport's, and what comes of an answer that makes no sense
_FAILURES = (niquests.RequestException, urllib3.exceptions.HTTPError, ValueError, RecursionError)


class Lost(NotReady):
    """The connection broke or timed out after the request may have arrived."""


class TooLarge(Refused):
    """The answer is larger than is read."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer. `url` is where it came from, after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def text(self) -> str:
        """Return the body as UTF-8 text; bytes that are none become replacement characters."""
        return self.body.decode("utf-8", "replace")


@dataclass(slots=True)
class Stream:
    """An answer whose body is read piece by piece."""

    status: int
    headers: Mapping[str, str]
    url: str
    pieces: Iterator[bytes]

    def all(self) -> Reply:
        """Read the rest."""
        return Reply(self.status, self.headers, b"".join(self.pieces), self.url)


@dataclass(slots=True)
class Web:
    """Requests to one service. `name` is what error sentences call it. `token`, a bearer token, goes before a password.

    `at_home`: the user agreed that a login goes unencrypted to a machine of their own network.
    """

    name: str
    clock: Clock
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    digest: bool = False
    at_home: bool = False
    agent: str = "afterview"
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    patience: Patience = field(default_factory=Patience)
    _session: Any = field(default=None, repr=False)

    def traffic(self) -> Traffic:
        return Traffic(self.requests, self.bytes_in, self.bytes_out)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def request(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        limit: int = REPLY_LIMIT,
    ) -> Reply:
        """Send one request and read the whole answer, whatever its status."""
        with self.stream(method, url, body, headers, limit=limit) as stream:
            return stream.all()

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        limit: int = REPLY_LIMIT,
        patience_s: int = READ_S,
    ) -> Generator[Stream, None, None]:
        """Send one request; the body is read while the context is open. Reads follow redirects, writes do not."""
        if self.patience.spent:
            raise NotReady(f"{self.name} was too slow in this pass; it is asked again later.")
        with self.patience.limited():
            response, url = self._answered(method, url, body, headers or {}, patience_s)
            try:
                pieces = self._pieces(response, limit)
                yield Stream(response.status_code or 0, CaseInsensitiveDict(response.headers), url, pieces)
            finally:
                response.close()

    def _answered(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], patience_s: int
    ) -> tuple[niquests.Response, str]:
        """Return the answer that is none of going elsewhere, and where it came from."""
        home = origin(url)
        for _ in range(_HOPS):
            response = self._send(method, url, body, headers, patience_s, login=origin(url) == home)
            target = response.headers.get("Location", "") if response.status_code in _REDIRECTS else ""
            if not target or method not in READS:
                return response, url
            response.close()
            url, home = self._redirected(url, str(target), home)
        raise Refused(f"{self.name} answers with one redirect after another; check the address.")

    def _redirected(self, url: str, location: str, home: SplitResult) -> tuple[str, SplitResult]:
        """Return where to go on and to which origin the login belongs from now on."""
        try:
            target = urljoin(url, location)
            origin(target)
        except (ValueError, Refused):
            raise Refused(f"{self.name} redirects to something that is not an address.") from None
        if urlsplit(target).scheme not in {"http", "https"}:
            raise Refused(f"{self.name} redirects to an address that is not http or https.")
        if urlsplit(url).scheme == "https" and urlsplit(target).scheme == "http":
            raise Refused(f"{self.name} redirects from https to http; that is not safe to follow.")
        upgraded = urlsplit(target).hostname == home.hostname and urlsplit(target).scheme == "https"
        return target, origin(target) if upgraded and home.scheme == "http" else home

    def _send(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], patience_s: int, *, login: bool
    ) -> niquests.Response:
        if login and (self.password or self.token):
            check_private(url, at_home=self.at_home)
        if any(_UNSENDABLE.search(value) for value in headers.values()):
            raise Refused(f"{self.name} gave something back that cannot be sent to it again; it is not sent.")
        self.requests += 1
        self.bytes_out += len(body) + len(method) + len(url) + sum(len(k) + len(v) + 4 for k, v in headers.items())
        try:
            response: niquests.Response = self._opened().request(
                method,
                url,
                data=body or None,
                headers={"User-Agent": self.agent, "Accept-Encoding": ", ".join(ENCODINGS), **headers},
                auth=self._login() if login else _no_login,
                timeout=(CONNECT_S, patience_s),
                allow_redirects=False,
                stream=True,
            )
        except _FAILURES as error:
            raise self._failure(url, error) from error
        self.bytes_in += sum(len(str(k)) + len(str(v)) + 4 for k, v in response.headers.items())
        return response

    def _opened(self) -> niquests.Session:
        if self._session is None:
            self._session = self.patience.session()
        session: niquests.Session = self._session
        return session

    def _login(self) -> Callable[[Any], Any]:
        if self.token:
            return self._bearer
        if not self.user and not self.password:
            return _no_login
        user, password = self.user.encode(), self.password.encode()
        return HTTPDigestAuth(self.user, self.password) if self.digest else HTTPBasicAuth(user, password)

    def _bearer(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request

    def _pieces(self, response: niquests.Response, limit: int) -> Iterator[bytes]:
        size = 0
        try:
            for piece in unpacked(self._received(response), str(response.headers.get("Content-Encoding", ""))):
                size += len(piece)
                if size > limit:
                    raise TooLarge(f"{self.name} answers with more than {limit // 2**20} MB; that is not read.")
                yield piece
        except Packed as error:
            raise NotReady(f"{self.name} answers in a packing that cannot be read.") from error

    def _received(self, response: niquests.Response) -> Iterator[bytes]:
        """Yield the body as it comes, packed as it is."""
        try:
            for piece in response.raw.stream(_CHUNK, decode_content=False) if response.raw else ():
                self.bytes_in += len(piece)
                yield piece
        except _FAILURES as error:
            raise self._failure(response.url or "", error) from error

    def _failure(self, url: str, error: Exception) -> NotReady | Refused:
        return failure(url, error, late=self.patience.over)


def failure(url: str, error: Exception, *, late: bool = False) -> NotReady | Refused:
    """Say in one sentence what an error of a connection means; tell lost answers from requests that never left."""
    host = one_line(urlsplit(url).netloc.rpartition("@")[2], 100)
    chain = {type(cause).__name__ for cause in _causes(error)}
    if chain & {"SSLError", "SSLCertVerificationError"}:
        if "certificate" in str(error).lower():
            return Refused(f"The certificate of {host} cannot be trusted; check the address or install its authority.")
        return Refused(f"{host} does not speak TLS on this port; check the address (https or http?).")
    for sign, sentence in _NEVER_SENT:
        if sign in chain:
            return NotReady(sentence.replace("HOST", host))
    if chain & {"InvalidURL", "MissingSchema", "LocationParseError"}:
        return Refused(f"{one_line(url, 100)} is not an address.")
    if "ReadTimeout" in chain or late:
        return Lost(f"{host} did not answer in time.")
    return Lost(f"The connection to {host} broke off before the answer was complete.")


_NO_NAME = "The name HOST cannot be found; check the address and the network."
_NEVER_SENT = (
    ("NameResolutionError", _NO_NAME),
    ("gaierror", _NO_NAME),
    ("ProxyError", "The proxy on the way to HOST does not answer."),
    ("ConnectionRefusedError", "HOST refuses the connection; is the service running there?"),
    ("ConnectTimeout", "HOST cannot be reached; check the network."),
    ("ConnectTimeoutError", "HOST cannot be reached; check the network."),
)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _no_login(request: Any) -> Any:
    """Send no login, not even one from a .netrc file."""
    return request


def origin(url: str) -> SplitResult:
    """Return scheme, host and port of an address, comparable."""
    try:
        parts = urlsplit(url)
        given = parts.port
    except ValueError as error:
        raise Refused(f"{one_line(url, 100)} is not an address.") from error
    port = given or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return SplitResult(parts.scheme, f"{parts.hostname}:{port}", "", "", "")


def check_private(url: str, *, at_home: bool = False) -> None:
    """Refuse to send a password anywhere but over TLS, to this machine, or with `at_home` into a private network."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or is_loopback(host) or (at_home and is_at_home(host)):
        return
    raise Refused(
        f"The password is not sent to {one_line(host or url, 100)} unencrypted; use an address that begins with https://."
    )


def is_at_home(host: str) -> bool:
    """Tell whether every address that a name stands for lies in a private network. Raises NotReady for an unknown name."""
    try:
        found = {str(one[4][0]).partition("%")[0] for one in socket.getaddrinfo(host, None)}
    except (OSError, ValueError) as error:
        raise NotReady(_NO_NAME.replace("HOST", one_line(host, 100))) from error
    return bool(found) and not any(ipaddress.ip_address(one).is_global for one in found)


def is_loopback(host: str) -> bool:
    """Tell whether a host name means this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Read Retry-After (RFC 9110 section 10.2.3): seconds or a date; never more than two days ahead."""
    value = str(headers.get("Retry-After", "")).strip()
    if value.isdecimal():
        wait = timedelta(seconds=min(int(value[:9]), int(_LONGEST_WAIT.total_seconds())))
        return now + wait
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment, now), now + _LONGEST_WAIT)


def check_status(reply: Reply | Stream, name: str, now: datetime) -> None:
    """Raise what a failed status means for the whole account; statuses about one item are left to the caller."""
    status = reply.status
    if status == HTTPStatus.UNAUTHORIZED:
        raise AuthFailed(f"{name} does not accept the user name or password; sign in again.")
    if status in {423, 429, 502, 503, 504}:
        raise NotReady(
            f"{name} is busy (HTTP {status}); it is asked again later.", retry_at=retry_at(reply.headers, now)
        )
