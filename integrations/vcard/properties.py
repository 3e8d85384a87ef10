"""Properties of a card: split, decode, make. What is not changed is written back exactly as it came, folds included.

Beyond calendars (`integrations.ical.lines`) a card has groups ("item1.EMAIL") and, in version 2.1, lines that go on
after a "=" at their end (quoted-printable) and empty lines after pictures. `vobject`, the library for cards, was tried: it
sorts the properties, parts groups, changes the case of labels, and gives up on a folded 2.1 line.
"""

import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass

from afterview.integrations.ical.lines import escape, make, unescape

_PHYSICAL = re.compile(r"\r\n|\n|\r")
_HEAD = re.compile(
    r'(?:(?P<group>[A-Za-z0-9_-]+)\.)?(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;(?:[^":;]|"[^"]*")*)*):', re.ASCII
)
_PARAM = re.compile(r';([A-Za-z0-9-]+)(?:=((?:"[^"]*"|[^";:])*))?', re.ASCII)
_COMPONENT = re.compile(r"((?:\\.|[^;\\])*)(;|$)", re.DOTALL)
_ITEM = re.compile(r"((?:\\.|[^,\\])*)(,|$)", re.DOTALL)
_QUOTED = "QUOTED-PRINTABLE"


@dataclass(frozen=True, slots=True)
class Property:
    """One property. `name` is upper case, "" for a line that is none; `raw` = as written, less the last line end."""

    name: str
    value: str
    raw: str
    group: str = ""
    params: tuple[tuple[str, str], ...] = ()

    def text(self) -> str:
        """Return the value as text."""
        return unescape(self._decoded()).replace("\r\n", "\n")

    def parts(self) -> list[str]:
        """Return the components of a structured value, such as a name's."""
        return _split(_COMPONENT, self._decoded())

    def items(self) -> list[str]:
        """Return the values of a list."""
        return _split(_ITEM, self._decoded())

    @property
    def is_quoted(self) -> bool:
        return any(_QUOTED in {name, value.upper()} for name, value in self.params)

    def _decoded(self) -> str:
        if not self.is_quoted:
            return self.value
        charset = next((value for name, value in self.params if name == "CHARSET"), "utf-8")
        octets = quopri.decodestring(self.value.encode("utf-8", "replace"))
        try:
            return octets.decode(charset.strip('"'), "replace").replace("\r\n", "\n")
        except LookupError:  # a charset that nobody knows
            return octets.decode("utf-8", "replace").replace("\r\n", "\n")


def split(text: str) -> list[Property]:
    """Split text into properties; a byte order mark is dropped, empty lines stay with the property before them."""
    found: list[list[str]] = []
    goes_on = False
    for line in _PHYSICAL.split(text.removeprefix("\ufeff")):
        if found and (goes_on or not line or line[0] in " \t"):
            found[-1].append(line)
        elif line:
            found.append([line])
        goes_on = bool(line) and line.endswith("=") and _is_quoted(found[-1][0])
    return [_property(lines) for lines in found]


def _is_quoted(line: str) -> bool:
    return _QUOTED in line.partition(":")[0].upper()


def _property(lines: list[str]) -> Property:
    quoted = _is_quoted(lines[0])
    parts = [lines[0]]
    for line in lines[1:]:
        if quoted and parts[-1].endswith("="):
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        else:
            parts.append(line[1:])
    first, end = "".join(parts), len(lines)
    while end > 1 and not lines[end - 1]:  # the end of the text is not part of its last property
        end -= 1
    raw = "\r\n".join(lines[:end])
    raw = raw.removesuffix("=") if quoted else raw  # cut short: it must not swallow what follows
    head = _HEAD.match(first)
    if head is None:
        return Property("", first, raw)
    params = tuple((name.upper(), value) for name, value in _PARAM.findall(head["params"]))
    return Property(head["name"].upper(), first[head.end() :], raw, head["group"] or "", params)


def join(properties: Iterable[Property]) -> str:
    """Join properties to the text of a card."""
    return "".join(f"{one.raw}\r\n" for one in properties)


def made(name: str, value: str, *params: tuple[str, str]) -> Property:
    """Make a property from a value in the form of version 3.0 and later."""
    line = make(name, value, *params)
    return Property(name, line.value, line.raw, "", params)


def made_for(version: str, name: str, text: str, *types: str) -> Property:
    """Make a property that holds one text, as the version of the card wants it."""
    if version == "2.1":
        head = "".join(f";{one.upper()}" for one in types)
        if text.isascii() and text.isprintable() and len(text) < 60:
            return Property(name, text, f"{name}{head}:{text}")
        value = "=0D=0A=\r\n".join(map(_quoted, text.split("\n")))
        return Property(name, value, f"{name}{head};CHARSET=UTF-8;ENCODING={_QUOTED}:{value}")
    return made(name, escape(text), *(("TYPE", one.upper() if version == "3.0" else one.lower()) for one in types))


def _quoted(line: str) -> str:
    octets = quopri.encodestring(line.encode("utf-8", "replace"), quotetabs=True)
    return octets.decode("ascii").replace("\n", "\r\n")


def _split(pattern: re.Pattern[str], value: str) -> list[str]:
    found: list[str] = []
    at = 0
    while match := pattern.match(value, at):
        found.append(unescape(match[1]))
        at = match.end()
        if not match[2]:
            break
    return found
