"""What becomes of one line of a file, or of one card: what is taken over, what is not and why, and the facts for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..model import Fact

KNOWN = "known already"


@dataclass(frozen=True, slots=True)
class Line:
    """`number` as editors count, `what` names the thing. With nothing in `takes` it is left out for what is in `leaves`."""

    number: int
    what: str
    takes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


def facts_of(lines: Iterable[Line]) -> tuple[Fact, ...]:
    """Return the facts of all lines, each once."""
    once = {(fact.kind, fact.subject, *sorted(fact.value.items())): fact for line in lines for fact in line.facts}
    return tuple(once.values())
