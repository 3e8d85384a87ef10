"""Get the text of a calendar: from a file, from every file of a folder, or from an address by conditional GET.

Nothing is ever written. A text comes with a stamp; asked again with the same stamp, what did not change is not read.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from afterview.integrations.entry import Entry
from afterview.integrations.http import Reply, Web, check_private, check_status, is_loopback
from afterview.sync.errors import AuthFailed, ConfigError, ListGone, NotReady, Refused
from afterview.sync.ports import Clock, Traffic
from afterview.sync.text import one_line

FEED_LIMIT = 32 * 2**20
_FILES_LIMIT = 20_000
_BEGIN = "BEGIN:VCALENDAR"
_SENDABLE = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,499}")


@dataclass(frozen=True, slots=True)
class Text:
    """One calendar text and its place inside the source ("" for a single file or feed)."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source gave. `texts` None = unchanged since the stamp; it is read while it is iterated."""

    stamp: str
    texts: Iterator[Text] | None


class Source:
    """One calendar file, folder or feed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def fetch(self, stamp: str) -> Fetched:
        """Return the texts unless nothing changed since `stamp` ("" = whatever it is)."""
        raise NotImplementedError

    def traffic(self) -> Traffic:
        return Traffic()

    def close(self) -> None:
        """Let go of what is open."""


class Files(Source):
    """A file, or the *.ics files directly in a folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"The calendar {one_line(str(path), 100)}")
        self.path = path

    def fetch(self, stamp: str) -> Fetched:
        found = self._found()
        stated = [(path, path.stat()) for path in found]
        listing = "\n".join(f"{path.name} {state.st_mtime_ns} {state.st_size}" for path, state in stated)
        now = sha256(listing.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        return Fetched(now, None if now == stamp else self._texts(found))

    def _found(self) -> list[Path]:
        try:
            if self.path.is_dir():
                found = sorted(path for path in self.path.iterdir() if path.suffix.lower() == ".ics" and path.is_file())
                if len(found) > _FILES_LIMIT:
                    raise Refused(f"{self.name} holds over {_FILES_LIMIT} files; choose a smaller folder.")
                return found
            if self.path.is_file():
                return [self.path]
        except OSError as error:
            raise NotReady(f"{self.name} cannot be read: {error.strerror}.") from error
        raise ListGone(f"{self.name} does not exist (any more).")

    def _texts(self, found: list[Path]) -> Iterator[Text]:
        single = not self.path.is_dir()
        for path in found:
            try:
                with path.open("rb") as file:
                    raw = file.read(FEED_LIMIT + 1)
            except OSError as error:
                raise NotReady(f"{one_line(str(path), 100)} cannot be read: {error.strerror}.") from error
            if len(raw) > FEED_LIMIT:
                raise Refused(f"{one_line(str(path), 100)} is larger than {FEED_LIMIT // 2**20} MB; that is not read.")
            text = decoded(raw)
            if single and _BEGIN not in text.upper():
                raise Refused(f"{self.name} is not a calendar file.")
            yield Text("" if single else path.name, text)


class Feed(Source):
    """A calendar at a web address. The stamp holds ETag, Last-Modified and a hash of the body."""

    def __init__(self, url: str, user: str, password: str, clock: Clock) -> None:
        self.url, url_user, url_password = plain_address(url)
        host = one_line(urlsplit(self.url).hostname or "", 100)
        super().__init__(f"The calendar feed at {host}")
        password = password or url_password
        if password:
            check_private(self.url)
        self.clock = clock
        self.web = Web(host, clock, user or url_user, password)

    def fetch(self, stamp: str) -> Fetched:
        before = _stamp_parts(stamp)
        headers = {"Accept": "text/calendar, */*;q=0.1"}
        if _SENDABLE.fullmatch(before.get("etag", "")):
            headers["If-None-Match"] = before["etag"]
        if _SENDABLE.fullmatch(before.get("modified", "")):
            headers["If-Modified-Since"] = before["modified"]
        reply = self.web.request("GET", self.url, b"", headers, limit=FEED_LIMIT)
        if reply.status == 304 and stamp:
            return Fetched(stamp, None)
        self._check(reply)
        digest = sha256(reply.body).hexdigest()[:32]
        now = {"etag": str(reply.headers.get("ETag", "")), "modified": str(reply.headers.get("Last-Modified", ""))}
        written = json.dumps({**now, "hash": digest}, sort_keys=True)
        if digest == before.get("hash"):
            return Fetched(written, None)
        text = decoded(reply.body)
        if _BEGIN not in text[:2000].upper():
            raise NotReady(f"{self.name} answers with something that is not a calendar; check the address.")
        if "END:VCALENDAR" not in text[-2000:].upper():
            raise NotReady(f"{self.name} was cut short; it is read again later.")
        return Fetched(written, iter([Text("", text)]))

    def _check(self, reply: Reply) -> None:
        if reply.status == 200:
            return
        check_status(reply, self.name, self.clock())
        if reply.status == 403:
            raise AuthFailed(f"{self.name} does not let us in (HTTP 403); its private address may have been renewed.")
        if reply.status in {404, 410}:
            raise ListGone(f"{self.name} is not there any more (HTTP {reply.status}); look up its address again.")
        if reply.status >= 500:
            raise NotReady(f"{self.name} has an error of its own (HTTP {reply.status}); it is asked again later.")
        raise Refused(f"{self.name} does not accept the request (HTTP {reply.status}); check the address.")

    def traffic(self) -> Traffic:
        return self.web.traffic()

    def close(self) -> None:
        self.web.close()


def plain_address(url: str) -> tuple[str, str, str]:
    """Return an http(s) address without login, and the login that stood in it. webcal means https, http on this machine."""
    parts = urlsplit(url.strip())
    scheme = parts.scheme.lower()
    if scheme in {"webcal", "webcals"}:
        scheme = "http" if scheme == "webcal" and is_loopback(parts.hostname or "") else "https"
    if scheme not in {"http", "https"} or not parts.hostname:
        raise Refused(
            f"{one_line(url, 60)} is not the address of a calendar feed; it begins with https:// or webcal://."
        )
    bare = urlunsplit((scheme, parts.netloc.rpartition("@")[2], parts.path or "/", parts.query, ""))
    return bare, unquote(parts.username or ""), unquote(parts.password or "")


def decoded(raw: bytes) -> str:
    """Return the text of a calendar file, whatever it was saved as."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _stamp_parts(stamp: str) -> dict[str, str]:
    try:
        parts = json.loads(stamp) if stamp else {}
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in parts.items()} if isinstance(parts, dict) else {}


def open_client(entry: Entry) -> Source:
    """Return the account's source, made once."""
    client = entry.shared.get("client")
    if isinstance(client, Source):
        return client
    url, path = str(entry.settings.get("url") or ""), str(entry.settings.get("path") or "")
    if bool(url) == bool(path):
        raise ConfigError(f'The account "{entry.id}" needs either url or path, and not both.')
    if url:
        source: Source = Feed(url, str(entry.settings.get("username") or ""), entry.secret("password"), entry.clock)
    else:
        source = Files(Path(path).expanduser())
    entry.shared["client"] = source
    return source
