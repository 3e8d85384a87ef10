"""Collect what speaks for and against: each rule that fires, as (rule, words for the user). Weights are data."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..text import one_line
from .parties import FROM_ELSEWHERE, Side
from .reading import Field, Reading

_REQUISITION = re.compile(
    r"\b(?:J?R|REQ|ID|Ref\.?|Kennziffer|Réf\.?|rif\.)[ #:.-]{0,2}\d{2,}[\w/-]*"
    r"|\b20\d\d-\d{3,5}\b"
    r"|\((?:[mwfdxhnkvi]\s?/\s?){1,3}[mwfdxhnkvi*]\)",
    re.IGNORECASE,
)
_WORD_KINDS = ("strong", "word", "round", "recruiter", "hiring", "job", "talk", "candidate", "panelist")
_ABOUT = ("strong", "word", "round", "recruiter", "hiring", "candidate")
CROWD = 20


class Evidence(NamedTuple):
    """One rule that fired, and why in plain words."""

    rule: str
    group: str
    words: str


def collect(reading: Reading) -> list[Evidence]:
    """Apply all rules."""
    return [*_title(reading), *_text(reading), *_sender(reading), *_shape(reading), *_links(reading)]


def _title(reading: Reading) -> Iterator[Evidence]:
    field = reading.title
    for kind, words in _terms(field):
        yield Evidence(f"title_{kind}", "title_words", words)
    about = any(field.first(kind) for kind in _ABOUT for field in (reading.title, reading.text))
    if about and _REQUISITION.search(f"{field.text}\n{reading.text.text[:1500]}"):
        yield Evidence("requisition", "title_words", "it names a requisition or reference number")
    if hit := field.first("exclude"):
        yield Evidence("title_exclude", "", field.says(hit))
    if hit := field.first("other"):
        rule = "title_other_beside_strong" if field.first("strong") else "title_other"
        yield Evidence(rule, "", field.says(hit))


def _text(reading: Reading) -> Iterator[Evidence]:
    field = reading.text
    for kind, words in _terms(field):
        yield Evidence(f"text_{kind}", "text_words", words)
    for kind in ("exclude", "other"):
        if hit := field.first(kind):
            yield Evidence(f"text_{kind}", "", field.says(hit))


def _terms(field: Field) -> Iterator[tuple[str, str]]:
    """Yield each kind of positive term once; "interview" says nothing more where "job interview" stands."""
    found = {kind: hit for kind in _WORD_KINDS if (hit := field.first(kind))}
    if "strong" in found:
        found.pop("word", None)
    for kind, hit in found.items():
        yield kind, field.says(hit)


def _sender(reading: Reading) -> Iterator[Evidence]:
    parties = reading.parties
    name = one_line((parties.organizer.email or parties.organizer.name) if parties.organizer else "", 80)
    if parties.side is Side.VENDOR:
        office = "function" in reading.sender_kinds  # the vendor's own sales or support
        kind = "office" if office else reading.lexicon.vendors.kind(reading.vendor)
        yield Evidence(f"organizer_vendor_{kind}", "sender", f"invitation from {reading.vendor}")
    elif parties.side in FROM_ELSEWHERE:
        yield Evidence(f"organizer_{parties.side}", "sender", f"invitation from {name}")
    if (
        parties.side in FROM_ELSEWHERE
        and parties.side is not Side.VENDOR
        and reading.sender_kinds == frozenset({"function"})
    ):
        yield Evidence("organizer_function", "", f"invitation from an office that is not recruiting ({name})")
    if parties.side in FROM_ELSEWHERE and _recruits(reading):
        yield Evidence("organizer_recruiting", "sender", f"invitation from a recruiting address ({name})")
    if parties.side is Side.OWNER and parties.guests:
        rule = "organizer_self_company" if invites_company(reading) else "organizer_self_guests"
        yield Evidence(rule, "", "you invited others")
    if parties.side is not Side.OWNER and parties.outside_guests:
        yield Evidence("guest_outside", "", "somebody from elsewhere takes part")


def _recruits(reading: Reading) -> bool:
    """Tell whether the sender's address or name is that of a recruiting team."""
    if "function" in reading.sender_kinds and reading.parties.side is Side.VENDOR:
        return False
    named = any(reading.sender.first(kind) for kind in ("recruiter", "hiring", "strong", "word"))
    return named or "recruiting" in reading.sender_kinds


def invites_company(reading: Reading) -> bool:
    """Tell whether the owner, with a private account, invited somebody of a company: a candidate may do that."""
    parties = reading.parties
    return not parties.own_domains and bool(parties.guests) and all(side is Side.OUTSIDE for _, side in parties.guests)


def _shape(reading: Reading) -> Iterator[Evidence]:
    title, text, parties = reading.title, reading.text, reading.parties
    if parties.side in FROM_ELSEWHERE and reading.names_owner(title):
        yield Evidence("title_pair", "", "title names you and somebody from elsewhere")
    if title.first("hiring") and title.first("talk"):
        yield Evidence("title_hiring_talk", "", "title says that somebody wants to talk about a job")
    if title.first("recruiter") and title.first("talk"):
        yield Evidence("title_recruiter_talk", "", "title says that a recruiter wants to talk")
    if reading.mark == "tentative" and title.first("round"):
        yield Evidence("held_round", "", "a time is held for a round")
    if reading.self_made:
        if (title.first("word") or title.first("strong")) and _unexplained(title):
            yield Evidence("self_made_named", "", "your own entry names an interview and somebody")
        if not reading.lexicon.names["legal"].isdisjoint(title.words[1:]) and _any(title, "word", "strong", "talk"):
            yield Evidence("self_made_company", "", "title names a company")
        if _any(text, "hiring", "recruiter", "candidate") and _any(
            title, "hiring", "job", "round", "recruiter", "talk", "word"
        ):
            yield Evidence("self_made_notes", "", "your own notes speak of a job")
    if reading.event.recurring:
        yield Evidence("recurring", "", "it repeats")
    if len(reading.event.attendees) > CROWD:
        yield Evidence("crowd", "", "many people are invited")


def _links(reading: Reading) -> Iterator[Evidence]:
    vendors = reading.lexicon.vendors
    if any(mark in link for link in reading.links for mark in vendors.candidate_links):
        yield Evidence("link_candidate", "", "it has a link for candidates")
    kinds = {vendors.kind(host) for host in reading.hosts}
    if "ats" in kinds or "video" in kinds:
        yield Evidence("link_vendor", "", "it links to a recruiting service")
    if "coding" in kinds:
        yield Evidence("link_coding", "", "it links to a coding platform")


def _any(field: Field, *kinds: str) -> bool:
    return any(field.first(kind) for kind in kinds)


def _unexplained(field: Field) -> bool:
    """Tell whether a field has words besides the terms found in it."""
    return sum(hit.end - hit.start for hit in field.hits) < len(field.words)
