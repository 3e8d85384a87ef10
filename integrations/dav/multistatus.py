"""Read a 207 answer piece by piece (RFC 4918 section 13), within bounds: no DTD, no entities, no deep nesting.

Only what a row needs is kept; a calendar of 20,000 entries passes through without ever being held as a whole.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import quote, unquote, urlsplit
from xml.parsers import expat

from .characters import storable

DAV = "DAV:"
_TEXTS = ("urn:ietf:params:xml:ns:caldav calendar-data", "urn:ietf:params:xml:ns:carddav address-data")
_DEPTH = 40
_TEXT_LIMIT = 4_000_000  # characters in one response
_SHORT = 2_000  # characters that an element may have in any case: a status after a large text
_ELEMENTS_LIMIT = 5_000  # of one response, and outside of them
_ROWS_LIMIT = 300_000
_TOKEN_LIMIT = 256_000  # bytes of one tag: the parser goes over an unfinished one again with each piece
_ETAG = re.compile(r"[\x21-\x7e ]{1,500}")
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
    """One response element. `status` is its own, 200 where only properties have one; `props` are those found.

    `cut`: it held more text than is kept.
    """

    href: str = ""
    status: int = 200
    props: dict[str, Value] = field(default_factory=dict)
    cut: bool = False

    def text(self, name: str) -> str:
        """Return the text of a DAV: property, "" without one."""
        value = self.props.get(f"{DAV} {name}")
        return value.text.strip() if value else ""

    @property
    def etag(self) -> str:
        return safe_etag(self.text("getetag"))

    @property
    def data(self) -> str:
        """Return the text of the resource, "" where it was not sent."""
        return next((self.props[name].text for name in _TEXTS if name in self.props), "")

    @property
    def is_collection(self) -> bool:
        kind = self.props.get(f"{DAV} resourcetype")
        return kind is not None and f"{DAV} collection" in kind.names()


def safe_etag(written: str) -> str:
    """Return an ETag that can stand in a header; for one that cannot, a weak one that changes when it does."""
    written = written.strip()
    if not written or _ETAG.fullmatch(written):
        return written
    return f'W/"{hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


def canonical(href: str) -> str:
    """Return the path of an href in one spelling: servers differ in what they percent-encode, and in its case.

    "" for what is no address. It never leads to another host.
    """
    try:
        path = urlsplit(href).path if "://" in href[:10] or href.startswith("//") else href.partition("#")[0]
    except ValueError:
        return ""
    path = unquote(path, errors="surrogateescape")
    absolute = path.startswith("/")
    path = "/" + path.lstrip("/") if absolute else path
    return quote(path, safe="/@~!$&'()*+,;=-._" + ":" * absolute, errors="surrogateescape")


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
        self._size = 0  # of the text of an element
        self._total = 0  # of all text in a response
        self._elements = 0
        self._count = 0
        self._fed = 0
        self._parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.EntityDeclHandler = _refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def rows(self, pieces: Iterable[bytes]) -> Iterator[Row]:
        """Yield rows as they are complete; raise `NotMultistatus` where the XML is broken or cut short."""
        for piece in storable(pieces):
            self._parse(piece)
            yield from self._taken()
        self._parse(b"", last=True)
        yield from self._taken()

    def _parse(self, piece: bytes, *, last: bool = False) -> None:
        self._fed += len(piece)
        try:
            self._parser.Parse(piece, last)
        except NotMultistatus:
            raise
        except (expat.ExpatError, ValueError) as error:  # ValueError: an encoding that is not known
            raise NotMultistatus(str(error)) from error
        if self._fed - self._parser.CurrentByteIndex > _TOKEN_LIMIT:
            raise NotMultistatus("has a tag without an end")

    def _taken(self) -> list[Row]:
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name not in {f"{DAV} multistatus", f"{DAV} error"}:
            raise NotMultistatus(f"begins with {name}")
        if len(self._path) > _DEPTH:
            raise NotMultistatus("nested too deeply")
        self._elements += 1
        if self._elements > _ELEMENTS_LIMIT:
            raise NotMultistatus("has too many elements")
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        self._text, self._size = [], 0
        if parent == f"{DAV} error":
            self.conditions.add(name)
        if name == f"{DAV} response":
            self._row, self._elements, self._total = Row(), 0, 0
            self._count += 1
            if self._count > _ROWS_LIMIT:
                raise NotMultistatus("has too many responses")
        elif name == f"{DAV} propstat":
            self._found, self._status = {}, 200
        elif parent == f"{DAV} prop" and self._value is None:
            self._value = self._found[name] = Value()
        elif self._value is not None:
            self._value.inner.append((name, attributes.get("name", ""), ""))

    def _characters(self, data: str) -> None:
        self._size += len(data)
        self._total += len(data)
        if self._size <= _SHORT or self._total <= _TEXT_LIMIT:
            self._text.append(data)
        elif self._row is not None:
            self._row.cut = True

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
            self._row, self._elements, self._total = None, 0, 0


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
