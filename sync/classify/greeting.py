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
    """Yield the words of the name that a text greets, folded: "Dear Ms Okoye", "Kære Kasper", "Ганно, доброго дня"."""
    for line in _LINE.findall(text[:400])[:_LINES]:
        if named := _CJK_NAMED.search(line[:40]):
            yield from (fold(named.group(1)),)
            return
        cut = _END.search(line)
        first, rest = (line[: cut.start()], line[cut.end() :]) if cut else (line, "")
        words = tokens(first)
        if len(words) > _LONGEST + 3:
            continue
        name = next((words[n:] for n in (3, 2, 1) if " ".join(words[:n]) in greetings and words[n:]), ())
        if not name and rest and " ".join(tokens(_END.split(rest, maxsplit=1)[0])) in greetings:
            name = words  # "Ганно, доброго дня"
        if name and len(name) <= _LONGEST and no_name.isdisjoint(name):
            yield from name
            return
