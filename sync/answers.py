"""Answers that can be given with a button: which ones a ring offers, and what facts they are. Pure.

An answer is a fact like a tick or a move on the phone, and means the same.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from .compare import about, first
from .history import History
from .model import About, Choice, Fact, FactKind, FollowUp, Row
from .playbook import PlaybookSettings
from .thinking import Thought

SOURCE = "push"
LATER = timedelta(hours=3)
NOT_YET = timedelta(days=3)
VALID = timedelta(days=3)  # so long an answer can be given after the ring
_ASKING, _DOUBTING = "ask_outcome", "ask_interview"


def choices_for(steps: Collection[str]) -> tuple[Choice, ...]:
    """Return the answers that a ring for these steps offers: what is asked is not answered for several at once."""
    if set(steps) == {_ASKING} and len(steps) == 1:
        return (Choice.NO, Choice.NEXT, Choice.NOT_YET)
    if set(steps) == {_DOUBTING} and len(steps) == 1:
        return (Choice.YES, Choice.NOT_ONE)
    if {_ASKING, _DOUBTING} & set(steps):
        return (Choice.LATER,)
    return (Choice.DONE, Choice.LATER)


def question_id(marks: Sequence[tuple[str, str]]) -> str:
    """Return the id of the question that these rings (key, instant) put; the same for every address they go to."""
    return sha256("|".join(f"{key}@{at}" for key, at in sorted(marks)).encode()).hexdigest()[:20]


def answer_facts(
    choice: Choice,
    keys: Sequence[str],
    thought: Thought,
    rows: Mapping[str, Row],
    settings: PlaybookSettings,
    now: datetime,
) -> tuple[Fact, ...]:
    """Return what an answer records. What was done or dismissed meanwhile stays as it is."""
    return tuple(fact for key in keys for fact in _facts(choice, key, thought, rows, settings, now))


def _facts(
    choice: Choice, key: str, thought: Thought, rows: Mapping[str, Row], settings: PlaybookSettings, now: datetime
) -> Iterator[Fact]:
    follow_up = thought.follow_up(key)
    row = next((rows[one] for one in (key, *(follow_up.keys if follow_up else ())) if one in rows), None)
    named = ([row.key] if row else []) + [key] + list(follow_up.keys if follow_up else ())
    known = tuple(dict.fromkeys(named))
    history = thought.history
    if first(history.completed, known) or first(history.dismissed, known):
        return
    who = about(follow_up) if follow_up else row.about if row else About()
    if choice in {Choice.LATER, Choice.NOT_YET}:
        value = _later(choice, follow_up, row, known, history, settings, now)
        yield Fact(FactKind.SNOOZED, known[0], now, SOURCE, _told(who, value))
    elif choice is Choice.NOT_ONE:
        yield Fact(FactKind.DISMISSED, known[0], now, SOURCE, _told(who, {"how": "command"}))
    else:
        word = {"note": "next"} if choice is Choice.NEXT else {}
        yield Fact(FactKind.COMPLETED, known[0], now, SOURCE, _told(who, word))


def _later(
    choice: Choice,
    follow_up: FollowUp | None,
    row: Row | None,
    keys: tuple[str, ...],
    history: History,
    settings: PlaybookSettings,
    now: datetime,
) -> dict[str, str]:
    """Return the new ring, outside quiet hours, and the deadline, moved along only where it would come before the ring."""
    zone = settings.clock
    ring_at = (now + LATER).replace(second=0, microsecond=0)
    if choice is Choice.NOT_YET:
        local = now.astimezone(zone)
        ring_at = (local.replace(second=0, microsecond=0, tzinfo=None) + NOT_YET).replace(tzinfo=zone).astimezone(UTC)
    if settings.quiet.cover(ring_at, zone):
        ring_at = settings.quiet.end_after(ring_at, zone)
    earlier = first(history.snoozed, keys)
    said = earlier.value.get("due", "") if earlier else ""
    due_at = follow_up.due_at if follow_up else row.base.due_at if row else None
    if said and said != "none":
        due_at = datetime.fromisoformat(said)
    if due_at is not None and ring_at > due_at and said != "none":
        said = ring_at.isoformat()
    return {"due": said, "ring": ring_at.isoformat()}


def _told(who: About, value: Mapping[str, str]) -> dict[str, str]:
    """Say whom a fact concerns, as every fact about a follow-up does."""
    known = {
        "step": who.step,
        "interview": who.interview,
        "application": who.application,
        "company": who.company,
        "person": who.person.name if who.person else "",
        "email": who.person.email if who.person else "",
    }
    return {name: item for name, item in {**known, **value}.items() if item}
