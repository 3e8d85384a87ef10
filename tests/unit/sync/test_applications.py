from afterview.sync.applications import applications
from afterview.sync.identity import application_key, event_key
from afterview.sync.meetings import Seen, interviews
from afterview.sync.model import Application, Fact, FactKind, Outcome, Person
from tests.unit.sync.making import DAY, T0, seen


def _applications(
    *sightings: Seen, outcomes: tuple[Fact, ...] = (), merged: dict[str, str] | None = None
) -> tuple[Application, ...]:
    return applications(interviews(sightings, {}, {}), outcomes, merged or {})


def _outcome(uid: str, outcome: str, days: int) -> Fact:
    return Fact(FactKind.OUTCOME, application_key(event_key(uid, "")), T0 + days * DAY, "cli", {"outcome": outcome})


def test_rounds_at_one_company_are_one_application() -> None:
    (one,) = _applications(seen("a"), seen("b", at=T0 + 7 * DAY, company="Initech GmbH"))
    assert [r.starts_at for r in one.rounds] == [T0, T0 + 7 * DAY]
    assert application_key(event_key("a", "")) in one.keys
    assert application_key(event_key("b", "")) in one.keys


def test_a_nameless_round_joins_by_address_but_never_by_name() -> None:
    same_address = seen("b", at=T0 + DAY, company="")
    same_name = seen("c", at=T0 + 2 * DAY, company="", people=(Person("Ana Lima", ""),))
    joined, alone = _applications(seen("a"), same_address, same_name)
    assert len(joined.rounds) == 2
    assert len(alone.rounds) == 1


def test_an_interview_after_the_no_is_a_new_application() -> None:
    first, second = _applications(seen("a"), seen("b", at=T0 + 60 * DAY), outcomes=(_outcome("a", "no", 10),))
    assert first.outcome is Outcome.NO
    assert second.outcome is None


def test_advancing_does_not_split() -> None:
    (one,) = _applications(seen("a"), seen("b", at=T0 + 20 * DAY), outcomes=(_outcome("a", "advanced", 10),))
    assert one.outcome is Outcome.ADVANCED


def test_an_outcome_recorded_on_any_round_counts_for_all() -> None:
    (one,) = _applications(seen("a"), seen("b", at=T0 + 7 * DAY), outcomes=(_outcome("b", "no", 10),))
    assert one.outcome is Outcome.NO
    assert one.outcome_at == T0 + 10 * DAY


def test_merged_companies_are_one_application() -> None:
    other = seen("b", at=T0 + DAY, company="Initrode", people=())
    assert len(_applications(seen("a", people=()), other)) == 2
    (one,) = _applications(seen("a", people=()), other, merged={"initrode": "Initech"})
    assert one.company == "Initech"
    assert one.names == ("Initech", "Initrode")


def test_half_a_year_of_silence_begins_a_new_application() -> None:
    assert len(_applications(seen("a"), seen("b", at=T0 + 200 * DAY))) == 2
