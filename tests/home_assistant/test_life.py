"""Loading, stopping, trouble and what only a person can mend."""

import json
import logging
from datetime import datetime
from typing import Any

import pytest
from homeassistant.components.todo import TodoItemStatus
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from .conftest import AFTER, CALENDAR, DAY, DOMAIN, HOUR, LIST, MONDAY, House, interview

MINUTE = HOUR / 60
STORE = "afterview."


def issues(house: House) -> set[str]:
    return {one for domain, one in ir.async_get(house.hass).issues if domain == DOMAIN}


async def test_it_unloads_and_keeps_everything(house: House, hass_storage: dict[str, Any]) -> None:
    await house.at(AFTER)
    assert await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert house.entry.state is ConfigEntryState.NOT_LOADED
    stored = hass_storage[STORE + house.entry.entry_id]["data"]
    assert len(stored["tables"]["task"]["rows"]) == 2
    house.todo.phone("Thank", status=TodoItemStatus.COMPLETED)
    await house.at(AFTER + HOUR)
    assert await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.settle()
    assert house.state("sensor.afterview_open_follow_ups").state == "1"


async def test_removed_it_leaves_the_tasks_and_nothing_else(house: House, hass_storage: dict[str, Any]) -> None:
    await house.at(AFTER)
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    assert not [name for name in hass_storage if name.startswith(STORE)]
    assert len(house.todo.kept) == 2


async def test_a_store_that_cannot_be_read_stops_the_entry_and_writes_nothing(
    empty: House, hass_storage: dict[str, Any]
) -> None:
    name = STORE + empty.entry.entry_id
    broken = {"version": 1, "minor_version": 1, "key": name, "data": {"version": 99, "tables": {}}}
    hass_storage[name] = broken
    await empty.furnish()
    empty.entry.add_to_hass(empty.hass)
    assert not await empty.hass.config_entries.async_setup(empty.entry.entry_id)
    assert empty.entry.state is ConfigEntryState.SETUP_ERROR
    assert hass_storage[name] == broken


async def test_entities_that_come_up_later_are_waited_for(empty: House) -> None:
    empty.todo._attr_available = empty.calendar._attr_available = False
    empty.calendar.events = [interview()]
    await empty.start()
    assert empty.state("binary_sensor.afterview_problem").state == "on"
    assert not issues(empty)
    for entity in (empty.calendar, empty.todo):
        entity._attr_available = True
        entity.async_write_ha_state()
    await empty.at(AFTER - 3 * DAY)
    assert empty.state("binary_sensor.afterview_problem").state == "off"
    assert len((await empty.do("list_interviews"))["interviews"]) == 1


async def test_a_lost_calendar_is_logged_once_and_becomes_a_repair(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    async def gone(*_: Any) -> Any:
        raise TimeoutError

    working, house.calendar.async_get_events = house.calendar.async_get_events, gone  # type: ignore[method-assign]  # theirs
    caplog.set_level(logging.INFO, "custom_components.afterview")
    for minutes in (6, 12, 18, 24):
        await house.at(MONDAY + minutes * MINUTE)
    assert house.state("binary_sensor.afterview_problem").state == "on"
    assert CALENDAR in house.state("binary_sensor.afterview_problem").attributes["reason"]
    assert issues(house) == {"unreachable"}
    house.calendar.async_get_events = working  # type: ignore[method-assign]  # the same
    await house.at(MONDAY + 2 * HOUR)
    assert not issues(house)
    ours = [one.levelname for one in caplog.records if one.name.startswith("custom_components.afterview")]
    assert ours.count("WARNING") == 1
    assert house.todo.titles()


async def test_deletions_too_many_to_believe_are_held_until_a_person_agrees(house: House) -> None:
    assert await async_setup_component(house.hass, "repairs", {})
    house.calendar.events = [
        interview(f"u{n}", MONDAY + n * HOUR, f"Company{chr(65 + n)}", f"Ana {chr(65 + n)}x") for n in range(6)
    ]
    await house.at(MONDAY - HOUR)
    await house.at(MONDAY + 8 * HOUR)
    kept = len(house.todo.titles())
    assert kept > 6
    for item in list(house.todo.kept.values())[:-1]:
        del house.todo.kept[str(item.uid)]
    house.todo.phone(house.todo.titles()[0])
    await house.settle()
    assert issues(house) == {f"deletions_held_{LIST}"}
    assert house.state("sensor.afterview_open_follow_ups").state == str(kept)
    flows = house.hass.data["repairs"]["flow_manager"]
    shown = await flows.async_init(DOMAIN, data={"issue_id": f"deletions_held_{LIST}"})
    assert (shown["step_id"], shown["description_placeholders"]) == ("confirm", {"name": LIST})
    await flows.async_configure(shown["flow_id"], {})
    await house.settle()
    assert not issues(house)
    assert house.state("sensor.afterview_open_follow_ups").state == "1"


async def test_diagnostics_tell_no_secret(house: House) -> None:
    from custom_components.afterview.diagnostics import async_get_config_entry_diagnostics

    await house.at(AFTER)
    told = json.dumps(await async_get_config_entry_diagnostics(house.hass, house.entry))
    assert '"thank_you open": 1' in told
    assert not [word for word in ("Initech", "Ana", "Lima", "hiring", "example.org") if word in told]


async def test_quiet_passes_write_nothing(house: House, hass_storage: dict[str, Any]) -> None:
    await house.at(AFTER)
    name = STORE + house.entry.entry_id
    hass_storage[name] = {"mark": "not written since"}
    await house.at(AFTER + 6 * MINUTE)
    await house.at(AFTER + 12 * MINUTE)
    assert hass_storage[name] == {"mark": "not written since"}


async def test_a_ring_after_a_long_sleep_comes_late_rather_than_never(house: House) -> None:
    assert await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.at(MONDAY + 3 * DAY)
    assert await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.settle()
    due = house.todo.only("Thank").due
    assert isinstance(due, datetime)
    assert house.state("event.afterview_activity").attributes["event_type"] in {
        "follow_up_overdue",
        "outcome_requested",
    }
