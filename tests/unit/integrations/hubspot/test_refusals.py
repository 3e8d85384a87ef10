"""What HubSpot refuses, loses or puts off, as the engine is told."""

from datetime import timedelta

import pytest

from afterview.integrations.hubspot.client import connect
from afterview.sync.errors import AlreadyThere, AuthFailed, Changed, Missing, NotReady, Refused, Rejected, Uncertain
from afterview.sync.identity import application_key, company_key, person_key
from afterview.sync.model import Fields, RecordDraft, RecordKind
from tests.accounts import MovedClock
from tests.contract.hubspot_rig import HubSpotRig
from tests.fakes.web import Answered

KEY = person_key("", "ada@initech.example", "")
FIELDS: Fields = {"name": ("Ada Byron",), "emails": ("ada@initech.example",)}
DRAFT = RecordDraft(RecordKind.PERSON, KEY, FIELDS)
FIRM = RecordDraft(RecordKind.COMPANY, company_key("initech"), {"name": ("Initech",)})
DEAL = RecordDraft(RecordKind.APPLICATION, application_key("i"), {"name": ("Initech, CTO",), "stage": ("open",)})


@pytest.mark.parametrize("partial", [False, True], ids=["status 409", "status 207"])
def test_the_contact_that_has_the_address_is_named_and_no_second_one_made(rig: HubSpotRig, *, partial: bool) -> None:
    rig.hubspot.partial = partial
    own = rig.add(name="Ada", emails="ada@initech.example")
    with pytest.raises(AlreadyThere, match="Contact already exists") as caught:
        rig.book.create(DRAFT)
    assert caught.value.remote_id == own
    assert [one.id for one in rig.hubspot.all("contacts")] == [own]


def test_an_address_of_somebody_elses_is_a_refusal_where_a_contact_is_changed(rig: HubSpotRig) -> None:
    rig.add(name="Ada", emails="ada@initech.example")
    other = rig.add(name="Bo")
    seen = rig.book.fetch(RecordKind.PERSON, other)
    assert seen is not None
    with pytest.raises(Rejected, match="already exists"):
        rig.book.update(seen, {**seen.fields, "emails": ("ada@initech.example",)}, KEY)


@pytest.mark.parametrize("partial", [False, True], ids=["status 400", "status 207"])
def test_a_rule_of_the_account_is_told_in_its_own_words(rig: HubSpotRig, *, partial: bool) -> None:
    rig.hubspot.partial = partial
    rig.hubspot.schema.rules["firstname"] = "First names are to be \x1b[31mred."
    with pytest.raises(Rejected) as caught:
        rig.book.create(DRAFT)
    assert str(caught.value) == "Ada Byron: HubSpot says: firstname: First names are to be red."
    assert rig.hubspot.all("contacts") == []


def test_a_pause_that_is_asked_for_is_kept(rig: HubSpotRig) -> None:
    now = rig.clock()
    rig.hubspot.fail("batch/upsert", 429, headers={"Retry-After": "7"}, policy="TEN_SECONDLY_ROLLING")
    with pytest.raises(NotReady) as caught:
        rig.book.create(DRAFT)
    assert caught.value.retry_at == now + timedelta(seconds=7)
    rig.hubspot.fail("search", 429, policy="TEN_SECONDLY_ROLLING")
    with pytest.raises(NotReady) as caught:
        rig.book.read(RecordKind.PERSON, now.isoformat(), {}, full=False)
    assert caught.value.retry_at == now + timedelta(seconds=10)
    rig.hubspot.fail("contacts", 429, policy="DAILY")
    with pytest.raises(NotReady, match="today") as caught:
        rig.book.read(RecordKind.PERSON, "", {}, full=True)
    assert caught.value.retry_at == now + timedelta(hours=1)


@pytest.mark.parametrize("draft", [DRAFT, FIRM, DEAL], ids=lambda one: str(one.kind))
def test_what_was_done_and_answered_with_a_failure_is_uncertain_and_found(rig: HubSpotRig, draft: RecordDraft) -> None:
    rig.hubspot.lose("batch/upsert")
    with pytest.raises(Uncertain):
        rig.book.create(draft)
    assert len(rig.hubspot.asked("batch/upsert")) == 1
    (found,) = rig.again().find(draft.kind, draft.key)
    with pytest.raises(AlreadyThere):
        rig.again().create(draft)
    assert [one.id for one in rig.hubspot.store.records.values()] == [found.remote_id]


def test_a_line_that_is_cut_in_a_write_is_uncertain_and_in_a_reading_asked_again(rig: HubSpotRig) -> None:
    made = rig.book.create(DRAFT)
    rig.hubspot.fail(made.remote_id, 0)
    assert rig.book.fetch(RecordKind.PERSON, made.remote_id) == made
    patched = rig.again()
    seen = patched.fetch(RecordKind.PERSON, made.remote_id)
    assert seen is not None
    rig.hubspot.cut("PATCH")
    with pytest.raises(Uncertain):
        patched.update(seen, {**FIELDS, "title": ("CTO",)}, KEY)
    assert len([asked for asked, _ in rig.hubspot.web.log if asked.method == "PATCH"]) == 1


def test_a_tie_that_fails_leaves_the_record_and_is_seen_to_be_missing(rig: HubSpotRig) -> None:
    draft = RecordDraft(RecordKind.PERSON, KEY, {**FIELDS, "company_ids": ("999",)})
    made = rig.book.create(draft)
    assert "company_ids" not in made.fields
    with pytest.raises(Missing):
        rig.book.update(made, draft.fields, KEY)
    company = rig.book.create(FIRM)
    tied = {**FIELDS, "company_ids": (company.remote_id,)}
    rig.hubspot.lose("associate/default")
    with pytest.raises(Uncertain):
        rig.book.update(made, tied, KEY)
    assert rig.again().find(RecordKind.PERSON, KEY)[0].fields["company_ids"] == (company.remote_id,)


def test_a_key_that_is_not_taken_any_more_asks_for_a_new_one(rig: HubSpotRig) -> None:
    rig.hubspot.keys = {"pat-eu1-second": None}
    with pytest.raises(AuthFailed, match="service key"):
        rig.book.read(RecordKind.PERSON, "", {}, full=True)
    with pytest.raises(AuthFailed):
        rig.book.create(DRAFT)
    assert rig.opened_with("pat-eu1-second").create(DRAFT).key == KEY


def test_a_permission_that_is_lacking_is_named(rig: HubSpotRig) -> None:
    rig.hubspot.keys = {key: frozenset({"crm.objects.contacts.read"}) for key in rig.hubspot.keys}
    with pytest.raises(Refused, match=r"crm\.objects\.contacts\.write"):
        rig.book.create(DRAFT)
    with pytest.raises(Refused, match=r"crm\.objects\.companies\.read"):
        rig.book.read(RecordKind.COMPANY, "", {}, full=True)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"[" * 100_000, b'{"results": {}}', b'{"results": [{"id": 5}]}'])
def test_an_answer_that_makes_no_sense_is_no_empty_one(rig: HubSpotRig, body: bytes) -> None:
    rig.hubspot.answer("contacts", Answered(200, body))
    with pytest.raises(NotReady, match="cannot be read"):
        rig.book.read(RecordKind.PERSON, "", {}, full=True)
    rig.hubspot.answer("batch/upsert", Answered(200, body))
    with pytest.raises(Uncertain):
        rig.book.create(DRAFT)


def test_an_answer_about_several_that_leaves_something_out_is_no_proof(rig: HubSpotRig) -> None:
    body = b'{"results": [], "errors": [{"category": "INTERNAL_ERROR", "message": "try again"}]}'
    rig.hubspot.answer("batch/read", Answered(207, body))
    with pytest.raises(NotReady, match="completely"):
        rig.book.find(RecordKind.PERSON, KEY)
    rig.hubspot.answer("batch/upsert", Answered(207, body))
    with pytest.raises(Uncertain):
        rig.book.create(DRAFT)


def test_a_property_that_was_taken_away_concerns_the_whole_account(rig: HubSpotRig) -> None:
    del rig.hubspot.schema.own["contacts"]["afterview_id"]
    with pytest.raises(Refused, match="afterview_id"):
        rig.book.find(RecordKind.PERSON, KEY)


def test_the_key_goes_nowhere_unencrypted_but_to_this_machine() -> None:
    with pytest.raises(Refused, match="https"):
        connect("http://api.hubapi.example", "pat", MovedClock())
    connect("", "pat", MovedClock()).close()


@pytest.mark.parametrize("key", ["", "pat two", "päté", "pat\nX-Other: 1"])
def test_what_no_key_can_be_is_not_sent(rig: HubSpotRig, key: str) -> None:
    with pytest.raises(AuthFailed, match="no service key"):
        connect(rig.hubspot.url, key, MovedClock())


def test_what_was_changed_since_it_was_seen_is_not_written_over(rig: HubSpotRig) -> None:
    made = rig.book.create(DRAFT)
    rig.edit(made.remote_id, "", title="CEO")
    with pytest.raises(Changed):
        rig.book.update(made, {**FIELDS, "title": ("CTO",)}, KEY)
    mine = rig.hubspot.store.make("contacts", {"firstname": "Anita"}).id
    seen = rig.book.fetch(RecordKind.PERSON, made.remote_id)
    assert seen is not None
    rig.hubspot.store.merge(made.remote_id, mine)
    with pytest.raises(Changed):
        rig.book.update(seen, {**seen.fields, "title": ("CTO",)}, KEY)
    assert [asked.method for asked in rig.hubspot.asked() if asked.method == "PATCH"] == []
