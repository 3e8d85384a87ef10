"""What an invitation calls the owner: the name it greets. Addresses rarely hold a name in the letters it is written in."""

import re
from collections.abc import Iterator

from .normal import fold, tokens

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_LINES = 2  # of a text, in which it may greet
_END = re.compile(r"[,،!:：、。\n;.]|\s[-–—]|$")
_CJK_NAMED = re.compile(
    r"([\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3々]{2,6}?)(?:様|さん|さま|님|女士|先生|小姐|同学|您好|你好)"
)
_LONGEST = 3  # words of a name


def greeted(text: str, greetings: frozenset[str], no_name: frozenset[str]) -> Iterator[str]:
    """Yield the words of the name that a text greets, folded: "Dear Ms Okoye", "Kære Kasper", "Оксано, доброго дня"."""
    for line in _LINE.findall(text[:400])[:_LINES]:
        if named := _CJK_NAMED.search(line[:40]):
            yield from (fold(named.group(1)),)
            return
        for said, name in _halves(line):
            words = tokens(name)
            if said in greetings and words and len(words) <= _LONGEST and no_name.isdisjoint(words):
                yield from words
                return


def _halves(line: str) -> Iterator[tuple[str, str]]:
    """Cut a line into greeting and name, in either order."""
    first = line[: found.start()] if (found := _END.search(line)) else line
    parts = first.split()
    for size in range(1, min(4, len(parts))):
        yield " ".join(tokens(" ".join(parts[:size]))), " ".join(parts[size:])
    rest = line[len(first) + 1 :]
    second = rest[: found.start()] if (found := _END.search(rest)) else rest
    yield " ".join(tokens(second)), first
