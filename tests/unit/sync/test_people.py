"""Mentions become people; people find their records; nobody is joined by name alone."""

from afterview.sync.cards import card, is_worth_a_record
from afterview.sync.history import fold
from afterview.sync.matching import Catalogue, How, namesakes
from afterview.sync.model import (
    Application,
    Contact,
    Fact,
    FactKind,
    Interview,
    InterviewStatus,
    Link,
    LinkState,
    Outcome,
    Person,
    RecordKind,
    RemoteRecord,
)
from afterview.sync.people import called, directory, one_name
from afterview.sync.wording import Words
from tests.unit.sync.making import DAY, HOUR, T0

ADA = Person("Ada Byron", "ada@initech.example")


def at(
    company: str,
    *people: Person,
    day: int = 0,
    recruiter: Person | None = None,
    outcome: Outcome | None = None,
    role: str = "",
    status: InterviewStatus = InterviewStatus.CONFIRMED,
) -> Application:
    starts = T0 + day * DAY
    one = Interview(
        (f"i-{company}{day}",), starts, starts + HOUR, "Europe/Berlin", company=company, people=people,
        recruiter=recruiter, status=status,
    )  # fmt: skip
    return Application((f"a-{company}{day}",), company, role, (one,), outcome)


def said(kind: FactKind, subject: str, **value: str) -> Fact:
    return Fact(kind, subject, T0, "cli", value)


def everybody(*applications: Application, facts: tuple[Fact, ...] = ()) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.name, one.emails) for one in directory(applications, fold(facts))]


def contact(*applications: Application, name: str = "Ada Byron") -> Contact:
    return next(one for one in directory(applications, fold(())) if one.name == name)


def record(remote_id: str, key: str = "", **fields: str) -> RemoteRecord:
    return RemoteRecord(RecordKind.PERSON, remote_id, {name: (value,) for name, value in fields.items()}, key)


def catalogue(*records: RemoteRecord, links: tuple[Link, ...] = (), facts: tuple[Fact, ...] = ()) -> Catalogue:
    return Catalogue("book", {one.remote_id: one for one in records}, {one.key: one for one in links}, fold(facts))


def test_one_address_is_one_person_at_every_company() -> None:
    moved = Person("A. Byron", "Ada@Initech.example")
    (one,) = directory([at("Initech", ADA), at("Globex", moved, day=3)], fold(()))
    assert (one.name, one.emails, one.companies) == ("Ada Byron", ("ada@initech.example",), ("Globex", "Initech"))


def test_a_name_without_an_address_is_whoever_has_it_at_that_company_only() -> None:
    nameless = Person("Ada Byron")
    assert everybody(at("Initech", ADA), at("Initech Inc.", nameless, day=2)) == [("Ada Byron", (ADA.email,))]
    elsewhere = everybody(at("Initech", ADA), at("Globex", nameless))
    assert sorted(elsewhere) == [("Ada Byron", ()), ("Ada Byron", (ADA.email,))]


def test_two_people_with_one_mailbox_stay_two() -> None:
    jobs = "jobs@initech.example"
    people = directory([at("Initech", Person("Ada Byron", jobs), Person("Ben Ode", jobs))], fold(()))
    assert [(one.name, one.shared) for one in people] == [
        ("Ada Byron", frozenset({jobs})),
        ("Ben Ode", frozenset({jobs})),
    ]
    assert len({one.key for one in people}) == 2


def test_the_user_joins_and_parts() -> None:
    old, new = Person("Ada Byron", "ada@initech.example"), Person("Ada King", "king@initech.example")
    apart = directory([at("Initech", old, new)], fold(()))
    assert len(apart) == 2
    facts = (said(FactKind.SAME, apart[0].key, **{"as": apart[1].key}),)
    (one,) = directory([at("Initech", old, new)], fold(facts))
    assert set(one.emails) == {"ada@initech.example", "king@initech.example"}
    assert set(one.keys) >= {apart[0].key, apart[1].key}


def test_what_the_user_knows_better_counts() -> None:
    key = contact(at("Initech", ADA)).key
    facts = (said(FactKind.PERSON, key, name="Ada King", phone="+44 20 1"), said(FactKind.PERSON, key, title="CTO"))
    (one,) = directory([at("Initech", ADA)], fold(facts))
    assert (one.name, one.phones, one.title) == ("Ada King", ("+44 20 1",), "CTO")


def test_names_that_can_be_one_persons() -> None:
    assert one_name("Ada Byron", "Byron, Ada")
    assert one_name("A. Byron", "Ada Byron")
    assert one_name("", "Ada Byron")
    assert not one_name("Ada Byron", "Ben Byron")
    assert not one_name("Ada Byron", "Ada King")


def test_a_recruiter_is_one_until_interviewing() -> None:
    assert contact(at("Initech", recruiter=ADA)).recruits
    assert not contact(at("Initech", recruiter=ADA), at("Initech", ADA, day=4)).recruits


def test_address_books_name_whom_an_event_names_by_address_alone() -> None:
    (one,) = called(
        at("Initech", Person("", "ADA@initech.example")).rounds, {"ada@initech.example": "Ada Byron"}, fold(())
    )
    assert one.people[0].name == "Ada Byron"
    (kept,) = called(at("Initech", ADA).rounds, {"ada@initech.example": "Mum"}, fold(()))
    assert kept.people[0].name == "Ada Byron"


def test_a_record_is_found_by_address() -> None:
    match = catalogue(record("1", emails="ADA@initech.example"), record("2", name="Ada Byron")).match(
        contact(at("Initech", ADA))
    )
    assert match.how is How.FOUND
    assert match.record is not None
    assert match.record.remote_id == "1"


def test_a_namesake_at_the_company_is_asked_about_and_others_are_not() -> None:
    ada = contact(at("Initech", ADA))
    assert catalogue(record("1", name="ada  byron", company="Initech GmbH")).match(ada).how is How.ASK
    assert catalogue(record("1", name="Ada Byron", company="Globex")).match(ada).how is How.NONE
    no = said(FactKind.DIFFERENT, ada.key, record="book 1")
    assert catalogue(record("1", name="Ada Byron", company="Initech"), facts=(no,)).match(ada).how is How.NONE
    yes = said(FactKind.SAME, ada.key, record="book 1")
    assert catalogue(record("1", name="Ada Byron", company="Initech"), facts=(yes,)).match(ada).how is How.FOUND


def test_of_two_records_with_the_address_the_one_with_the_name_else_the_user_decides() -> None:
    ada = contact(at("Initech", ADA))
    two = (record("1", name="Office", emails=ADA.email), record("2", name="Ada Byron", emails=ADA.email))
    match = catalogue(*two).match(ada)
    assert (match.how, match.record) == (How.FOUND, two[1])
    assert catalogue(record("1", emails=ADA.email), record("2", emails=ADA.email)).match(ada).how is How.ASK


def test_a_shared_mailbox_is_nobodys_record_unless_the_name_agrees() -> None:
    jobs = "jobs@initech.example"
    ada = contact(at("Initech", Person("Ada Byron", jobs), Person("Ben Ode", jobs)))
    assert catalogue(record("1", name="Ben Ode", emails=jobs)).match(ada).how is How.NONE
    assert catalogue(record("1", name="A. Byron", emails=jobs)).match(ada).how is How.FOUND


def test_what_the_user_deleted_is_not_made_again_but_another_record_is_followed() -> None:
    ada = contact(at("Initech", ADA))
    gone = Link("book", RecordKind.PERSON, ada.key, "", LinkState.GONE)
    assert catalogue(links=(gone,)).match(ada).how is How.GONE
    assert catalogue(record("9", emails=ADA.email), links=(gone,)).match(ada).how is How.FOUND


def test_a_record_of_somebody_else_is_never_taken() -> None:
    ada = contact(at("Initech", ADA))
    link = Link("book", RecordKind.PERSON, "p-other", "1")
    assert catalogue(record("1", emails=ADA.email), links=(link,)).match(ada).how is How.NONE


def test_a_no_parts_a_person_from_a_record_that_was_theirs() -> None:
    ada = contact(at("Initech", ADA))
    link = Link("book", RecordKind.PERSON, ada.key, "1")
    mine = record("1", ada.key, name="Ada Byron", emails=ADA.email)
    assert catalogue(mine, links=(link,)).match(ada).how is How.LINKED
    no = said(FactKind.DIFFERENT, ada.key, record="book 1")
    assert catalogue(mine, links=(link,), facts=(no,)).match(ada).how is How.NONE


def test_namesakes_at_one_company_are_asked_about_until_settled() -> None:
    two = [at("Initech", ADA, Person("Ada Byron", "byron@initech.example"))]
    people = directory(two, fold(()))
    assert len(namesakes(people, fold(()))) == 1
    apart = said(FactKind.DIFFERENT, people[0].key, **{"from": people[1].key})
    assert namesakes(people, fold((apart,))) == ()
    elsewhere = directory([at("Initech", ADA), at("Globex", Person("Ada Byron", "a@globex.example"))], fold(()))
    assert namesakes(elsewhere, fold(())) == ()


def test_a_card_says_who_where_and_how_it_stands() -> None:
    ada = contact(at("Initech", ADA, role="Engineer", outcome=Outcome.NO), at("Globex", ADA, day=40))
    wanted = card(ada, Words.load("en"))
    assert wanted["name"] == ("Ada Byron",)
    assert wanted["company"] == ("Globex",)
    assert wanted["state"] == ("Afterview", "Afterview open")
    assert wanted["block"] == ("Globex: interview 2026-10-11, open\nInitech, Engineer: interview 2026-09-01, no",)
    assert "phones" not in wanted
    assert "Absage" in card(ada, Words.load("de"))["block"][0]


def test_only_interviews_that_stand_make_records() -> None:
    assert is_worth_a_record(contact(at("Initech", ADA)))
    assert not is_worth_a_record(contact(at("Initech", ADA, status=InterviewStatus.CANCELLED)))
