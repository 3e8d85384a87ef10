"""What is peculiar about Tryton, each on a real server: how it behaves, and that nobody is hurt by it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from afterview.integrations.tryton.client import Tryton
from afterview.sync.errors import AlreadyThere, Changed, Missing, NotReady, Refused, Rejected
from afterview.sync.identity import application_key, company_key, event_key, person_key
from afterview.sync.model import Fields, RecordDraft, RecordKind, RemoteRecord
from afterview.sync.ports import Book, Coverage, RecordListing
from tests.accounts import MovedClock
from tests.contract.tryton_rig import CONTACT, PARTY, TrytonRig
from tests.tryton.names import PASSWORD, USER
from tests.tryton.server import TrytonServer
from tests.tryton.server import tryton as run_tryton

PERSON, COMPANY, APPLICATION = RecordKind.PERSON, RecordKind.COMPANY, RecordKind.APPLICATION
DEAL = "sale.opportunity"
KEY = application_key(event_key("u1", ""))
ADA = person_key("", "ada@initech.example", "")


def deal(book: Book, **fields: tuple[str, ...]) -> RemoteRecord:
    return book.create(RecordDraft(APPLICATION, KEY, {"role": ("Engineer",), "stage": ("open",), **fields}))


def there(rig: TrytonRig, kind: RecordKind, remote_id: str) -> RemoteRecord:
    found = rig.again().fetch(kind, remote_id)
    assert found is not None
    return found


def known(listing: RecordListing) -> dict[str, str]:
    return {record.remote_id: record.etag or "" for record in listing.changed}


def past(listing: RecordListing) -> str:
    """Return a cursor so far ahead that nothing which the listing showed is read again for its age."""
    return (datetime.fromisoformat(listing.cursor) + timedelta(minutes=10)).isoformat()


def stage(rig: TrytonRig, remote_id: str) -> str:
    return there(rig, APPLICATION, remote_id).fields["stage"][0]


def test_an_untouched_record_has_no_date_of_change_and_is_seen_all_the_same(rig: TrytonRig) -> None:
    made = deal(rig.book)
    row = rig.server.one(DEAL, made.remote_id, "write_date", "create_date")
    assert row["write_date"] is None
    whole = rig.again().read(APPLICATION, "", {}, full=False)
    assert rig.again().read(APPLICATION, past(whole), {}, full=False).changed == ()
    other = deal(rig.book)
    assert rig.server.one(DEAL, other.remote_id, "write_date")["write_date"] is None
    delta = rig.again().read(APPLICATION, past(whole), {}, full=False)
    assert (delta.coverage, [one.remote_id for one in delta.changed]) == (Coverage.DELTA, [other.remote_id])
    assert made.fields["stage_at"] == there(rig, APPLICATION, made.remote_id).fields["stage_at"]


def test_an_edit_of_a_phone_number_does_not_touch_the_party_and_is_seen_all_the_same(rig: TrytonRig) -> None:
    remote_id = rig.add(name="Ada Byron", phones="+44 20 1")
    before = rig.server.one(PARTY, remote_id, "write_date")
    whole = rig.again().read(PERSON, "", {}, full=False)
    (phone,) = rig.server.ids(CONTACT, ["type", "=", "phone"])
    rig.server.call(f"{CONTACT}.write", [phone], {"value": "+44 20 2"})
    assert rig.server.one(PARTY, remote_id, "write_date") == before
    (changed,) = rig.again().read(PERSON, past(whole), known(whole), full=False).changed
    assert changed.fields["phones"] == ("+44 20 2",)
    with pytest.raises(Changed):
        rig.book.update(whole.changed[0], {**whole.changed[0].fields, "phones": ("+44 20 3",)}, ADA)


def test_a_tie_that_is_cut_in_the_list_of_relations_shows_in_the_next_complete_listing(rig: TrytonRig) -> None:
    company = rig.book.create(RecordDraft(COMPANY, company_key("initech"), {"name": ("Initech",)}))
    tied: Fields = {"name": ("Ada",), "company_ids": (company.remote_id,)}
    ada = rig.book.create(RecordDraft(PERSON, ADA, tied))
    assert ada.fields == {**tied, "company": ("Initech",)}
    whole = rig.again().read(PERSON, "", {}, full=False)
    assert [one.key for one in whole.changed] == [ADA]
    relations = rig.server.ids("party.relation.all")
    rig.server.call("party.relation.all.delete", relations)
    assert rig.again().read(PERSON, past(whole), known(whole), full=False).changed == ()
    (changed,) = rig.again().read(PERSON, whole.cursor, known(whole), full=True).changed
    assert "company_ids" not in changed.fields


def test_whoever_is_tied_to_a_company_is_no_news_each_time_and_can_be_changed(rig: TrytonRig) -> None:
    company = rig.book.create(RecordDraft(COMPANY, company_key("initech"), {"name": ("Initech",)}))
    tied: Fields = {"name": ("Ada",), "emails": ("ada@x.example",), "company_ids": (company.remote_id,)}
    ada = rig.book.create(RecordDraft(PERSON, ADA, tied))
    whole = rig.again().read(PERSON, "", {}, full=False)
    assert rig.again().read(PERSON, whole.cursor, known(whole), full=False).changed == ()
    more: Fields = {**ada.fields, "emails": ("ada@x.example", "ada@home.example")}
    assert rig.again().update(ada, more, ADA).fields["emails"] == more["emails"]


def test_what_came_late_is_read_again_for_ten_minutes(rig: TrytonRig) -> None:
    made = deal(rig.book)
    whole = rig.again().read(APPLICATION, "", {}, full=False)
    assert whole.cursor == made.fields["stage_at"][0]  # the server's time, not ours
    again = rig.again().read(APPLICATION, whole.cursor, {}, full=False)
    assert [one.remote_id for one in again.changed] == [made.remote_id]


def test_two_opportunities_can_bear_one_reference_and_both_are_found(rig: TrytonRig) -> None:
    first = deal(rig.book)
    second = deal(rig.again())
    assert [one.remote_id for one in rig.again().find(APPLICATION, KEY)] == [first.remote_id, second.remote_id]


def test_two_parties_cannot_bear_one_key(rig: TrytonRig) -> None:
    rig.book.create(RecordDraft(PERSON, ADA, {"name": ("Ada",)}))
    with pytest.raises(AlreadyThere):
        rig.again().create(RecordDraft(PERSON, ADA, {"name": ("Ada",)}))


def test_a_copy_of_a_party_or_an_opportunity_bears_no_key(rig: TrytonRig) -> None:
    ada, one = rig.book.create(RecordDraft(PERSON, ADA, {"name": ("Ada",)})), deal(rig.book)
    rig.server.call(f"{PARTY}.copy", [int(ada.remote_id)])
    rig.server.call(f"{DEAL}.copy", [int(one.remote_id)])
    assert len(rig.again().find(PERSON, ADA)) == len(rig.again().find(APPLICATION, KEY)) == 1


def test_a_state_cannot_be_written_but_only_be_moved(rig: TrytonRig) -> None:
    made = deal(rig.book)
    _, refused = rig.server.say(f"{DEAL}.write", [int(made.remote_id)], {"state": "lost"})
    assert "State" in str(refused["error"])
    moved = rig.book.update(made, {**made.fields, "stage": ("lost",)}, KEY)
    assert moved.fields["stage"] == ("lost",)
    assert rig.server.one(DEAL, made.remote_id, "lost_reason")["lost_reason"] == "No offer"
    assert moved.fields["stage_at"] > made.fields["stage_at"]


def test_a_reason_of_the_users_own_stays(rig: TrytonRig) -> None:
    made = deal(rig.book)
    rig.server.call(f"{DEAL}.write", [int(made.remote_id)], {"lost_reason": "They went with Bo"})
    rig.book.update(there(rig, APPLICATION, made.remote_id), {**made.fields, "stage": ("lost",)}, KEY)
    assert rig.server.one(DEAL, made.remote_id, "lost_reason")["lost_reason"] == "They went with Bo"


def test_what_is_closed_is_read_only_and_left_as_it_is(rig: TrytonRig) -> None:
    made = deal(rig.book, stage=("lost",))
    assert made.fields["stage"] == ("lost",)
    _, refused = rig.server.say(f"{DEAL}.write", [int(made.remote_id)], {"description": "Chef"})
    assert "Description" in str(refused["error"])
    wanted = {**made.fields, "role": ("Chef",), "stage": ("open",)}
    assert rig.book.update(made, wanted, KEY).fields == made.fields


def test_a_closed_opportunity_is_never_moved(rig: TrytonRig) -> None:
    made = deal(rig.book, stage=("withdrawn",))
    assert rig.server.one(DEAL, made.remote_id, "state")["state"] == "cancelled"
    assert rig.book.update(made, {**made.fields, "stage": ("lost",)}, KEY).fields["stage"] == ("withdrawn",)


def test_an_opportunity_must_be_cancelled_before_it_can_be_deleted(rig: TrytonRig) -> None:
    made = deal(rig.book)
    _, refused = rig.server.say(f"{DEAL}.delete", [int(made.remote_id)])
    assert "cancel" in str(refused["error"])
    rig.server.call(f"{DEAL}.cancel", [int(made.remote_id)])
    rig.server.call(f"{DEAL}.delete", [int(made.remote_id)])
    assert rig.again().fetch(APPLICATION, made.remote_id) is None
    with pytest.raises(Missing):
        rig.book.update(made, {**made.fields, "role": ("Chef",)}, KEY)


def test_reopening_keeps_the_reason_and_the_day_so_that_the_state_alone_counts(rig: TrytonRig) -> None:
    made = deal(rig.book, stage=("lost",))
    lost = there(rig, APPLICATION, made.remote_id)
    rig.server.call(f"{DEAL}.lead", [int(made.remote_id)])
    row = rig.server.one(DEAL, made.remote_id, "lost_reason", "end_date", "state")
    assert (row["lost_reason"], bool(row["end_date"]), row["state"]) == ("No offer", True, "lead")
    again = there(rig, APPLICATION, made.remote_id)
    assert again.fields["stage"] == ("open",)
    assert again.fields["stage_at"] > lost.fields["stage_at"]
    assert rig.book.update(again, {**again.fields, "stage": ("lost",)}, KEY).fields["stage"] == ("lost",)


def test_when_a_stage_was_entered_does_not_change_with_a_later_edit(rig: TrytonRig) -> None:
    made = deal(rig.book, stage=("lost",))
    rig.server.call(f"{DEAL}.write", [int(made.remote_id)], {"lost_reason": "Another"})
    later = there(rig, APPLICATION, made.remote_id)
    assert later.etag != made.etag
    assert later.fields["stage_at"] == made.fields["stage_at"]


def test_won_is_heard_and_never_made(rig: TrytonRig) -> None:
    made = deal(rig.book)
    assert "won" not in rig.book.capabilities().moves
    with pytest.raises(Rejected):
        rig.book.update(made, {**made.fields, "stage": ("won",)}, KEY)
    assert stage(rig, made.remote_id) == "open"
    status, _ = rig.server.say(f"{DEAL}.won", [int(made.remote_id)])
    assert status == 403


def test_what_cannot_be_moved_when_it_is_made_is_made_all_the_same(rig: TrytonRig) -> None:
    """Refused now, it would be made a second time later."""
    assert deal(rig.book, stage=("won",)).fields["stage"] == ("open",)


def test_what_a_person_converts_counts_as_won(rig: TrytonRig) -> None:
    company = rig.book.create(RecordDraft(COMPANY, company_key("initech"), {"name": ("Initech",)}))
    made = deal(rig.book, company_ids=(company.remote_id,))
    _, refused = rig.server.say(f"{DEAL}.convert", [int(made.remote_id)])
    assert "convert" in str(refused["error"])  # a lead has to become an opportunity of somebody first
    rig.server.call(f"{DEAL}.write", [int(made.remote_id)], {"employee": 1})
    rig.server.call(f"{DEAL}.opportunity", [int(made.remote_id)])
    assert stage(rig, made.remote_id) == "open"
    rig.server.call(f"{DEAL}.convert", [int(made.remote_id)])
    assert rig.server.one(DEAL, made.remote_id, "state")["state"] == "converted"
    assert stage(rig, made.remote_id) == "won"


def test_a_party_of_ours_is_a_person_or_a_company_and_any_other_may_be_either(rig: TrytonRig) -> None:
    company = rig.book.create(RecordDraft(COMPANY, company_key("initech"), {"name": ("Initech",)}))
    ada = rig.book.create(RecordDraft(PERSON, ADA, {"name": ("Ada",)}))
    other = rig.add(name="Hooli")
    book = rig.again()
    assert book.read(PERSON, "", {}, full=False).present == {ada.remote_id, other}
    assert book.read(COMPANY, "", {}, full=False).present == {company.remote_id, other}
    seen = there(rig, COMPANY, other)
    whole = book.read(PERSON, "", {}, full=False)
    rig.book.update(seen, seen.fields, company_key("hooli"))
    assert book.read(PERSON, past(whole), known(whole), full=False).removed == {other}


def test_a_write_to_what_changed_meanwhile_is_refused_by_the_server_itself(rig: TrytonRig) -> None:
    made = deal(rig.book)
    requests = iter(["look", "write"])

    def meddle(_method: str, _path: str) -> None:
        if next(requests, "") == "write":
            rig.server.call(f"{DEAL}.write", [int(made.remote_id)], {"comment": "Called today"})

    rig.server.gate.weather = meddle
    with pytest.raises(Changed):
        rig.book.update(made, {**made.fields, "role": ("Chef",)}, KEY)
    assert there(rig, APPLICATION, made.remote_id).fields["role"] == ("Engineer",)


def test_a_reference_of_the_users_own_stays(rig: TrytonRig) -> None:
    (remote_id,) = rig.server.call(f"{DEAL}.create", [{"reference": "REQ-77", "company": 1}])
    seen = there(rig, APPLICATION, str(remote_id))
    assert seen.key == ""
    stored = rig.book.update(seen, {**seen.fields, "role": ("Engineer",)}, KEY)
    assert (stored.key, stored.fields["role"]) == ("", ("Engineer",))
    assert rig.server.one(DEAL, str(remote_id), "reference")["reference"] == "REQ-77"


def test_a_party_that_was_replaced_is_followed(rig: TrytonRig) -> None:
    ada = rig.book.create(RecordDraft(PERSON, ADA, {"name": ("Ada",), "emails": ("ada@initech.example",)}))
    other = rig.add(name="Ada", emails="a.byron@initech.example")
    whole = rig.again().read(PERSON, "", {}, full=False)
    session = rig.server.call("wizard.party.replace.create")[0]
    asked = {"ask": {"source": int(ada.remote_id), "destination": int(other)}}
    rig.server.call("wizard.party.replace.execute", session, asked, "replace")
    delta = rig.again().read(PERSON, past(whole), known(whole), full=False)
    assert delta.survivors == {ada.remote_id: other}
    assert delta.removed == frozenset()
    complete = rig.again().read(PERSON, whole.cursor, known(whole), full=True)
    assert complete.survivors == {ada.remote_id: other}
    assert complete.present == {other}
    assert [(one.remote_id, one.key) for one in rig.again().find(PERSON, ADA)] == [(other, ADA)]
    with pytest.raises(AlreadyThere):
        rig.again().create(RecordDraft(PERSON, ADA, {"name": ("Ada",)}))


def test_an_archived_party_is_gone_and_not_made_again(rig: TrytonRig) -> None:
    ada = rig.book.create(RecordDraft(PERSON, ADA, {"name": ("Ada",)}))
    whole = rig.again().read(PERSON, "", {}, full=False)
    rig.server.call(f"{PARTY}.write", [int(ada.remote_id)], {"active": False})
    delta = rig.again().read(PERSON, past(whole), known(whole), full=False)
    assert delta.removed == {ada.remote_id}
    assert rig.again().fetch(PERSON, ada.remote_id) is None
    with pytest.raises(Rejected, match="archived"):
        rig.book.create(RecordDraft(PERSON, ADA, {"name": ("Ada",)}))


def test_a_server_that_was_started_without_its_database_is_not_taken_for_a_wrong_password(
    tmp_path: Path, tryton: TrytonServer
) -> None:
    with run_tryton(tmp_path, tryton.prepared, named=False) as server:
        _, answer = server.post("/crm/rpc/", "common.db.login", USER, {"password": PASSWORD})
        assert "res.user" in str(answer["error"])
        client = Tryton(server.url, "crm", USER, PASSWORD, MovedClock())
        with pytest.raises(NotReady, match="cannot sign anybody in"):
            client.preferences()
        client.close()


def test_an_answer_that_is_too_long_for_one_piece_comes_packed(rig: TrytonRig) -> None:
    made = [{"name": f"Party {number}", "active": True} for number in range(40)]
    rig.server.call(f"{PARTY}.create", made)
    client = Tryton(f"http://127.0.0.1:{rig.server.port}", "crm", USER, PASSWORD, MovedClock())  # past the gate
    assert len(client.search(PARTY, [], ["name", "code"])) == 41
    client.close()


def test_a_post_to_the_database_alone_is_refused_and_ours_goes_elsewhere(rig: TrytonRig) -> None:
    assert rig.server.post("/crm/", "common.db.login", "admin", {})[0] == 405
    rig.book.read(PERSON, "", {}, full=False)
    assert {passed.path for passed in rig.server.gate.log} == {"/crm/rpc/"}


def test_without_a_type_of_relation_people_and_companies_are_kept_apart(tryton: TrytonServer) -> None:
    rig = TrytonRig(tryton, relation="")
    assert "company_ids" in rig.book.capabilities().lacks[PERSON]
    company = rig.book.create(RecordDraft(COMPANY, company_key("initech"), {"name": ("Initech",)}))
    ada = rig.book.create(RecordDraft(PERSON, ADA, {"name": ("Ada",), "company_ids": (company.remote_id,)}))
    assert ada.fields == {"name": ("Ada",)}
    assert not any(b"relation" in passed.body for passed in tryton.gate.log)
    rig.close()


def test_a_type_of_relation_that_is_not_there_any_more_is_told(tryton: TrytonServer) -> None:
    rig = TrytonRig(tryton, relation="was with")
    with pytest.raises(Refused, match="was with"):
        rig.book.read(PERSON, "", {}, full=False)
    rig.close()


def test_the_users_own_company_is_nobody_whom_one_meets(rig: TrytonRig) -> None:
    assert rig.server.ids(PARTY) == [1]
    assert rig.book.read(PERSON, "", {}, full=False).present == frozenset()
