"""Load the detector's data: one lexicon a language, the vendors, the weights. The only file of the detector that reads.

A lexicon file holds, per kind, one literal string with terms between commas (it parses ten times faster than a list, and
this is on the path of every command). All languages are active at once. Kinds:

    strong       names a job interview without doubt          word        says "interview", of any sort
    talk         call, chat, coffee, getting to know          round       first round, next step
    hiring       application, vacancy, salary                 job         job titles
    recruiter    recruiter, HR, talent team                   candidate   is written to the candidate
    applicant    candidate (one)                              interviewer is written to the interviewer
    panelist     interviewer, on whichever side               internal     applied within the same company
    exclude      exit interview, mock interview, visa         other       the rest of life
    cancelled, declined, tentative (a title begins with it)   cancelled_text, tentative_text (in the text)
    people_label, contact_label, at, agency                   come before a name, a contact, a company
    noise        invitation, reminder, rescheduled            no part of a name
    [stage]      stage -> its terms
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from zlib import crc32

from .lexicon import Lexicon, Vendors, Weights
from .normal import fold
from .terms import Terms

_HERE = files(str(__package__))
MARKS = ("cancelled", "declined", "tentative")
LABELS = ("people_label", "contact_label", "at", "agency", "noise")
VENDORS = ("ats", "scheduler", "coding", "video")
PLAIN = ("free_mail", "shared")


def load_lexicon(extra: Mapping[str, Any] | None = None) -> Lexicon:
    """Return the shipped lexicon, merged with `extra`, which has the shape of a lexicon file (lists are fine too).

    Beside kinds and [stage], `extra` may have a table [vendors]: ats, scheduler, coding, video, free_mail, shared, each
    with domains.
    """
    return _build(extra) if extra else _shipped()


@cache
def _shipped() -> Lexicon:
    return _build({})


def _build(extra: Mapping[str, Any]) -> Lexicon:
    texts = dict(_texts())
    languages = [tomllib.loads(text) for name, text in texts.items() if name.startswith("lexicon/")]
    words = {kind: value for kind, value in extra.items() if kind != "vendors"}
    kinds: dict[str, list[str]] = {}
    stages: dict[str, list[str]] = {}
    for data in (*languages, words):
        for kind, value in data.items():
            if isinstance(value, Mapping):
                for stage, terms in value.items():
                    stages.setdefault(stage, []).extend(_split(terms))
            else:
                kinds.setdefault(kind, []).extend(_split(value))
    vendors, names = tomllib.loads(texts["vendors.toml"]), tomllib.loads(texts["names.toml"])
    known = _vendors(vendors, extra.get("vendors", {}))
    kinds["vendor"] = list(known.kinds)
    marks = {kind: kinds.pop(kind, []) for kind in MARKS}
    labels = {kind: kinds.pop(kind, []) for kind in LABELS}
    return Lexicon(
        evidence=Terms(kinds),
        stages=Terms(stages),
        marks=Terms(marks),
        labels=Terms(labels),
        mailboxes=Terms({kind: _split(terms) for kind, terms in vendors["mailboxes"].items()}),
        things=Terms({kind: _split(terms) for kind, terms in vendors["things"].items()}),
        names={kind: frozenset(_split(words)) for kind, words in names.items()},
        vendors=known,
        weights=_weights(tomllib.loads(texts["weights.toml"])),
        mark=f"{crc32(''.join((*texts.values(), repr(extra))).encode()):08x}",
    )


def _texts() -> Iterator[tuple[str, str]]:
    """Read the data: path below this folder -> text."""
    for item in sorted((_HERE / "lexicon").iterdir(), key=lambda item: item.name):
        if item.name.endswith(".toml"):
            yield f"lexicon/{item.name}", item.read_text("utf-8")
    for name in ("names.toml", "vendors.toml", "weights.toml"):
        yield name, (_HERE / name).read_text("utf-8")


def _vendors(data: Mapping[str, Any], extra: Mapping[str, Any]) -> Vendors:
    more = {kind: _split(extra.get(kind, "")) for kind in (*VENDORS, *PLAIN)}
    shipped = {kind: _split(domains) for kind, domains in data["domains"].items()}
    return Vendors(
        kinds={domain: kind for kind in VENDORS for domain in (*shipped[kind], *more[kind])},
        interviewer_links=tuple(_split(data["links"]["interviewer"])),
        candidate_links=tuple(_split(data["links"]["candidate"])),
        free_mail=frozenset((*_split(data["plain"]["free_mail"]), *more["free_mail"])),
        shared=frozenset((*_split(data["plain"]["shared"]), *more["shared"])),
    )


def _weights(data: Mapping[str, Any]) -> Weights:
    scale = data["calibration"]
    return Weights(data["bias"], data["yes"], data["ask"], data["rule"], data["cap"], scale["slope"], scale["offset"])


def _split(terms: object) -> list[str]:
    """Fold a comma-separated string and cut it into terms; a list (from the user's file) is folded item by item."""
    if isinstance(terms, str):
        return [term for part in fold(terms).split(",") if (term := part.strip())]
    return [fold(str(term)) for term in terms] if isinstance(terms, list) else []
