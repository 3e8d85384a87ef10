import tomllib

from afterview.sync.model import Fact, FactKind, InterviewStatus, Outcome, Standing
from afterview.sync.playbook import PlaybookSettings, read_settings
from tests.unit.sync.playbook.making import ANNA, BOB, RITA, application, fact, interview, only, plan, standing, utc

NOW = "2026-08-28 09:00"


def own(text: str, trigger: str = "interview_ended", action: str = 'title = "Note {company}"') -> PlaybookSettings:
    tables = tomllib.loads(f'[[automation]]\nid = "own"\ntrigger = "{trigger}"\n{text}\naction = {{ {action} }}\n')
    return read_settings({"time_zone": "Europe/Berlin"}, {}, {}, tables["automation"])


def test_an_interview_that_ended_starts_an_own_step() -> None:
    settings = own("", action='title = "Note how {company} went", notes = "With {person}", due = "2h", ring = "due"')
    one = application(interview())
    note = only(plan([one], NOW, settings=settings), "own")
    assert (note.title, note.block) == ("Note how Initech went", "With your contact")
    assert note.due_at == note.ring_at == utc("2026-08-27 16:00")
    before = plan([one], "2026-08-27 13:59", settings=settings)
    assert standing(before, "own") == []
    assert before.horizon == utc("2026-08-27 14:00")
    off = application(interview(status=InterviewStatus.CANCELLED))
    assert standing(plan([off], NOW, settings=settings), "own") == []


def test_one_for_each_interviewer() -> None:
    settings = own("", action='title = "Find {person} online", for = "interviewers"')
    made = standing(plan([application(interview(people=(ANNA, BOB)))], NOW, settings=settings), "own")
    assert {f.title for f in made} == {"Find Anna Weber online", "Find Bob Lee online"}


def test_one_for_the_recruiter_or_nobody() -> None:
    settings = own("", action='title = "Call {person}", for = "recruiter"')
    assert only(plan([application(interview(recruiter=RITA))], NOW, settings=settings), "own").title == "Call Rita Roth"
    assert standing(plan([application(interview())], NOW, settings=settings), "own") == []


def test_conditions_decide() -> None:
    one, other = application(interview()), application(interview("two", company="Globex"), company="Globex")
    made = plan([one, other], NOW, settings=own('conditions = { company = "INITECH" }'))
    assert only(made, "own").company == "Initech"
    assert standing(plan([one], NOW, settings=own('conditions = { stage = "onsite" }')), "own") == []


def test_an_outcome_starts_an_own_step_and_another_takes_it_away() -> None:
    settings = own('conditions = { outcome = ["offer"] }', "outcome_recorded")
    offer = application(interview(), outcome=Outcome.OFFER, at="2026-08-28 08:00")
    made = only(plan([offer], NOW, settings=settings), "own")
    assert made.due_at == utc("2026-08-29 08:00")
    no = application(interview(), outcome=Outcome.NO, at="2026-08-28 08:30")
    named = [f for f in plan([no], NOW, settings=settings).follow_ups if f.step == "own"]
    assert [(f.keys, f.standing) for f in named] == [(made.keys, Standing.WITHDRAWN)]


def test_advice_starts_an_own_step() -> None:
    settings = own("", "advice_noted", 'title = "Practise what {person} said"')
    advice = fact(FactKind.ADVICE, "p-1", "2026-08-28 08:00", person="Cora", note="slow down")
    assert only(plan([], NOW, [advice], settings), "own").title == "Practise what Cora said"


def test_a_ticked_task_starts_the_next_one_also_an_own_one() -> None:
    tables = tomllib.loads("""
        [[automation]]
        id = "portfolio"
        trigger = "task_completed"
        conditions = { step = "thank_you" }
        action = { title = "Send {company} the portfolio" }
        [[automation]]
        id = "diary"
        trigger = "task_completed"
        conditions = { step = "portfolio" }
        action = { title = "Write it down" }
    """)
    settings = read_settings({"time_zone": "Europe/Berlin"}, {}, {}, tables["automation"])
    one = application(interview())
    facts: list[Fact] = []
    for step, follows in [("thank_you", "portfolio"), ("portfolio", "diary")]:
        assert standing(plan([one], NOW, facts, settings), follows) == []
        done = only(plan([one], NOW, facts, settings), step)
        facts.append(fact(FactKind.COMPLETED, done.key, "2026-08-28 08:00", step=step))
        assert len(standing(plan([one], NOW, facts, settings), follows)) == 1


def test_silence_starts_an_own_step_and_any_contact_restarts_it() -> None:
    settings = own('after = "5 days"', "silence", 'title = "Ask {company} how it stands", due = "0h", ring = "due"')
    one = application(interview())
    before = plan([one], "2026-09-01 13:59", settings=settings)
    assert standing(before, "own") == []
    assert before.horizon == utc("2026-09-01 14:00")
    made = plan([one], "2026-09-01 14:00", settings=settings)
    assert only(made, "own").due_at == utc("2026-09-01 14:00")
    thanked = fact(FactKind.COMPLETED, only(made, "thank_you").key, "2026-08-28 10:00", step="thank_you")
    assert plan([one], "2026-09-01 14:00", [thanked], settings).horizon == utc("2026-09-02 10:00")
    heard = application(interview(), outcome=Outcome.NO, at="2026-09-01 12:00")
    assert standing(plan([heard], "2026-09-02 14:00", settings=settings), "own") == []


def test_an_accepted_offer_withdraws_own_steps_too() -> None:
    one = application(interview())
    offer = interview("two", "2026-08-26 09:00", "2026-08-26 10:00", company="Globex")
    accepted = application(offer, outcome=Outcome.ACCEPTED, at="2026-08-27 18:00", company="Globex")
    assert standing(plan([one, accepted], NOW, settings=own("")), "own") == []


def test_names_from_outside_are_not_read_as_placeholders() -> None:
    hostile = application(interview(company="{person} {0}"), company="{person} {0}")
    assert only(plan([hostile], NOW, settings=own("")), "own").title == "Note {person} {0}"


def test_the_steps_there_are_can_be_asked_for() -> None:
    assert {"own", "thank_you", "prepare"} <= own("").step_names


def test_somebody_named_twice_in_an_event_is_one() -> None:
    settings = own("", action='title = "Find {person} online", for = "interviewers"')
    assert len(standing(plan([application(interview(people=(ANNA, ANNA)))], NOW, settings=settings), "own")) == 1
