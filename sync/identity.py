"""Identity is derived, never random: the same events give the same keys on every machine.

A key is the first 32 hex digits of a SHA-256 over its parts. Prefixes tell people what they look at: `i-` interview,
`a-` application, `c-` company, `p-` person, `n-` note, `t-` follow-up. Characters are [a-z0-9-] only, so a key is safe in
an href, a UID, a Google marker and an X- property (`facts/caldav-servers.md` section 5).
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

TASK_KEY = re.compile(r"t-[0-9a-f]{32}")


def _digest(*parts: str) -> str:
    """Hash parts unambiguously: each is preceded by its length."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def event_key(uid: str, occurrence: str) -> str:
    """Key of the interview that an event shows: iCalendar UID and original start (RFC 5545 3.8.4.4 and 3.8.4.7)."""
    return "i-" + _digest("event", uid, occurrence)


def application_key(interview: str) -> str:
    """Key of the application that an interview (by key) belongs to."""
    return "a-" + _digest("application", interview)


def person_key(name: str, email: str, company: str) -> str:
    """Key of a person: the address if there is one, else name and company together, never the name alone."""
    if email:
        return "p-" + _digest("person", email.casefold())
    return "p-" + _digest("person", plain(name), plain(company))


def company_key(name: str) -> str:
    """Key of a company: its name, reduced to what all spellings have in common (`meetings.company_name`)."""
    return "c-" + _digest("company", name)


def note_key(*parts: str) -> str:
    """Key of a note in a CRM: where it comes from and what it says, for it is never changed."""
    return "n-" + _digest("note", *parts)


def follow_up_key(step: str, *subjects: str, generation: int = 1) -> str:
    """Key of a follow-up: the step and the keys of whom or what it concerns."""
    return "t-" + _digest("follow-up", step, *subjects, str(generation))


def plain(words: str) -> str:
    """Fold case, accents, compatibility forms and spaces, for comparing names."""
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def short_hash(text: str) -> str:
    """Twelve hex digits that recognise a text again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Context:
    """The line `X-AFTERVIEW-CONTEXT` of a task: what must be believed for it to stand, should the ledger be lost.

    Written `step:interview:application:outcome:time:subject:lines-hash`; an absent part is "-". `time` is when the
    outcome was heard ("20260831T101500Z"), `subject` recognises the same follow-up under another key, `lines` and
    `hash` recognise our own text block inside the notes.
    """

    step: str
    interview: str = ""
    application: str = ""
    outcome: str = ""
    time: str = ""
    subject: str = ""
    block: str = ""

    def written(self) -> str:
        """Return the one-line form."""
        parts = (self.step, self.interview, self.application, self.outcome, self.time, self.subject, self.block)
        return ":".join(part or "-" for part in parts)

    @classmethod
    def read(cls, line: str) -> "Context | None":
        """Read the one-line form; None if somebody changed it into something else."""
        parts = line.split(":")
        if len(parts) != 7 or not re.fullmatch(r"[A-Za-z0-9._:-]{1,400}", line):
            return None
        return cls(*("" if part == "-" else part for part in parts))


def block_mark(block: str) -> str:
    """Mark of a text block for `Context.block`: number of lines and hash."""
    return f"{block.count(chr(10)) + 1}-{short_hash(block)}"


def split_notes(notes: str, block: str, mark: str) -> tuple[bool, str]:
    """Split a description into our block and the user's words.

    Returns (is our block still there untouched, what the user wrote). `block` is the text we last wrote, "" if not
    known; then `mark` (`block_mark`) finds it. Line ends and trailing blanks, which clients trim, do not count.
    """
    lines = _lines(notes)
    start, size = _find_block(lines, block, mark)
    kept = lines[:start] + lines[start + size :] if size else lines
    return bool(size), "\n".join(kept).strip("\n ")


def replace_block(notes: str, block: str, new: str) -> str:
    """Put a new block in place of the one we last wrote; the user's words stay where they are.

    A block that the user has changed is the user's: the notes come back as they are.
    """
    if block == new:
        return notes
    lines = _lines(notes)
    start, size = _find_block(lines, block, "")
    return "\n".join(lines[:start] + _lines(new) + lines[start + size :]) if size else notes


def find_block(notes: str, mark: str) -> str:
    """Return the text inside the notes that `mark` (`block_mark`) was made from, "" if it is not there."""
    lines = _lines(notes)
    start, size = _find_block(lines, "", mark)
    return "\n".join(lines[start : start + size])


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _find_block(lines: list[str], block: str, mark: str) -> tuple[int, int]:
    """Return where our block begins and how many lines it has; (0, 0) if it is not there."""
    wanted = _lines(block) if block else []
    size = len(wanted) or _mark_lines(mark)
    for start in range(len(lines) - size + 1) if size else ():
        part = lines[start : start + size]
        if part == wanted if wanted else block_mark("\n".join(part)) == mark:
            return start, size
    return 0, 0


def _mark_lines(mark: str) -> int:
    count, _, digest = mark.partition("-")
    return int(count) if digest and count.isdecimal() and 0 < int(count) < 1000 else 0
