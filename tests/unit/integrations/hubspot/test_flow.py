"""Set-up of a HubSpot account: the steps, what is asked first, and what goes wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from afterview.cli.wizard.answers import Answers
from afterview.cli.wizard.drive import drive
from afterview.cli.wizard.terminal import Terminal
from afterview.cli.wizard.texts import Texts
from afterview.integrations.flow import AccountDraft, FlowContext, Purpose, Step, StepKind
from afterview.integrations.hubspot.crm import open_crm
from afterview.integrations.hubspot.flow import SCOPES, Setup
from afterview.integrations.hubspot.shapes import OWN
from afterview.integrations.registry import Registry
from afterview.sync.errors import Refused
from afterview.sync.identity import company_key
from afterview.sync.model import RecordDraft, RecordKind
from tests.accounts import MovedClock, account, close
from tests.fakes.hubspot.schema import pipeline, stage
from tests.fakes.hubspot.server import KEY, HubSpot


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    made = HubSpot(MovedClock())
    yield made
    made.close()


def context(purpose: Purpose = Purpose.USER, **current: str) -> FlowContext:
    return FlowContext(purpose, "Europe/Berlin", MovedClock(), "crm", current, {"token": KEY} if current else {})


def texts() -> Texts:
    return Texts(Registry().manifest("hubspot").strings())


def draft_of(step: Step) -> AccountDraft:
    assert step.kind is StepKind.CREATE, step
    assert step.draft is not None
    return step.draft


def started(hubspot: HubSpot, **answers: Any) -> tuple[Setup, Step]:
    flow = Setup(hubspot.url)
    flow.start(context())
    return flow, flow.submit("connect", {"token": KEY, **answers})


def test_the_steps_find_the_users_stages_and_ask_before_anything_is_made(hubspot: HubSpot) -> None:
    flow, stages = started(hubspot)
    assert (stages.id, [one.key for one in stages.fields]) == ("stages", ["stage"])  # elsewhere there is no choice
    assert [one.label for one in stages.fields[0].choices] == ["Appointment scheduled", "Contract sent"]
    asked = flow.submit("stages", {"stage": "contractsent"})
    assert asked.id == "properties"
    assert '"Afterview: key"' in asked.placeholders["names"]
    assert hubspot.schema.own["contacts"] == {}
    draft = draft_of(flow.submit("properties", {"make": True}))
    assert draft.unique_id == "hubspot:4711"
    assert dict(draft.settings) == {
        "portal": "4711",
        "pipeline": "default",
        "stage": "contractsent",
        "url": hubspot.url,
    }
    assert draft.secrets == {"token": KEY}
    assert {name for own in hubspot.schema.own.values() for name in own} == {own.name for own in OWN}
    assert hubspot.schema.own["deals"]["afterview_id"]["hasUniqueValue"] is True
    assert hubspot.store.records == {}  # the trial leaves nothing
    entry = account(dict(draft.settings), integration="hubspot", token=KEY)
    book = open_crm(entry)
    assert book.create(RecordDraft(RecordKind.COMPANY, company_key("x"), {"name": ("X",)})).fields["name"] == ("X",)
    close(entry)


def test_without_our_properties_set_up_stops_and_makes_nothing(hubspot: HubSpot) -> None:
    flow, _ = started(hubspot)
    flow.submit("stages", {"stage": "contractsent"})
    stopped = flow.submit("properties", {"make": False})
    assert (stopped.kind, stopped.reason) == (StepKind.ABORT, "needs_properties")
    assert not any(hubspot.schema.own.values())


def test_a_choice_is_offered_where_there_is_one(hubspot: HubSpot) -> None:
    own = pipeline("p2", "Jobs", stage("in", "In", 0, "0.1"), stage("a", "No", 1, "0.0"), stage("b", "Left", 2, "0.0"))
    hubspot.schema.pipelines += [own, pipeline("p3", "Odd", stage("z", "Z", 0, "1.0"))]
    flow, lines = started(hubspot)
    assert (lines.id, [one.label for one in lines.fields[0].choices]) == ("pipeline", ["Jobs", "Sales Pipeline"])
    stages = flow.submit("pipeline", {"pipeline": "p2"})
    assert [one.key for one in stages.fields] == ["stage", "lost_stage", "withdrawn_stage"]
    wrong = flow.submit("stages", {"stage": "in", "lost_stage": "a", "withdrawn_stage": "a"})
    assert wrong.errors == {"withdrawn_stage": "same_stage"}
    flow.submit("stages", {"stage": "in", "lost_stage": "a", "withdrawn_stage": "b"})
    settings = draft_of(flow.submit("properties", {"make": True})).settings
    assert {**settings} == {
        "portal": "4711",
        "pipeline": "p2",
        "stage": "in",
        "lost_stage": "a",
        "withdrawn_stage": "b",
        "url": hubspot.url,
    }


def test_what_is_wrong_comes_back_as_the_same_step(hubspot: HubSpot) -> None:
    assert started(hubspot, token="pat-wrong")[1].errors == {"token": "invalid_auth"}
    hubspot.fail("details", 503)
    assert started(hubspot)[1].errors == {"base": "cannot_connect"}
    hubspot.schema.pipelines = []
    assert started(hubspot)[1].errors == {"base": "no_pipeline"}


def test_a_key_property_that_is_not_unique_is_refused(hubspot: HubSpot) -> None:
    given = {**OWN[0].definition(), "hasUniqueValue": False}
    hubspot.schema.make("contacts", given)
    _, step = started(hubspot)
    assert step.errors == {"base": "refused"}
    assert "not unique" in step.placeholders["reason"]


def test_every_permission_is_needed_and_named_when_it_lacks(hubspot: HubSpot) -> None:
    scopes = SCOPES.split(", ")
    assert len(scopes) == 12
    for scope in scopes:
        hubspot.keys = {KEY: frozenset(scopes) - {scope}}
        flow, step = started(hubspot)
        for name, answers in (("stages", {"stage": "contractsent"}), ("properties", {"make": True})):
            if step.id == name:
                step = flow.submit(name, answers)
        assert step.errors == {"base": "refused"}
        assert scope in step.placeholders["reason"]
        for own in hubspot.schema.own.values():
            own.clear()


def test_a_new_key_is_taken_if_it_is_the_same_accounts(hubspot: HubSpot) -> None:
    flow, _ = started(hubspot)
    flow.submit("stages", {"stage": "contractsent"})
    settings = dict(draft_of(flow.submit("properties", {"make": True})).settings)
    hubspot.keys = {"pat-second": None}
    again = Setup()
    assert again.start(context(Purpose.REAUTH, **settings)).id == "reauth"
    assert again.submit("reauth", {"token": KEY}).errors == {"token": "invalid_auth"}
    hubspot.portal = 4712
    assert again.submit("reauth", {"token": "pat-second"}).errors == {"token": "other_account"}
    hubspot.portal = 4711
    draft = draft_of(again.submit("reauth", {"token": " pat-second\n"}))
    assert (dict(draft.settings), draft.secrets) == (settings, {"token": "pat-second"})


def test_changing_the_set_up_begins_with_what_is_there(hubspot: HubSpot) -> None:
    flow, _ = started(hubspot)
    flow.submit("stages", {"stage": "contractsent"})
    settings = dict(draft_of(flow.submit("properties", {"make": True})).settings)
    again = Setup()
    again.start(context(Purpose.RECONFIGURE, **settings))
    stages = again.submit("connect", {"token": ""})
    assert stages.fields[0].default == "contractsent"
    draft = draft_of(again.submit("stages", {"stage": "appointmentscheduled"}))  # the properties are there
    assert draft.settings["stage"] == "appointmentscheduled"
    assert draft.secrets == {}


def test_a_file_of_answers_sets_it_up(hubspot: HubSpot, tmp_path: Path) -> None:
    path = tmp_path / "answers.toml"
    path.write_text(f'[answers]\ntoken = "{KEY}"\nstage = "Contract sent"\nmake = true\n', "utf-8")
    answers = Answers(path)
    draft = drive(Setup(hubspot.url), context(), answers, texts())
    answers.check_all_used()
    assert draft.settings["stage"] == "contractsent"
    path.write_text(f'[answers]\ntoken = "{KEY}x"\n', "utf-8")
    with pytest.raises(Refused, match="Copy it again from Development"):
        drive(Setup(hubspot.url), context(), Answers(path), texts())


def test_a_person_is_led_through_it_on_a_terminal(hubspot: HubSpot) -> None:
    with CliRunner().isolation(input=f"{KEY}x\n{KEY}\n2\ny\n") as shown:
        draft = drive(Setup(hubspot.url), context(), Terminal(), texts())
    said = " ".join(shown[0].getvalue().decode().split())
    assert draft.settings["stage"] == "contractsent"
    assert "Development, then Keys, then Service keys" in said
    assert "crm.objects.deals.write" in said
    assert "HubSpot does not accept this key." in said
    assert KEY not in said
