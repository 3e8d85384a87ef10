"""Make text from outside safe to show, to store and to compare: anybody can send an invitation."""

import re

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\u00ad\u034f\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\ufff9\ufffa\ufffb"
_TAGS = (*range(0x206A, 0x2070), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE0080))  # letters that nobody sees
_JOINER = "\u034f"  # the one of these that counts as printable
_DROP = dict.fromkeys((*map(ord, _BIDI + _INVISIBLE), *_TAGS))
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")  # categories Cc, Cs, Zl, Zp
_UNSAFE_IN_PARAGRAPHS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")  # all but \t and \n
TITLE_LIMIT = 200
TEXT_LIMIT = 8000


def one_line(text: str, limit: int = TITLE_LIMIT) -> str:
    """Return text as one safe line: no control, bidi or invisible characters, no line breaks, at most `limit` long."""
    cleaned = " ".join(_clean(text[: limit * 20], _UNSAFE).split())
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1].rstrip() + "…"


def paragraphs(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return text with its line breaks but nothing else that a terminal or a property could act on."""
    unified = text[: limit * 4].replace("\r\n", "\n").replace("\r", "\n")
    cleaned = _clean(unified, _UNSAFE_IN_PARAGRAPHS)
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1].rstrip() + "…"


def _clean(text: str, unsafe: re.Pattern[str]) -> str:
    if text.isprintable() and _JOINER not in text:  # nearly all text is; then there is nothing to find
        return text
    return unsafe.sub(" ", _ESCAPE.sub(" ", text).translate(_DROP))
