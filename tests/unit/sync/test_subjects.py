"""Companies and applications as records: what they should hold, and how they are found; never by a company's name alone."""

from dataclasses import replace

from afterview.sync.domains import company_domains
from afterview.sync.history import fold
from afterview.sync.identity import company_key
from afterview.sync.matching import Catalogue, How
from afterview.sync.model import (
    Application,
    Fact,
    FactKind,
    Fields,
    Interview,
    InterviewStatus,
    Link,
    LinkState,
    Outcome,
    Person,
    RecordKind,
    RemoteRecord,
)
from afterview.sync.stages import Stage
from afterview.sync.subjects import application_subjects, company_subjects
from tests.unit.sync.making import HOUR, T0

ROUND = Interview(("i-1",), T0, T0 + HOUR, "Europe/Berlin", company="Initech")
ENGINEER = Application(("a-1", "a-0"), "Initech Inc.", "Engineer", (ROUND,), names=("Initech",))
COMPANY = (company_key("initech"),)


def deal(remote_id: str, key: str = "", **fields: str) -> RemoteRecord:
    held: Fields = {name: (value,) for name, value in {"company": "INITECH", "stage": "open", **fields}.items()}
    return RemoteRecord(RecordKind.APPLICATION, remote_id, held, key)


def company(remote_id: str, name: str, key: str = "") -> RemoteRecord:
    return RemoteRecord(RecordKind.COMPANY, remote_id, {"name": (name,)}, key)


def catalogue(*records: RemoteRecord, links: tuple[Link, ...] = (), facts: tuple[Fact, ...] = ()) -> Catalogue:
    return Catalogue("crm", {one.remote_id: one for one in records}, {one.key: one for one in links}, fold(facts))


def said(kind: FactKind, subject: str) -> Fact:
    return Fact(kind, subject, T0, "cli", {"record": "crm 1"})


def test_ours_is_found_by_key_whatever_it_is_called() -> None:
    match = catalogue(deal("1", "a-0", company="Other", stage="lost")).match_application(ENGINEER)
    assert (match.how, match.record is not None) == (How.MARKED, True)


def test_the_one_open_deal_of_the_role_is_it_and_what_is_less_clear_is_asked() -> None:
    role = deal("1", role="engineer")
    assert catalogue(role, deal("2", role="Designer")).match_application(ENGINEER).record == role
    assert catalogue(role, deal("2", role="Engineer")).match_application(ENGINEER).how is How.ASK
    assert catalogue(deal("1")).match_application(ENGINEER).how is How.ASK
    assert catalogue(deal("1", role="Engineer", stage="lost")).match_application(ENGINEER).how is How.NONE
    assert catalogue(deal("1", role="Engineer", company="Hooli")).match_application(ENGINEER).how is How.NONE
    assert catalogue(deal("1", "a-9", role="Engineer")).match_application(ENGINEER).how is How.NONE


def test_the_users_word_counts_for_deals_and_companies() -> None:
    yes, no = said(FactKind.SAME, "a-1"), said(FactKind.DIFFERENT, "a-1")
    assert catalogue(deal("1"), facts=(yes,)).match_application(ENGINEER).how is How.FOUND
    assert catalogue(deal("1"), facts=(yes, no)).match_application(ENGINEER).how is How.NONE
    yes, no = said(FactKind.SAME, COMPANY[0]), said(FactKind.DIFFERENT, COMPANY[0])
    initech = company("1", "Initech GmbH")
    assert catalogue(initech).match_company(COMPANY, "Initech").how is How.ASK
    assert catalogue(initech, facts=(yes,)).match_company(COMPANY, "Initech").how is How.FOUND
    assert catalogue(initech, facts=(no,)).match_company(COMPANY, "Initech").how is How.NONE
    assert catalogue(company("1", "Hooli")).match_company(COMPANY, "Initech").how is How.NONE


def test_what_was_deleted_is_not_made_again() -> None:
    for kind, key in ((RecordKind.APPLICATION, "a-0"), (RecordKind.COMPANY, COMPANY[0])):
        known = catalogue(links=(Link("crm", kind, key, "", LinkState.GONE),))
        match = known.match_application(ENGINEER) if key == "a-0" else known.match_company(COMPANY, "Initech")
        assert match.how is How.GONE


def test_what_a_deal_should_hold() -> None:
    (new,) = application_subjects([ENGINEER], {})
    assert new.wanted == {
        "name": ("Initech Inc., Engineer",),
        "company": ("Initech Inc.",),
        "role": ("Engineer",),
        "stage": ("open",),
    }
    (known,) = application_subjects([ENGINEER], {"a-1": None})
    assert "stage" not in known.wanted
    (moved,) = application_subjects([ENGINEER], {"a-1": Stage.LOST})
    assert moved.wanted["stage"] == ("lost",)
    lost = Application(("a-2",), "Hooli", outcome=Outcome.NO)
    assert application_subjects([lost], {})[0].wanted["stage"] == ("lost",)
    assert application_subjects([Application(("a-3",))], {}) == ()


def test_a_company_stands_once_however_it_is_spelled() -> None:
    other = Application(("a-2",), "initech", "", (ROUND,))
    (one,) = company_subjects([ENGINEER, other])
    assert one.keys == COMPANY
    cancelled = Interview(("i-9",), T0, T0, "UTC", company="Hooli", status=InterviewStatus.CANCELLED)
    assert company_subjects([Application(("a-4",), "Hooli", "", (cancelled,))]) == ()


def test_a_domain_counts_where_all_agree_and_the_name_bears_it_out() -> None:
    def domains(company: str, *addresses: str) -> dict[str, str]:
        met = replace(ROUND, people=tuple(Person("", address) for address in addresses))
        return company_domains(
            [replace(ENGINEER, company=company, rounds=(met,))], lambda address: address.partition("@")[2]
        )

    assert domains("Initech Inc.", "a@initech.example", "b@initech.example") == {"initech": "initech.example"}
    assert domains("Initech Systems", "a@initech.example") == {"initech systems": "initech.example"}
    assert domains("Initech", "a@initech-group.example") == {"initech": "initech-group.example"}
    assert domains("Initech", "a@initech.example", "b@initech.org") == {}
    assert domains("Initech", "a@staffing.example") == {}
    assert domains("IT", "a@it.example") == {}
