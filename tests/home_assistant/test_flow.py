"""The set-up as a person goes through it: forms, what is wrong with an answer, options, reconfiguring."""

from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.todo import TodoListEntityFeature
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import async_mock_service

from .conftest import CALENDAR, DOMAIN, LIST, House

PLACES = {"calendars": [CALENDAR], "list": LIST, "vanishing": False}
PLAYBOOK = {
    **dict.fromkeys(("thank_you", "ask_outcome", "feedback", "thank_advice", "paid_off", "check_in"), True),
    "prepare": False,
    "thank_you_hours": 48.0,
    "ask_outcome_days": 5.0,
    "check_in_months": 3.0,
    "quiet_start": "22:00:00",
    "quiet_end": "07:30:00",
}


async def begin(hass: HomeAssistant) -> Any:
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})


async def answer(hass: HomeAssistant, shown: Any, given: dict[str, Any]) -> Any:
    return await hass.config_entries.flow.async_configure(shown["flow_id"], given)


async def test_from_the_first_form_to_a_loaded_entry(empty: House) -> None:
    await empty.furnish()
    async_mock_service(empty.hass, "notify", "mobile_app_pixel")
    shown = await begin(empty.hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "user")
    shown = await answer(empty.hass, shown, {**PLACES, "emails": ["hannah@example.org"]})
    assert shown["step_id"] == "playbook"
    shown = await answer(empty.hass, shown, PLAYBOOK)
    assert shown["step_id"] == "phone"
    made = await answer(empty.hass, shown, {"phone": "mobile_app_pixel", "brief": "07:30:00", "blueprints": False})
    await empty.settle()
    assert made["type"] is FlowResultType.CREATE_ENTRY
    entry = made["result"]
    assert entry.data == {**PLACES, "emails": ["hannah@example.org"], "words": []}
    assert entry.options["thank_you_hours"] == 48
    assert (entry.options["phone"], entry.options["brief"]) == ("mobile_app_pixel", "07:30")
    assert empty.state("binary_sensor.afterview_problem").state == "off"
    again = await begin(empty.hass)
    assert (again["type"], again["reason"]) == (FlowResultType.ABORT, "single_instance_allowed")


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"calendars": []}, {"calendars": "no_calendar"}),
        ({"list": "todo.nowhere"}, {"list": "list_missing"}),
        ({"emails": ["hannah"]}, {"emails": "not_an_address"}),
        ({"words": ["**"]}, {"words": "not_a_word"}),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_can_be_mended(
    empty: House, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    await empty.furnish()
    shown = await answer(empty.hass, await begin(empty.hass), {**PLACES, **wrong})
    assert shown["errors"] == errors
    shown = await answer(empty.hass, shown, PLACES)
    assert shown["step_id"] == "playbook"


@pytest.mark.parametrize("lacking", [TodoListEntityFeature.DELETE_TODO_ITEM, TodoListEntityFeature.UPDATE_TODO_ITEM])
async def test_a_list_that_cannot_hold_follow_ups_is_refused(empty: House, lacking: TodoListEntityFeature) -> None:
    empty.todo._attr_supported_features &= ~lacking
    await empty.furnish()
    shown = await answer(empty.hass, await begin(empty.hass), PLACES)
    assert shown["errors"] == {"list": "list_lacks"}


async def test_our_own_view_is_no_list_to_write_to(house: House) -> None:
    shown = await house.entry.start_reconfigure_flow(house.hass)
    shown = await answer(house.hass, shown, {**PLACES, "list": "todo.afterview_follow_ups"})
    assert shown["errors"] == {"list": "list_own"}


async def test_calendars_and_list_can_be_changed(house: House) -> None:
    shown = await house.entry.start_reconfigure_flow(house.hass)
    assert shown["step_id"] == "reconfigure"
    done = await answer(house.hass, shown, {**PLACES, "words": ["kennenlernen"]})
    await house.settle()
    assert done["reason"] == "reconfigure_successful"
    assert house.entry.data["words"] == ["kennenlernen"]
    assert house.state("sensor.afterview_open_follow_ups").state == "0"


async def test_options_change_the_playbook_and_bring_the_blueprints(house: House, tmp_path: Path) -> None:
    house.hass.config.config_dir = str(tmp_path)
    flow = house.hass.config_entries.options
    shown = await flow.async_init(house.entry.entry_id)
    shown = await flow.async_configure(shown["flow_id"], {**PLAYBOOK, "feedback": False})
    done = await flow.async_configure(shown["flow_id"], {"phone": "", "blueprints": True})
    await house.settle()
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert house.entry.options["feedback"] is False
    copied = {path.name for path in (tmp_path / "blueprints" / "automation" / DOMAIN).iterdir()}
    assert copied == {"follow_up_due.yaml", "how_did_it_go.yaml", "morning_brief.yaml"}
