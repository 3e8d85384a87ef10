"""Afterview's set-up flows in Home Assistant's own dialogue, each walk of tests/walks/table.py; no answer is left out."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import voluptuous as vol
from custom_components.afterview.adapters.flow import AccountDraft, FlowContext, Purpose
from custom_components.afterview.walk import Walk
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.core import Event, HomeAssistant
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED
from homeassistant.data_entry_flow import FlowResultType as Shown
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

from .remote import Remote, RemoteSetup

DOMAIN = "walked"
PERSON_S = 10  # at the longest, until a page has brought somebody back
NAMES = [
    *("caldav", "caldav_again", "caldav_changed", "carddav", "carddav_again", "carddav_changed"),
    *("google", "google_again", "google_changed", "ics", "ics_again", "ics_changed", "apprise", "apprise_again"),
    *("hubspot", "hubspot_again", "hubspot_changed", "tryton", "tryton_again", "tryton_changed"),
    *("home", "home_again", "home_changed"),
    *("component", "component_changed", "component_options", "every_kind", "every_kind_stopped"),
]
ENDS = {Shown.CREATE_ENTRY, Shown.ABORT}


class WalkedFlow(ConfigFlow):
    """What an integration would need to be set up in Home Assistant."""

    remote: Remote
    _walk: Walk | None = None

    def __getattr__(self, name: str) -> Any:
        step = name.removeprefix("async_step_")
        if step == name:
            raise AttributeError(name)

        async def async_step(user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
            if self._walk is not None:
                return await self._walk.async_go_on(step, user_input)
            self._walk = Walk(self, RemoteSetup(self.remote), self._async_finish, in_thread=True)
            return await self._walk.async_begin(FlowContext(Purpose.USER, "Europe/Berlin", dt_util.utcnow))

        return async_step

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        found: ConfigFlowResult = await self.__getattr__("async_step_user")(user_input)
        return found

    async def _async_finish(self, draft: AccountDraft) -> ConfigFlowResult:
        data = {**draft.settings, **draft.secrets}
        if self.source == "reauth":
            return self.async_update_reload_and_abort(self._get_reauth_entry(), data=data)
        if self.source == "reconfigure":
            return self.async_update_reload_and_abort(self._get_reconfigure_entry(), data=data)
        await self.async_set_unique_id(draft.unique_id)
        self._abort_if_unique_id_configured()
        return self.async_create_entry(title=draft.title, data=data)

    def async_remove(self) -> None:
        if self._walk is not None:
            self._walk.close()


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    found = Remote()
    yield found
    found.close()


async def _begin(hass: HomeAssistant, entry: MockConfigEntry, purpose: str) -> Any:
    if purpose == Purpose.REAUTH:
        return await entry.start_reauth_flow(hass)
    if purpose == Purpose.RECONFIGURE:
        return await entry.start_reconfigure_flow(hass)
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})


def _given(shown: Any, answers: dict[str, Any]) -> dict[str, Any]:
    """Return what the dialogue sends: what it offered, and what was typed over it."""
    found: dict[str, Any] = {}
    for marker in shown["data_schema"].schema:
        offered = (marker.description or {}).get("suggested_value")
        if offered is None and not isinstance(marker.default, vol.Undefined):
            offered = marker.default()
        if offered is not None:
            found[marker.schema] = offered
    return found | answers


class Dialogue:
    """Home Assistant's pages: they show a step, send its answer, and look again when they are told to."""

    def __init__(self, hass: HomeAssistant, remote: Remote) -> None:
        self._hass = hass
        self._remote = remote
        self._told: asyncio.Queue[Event[Any]] = asyncio.Queue()
        self.close = hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, self._told.put)

    async def ask(self, do: str, **what: Any) -> Any:
        return await self._hass.async_add_executor_job(lambda: self._remote.ask(do, **what))

    async def answer(self, shown: Any, turn: dict[str, Any]) -> Any:
        """Answer a step as it is shown."""
        flow, how = self._hass.config_entries.flow, turn["visits"]
        if shown["type"] is Shown.MENU:
            return await flow.async_configure(shown["flow_id"], {"next_step_id": turn["answers"]["option"]})
        if shown["type"] is Shown.EXTERNAL_STEP:
            await self.ask("follow", target=await self.ask("visit", page=shown["url"], how=how))
        if shown["type"] in {Shown.EXTERNAL_STEP, Shown.SHOW_PROGRESS}:
            await asyncio.wait_for(self._told.get(), PERSON_S)
            return await flow.async_configure(shown["flow_id"])
        answers = turn["answers"]
        if how in {"agrees", "refuses"}:
            page = shown["description_placeholders"]["url"]
            answers = {"address": await self.ask("visit", page=page, how=how)}
        return await flow.async_configure(shown["flow_id"], _given(shown, answers))


def _prepared(hass: HomeAssistant, remote: Remote) -> tuple[MockConfigEntry, type[WalkedFlow]]:
    """Make an integration that is set up by these flows, with one entry."""
    mock_integration(hass, MockModule(DOMAIN))
    mock_platform(hass, f"{DOMAIN}.config_flow", None)
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    return entry, type("Flow", (WalkedFlow,), {"remote": remote, "VERSION": 1})


@pytest.mark.parametrize("name", NAMES)
async def test_a_person_in_home_assistant(hass: HomeAssistant, socket_enabled: None, remote: Remote, name: str) -> None:
    entry, flow = _prepared(hass, remote)
    dialogue = Dialogue(hass, remote)
    walk = await dialogue.ask("walk", name=name)
    seen: set[Shown] = set()
    with mock_config_flow(DOMAIN, flow):
        shown = await _begin(hass, entry, walk["purpose"])
        for turn in walk["turns"]:
            assert (shown["type"] in ENDS, shown["step_id"]) == (False, turn["step"]), shown
            assert (shown.get("errors") or {}) == turn["errors"]
            seen.add(shown["type"])
            shown = await dialogue.answer(shown, turn)
        dialogue.close()
        await hass.async_block_till_done()
    if walk["aborts"]:
        assert (shown["type"], shown["reason"]) == (Shown.ABORT, walk["aborts"])
        return
    made = dict(shown["result"].data if shown["type"] is Shown.CREATE_ENTRY else entry.data)
    assert {**made, **walk["settings"]} == made
    if name == "every_kind":
        assert seen == {Shown.FORM, Shown.MENU, Shown.SHOW_PROGRESS}
    if name == "google":
        assert Shown.EXTERNAL_STEP in seen


def test_no_walk_is_left_out(remote: Remote) -> None:
    assert remote.ask("names") == NAMES


async def test_a_dialogue_that_is_closed_waits_for_nothing(
    hass: HomeAssistant, socket_enabled: None, remote: Remote
) -> None:
    entry, flow = _prepared(hass, remote)
    dialogue = Dialogue(hass, remote)
    walk = await dialogue.ask("walk", name="google_again")
    with mock_config_flow(DOMAIN, flow):
        shown = await dialogue.answer(await _begin(hass, entry, walk["purpose"]), walk["turns"][0])
        assert shown["type"] is Shown.EXTERNAL_STEP
        (waiting,) = (task for task in asyncio.all_tasks() if task.get_name() == "afterview sign-in")
        hass.config_entries.flow.async_abort(shown["flow_id"])
        await asyncio.wait([waiting])
    dialogue.close()
    assert waiting.cancelled()
