"""Find the employer's name: what title, sender and text call the owner of the other side's domain."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ..text import one_line
from .labels import company_labels
from .normal import spans, squash, tokens
from .parties import FROM_ELSEWHERE
from .people import is_person
from .reading import Reading
from .segments import Segment, strip_phrases

_LONGEST = 6


class Company(NamedTuple):
    """A name, and where it was found."""

    name: str = ""
    source: str = ""


def find_company(reading: Reading, pieces: list[Segment], persons: frozenset[str]) -> Company:
    """Name the employer. `persons` are folded names (squashed) of people, which are no company."""
    labels = list(dict.fromkeys(company_labels(reading)))
    for name, source in _candidates(reading, pieces, labels, persons):
        if name:
            return Company(one_line(name, 80), source)
    return Company()


def _candidates(
    reading: Reading, pieces: list[Segment], labels: list[str], persons: frozenset[str]
) -> Iterator[Company]:
    """Guesses, best first."""
    sender = _sender_company(reading, persons)
    yield from (Company(_in_segments(pieces, label), "title") for label in labels)
    yield from (Company(_in_text(sender, label), "organizer") for label in labels if sender)
    guess, told = _from_title(reading, pieces, persons)
    if told:
        yield Company(guess, "title")
    yield from (Company(_in_text(reading.text.text[:3000], label), "text") for label in labels)
    if not labels or any(_related(sender, label) for label in labels):
        yield Company(_in_full(pieces, sender), "organizer")
    if labels and squash(guess).isascii():
        yield Company(_pretty(labels[0]), "domain")  # safer than a guess that does not look like it
    yield Company(guess, "title")
    if labels:
        yield Company(_pretty(labels[0]), "domain")
    yield Company(_named_in_text(reading, persons), "text")


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class _Gram(NamedTuple):
    """A run of words of a text: as written, folded, and whether it is all of the text."""

    name: str
    words: tuple[str, ...]
    whole: bool


def _matches(gram: _Gram, label: str) -> bool:
    """Tell whether a name is what a label shortens: all of it, or its main words."""
    bare, name, words = squash(label), gram.name, gram.words
    if len(bare) < 3:
        return False
    if "".join(words) == bare:
        return True
    if ("&" in name or "+" in name) and squash(name.replace("&", " and ").replace("+", " and ")) == bare:
        return True
    if not name.isascii() and squash(name.translate(_UMLAUTS)) == bare:
        return True
    parts = tokens(label)
    return (
        1 < len(parts) <= len(words) <= len(parts) + 2
        and words[0] == parts[0]
        and words[-1] == parts[-1]
        and set(parts) <= set(words)
    )


def _related(sender: str, label: str) -> bool:
    """Tell whether a sender that is no person is called like the domain, or in a script that no domain is written in."""
    name, whole = squash(sender), squash(label)
    return bool(name) and (not name.isascii() or (len(name) >= 0.7 * len(whole) and whole.startswith(name)))


def _in_full(pieces: list[Segment], sender: str) -> str:
    """Return the title's own form of a name that begins like the sender's, where it is longer."""
    begins = [piece.name for piece in pieces if squash(sender) and squash(piece.name).startswith(squash(sender))]
    return max((sender, *begins), key=len)


def _in_segments(pieces: list[Segment], label: str) -> str:
    """Find the words of the title that match a label, and take the rest of that segment's name with them."""
    for piece in pieces:
        if piece.owner and not piece.at:
            continue
        for gram in _grams(piece.rest or piece.text):
            if _matches(gram, label):
                return gram.name if gram.whole else _grown(piece.rest or piece.text, gram.name)
    bare = squash(label)
    for piece in pieces:
        plain = squash(piece.rest)
        if piece.owner or min(len(plain), len(bare)) < 4:
            continue
        if bare.startswith(plain):
            return _pretty(label) if "-" in label else piece.rest
        if bare in plain or plain[:6] == bare[:6] or (not piece.role and _shares_word(piece.rest, label)):
            return piece.rest
    return ""


def _shares_word(name: str, label: str) -> bool:
    """Tell whether a name has a long word of a label with several: "Klinik Bøgelund", bogelund-pleje."""
    parts = {part for part in tokens(label) if len(part) > 5}
    return len(tokens(label)) > 1 and not parts.isdisjoint(tokens(name))


@lru_cache(maxsize=16)  # compared with every label
def _grams(text: str) -> tuple[_Gram, ...]:
    """Runs of words of a text, longest first."""
    places, words = spans(text), tokens(text)
    count = len(places)
    return tuple(
        _Gram(text[places[start][0] : places[start + size - 1][1]], words[start : start + size], size == count)
        for size in range(min(count, _LONGEST), 0, -1)
        for start in range(count - size + 1)
    )


_BEFORE = re.compile(r"(?:[^\W\d_a-z][\w'’.]*\s+(?:(?:de|du|des|of|van|di|da|do)\s+)?){1,2}$")
_AFTER = re.compile(r"(?:\s+(?:&\s+)?[^\W\d_a-z][\w'’.]*){1,3}")


def _grown(text: str, name: str) -> str:
    """Take the capitalised words around a name with it: "North Star" in "North Star Freight"."""
    at = text.find(name)
    if at < 0:
        return name
    before, after = _BEFORE.search(text[:at]), _AFTER.match(text, at + len(name))
    return text[before.start() if before else at : after.end() if after else at + len(name)]


_ADDRESS = re.compile(r"\S+@\S+|https?://\S+")
_SENTENCE = re.compile(r"[.,;:()!?|]\s")


def _in_text(text: str, label: str) -> str:
    """Find the name that a label shortens in running text."""
    start = squash(label)[:3]
    for line in _lines(text):
        if start not in squash(line) and (line.isascii() or start not in squash(line.translate(_UMLAUTS))):
            continue
        for sentence in _SENTENCE.split(line):
            for gram in _grams(sentence):
                if gram.name[:1].isupper() and _matches(gram, label):
                    return _grown(sentence, gram.name)
    return ""


@lru_cache(maxsize=4)  # searched for every label
def _lines(text: str) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", _ADDRESS.sub(" ", text)).splitlines())


def _sender_company(reading: Reading, persons: frozenset[str]) -> str:
    """The sender's name without "recruiting", "careers" and the like, where the sender is no person."""
    organizer = reading.parties.organizer
    if (
        not organizer
        or reading.parties.side not in FROM_ELSEWHERE
        or "@" in organizer.name
        or " via " in organizer.name
    ):
        return ""
    rest = strip_phrases(reading, organizer.name)
    if (
        not rest
        or squash(rest) in persons
        or squash(rest) in reading.lexicon.names["services"]
        or is_person(organizer, reading)
    ):
        return ""
    return one_line(rest, 80)


def _from_title(reading: Reading, pieces: list[Segment], persons: frozenset[str]) -> tuple[str, bool]:
    """What remains of the title when the owner, people, roles and interview words are gone; and whether it follows "at"."""
    left = [p for p in pieces if p.name and not p.owner and squash(p.name) not in persons and _is_name(p.name)]
    plain = [piece for piece in left if not piece.role]
    legal = [piece for piece in left if not reading.lexicon.names["legal"].isdisjoint(tokens(piece.name)[-2:])]
    at = [piece for piece in plain if piece.at]
    for group in (legal, at):
        if group:
            return group[-1].name, True
    mixed = [p for p in left if p.rest != p.text or len(pieces) == 1 or _beside_job(p)]  # more than a job title
    first = plain or (mixed if reading.self_made else [])
    return (first[0].name if first else ""), False


def _beside_job(piece: Segment) -> bool:
    """Tell whether a name stands beside the job, in a script without capitals, which would tell "Senior" from a name."""
    return piece.name != piece.rest and not piece.name.isascii() and piece.name.upper() == piece.name.lower()


def _is_name(text: str) -> bool:
    """Tell whether text can be a name: it begins with a capital letter, a digit, or a script without capitals."""
    first = text[:1]
    return (
        bool(first)
        and (first.isupper() or first.isdecimal() or not (first.isupper() or first.islower()))
        and len(text) < 60
    )


_IN_TEXT = re.compile(
    r"(?:\b(?:at|bei|bei der|chez|presso|behalf of)"
    r"|(?:Unternehmen|Company|Agency|Azienda|Société|Empresa|Bedrijf|Firma) ?:|[(])\s*"
    r"([^\W\d_a-zß-ÿ][\w'’&-]*(?:[ \t]+(?:&[ \t]+|de[ \t]+|des[ \t]+|für[ \t]+)?[^\W\d_a-zß-ÿ][\w'’&-]*){0,3})"
)


def _named_in_text(reading: Reading, persons: frozenset[str]) -> str:
    for match in _IN_TEXT.finditer(unicodedata.normalize("NFC", reading.text.text[:2000])):
        name = match.group(1)
        words = tokens(name)
        if (
            squash(name) in persons
            or reading.parties.owner_names & set(words)
            or any(reading.lexicon.evidence.scan(words))
        ):
            continue
        return name
    return ""


def _pretty(label: str) -> str:
    return " ".join(part[:1].upper() + part[1:] for part in re.split(r"[-_]", label) if part)
