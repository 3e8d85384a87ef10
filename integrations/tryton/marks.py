"""Where our identity stands in Tryton. Pure.

record        place                          why
party         `code`, if we made it          the only unique field of a party: a second one under our key is refused; nobody
                                             can change it afterwards, and a copy of the party gets another one
party         `party.identifier`, untyped    if somebody else made it: its code is theirs; an identifier without a type is
                                             not checked, and a party may have several
opportunity   `reference`, if it is empty    can be written in every state, is shown beside the number; a copy gets none.
                                             A reference of the user's own stays, and our key is then nowhere
note          last line of the message       a message cannot be changed once it is there
"""

import re

from afterview.sync.model import RecordKind

_PREFIXES = {
    RecordKind.PERSON: "p",
    RecordKind.COMPANY: "c",
    RecordKind.APPLICATION: "a",
}
_MARK = re.compile(r"afterview-([a-z]-[0-9a-f]{32})")
_LAST_LINE = re.compile(r"\[afterview ([a-z]-[0-9a-f]{32})(?: ([a-z]{1,12}))?\]")


def mark(key: str) -> str:
    """Return our identity as a code, an identifier or a reference."""
    return f"afterview-{key}"


def key_in(text: object) -> str:
    """Return the key that a code, an identifier or a reference holds, "" if it is somebody else's."""
    found = _MARK.fullmatch(text.strip()) if isinstance(text, str) else None
    return found[1] if found else ""


def is_of(kind: RecordKind, key: str) -> bool:
    """Tell whether a key stands for a record of this kind."""
    return key.startswith(f"{_PREFIXES.get(kind, '?')}-")


def last_line(key: str, word: str = "") -> str:
    """Return the line by which a note is known."""
    return f"[afterview {key} {word}]" if word else f"[afterview {key}]"


def read_last_line(message: str) -> tuple[str, str, str]:
    """Return what stands before our line, the key and the word in it; key "" for a note that is not ours."""
    text, _, line = message.rstrip().rpartition("\n")
    found = _LAST_LINE.fullmatch(line.strip())
    return (text, found[1], found[2] or "") if found else (message, "", "")
