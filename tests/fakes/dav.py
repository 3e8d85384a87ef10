"""A small CalDAV server in the test process that shows the quirks of real ones, switch by switch.

It keeps everything in memory and knows just enough of RFC 4791 and RFC 6578. Each switch stands for servers that were
measured; the contract suite runs against every one. Other clients (the phone) speak to it through `put`, `get`, `delete`.
"""

import base64
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from tests.fakes.web import Answered, Asked, WebServer

D = "{DAV:}"
C = "{urn:ietf:params:xml:ns:caldav}"
_NS = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
HOME = "/dav/alice/"


@dataclass(frozen=True, slots=True)
class Quirks:
    """What the server does otherwise than it should. The defaults are a good server."""

    sync: bool = True  # offers sync-collection
    conditions: bool = True  # heeds If-Match and If-None-Match
    reuses_etags: bool = False  # a re-made item gets the ETag that the old one began with
    bad_token: str = "refused"  # or "everything": the whole list, no removals
    etag_on_put: bool = True  # False: rewrites the data and gives no ETag
    uid_per_user: bool = False  # a UID may exist once in all collections
    emoji: bool = True  # False: 500 for characters beyond the BMP
    alarms: str = "all"  # or "absolute" (relative to the end is refused), "none"
    weak_discovery: bool = False  # only /.well-known/caldav leads anywhere
    multiget_fails: bool = False  # a whole multiget is 404 when one href is gone
    search: bool = True  # False: filters are ignored, everything is returned
    encodes: bool = False  # hrefs are percent-encoded in lower case, where they need not be
    pages: int = 0  # cut sync answers at so many rows, with 507


@dataclass(slots=True)
class Item:
    text: str
    etag: str
    version: int


@dataclass(slots=True)
class Shelf:
    """One collection."""

    kind: str
    title: str
    items: dict[str, Item] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    version: int = 0


class FakeDav:
    """The server. `answers` are given first, whatever is asked; `shows` switches what a listing shows."""

    def __init__(self, name: str = "fake", quirks: Quirks | None = None) -> None:
        self.name = name
        self.quirks = quirks or Quirks()
        self.user, self.password = "alice", "secret-alice"
        self.shelves: dict[str, Shelf] = {}
        self.answers: deque[Answered] = deque()
        self.on: dict[str, deque[Answered]] = {}  # method -> answers given first
        self.read_only = False
        self.shows_nothing = False
        self.web = WebServer(self.answer)
        self.url = self.web.url

    def close(self) -> None:
        self.web.close()

    # another client
    def make(self, name: str, kind: str, title: str = "") -> str:
        self.shelves[f"{HOME}{name}/"] = Shelf(kind, title or name)
        return f"{self.url}{HOME}{name}/"

    def put(self, address: str, text: str) -> str:
        shelf, name = self._place(urlsplit(address).path)
        assert shelf is not None
        return self._store(shelf, name, text).etag

    def get(self, address: str) -> str | None:
        shelf, name = self._place(urlsplit(address).path)
        item = shelf.items.get(name) if shelf else None
        return item.text if item else None

    def delete(self, address: str) -> None:
        shelf, name = self._place(urlsplit(address).path)
        assert shelf is not None
        self._remove(shelf, name)

    # the protocol
    def answer(self, asked: Asked) -> Answered:
        queue = self.on.get(asked.method)
        if queue:
            return queue.popleft()
        if self.answers:
            return self.answers.popleft()
        wanted = "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        path = unquote(asked.path)
        if self.quirks.weak_discovery and path in {"/.well-known/caldav", "/"}:
            moved = path != "/"
            return Answered(301, headers={"Location": "/dav/"}) if moved else Answered(403)
        if asked.headers.get("authorization") != wanted:
            return Answered(401, headers={"WWW-Authenticate": 'Basic realm="fake"'})
        handlers = {
            "PROPFIND": self._propfind,
            "REPORT": self._report,
            "GET": self._get,
            "PUT": self._put,
            "DELETE": self._delete,
            "MKCALENDAR": self._make,
        }
        handler = handlers.get(asked.method)
        return handler(asked, path) if handler else Answered(405)

    def _propfind(self, asked: Asked, path: str) -> Answered:
        shelf, name = self._place(path)
        if shelf is not None and not name:
            rows = [self._about(path, shelf)]
            if asked.headers.get("depth") == "1" and not self.shows_nothing:
                rows += [self._row(path + n, f"<getetag>{escape(i.etag)}</getetag>") for n, i in shelf.items.items()]
            return _multistatus(rows)
        if path == HOME:
            rows = [self._row(HOME, "<resourcetype><collection/></resourcetype>")]
            if asked.headers.get("depth") == "1":
                rows += [self._about(place, shelf) for place, shelf in self.shelves.items()]
            return _multistatus(rows)
        if path in {"/", "/dav/"}:
            who = f"<current-user-principal><href>{HOME}</href></current-user-principal>"
            home = f"<C:calendar-home-set><href>{HOME}</href></C:calendar-home-set>"
            return _multistatus([self._row(path, who + home)])
        return Answered(404)

    def _about(self, path: str, shelf: Shelf) -> str:
        right = "read" if self.read_only else "write"
        token = f"<sync-token>{self._token(shelf)}</sync-token>" if self.quirks.sync else ""
        return self._row(
            path,
            "<resourcetype><collection/><C:calendar/></resourcetype>"
            f"<displayname>{escape(shelf.title)}</displayname>{token}"
            f"<current-user-privilege-set><privilege><{right}/></privilege></current-user-privilege-set>"
            f'<C:supported-calendar-component-set><C:comp name="{shelf.kind}"/></C:supported-calendar-component-set>',
        )

    def _report(self, asked: Asked, path: str) -> Answered:
        shelf, _ = self._place(path)
        if shelf is None:
            return Answered(404)
        tree = ET.fromstring(asked.body)  # noqa: S314 -- from our own client
        if tree.tag == f"{D}sync-collection":
            return self._sync(path, shelf, tree.findtext(f"{D}sync-token") or "")
        if tree.tag == f"{C}calendar-multiget":
            return self._multiget(path, shelf, [urlsplit(h.text or "").path for h in tree.iter(f"{D}href")])
        wants_data = tree.find(f".//{C}calendar-data") is not None
        shown = {} if self.shows_nothing else shelf.items
        rows = [self._item(path + n, i, data=wants_data) for n, i in shown.items() if self._matches(i.text, tree)]
        return _multistatus(rows)

    def _sync(self, path: str, shelf: Shelf, token: str) -> Answered:
        if not self.quirks.sync:
            return _error(403, "supported-report")
        number = token.rpartition("/")[2]
        good = token.startswith(f"urn:fake:{id(shelf)}/") and number.isdecimal()
        if token and not good and self.quirks.bad_token == "refused":
            return _error(403, "valid-sync-token")
        since = int(number) if good else -1
        changed = sorted((i.version, n) for n, i in shelf.items.items() if i.version > since)
        gone = sorted((v, n) for n, v in shelf.removed.items() if v > since) if good else []
        every = sorted([(v, n, True) for v, n in changed] + [(v, n, False) for v, n in gone])
        page = every[: self.quirks.pages] if self.quirks.pages else every
        rows = [
            self._item(path + n, shelf.items[n], data=False) if is_there else self._gone(path + n)
            for _, n, is_there in page
        ]
        if len(page) < len(every):
            rows.append(f"<response><href>{path}</href><status>HTTP/1.1 507 Insufficient Storage</status></response>")
        last = page[-1][0] if len(page) < len(every) else shelf.version
        return _multistatus(rows, f"<sync-token>urn:fake:{id(shelf)}/{last}</sync-token>")

    def _multiget(self, path: str, shelf: Shelf, hrefs: list[str]) -> Answered:
        rows: list[str] = []
        for href in hrefs:
            name = unquote(href).removeprefix(path)
            if name in shelf.items:
                rows.append(self._item(path + name, shelf.items[name], data=True))
            elif self.quirks.multiget_fails:
                return Answered(404)
        return _multistatus(rows)

    def _get(self, asked: Asked, path: str) -> Answered:
        shelf, name = self._place(path)
        item = shelf.items.get(name) if shelf else None
        if item is None:
            return Answered(404)
        return Answered(200, item.text.encode(), {"ETag": item.etag, "Content-Type": "text/calendar"})

    def _put(self, asked: Asked, path: str) -> Answered:
        shelf, name = self._place(path)
        if shelf is None:
            return Answered(409)
        if self.read_only:
            return Answered(403)
        text = asked.body.decode()
        refusal = self._condition(asked, shelf, name) or self._content(shelf, name, text)
        if refusal:
            return refusal
        existed = name in shelf.items
        if not self.quirks.etag_on_put:
            text = _rewritten(text)
        item = self._store(shelf, name, text)
        return Answered(204 if existed else 201, headers={"ETag": item.etag} if self.quirks.etag_on_put else {})

    def _condition(self, asked: Asked, shelf: Shelf, name: str) -> Answered | None:
        if not self.quirks.conditions:
            return None
        item = shelf.items.get(name)
        if asked.headers.get("if-none-match") == "*" and item:
            return Answered(412)
        match = asked.headers.get("if-match")
        return Answered(412) if match and (item is None or item.etag != match) else None

    def _content(self, shelf: Shelf, name: str, text: str) -> Answered | None:
        if not self.quirks.emoji and any(ord(char) > 0xFFFF for char in text):
            return Answered(500, b"surrogate")
        relative_end = "RELATED=END" in text
        refuses_alarm = self.quirks.alarms == "none" or (self.quirks.alarms == "absolute" and relative_end)
        if "BEGIN:VALARM" in text and refuses_alarm:
            return _error(403, "C:valid-calendar-data")
        uid = _uid(text)
        shelves = self.shelves.values() if self.quirks.uid_per_user else [shelf]
        for other in shelves:
            taken = [n for n, i in other.items.items() if _uid(i.text) == uid and not (other is shelf and n == name)]
            if taken and self.quirks.conditions:
                word = "unique-scheduling-object-resource" if self.quirks.uid_per_user else "no-uid-conflict"
                return _error(403 if self.quirks.uid_per_user else 409, f"C:{word}")
        return None

    def _delete(self, asked: Asked, path: str) -> Answered:
        shelf, name = self._place(path)
        if shelf is None or name not in shelf.items:
            return Answered(404)
        if self.read_only:
            return Answered(403)
        refusal = self._condition(asked, shelf, name)
        if refusal:
            return refusal
        self._remove(shelf, name)
        return Answered(204)

    def _make(self, asked: Asked, path: str) -> Answered:
        tree = ET.fromstring(asked.body)  # noqa: S314 -- from our own client
        comp = tree.find(f".//{C}comp")
        kind = comp.get("name", "VEVENT") if comp is not None else "VEVENT"
        self.shelves[path] = Shelf(kind, tree.findtext(f".//{D}displayname") or "")
        return Answered(201)

    # what is kept
    def _place(self, path: str) -> tuple[Shelf | None, str]:
        folder, _, name = unquote(path).rpartition("/")
        return self.shelves.get(folder + "/"), name

    def _store(self, shelf: Shelf, name: str, text: str) -> Item:
        shelf.version += 1
        shelf.removed.pop(name, None)
        made_again = self.quirks.reuses_etags and name not in shelf.items
        etag = '"first"' if made_again else f'"{shelf.version}"'
        shelf.items[name] = Item(text, etag, shelf.version)
        return shelf.items[name]

    def _remove(self, shelf: Shelf, name: str) -> None:
        shelf.version += 1
        del shelf.items[name]
        shelf.removed[name] = shelf.version

    def _token(self, shelf: Shelf) -> str:
        return f"urn:fake:{id(shelf)}/{shelf.version}"

    def _matches(self, text: str, tree: ET.Element) -> bool:
        inner = [f.get("name") for f in tree.iter(f"{C}comp-filter") if f.get("name") != "VCALENDAR"]
        if inner and f"BEGIN:{inner[0]}" not in text:
            return False
        wanted = tree.findtext(f".//{C}text-match")
        if wanted is not None and self.quirks.search and _uid(text) != wanted:
            return False
        span = tree.find(f".//{C}time-range")
        return span is None or not self.quirks.search or _touches(text, span.get("start", ""), span.get("end", ""))

    # rows
    def _row(self, href: str, props: str) -> str:
        return (
            f"<response><href>{self._href(href)}</href><propstat><prop>{props}</prop>"
            "<status>HTTP/1.1 200 OK</status></propstat></response>"
        )

    def _item(self, href: str, item: Item, *, data: bool) -> str:
        body = f"<C:calendar-data>{escape(item.text)}</C:calendar-data>" if data else ""
        return self._row(href, f"<getetag>{escape(item.etag)}</getetag>{body}")

    def _gone(self, href: str) -> str:
        return f"<response><href>{self._href(href)}</href><status>HTTP/1.1 404 Not Found</status></response>"

    def _href(self, href: str) -> str:
        return escape(href.replace("-", "%2d") if self.quirks.encodes else href)


def _multistatus(rows: list[str], more: str = "") -> Answered:
    text = f'<?xml version="1.0" encoding="utf-8"?><multistatus {_NS}>{"".join(rows)}{more}</multistatus>'
    return Answered(207, text.encode(), {"Content-Type": "application/xml; charset=utf-8"})


def _error(status: int, condition: str) -> Answered:
    return Answered(status, f'<?xml version="1.0"?><error {_NS}><{condition}/></error>'.encode())


def _uid(text: str) -> str:
    found = re.search(r"^UID:(.*?)\r?$", text, re.MULTILINE)
    return found[1] if found else ""


def _touches(text: str, start: str, end: str) -> bool:
    """Tell whether a single appointment in UTC lies in the span; whatever is not so simple does."""
    stamps = re.findall(r"^DT(?:START|END):(\d{8}T\d{6}Z)\r?$", text, re.MULTILINE)
    if not stamps or "RRULE" in text:
        return True
    moments = [datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for stamp in stamps]
    low, high = (datetime.strptime(edge, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for edge in (start, end))
    return min(moments) < high and max(moments) > low


def _rewritten(text: str) -> str:
    """Put the properties of the innermost components in another order and add one, as rewriting servers do."""

    def blocks(lines: list[str]) -> Iterator[str]:
        pending: list[str] = []
        for line in lines:
            if line.startswith(("BEGIN:", "END:")):
                yield from sorted(pending)
                pending = []
                yield line
            else:
                pending.append(line)

    unfolded = re.sub(r"\r?\n[ \t]", "", text).strip("\r\n").replace("\r\n", "\n").split("\n")
    return "\r\n".join(blocks([*unfolded[:-2], "X-SERVER:was here", *unfolded[-2:]])) + "\r\n"
