"""What holds for every plan, whatever applications, facts and settings it is made from."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterview.sync.history import fold
from afterview.sync.identity import application_key, event_key
from afterview.sync.model import (
    Answer,
    Application,
    Fact,
    FactKind,
    FollowUp,
    Interview,
    InterviewStatus,
    Outcome,
    Person,
    Standing,
)
from afterview.sync.playbook import (
    BusinessHours,
    Plan,
    PlaybookSettings,
    QuietHours,
    Shift,
    parse_span,
    read_settings,
    want,
)

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "UTC")
START = datetime(2026, 2, 1, tzinfo=UTC)
YEAR = 60 * 24 * 330
PEOPLE = (
    Person("Anna Weber", "anna@initech.example"),
    Person("Anna Weber", ""),
    Person("Anna Weber", "anna@globex.example"),
    Person("Bob Lee", ""),
    Person("", "cora@initech.example"),
)
OWN = (
    {"id": "note", "trigger": "interview_ended", "action": {"title": "Note {person}", "for": "interviewers"}},
    {"id": "ask", "trigger": "silence", "after": "20 days", "action": {"title": "Ask {company}"}},
    {"id": "on", "trigger": "task_completed", "conditions": {"step": "thank_you"}, "action": {"title": "Go on"}},
    {"id": "told", "trigger": "outcome_recorded", "action": {"title": "Tell", "due": "2 days", "ring": "2h before"}},
    {"id": "wise", "trigger": "advice_noted", "action": {"title": "Think", "ring": "same day 22:00 or 1h"}},
)
small = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

instants = st.integers(0, YEAR).map(lambda minutes: START + timedelta(minutes=minutes))
clocks = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30)))
companies = st.sampled_from(("Initech", "Initech GmbH", "Globex", ""))


@st.composite
def interviews(draw: st.DrawFn, number: str, company: str) -> Interview:
    starts_at = draw(instants)
    return Interview(
        (event_key(number, ""), *draw(st.sampled_from(((), (event_key(number, "copy"),))))),
        starts_at,
        starts_at + timedelta(minutes=draw(st.sampled_from((0, 30, 60, 600)))),
        "",
        company=company,
        people=tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=3))),
        recruiter=draw(st.sampled_from((None, PEOPLE[3]))),
        status=draw(st.sampled_from((*[InterviewStatus.CONFIRMED] * 4, *InterviewStatus))),
        answer=draw(st.sampled_from((Answer.YES, Answer.YES, Answer.YES, Answer.ASK, Answer.NO))),
        all_day=draw(st.booleans()),
    )


@st.composite
def all_applications(draw: st.DrawFn) -> tuple[Application, ...]:
    found: list[Application] = []
    for number in range(draw(st.integers(1, 4))):
        company = draw(companies)
        count = draw(st.integers(1, 3))
        rounds = [draw(interviews(f"{number}-{place}", company)) for place in range(count)]
        rounds.sort(key=lambda one: one.starts_at)
        outcome = draw(st.sampled_from((None, *Outcome, Outcome.NO)))
        found.append(
            Application(
                tuple(application_key(key) for one in rounds for key in one.keys),
                company,
                rounds=tuple(rounds),
                outcome=outcome,
                outcome_at=draw(instants) if outcome else None,
                names=(company,) if company else (),
            )
        )
    return tuple(found)


@st.composite
def all_settings(draw: st.DrawFn) -> PlaybookSettings:
    quiet = draw(st.sampled_from((QuietHours(), QuietHours(None, None), QuietHours(time(12), time(15)))))
    start, end = draw(clocks), draw(clocks)
    holidays = {date(2026, 1, 1) + timedelta(days=n) for n in draw(st.lists(st.integers(0, 364), max_size=30))}
    own = read_settings({"time_zone": draw(st.sampled_from(ZONES))}, {}, {}, list(OWN)[: draw(st.integers(0, 5))])
    return replace(
        own,
        quiet=quiet if start == end else draw(st.sampled_from((quiet, QuietHours(start, end)))),
        business=BusinessHours(shift=draw(st.sampled_from(Shift)), is_holiday=holidays.__contains__),
    )


@st.composite
def scenes(draw: st.DrawFn) -> tuple[tuple[Application, ...], list[Fact], PlaybookSettings, datetime]:
    """Applications, facts that may really come of them, settings and a moment."""
    known, chosen, now = draw(all_applications()), draw(all_settings()), draw(instants)
    facts = [Fact(FactKind.STARTED, "", draw(instants), "engine", {}, 1)] if draw(st.booleans()) else []
    for number in range(draw(st.integers(0, 4))):
        who = draw(st.sampled_from(PEOPLE))
        value = {"note": f"lesson {number}", "person": who.name, "email": who.email}
        kind = draw(st.sampled_from((FactKind.ADVICE, FactKind.PAID_OFF)))
        subject = draw(st.sampled_from(("p-1", "p-2", known[0].key)))
        facts.append(Fact(kind, subject, draw(instants), "cli", value, len(facts) + 2))
    for _ in range(2):  # twice, so that what a tick starts can be ticked, too
        wanted = _wanted(want(known, fold(facts), chosen, START + timedelta(days=400)))
        ticked = draw(st.lists(st.sampled_from(wanted), max_size=4, unique_by=lambda one: one.key)) if wanted else []
        for one in ticked:
            value = {"step": one.step, "interview": one.interview, "application": one.application, "note": "done"}
            facts.append(Fact(FactKind.COMPLETED, one.key, draw(instants), "phone", value, len(facts) + 2))
    return known, facts, chosen, now


def _wanted(plan: Plan) -> list[FollowUp]:
    return [one for one in plan.follow_ups if one.standing is Standing.WANTED]


def _ends(known: Sequence[Application]) -> dict[str, datetime]:
    return {key: one.ends_at for each in known for one in each.rounds for key in one.keys if not one.all_day}


@small
@given(scenes(), st.randoms(use_true_random=False))
def test_the_same_inputs_give_the_same_plan_in_whatever_order_they_come(
    scene: tuple[tuple[Application, ...], list[Fact], PlaybookSettings, datetime], shuffler: random.Random
) -> None:
    known, facts, chosen, now = scene
    plan = want(known, fold(facts), chosen, now)
    shuffled, mixed = list(facts), list(known)
    shuffler.shuffle(shuffled)
    shuffler.shuffle(mixed)
    assert want(mixed, fold(shuffled), chosen, now) == plan


@small
@given(scenes())
def test_times_are_in_order_and_nobody_is_woken_without_need(
    scene: tuple[tuple[Application, ...], list[Fact], PlaybookSettings, datetime],
) -> None:
    known, facts, chosen, now = scene
    ends = _ends(known)
    for one in want(known, fold(facts), chosen, now).follow_ups:
        assert one.due_at.tzinfo is UTC
        assert one.due_at.second == one.due_at.microsecond == 0
        assert one.keys
        if one.ring_at is None:
            continue
        assert one.ring_at <= one.due_at
        assert one.ring_at.second == one.ring_at.microsecond == 0
        if one.step in {"thank_you", "ask_outcome", "note"} and one.interview in ends:
            assert one.ring_at >= ends[one.interview]
            if chosen.quiet.cover(one.ring_at, chosen.clock):
                between = [
                    ends[one.interview] + timedelta(minutes=n)
                    for n in range(0, int((one.due_at - ends[one.interview]).total_seconds() // 60) + 1, 5)
                ]
                last_end = max(ends.get(key, one.due_at) for key in _slots(known, one))
                assert all(chosen.quiet.cover(at, chosen.clock) for at in between if at >= last_end)


def _slots(known: Sequence[Application], one: FollowUp) -> list[str]:
    """Return the keys of everything at that application: a thank-you counts from the last slot of the day."""
    return [key for each in known if each.key == one.application for r in each.rounds for key in r.keys]


@small
@given(scenes())
def test_no_key_stands_twice(scene: tuple[tuple[Application, ...], list[Fact], PlaybookSettings, datetime]) -> None:
    known, facts, chosen, now = scene
    keys = [key for one in want(known, fold(facts), chosen, now).follow_ups for key in one.keys]
    assert len(keys) == len(set(keys))


@small
@given(scenes())
def test_the_horizon_is_the_next_change(
    scene: tuple[tuple[Application, ...], list[Fact], PlaybookSettings, datetime],
) -> None:
    known, facts, chosen, now = scene
    history = fold(facts)
    plan = want(known, history, chosen, now)
    if plan.horizon is None:
        assert want(known, history, chosen, now + timedelta(days=2000)).follow_ups == plan.follow_ups
        return
    assert plan.horizon > now
    assert want(known, history, chosen, plan.horizon - timedelta(microseconds=1)).follow_ups == plan.follow_ups
    assert want(known, history, chosen, plan.horizon).follow_ups != plan.follow_ups


@small
@given(scenes(), st.sampled_from((FactKind.ADVICE, FactKind.PAID_OFF)), instants)
def test_a_fact_that_is_taken_back_leaves_no_trace_in_what_is_wanted(
    scene: tuple[tuple[Application, ...], list[Fact], PlaybookSettings, datetime], kind: FactKind, at: datetime
) -> None:
    known, facts, chosen, now = scene
    extra = Fact(kind, "p-9", at, "cli", {"note": "extra", "person": "Dora"}, 900)
    undone = Fact(FactKind.UNDONE, "900", at, "cli", {}, 901)
    before = want(known, fold(facts), chosen, now)
    after = want(known, fold([*facts, extra, undone]), chosen, now)
    assert _wanted(after) == _wanted(before)


@small
@given(scenes())
def test_an_outcome_taken_back_restores_what_stood_without_it(
    scene: tuple[tuple[Application, ...], list[Fact], PlaybookSettings, datetime],
) -> None:
    known, facts, chosen, now = scene
    known = (replace(known[0], outcome=None, outcome_at=None), *known[1:])
    facts = [one for one in facts if one.kind is not FactKind.COMPLETED]  # some came of the outcome dropped here
    accepted_at = START + timedelta(days=500)
    told = Fact(FactKind.OUTCOME, known[0].key, accepted_at, "cli", {"outcome": "accepted"}, 900)
    accepted = (replace(known[0], outcome=Outcome.ACCEPTED, outcome_at=accepted_at), *known[1:])
    history = fold([*facts, told])
    during = want(accepted, history, chosen, now)
    assert {one.step for one in _wanted(during)} <= {"paid_off"}
    after = want(known, fold([*facts, told, Fact(FactKind.UNDONE, "900", START, "cli", {}, 901)]), chosen, now)
    assert _wanted(after) == _wanted(want(known, fold(facts), chosen, now))


@small
@given(instants, st.sampled_from(ZONES), st.sampled_from(("1 day", "3 weeks", "3 months", "5 business days")))
def test_calendar_spans_keep_the_time_on_the_wall(start: datetime, zone: str, span: str) -> None:
    clock = ZoneInfo(zone)
    end = parse_span(span).after(start, clock, lambda day: day.weekday() < 5)
    before, after = start.astimezone(clock), end.astimezone(clock)
    assert end > start
    if after.time() != before.time():  # the time does not exist that day, and moved forward by the gap
        skipped = datetime.combine(after.date(), before.time().replace(fold=0), clock)
        assert skipped.astimezone(UTC).astimezone(clock).time() != before.time()
        assert after > skipped - timedelta(hours=2)


@small
@given(instants, st.sampled_from(ZONES), st.sampled_from(("24h", "90 minutes")))
def test_exact_spans_are_exact(start: datetime, zone: str, span: str) -> None:
    length = timedelta(hours=24) if span == "24h" else timedelta(minutes=90)
    local = start.astimezone(ZoneInfo(zone))
    assert parse_span(span).after(local, ZoneInfo(zone), lambda _: True) - start == length
