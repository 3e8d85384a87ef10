from datetime import UTC, datetime, timedelta

from afterview.sync.history import fold, lessons
from afterview.sync.identity import application_key, event_key, follow_up_key, person_key
from afterview.sync.model import Application, Fact, FactKind, Interview, Person

T0 = datetime(2026, 9, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ANNA = Person("Anna Weber", "anna@initech.example")


def fact(kind: FactKind, subject: str = "x", day: int = 0, number: int = 0, **value: str) -> Fact:
    return Fact(kind, subject, T0 + day * DAY, "cli", value, number)


def application() -> Application:
    key = event_key("one", "")
    one = Interview((key,), T0, T0 + DAY / 24, "Europe/Berlin", company="Initech", people=(ANNA,))
    return Application((application_key(key),), "Initech", rounds=(one,))


def test_the_first_start_is_the_earliest() -> None:
    assert fold([fact(FactKind.STARTED, "", 3), fact(FactKind.STARTED, "", 1)]).started_at == T0 + DAY
    assert fold([]).started_at is None


def test_a_reopened_follow_up_is_neither_done_nor_dismissed() -> None:
    facts = [fact(FactKind.COMPLETED), fact(FactKind.DISMISSED, "y"), fact(FactKind.REOPENED, day=1)]
    history = fold(facts)
    assert "x" not in history.completed
    assert "y" in history.dismissed
    assert fold([*facts, fact(FactKind.COMPLETED, day=2)]).completed["x"].at == T0 + 2 * DAY


def test_completing_twice_keeps_the_first_time() -> None:
    assert fold([fact(FactKind.COMPLETED), fact(FactKind.COMPLETED, day=4)]).completed["x"].at == T0


def test_the_latest_word_on_a_follow_up_holds() -> None:
    history = fold(
        [
            fact(FactKind.NOTED, day=2, note="later"),
            fact(FactKind.NOTED, note="first"),
            fact(FactKind.RENAMED, title="a"),
            fact(FactKind.RENAMED, day=1, title="b"),
        ]
    )
    assert history.noted["x"].value["note"] == "later"
    assert history.renamed["x"].value["title"] == "b"


def test_an_undone_fact_does_not_count_unless_the_undoing_is_undone() -> None:
    said = fact(FactKind.OUTCOME, "a-1", number=1, outcome="no")
    undone = fact(FactKind.UNDONE, "1", day=1, number=2)
    assert fold([said, undone]).outcomes == ()
    assert fold([said, undone]).taken_back == (said,)
    assert fold([said, undone, fact(FactKind.UNDONE, "2", day=2, number=3)]).outcomes == (said,)


def test_saying_the_same_outcome_twice_counts_once_until_another_lies_between() -> None:
    no, again = (fact(FactKind.OUTCOME, "a-1", day, outcome="no") for day in (0, 1))
    offer = fact(FactKind.OUTCOME, "a-1", 2, outcome="offer")
    last = fact(FactKind.OUTCOME, "a-1", 3, outcome="no")
    other = fact(FactKind.OUTCOME, "a-2", 1, outcome="no")
    assert fold([again, no]).outcomes == (no,)
    assert fold([last, offer, again, no, other]).outcomes == (no, other, offer, last)


def test_an_outcome_counts_from_when_it_was_heard() -> None:
    late = fact(FactKind.OUTCOME, "a-1", 5, outcome="no", at="2026-09-02T09:00:00+00:00")
    early = fact(FactKind.OUTCOME, "a-1", 3, outcome="advanced")
    assert fold([early, late]).outcomes == (late, early)


def test_replaced_interviews_and_merged_companies_are_followed_to_the_end() -> None:
    history = fold(
        [
            fact(FactKind.REPLACED, "i-1", by="i-2"),
            fact(FactKind.REPLACED, "i-2", by="i-3"),
            fact(FactKind.MERGED, "Initech GmbH", into="Initech"),
            fact(FactKind.MERGED, "initech", into="Globex"),
            fact(FactKind.MERGED, "Globex", into="Initech"),
        ]
    )
    assert history.interview_now("i-1") == "i-3"
    assert history.company_now("INITECH gmbh") == "Globex"  # and it ends, although they point at each other
    assert history.company_now("Other") == "Other"


def test_verdicts_are_kept_by_event() -> None:
    facts = [fact(FactKind.VERDICT, "i-1", answer="yes"), fact(FactKind.VERDICT, "i-1", 1, answer="no")]
    assert fold(facts).verdicts == {"i-1": "no"}


def test_the_order_in_which_facts_come_does_not_matter() -> None:
    facts = [fact(FactKind.COMPLETED), fact(FactKind.REOPENED), fact(FactKind.OUTCOME, outcome="no")]
    assert fold(facts) == fold(reversed(facts))


def test_lessons_are_advice_and_the_notes_of_feedback_calls_newest_first() -> None:
    one = application()
    key = follow_up_key("feedback", one.key)
    facts = [
        fact(FactKind.COMPLETED, key, 1, step="feedback", note="ask more questions", application=one.key),
        fact(FactKind.ADVICE, person_key("", ANNA.email, ""), 2, note="slow down"),
        fact(FactKind.COMPLETED, "t-other", 3, step="thank_you", note="sent"),
        fact(FactKind.ADVICE, "p-9", 4, note="  "),
    ]
    found = lessons(fold(facts), [one])
    assert [(lesson.note, lesson.person, lesson.company) for lesson in found] == [
        ("slow down", "Anna Weber", ""),
        ("ask more questions", "Anna Weber", "Initech"),
    ]


def test_a_note_written_after_the_tick_is_the_lesson() -> None:
    one = application()
    done = fact(FactKind.COMPLETED, "t-1", 1, step="feedback", note="short", application=one.key)
    later = fact(FactKind.NOTED, "t-1", 2, note="short, and then the rest")
    assert [lesson.note for lesson in lessons(fold([done, later]), [one])] == ["short, and then the rest"]


def test_a_lesson_said_twice_is_one() -> None:
    facts = [fact(FactKind.ADVICE, "p-1", day, note="slow down", person="Anna") for day in (1, 2)]
    assert [lesson.at for lesson in lessons(fold(facts), [])] == [T0 + DAY]
