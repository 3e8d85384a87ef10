"""Which side of the table the owner sits on. Decided before the score: an interviewer's copy looks like an interview."""

from dataclasses import dataclass

from ..model import Perspective
from .evidence import invites_company
from .parties import Side
from .reading import Field, Reading

_NEAR = 4  # tokens between "candidate" and the owner's name


@dataclass(frozen=True, slots=True)
class View:
    """The side, why, and whether the signs contradict each other."""

    perspective: Perspective
    words: str = ""
    doubtful: bool = False


def find_perspective(reading: Reading) -> View:
    """Weigh the signs of the interviewer's side against those of the candidate's."""
    here, there = _interviewer_signs(reading), _candidate_signs(reading)
    against, speaking = sum(n for n, _ in here), sum(n for n, _ in there)
    about = any(
        field.first(kind) for field in reading.fields for kind in ("strong", "word", "applicant", "job", "hiring")
    )
    if against >= 2 and against > speaking and about:
        return View(Perspective.INTERVIEWER, max(here)[1], doubtful=speaking >= 2)
    if reading.parties.side is Side.OWN and speaking < 3:
        return View(Perspective.NONE, "invitation from your own company")
    return View(Perspective.CANDIDATE, max(there)[1] if there else "")


def _interviewer_signs(reading: Reading) -> list[tuple[int, str]]:
    parties, links = reading.parties, reading.lexicon.vendors.interviewer_links
    signs = [
        (4, f"it has a link for interviewers ({mark})") for link in reading.links for mark in links if mark in link
    ]
    for field in (reading.title, reading.text):
        if hit := field.first("interviewer"):
            worth = 2 if field.count("interviewer") == 1 else 3
            signs.append((worth, field.says(hit)))
    if parties.side is Side.OWN:
        signs.append((1, "invitation from your own company"))
        if any(side is Side.FREE for _, side in parties.guests) and parties.own_domains:
            signs.append((2, "a guest with a private address is invited to your company"))
    if parties.side is Side.OWNER and parties.outside_guests and not invites_company(reading):
        signs.append((4, "you invited somebody from elsewhere"))
    if (words := _applicant(reading.title)) and not _owner_near(reading.title, reading, "applicant"):
        signs.append((2, words))
    if _owner_near(reading.title, reading, "panelist") or _owner_near(reading.text, reading, "panelist", words=2):
        signs.append((4, "it names you as interviewer"))
    elif (hit := reading.title.first("panelist")) and hit.start == 0:
        signs.append((2, reading.title.says(hit)))
    return signs


def _candidate_signs(reading: Reading) -> list[tuple[int, str]]:
    signs: list[tuple[int, str]] = []
    if reading.parties.side is Side.OWNER and reading.parties.guests and not invites_company(reading):
        return signs  # what it says is the owner's own wording
    for field in (reading.title, reading.text):
        if hit := field.first("candidate"):
            signs.append((3 if field.count("candidate") > 1 else 2, field.says(hit)))
        if (words := _applicant(field)) and _owner_near(field, reading, "applicant"):
            signs.append((3, words + ", and that is you"))
        if hit := field.first("internal"):
            signs.append((3, field.says(hit)))
    if reading.parties.side in {Side.OUTSIDE, Side.VENDOR}:
        signs.append((1, "invitation from elsewhere"))
    return signs


def _applicant(field: Field) -> str:
    hit = field.first("applicant")
    return field.says(hit) if hit else ""


def _owner_near(field: Field, reading: Reading, kind: str, words: int = 1) -> bool:
    """Tell whether the owner's name stands near "candidate" (either side), or right after "interviewer".

    `words` of the name are needed: a family name alone is shared by strangers.
    """
    names = reading.parties.owner_names
    for hit in field.hits:
        if kind in hit.kinds:
            before = max(0, hit.start - _NEAR) if kind == "applicant" else hit.end
            around = field.words[before : hit.end + _NEAR]
            if len(names.intersection(around)) >= words:
                return True
            if any(name in "".join(around) for name in names if not name.isascii()):
                return True
    return False
