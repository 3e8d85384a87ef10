"""Takes an answer that was given with a button: once, while it counts, as facts like any others."""

from datetime import datetime
from enum import StrEnum

from ..answers import answer_facts
from ..engine.facts import implied
from ..engine.seen import seen_in
from ..ledger import Ledger
from ..model import Choice
from ..playbook import PlaybookSettings
from ..thinking import think


class Taken(StrEnum):
    """What became of an answer."""

    RECORDED = "recorded"
    SAME = "same"  # said before, as when a phone sends it twice
    USED = "used"  # something else was answered before
    NOTHING = "nothing"  # no such question, or it takes no such answer any more


def take_answer(ledger: Ledger, question_id: str, choice: Choice, settings: PlaybookSettings, now: datetime) -> Taken:
    """Record an answer. Raises StateError."""
    with ledger.transaction():
        question = ledger.questions.get(question_id)
        if question is None or choice not in question.choices or now >= question.expires_at:
            return Taken.NOTHING
        if question.answer:
            return Taken.SAME if question.answer == choice else Taken.USED
        ledger.questions.use(question_id, choice, now)
        thought = think(seen_in(ledger), ledger.facts(), settings, now)
        for fact in answer_facts(choice, question.keys, thought, ledger.tasks.rows(), settings, now):
            ledger.record(fact, *implied(fact, ()))
    return Taken.RECORDED
