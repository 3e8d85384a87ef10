"""Interviews that the user told of: one with the calendar's, never nagging, gone when taken back."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from afterview.sync.identity import application_key, event_key, person_key
from afterview.sync.meetings import Seen
from afterview.sync.model import Fact, FactKind, InterviewStatus, Outcome, Person, Standing
from afterview.sync.playbook import PlaybookSettings
from afterview.sync.thinking import Thought, think
from afterview.sync.told import IMPORT, told_key
from tests.unit.sync.making import DAY, HOUR, T0, seen

BERLIN = ZoneInfo("Europe/Berlin")
NOW = T0 + 8 * DAY
STARTED = Fact(FactKind.STARTED, "", T0 - 300 * DAY, "engine", {}, 1)
BO = {"person": "Bo Ek", "email": "bo@hooli.example"}


def told(
    company: str,
    at: datetime,
    number: int = 10,
    *,
    whole_day: bool = True,
    who: Mapping[str, str] | None = None,
    role: str = "",
) -> Fact:
    local = at.astimezone(BERLIN)
    times = (
        {"day": local.date().isoformat()} if whole_day else {"starts": at.isoformat(), "ends": (at + HOUR).isoformat()}
    )
    value = {"company": company, "role": role, **times, **(who or {})}
    return Fact(FactKind.INTERVIEW, told_key(company, next(iter(times.values()))), NOW, IMPORT, value, number)


def heard(subject: str, word: str, at: datetime, number: int = 20) -> Fact:
    return Fact(FactKind.OUTCOME, subject, NOW, IMPORT, {"outcome": word, "at": at.isoformat()}, number)


def thought(*facts: Fact, calendar: tuple[Seen, ...] = (), now: datetime = NOW) -> Thought:
    return think(calendar, (STARTED, *facts), PlaybookSettings(zone="Europe/Berlin"), now)


def wanted(one: Thought) -> list[str]:
    return sorted(item.step for item in one.follow_ups if item.standing is Standing.WANTED)


def test_an_interview_that_stands_nowhere_is_an_application_with_its_people() -> None:
    (one,) = thought(told("Hooli", T0, role="engineer", who=BO)).applications
    (round_,) = one.rounds
    assert (one.company, one.role, round_.all_day, round_.sources) == ("Hooli", "engineer", True, (IMPORT,))
    assert [(who.name, who.email) for who in round_.people] == [("Bo Ek", "bo@hooli.example")]


def test_it_is_one_with_what_a_calendar_shows_that_day_and_the_calendar_is_believed() -> None:
    fact = told("INITECH GmbH", T0, role="engineer", who=BO)
    (one,) = thought(fact, calendar=(seen("a", organizer=False),)).interviews
    assert set(one.keys) == {fact.subject, event_key("a", "")}
    assert (one.starts_at, one.title, one.role, one.all_day) == (T0, "Interview", "engineer", False)
    assert [who.name for who in one.people] == ["Ana Lima"]
    merged = Fact(FactKind.MERGED, "Initrode", T0, "cli", {"into": "Initech"}, 30)
    assert len(thought(told("Initrode", T0), merged, calendar=(seen("a"),)).interviews) == 1
    by_address = told("Talent Agency", T0, who={"email": "ana@initech.example"})
    assert len(thought(by_address, calendar=(seen("a"),)).interviews) == 1
    assert len(thought(told("Initech", T0 + 2 * DAY), calendar=(seen("a"),)).interviews) == 2


def test_a_meeting_that_was_called_off_is_not_held_up_by_what_was_told_before() -> None:
    off = (seen("a", status=InterviewStatus.CANCELLED),)
    (one,) = thought(told("Initech", T0), calendar=off).interviews
    assert one.status is InterviewStatus.CANCELLED
    deleted = (seen("a", organizer=False, gone_at=NOW + DAY, alive_at=T0 - DAY),)
    (one,) = thought(told("Initech", T0), calendar=deleted, now=NOW + 2 * DAY).interviews
    assert one.status is InterviewStatus.CANCELLED
    tidied = (seen("a", organizer=False, gone_at=NOW - DAY, alive_at=T0 - DAY),)
    (one,) = thought(told("Initech", T0), calendar=tidied).interviews
    assert one.status is InterviewStatus.CONFIRMED


def test_what_is_imported_asks_for_nothing_that_is_too_late_and_for_the_check_in_to_come() -> None:
    fact = told("Hooli", T0, who=BO)
    no = heard(application_key(fact.subject), "no", T0 + 2 * DAY)
    after = thought(fact, no)
    assert after.applications[0].outcome is Outcome.NO
    assert wanted(after) == ["check_in"]
    (check_in,) = [one for one in after.follow_ups if one.step == "check_in"]
    assert check_in.due_at.date() == (T0 + timedelta(days=93)).date()  # 3 September and three months
    assert {one.step for one in after.follow_ups if one.standing is Standing.FILED} == {"thank_you", "feedback"}
    old = told("Globex", T0 - 200 * DAY, 11, who=BO)
    assert wanted(thought(old, heard(application_key(old.subject), "no", T0 - 190 * DAY, 21))) == []


def test_yesterdays_interview_is_still_thanked_for() -> None:
    fact = told("Hooli", NOW - 5 * HOUR, whole_day=False, who=BO)
    assert wanted(thought(fact)) == ["ask_outcome", "thank_you"]


def test_a_calendars_application_keeps_its_follow_ups_beside_an_imported_round() -> None:
    calendar = (seen("a", at=NOW - 3 * HOUR),)
    assert wanted(thought(told("Initech", T0 - 30 * DAY), calendar=calendar)) == ["ask_outcome", "thank_you"]


def test_advice_of_long_ago_is_shown_before_the_next_interview_and_asks_for_no_thanks() -> None:
    fact = told("Hooli", T0 - 60 * DAY, who=BO)
    place = application_key(fact.subject)
    value = {"note": "Show numbers", "application": place, "company": "Hooli", "imported": NOW.isoformat(), **BO}
    advice = Fact(FactKind.ADVICE, person_key("", BO["email"], ""), T0 - 59 * DAY, IMPORT, value, 21)
    after = thought(fact, advice, calendar=(seen("a", at=NOW + 2 * DAY),))
    assert wanted(after) == ["prepare"]
    assert "Show numbers" in next(one.block for one in after.follow_ups if one.step == "prepare")


def test_it_can_be_taken_back_and_be_said_to_be_none() -> None:
    fact = told("Hooli", T0)
    assert thought(fact, Fact(FactKind.UNDONE, "10", NOW, "cli", {}, 11)).interviews == ()
    assert thought(fact, Fact(FactKind.VERDICT, fact.subject, NOW, "cli", {"answer": "no"}, 11)).interviews == ()


def test_who_is_forgotten_stays_out_and_a_fact_written_badly_is_passed_over() -> None:
    nobody = Fact(FactKind.FORGOTTEN, person_key("", BO["email"], ""), NOW, "cli", {}, 11)
    assert thought(told("Hooli", T0, who=BO), nobody).interviews[0].people == ()
    bad = [Fact(FactKind.INTERVIEW, f"i-{n}", NOW, "x", value, 30 + n) for n, value in enumerate(BAD)]
    assert thought(*bad).interviews == ()


BAD: tuple[dict[str, str], ...] = (
    {},
    {"day": "soon"},
    {"day": "9999-12-31"},
    {"starts": "2026-05-04"},
    {"starts": "x", "ends": "y"},
)


def test_a_card_names_an_address_that_an_event_leaves_nameless() -> None:
    card = Fact(FactKind.PERSON, person_key("", "ana@initech.example", ""), NOW, IMPORT, {"known_as": "Ana L."}, 11)
    nameless = (seen("a", people=(Person("", "ana@initech.example"),)),)
    assert thought(card, calendar=nameless).interviews[0].people[0].name == "Ana L."
    assert thought(card, calendar=(seen("a"),)).interviews[0].people[0].name == "Ana Lima"
    assert NOW.tzinfo is UTC
