from dataclasses import replace
from datetime import date, timedelta

import pytest

from afterview.sync.model import FactKind, InterviewStatus, Outcome, Standing
from afterview.sync.playbook import BusinessHours, Shift
from tests.unit.sync.playbook.making import (
    ANNA,
    BERLIN,
    BOB,
    application,
    fact,
    interview,
    only,
    plan,
    standing,
    step,
    steps,
    utc,
)

NOW = "2026-08-28 09:00"


def test_nothing_is_wanted_before_the_interview_is_over_and_the_plan_says_when_to_look_again() -> None:
    one = application(interview())
    before = plan([one], "2026-08-27 13:59")
    assert standing(before) == []
    assert before.horizon == utc("2026-08-27 14:00")
    assert steps(plan([one], "2026-08-27 14:00")) == ["ask_outcome", "thank_you"]


@pytest.mark.parametrize("status", [InterviewStatus.CANCELLED, InterviewStatus.DECLINED, InterviewStatus.TENTATIVE])
def test_what_does_not_take_place_calls_for_nothing_but_its_follow_ups_are_named(status: InterviewStatus) -> None:
    one, off = (application(interview(status=s)) for s in (InterviewStatus.CONFIRMED, status))
    taken_away = plan([off], NOW)
    assert standing(taken_away) == []
    wanted = {key for f in standing(plan([one], NOW)) for key in f.keys}
    assert wanted <= {key for f in taken_away.follow_ups for key in f.keys}


def test_history_before_the_first_start_is_filed() -> None:
    old = application(interview(start="2025-08-27 13:00", end="2025-08-27 14:00"))
    filed = [f for f in plan([old], NOW).follow_ups if f.standing is Standing.FILED]
    assert {f.step for f in filed} == {"thank_you", "ask_outcome"}
    first_start = plan([old], NOW, started_at=None)
    assert standing(first_start) == []
    assert first_start.horizon is None


def test_accepting_withdraws_everything_open_but_paid_off() -> None:
    one = application(interview(), outcome=Outcome.NO, at="2026-08-27 15:00")
    other = interview("two", "2026-08-26 09:00", "2026-08-26 10:00", company="Globex", people=(BOB,))
    accepted = application(other, outcome=Outcome.ACCEPTED, at="2026-08-27 18:00", company="Globex")
    adviser = fact(FactKind.PAID_OFF, "p-1", "2026-08-27 16:00")
    assert steps(plan([one, accepted], NOW, [adviser])) == ["paid_off"]
    back = application(other, company="Globex")
    everything = ["ask_outcome", "check_in", "feedback", "paid_off", "thank_you", "thank_you"]
    assert steps(plan([one, back], NOW, [adviser])) == everything


def test_the_same_facts_give_the_same_plan() -> None:
    one = application(interview(people=(ANNA, BOB)), outcome=Outcome.NO, at="2026-08-31 09:15")
    assert plan([one], "2026-09-01 09:00") == plan([one], "2026-09-01 09:00")
    later = utc("2026-09-01 09:00") + timedelta(days=400)
    assert plan([one], f"{later:%Y-%m-%d %H:%M}").follow_ups == plan([one], "2026-09-01 09:00").follow_ups


def test_a_new_search_after_an_accepted_offer_is_served_again() -> None:
    accepted = application(interview(), outcome=Outcome.ACCEPTED, at="2026-09-10 09:00")
    new = application(interview("two", "2027-03-01 09:00", "2027-03-01 10:00", company="Globex"), company="Globex")
    assert steps(plan([accepted, new], "2027-03-01 12:00")) == ["ask_outcome", "thank_you"]


def test_a_step_that_is_switched_off_is_withdrawn() -> None:
    made = plan([application(interview())], NOW, settings=step(BERLIN, "ask_outcome", enabled=False))
    assert steps(made) == ["thank_you"]
    assert {f.reason for f in made.follow_ups if f.step == "ask_outcome"} == {"this step is switched off"}


def test_deadlines_move_out_of_german_holidays_as_set() -> None:
    holidays = {date(2026, 4, 3), date(2026, 4, 6)}
    easter = interview(start="2026-04-02 13:00", end="2026-04-02 14:00")
    for shift, due in [
        (Shift.EARLIER, "2026-04-02 15:00"),
        (Shift.LATER, "2026-04-07 07:00"),
        (Shift.OFF, "2026-04-03 14:00"),
    ]:
        hours = BusinessHours(shift=shift, is_holiday=holidays.__contains__)
        thanks = only(
            plan([application(easter)], "2026-04-02 14:00", settings=replace(BERLIN, business=hours)), "thank_you"
        )
        assert thanks.due_at == utc(due)
        assert thanks.ring_at is not None
        assert utc("2026-04-02 14:00") <= thanks.ring_at <= thanks.due_at
