"""The contract of an address book or a CRM, against every service."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from afterview.sync.errors import AlreadyThere, Changed, Missing
from afterview.sync.identity import person_key
from afterview.sync.model import Fields, RecordDraft, RecordKind, RemoteRecord
from afterview.sync.ports import BookCapabilities, Coverage, RecordListing
from tests.contract.book_rigs import BookRig, CardRig, MemoryBookRig
from tests.contract.hubspot_rig import HubSpotRig
from tests.contract.tryton_rig import TrytonRig
from tests.fakes.books import GOOD, BookServer

PERSON = RecordKind.PERSON
KEY = person_key("", "ada@initech.example", "")
FIELDS: Fields = {
    "name": ("Ada Byron",),
    "company": ("Initech; Köln, Inc.",),
    "title": ("CTO",),
    "emails": ("ada@initech.example", "a.byron@initech.example"),
    "phones": ("+44 20 1",),
    "block": ("Initech, Engineer: interview 2026-09-01, open\nGlobex \\ Co; interview",),
    "state": ("Afterview", "Afterview open"),
}
PLAIN = BookCapabilities()
LAGGING = BookCapabilities(changed_since=True, cas=True, upsert_key=True, readback_lag=True)
BARE = replace(GOOD, lacks={PERSON: frozenset({"title", "company", "block", "state"})})
MEMORY = {"memory": GOOD, "memory, plain": PLAIN, "memory, lagging": LAGGING, "memory, bare": BARE}


@pytest.fixture(params=(*MEMORY, "hubspot", "radicale", "xandikos", "tryton"))
def rig(request: pytest.FixtureRequest) -> Iterator[BookRig]:
    name = str(request.param)
    made: BookRig
    if name in MEMORY:
        made = MemoryBookRig(BookServer(MEMORY[name]))
    elif name == "hubspot":
        made = HubSpotRig()
    else:
        real = request.getfixturevalue(name)
        made = TrytonRig(real) if name == "tryton" else CardRig(real)
    yield made
    made.close()


def held(rig: BookRig, fields: Fields) -> Fields:
    """Return those of the fields that the service has a place for."""
    lacks = rig.book.capabilities().lacks.get(PERSON, frozenset())
    return {name: values for name, values in fields.items() if name not in lacks}


def draft(rig: BookRig) -> RecordDraft:
    return RecordDraft(PERSON, KEY, held(rig, FIELDS))


def edited(rig: BookRig) -> dict[str, str]:
    """Return what a person changes, in a field that is there."""
    return {"title": "CEO"} if held(rig, {"title": ("CEO",)}) else {"name": "Ada King"}


def one_each(values: dict[str, str]) -> Fields:
    return {name: (value,) for name, value in values.items()}


def read(rig: BookRig, known: RecordListing | None = None, *, full: bool = False) -> RecordListing:
    """Read as the engine would, until what lags is there."""
    etags = {record.remote_id: record.etag or "" for record in known.changed} if known else {}
    cursor = known.cursor if known else ""
    listing = rig.again().read(PERSON, cursor, etags, full=full)
    return rig.again().read(PERSON, cursor, etags, full=full) if listing.cursor == cursor == "" else listing


def there(rig: BookRig, remote_id: str) -> RemoteRecord:
    found = rig.again().fetch(PERSON, remote_id)
    assert found is not None
    return found


def test_a_created_record_comes_back_as_it_was_meant(rig: BookRig) -> None:
    made, meant = rig.book.create(draft(rig)), held(rig, FIELDS)
    assert (made.key, made.fields) == (KEY, meant)
    assert there(rig, made.remote_id).fields == meant
    assert [one.remote_id for one in rig.again().find(PERSON, KEY)] == [made.remote_id]
    rig.again().read(PERSON, "", {}, full=False)
    listing = rig.again().read(PERSON, "", {}, full=False)
    assert listing.coverage is Coverage.COMPLETE
    assert listing.present == {made.remote_id}
    assert [(one.key, one.fields) for one in listing.changed] == [(KEY, meant)]


def test_nothing_is_found_where_nothing_is(rig: BookRig) -> None:
    rig.add(name="Ada Byron", emails="ada@initech.example")
    assert rig.book.find(PERSON, KEY) == ()
    elsewhere = {**draft(rig).fields, "emails": ("ada@globex.example",)}  # some take an address once only
    made = rig.book.create(RecordDraft(PERSON, KEY, elsewhere))
    rig.delete(made.remote_id)
    assert rig.again().find(PERSON, KEY) == ()
    assert rig.again().fetch(PERSON, made.remote_id) is None


def test_what_was_written_is_no_change_and_an_edit_is_one(rig: BookRig) -> None:
    rig.book.create(draft(rig))
    rig.again().read(PERSON, "", {}, full=False)
    first = read(rig)
    again = read(rig, first)
    assert again.changed == ()
    assert again.coverage is (Coverage.DELTA if rig.book.capabilities().changed_since else Coverage.COMPLETE)
    rig.edit(first.changed[0].remote_id, "", **edited(rig))
    (changed,) = read(rig, first).changed
    assert changed.fields == {**held(rig, FIELDS), **one_each(edited(rig))}
    assert changed.key == KEY


def test_a_deletion_is_told_or_seen(rig: BookRig) -> None:
    rig.book.create(draft(rig))
    rig.again().read(PERSON, "", {}, full=False)
    first = read(rig)
    (remote_id,) = first.present
    rig.delete(remote_id)
    delta = read(rig, first)
    if rig.book.capabilities().deletions:
        assert delta.removed == {remote_id}
    whole = read(rig, first, full=True)
    assert (whole.coverage, whole.present) == (Coverage.COMPLETE, frozenset())


def test_a_second_record_under_one_key_is_not_made_where_the_service_can_help_it(rig: BookRig) -> None:
    made = rig.book.create(draft(rig))
    rig.edit(made.remote_id, "", **edited(rig))
    if not rig.doubles:
        try:
            again = rig.again().create(draft(rig))
        except AlreadyThere:
            (again,) = rig.again().find(PERSON, KEY)
        assert again.remote_id == made.remote_id
        assert again.fields == {**again.fields, **one_each(edited(rig))}
    assert rig.book.capabilities().upsert_key <= (not rig.doubles)


def test_an_edit_changes_what_it_should_and_nothing_else(rig: BookRig) -> None:
    remote_id = rig.add(name="Ada", emails="ada@initech.example")
    seen = there(rig, remote_id)
    wanted = {
        **seen.fields,
        **held(rig, {"title": ("CTO",), "block": ("one\ntwo",)}),
        "emails": (*seen.fields["emails"], "b@x.example"),
    }
    stored = rig.book.update(seen, wanted, KEY)
    assert (stored.key, stored.fields) == (KEY, wanted)
    assert there(rig, remote_id).fields == wanted
    assert rig.other(remote_id) == "X-OWN:1"
    cleared = rig.book.update(there(rig, remote_id), {**wanted, **held(rig, {"block": ()})}, KEY)
    assert "block" not in cleared.fields


def test_a_copy_without_its_text_can_be_edited_too(rig: BookRig) -> None:
    made = rig.book.create(draft(rig))
    wanted = held(rig, {**FIELDS, "phones": ("+44 20 1", "+44 20 2"), "block": ("two",)})
    stored = rig.again().update(replace(made, raw=""), wanted, KEY)
    assert stored.fields == wanted


def test_a_record_that_changed_meanwhile_is_not_overwritten(rig: BookRig) -> None:
    if not rig.book.capabilities().cas:
        return
    made = rig.book.create(draft(rig))
    rig.edit(made.remote_id, "", **edited(rig))
    for seen in (made, replace(made, raw="")):
        with pytest.raises(Changed):
            rig.book.update(seen, held(rig, {**FIELDS, "block": ("two",), "phones": ("+44 20 2",)}), KEY)
    now = there(rig, made.remote_id).fields
    assert now == {**now, **one_each(edited(rig))}


def test_a_record_that_is_gone_is_missing(rig: BookRig) -> None:
    made = rig.book.create(draft(rig))
    rig.delete(made.remote_id)
    for seen in (made, replace(made, raw="")):
        with pytest.raises(Missing):
            rig.book.update(seen, held(rig, {**FIELDS, "block": ("two",), "phones": ("+44 20 2",)}), KEY)
    assert rig.again().find(PERSON, KEY) == ()
