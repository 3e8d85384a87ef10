"""How the stage of a deal in a CRM and the outcome of an application follow each other. Pure.

the CRM moved the deal   -> after a settle time it is an outcome here, heard when the deal was moved
it was moved back        -> nothing happened
a closed deal is opened  -> what closed the application is taken back
an outcome here          -> the deal is moved, if it is open; a closed deal is never moved
both                     -> the newest act stands, because an outcome is heard at its own time
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .history import heard_at
from .model import Application, Fact, FactKind, Fields, Outcome

SETTLE = timedelta(minutes=15)


class Stage(StrEnum):
    """What kind of stage a deal is in, whatever the CRM calls it."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


_OUTCOMES = {Stage.LOST: Outcome.NO, Stage.WON: Outcome.ACCEPTED, Stage.WITHDRAWN: Outcome.WITHDRAWN}
_STAGES = {outcome: stage for stage, outcome in _OUTCOMES.items()}


@dataclass(frozen=True, slots=True)
class Move:
    """What follows. `base` is what the link shall remember of the stage; `heard` what the CRM said and when it did.

    `wanted` is where the deal is to be moved; `waits`: a change has not settled yet.
    """

    base: Fields
    heard: Stage | None = None
    heard_at: datetime | None = None
    wanted: Stage | None = None
    waits: bool = False


def stage_of(outcome: Outcome | None) -> Stage:
    """Return the kind of stage that an outcome calls for."""
    return _STAGES.get(outcome, Stage.OPEN) if outcome else Stage.OPEN


def follow(base: Fields, remote: Fields, outcome: Outcome | None, now: datetime) -> Move:
    """Decide. `base` and `remote` hold `stage` and `stage_at`; `stage_seen` in `base` is a change that has to settle."""
    is_in, agreed = _stage(remote), _stage(base)
    if is_in is None or agreed is None:
        return Move({"stage": (is_in,)} if is_in else {})
    if is_in is agreed:
        wanted = stage_of(outcome)
        moves = wanted is not agreed and agreed is Stage.OPEN
        return Move({"stage": (agreed,)}, wanted=wanted if moves else None)
    at = _moved_at(base, remote, is_in, now)
    if now - at < SETTLE:
        return Move({"stage": (agreed,), "stage_seen": (is_in, at.isoformat())}, waits=True)
    heard = is_in if stage_of(outcome) is not is_in else None
    return Move({"stage": (is_in,)}, heard=heard, heard_at=at)


def heard(move: Move, application: Application, said: Iterable[Fact], now: datetime, source: str) -> list[Fact]:
    """Return the facts of what the CRM said. `said` are the OUTCOME facts that count."""
    if move.heard is None or move.heard_at is None:
        return []
    if move.heard is not Stage.OPEN:
        value = {"outcome": str(_OUTCOMES[move.heard]), "at": move.heard_at.isoformat()}
        return [Fact(FactKind.OUTCOME, application.key, now, source, value)]
    mine = {*application.keys, *(key for one in application.rounds for key in one.keys)}
    closing = sorted((one for one in said if one.subject in mine), key=lambda one: (heard_at(one), one.at, one.id))
    undone: list[Fact] = []
    while closing and closing[-1].value.get("outcome") in _STAGES and heard_at(closing[-1]) <= move.heard_at:
        undone.append(Fact(FactKind.UNDONE, str(closing.pop().id), now, source))
    return undone


def _stage(fields: Fields) -> Stage | None:
    found = fields.get("stage", ())
    return Stage(found[0]) if found and found[0] in {str(stage) for stage in Stage} else None


def _moved_at(base: Fields, remote: Fields, is_in: Stage, now: datetime) -> datetime:
    """Return when the deal was moved: as the CRM says, else when the change was first seen.

    What lies ahead was dated by a clock that is wrong, and then only what we saw ourselves counts: else it would never
    settle.
    """
    seen = base.get("stage_seen", ())
    told = [*remote.get("stage_at", ()), *(seen[1:] if seen[:1] == (is_in,) else ())]
    return next((at for at in map(_instant, told) if at is not None and at <= now), now)


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
