"""Take a calendar file apart into what CalDAV would keep as resources: everything that shares a UID.

A feed of 20,000 appointments is not parsed for that: a pattern finds the components in the text.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_EDGE = re.compile(r"^(BEGIN|END):(VEVENT|VTIMEZONE|VCALENDAR)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_METHOD = re.compile(r"^METHOD:[A-Z]{1,20}", re.MULTILINE | re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]")
_PRINTED = re.compile(
    r"^(DTSTART|DTEND|DURATION|RRULE|RECURRENCE-ID|SUMMARY|LOCATION)([;:][^\r\n]*)", re.MULTILINE | re.IGNORECASE
)
_UID = re.compile(r"^UID(?:;[^:\r\n]*)?:([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_TZID = re.compile(r"^TZID(?:;[^:\r\n]*)?:([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_NAMED_ZONE = re.compile(r';TZID=(?:"([^"\r\n]*)"|([^";:\r\n]*))', re.IGNORECASE)
_VOLATILE = re.compile(
    r"^(?:DTSTAMP|UID|SEQUENCE|LAST-MODIFIED|CREATED)[;:][^\r\n]*\r?\n?", re.MULTILINE | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Part:
    """The components that share a UID. `print` recognises the appointment without its UID; `mark` any change of it.

    `cut`: one of them has no end. `zones`: what the whole file says about zones, by TZID.
    """

    uid: str
    print: str
    mark: str
    body: str
    method: str
    zones: Mapping[str, str] = field(default_factory=dict, repr=False)
    cut: bool = False

    def text(self) -> str:
        """Return it as a resource of its own, with the zones that it names."""
        named = dict.fromkeys((quoted or bare).strip() for quoted, bare in _NAMED_ZONE.findall(self.body))
        head = self.method + "".join(self.zones[name] for name in named if name in self.zones)
        return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{self.body}END:VCALENDAR\r\n"


def parts(text: str) -> Iterator[Part]:
    """Yield the parts of a calendar file in the order of their first component."""
    found = _METHOD.search(text)
    method = found[0] + "\r\n" if found else ""
    zones: dict[str, str] = {}
    places: dict[str, list[tuple[int, int]]] = {}
    cut: set[str] = set()
    for kind, begin, end, whole in _blocks(text):
        block = _unfolded(text[begin:end])
        if kind == "VTIMEZONE":
            name = _TZID.search(block)
            zones.setdefault(name[1].strip() if name else "", block + "\n")
            continue
        named = _UID.search(block)
        uid = (named[1].strip() if named else "") or f"nameless-{_hash(_VOLATILE.sub('', block))}"
        places.setdefault(uid, []).append((begin, end))
        if not whole:
            cut.add(uid)
    for uid, group in places.items():
        blocks = [_unfolded(text[begin:end]) + "\n" for begin, end in group]
        body = "".join(blocks)
        printed = "\n".join(sorted(name.upper() + value for name, value in _PRINTED.findall(blocks[0])))
        yield Part(uid, _hash(printed), _hash(_VOLATILE.sub("", body)), body, method, zones, uid in cut)


def _blocks(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """Yield kind, begin, end of each component, and whether its end is there: the next one ends it where it is not."""
    kind, begin = "", 0
    for edge in _EDGE.finditer(text):
        opens, name = edge[1].upper() == "BEGIN", edge[2].upper()
        if not opens and name not in {kind, "VCALENDAR"}:
            continue
        whole = not opens and name == kind
        if whole or kind == "VEVENT":
            yield kind, begin, edge.end() if whole else edge.start(), whole
        kind, begin = (name, edge.start()) if opens and name != "VCALENDAR" else ("", 0)
    if kind == "VEVENT":
        yield kind, begin, len(text), False


def _unfolded(block: str) -> str:
    return _FOLD.sub("", block) if "\n " in block or "\n\t" in block else block


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]
