"""Take a calendar file apart into what CalDAV would keep as resources: everything that shares a UID.

A feed of 20,000 appointments is not parsed for that: a pattern finds the components in the text.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLOCK = re.compile(r"^BEGIN:VEVENT[ \t]*\r?$.*?^END:VEVENT[ \t]*\r?$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_ZONE = re.compile(r"^BEGIN:VTIMEZONE[ \t]*\r?$.*?^END:VTIMEZONE[ \t]*\r?$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_METHOD = re.compile(r"^METHOD:[A-Z]{1,20}", re.MULTILINE | re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]")
_PRINTED = re.compile(
    r"^(DTSTART|DTEND|DURATION|RRULE|RECURRENCE-ID|SUMMARY|LOCATION)([;:][^\r\n]*)", re.MULTILINE | re.IGNORECASE
)
_UID = re.compile(r"^UID(?:;[^:\r\n]*)?:([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_VOLATILE = re.compile(
    r"^(?:DTSTAMP|UID|SEQUENCE|LAST-MODIFIED|CREATED)[;:][^\r\n]*\r?\n?", re.MULTILINE | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Part:
    """The components that share a UID. `print` recognises the appointment without its UID; `mark` any change of it."""

    uid: str
    print: str
    mark: str
    body: str
    head: str

    def text(self) -> str:
        """Return it as a resource of its own."""
        return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{self.head}{self.body}END:VCALENDAR\r\n"


def parts(text: str) -> Iterator[Part]:
    """Yield the parts of a calendar file in the order of their first component."""
    head = "".join(zone[0] + "\n" for zone in _ZONE.finditer(text))
    method = _METHOD.search(text)
    head += method[0] + "\r\n" if method else ""
    blocks: dict[str, list[str]] = {}
    for match in _BLOCK.finditer(text):
        block = _FOLD.sub("", match[0]) if "\n " in match[0] or "\n\t" in match[0] else match[0]
        found = _UID.search(block)
        uid = (found[1].strip() if found else "") or f"nameless-{_hash(_VOLATILE.sub('', block))}"
        blocks.setdefault(uid, []).append(block + "\n")
    for uid, group in blocks.items():
        body = "".join(group)
        printed = "\n".join(sorted(name.upper() + value for name, value in _PRINTED.findall(group[0])))
        yield Part(uid, _hash(printed), _hash(_VOLATILE.sub("", body)), body, head)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]
