"""What a fact implies: a tick on one of our questions is its answer, and what a task's context says is believed again."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ..identity import Context
from ..model import Answer, Fact, FactKind, Outcome, TaskFields, TaskStatus
from ..thinking import Thought
from ..wording import outcome_word

ASKING = "ask_outcome"
DOUBTING = "ask_interview"
AFTERWARDS = frozenset({ASKING, "thank_you"})


def implied(fact: Fact, known: Iterable[Fact]) -> Iterator[Fact]:
    """Yield what a fact about one of our questions records or takes back."""
    if fact.kind is FactKind.REOPENED and fact.value.get("step") in {ASKING, DOUBTING}:
        yield from _taken_back(fact, known)
    elif fact.value.get("step") == ASKING and fact.value.get("application"):
        yield from _heard_from(fact)
    elif fact.value.get("step") == DOUBTING and fact.value.get("interview"):
        yield from _was_one(fact)


def _heard_from(fact: Fact) -> Iterator[Fact]:
    """Read the answer to "Heard from ...?": a tick is a no, a word in the notes is that instead."""
    word, rest = _word(fact.value.get("note", ""))
    if fact.kind is FactKind.COMPLETED and (word or fact.value.get("was") != "withdrawn"):
        # a question that we had taken back is not answered by being ticked away
        yield _outcome(fact, word or Outcome.NO, rest)
    elif fact.kind is FactKind.NOTED and word:
        yield _outcome(fact, word, rest)


def _was_one(fact: Fact) -> Iterator[Fact]:
    """Read the answer to "Was this a job interview?": ticked is yes, deleted or cancelled is no."""
    answers = {FactKind.COMPLETED: Answer.YES, FactKind.DISMISSED: Answer.NO}
    if fact.kind in answers and fact.value.get("was") != "withdrawn":
        value = {"answer": answers[fact.kind].value, "via": fact.subject}
        yield Fact(FactKind.VERDICT, fact.value["interview"], fact.at, fact.source, value)


def _taken_back(fact: Fact, known: Iterable[Fact]) -> Iterator[Fact]:
    """Undo what the tick had recorded."""
    undone = {one.subject for one in known if one.kind is FactKind.UNDONE}
    for earlier in known:
        if earlier.value.get("via") == fact.subject and str(earlier.id) not in undone:
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


def believed(tasks: Iterable[TaskFields], thought: Thought, now: datetime) -> list[Fact]:
    """Return the outcomes that tasks of ours stand on, where this ledger knows of none for the application.

    Of several the newest counts. A task that was taken away vouches for nothing, nor does any for what was taken back.
    """
    told = {fact.subject for fact in (*thought.history.outcomes, *thought.history.taken_back)}
    found: list[Fact] = []
    contexts = [Context.read(one.context) for one in tasks if one.status is not TaskStatus.CANCELLED]
    for context in sorted((one for one in contexts if one), key=lambda one: one.time, reverse=True):
        at = _heard(context.time)
        if context.outcome not in set(map(str, Outcome)) or not context.application or at is None:
            continue
        application = thought.application_of(context.application)
        rounds = application.rounds if application else ()
        keys = {context.application, *(application.keys if application else ())}
        keys |= {key for one in rounds for key in one.keys}
        if not keys & told:
            value = {"outcome": context.outcome, "at": at.isoformat()}
            found.append(Fact(FactKind.OUTCOME, context.application, min(at, now), "adopted", value))
            told |= keys
    return found


def took_place(tasks: Iterable[TaskFields]) -> list[str]:
    """Return the keys of interviews that took place, as tasks of another machine tell: they are made only afterwards.

    So an event that somebody tidied away meanwhile is not taken for one that was called off.
    """
    contexts = [Context.read(one.context) for one in tasks if one.status is not TaskStatus.CANCELLED]
    return [one.interview for one in contexts if one and one.step in AFTERWARDS and one.interview]


def _heard(time: str) -> datetime | None:
    try:
        return datetime.strptime(time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
