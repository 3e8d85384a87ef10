"""Readings of an account: what lags, what pages, what is gone, merged or only computed."""

from datetime import timedelta

import pytest

from afterview.integrations.hubspot.client import connect
from afterview.integrations.hubspot.deals import instant
from afterview.integrations.hubspot.objects import Objects, TooMany
from afterview.integrations.hubspot.reading import Reading
from afterview.integrations.hubspot.shapes import SHAPES
from afterview.sync.identity import application_key, company_key, person_key
from afterview.sync.model import RecordDraft, RecordKind
from afterview.sync.ports import Coverage, RecordListing
from tests.accounts import START, MovedClock
from tests.contract.hubspot_rig import HubSpotRig
from tests.fakes.hubspot.schema import pipeline, stage
from tests.fakes.hubspot.server import KEY as SERVICE_KEY

PERSON, COMPANY, DEAL = RecordKind.PERSON, RecordKind.COMPANY, RecordKind.APPLICATION
DRAFT = RecordDraft(PERSON, person_key("", "ada@x.example", ""), {"name": ("Ada",), "emails": ("ada@x.example",)})


def known(listing: RecordListing) -> dict[str, str]:
    return {one.remote_id: one.etag or "" for one in listing.changed}


def read(rig: HubSpotRig, kind: RecordKind, before: RecordListing, *, full: bool = False) -> RecordListing:
    return rig.again().read(kind, before.cursor, known(before), full=full)


def first(rig: HubSpotRig, kind: RecordKind = PERSON) -> RecordListing:
    rig.later()
    return rig.again().read(kind, "", {}, full=False)


def test_what_the_search_does_not_show_yet_is_found_by_the_overlap(rig: HubSpotRig) -> None:
    rig.add(name="Bo")
    before = first(rig)
    rig.hubspot.store.lag = timedelta(minutes=5)
    made = rig.book.create(DRAFT)  # indexed in five minutes
    rig.hubspot.store.lag = timedelta(0)
    rig.clock.move(minutes=1)
    later = rig.add(name="Cy")
    seen = read(rig, PERSON, before)
    assert [one.remote_id for one in seen.changed] == [later]
    assert rig.again().find(PERSON, DRAFT.key)[0].remote_id == made.remote_id
    rig.clock.move(minutes=5)
    again = rig.again().read(PERSON, seen.cursor, {**known(before), **known(seen)}, full=False)
    assert [one.remote_id for one in again.changed] == [made.remote_id]


def test_a_time_of_change_that_moves_by_itself_is_no_change(rig: HubSpotRig) -> None:
    rig.book.create(DRAFT)
    before = first(rig)
    rig.hubspot.store.touch(before.changed[0].remote_id)
    rig.later()
    listing = read(rig, PERSON, before)
    assert (listing.coverage, listing.changed) == (Coverage.DELTA, ())
    assert listing.cursor > before.cursor


def test_a_deal_whose_only_moment_is_that_of_change_is_no_change_either(rig: HubSpotRig) -> None:
    deal = rig.add_deal(rig.add_company("Hooli"), "Designer")
    rig.hubspot.store.erase(deal, "hs_v2_date_entered_contractsent")
    before = first(rig, DEAL)
    rig.clock.move(hours=1)
    rig.hubspot.store.touch(deal)
    rig.later()
    assert read(rig, DEAL, before).changed == ()


def test_when_a_deal_was_moved_is_heard_again_where_it_is_computed_late(rig: HubSpotRig) -> None:
    deal = rig.add_deal(rig.add_company("Hooli"), "Designer")
    rig.move(deal, "lost")
    before = first(rig, DEAL)
    late = "2026-09-01T08:59:00.000Z"
    rig.hubspot.store.compute(deal, "hs_v2_date_entered_closedlost", late)
    rig.later()
    (changed,) = read(rig, DEAL, before).changed
    assert changed.fields["stage_at"] == ("2026-09-01T08:59:00+00:00",)


def test_what_the_list_leaves_out_is_asked_for_before_it_counts_as_gone(rig: HubSpotRig) -> None:
    kept, gone = rig.add(name="Bo"), rig.add(name="Cy")
    before = first(rig)
    rig.hubspot.store.unlisted.add(kept)
    rig.delete(gone)
    listing = read(rig, PERSON, before, full=True)
    assert listing.present == {kept}


def test_every_page_is_read(rig: HubSpotRig) -> None:
    rig.hubspot.page = 2
    people = {rig.add(name=f"P{number}") for number in range(5)}
    listing = first(rig)
    assert listing.present == people
    made = rig.book.create(RecordDraft(COMPANY, company_key("x"), {"name": ("X",)}))
    for remote_id in people:
        rig.hubspot.store.ties.add(frozenset({made.remote_id, remote_id}))
    client = connect(rig.hubspot.url, SERVICE_KEY, rig.clock)
    found = rig.book.records.ties.read("companies", "contacts", [made.remote_id])  # type: ignore[attr-defined]  # a Crm
    assert set(found[made.remote_id]) == people
    client.close()


def test_more_changes_than_a_search_shows_are_read_in_windows_of_time(rig: HubSpotRig) -> None:
    rig.hubspot.store.deepest = 4
    people = {rig.add(name=f"P{number}") for number in range(9)}
    rig.later()
    client = connect(rig.hubspot.url, SERVICE_KEY, MovedClock())
    narrow = Objects(client, SHAPES[PERSON], ("firstname",), page=2, deepest=4)
    assert {one.id for one in narrow.changed(START)} == people
    at_once = rig.record(min(people)).changed_at
    for remote_id in people:
        rig.hubspot.store.stamp(remote_id, at_once)
    rig.later()
    with pytest.raises(TooMany):
        list(narrow.changed(at_once))
    listing = Reading(narrow, lambda _: [], {}).run((at_once + timedelta(minutes=10)).isoformat())
    assert listing.coverage is Coverage.COMPLETE
    assert listing.present == people
    client.close()


def test_what_is_in_the_bin_is_gone_even_while_the_search_still_shows_it(rig: HubSpotRig) -> None:
    rig.book.create(DRAFT)
    own = rig.add(name="Bo")
    before = first(rig)
    rig.edit(own, "", title="CTO")
    for one in before.changed:
        rig.delete(one.remote_id)
    listing = read(rig, PERSON, before)
    assert listing.removed == {one.remote_id for one in before.changed}
    assert listing.changed == ()


@pytest.mark.parametrize("full", [False, True])
def test_merged_records_are_followed_to_the_one_that_goes_on(rig: HubSpotRig, *, full: bool) -> None:
    ours = rig.book.create(DRAFT).remote_id
    theirs = rig.add(name="Ada Byron", emails="ada@home.example")
    before = first(rig)
    new = rig.hubspot.store.merge(theirs, ours).id
    rig.later()
    listing = read(rig, PERSON, before, full=full)
    assert listing.survivors == {ours: new, theirs: new}
    assert listing.removed == frozenset()
    (changed,) = listing.changed
    assert (changed.remote_id, changed.key) == (new, DRAFT.key)
    assert changed.fields["emails"] == ("ada@home.example", "ada@x.example")
    followed = rig.again().fetch(PERSON, ours)
    assert followed == changed


def test_a_deal_names_its_company_and_says_where_it_stands_in_its_own_pipeline(rig: HubSpotRig) -> None:
    rig.hubspot.schema.pipelines.append(
        pipeline("p2", "Agency", stage("in", "In", 0, "0.3"), stage("out", "Out", 1, "0.0"))
    )
    company = rig.add_company("Hooli")
    deal = rig.add_deal(company, "Designer")
    rig.hubspot.store.change(rig.record(deal), {"pipeline": "p2", "dealstage": "out"})
    (found,) = first(rig, DEAL).changed
    moment = instant(rig.record(deal).properties["hs_v2_date_entered_out"])
    assert moment is not None
    assert dict(found.fields) == {
        "name": ("Designer",),
        "company": ("Hooli",),
        "role": ("Designer",),
        "stage": ("lost",),
        "stage_at": (moment.isoformat(),),
    }


def test_a_stage_that_is_new_is_looked_up_once(rig: HubSpotRig) -> None:
    draft = RecordDraft(DEAL, application_key("i"), {"name": ("Hooli",), "company": ("Hooli",), "stage": ("open",)})
    made = rig.book.create(draft)
    book = rig.again()
    assert book.fetch(DEAL, made.remote_id) is not None
    rig.hubspot.schema.pipelines[0]["stages"].append(stage("offer", "Offer", 5, "0.95"))
    rig.hubspot.store.change(rig.record(made.remote_id), {"dealstage": "offer"})
    rig.hubspot.web.log.clear()
    for _ in range(2):
        moved = book.fetch(DEAL, made.remote_id)
        assert moved is not None
        assert moved.fields["stage"] == ("open",)
    assert len(rig.hubspot.asked("pipelines/2026-03/0-3")) == 1


def test_a_long_list_is_read_as_slowly_as_hubspot_wants(rig: HubSpotRig) -> None:
    rig.hubspot.page = 1
    for number in range(70):
        rig.add(name=f"P{number}")
    assert len(first(rig).present) == 70
    assert len(rig.waited) >= 8  # a burst of sixty, then four a second


def test_a_quiet_pass_is_two_small_requests_a_kind(rig: HubSpotRig) -> None:
    rig.book.create(DRAFT)
    before = first(rig)
    rig.clock.move(hours=1)
    rig.hubspot.web.log.clear()
    assert read(rig, PERSON, before).changed == ()
    assert len(rig.hubspot.web.log) <= 3  # what changed, the bin, and the ties of what the overlap showed again


def test_a_list_that_was_imported_is_not_read_with_every_pass(rig: HubSpotRig) -> None:
    for number in range(201):  # one more than a search shows at once
        rig.add(name=f"P{number}")
        rig.clock.move(seconds=1)
    before = first(rig)
    asked: list[int] = []
    for _ in range(3):
        rig.clock.move(minutes=25)
        rig.hubspot.web.log.clear()
        listing = rig.again().read(PERSON, before.cursor, known(before), full=False)
        assert listing.changed == ()
        before = RecordListing(Coverage.DELTA, listing.cursor, before.changed)
        asked.append(len(rig.hubspot.asked("contacts/search")))
    assert asked == [2, 1, 1]
    rig.hubspot.store.lag = timedelta(0)
    later = rig.add(name="Cy")
    assert [one.remote_id for one in read(rig, PERSON, before).changed] == [later]
