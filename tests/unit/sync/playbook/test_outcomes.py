from dataclasses import replace

import pytest

from afterview.sync.identity import Context
from afterview.sync.model import Fact, FactKind, InterviewStatus, Outcome, Standing
from afterview.sync.playbook import parse_span
from tests.unit.sync.playbook.making import (
    ANNA,
    BERLIN,
    RITA,
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
NOW_NO = "2026-08-31 10:00"


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


def test_a_feedback_call_that_was_made_is_thanked_for_and_restarts_the_check_in() -> None:
    one = application(interview(), outcome=Outcome.NO, at="2026-08-31 09:15")
    feedback = only(plan([one], "2026-08-31 10:00"), "feedback")
    done = fact(FactKind.COMPLETED, feedback.key, "2026-09-01 08:20", step="feedback")
    made = plan([one], "2026-09-01 09:00", [done])
    assert only(made, "thank_advice").due_at == utc("2026-09-02 08:20")
    assert only(made, "thank_advice").ring_at == utc("2026-09-01 09:20")
    assert only(made, "check_in").due_at == utc("2026-12-01 09:20")
    assert only(made, "feedback").key == feedback.key


@pytest.mark.parametrize(
    ("heard", "due"),
    [
        ("2026-08-31 09:15", "2026-09-01 08:00"),
        ("2026-08-31 14:00", "2026-09-01 08:00"),  # exactly 18 h before
        ("2026-08-31 14:01", "2026-09-02 08:00"),
        ("2026-09-04 20:00", "2026-09-07 08:00"),  # Friday evening
        ("2026-09-05 20:00", "2026-09-07 08:00"),  # Saturday
        ("2026-09-06 20:00", "2026-09-08 08:00"),  # Sunday evening: Monday 10:00 is too soon
    ],
)
def test_feedback_is_asked_for_on_a_business_day_at_least_18_hours_later(heard: str, due: str) -> None:
    one = application(interview(), outcome=Outcome.NO, at=heard)
    assert only(plan([one], "2026-09-06 21:00"), "feedback").due_at == utc(due)


def test_without_an_interviewer_the_recruiter_is_asked_and_without_anybody_nobody() -> None:
    heard = "2026-08-31 09:15"
    recruited = application(interview(people=(), recruiter=RITA), outcome=Outcome.NO, at=heard)
    assert only(plan([recruited], "2026-09-01 09:00"), "feedback").person == RITA
    made = plan([application(interview(people=()), outcome=Outcome.NO, at=heard)], "2026-09-01 09:00")
    assert standing(made, "feedback") == []
    assert only(made, "check_in").title == "Check in with Initech"


def test_the_same_no_heard_twice_moves_nothing_and_taken_back_it_withdraws() -> None:
    one = application(interview(), outcome=Outcome.NO, at="2026-09-02 12:00")  # the later of the two
    first = fact(FactKind.OUTCOME, one.key, "2026-08-31 09:15", 1, outcome="no")
    again = fact(FactKind.OUTCOME, one.rounds[0].key, "2026-09-02 12:00", 2, outcome="no")
    made = plan([one], "2026-09-03 09:00", [first, again])
    assert only(made, "check_in").due_at == utc("2026-11-30 10:15")
    undone = [fact(FactKind.UNDONE, number, "2026-09-03 09:00", 3) for number in ("1", "2")]
    back = plan([application(interview())], "2026-09-03 09:00", [first, again, *undone])
    assert steps(back) == ["ask_outcome", "thank_you"]
    named = {key for f in back.follow_ups if f.step in {"feedback", "check_in"} for key in f.keys}
    assert named == {key for f in standing(made) if f.step in {"feedback", "check_in"} for key in f.keys}


def test_a_second_no_after_better_news_asks_again() -> None:
    one = application(interview(), outcome=Outcome.NO, at="2026-09-20 09:15")
    told = [("2026-08-31 09:15", "no"), ("2026-09-10 09:15", "advanced"), ("2026-09-20 09:15", "no")]
    facts = [fact(FactKind.OUTCOME, one.key, at, outcome=outcome) for at, outcome in told]
    first_no = plan(
        [application(interview(), outcome=Outcome.NO, at="2026-08-31 09:15")], "2026-09-20 10:00", facts[:1]
    )
    second_no = plan([one], "2026-09-20 10:00", facts)
    earlier, later = only(first_no, "feedback"), only(second_no, "feedback")
    assert set(earlier.keys).isdisjoint(later.keys)
    assert earlier.keys in {f.keys for f in second_no.follow_ups if f.standing is Standing.WITHDRAWN}


def test_the_check_in_keeps_local_time_across_the_change_of_clocks_and_the_end_of_the_month() -> None:
    for heard, due in [("2026-08-31 09:15", "2026-11-30 10:15"), ("2026-11-30 09:15", "2027-02-28 09:15")]:
        one = application(interview(), outcome=Outcome.NO, at=heard)
        assert only(plan([one], "2026-11-30 10:00"), "check_in").due_at == utc(due)


def test_applying_again_withdraws_the_check_in_under_any_name_of_the_company() -> None:
    one = application(interview(), outcome=Outcome.NO, at="2026-08-31 09:15")
    again = interview("two", "2026-10-05 09:00", "2026-10-05 10:00", company="Initech GmbH")
    assert standing(plan([one, application(again, company="Initech GmbH")], NOW), "check_in") == []
    off = replace(again, status=InterviewStatus.CANCELLED)
    after = "2026-10-06 09:00"
    assert len(standing(plan([one, application(off, company="Initech GmbH")], after), "check_in")) == 1
    renamed = application(replace(again, company="Umbrella"), company="Umbrella")
    merge = fact(FactKind.MERGED, "Umbrella", after, into="Initech")
    assert len(standing(plan([one, renamed], after), "check_in")) == 1
    assert standing(plan([one, renamed], after, [merge]), "check_in") == []


def test_a_longer_wait_lands_on_a_business_day_too() -> None:
    one = application(interview(), outcome=Outcome.NO, at="2026-09-03 18:00")  # Thursday; 36 hours later is Saturday
    patient = step(BERLIN, "feedback", wait=parse_span("36h"))
    assert only(plan([one], "2026-09-04 09:00", settings=patient), "feedback").due_at == utc("2026-09-07 08:00")


def test_a_no_that_comes_after_an_offer_was_accepted_elsewhere_calls_for_nothing() -> None:
    offer = interview("two", "2026-08-26 09:00", "2026-08-26 10:00", company="Globex")
    accepted = application(offer, outcome=Outcome.ACCEPTED, at="2026-08-30 18:00", company="Globex")
    late = application(interview(), outcome=Outcome.NO, at="2026-08-31 09:15")
    assert standing(plan([late, accepted], "2026-09-01 09:00")) == []


@pytest.mark.parametrize(
    ("heard", "due"),
    [
        ("2026-08-31 07:04", "2026-11-30 09:00"),  # 09:04 in Berlin: the phone rings at 10:00, not before
        ("2026-08-31 13:00", "2026-11-30 14:00"),  # 15:00 stays 15:00
    ],
)
def test_a_check_in_rings_on_its_own_day(heard: str, due: str) -> None:
    check_in = only(plan([application(interview(), outcome=Outcome.NO, at=heard)], "2026-09-01 09:00"), "check_in")
    assert (check_in.due_at, check_in.ring_at) == (utc(due), utc("2026-11-30 09:00"))


def test_whoever_gave_advice_after_the_no_is_not_asked_for_it_again() -> None:
    one = application(interview(), outcome=Outcome.NO, at="2026-08-31 09:15")

    def advised(at: str, kind: FactKind = FactKind.ADVICE) -> list[Fact]:
        return [fact(kind, "p-1", at, 7, note="slow down", application=one.key, person=ANNA.name, email=ANNA.email)]

    given = plan([one], NOW_NO, advised("2026-08-31 09:15"))
    asked = [f for f in given.follow_ups if f.step == "feedback"]
    assert [(f.standing, f.reason) for f in asked] == [(Standing.WITHDRAWN, "advice was given")]
    assert only(given, "thank_advice").person == ANNA
    assert len(standing(plan([one], NOW_NO, advised("2026-08-31 09:14")), "feedback")) == 1
    undone = fact(FactKind.UNDONE, "7", NOW_NO, 8)
    assert len(standing(plan([one], NOW_NO, [*advised("2026-08-31 09:15"), undone]), "feedback")) == 1
    called = fact(FactKind.COMPLETED, asked[0].key, "2026-08-31 09:30", step="feedback")
    assert only(plan([one], NOW_NO, [called, *advised("2026-08-31 09:40")]), "feedback").key == asked[0].key
