"""Content lines (RFC 5545 section 3.1): split, unfold, escape, fold.

A line that is not changed is written back exactly as it came, folds included.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PHYSICAL = re.compile(r"\r\n|\n|\r")
_HEAD = re.compile(r'([A-Za-z0-9-]+)((?:;(?:[^":]++|"[^"]*+")*+)?):', re.ASCII)
_PARAM = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*+"|[^";:]++)*+)', re.ASCII)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = dict.fromkeys([*range(9), *range(11, 32), 127])
_LIMIT = 75


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line. `name` is upper case, "" for a line that is none; `raw` = as written, less the last line end."""

    name: str
    params: tuple[tuple[str, str], ...]
    value: str
    raw: str

    def param(self, name: str) -> str:
        """Return the first value of a parameter, unquoted; "" without one."""
        return next((value.strip('"') for key, value in self.params if key == name), "")


def split(text: str) -> list[Line]:
    """Split text into logical lines; empty physical lines are dropped."""
    logical: list[list[str]] = []
    for physical in _PHYSICAL.split(text):
        if physical[:1] in {" ", "\t"} and logical:
            logical[-1].append(physical)
        elif physical:
            logical.append([physical])
    return [_line(parts) for parts in logical]


def _line(parts: list[str]) -> Line:
    joined = parts[0] + "".join(part[1:] for part in parts[1:]) if len(parts) > 1 else parts[0]
    head = _HEAD.match(joined)
    raw = "\r\n".join(parts)
    if head is None:
        return Line("", (), joined, raw)
    params = tuple((key.upper(), value) for key, value in _PARAM.findall(head[2])) if head[2] else ()
    return Line(head[1].upper(), params, joined[head.end() :], raw)


def make(name: str, value: str, *params: tuple[str, str]) -> Line:
    """Make a line from a value that is already in iCalendar form."""
    head = name + "".join(f";{key}={_param_value(text)}" for key, text in params)
    return Line(name, params, value, _fold(f"{head}:{value.translate(_CONTROL)}"))


def make_text(name: str, text: str) -> Line:
    """Make a line from a text that is escaped here; CR, LF and control characters cannot get out of the value."""
    return make(name, escape(text))


def join(lines: Iterable[Line]) -> str:
    """Join lines to the text of a resource."""
    return "".join(line.raw + "\r\n" for line in lines)


def escape(text: str) -> str:
    """Escape a text value (RFC 5545 section 3.3.11)."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    escaped = unified.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n").translate(_CONTROL)


def unescape(value: str) -> str:
    """Undo `escape`, tolerant of stray backslashes."""
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _param_value(text: str) -> str:
    safe = text.replace('"', "'").translate(_CONTROL).replace("\n", " ")
    return f'"{safe}"' if re.search(r"[:;,]", safe) else safe


def _fold(line: str) -> str:
    """Fold at 75 octets, never inside a character."""
    if len(line) * 4 <= _LIMIT or len(line.encode("utf-8", "replace")) <= _LIMIT:
        return line
    pieces: list[str] = []
    start = size = 0
    for index, char in enumerate(line):
        width = len(char.encode("utf-8", "replace"))
        if size + width > _LIMIT - 1:
            pieces.append(line[start:index])
            start, size = index, 0
        size += width
    pieces.append(line[start:])
    return "\r\n ".join(pieces)
