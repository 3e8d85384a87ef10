"""What the user's corrections and lexicon change about what was read before: those events are read and classified anew.

Most corrections concern single resources, which are forgotten one by one. Where somebody is trusted more than before, or the
lexicon is another one, any event that was passed over may matter now: then every calendar is read as if for the first time.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..classify import Learned, learn, lesson_of
from ..history import fold
from ..ledger import Ledger
from ..model import Event, Fact, FactKind
from .terms import Terms

TAUGHT = "taught"  # note in the ledger: what the calendars were read with


def learned(ledger: Ledger, terms: Terms) -> Learned:
    """Fold the user's corrections into what they teach."""
    corrections = fold(ledger.facts(FactKind.VERDICT, FactKind.UNDONE)).corrections
    return learn((with_lesson(ledger, fact) for fact in corrections), terms.owner, terms.lexicon)


def with_lesson(ledger: Ledger, fact: Fact) -> Fact:
    """Add to a correction what it should remember of its event, where it does not yet and the ledger knows it."""
    if fact.value.get("sender"):
        return fact
    seen = ledger.calendars.latest(fact.subject)
    if seen is None:
        return fact
    if seen.event is not None:
        lesson = lesson_of(seen.event, seen.verdict)
    else:  # passed over unread: its one row stands for the whole resource
        lesson = {"series": seen.uid} if seen.answer == "skipped" else {}
    return replace(fact, value={**lesson, **fact.value})


def read_anew(ledger: Ledger, terms: Terms, now_learned: Learned) -> None:
    """Let everything be read again whose verdict may be another one than when it was read."""
    before: dict[str, Any] = json.loads(ledger.note(TAUGHT) or "{}")
    after = _state(now_learned, terms)
    if before == after:
        return
    with ledger.transaction():
        ledger.set_note(TAUGHT, json.dumps(after))
        if before.get("lexicon") != after["lexicon"] or _raised(before, after):
            ledger.calendars.read_everything_again()
            return
        series, senders, domains = (_changed(before, after, name) for name in ("series", "senders", "domains"))
        for key in _changed(before, after, "events"):
            ledger.calendars.forget_etag(key)
        for seen in ledger.calendars.sightings(everything=bool(series)):
            address = _sender(seen.event)
            if seen.uid in series or address in senders or any(address.endswith(domain) for domain in domains):
                ledger.calendars.forget_etag(seen.key)


def _state(taught: Learned, terms: Terms) -> dict[str, Any]:
    return {
        "lexicon": terms.lexicon.mark,
        "events": dict(taught.events),
        "series": dict(taught.series),
        "senders": _levels(taught.senders),
        "domains": _levels(taught.domains),
    }


def _levels(counts: Mapping[str, int]) -> dict[str, int]:
    """Cut counts to those that make a difference: one asks, two decide."""
    return {name: max(-2, min(2, count)) for name, count in counts.items()}


def _changed(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> set[str]:
    old, new = before.get(name, {}), after[name]
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _raised(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether somebody is trusted more than before: nothing is kept of what was passed over of his."""
    return any(
        after[name].get(key, 0) > before.get(name, {}).get(key, 0)
        for name in ("senders", "domains")
        for key in _changed(before, after, name)
    )


def _sender(event: Event | None) -> str:
    return event.organizer.email if event is not None and event.organizer is not None else ""
