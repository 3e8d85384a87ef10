import pytest

from afterview.sync.identity import event_key
from afterview.sync.meetings import Seen, company_name, interviews
from afterview.sync.model import Interview, InterviewStatus, Person
from tests.unit.sync.making import DAY, HOUR, T0, seen


def _interviews(*sightings: Seen) -> tuple[Interview, ...]:
    return interviews(sightings, {}, {})


@pytest.mark.parametrize(
    ("one", "other"),
    [("Initech GmbH", "initech"), ("Müller & Söhne KG", "MULLER & SOHNE"), ("Acme, Inc.", "Acme"), ("AB", "ab")],
)
def test_spellings_of_one_company_are_one_name(one: str, other: str) -> None:
    assert company_name(one) == company_name(other)


def test_one_event_in_two_calendars_is_one_interview() -> None:
    (one,) = _interviews(seen("u"), seen("u", place="work/Calendar"))
    assert one.sources == ("home/Personal", "work/Calendar")


def test_a_mailed_copy_under_another_uid_is_the_same_interview() -> None:
    both = seen("invitation"), seen("mail", organizer=False, place="work/Calendar")
    (one,) = _interviews(*both)
    assert set(one.keys) == {event_key("invitation", ""), event_key("mail", "")}
    assert one == _interviews(*reversed(both))[0]


def test_two_companies_at_the_same_hour_are_two() -> None:
    other = seen("b", company="Globex", people=(Person("Bo Ek", "bo@globex.example"),))
    assert len(_interviews(seen("a"), other)) == 2


def test_a_new_uid_with_the_same_people_continues_the_cancelled_one() -> None:
    old = seen("old", status=InterviewStatus.CANCELLED)
    new = seen("new", at=T0 + 2 * DAY, seen_at=T0 - DAY)
    (one,) = _interviews(old, new)
    assert one.keys == (event_key("new", ""), event_key("old", ""))
    assert one.starts_at == T0 + 2 * DAY


def test_a_later_round_does_not_continue_a_cancelled_one_with_others() -> None:
    old = seen("old", status=InterviewStatus.CANCELLED, stage="technical", title="Coding")
    new = seen("new", at=T0 + 2 * DAY, people=(Person("Bo Ek", "bo@initech.example"),), stage="final", title="Final")
    assert [one.status for one in _interviews(old, new)] == [InterviewStatus.CANCELLED, InterviewStatus.CONFIRMED]


def test_another_round_known_long_before_is_no_successor() -> None:
    missing = seen("one", suspect_at=T0 - HOUR)
    assert len(_interviews(missing, seen("two", at=T0 + 7 * DAY, seen_at=T0 - 20 * DAY))) == 2


def test_a_missing_event_whose_successor_is_there_is_followed_at_once() -> None:
    (one,) = _interviews(seen("one", suspect_at=T0 - HOUR), seen("two", at=T0 + 7 * DAY, seen_at=T0 - HOUR))
    assert one.keys == (event_key("two", ""), event_key("one", ""))


def test_an_event_removed_before_it_took_place_is_cancelled() -> None:
    (one,) = _interviews(seen("a", gone_at=T0 - HOUR, alive_at=T0 - 2 * HOUR))
    assert one.status is InterviewStatus.CANCELLED


def test_an_event_tidied_away_afterwards_did_take_place() -> None:
    (one,) = _interviews(seen("a", gone_at=T0 + DAY, alive_at=T0 + 20 * HOUR))
    assert one.status is InterviewStatus.CONFIRMED


def test_the_organizers_cancellation_counts_for_the_users_own_copy() -> None:
    copy = seen("mine", organizer=False, place="work/Calendar")
    (one,) = _interviews(seen("theirs", status=InterviewStatus.CANCELLED), copy)
    assert one.status is InterviewStatus.CANCELLED


def test_deleting_one_of_two_copies_cancels_nothing() -> None:
    (one,) = _interviews(seen("a", gone_at=T0 - DAY), seen("b", organizer=False, place="work/Calendar"))
    assert one.status is InterviewStatus.CONFIRMED


def test_the_users_no_outweighs_the_detector() -> None:
    assert interviews([seen("a")], {event_key("a", ""): "no"}, {}) == ()
