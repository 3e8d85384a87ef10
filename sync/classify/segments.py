"""Cut a title into segments at its separators, and tell what each one is: the owner, a person, a role, a phrase, a name."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .normal import spans, tokens
from .parties import Side
from .reading import Reading
from .terms import Hit

_CUT = re.compile(
    r"\s*<+[->]+\s*|\s+[-–—|/•·~×✕:]+\s+|\s*[|｜()\[\]{}【】（）「」『』:：／；;,、・“”\"«»]+\s*|\s*[–—]\s*|\s+//\s+|\s+(?:vs|x|X)\s+|\s*×\s*"
    r"|(?<=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3])[-‐](?=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3])"
)
_ADDRESSED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3々](?:様|さま|님|女士)$")  # whom an invitation is for
_AT = re.compile(
    r"(?:^|\s)(?:@\s*|at\s+|bei\s+|beim\s+|chez\s+|presso\s+|hos\s+|bij\s+|w/\s*|we?\s+firmie\s+|en\s+la\s+empresa\s+)(?=\w)",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"\s+(?:with|w/|mit|avec|con|com|met|med|między|between|and|und|et|y|e|i|en|och|og|ja|ve|&|\+|for|für|pour|para|per|voor)\s+",
    re.IGNORECASE,
)
_PHRASE_KINDS = frozenset(
    {"strong", "word", "talk", "round", "recruiter", "hiring", "applicant", "panelist", "candidate", "vendor"}
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a title.

    `rest` is what remains without interview words, `name` what remains without job titles too, from its first capital
    letter on; `at` = it follows "at" or "@".
    """

    text: str
    rest: str
    name: str
    at: bool
    owner: bool
    role: bool


def segments(reading: Reading, title: str) -> list[Segment]:
    """Cut a title."""
    composed = unicodedata.normalize("NFC", title)
    found: list[Segment] = []
    for piece in _CUT.split(composed):
        marked = _AT.split(piece)
        for number, part in enumerate(marked):
            found += [
                _segment(reading, sub, at=number > 0 and not deeper) for deeper, sub in enumerate(_parts(reading, part))
            ]
    return [segment for segment in found if segment.text]


def _parts(reading: Reading, piece: str) -> list[str]:
    """Cut at "with", "and" and the like, but only where a side is the owner or a participant: companies have an & too."""
    cuts = list(_WITH.finditer(piece))
    for cut in cuts:
        left, right = piece[: cut.start()], piece[cut.end() :]
        if cut.group().strip().lower() in reading.lexicon.names["joining"] and not (
            _is_party(reading, left) or _is_party(reading, right)
        ):
            continue
        return [left, *_parts(reading, right)]
    return [piece]


def _is_party(reading: Reading, text: str) -> bool:
    """Tell whether text is (or ends or begins with) the name of the owner or of a participant."""
    words = tokens(text)
    if not words:
        return True
    names = set(reading.parties.owner_names)
    for person, _ in reading.parties.guests:
        names.update(tokens(person.name))
    if (
        reading.parties.organizer
        and reading.parties.side not in {Side.SHARED, Side.VENDOR}
        and not reading.sender_kinds
    ):
        names.update(tokens(reading.parties.organizer.name))
    return words[0] in names or words[-1] in names


def _segment(reading: Reading, text: str, *, at: bool) -> Segment:
    text = text.strip(" -–—|/.!?*#_'’`\t")
    words = tokens(text)
    hits = reading.lexicon.evidence.find(text)
    names = reading.parties.owner_names
    folded = "".join(words)
    mine = sum(word in names for word in words) + sum(not name.isascii() and name in folded for name in names)
    owner = mine > 0 and len([word for word in words if word not in names and len(word) > 1 and word.isascii()]) <= 1
    owner = owner or (not reading.self_made and bool(_ADDRESSED.search(text)))
    role = any("job" in hit.kinds for hit in hits)
    rest = _stripped(reading, text, words, hits, jobs=False)
    bare = _stripped(reading, text, words, hits, jobs=True) if role else rest
    return Segment(text, rest, _capitalised(bare), at, owner, role)


def _capitalised(text: str) -> str:
    """Cut the words that begin with a small letter off both ends."""
    words = text.split(" ")
    while words and words[0][:1].islower():
        words.pop(0)
    while words and words[-1][:1].islower():
        words.pop()
    return " ".join(words)


def strip_phrases(reading: Reading, text: str) -> str:
    """Return what may be a name: the longest run between interview words, without small words at its ends."""
    words = tokens(text)
    return _stripped(reading, text, words, reading.lexicon.evidence.find(text), jobs=False)


def _stripped(reading: Reading, text: str, words: Sequence[str], hits: Sequence[Hit], *, jobs: bool) -> str:
    """Do it, with the terms found; with `jobs` also job titles count as interview words."""
    places = spans(text)
    if not places:
        return ""
    gone = _covered(reading, text, hits, jobs=jobs)
    small = reading.lexicon.names["small"]
    best, start = (0, 0), 0
    for i in range(len(words) + 1):
        if i == len(words) or gone[i]:
            first, last = start, i
            while first < last and _is_small(words[first], small):
                first += 1
            while last > first and _is_small(words[last - 1], small):
                last -= 1
            if last - first > best[1] - best[0]:
                best = (first, last)
            start = i + 1
    return text[places[best[0]][0] : places[best[1] - 1][1]] if best[1] else ""


_HOUR = re.compile(r"\d{1,4}(?:am|pm|h|uhr)")
_NUMBERED = re.compile(r"(?:jr|r|req|ref|id)?\d{2,}|\d+(?:am|pm|h|min)|\d+(?:st|nd|rd|th|e|eme|er|ere|ª|o)")
_DIGIT = re.compile(r"\d")


def _is_small(word: str, small: frozenset[str]) -> bool:
    return word in small or word.isdecimal() or bool(_DIGIT.search(word) and _NUMBERED.fullmatch(word))


def _covered(reading: Reading, text: str, hits: Sequence[Hit], *, jobs: bool) -> list[bool]:
    """Which words belong to interview words or to words that are never part of a name."""
    covered = [word[0].isdecimal() and bool(_HOUR.fullmatch(word)) for word in tokens(text)]
    kinds = _PHRASE_KINDS | {"job"} if jobs else _PHRASE_KINDS
    phrases = [hit for hit in hits if not kinds.isdisjoint(hit.kinds)]
    phrases += [hit for hit in reading.lexicon.labels.find(text) if "noise" in hit.kinds]
    for hit in phrases:
        if jobs or "job" not in hit.kinds:
            covered[hit.start : hit.end] = [True] * (hit.end - hit.start)
    return covered
