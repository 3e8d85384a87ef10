"""Tell the stage of an interview and the role: the first rule that fits (order as in the corpus' README)."""

import re
import unicodedata

from ..model import Person
from ..text import one_line
from .normal import spans, squash, tokens
from .parties import Side
from .reading import Reading
from .segments import Segment

_ONLINE = re.compile(
    r"https?://|zoom|teams|meet\b|skype|webex|online|remote|video|virtual|phone|telefon|tél|bridge|\+?\d[\d\s()-]{7,}"
    r"|tbd|tbc|conference call|会议|オンライン",
    re.IGNORECASE,
)
_TITLE_ORDER = ("panel", "technical", "hiring_manager", "informal", "recruiter_screen", "onsite", "phone_screen")
_SLOT = re.compile(r"\d{1,2}[:.h]\d{2}")


def find_stage(reading: Reading, people: tuple[Person, ...], recruiter: Person | None) -> str:
    """Tell the stage: the first rule of the list that fits."""
    title, text = _title_kinds(reading), _text_kinds(reading)
    named = next((stage for stage in _TITLE_ORDER if stage in title), "")
    if named == "phone_screen" and "recruiter_screen" in text:
        named = "recruiter_screen"
    by_recruiter = "recruiter_screen" in text and (recruiter in people or not people)
    first_call = bool(reading.title.first("talk")) and not reading.title.first("word")
    rules = (
        ("take_home_review", "take_home_review" in title | text),
        ("final", bool({"final", "top"} & title) or "final" in text),
        (named, bool(named)),
        ("onsite", _at_their_place(reading) or "onsite" in text or _conversations(reading) >= 3),
        ("technical", "technical" in text),
        ("hiring_manager", "hiring_manager" in text and len(people) < 2),
        ("panel", len(people) > 1 or "panel" in text),
        ("recruiter_screen", by_recruiter),
        ("phone_screen", "phone_screen" in text),
        ("informal", "informal" in text),
        ("phone_screen", first_call),
    )
    return next((stage for stage, fits in rules if fits), "unknown")


def _title_kinds(reading: Reading) -> set[str]:
    """Stages that the title names. A director counts only after "with": else it is the job."""
    words = reading.title.words
    jobs = {i for hit in reading.title.hits if "job" in hit.kinds for i in range(hit.start, hit.end)}
    found: set[str] = set()
    for hit in reading.lexicon.stages.scan(words):
        kinds = set(hit.kinds)
        if (
            kinds & {"hiring_manager", "top"}
            and jobs & set(range(hit.start, hit.end))
            and reading.lexicon.names["with"].isdisjoint(words[max(0, hit.start - 2) : hit.start])
        ):
            kinds -= {"hiring_manager", "top"}
        found |= kinds
    return found


def _text_kinds(reading: Reading) -> set[str]:
    """Stages that the text names. A manager counts only as somebody's title: after a name, a comma or a bracket."""
    text = unicodedata.normalize("NFC", reading.text.text)
    places = spans(text)
    found: set[str] = set()
    for hit in reading.lexicon.stages.scan(reading.text.words):
        kinds = set(hit.kinds) - {"top"}
        before = text[: places[hit.start][0]].rstrip()[-1:] if places else ""
        if (
            "hiring_manager" in kinds
            and before.isascii()
            and before not in "(,:–-"
            and reading.text.words[hit.start] not in _HIRING
        ):
            kinds -= {"hiring_manager"}
        found |= kinds
    return found


_HIRING = frozenset({"hiring", "hm"})


def _at_their_place(reading: Reading) -> bool:
    place = reading.event.location
    return bool(place) and not _ONLINE.search(place) and reading.parties.side is not Side.OWN


def _conversations(reading: Reading) -> int:
    """Count the lines of an agenda."""
    return sum(bool(_SLOT.search(line)) for line in reading.event.text.splitlines())


_ROLE = re.compile(
    r"(?i:\b(?:position|role|post|job requisition|job|vacancy|opening|stelle|poste|puesto|vaga|posizione|ruolo|functie"
    r"|stanowisko|application for|bewerbung als|beworben als|als|interview for|for|about|as|req \d+)\b)"
    r"[ \t]*(?i:of|for|as|de|als|the|an?|our|[:–-])?[ \t]*[\"„“«]?[ \t]*"
    r"([^\W\d_][^\n.,;:!?|\"“”»(]{2,60}?)"
    r"(?=\s*(?:[\n.,;:!?|\"“”»(]|\b(?:role|position|opening|seat|job|post|at|bei|with|und|and|is|you)\b|$))"
)


def find_role(reading: Reading, pieces: list[Segment], company: str) -> str:
    """Name the job: a segment of the title with a job title in it, else what the text calls position or role."""
    for piece in pieces:
        if piece.role and not piece.owner and squash(piece.rest) != squash(company) and piece.rest:
            return one_line(_without_number(piece.rest), 100)
    for match in _ROLE.finditer(unicodedata.normalize("NFC", reading.text.text[:3000])):
        name = match.group(1).strip()
        hits = reading.lexicon.evidence.find(name)
        if any("job" in hit.kinds for hit in hits) and len(tokens(name)) > 1:
            return one_line(name, 100)
    return ""


def _without_number(text: str) -> str:
    return re.sub(r"^(?:R-?\d+|JR\d+|\d{4}-\d+|\d+)\s+", "", text)
