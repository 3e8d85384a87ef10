"""Stages: what they mean, where a deal is moved to, and how a withdrawn one is told from a lost one."""

from datetime import timedelta

import pytest

from afterview.sync.errors import Rejected
from afterview.sync.identity import application_key
from afterview.sync.model import RecordDraft, RecordKind, RemoteRecord
from tests.accounts import START
from tests.contract.hubspot_rig import HubSpotRig
from tests.fakes.hubspot.schema import pipeline, stage

DEAL = RecordKind.APPLICATION


def made(rig: HubSpotRig, kind: str = "open") -> RemoteRecord:
    fields = {"name": ("Initech, CTO",), "company": ("Initech",), "role": ("CTO",), "stage": (kind,)}
    return rig.again().create(RecordDraft(DEAL, application_key("i"), fields))


def moved(rig: HubSpotRig, record: RemoteRecord, kind: str) -> RemoteRecord:
    return rig.again().update(record, {**record.fields, "stage": (kind,)}, record.key)


def seen(rig: HubSpotRig, record: RemoteRecord) -> str:
    found = rig.again().fetch(DEAL, record.remote_id)
    assert found is not None
    return found.fields["stage"][0]


@pytest.mark.parametrize(
    ("metadata", "kind"),
    [
        ({"isClosed": "true", "probability": "1.0"}, "won"),
        ({"isClosed": "true", "probability": "0.0"}, "lost"),
        ({"isClosed": "false", "probability": "0.0"}, "open"),
        ({"isClosed": "false", "probability": "1.0"}, "open"),
        ({"probability": "1.0"}, "won"),
        ({"probability": "0"}, "lost"),
        ({"probability": "0.9"}, "open"),
        ({"probability": "often"}, "open"),
        ({}, "open"),
    ],
)
def test_a_stage_means_what_its_metadata_says_whatever_it_is_called(
    rig: HubSpotRig, metadata: dict[str, str], kind: str
) -> None:
    deal = made(rig)
    rig.hubspot.schema.pipelines[0]["stages"].append(
        {**stage("odd", "Closed lost (not!)", 9, "0.5"), "metadata": metadata}
    )
    rig.hubspot.store.put_stage(deal.remote_id, "odd")
    assert seen(rig, deal) == kind


def test_a_deal_goes_to_the_first_fitting_stage_of_its_own_pipeline(rig: HubSpotRig) -> None:
    deal = made(rig)
    own = pipeline("p2", "Agency", stage("a", "A", 0, "0.1"), stage("z", "Z", 5, "0.0"), stage("y", "Y", 4, "0.0"))
    rig.hubspot.schema.pipelines.append(own)
    rig.hubspot.store.change(rig.record(deal.remote_id), {"pipeline": "p2", "dealstage": "a"})
    now = rig.again().fetch(DEAL, deal.remote_id)
    assert now is not None
    assert moved(rig, now, "lost").fields["stage"] == ("lost",)
    assert rig.record(deal.remote_id).properties["dealstage"] == "y"


def test_the_stages_that_the_user_chose_come_first(rig: HubSpotRig) -> None:
    rig.hubspot.schema.pipelines[0]["stages"].append(stage("ghosted", "No answer", 9, "0.0"))
    rig.settings |= {"stage": "contractsent", "lost_stage": "ghosted"}
    deal = made(rig)
    assert rig.record(deal.remote_id).properties["dealstage"] == "contractsent"
    moved(rig, deal, "lost")
    assert rig.record(deal.remote_id).properties["dealstage"] == "ghosted"


def test_a_pipeline_without_a_fitting_stage_is_told(rig: HubSpotRig) -> None:
    rig.hubspot.schema.pipelines[0]["stages"] = [stage("appointmentscheduled", "A", 0, "0.2")]
    deal = made(rig)
    with pytest.raises(Rejected, match='"default" has no stage that means lost'):
        moved(rig, deal, "lost")
    assert seen(rig, deal) == "open"


def test_a_withdrawn_deal_does_not_come_back_as_lost_until_somebody_moves_it(rig: HubSpotRig) -> None:
    del rig.settings["withdrawn_stage"]
    rig.hubspot.schema.pipelines[0]["stages"].pop()
    deal = moved(rig, made(rig), "withdrawn")
    assert deal.fields["stage"] == ("withdrawn",)
    kept = rig.record(deal.remote_id).properties
    assert (kept["dealstage"], kept["closed_lost_reason"]) == ("closedlost", "Withdrawn")
    assert kept["afterview_outcome"] == f"withdrawn {START.isoformat()}"
    rig.hubspot.store.change(rig.record(deal.remote_id), {"amount": "5"})
    assert seen(rig, deal) == "withdrawn"
    rig.clock.move(days=2)
    rig.move(deal.remote_id, "open")
    assert seen(rig, deal) == "open"
    rig.move(deal.remote_id, "lost")
    assert seen(rig, deal) == "lost"


def test_a_reason_that_is_there_is_left_alone(rig: HubSpotRig) -> None:
    deal = made(rig)
    rig.hubspot.store.change(rig.record(deal.remote_id), {"closed_lost_reason": "Too far away"})
    moved(rig, rig.again().find(DEAL, deal.key)[0], "withdrawn")
    assert rig.record(deal.remote_id).properties["closed_lost_reason"] == "Too far away"


def test_when_a_deal_was_moved_is_told_as_exactly_as_the_account_knows(rig: HubSpotRig) -> None:
    deal = made(rig)
    rig.clock.move(hours=3)
    rig.move(deal.remote_id, "lost")
    rig.clock.move(hours=3)
    rig.hubspot.store.touch(deal.remote_id)

    def told() -> str:
        (found,) = rig.again().find(DEAL, deal.key)
        return found.fields["stage_at"][0]

    assert told().startswith((START + timedelta(hours=3)).isoformat()[:16])
    rig.hubspot.store.erase(deal.remote_id, "hs_v2_date_entered_closedlost")
    assert told().startswith((START + timedelta(hours=3)).isoformat()[:16])
    rig.hubspot.store.erase(deal.remote_id, "closedate")
    assert told().startswith((START + timedelta(hours=6)).isoformat()[:16])


def test_a_deal_of_the_users_own_keeps_its_name_and_amount(rig: HubSpotRig) -> None:
    company = rig.add_company("Initech")
    own = rig.add_deal(company, "Chief of everything")
    rig.hubspot.store.change(rig.record(own), {"amount": "5"})
    found = rig.again().fetch(DEAL, own)
    assert found is not None
    key = application_key("i")
    stored = rig.again().update(found, {**found.fields, "company_ids": (company,)}, key)
    assert (stored.key, stored.fields.get("role", ())) == (key, ())
    kept = rig.record(own).properties
    assert (kept["dealname"], kept["amount"], kept["dealstage"]) == ("Chief of everything", "5", "contractsent")
    assert "afterview_role" not in kept
