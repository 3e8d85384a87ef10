"""Requests to one server in terms of the protocol, over the house's own HTTP: bounded, counted, one write = one request."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import urljoin, urlsplit, urlunsplit

from afterview.integrations.entry import Entry
from afterview.integrations.http import (
    PATIENT_S,
    READ_S,
    REPLY_LIMIT,
    Lost,
    Reply,
    Stream,
    Web,
    check_private,
    check_status,
)
from afterview.sync.errors import AccountError, AuthFailed, ListGone, NotReady, Refused
from afterview.sync.ports import Clock, Traffic
from afterview.sync.text import one_line

from .dialect import Dialect
from .multistatus import Multistatus, NotMultistatus, Row, error_conditions, safe_etag

_XML = {"Content-Type": "application/xml; charset=utf-8"}
_ITEM_LIMIT = 8 * 2**20
Meaning = Callable[[Reply], Exception | None]


class Dav:
    """Requests to one server."""

    def __init__(self, url: str, user: str, password: str, clock: Clock, dialect: Dialect) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Refused(f"{one_line(url, 100)} is not the address of a {dialect.server}; it begins with https://.")
        if password:
            check_private(url)
        self.url = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path or "/", "", ""))
        self.host = one_line(parts.hostname, 100)
        self.clock = clock
        self.dialect = dialect
        self.web = Web(self.host, clock, user, password)

    def absolute(self, href: str) -> str:
        """Return the address of an href of this server; one of another server is refused."""
        url = urljoin(self.url, href)
        if urlsplit(url).netloc != urlsplit(self.url).netloc:
            raise Refused(
                f"{self.host} points to another server, {one_line(urlsplit(url).netloc, 100)}; use that address."
            )
        return url

    def traffic(self) -> Traffic:
        return self.web.traffic()

    def close(self) -> None:
        self.web.close()

    def propfind(self, url: str, body: bytes, depth: int, what: str) -> list[Row]:
        """Return the rows of a PROPFIND. `what` names the thing in error sentences."""
        with self.rows("PROPFIND", url, body, what, depth=depth) as rows:
            return list(rows)

    @contextmanager
    def rows(
        self, method: str, url: str, body: bytes, what: str, *, depth: int
    ) -> Generator[Iterator[Row], None, None]:
        """Send a PROPFIND or REPORT and yield its rows while they arrive."""
        with self.multistatus(method, url, body, what, depth=depth) as (_, rows):
            yield rows

    @contextmanager
    def multistatus(
        self, method: str, url: str, body: bytes, what: str, *, depth: int, expected: Meaning | None = None
    ) -> Generator[tuple[Multistatus, Iterator[Row]], None, None]:
        """Like `rows`, with the reader that knows the sync token at the end.

        A failed status raises what `expected` makes of it, else what it means for the whole collection.
        """
        headers = {**_XML, "Depth": str(depth)}
        with self._asked(method, url, body, headers) as stream:
            if stream.status != 207:
                reply = stream.all()
                raise (expected(reply) if expected else None) or self.failure(reply, what)
            reader = Multistatus()
            yield reader, self._guarded(reader, stream, what)

    def _guarded(self, reader: Multistatus, stream: Stream, what: str) -> Iterator[Row]:
        try:
            yield from reader.rows(stream.pieces)
        except NotMultistatus as error:
            raise NotReady(f"{what}: {self.host} answers with something that is not {self.dialect.content}.") from error

    @contextmanager
    def _asked(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], *, limit: int = REPLY_LIMIT
    ) -> Generator[Stream, None, None]:
        """Send a reading request; a kept connection that the server had closed meanwhile is tried once more."""
        patience = PATIENT_S if method == "REPORT" else READ_S

        def ask() -> AbstractContextManager[Stream]:
            return self.web.stream(method, url, body, headers, limit=limit, patience_s=patience)

        try:
            context = ask()
            stream = context.__enter__()
        except Lost:
            context = ask()
            stream = context.__enter__()
        try:
            if self._learns_digest(stream):
                context.__exit__(None, None, None)
                context = ask()
                stream = context.__enter__()
            yield stream
        finally:
            context.__exit__(None, None, None)

    def _learns_digest(self, stream: Stream) -> bool:
        offered = str(stream.headers.get("WWW-Authenticate", "")).lower()
        if stream.status == 401 and "digest" in offered and "basic" not in offered and not self.web.digest:
            self.web.digest = True
            return True
        return False

    def get(self, url: str, what: str) -> Reply | None:
        """Return a resource; None when the server says it is not there."""
        with self._asked("GET", url, b"", {"Accept": self.dialect.media}, limit=_ITEM_LIMIT) as stream:
            if stream.status in {404, 410}:
                return None
            reply = stream.all()
        if reply.status != 200:
            raise self.failure(reply, what)
        if not reply.text().lstrip("\ufeff \r\n").upper().startswith(self.dialect.begins):
            raise NotReady(f"{what}: {self.host} answers with something that is not {self.dialect.content}.")
        return reply

    def put(self, url: str, text: str, conditions: Mapping[str, str]) -> Reply:
        """Send a resource exactly once; `Lost` means that it may have arrived."""
        headers = {"Content-Type": f"{self.dialect.media}; charset=utf-8", **conditions}
        return self.web.request("PUT", url, text.encode("utf-8", "replace"), headers, limit=_ITEM_LIMIT)

    def delete(self, url: str, conditions: Mapping[str, str]) -> Reply:
        """Delete a resource, exactly one request."""
        return self.web.request("DELETE", url, b"", conditions, limit=_ITEM_LIMIT)

    def make(self, method: str, url: str, body: bytes) -> Reply:
        """Make a collection: MKCALENDAR or MKCOL."""
        return self.web.request(method, url, body, _XML, limit=_ITEM_LIMIT)

    def failure(self, reply: Reply, what: str) -> AccountError:
        """Say what a failed answer about a whole collection means."""
        try:
            check_status(reply, self.host, self.clock())
        except (AuthFailed, NotReady) as error:
            return error
        if reply.status in {404, 410}:
            return ListGone(f"{what} is not there any more at {self.host}; reconfigure the account to choose another.")
        if reply.status == 207 or 200 <= reply.status < 300:
            return NotReady(f"{what}: {self.host} answers with something that is not {self.dialect.content}.")
        if reply.status >= 500 and reply.status != 501:
            return NotReady(
                f"{what}: {self.host} has an error of its own (HTTP {reply.status}); it is asked again later."
            )
        words = _REFUSALS.get(reply.status, "does not accept the request").replace("SERVER", self.dialect.server)
        return Refused(f"{what}: {self.host} {words} (HTTP {reply.status}).")


_REFUSALS = {
    403: "does not allow this to the user that is signed in",
    405: "is not a SERVER at this address; check it",
    501: "is not a SERVER at this address; check it",
    301: "has moved this elsewhere; set the account up again with the new address",
    302: "has moved this elsewhere; set the account up again with the new address",
    307: "has moved this elsewhere; set the account up again with the new address",
    308: "has moved this elsewhere; set the account up again with the new address",
}


def conditions(reply: Reply) -> frozenset[str]:
    """Return what a refusal names as its reason."""
    return error_conditions(reply.body)


def etag_of(reply: Reply) -> str:
    """Return the ETag of an answer; a web server that compresses marks it, which no condition would match."""
    etag = safe_etag(str(reply.headers.get("ETag", "")))
    return etag[:-6] + '"' if etag.endswith('-gzip"') else etag


def shared_client(entry: Entry, dialect: Dialect) -> Dav:
    """Return the account's client, made once and shared by its roles. Raises Refused for an address that cannot be one."""
    client = entry.shared.get("client")
    if not isinstance(client, Dav):
        settings = entry.settings
        url, user = str(settings.get("url") or ""), str(settings.get("username") or "")
        client = Dav(url, user, entry.secret("password"), entry.clock, dialect)
        entry.shared["client"] = client
    return client
