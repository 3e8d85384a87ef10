"""Read a 207 answer piece by piece (RFC 4918 section 13), within bounds: no DTD, no entities, no deep nesting.

Only what a row needs is kept; a calendar of 20,000 entries passes through without ever being held as a whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import quote, unquote, urlsplit
from xml.parsers import expat

DAV = "DAV:"
_TEXTS = ("urn:ietf:params:xml:ns:caldav calendar-data", "urn:ietf:params:xml:ns:carddav address-data")
_DEPTH = 40
_TEXT_LIMIT = 8_000_000  # characters of one property
_SEPARATOR = " "


class NotMultistatus(ValueError):
    """The answer is not the XML it should be."""


@dataclass(slots=True)
class Value:
    """One property: its text, and the elements inside it as (name, `name` attribute, text)."""

    text: str = ""
    inner: list[tuple[str, str, str]] = field(default_factory=list)

    def names(self) -> set[str]:
        """Return the names of the elements inside."""
        return {name for name, _, _ in self.inner}

    def hrefs(self) -> list[str]:
        """Return the addresses inside."""
        return [text.strip() for name, _, text in self.inner if name == f"{DAV} href" and text.strip()]


@dataclass(slots=True)
class Row:
    """One response element. `status` is its own, 200 where only properties have one; `props` are those found."""

    href: str = ""
    status: int = 200
    props: dict[str, Value] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return the text of a DAV: property, "" without one."""
        value = self.props.get(f"{DAV} {name}")
        return value.text.strip() if value else ""

    @property
    def etag(self) -> str:
        return self.text("getetag")

    @property
    def data(self) -> str:
        """Return the text of the resource, "" where it was not sent."""
        return next((self.props[name].text for name in _TEXTS if name in self.props), "")

    @property
    def is_collection(self) -> bool:
        kind = self.props.get(f"{DAV} resourcetype")
        return kind is not None and f"{DAV} collection" in kind.names()


def canonical(href: str) -> str:
    """Return the path of an href in one spelling: servers differ in what they percent-encode, and in its case."""
    path = urlsplit(href).path if "://" in href[:10] or href.startswith("//") else href.partition("#")[0]
    return quote(unquote(path, errors="surrogateescape"), safe="/@:~!$&'()*+,;=-._", errors="surrogateescape")


class Multistatus:
    """An incremental reader. `sync_token` is there once the answer is complete."""

    def __init__(self) -> None:
        self.sync_token = ""
        self.conditions: set[str] = set()  # what a DAV:error names
        self._rows: list[Row] = []
        self._row: Row | None = None
        self._path: list[str] = []
        self._found: dict[str, Value] = {}
        self._value: Value | None = None
        self._status = 200
        self._text: list[str] = []
        self._size = 0
        self._parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.EntityDeclHandler = _refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def rows(self, pieces: Iterable[bytes]) -> Iterator[Row]:
        """Yield rows as they are complete; raise `NotMultistatus` where the XML is broken or cut short."""
        isfinal = True
        try:
            for piece in pieces:
                self._parser.Parse(piece)
                yield from self._taken()
            self._parser.Parse(b"", isfinal)
        except expat.ExpatError as error:
            raise NotMultistatus(str(error)) from error
        yield from self._taken()

    def _taken(self) -> list[Row]:
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name not in {f"{DAV} multistatus", f"{DAV} error"}:
            raise NotMultistatus(f"begins with {name}")
        if len(self._path) > _DEPTH:
            raise NotMultistatus("nested too deeply")
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        self._text, self._size = [], 0
        if parent == f"{DAV} error":
            self.conditions.add(name)
        if name == f"{DAV} response":
            self._row = Row()
        elif name == f"{DAV} propstat":
            self._found, self._status = {}, 200
        elif parent == f"{DAV} prop" and self._value is None:
            self._value = self._found[name] = Value()
        elif self._value is not None:
            self._value.inner.append((name, attributes.get("name", ""), ""))

    def _characters(self, data: str) -> None:
        self._size += len(data)
        if self._size <= _TEXT_LIMIT:
            self._text.append(data)

    def _end(self, name: str) -> None:
        self._path.pop()
        parent = self._path[-1] if self._path else ""
        text = "".join(self._text)
        if self._value is not None:
            if parent == f"{DAV} prop":
                self._value.text, self._value = text, None
            elif text.strip():
                self._value.inner.append((name, "", text))
        elif self._row is not None:
            self._end_in_row(name, parent, text)
        elif name == f"{DAV} sync-token":
            self.sync_token = text.strip()
        self._text = []

    def _end_in_row(self, name: str, parent: str, text: str) -> None:
        row = self._row
        assert row is not None  # noqa: S101 -- the caller looked
        if name == f"{DAV} href" and parent == f"{DAV} response":
            row.href = row.href or text.strip()
        elif name == f"{DAV} status":
            code = _code(text)
            if parent == f"{DAV} response":
                row.status = code
            else:
                self._status = code
        elif name == f"{DAV} propstat":
            if self._status < 300:
                row.props.update(self._found)
            elif not row.props and self._status != 404:
                row.status = self._status
        elif name == f"{DAV} response":
            self._rows.append(row)
            self._row = None


def _code(status: str) -> int:
    parts = status.split()
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() and len(parts[1]) == 3 else 500


def _refuse(*_: object) -> NoReturn:
    raise NotMultistatus("declares a document type")


def error_conditions(body: bytes) -> frozenset[str]:
    """Return the names of the conditions in a DAV:error body, without their namespace; empty where there are none."""
    reader = Multistatus()
    try:
        for _ in reader.rows([body[:100_000]]):
            pass
    except NotMultistatus:
        return frozenset()
    return frozenset(name.rpartition(_SEPARATOR)[2] for name in reader.conditions)
