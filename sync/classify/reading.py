"""An event as the rules read it: each field cut into tokens, with the terms found in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..model import Event, Owner, Participant
from ..text import one_line
from .lexicon import Lexicon
from .normal import excerpt, fold, spans, tokens
from .parties import Parties, Side, domain_of, read_parties
from .terms import Hit

TITLE_LIMIT = 500
TEXT_LIMIT = 6000  # characters of a description that are read
_JOINING = re.compile(
    r"_{8,}.*?(?:_{8,}|\Z)|^-::~.*?(?:-::~[:~-]*$|\Z)|(?:Join Zoom Meeting|Dial by your location).*",
    re.DOTALL | re.MULTILINE,
)
_BOOKED = re.compile(
    r"^(?:Event Name|Event Type|What|Was|Quoi|Qué|Wat|Dienst|Service)\b[ \t]*:?\s*(\S[^\n]{2,120})", re.MULTILINE
)
_ADDED = re.compile(r"[(\[【（]([^)\]】）]{1,30})[)\]】）]|[-–—:|]\s*([^-–—:|()\[\]]{1,30})$")
_SEPARATORS = frozenset(":：-–—|｜]】)）!・/")


@dataclass(frozen=True, slots=True)
class Field:
    """One text field: its name in a sentence, the text, its tokens, the terms in it, and the first one of each kind."""

    name: str
    text: str
    words: Sequence[str]
    hits: Sequence[Hit]
    firsts: dict[str, Hit]

    def first(self, kind: str) -> Hit | None:
        """Find the first term of a kind."""
        return self.firsts.get(kind)

    def count(self, kind: str) -> int:
        """Count the terms of a kind."""
        return sum(kind in hit.kinds for hit in self.hits)

    def says(self, hit: Hit) -> str:
        """Quote what the event wrote, for a reason."""
        return f"{self.name} says '{one_line(excerpt(self.text, hit.start, hit.end), 60)}'"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the rules look at. `text` is description and location; `sender` the organizer's name."""

    event: Event
    lexicon: Lexicon
    parties: Parties
    title: Field
    text: Field
    sender: Field
    mark: str  # cancelled, declined or tentative, as a prefix of the title says; else ""
    sender_kinds: frozenset[str]  # recruiting, robot, function: what the organizer's mailbox is
    vendor: str  # domain of the vendor who sent it
    links: tuple[str, ...]
    no_people: frozenset[str] = frozenset()  # squashed names that were found to be a company's

    @property
    def fields(self) -> tuple[Field, Field, Field]:
        """All fields."""
        return self.title, self.text, self.sender

    @property
    def self_made(self) -> bool:
        """Tell whether the owner typed this for himself: no organizer, or himself without guests."""
        return self.parties.side is Side.NOBODY or (self.parties.side is Side.OWNER and not self.parties.guests)

    def names_owner(self, field: Field) -> bool:
        """Tell whether a field names the owner."""
        names = self.parties.owner_names
        if not names.isdisjoint(field.words):
            return True
        joined = "".join(field.words)
        return any(name in joined for name in names if not name.isascii())

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts of the links."""
        return tuple(link.partition("/")[0].partition(":")[0] for link in self.links)


def read(event: Event, owner: Owner, lexicon: Lexicon) -> Reading:
    """Read an event; of a very long one only the beginning."""
    if len(event.title) > TITLE_LIMIT or len(event.text) > TEXT_LIMIT:
        event = replace(event, title=event.title[:TITLE_LIMIT], text=event.text[:TEXT_LIMIT])
    parties = read_parties(event, owner, lexicon)
    title, mark = split_mark(event.title, lexicon)
    organizer = parties.organizer or Participant()
    kinds = mailbox_kinds(organizer, lexicon)
    return Reading(
        event=event,
        lexicon=lexicon,
        parties=parties,
        title=_field("title", _with_booking(title, event.text), lexicon),
        text=_field("text", f"{without_joining(event.text)}\n{event.location}", lexicon),
        sender=_field("sender", organizer.name, lexicon),
        mark=mark,
        sender_kinds=kinds,
        vendor=domain_of(organizer.email) if parties.side is Side.VENDOR else "",
        links=tuple(_links(event)),
    )


def _with_booking(title: str, text: str) -> str:
    """Add what was booked to a title that a scheduling service made of two names."""
    booked = _BOOKED.search(text[:1000])
    name = booked.group(1).strip() if booked else ""
    return f"{title} | {name}" if name and name not in title else title


def without_joining(text: str) -> str:
    """Cut the blocks that meeting services add (how to join, dial-in numbers), which are full of words of their own."""
    return _JOINING.sub(" ", text[:TEXT_LIMIT])


def mailbox_kinds(person: Participant, lexicon: Lexicon) -> frozenset[str]:
    """Tell what an address is for; empty for a person."""
    local = person.email.rpartition("@")[0].partition("+")[0]
    found = {kind for hit in lexicon.mailboxes.find(local) for kind in hit.kinds}
    return frozenset(found)


def split_mark(title: str, lexicon: Lexicon) -> tuple[str, str]:
    """Take a status prefix ("Canceled:", "Abgesagt:", "[hold]") off a title. Returns (rest, status or "")."""
    words = tokens(title)
    end, mark = 0, ""
    for hit in lexicon.marks.scan(words[:12]):
        if hit.start != end:
            break
        mark = mark or next(kind for kind in ("cancelled", "declined", "tentative") if kind in hit.kinds)
        end = hit.end
    if not mark:
        return title, _added_mark(title, lexicon)
    places = spans(title)
    if not places:
        return title, mark
    cut = places[end][0] if end < len(places) else len(title)
    separated = any(c in _SEPARATORS for c in title[places[end - 1][1] : cut])
    if separated or mark == "tentative" or cut == len(title) or title[:cut].isupper():
        return title[cut:], mark
    return title, ""


def _added_mark(title: str, lexicon: Lexicon) -> str:
    """Find a status that somebody added in brackets or at the end: "Interview (tbc)", "Interview - ABGESAGT"."""
    for match in _ADDED.finditer(title):
        words = tokens(match.group(1) or match.group(2))
        hits = lexicon.marks.scan(words)
        if hits and hits[0].start == 0 and hits[-1].end == len(words):
            return next(kind for kind in ("cancelled", "declined", "tentative") if kind in hits[0].kinds)
    return ""


def _field(name: str, text: str, lexicon: Lexicon) -> Field:
    words = tokens(text)
    hits = lexicon.evidence.find(text)
    return Field(name, text, words, hits, {kind: hit for hit in reversed(hits) for kind in hit.kinds})


def _links(event: Event) -> Iterator[str]:
    """Links of an event, folded, without scheme."""
    for part in (*event.links, *re.findall(r"https?://[^\s<>\"')\]]+", f"{event.text[:TEXT_LIMIT]} {event.location}")):
        yield fold(part).partition("://")[2] or fold(part)
