from dataclasses import replace

from afterview.sync.identity import application_key, event_key, follow_up_key, person_key
from afterview.sync.model import Application, Fact, FactKind, InterviewStatus, Outcome, Standing
from afterview.sync.playbook import parse_span
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

NOW = "2026-09-10 12:00"
INITECH = application(interview(), outcome=Outcome.NO, at="2026-08-31 09:15")
ANNA_KEY = person_key(ANNA.name, ANNA.email, "Initech")


def called(at: str = "2026-09-01 08:20", note: str = "ask more questions") -> Fact:
    key = follow_up_key("feedback", INITECH.key)
    return fact(FactKind.COMPLETED, key, at, step="feedback", note=note, application=INITECH.key)


def advised(at: str, number: int = 0, subject: str = ANNA_KEY, **value: str) -> Fact:
    return fact(FactKind.ADVICE, subject, at, number, note="slow down", **value)


def globex(outcome: Outcome | None = None, at: str = "", start: str = "2026-09-15 09:00") -> Application:
    one = interview("globex", start, start[:-5] + "10:00", company="Globex", people=(BOB,))
    return application(one, outcome=outcome, at=at, company="Globex")


def test_advice_that_was_noted_is_thanked_for_within_a_day() -> None:
    thanks = only(plan([INITECH], NOW, [advised("2026-09-05 08:00")]), "thank_advice")
    assert (thanks.due_at, thanks.ring_at) == (utc("2026-09-06 08:00"), utc("2026-09-05 09:00"))
    assert thanks.title == "Thank Anna Weber for the advice (Initech)"


def test_a_call_and_a_note_about_it_are_thanked_for_once() -> None:
    both = plan([INITECH], NOW, [called(), advised("2026-09-01 08:30")])
    alone = plan([INITECH], NOW, [called()])
    assert set(only(alone, "thank_advice").keys) <= set(only(both, "thank_advice").keys)
    assert only(both, "thank_advice").due_at == utc("2026-09-02 08:20")


def test_advice_after_thanks_were_sent_calls_for_new_ones() -> None:
    first = only(plan([INITECH], NOW, [called()]), "thank_advice")
    done = fact(FactKind.COMPLETED, first.key, "2026-09-01 10:00", step="thank_advice")
    again = plan([INITECH], NOW, [called(), done, advised("2026-09-03 08:00")])
    assert {f.due_at for f in standing(again, "thank_advice")} == {utc("2026-09-02 08:20"), utc("2026-09-04 08:00")}


def test_advice_taken_back_withdraws_the_thanks() -> None:
    facts = [advised("2026-09-05 08:00", 7), fact(FactKind.UNDONE, "7", "2026-09-05 09:00", 8)]
    made = plan([INITECH], NOW, facts)
    assert standing(made, "thank_advice") == []
    wanted = only(plan([INITECH], NOW, facts[:1]), "thank_advice")
    assert [f.standing for f in made.follow_ups if set(f.keys) & set(wanted.keys)] == [Standing.WITHDRAWN]


def test_advice_of_somebody_who_is_not_in_any_event() -> None:
    stranger = advised("2026-09-05 08:00", subject="p-1", person="Cora Diaz", company="Umbrella")
    assert only(plan([], NOW, [stranger]), "thank_advice").title == "Thank Cora Diaz for the advice (Umbrella)"
    nobody = advised("2026-09-05 08:00", subject=INITECH.key)
    assert only(plan([INITECH], NOW, [nobody]), "thank_advice").title == "Thank Initech for the advice"


def test_an_adviser_hears_when_a_later_application_does_well() -> None:
    later = globex(Outcome.OFFER, "2026-09-20 09:00")
    told = only(plan([INITECH, later], "2026-09-20 10:00", [called()]), "paid_off")
    assert told.title == "Tell Anna Weber that the advice paid off (Initech)"
    assert (told.due_at, told.ring_at) == (utc("2026-09-21 09:00"), utc("2026-09-20 10:00"))


def test_success_that_the_advice_had_no_part_in_is_not_reported() -> None:
    before = globex(Outcome.OFFER, "2026-09-20 09:00", start="2026-08-20 09:00")
    assert standing(plan([INITECH, before], "2026-09-20 10:00", [called()]), "paid_off") == []
    own = replace(INITECH, outcome=Outcome.OFFER, outcome_at=utc("2026-09-20 09:00"))
    assert standing(plan([own], "2026-09-20 10:00", [advised("2026-08-27 08:00")]), "paid_off") == []


def test_a_further_round_elsewhere_shows_that_the_advice_helped_once_it_begins() -> None:
    rounds = globex().rounds[0], interview("second", "2026-09-25 09:00", "2026-09-25 10:00", company="Globex")
    later = application(*rounds, company="Globex")
    assert standing(plan([INITECH, later], "2026-09-25 08:59", [called()]), "paid_off") == []
    assert only(plan([INITECH, later], "2026-09-25 09:00", [called()]), "paid_off").due_at == utc("2026-09-26 09:00")
    off = application(rounds[0], replace(rounds[1], status=InterviewStatus.CANCELLED), company="Globex")
    assert standing(plan([INITECH, off], "2026-09-25 09:00", [called()]), "paid_off") == []


def test_an_adviser_is_told_once_in_90_days() -> None:
    said = [
        fact(FactKind.PAID_OFF, ANNA_KEY, at) for at in ("2026-09-02 09:00", "2026-11-30 09:00", "2026-12-01 09:00")
    ]
    made = standing(plan([INITECH], "2026-12-02 09:00", [called(), *said]), "paid_off")
    assert [f.due_at for f in made] == [utc("2026-09-03 09:00"), utc("2026-12-02 09:00")]
    assert len({key for f in made for key in f.keys}) == sum(len(f.keys) for f in made)


def test_success_that_is_taken_back_withdraws_the_news() -> None:
    later = globex(Outcome.OFFER, "2026-09-20 09:00")
    offer = fact(FactKind.OUTCOME, later.key, "2026-09-20 09:00", 5, outcome="offer")
    told = only(plan([INITECH, later], "2026-09-20 10:00", [called(), offer]), "paid_off")
    undone = fact(FactKind.UNDONE, "5", "2026-09-20 11:00", 6)
    back = plan([INITECH, globex()], "2026-09-20 12:00", [called(), offer, undone])
    assert standing(back, "paid_off") == []
    assert [f.standing for f in back.follow_ups if told.key in f.keys] == [Standing.WITHDRAWN]


def test_what_paid_off_before_the_first_start_does_not_swallow_what_the_user_says_now() -> None:
    said = [fact(FactKind.PAID_OFF, ANNA_KEY, at) for at in ("2026-08-20 09:00", "2026-09-02 09:00")]
    made = plan([INITECH], NOW, said, started_at=utc("2026-09-01 00:00"))
    assert only(made, "paid_off").due_at == utc("2026-09-03 09:00")


def test_a_coming_interview_reminds_of_the_last_lessons() -> None:
    coming = globex()
    made = plan([INITECH, coming], NOW, [called(), advised("2026-09-05 08:00")])
    prepare = only(made, "prepare")
    assert prepare.title == "Before the interview at Globex: what you were advised"
    assert "- slow down (Anna Weber)\n- ask more questions (Anna Weber, Initech)\n" in prepare.block
    assert (prepare.due_at, prepare.ring_at) == (utc("2026-09-15 09:00"), utc("2026-09-14 16:00"))
    assert made.horizon == utc("2026-09-15 09:00")
    assert standing(plan([INITECH, coming], "2026-09-15 09:00", [called()]), "prepare") == []


def test_a_lesson_of_last_night_still_rings_before_the_interview() -> None:
    made = plan([INITECH, globex()], "2026-09-14 20:00", [called(), advised("2026-09-14 19:00")])
    assert only(made, "prepare").ring_at == utc("2026-09-15 07:00")


def test_without_lessons_there_is_nothing_to_prepare() -> None:
    assert [f for f in plan([globex()], NOW).follow_ups if f.step == "prepare"] == []
    told = plan([INITECH, globex()], NOW, [called(note="")])
    assert [f for f in told.follow_ups if f.step == "prepare"] == []


def test_people_of_one_name_at_two_companies_are_two_advisers() -> None:
    first, second = (
        advised("2026-09-05 08:00", subject=person_key("Anna Weber", "", name), person="Anna Weber", company=name)
        for name in ("Initech", "Globex")
    )
    assert len(standing(plan([], NOW, [first, second]), "thank_advice")) == 2


def test_a_call_ticked_under_another_name_of_the_application_counts() -> None:
    copy = event_key("copy", "")
    joined = replace(INITECH, keys=(application_key(copy), *INITECH.keys))
    assert steps(plan([joined], NOW, [called()], BERLIN)).count("thank_advice") == 1


def test_an_interview_before_the_first_lesson_had_nothing_to_prepare_with() -> None:
    named = [f for f in plan([INITECH, globex()], NOW, [called()]).follow_ups if f.step == "prepare"]
    assert [f.company for f in named] == ["Globex"]


def test_two_marks_on_one_day_are_one_task_however_often_it_may_be_told() -> None:
    often = step(BERLIN, "paid_off", again_after=parse_span("1h"))
    said = [fact(FactKind.PAID_OFF, ANNA_KEY, at) for at in ("2026-09-02 09:00", "2026-09-02 15:00")]
    assert len(standing(plan([INITECH], NOW, said, often), "paid_off")) == 1


def test_the_news_that_advice_paid_off_waits_for_the_thanks() -> None:
    given = advised("2026-09-10 11:00")
    said = fact(FactKind.PAID_OFF, ANNA_KEY, "2026-09-10 11:00")
    made = plan([INITECH], NOW, [given, said])
    thanks, told = only(made, "thank_advice"), only(made, "paid_off")
    assert (thanks.due_at, thanks.ring_at) == (utc("2026-09-11 11:00"), utc("2026-09-10 12:00"))
    assert (told.due_at, told.ring_at) == (utc("2026-09-12 11:00"), utc("2026-09-11 12:00"))
    for kind in (FactKind.COMPLETED, FactKind.DISMISSED):
        closed = fact(kind, thanks.key, "2026-09-10 11:40", step="thank_advice")
        told = only(plan([INITECH], NOW, [given, said, closed]), "paid_off")
        assert (told.due_at, told.ring_at) == (utc("2026-09-11 11:40"), utc("2026-09-10 12:40"))
    late = fact(FactKind.COMPLETED, thanks.key, "2026-09-11 18:00", step="thank_advice")
    assert only(plan([INITECH], "2026-09-11 19:00", [given, said, late]), "paid_off").due_at == utc("2026-09-12 11:00")


def test_the_news_waits_neither_for_thanks_to_others_nor_for_those_that_are_switched_off() -> None:
    given = advised("2026-09-10 11:00")
    bob = fact(FactKind.PAID_OFF, person_key(BOB.name, "", "Globex"), "2026-09-10 11:00")
    assert only(plan([INITECH], NOW, [given, bob]), "paid_off").due_at == utc("2026-09-11 11:00")
    said = fact(FactKind.PAID_OFF, ANNA_KEY, "2026-09-10 11:00")
    off = step(BERLIN, "thank_advice", enabled=False)
    assert only(plan([INITECH], NOW, [given, said], off), "paid_off").due_at == utc("2026-09-11 11:00")
    news = advised("2026-09-10 11:30")  # what is advised afterwards does not hold up what has helped
    assert only(plan([INITECH], NOW, [news, said]), "paid_off").due_at == utc("2026-09-11 11:00")
