"""What no terminal and no task may get, whatever came in."""

import unicodedata
from collections.abc import Iterable, Iterator

_NEVER = {"Cc", "Cs", "Zl", "Zp"}
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TASK_LINES = {
    *("BEGIN", "END", "VERSION", "PRODID", "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SUMMARY", "DESCRIPTION"),
    *("CATEGORIES", "STATUS", "DUE", "DTSTART", "X-AFTERVIEW-ID", "X-AFTERVIEW-CONTEXT", "TRIGGER", "ACTION"),
    *("COMPLETED", "PERCENT-COMPLETE"),
}


def harmful(shown: Iterable[str], written: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong: `shown` are texts as a terminal gets them, `written` texts of tasks as a server gets them."""
    for text in shown:
        bad = {char for char in text if char != "\n" and (char in _BIDI or unicodedata.category(char) in _NEVER)}
        if bad:
            yield f"shows {sorted(map(ascii, bad))} in {text[:80]!r}"
    for text in written:
        lines = text.replace("\r\n ", "").split("\r\n")
        names = {line.replace(";", ":").partition(":")[0] for line in lines if line}
        if names - _TASK_LINES:
            yield f"writes {sorted(names - _TASK_LINES)}"
        if text.count("BEGIN:VTODO") != 1 or text.count("BEGIN:VALARM") > 1:
            yield "writes more than one task"
        yield from harmful(lines, ())
