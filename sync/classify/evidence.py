"""Collect what speaks for and against: each rule that fires, as (rule, words for the user). Weights are data."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..text import one_line
from .parties import Side, domain_of
from .reading import Field, Reading

_REQUISITION = re.compile(
    r"\b(?:J?R|REQ|ID|Ref\.?|Kennziffer|Réf\.?|rif\.)[ #:.-]{0,2}\d{2,}[\w/-]*"
    r"|\b20\d\d-\d{3,5}\b"
    r"|\((?:[mwfdxhnkvi]\s?/\s?){1,3}[mwfdxhnkvi*]\)",
    re.IGNORECASE,
)
_WORD_KINDS = ("strong", "word", "round", "recruiter", "hiring", "job", "talk", "candidate")
CROWD = 20


class Evidence(NamedTuple):
    """One rule that fired, and why in plain words."""

    rule: str
    group: str
    words: str


def collect(reading: Reading) -> list[Evidence]:
    """Apply all rules."""
    return [*_title(reading), *_text(reading), *_sender(reading), *_shape(reading)]


def _title(reading: Reading) -> Iterator[Evidence]:
    field = reading.title
    for kind, words in _terms(field):
        yield Evidence(f"title_{kind}", "title_words", words)
    if _REQUISITION.search(f"{field.text}\n{reading.text.text[:1500]}"):
        yield Evidence("requisition", "title_words", "it names a requisition or reference number")
    for kind in ("exclude", "other"):
        if hit := field.first(kind):
            yield Evidence(f"title_{kind}", "", field.says(hit))


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
        kind = reading.lexicon.vendors.kind(reading.vendor)
        yield Evidence(f"organizer_vendor_{kind}", "sender", f"invitation from {domain_of(name) or name}")
    if parties.side in {Side.OUTSIDE, Side.SHARED, Side.FREE}:
        yield Evidence(f"organizer_{parties.side}", "sender", f"invitation from {name}")
    if parties.side in {Side.OUTSIDE, Side.SHARED, Side.VENDOR, Side.FREE} and (
        "recruiting" in reading.sender_kinds
        or reading.sender.first("recruiter")
        or reading.sender.first("strong")
        or reading.sender.first("word")
        or reading.sender.first("hiring")
    ):
        yield Evidence("organizer_recruiting", "sender", f"invitation from a recruiting address ({name})")
    if parties.side is Side.OWN:
        yield Evidence("organizer_own", "", f"invitation from your own company ({name})")
    if parties.side is Side.OWNER and parties.guests:
        yield Evidence("organizer_self_guests", "", "you invited others")
    if parties.side is not Side.OWNER and parties.outside_guests:
        yield Evidence("guest_outside", "", "somebody from elsewhere takes part")


def _shape(reading: Reading) -> Iterator[Evidence]:
    parties, vendors = reading.parties, reading.lexicon.vendors
    from_elsewhere = parties.side in {Side.OUTSIDE, Side.SHARED, Side.VENDOR, Side.FREE}
    if from_elsewhere and not parties.owner_names.isdisjoint(reading.title.words):
        yield Evidence("title_pair", "", "title names you and somebody from elsewhere")
    if any(mark in link for link in reading.links for mark in vendors.candidate_links):
        yield Evidence("link_candidate", "", "it has a link for candidates")
    kinds = {vendors.kind(host) for host in reading.hosts}
    if "ats" in kinds or "video" in kinds:
        yield Evidence("link_vendor", "", "it links to a recruiting service")
    if "coding" in kinds:
        yield Evidence("link_coding", "", "it links to a coding platform")
    if (
        reading.self_made
        and (reading.title.first("word") or reading.title.first("strong"))
        and _unexplained(reading.title)
    ):
        yield Evidence("self_made_named", "", "your own entry names an interview and somebody")
    if reading.event.recurring:
        yield Evidence("recurring", "", "it repeats")
    if len(reading.event.attendees) > CROWD:
        yield Evidence("crowd", "", "many people are invited")


def _unexplained(field: Field) -> bool:
    """Tell whether a field has words besides the terms found in it."""
    return sum(hit.end - hit.start for hit in field.hits) < len(field.words)
