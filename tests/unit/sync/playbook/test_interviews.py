from dataclasses import replace
from datetime import timedelta

import pytest

from afterview.sync.model import Answer, Application, FactKind, Interview, InterviewStatus, Outcome, Person, Standing
from afterview.sync.playbook import parse_ring, parse_span
from afterview.sync.playbook.settings import Per
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


def test_a_later_round_means_the_earlier_was_passed_but_two_slots_of_a_day_do_not() -> None:
    first, second = interview(), interview("two", "2026-09-03 13:00", "2026-09-03 14:00")
    ask = only(plan([application(first, second)], "2026-09-04 09:00"), "ask_outcome")
    assert ask.interview == second.key
    assert standing(plan([application(first, second)], NOW), "ask_outcome") == []
    slot = interview("three", "2026-08-27 15:00", "2026-08-27 16:00", people=(BOB,))
    ask = only(plan([application(first, slot)], NOW), "ask_outcome")
    assert ask.due_at == utc("2026-09-07 16:00")
    assert len(ask.keys) == 2


def test_an_interview_that_moves_takes_its_follow_ups_along_under_the_same_keys() -> None:
    before = only(plan([application(interview())], NOW), "thank_you")
    moved = application(interview(start="2026-08-27 07:00", end="2026-08-27 07:30"))
    after = only(plan([moved], NOW), "thank_you")
    assert after.keys == before.keys
    assert after.due_at == utc("2026-08-28 07:30")
    assert after.ring_at == utc("2026-08-27 16:00")
    later = application(interview(start="2026-09-27 07:00", end="2026-09-27 07:30"))
    taken_away = next(f for f in plan([later], NOW).follow_ups if f.keys == before.keys)
    assert (taken_away.standing, taken_away.reason) == (Standing.WITHDRAWN, "the interview is not over yet")


def test_two_names_for_one_interview_are_one_set_of_follow_ups() -> None:
    one, copy = interview(), interview("copy")
    both = application(replace(one, keys=(*one.keys, *copy.keys)))
    wanted = standing(plan([both], NOW))
    assert len(wanted) == 2
    alone = {key for f in standing(plan([application(copy)], NOW)) for key in f.keys}
    assert alone <= {key for f in wanted for key in f.keys}


def test_somebody_who_turns_out_to_have_an_address_is_thanked_once() -> None:
    unnamed = Person(ANNA.name, "", "text")
    before = only(plan([application(interview(people=(unnamed,)))], NOW), "thank_you")
    after = only(plan([application(interview(people=(ANNA,)))], NOW), "thank_you")
    assert set(before.keys) <= set(after.keys)


def test_two_people_of_one_name_are_two() -> None:
    other = Person(ANNA.name, "anna.weber@globex.example", "attendee")
    assert len(standing(plan([application(interview(people=(ANNA, other)))], NOW), "thank_you")) == 2


def test_one_person_in_two_slots_of_a_day_is_thanked_once_after_the_last() -> None:
    slots = interview(), interview("two", "2026-08-27 15:00", "2026-08-27 16:00", people=(ANNA, BOB))
    made = plan([application(*slots)], NOW)
    assert sorted(f.title for f in standing(made, "thank_you")) == [
        "Thank Anna Weber (Initech)",
        "Thank Bob Lee (Initech)",
    ]
    assert {f.due_at for f in standing(made, "thank_you")} == {utc("2026-08-28 16:00")}


def test_one_thank_you_per_company_and_day_if_set_so() -> None:
    slots = interview(), interview("two", "2026-08-27 15:00", "2026-08-27 16:00", people=(BOB,))
    per_company = step(BERLIN, "thank_you", per=Per.COMPANY)
    thanks = only(plan([application(*slots)], NOW, settings=per_company), "thank_you")
    assert thanks.title == "Thank Initech for the interview"
    assert "You met: Anna Weber, Bob Lee." in thanks.block
    assert thanks.due_at == utc("2026-08-28 16:00")


def test_thanks_to_everybody_that_were_sent_are_not_asked_for_again_when_names_become_known() -> None:
    nameless = application(interview(people=()))
    thanks = only(plan([nameless], NOW), "thank_you")
    assert thanks.title == "Thank Initech for the interview"
    done = fact(FactKind.COMPLETED, thanks.key, NOW, step="thank_you", interview=thanks.interview)
    assert steps(plan([nameless], NOW, [done])) == ["ask_outcome", "thank_you"]  # completed; the engine drops it by key
    assert only(plan([application(interview(people=(ANNA, BOB)))], NOW, [done]), "thank_you").key == thanks.key


def test_an_interview_in_another_zone_rings_in_the_users_evening() -> None:
    far = interview(start="2026-08-27 20:00", end="2026-08-27 22:30")  # in New York; half past midnight in Berlin
    thanks = only(plan([application(far)], NOW), "thank_you")
    assert (thanks.due_at, thanks.ring_at) == (utc("2026-08-28 22:30"), utc("2026-08-28 16:00"))


@pytest.mark.parametrize(
    ("start", "end", "over"),
    [
        ("2026-08-26 22:00", "2026-08-27 22:00", "2026-08-27 15:00"),
        ("2026-08-25 22:00", "2026-08-27 22:00", "2026-08-27 15:00"),
        ("2026-08-26 22:00", "2026-08-26 22:00", "2026-08-27 15:00"),
    ],
)
def test_an_all_day_interview_is_over_when_offices_close(start: str, end: str, over: str) -> None:
    whole_day = application(interview(start=start, end=end, all_day=True))
    assert plan([whole_day], "2026-08-27 08:00").horizon == utc(over)
    assert only(plan([whole_day], over), "thank_you").due_at == utc(over) + timedelta(days=1)


def test_an_interview_in_the_hour_that_occurs_twice() -> None:
    second = interview(start="2026-10-25 01:00", end="2026-10-25 01:30")  # 02:00 to 02:30, the second time
    thanks = only(plan([application(second)], "2026-10-25 02:00"), "thank_you")
    assert (thanks.due_at, thanks.ring_at) == (utc("2026-10-26 01:30"), utc("2026-10-25 17:00"))


def test_seconds_and_dates_that_nobody_meant_do_no_harm() -> None:
    odd = interview()
    odd = replace(odd, ends_at=odd.ends_at + timedelta(seconds=30))
    thanks = only(plan([application(odd)], NOW), "thank_you")
    assert thanks.due_at == utc("2026-08-28 14:01")
    far = interview("far", "9999-12-31 22:00", "9999-12-31 23:59")
    assert plan([application(far)], NOW).follow_ups == ()
    assert steps(plan([application(interview(), far)], NOW)) == ["ask_outcome", "thank_you"]


def test_the_outcome_is_asked_for_again_after_the_round_that_was_won() -> None:
    first, second = interview(), interview("two", "2026-09-03 13:00", "2026-09-03 14:00")

    def won(*rounds: Interview) -> Application:
        return application(*rounds, outcome=Outcome.ADVANCED, at="2026-08-29 09:00")

    assert standing(plan([won(first)], "2026-09-01 09:00"), "ask_outcome") == []
    assert standing(plan([won(first, second)], "2026-09-03 13:30"), "ask_outcome") == []
    assert only(plan([won(first, second)], "2026-09-03 14:00"), "ask_outcome").interview == second.key
    told = application(first, second, outcome=Outcome.ADVANCED, at="2026-09-05 09:00")
    assert standing(plan([told], "2026-09-06 14:00"), "ask_outcome") == []


def test_a_later_round_that_is_called_off_brings_the_question_back() -> None:
    second = interview("two", "2026-09-03 13:00", "2026-09-03 14:00", status=InterviewStatus.CANCELLED)
    ask = only(plan([application(interview(), second)], NOW), "ask_outcome")
    assert ask.due_at == utc("2026-09-07 14:00")


def test_two_companies_at_one_hour_are_two() -> None:
    other = application(interview("two", company="Globex", people=(BOB,)), company="Globex")
    assert steps(plan([application(interview()), other], NOW)) == [
        "ask_outcome",
        "ask_outcome",
        "thank_you",
        "thank_you",
    ]


def test_a_doubtful_event_is_asked_about_for_two_days() -> None:
    doubtful = application(replace(interview(), answer=Answer.ASK))
    ask = only(plan([doubtful], NOW), "ask_interview")
    assert ask.title == "Was this a job interview? Interview Initech, Thursday, 27 August"
    assert steps(plan([doubtful], NOW)) == ["ask_interview"]
    assert plan([doubtful], NOW).horizon == utc("2026-08-29 14:00")
    assert standing(plan([doubtful], "2026-08-29 14:00")) == []


def test_thanks_that_are_still_open_after_a_no_hope_for_nothing() -> None:
    hoping = only(plan([application(interview())], NOW), "thank_you")
    assert "glad to be part of it" in hoping.block
    for outcome in (Outcome.NO, Outcome.WITHDRAWN):
        over = only(plan([application(interview(), outcome=outcome, at=NOW)], NOW), "thank_you")
        assert "thank you for your time and for the conversation on Thursday, 27 August." in over.block
        assert "glad" not in over.block
        assert (over.keys, over.due_at, over.title) == (hoping.keys, hoping.due_at, hoping.title)
    won = only(plan([application(interview(), outcome=Outcome.ADVANCED, at=NOW)], NOW), "thank_you")
    assert won.block == hoping.block


def test_an_early_interview_asks_for_the_outcome_when_the_phone_rings_and_not_the_evening_before() -> None:
    early = application(interview(start="2026-08-27 04:00", end="2026-08-27 04:50"))  # until 06:50 in Berlin
    made = plan([early], NOW)
    ask = only(made, "ask_outcome")
    assert (ask.due_at, ask.ring_at) == (utc("2026-09-07 08:00"),) * 2
    assert only(made, "thank_you").due_at == utc("2026-08-28 04:50")  # a day is a day
    late = step(BERLIN, "ask_outcome", ring=parse_ring("06:00"))  # within the quiet hours
    ask = only(plan([early], NOW, settings=late), "ask_outcome")
    assert ask.ring_at == utc("2026-09-07 06:00")
    timed = step(BERLIN, "ask_outcome", due=parse_span("7 business days 09:00"))
    assert only(plan([early], NOW, settings=timed), "ask_outcome").due_at == utc("2026-09-07 07:00")
