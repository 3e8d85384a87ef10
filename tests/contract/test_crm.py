"""The contract of a CRM beyond people: companies, deals and their stages, interviews, notes, and how they are tied."""

import itertools
from collections.abc import Iterator

import pytest

from afterview.sync.identity import application_key, company_key, event_key, follow_up_key, note_key, person_key
from afterview.sync.model import Fields, RecordDraft, RecordKind, RemoteRecord
from afterview.sync.ports import BookCapabilities, Coverage, RecordListing
from tests.contract.crm_rigs import CrmRig, MemoryCrmRig
from tests.contract.hubspot_rig import HubSpotRig
from tests.contract.tryton_rig import TrytonRig

COMPANY, PERSON, DEAL = RecordKind.COMPANY, RecordKind.PERSON, RecordKind.APPLICATION
KINDS = (COMPANY, PERSON, DEAL, RecordKind.INTERVIEW, RecordKind.NOTE, RecordKind.TASK)
_NUMBERS = itertools.count(1)
MEMORY = {
    "memory": MemoryCrmRig(BookCapabilities(KINDS, changed_since=True, deletions=True, cas=True, outcome=True)),
    "memory, tied apart, lagging": MemoryCrmRig(
        BookCapabilities(KINDS, changed_since=True, upsert_key=True, readback_lag=True), ties_apart=True
    ),
}


@pytest.fixture(params=(*MEMORY, "hubspot", "tryton"))
def rig(request: pytest.FixtureRequest) -> Iterator[CrmRig]:
    name = str(request.param)
    made: CrmRig
    if name in MEMORY:
        made = MEMORY[name]
    else:
        made = TrytonRig(request.getfixturevalue(name), emptied=False) if name == "tryton" else HubSpotRig()
    yield made
    made.close()


class Case:
    """A company, somebody there and a deal, under names and keys that no other test uses."""

    def __init__(self, rig: CrmRig) -> None:
        self.rig = rig
        self.number = next(_NUMBERS)
        self.name = f"Initech {self.number}"
        self.address = f"ada.{self.number}@initech.example"

    def company(self) -> RemoteRecord:
        fields: Fields = {"name": (self.name,), "domain": (f"initech{self.number}.example",)}
        return self.rig.book.create(RecordDraft(COMPANY, company_key(self.name), fields))

    def person(self, company: RemoteRecord) -> RemoteRecord:
        fields: Fields = {
            "name": ("Ada Byron",),
            "title": ("CTO",),
            "emails": (self.address,),
            "company_ids": (company.remote_id,),
        }
        key = person_key("", self.address, "")
        return self.rig.book.create(RecordDraft(PERSON, key, held(self.rig, PERSON, fields)))

    def draft(self, *, stage: str = "open", **ties: RemoteRecord) -> RecordDraft:
        fields: dict[str, tuple[str, ...]] = {
            "name": (f"{self.name}, Engineer",),
            "company": (self.name,),
            "role": ("Engineer",),
            "stage": (stage,),
        }
        for name, record in ties.items():
            fields[f"{name}_ids"] = (record.remote_id,)
        return RecordDraft(DEAL, application_key(f"i-{self.number}"), held(self.rig, DEAL, fields))


def held(rig: CrmRig, kind: RecordKind, fields: Fields) -> Fields:
    """Return those of the fields that the service has a place for."""
    lacks = rig.book.capabilities().lacks.get(kind, frozenset())
    return {name: values for name, values in fields.items() if name not in lacks}


def exactly(rig: CrmRig, record: RemoteRecord) -> RemoteRecord:
    found = rig.again().fetch(record.kind, record.remote_id)
    assert found is not None
    return found


def listed(rig: CrmRig, kind: RecordKind, before: RecordListing | None = None, *, full: bool = False) -> RecordListing:
    known = {one.remote_id: one.etag or "" for one in before.changed} if before else {}
    return rig.again().read(kind, before.cursor if before else "", known, full=full)


def same(record: RemoteRecord, fields: Fields) -> bool:
    """Compare what was asked for; a service may know more, such as when a stage was entered."""
    return {name: set(record.fields.get(name, ())) for name in fields} == {name: set(v) for name, v in fields.items()}


def test_a_company_comes_back_as_it_was_meant_and_once(rig: CrmRig) -> None:
    case = Case(rig)
    made = case.company()
    assert made.key == company_key(case.name)
    for seen in (made, exactly(rig, made), *rig.again().find(COMPANY, made.key)):
        assert (seen.remote_id, seen.key) == (made.remote_id, made.key)
        assert same(seen, {"name": (case.name,), "domain": (f"initech{case.number}.example",)})
    assert len(rig.again().find(COMPANY, made.key)) == 1
    assert rig.again().find(COMPANY, company_key("nobody")) == ()


def test_a_deal_is_tied_to_its_company_and_people(rig: CrmRig) -> None:
    case = Case(rig)
    company = case.company()
    person = case.person(company)
    assert exactly(rig, person).fields["company_ids"] == (company.remote_id,)
    made = rig.book.create(case.draft(company=company, people=person))
    assert same(exactly(rig, made), case.draft(company=company, people=person).fields)
    (found,) = rig.again().find(DEAL, made.key)
    assert same(found, case.draft(company=company, people=person).fields)


def test_a_tie_that_is_missing_is_added_by_an_update(rig: CrmRig) -> None:
    if not held(rig, DEAL, {"people_ids": ()}):
        return
    case = Case(rig)
    company = case.company()
    made = rig.book.create(case.draft(company=company))
    person = case.person(company)
    wanted = {**made.fields, "people_ids": (person.remote_id,)}
    rig.book.update(exactly(rig, made), wanted, made.key)
    assert exactly(rig, made).fields["people_ids"] == (person.remote_id,)
    assert exactly(rig, made).fields["company_ids"] == (company.remote_id,)


def test_reading_shows_what_a_person_made_and_what_we_made_with_its_ties(rig: CrmRig) -> None:
    case = Case(rig)
    theirs = rig.add_company(f"Hooli {case.number}", f"hooli{case.number}.example")
    deal = rig.add_deal(theirs, "Designer")
    company = case.company()
    made = rig.book.create(case.draft(company=company))
    rig.later()
    companies = {one.remote_id: one for one in listed(rig, COMPANY).changed}
    assert same(companies[theirs], {"name": (f"Hooli {case.number}",), "domain": (f"hooli{case.number}.example",)})
    assert (companies[theirs].key, companies[company.remote_id].key) == ("", company.key)
    listing = listed(rig, DEAL)
    deals = {one.remote_id: one for one in listing.changed}
    assert same(deals[deal], {"company": (f"Hooli {case.number}",), "role": ("Designer",), "stage": ("open",)})
    assert deals[made.remote_id].key == made.key
    assert deals[made.remote_id].fields["company_ids"] == (company.remote_id,)
    assert listing.coverage is Coverage.COMPLETE
    assert {deal, made.remote_id} <= listing.present


def test_what_was_read_is_no_change_when_it_is_read_again(rig: CrmRig) -> None:
    case = Case(rig)
    rig.book.create(case.draft(company=case.company()))
    rig.later()
    for kind in (COMPANY, DEAL):
        first = listed(rig, kind)
        assert first.changed
        assert listed(rig, kind, first).changed == ()
        assert listed(rig, kind, first, full=True).changed == ()


@pytest.mark.parametrize("stage", ["lost", "withdrawn", "won"])
def test_a_deal_is_moved_and_says_so(rig: CrmRig, stage: str) -> None:
    if stage not in rig.book.capabilities().moves:
        return
    case = Case(rig)
    made = rig.book.create(case.draft(company=case.company()))
    assert made.fields["stage"] == ("open",)
    moved = rig.book.update(exactly(rig, made), {**made.fields, "stage": (stage,)}, made.key)
    assert moved.fields["stage"] == (stage,)
    assert exactly(rig, made).fields["stage"] == (stage,)


def test_a_deal_can_be_made_as_lost(rig: CrmRig) -> None:
    case = Case(rig)
    made = rig.book.create(case.draft(stage="lost", company=case.company()))
    assert exactly(rig, made).fields["stage"] == ("lost",)


@pytest.mark.parametrize("stage", ["lost", "withdrawn"])
def test_a_person_drags_a_deal_and_back_again(rig: CrmRig, stage: str) -> None:
    case = Case(rig)
    made = rig.book.create(case.draft(company=case.company()))
    rig.later()
    first = listed(rig, DEAL)
    rig.move(made.remote_id, stage)
    rig.later()
    moved = {one.remote_id: one for one in listed(rig, DEAL, first).changed}[made.remote_id]
    assert moved.fields["stage"] == (stage,)
    rig.move(made.remote_id, "open")
    assert exactly(rig, made).fields["stage"] == ("open",)


def test_a_closed_deal_still_takes_what_is_not_its_stage(rig: CrmRig) -> None:
    """Services lock fields of what is closed; ours must not fail for good because of it, and the stage must stand."""
    case = Case(rig)
    if not held(rig, DEAL, {"people_ids": ()}):
        return
    company = case.company()
    made = rig.book.create(case.draft(company=company))
    rig.move(made.remote_id, "lost")
    person = case.person(company)
    seen = exactly(rig, made)
    rig.book.update(seen, {**seen.fields, "people_ids": (person.remote_id,)}, made.key)
    after = exactly(rig, made)
    assert after.fields["stage"] == ("lost",)
    assert after.fields["people_ids"] == (person.remote_id,)


def test_what_a_person_archives_is_gone(rig: CrmRig) -> None:
    case = Case(rig)
    made = rig.book.create(case.draft(company=case.company()))
    rig.later()
    first = listed(rig, DEAL)
    assert made.remote_id in first.present
    rig.archive(DEAL, made.remote_id)
    rig.later()
    assert rig.again().fetch(DEAL, made.remote_id) is None
    assert made.remote_id not in listed(rig, DEAL, first, full=True).present
    if rig.book.capabilities().deletions:
        assert made.remote_id in listed(rig, DEAL, first).removed


def test_an_interview_is_kept_moved_and_called_off(rig: CrmRig) -> None:
    if RecordKind.INTERVIEW not in rig.book.capabilities().kinds:
        return
    case = Case(rig)
    company = case.company()
    deal, person = rig.book.create(case.draft(company=company)), case.person(company)
    fields: Fields = {
        "name": (f"Interview: {case.name}",),
        "starts_at": ("2026-09-07T08:00:00+00:00",),
        "ends_at": ("2026-09-07T09:00:00+00:00",),
        "place": ("Room 5",),
        "standing": ("scheduled",),
        "application_ids": (deal.remote_id,),
        "people_ids": (person.remote_id,),
    }
    made = rig.book.create(RecordDraft(RecordKind.INTERVIEW, event_key(f"u{case.number}", ""), fields))
    (found,) = rig.again().find(RecordKind.INTERVIEW, made.key)
    assert same(found, fields)
    later = {**fields, "starts_at": ("2026-09-08T08:00:00+00:00",), "ends_at": ("2026-09-08T09:00:00+00:00",)}
    rig.book.update(found, later, made.key)
    assert same(exactly(rig, made), later)
    rig.book.update(exactly(rig, made), {**later, "standing": ("canceled",)}, made.key)
    assert exactly(rig, made).fields["standing"] == ("canceled",)
    assert len(rig.again().find(RecordKind.INTERVIEW, made.key)) == 1


def test_a_follow_up_is_copied_moved_and_ended(rig: CrmRig) -> None:
    if RecordKind.TASK not in rig.book.capabilities().kinds:
        return
    case = Case(rig)
    company = case.company()
    deal, person = rig.book.create(case.draft(company=company)), case.person(company)
    fields: Fields = {
        "name": (f"Thank Ada Byron ({case.name})",),
        "due_at": ("2026-09-08T08:00:00+00:00",),
        "standing": ("open",),
        "application_ids": (deal.remote_id,),
        "people_ids": (person.remote_id,),
    }
    key = follow_up_key("thank_you", str(case.number))
    made = rig.book.create(RecordDraft(RecordKind.TASK, key, fields))
    (found,) = rig.again().find(RecordKind.TASK, key)
    assert (found.remote_id, found.key) == (made.remote_id, key)
    assert same(found, fields)
    for standing in ("given up", "open", "done"):
        later = {**fields, "due_at": ("2026-09-09T08:00:00+00:00",), "standing": (standing,)}
        rig.book.update(exactly(rig, made), later, key)
        assert same(exactly(rig, made), later)


def test_a_note_is_kept_as_it_was_said(rig: CrmRig) -> None:
    if RecordKind.NOTE not in rig.book.capabilities().kinds:
        return
    case = Case(rig)
    deal = rig.book.create(case.draft(company=case.company()))
    text = 'Advice from Ada:\nSpeak <b>slower</b> & ask "why"; ünïcode ✓\n\n- one\n- two'
    fields: Fields = {"text": (text,), "at": ("2026-09-07T08:00:00+00:00",), "application_ids": (deal.remote_id,)}
    made = rig.book.create(RecordDraft(RecordKind.NOTE, note_key(str(case.number), "said"), fields))
    (found,) = rig.again().find(RecordKind.NOTE, made.key)
    assert found.fields["text"] == (text,)
    assert found.fields["application_ids"] == (deal.remote_id,)
    assert same(exactly(rig, made), fields)
    assert rig.again().find(RecordKind.NOTE, note_key("another")) == ()
