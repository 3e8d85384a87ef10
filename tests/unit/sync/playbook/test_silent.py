"""Whoever is not to be contacted is in no follow-up: not thanked, not asked, not written to again, nor told of by name."""

import pytest

from afterview.sync.contacts import person_keys
from afterview.sync.model import Fact, FactKind, FollowUp, Outcome, Person, Standing
from tests.unit.sync.playbook.making import ANNA, BOB, RITA, application, fact, interview, plan, standing

AFTER = "2026-08-27 15:00"


def stop(person: Person, word: str = "no", at: str = "2026-08-27 14:30") -> Fact:
    return fact(FactKind.PERSON, person_keys(person, company="Initech")[0], at, contact=word)


def named(follow_ups: list[FollowUp], person: Person) -> list[str]:
    return [f.step for f in follow_ups if f.person == person or person.name in f.title + f.block]


@pytest.mark.parametrize("person", [ANNA, BOB])
def test_the_others_are_still_thanked(person: Person) -> None:
    other = BOB if person is ANNA else ANNA
    found = plan([application(interview(people=(ANNA, BOB)))], AFTER, [stop(person)])
    thanks = standing(found, "thank_you")
    assert [one.person for one in thanks] == [other]
    assert named(standing(found), person) == []
    assert "this person is not to be contacted" in {f.reason for f in found.follow_ups if f.person == person}


def test_nobody_else_is_asked_in_their_place_and_later_contacts_stop_too() -> None:
    met = application(interview(recruiter=RITA), outcome=Outcome.NO, at="2026-08-28 09:00")
    heard = fact(FactKind.OUTCOME, met.key, "2026-08-28 09:00", outcome="no")
    found = plan([met], "2026-12-01 09:00", [heard, stop(ANNA)])
    assert {f.standing for f in found.follow_ups if f.step in {"thank_you", "feedback"}} == {Standing.WITHDRAWN}
    assert [f.person for f in standing(found, "check_in")] == [RITA]
    assert standing(plan([met], "2026-12-01 09:00", [heard, stop(ANNA), stop(RITA)])) == []


def test_the_last_word_counts() -> None:
    lifted = [stop(ANNA), stop(ANNA, "yes", "2026-08-27 14:40")]
    assert [f.person for f in standing(plan([application(interview())], AFTER, lifted), "thank_you")] == [ANNA]
