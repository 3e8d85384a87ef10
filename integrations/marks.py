r"""What a task carries of ours besides words where a service keeps nothing but notes: one line in them. Pure.

    av:T<key>:<context> [withdrawn <time>]          T, I, A, ... <22> is t-, i-, a- with 32 hex digits, packed

The key finds the task again after a lost answer or a lost ledger, the context says what must be believed for it to stand
(`sync.identity`). The line is ours; what stands before and after it is the notes.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from afterview.sync.identity import TASK_KEY

CROSS = "× "  # begins the title of what we withdrew, where a service knows open and done only
_LINE = re.compile(r"^av:(T[\w-]{22})(?::([\w.:-]{1,400}))?(?: withdrawn (\d{8}T\d{6}Z))?\s*$", re.ASCII | re.MULTILINE)
_LONG = re.compile(r"([a-z])-([0-9a-f]{32})")
_SHORT = re.compile(r"([A-Z])([\w-]{22})", re.ASCII)
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Marked:
    """The notes of a task, taken apart. `key` is "" for a task that is not ours."""

    notes: str
    key: str = ""
    context: str = ""
    withdrawn_at: datetime | None = None

    def written(self) -> str:
        """Return the whole text, the line last."""
        if not self.key:
            return self.notes
        parts = f"av:{_packed(self.key)}" + (f":{_all_packed(self.context)}" if self.context else "")
        if self.withdrawn_at is not None:
            parts += f" withdrawn {self.withdrawn_at.astimezone(UTC).strftime(_STAMP)}"
        return f"{self.notes}\n\n{parts}" if self.notes else parts


def read(text: str) -> Marked:
    """Take the notes of a task apart. Line ends become plain; blanks at the end go."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    match = _LINE.search(text)
    key = _unpacked(match[1]) if match else ""
    if match is None or not TASK_KEY.fullmatch(key):
        return Marked(text.rstrip())
    before, after = text[: match.start()].rstrip(), text[match.end() :].strip()
    notes = f"{before}\n\n{after}" if before and after else before or after
    return Marked(notes, key, ":".join(_unpacked(part) for part in (match[2] or "").split(":")), _moment(match[3]))


def withdrawn_at(text: str) -> datetime | None:
    """Return when we withdrew the task of these notes, None if we did not."""
    return read(text).withdrawn_at


def _moment(written: str | None) -> datetime | None:
    """Read the time of a withdrawal; anybody can write what looks like one."""
    try:
        return datetime.strptime(written or "", _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def length(text: str) -> int:
    """Return the length of a text as Google counts at most: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _all_packed(context: str) -> str:
    return ":".join(_packed(part) for part in context.split(":"))


def _packed(part: str) -> str:
    match = _LONG.fullmatch(part)
    if match is None:
        return part
    return match[1].upper() + base64.urlsafe_b64encode(bytes.fromhex(match[2])).rstrip(b"=").decode()


def _unpacked(part: str) -> str:
    match = _SHORT.fullmatch(part)
    if match is None:
        return part
    try:
        return f"{match[1].lower()}-{base64.urlsafe_b64decode(match[2] + '==').hex()}"
    except binascii.Error:
        return part
