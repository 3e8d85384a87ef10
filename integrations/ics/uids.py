"""Feeds that give every appointment a new UID at every fetch: notice it, and know the appointments again.

An appointment is recognised by its print (start, end, rule, title, place). The UID under which a print was first seen
stays its UID once the feed is known to change them, so that an interview keeps its identity and its tasks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from afterview.integrations.ical.parts import Part
from afterview.sync.ports import Memory

_FIRST = "first_uids"  # in the memory: print -> UID under which it was first seen
_CHURNS = "uids_change"  # in the memory: the feed is known to change them
_LIMIT = 5_000
_PROOF = 0.5


def with_stable_uids(found: Sequence[Part], memory: Memory) -> list[Part]:
    """Return the parts under UIDs that last; remembers what it needs for the next fetch."""
    known = memory.get(_FIRST)
    first: dict[str, str] = dict(known) if isinstance(known, dict) else {}
    counts = _counts(part.print for part in found)
    churns = memory.get(_CHURNS) is True or _changed(found, first, counts)
    if churns and memory.get(_CHURNS) is not True:
        memory.set(_CHURNS, value=True)
    stable = [_renamed(part, first) if churns and counts[part.print] == 1 else part for part in found]
    now = {part.print: part.uid for part in stable[:_LIMIT] if counts[part.print] == 1}
    if now != first:
        memory.set(_FIRST, now)
    return stable


def _changed(found: Sequence[Part], first: dict[str, str], counts: dict[str, int]) -> bool:
    """Tell whether most appointments that were there before now have another UID."""
    again = [part for part in found if part.print in first and counts[part.print] == 1]
    other = [part for part in again if first[part.print] != part.uid]
    present = {part.uid for part in found}
    vanished = [part for part in other if first[part.print] not in present]
    return bool(again) and len(vanished) > len(again) * _PROOF


def _renamed(part: Part, first: dict[str, str]) -> Part:
    return replace(part, uid=first.get(part.print) or f"print-{part.print}")


def _counts(prints: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in prints:
        counts[one] = counts.get(one, 0) + 1
    return counts
