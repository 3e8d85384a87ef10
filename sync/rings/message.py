"""What a push says. Pure; texts in `words/*.toml`, everything from outside made safe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..answers import VALID, choices_for, question_id
from ..model import Question
from ..playbook import Step
from ..ports import Push, PushAction, Urgency
from ..text import one_line, paragraphs
from ..wording import Words
from .planned import PlannedRing
from .terms import STALE, RingTerms

SHOWN = 8  # of many rings at once
TEXT_LIMIT = 800  # characters: some services take no more than 1024 in all


@dataclass(frozen=True, slots=True)
class Message:
    """One push, the rings that it is for, and the question that its buttons put, if it has any."""

    push: Push
    rings: tuple[PlannedRing, ...]
    question: Question | None = None


def messages(due: Sequence[PlannedRing], terms: RingTerms, now: datetime) -> tuple[Message, ...]:
    """Return one push for what rings now, and one for what is long past."""
    fresh = tuple(one for one in due if now - one.at <= STALE)
    stale = tuple(one for one in due if now - one.at > STALE)
    made = (_message(fresh, "several", terms, now), _message(stale, "missed", terms, now))
    return tuple(one for one in made if one is not None)


def _message(rings: tuple[PlannedRing, ...], several: str, terms: RingTerms, now: datetime) -> Message | None:
    if not rings:
        return None
    words = Words.load(terms.playbook.language)
    question = _question(rings, terms, now)
    page = terms.sign(question.id, question.expires_at) if terms.sign and question else ""
    buttons = tuple(
        PushAction(words.phrase("answers", f"all_{one}" if len(rings) > 1 else one), f"{page}/{one}")
        for one in (question.choices if page and question else ())
    )
    overdue = any(one.due_at is not None and one.due_at < now for one in rings)
    push = Push(
        title=_title(rings[0], words) if len(rings) == 1 else words.phrase("push", several, {"count": str(len(rings))}),
        body=_body(rings, terms, words, now),
        link=_link(rings, terms),
        actions=buttons,
        answers=page,
        urgency=Urgency.HIGH if overdue and several != "missed" else Urgency.NORMAL,
    )
    return Message(push, rings, question if page else None)


def _question(rings: tuple[PlannedRing, ...], terms: RingTerms, now: datetime) -> Question | None:
    """Put the question that buttons answer; too many at once are not answered with one touch."""
    if terms.sign is None or len(rings) > SHOWN:
        return None
    marks = [(one.key, one.at.isoformat()) for one in rings]
    return Question(
        id=question_id(marks),
        keys=tuple(one.key for one in rings),
        choices=choices_for([one.step for one in rings]),
        title=_title(rings[0], Words.load(terms.playbook.language)) if len(rings) == 1 else "",
        expires_at=(now + VALID).replace(second=0, microsecond=0),
    )


def _body(rings: tuple[PlannedRing, ...], terms: RingTerms, words: Words, now: datetime) -> str:
    if len(rings) == 1:
        text = paragraphs(rings[0].text, TEXT_LIMIT)
        return "\n\n".join(part for part in (_due(rings[0], terms, words, now), text) if part)
    lines = [f"- {_title(one, words)}" for one in rings[:SHOWN]]
    if len(rings) > SHOWN:
        lines.append(words.phrase("push", "more", {"count": str(len(rings) - SHOWN)}))
    return "\n".join(lines)


def _title(one: PlannedRing, words: Words) -> str:
    """Return its title; there is nothing to tick in a push."""
    known = {"company": one.company}
    if one.step == Step.ASK_OUTCOME and one.title == words.title(one.step, known):
        return words.phrase("push", "asked", known)
    return one_line(one.title)


def _due(one: PlannedRing, terms: RingTerms, words: Words, now: datetime) -> str:
    if one.due_at is None:
        return words.phrase("push", "open")
    local = one.due_at.astimezone(terms.playbook.clock)
    return words.phrase("push", "due" if one.due_at >= now else "was_due", {"due": words.when(local)})


def _link(rings: tuple[PlannedRing, ...], terms: RingTerms) -> str:
    one = rings[0]
    return terms.link(one.account, one.remote_id) if len(rings) == 1 and one.remote_id else ""
