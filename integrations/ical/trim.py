"""Cut a resource down to what an event needs before the full parser sees it: fewer lines, less that can go wrong.

Alarms, attachments, zone rules and unknown properties are dropped; broken lines too.
"""

from collections.abc import Iterator, Sequence

from .bounds import EVENTS_LIMIT, LINES_LIMIT, PEOPLE_LIMIT, Unreadable
from .lines import Line

_KEPT = frozenset((
    "UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SUMMARY", "DESCRIPTION",
    "X-ALT-DESC", "LOCATION", "STATUS", "CLASS", "SEQUENCE", "LAST-MODIFIED", "ORGANIZER", "ATTENDEE", "URL", "CONFERENCE",
    "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGCONFLINK",
))  # fmt: skip
MARKER = "X-AFTERVIEW-ID"
CUT = "The entry is cut off: an appointment in it has no end."


def events_in(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the wanted lines of each VEVENT, nested components left out. Our own items are left out too."""
    if len(lines) > LINES_LIMIT:
        raise Unreadable(f"The entry has over {LINES_LIMIT} lines.")
    count = 0
    for block in _blocks(lines):
        count += 1
        if count > EVENTS_LIMIT:
            raise Unreadable(f"The entry holds over {EVENTS_LIMIT} appointments.")
        if any(line.name == MARKER for line in block):
            continue
        people = [line for line in block if line.name == "ATTENDEE"]
        extra = {id(line) for line in people[PEOPLE_LIMIT:]}
        yield [line for line in block if line.name in _KEPT and id(line) not in extra]


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each VEVENT; its end closes whatever was left open inside it."""
    block: list[Line] | None = None
    depth = 0
    for line in lines:
        event = line.name in {"BEGIN", "END"} and line.value.strip().upper() == "VEVENT"
        if line.name == "BEGIN":
            if event and block is not None:
                raise Unreadable(CUT)
            if block is not None:
                depth += 1
            elif event:
                block, depth = [], 0
        elif line.name == "END" and block is not None:
            if event:
                yield block
                block = None
            else:
                depth = max(0, depth - 1)
        elif block is not None and not depth:
            block.append(line)
    if block is not None:
        raise Unreadable(CUT)
