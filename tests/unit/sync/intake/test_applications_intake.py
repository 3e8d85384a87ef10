"""What of a table is taken over: what is new, once, and never over what is known."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from afterview.sync.identity import application_key, event_key, person_key
from afterview.sync.intake.applications import ApplicationIntake, orders_of
from afterview.sync.intake.dates import Order
from afterview.sync.intake.lines import Line, facts_of
from afterview.sync.intake.sheets import read_sheet
from afterview.sync.meetings import Seen
from afterview.sync.model import Fact, FactKind, Outcome
from afterview.sync.playbook import PlaybookSettings
from afterview.sync.thinking import Thought, think
from tests.unit.sync.making import DAY, T0, seen

NOW = T0 + 20 * DAY  # 21 September
BERLIN = ZoneInfo("Europe/Berlin")
HEADER = "company;role;date;time;outcome;outcome date;person;email;phone;advice;note\n"
CALENDAR = (seen("a"),)  # Initech, 1 September, Ana Lima
INITECH = application_key(event_key("a", ""))


class Desk:
    """A ledger in the hand: a calendar, facts, and what is taken over."""

    def __init__(self, *facts: Fact, calendar: tuple[Seen, ...] = CALENDAR, now: datetime = NOW) -> None:
        self.facts, self.calendar, self.now = list(facts), calendar, now

    def think(self, beside: Sequence[Fact] = ()) -> Thought:
        return think(self.calendar, (*self.facts, *beside), PlaybookSettings(zone="Europe/Berlin"), self.now)

    def look(self, *lines: str, order: Order | None = None) -> tuple[Line, ...]:
        sheet = read_sheet(HEADER + "\n".join(lines), "past.csv")
        return ApplicationIntake(sheet, self.think, self.now, BERLIN, order or orders_of(sheet)[0]).lines()

    def take(self, *lines: str) -> tuple[Line, ...]:
        found = self.look(*lines)
        start = len(self.facts) + 1
        self.facts += [
            Fact(one.kind, one.subject, one.at, one.source, one.value, n)
            for n, one in enumerate(facts_of(found), start)
        ]
        return found


def test_an_application_that_is_nowhere_is_taken_over_whole_and_only_once() -> None:
    desk = Desk(calendar=())
    text = "Hooli;Clerk;2026-05-04;10:00;no;2026-05-08;Bo Ek;bo@hooli.example;+1;Show numbers;too junior"
    (line,) = desk.take(text)
    assert (line.number, line.what) == (2, "Hooli, Clerk, 2026-05-04")
    assert (line.takes, line.leaves) == (("interview", "outcome no", "advice", "phone"), ())
    (one,) = desk.think().applications
    assert (one.company, one.role, one.outcome, one.outcome_note) == ("Hooli", "Clerk", Outcome.NO, "too junior")
    assert one.outcome_at == datetime(2026, 5, 8, 12, tzinfo=BERLIN)
    assert one.rounds[0].starts_at == datetime(2026, 5, 4, 10, tzinfo=BERLIN)
    assert {fact.source for fact in desk.facts} == {"import"}
    (advice,) = [fact for fact in desk.facts if fact.kind is FactKind.ADVICE]
    assert (advice.subject, advice.at) == (person_key("", "bo@hooli.example", ""), one.outcome_at)
    (again,) = desk.take(text)
    assert (again.takes, again.leaves) == ((), ("known already",))


def test_an_outcome_is_added_to_what_the_calendar_has_and_the_interview_is_not_doubled() -> None:
    desk = Desk()
    (line,) = desk.take("Initech Inc.;;2026-09-01;;no;;;;;;")
    assert line.takes == ("outcome no",)
    (one,) = desk.think().applications
    assert (len(one.rounds), one.outcome, one.outcome_at) == (1, Outcome.NO, one.rounds[0].ends_at)


def test_an_outcome_that_stands_is_never_replaced() -> None:
    offer = Fact(FactKind.OUTCOME, INITECH, T0 + DAY, "cli", {"outcome": "offer"}, 1)
    for text in (
        "Initech;;2026-09-01;;no;2026-09-10;;;;;",
        "Initech;;2026-09-01;;no;2026-09-01;;;;;",
        "Initech;;;;no;;;;;;",
    ):
        (line,) = Desk(offer).look(text)
        assert (line.takes, line.leaves) == ((), ("it stands at offer already",))
    (line,) = Desk(offer).look("Initech;;2026-09-01;;offer;2026-09-10;;;;;")
    assert (line.takes, line.leaves) == ((), ("known already",))


def test_an_earlier_application_at_the_same_company_is_one_of_its_own() -> None:
    offer = Fact(FactKind.OUTCOME, INITECH, T0 + DAY, "cli", {"outcome": "offer"}, 1)
    desk = Desk(offer)
    (line,) = desk.take("Initech;;2026-06-01;;no;2026-06-10;;;;;")
    assert line.takes == ("interview", "outcome no")
    assert [one.outcome for one in desk.think().applications] == [Outcome.NO, Outcome.OFFER]
    assert desk.take("Initech;;2026-06-01;;no;2026-06-10;;;;;")[0].takes == ()


def test_rounds_of_one_file_belong_together() -> None:
    desk = Desk(calendar=())
    desk.take(
        "Hooli;;2026-05-04;;next;2026-05-05;;;;;", "Hooli;;2026-05-12;;no;2026-05-20;;;;;", "hooli;;2026-05-12;;;;;;;;"
    )
    (one,) = desk.think().applications
    assert (len(one.rounds), one.outcome) == (2, Outcome.NO)


def test_what_the_calendar_lacks_is_added_once_the_interview_is_over() -> None:
    nameless = (seen("a", people=()), seen("b", at=NOW + DAY, company="Hooli", people=()))
    desk = Desk(calendar=nameless)
    lines = desk.take("Initech;Clerk;2026-09-01;;;;Bo Ek;bo@initech.example;;;", "Hooli;Clerk;2026-09-22;;;;Cy;;;;")
    assert [line.takes for line in lines] == [("role", "person"), ()]
    first, second = desk.think().applications
    assert (first.role, first.rounds[0].people[0].name, second.role) == ("Clerk", "Bo Ek", "")
    (line,) = Desk().look("Initech;;2026-09-01;;;;Bo Ek;;;;")
    assert line.leaves == ("Bo Ek is not in the calendar's entry",)


def test_a_line_without_a_date_speaks_of_the_one_application_there_is() -> None:
    lines = Desk().look("Initech;;;;no;2026-09-10;;;;;", "Hooli;;;;no;;;;;;")
    assert lines[0].takes == ("outcome no",)
    assert lines[1].leaves == ("no date of an interview, and no application there is known",)
    two = Desk(calendar=(*CALENDAR, seen("b", at=T0 - 300 * DAY)))
    assert two.look("Initech;;;;no;;;;;;")[0].leaves == (
        "there are several applications there; give the date of the interview",
    )


def test_each_reason_is_said_and_the_rest_of_the_line_counts() -> None:
    lines = Desk(calendar=()).look(
        ";Clerk;2026-05-04;;no;;;;;;",
        "A;;4/5/2026;;no;;;;;;",
        "B;;32.5.2026;;no;;;;;;",
        "C;;2026-05-04;;perhaps;;;;;;",
        "D;;2026-05-04;;no;2027-01-01;;;;;",
        "E;;2026-05-04;;no;;;;+1;;",
        "F;a;b;c;d;e;f;g;h;i;j;k;l",
    )
    assert [(line.takes, line.leaves) for line in lines] == [
        ((), ("no company is named",)),
        ((), ('"4/5/2026" can be two days; write 2026-05-04, or say --dates',)),
        ((), ('"32.5.2026" is no date that can be read',)),
        (("interview",), ('the outcome "perhaps" is none that is known',)),
        (("interview",), ('the outcome: "2027-01-01" lies in the future',)),
        (("interview", "outcome no"), ("the phone number: it is nobody's",)),
        ((), ("it has more cells than the first line; a cell that holds the separator needs quotes",)),
    ]
    (line,) = Desk(calendar=()).look("A;;4/5/2026;;no;;;;;;", order=Order.MONTH)
    assert line.what == "A, 2026-04-05"


def test_what_the_user_said_is_no_interview_and_who_is_forgotten_do_not_come_back() -> None:
    desk = Desk(calendar=())
    text = "Hooli;;2026-05-04;;;;Bo Ek;bo@hooli.example;;;"
    desk.take(text)
    desk.facts.append(Fact(FactKind.VERDICT, desk.facts[0].subject, NOW, "cli", {"answer": "no"}, 9))
    assert desk.look(text)[0].leaves == ("you said that it was no interview",)
    nobody = Fact(FactKind.FORGOTTEN, person_key("", "bo@hooli.example", ""), NOW, "cli", {}, 1)
    desk = Desk(nobody, calendar=())
    desk.take(text)
    assert "person" not in desk.facts[-1].value


def test_a_note_without_an_outcome_is_kept_with_the_interview() -> None:
    desk = Desk(calendar=())
    desk.take("Hooli;;2026-05-04;;open;;;;;;by phone")
    assert desk.facts[0].value["note"] == "by phone"
    assert Desk().look("Initech;;2026-09-01;;;;;;;;by phone")[0].leaves == (
        "the note: there is no outcome that it belongs to",
    )
