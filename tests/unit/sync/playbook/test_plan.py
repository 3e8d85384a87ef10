from datetime import timedelta

import pytest

from afterview.sync.identity import Context
from afterview.sync.model import FactKind, InterviewStatus, Outcome, Standing
from tests.unit.sync.playbook.making import (
    ANNA,
    BOB,
    RITA,
    application,
    fact,
    interview,
    only,
    plan,
    standing,
    steps,
    utc,
)

NOW = "2026-08-28 09:00"


def test_each_interviewer_is_thanked_within_24_hours_and_the_outcome_is_asked_for_once() -> None:
    one = application(interview(people=(ANNA, BOB)))
    made = plan([one], NOW)
    assert steps(made) == ["ask_outcome", "thank_you", "thank_you"]
    assert {f.due_at for f in standing(made, "thank_you")} == {utc("2026-08-28 14:00")}
    assert {f.ring_at for f in standing(made, "thank_you")} == {utc("2026-08-27 16:00")}
    assert {f.title for f in standing(made, "thank_you")} == {"Thank Anna Weber (Initech)", "Thank Bob Lee (Initech)"}
    ask = only(made, "ask_outcome")
    assert (ask.due_at, ask.ring_at) == (utc("2026-09-07 14:00"), utc("2026-09-07 08:00"))
    assert ask.title == "Heard from Initech? Tick if it was a no."


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


def test_a_no_calls_for_feedback_the_next_business_day_and_a_check_in_after_three_months() -> None:
    one = application(interview(recruiter=RITA), outcome=Outcome.NO, at="2026-08-31 09:15")
    made = plan([one], "2026-08-31 10:00")
    feedback, check_in = only(made, "feedback"), only(made, "check_in")
    assert (feedback.due_at, feedback.ring_at, feedback.person) == (utc("2026-09-01 08:00"),) * 2 + (ANNA,)
    assert (check_in.due_at, check_in.ring_at) == (utc("2026-11-30 10:15"), utc("2026-11-30 09:00"))
    assert check_in.person == RITA
    assert standing(made, "ask_outcome") == []
    context = Context.read(feedback.context)
    assert context is not None
    assert (context.outcome, context.time, context.application) == ("no", "20260831T091500Z", one.key)


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


def test_a_later_round_means_the_earlier_was_passed_but_two_slots_of_a_day_do_not() -> None:
    first, second = interview(), interview("two", "2026-09-03 13:00", "2026-09-03 14:00")
    ask = only(plan([application(first, second)], "2026-09-04 09:00"), "ask_outcome")
    assert ask.interview == second.key
    assert standing(plan([application(first, second)], NOW), "ask_outcome") == []
    slot = interview("three", "2026-08-27 15:00", "2026-08-27 16:00", people=(BOB,))
    ask = only(plan([application(first, slot)], NOW), "ask_outcome")
    assert ask.due_at == utc("2026-09-07 16:00")
    assert len(ask.keys) == 2


def test_a_feedback_call_that_was_made_is_thanked_for_and_restarts_the_check_in() -> None:
    one = application(interview(), outcome=Outcome.NO, at="2026-08-31 09:15")
    feedback = only(plan([one], "2026-08-31 10:00"), "feedback")
    done = fact(FactKind.COMPLETED, feedback.key, "2026-09-01 08:20", step="feedback")
    made = plan([one], "2026-09-01 09:00", [done])
    assert only(made, "thank_advice").due_at == utc("2026-09-02 08:20")
    assert only(made, "thank_advice").ring_at == utc("2026-09-01 09:20")
    assert only(made, "check_in").due_at == utc("2026-12-01 09:20")
    assert only(made, "feedback").key == feedback.key


def test_the_same_facts_give_the_same_plan() -> None:
    one = application(interview(people=(ANNA, BOB)), outcome=Outcome.NO, at="2026-08-31 09:15")
    assert plan([one], "2026-09-01 09:00") == plan([one], "2026-09-01 09:00")
    later = utc("2026-09-01 09:00") + timedelta(days=400)
    assert plan([one], f"{later:%Y-%m-%d %H:%M}").follow_ups == plan([one], "2026-09-01 09:00").follow_ups
