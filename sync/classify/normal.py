"""Bring text from any script into one form for matching: fold, then cut into tokens.

Folding is NFKC, casefold, and off with accents and invisible characters, so that "Entrevista tecnica" and "ENTREVISTA
TÉCNICA" are one. A token is a word; in Chinese, Japanese and Korean, which write without usable word boundaries, it is
one character. Folded text is for matching only and is never shown.
"""

import re
import unicodedata
from functools import lru_cache

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_MARKED = "\u0900-\u0dff\u0e00-\u0eff"  # scripts whose vowel signs are not letters for `re`
_GAPS = {code: " " for code in range(128) if not chr(code).isalnum()}
_TOKEN = re.compile(rf"[{_CJK}]|(?:[^\W_{_CJK}]|[{_MARKED}])+")
_ASCII_TOKEN = re.compile(r"[A-Za-z0-9]+")
_DROPPED = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]+"
)
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"}
_LETTER = re.compile(f"[{''.join(_LETTERS)}]")


def fold(text: str) -> str:
    """Fold text for matching."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = unicodedata.normalize("NFC", _DROPPED.sub("", unicodedata.normalize("NFD", folded)))
    return _LETTER.sub(lambda match: _LETTERS[match.group()], bare)


def fresh_tokens(text: str) -> tuple[str, ...]:
    """Cut text, which need not be folded yet, into folded tokens.

    The words of a calendar come again and again, and most are plain ASCII: the others are folded one by one, from memory,
    and the whole is cut by translation, a quarter of what a pattern over all of it costs.
    """
    if not text.isascii():
        text = " ".join([part if part.isascii() else _cut(part) for part in text.split()])
    return tuple(text.casefold().translate(_GAPS).split())


@lru_cache(maxsize=128)  # a text, its title, its parts and the names in it are looked at by many rules in a row
def tokens(text: str) -> tuple[str, ...]:
    """Do the same for what will be asked for again."""
    return fresh_tokens(text)


@lru_cache(maxsize=4096)
def _cut(part: str) -> str:
    """Fold a word and put a space between its tokens."""
    return " ".join(_TOKEN.findall(fold(part)))


def cut_term(folded: str) -> list[str]:
    """Cut a folded term into tokens; a star at the beginning or end of a word stays with it."""
    found: list[str] = []
    for part in folded.split():
        words = part.translate(_GAPS).split() if part.isascii() else _TOKEN.findall(part)
        if words:
            words[0] = "*" * part.startswith("*") + words[0]
            words[-1] += "*" * part.endswith("*")
        found += words
    return found


@lru_cache(maxsize=64)  # several rules in a row look at the same text
def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the tokens of composed (NFC) text stand; empty if folding changed their number."""
    if text.isascii():
        return tuple([match.span() for match in _ASCII_TOKEN.finditer(text)])
    found = tuple([match.span() for match in _TOKEN.finditer(text)])
    return found if len(found) == len(tokens(text)) else ()


def excerpt(text: str, start: int, end: int) -> str:
    """Return what tokens `start` to `end` looked like before folding."""
    composed = unicodedata.normalize("NFC", text)
    places = spans(composed)
    return composed[places[start][0] : places[end - 1][1]] if places else " ".join(tokens(text)[start:end])


@lru_cache(maxsize=1024)
def squash(text: str) -> str:
    """Fold text to its letters and digits alone, to compare a name with a domain."""
    return "".join(tokens(text))
