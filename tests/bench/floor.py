"""The floor: as little as a client in Python can do. `python -m tests.bench.floor MODE URL FILE`.

http.client, expat, a line scan that keeps five properties, one SQLite transaction. Modes: `noop` (changes since the token
in FILE), `window` (token, then the default window), `all` (token, then everything in batches of 500).
"""

import base64
import http.client
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.parsers import expat

_KEPT = re.compile(rb"^(UID|SUMMARY|DTSTART|ORGANIZER|ATTENDEE)[;:]([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.MULTILINE)
_SPACES = 'xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
_BOTH = "<prop><getetag/><c:calendar-data/></prop>"
_BATCH = 500
Rows = Iterator[tuple[str, str, str]]


class Client:
    """One user's requests to one server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port, self.path = parts.hostname or "", parts.port or 80, parts.path
        login = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Content-Type": "application/xml; charset=utf-8"}

    def ask(self, method: str, body: str, depth: str = "1") -> tuple[list[tuple[str, str, str]], str]:
        """Send one request; return the rows (href, etag, data) and the sync token."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=600)
        connection.request(method, self.path, body.encode(), {**self._headers, "Depth": depth})
        response = connection.getresponse()
        if response.status != 207:
            raise SystemExit(f"HTTP {response.status}")
        rows: list[tuple[str, str, str]] = []
        found: dict[str, str] = {}
        text: list[str] = []

        def end(name: str) -> None:
            value, local = "".join(text), name.rpartition(" ")[2]
            if local == "response":
                rows.append((found.get("href", ""), found.get("getetag", ""), found.pop("calendar-data", "")))
            else:
                found[local] = value
            text.clear()

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.EndElementHandler = end
        parser.StartElementHandler = lambda _name, _attributes: text.clear()
        parser.CharacterDataHandler = text.append
        parser.ParseFile(response)
        connection.close()
        return rows, found.get("sync-token", "").strip()

    def changes(self, token: str) -> tuple[list[tuple[str, str, str]], str]:
        """Ask what changed since a token."""
        return self.ask(
            "REPORT",
            f"<sync-collection {_SPACES}><sync-token>{token}</sync-token><sync-level>1</sync-level><prop><getetag/></prop>"
            "</sync-collection>",
        )

    def token(self) -> str:
        """Ask for the token as of now."""
        return self.ask("PROPFIND", f"<propfind {_SPACES}><prop><sync-token/></prop></propfind>", depth="0")[1]


def noop(client: Client, file: Path) -> None:
    """Ask for changes, of which there are none."""
    rows, token = client.changes(file.read_text())
    if rows:
        raise SystemExit(f"{len(rows)} changes where there should be none")
    file.write_text(token)


def window(client: Client, file: Path) -> None:
    """Take the token, read 270 days, store what was found."""
    token = client.token()
    span = '<c:time-range start="20260603T120000Z" end="20270228T120000Z"/>'
    rows, _ = client.ask(
        "REPORT",
        f'<c:calendar-query {_SPACES}>{_BOTH}<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">{span}'
        "</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>",
    )
    _store(file, iter(rows))
    file.write_text(token)


def everything(client: Client, file: Path) -> None:
    """Take the token and every href, read all in batches, store them in one transaction."""
    listed, token = client.changes("")
    _store(file, _batches(client, [href for href, _, _ in listed]))
    file.write_text(token)


def _batches(client: Client, hrefs: list[str]) -> Rows:
    for start in range(0, len(hrefs), _BATCH):
        wanted = "".join(f"<href>{href}</href>" for href in hrefs[start : start + _BATCH])
        yield from client.ask("REPORT", f"<c:calendar-multiget {_SPACES}>{_BOTH}{wanted}</c:calendar-multiget>")[0]


def _store(file: Path, rows: Rows) -> None:
    store = sqlite3.connect(file.with_suffix(".sqlite3"), isolation_level=None)
    store.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; DROP TABLE IF EXISTS event;")
    store.executescript("CREATE TABLE event (href TEXT PRIMARY KEY, etag TEXT, kept TEXT) WITHOUT ROWID")
    store.execute("BEGIN")
    for href, etag, data in rows:
        kept = b"\n".join(b":".join(found) for found in _KEPT.findall(data.encode()))
        store.execute("INSERT INTO event VALUES (?, ?, ?)", (href, etag, kept))
    store.execute("COMMIT")
    store.close()


MODES: dict[str, Callable[[Client, Path], None]] = {"noop": noop, "window": window, "all": everything}

if __name__ == "__main__":
    MODES[sys.argv[1]](Client(sys.argv[2]), Path(sys.argv[3]))
