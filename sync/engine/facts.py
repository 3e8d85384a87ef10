"""What a fact implies: a tick on "Heard from ...?" is an outcome, and what a task's context says is believed again."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ..history import History
from ..identity import Context
from ..model import Fact, FactKind, Outcome
from ..wording import outcome_word

ASKING = "ask_outcome"


def implied(fact: Fact, known: Iterable[Fact]) -> Iterator[Fact]:
    """Yield the outcomes that a fact about an `ask_outcome` task records or takes back."""
    if fact.value.get("step") != ASKING or not fact.value.get("application"):
        return
    word, rest = _word(fact.value.get("note", ""))
    if fact.kind is FactKind.COMPLETED:
        yield _outcome(fact, word or Outcome.NO, rest)
    elif fact.kind is FactKind.NOTED and word:
        yield _outcome(fact, word, rest)
    elif fact.kind is FactKind.REOPENED:
        taken_back = {one.subject for one in known if one.kind is FactKind.UNDONE}
        for earlier in known:
            mine = earlier.kind is FactKind.OUTCOME and earlier.value.get("via") == fact.subject
            if mine and str(earlier.id) not in taken_back:
                yield Fact(FactKind.UNDONE, str(earlier.id), fact.at, fact.source)


def _word(note: str) -> tuple[Outcome | None, str]:
    first, _, rest = note.strip().partition("\n")
    word = outcome_word(first)
    return word, rest.strip() if word else note.strip()


def _outcome(fact: Fact, outcome: Outcome, note: str) -> Fact:
    value = {"outcome": outcome.value, "at": fact.at.isoformat(), "via": fact.subject, "note": note}
    return Fact(
        FactKind.OUTCOME,
        fact.value["application"],
        fact.at,
        fact.source,
        {name: item for name, item in value.items() if item},
    )


def believed(context: Context | None, history: History, now: datetime) -> Fact | None:
    """Return the outcome that a task of ours stands on, if this ledger knows of none for that application."""
    if context is None or not context.outcome or not context.application:
        return None
    if context.outcome not in set(map(str, Outcome)) or any(
        fact.subject == context.application for fact in history.outcomes
    ):
        return None
    try:
        at = datetime.strptime(context.time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    value = {"outcome": context.outcome, "at": at.isoformat()}
    return Fact(FactKind.OUTCOME, context.application, min(at, now), "adopted", value)
