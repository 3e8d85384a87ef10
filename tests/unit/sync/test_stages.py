"""The table of stages and outcomes, line by line."""

from datetime import timedelta

import pytest

from afterview.sync.model import Application, Fact, FactKind, Fields, Outcome
from afterview.sync.stages import SETTLE, Stage, follow, heard, stage_of
from tests.unit.sync.making import HOUR, T0

APPLICATION = Application(("a-1",), "Initech")
MINUTE = timedelta(minutes=1)


def stage(word: str, **more: str) -> Fields:
    return {"stage": (word,), **{name: (value,) for name, value in more.items()}}


def said(number: int, word: str, at: float) -> Fact:
    when = T0 + at * HOUR
    return Fact(FactKind.OUTCOME, "a-1", when, "cli", {"outcome": word, "at": when.isoformat()}, number)


@pytest.mark.parametrize(
    ("moved", "outcome"), [("lost", Outcome.NO), ("won", Outcome.ACCEPTED), ("withdrawn", Outcome.WITHDRAWN)]
)
def test_a_moved_deal_is_an_outcome_once_it_settled(moved: str, outcome: Outcome) -> None:
    first = follow(stage("open"), stage(moved), None, T0)
    assert (first.waits, first.heard) == (True, None)
    early = follow({**first.base}, stage(moved), None, T0 + SETTLE - MINUTE)
    assert (early.waits, early.heard) == (True, None)
    late = follow({**early.base}, stage(moved), None, T0 + SETTLE)
    assert (late.heard, late.heard_at, late.base) == (Stage(moved), T0, stage(moved))
    (fact,) = heard(late, APPLICATION, [], T0 + SETTLE, "crm:c")
    assert (fact.subject, fact.value) == ("a-1", {"outcome": str(outcome), "at": T0.isoformat()})
    assert stage_of(outcome) is Stage(moved)


def test_moved_back_within_the_settle_time_is_nothing() -> None:
    first = follow(stage("open"), stage("lost"), None, T0)
    back = follow(first.base, stage("open"), None, T0 + 10 * MINUTE)
    assert (back.heard, back.wanted, back.waits, back.base) == (None, None, False, stage("open"))


def test_the_crms_own_time_counts_and_never_lies_ahead() -> None:
    told = stage("lost", stage_at=(T0 - HOUR).isoformat())
    assert follow(stage("open"), told, None, T0).heard_at == T0 - HOUR
    ahead = stage("lost", stage_at=(T0 + HOUR).isoformat())
    first = follow(stage("open"), ahead, None, T0)
    assert first.waits
    assert follow(first.base, ahead, None, T0 + SETTLE).heard_at == T0  # whose clock is wrong is not waited for
    assert follow(stage("open"), stage("lost", stage_at="yesterday"), None, T0).waits


def test_an_outcome_moves_an_open_deal_and_never_a_closed_one() -> None:
    assert follow(stage("open"), stage("open"), Outcome.NO, T0).wanted is Stage.LOST
    assert follow(stage("open"), stage("open"), Outcome.OFFER, T0).wanted is None
    assert follow(stage("won"), stage("won"), Outcome.NO, T0).wanted is None
    assert follow(stage("lost"), stage("lost"), None, T0).wanted is None


def test_both_sides_said_the_same() -> None:
    told = stage("lost", stage_at=(T0 - HOUR).isoformat())
    both = follow(stage("open"), told, Outcome.NO, T0)
    assert (both.heard, both.base) == (None, stage("lost"))


def test_a_reopened_deal_takes_back_what_closed_it_and_nothing_newer() -> None:
    told = stage("open", stage_at=(T0 + 5 * HOUR).isoformat())
    move = follow(stage("lost"), told, Outcome.NO, T0 + 6 * HOUR)
    facts = [said(1, "advanced", 0), said(2, "no", 1)]
    assert [fact.subject for fact in heard(move, APPLICATION, facts, T0, "crm:c")] == ["2"]
    assert heard(move, APPLICATION, [*facts, said(3, "no", 5.5)], T0, "crm:c") == []
    assert heard(move, APPLICATION, facts[:1], T0, "crm:c") == []


def test_a_stage_that_nobody_knows_is_left_alone() -> None:
    assert follow(stage("open"), stage("paused"), Outcome.NO, T0).wanted is None
    assert follow({}, stage("lost"), None, T0).base == stage("lost")
