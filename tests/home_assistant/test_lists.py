"""Lists as they are: late, forgetful, without times or descriptions, and ends at the worst moment."""

import copy
from typing import Any

import pytest
from homeassistant.components.todo import TodoItemStatus, TodoListEntityFeature
from homeassistant.exceptions import HomeAssistantError

from .conftest import AFTER, DAY, HOUR, MONDAY, House

THANKS, ASKED = "Thank Ana Lima (Initech)", "Heard from Initech? Tick if it was a no."


@pytest.mark.parametrize("late", [1, 3])
async def test_a_list_that_shows_late_gets_everything_once(house: House, late: int) -> None:
    house.todo.late = late
    await house.at(AFTER)
    for minutes in (6, 12, 30):
        await house.at(AFTER + minutes * HOUR / 60)
    assert house.todo.titles() == [ASKED, THANKS]
    assert house.todo.log == ["add", "add"]


async def test_an_error_after_the_item_was_added_adds_no_second_one(house: House) -> None:
    house.todo.fails = [HomeAssistantError("timed out"), HomeAssistantError("timed out")]
    await house.at(AFTER)
    await house.at(AFTER + 30 * HOUR / 60)
    assert house.todo.titles() == [ASKED, THANKS]


async def test_nothing_is_doubled_by_a_reload(house: House) -> None:
    await house.at(AFTER)
    for _ in range(2):
        assert await house.hass.config_entries.async_reload(house.entry.entry_id)
        await house.settle()
    assert house.todo.log == ["add", "add"]


async def test_nothing_is_doubled_by_a_sudden_end_between_adding_and_knowing(
    house: House, hass_storage: dict[str, Any]
) -> None:
    """What is stored when the list is asked to add is all that is left of us."""
    left: list[dict[str, Any]] = []
    store = house.todo._store

    def remembering(what: str, uid: str, item: Any) -> None:
        left.append(copy.deepcopy(hass_storage))
        store(what, uid, item)

    house.todo._store = remembering  # type: ignore[method-assign]  # the list, not our code
    await house.at(AFTER)
    for stored in left:
        await house.hass.config_entries.async_unload(house.entry.entry_id)
        hass_storage.clear()
        hass_storage.update(stored)
        await house.hass.config_entries.async_setup(house.entry.entry_id)
        await house.settle()
    assert len(left) == 2
    assert house.todo.titles() == [ASKED, THANKS]


async def test_without_anything_stored_the_items_are_recognised_by_their_marks(
    house: House, hass_storage: dict[str, Any]
) -> None:
    await house.at(AFTER)
    house.todo.phone(THANKS, due=MONDAY + 5 * DAY)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    hass_storage.clear()
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await house.settle()
    await house.at(AFTER + HOUR)
    assert house.todo.titles() == [ASKED, THANKS]
    assert house.todo.only(THANKS).due == MONDAY + 5 * DAY
    assert house.todo.log == ["add", "add"]


async def test_in_a_list_that_drops_what_is_ticked_vanishing_is_a_tick(empty: House) -> None:
    empty.entry = type(empty.entry)(
        domain="afterview", unique_id="afterview", data={**empty.entry.data, "vanishing": True}, options={}
    )
    empty.todo.drops_done = True
    await empty.start()
    empty.calendar.events = [_interview()]
    await empty.at(MONDAY - HOUR)
    await empty.at(AFTER)
    empty.todo.phone(ASKED, status=TodoItemStatus.COMPLETED)
    await empty.settle()
    for minutes in (6, 12, 20):
        await empty.at(AFTER + minutes * HOUR / 60)
    assert (await empty.do("list_interviews"))["interviews"][0]["outcome"] == "no"


def _interview() -> Any:
    from .conftest import interview

    return interview()


async def test_a_list_of_dates_gets_dates(empty: House) -> None:
    empty.todo._attr_supported_features &= ~TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM
    empty.calendar.events = [_interview()]
    await empty.start()
    await empty.at(AFTER)
    assert str(empty.todo.only(THANKS).due) == "2026-09-08"
    await empty.at(AFTER + HOUR)
    assert empty.todo.log == ["add", "add"]


async def test_a_list_without_descriptions_is_kept_by_titles(empty: House) -> None:
    empty.todo._attr_supported_features &= ~TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
    empty.calendar.events = [_interview()]
    await empty.start()
    await empty.at(AFTER)
    await empty.at(AFTER + HOUR)
    assert empty.todo.titles() == [ASKED, THANKS]
    empty.todo.phone(THANKS, status=TodoItemStatus.COMPLETED)
    await empty.settle()
    await empty.at(AFTER + 2 * HOUR)
    assert empty.todo.titles() == [ASKED]


async def test_items_of_the_users_own_are_left_alone(house: House) -> None:
    from homeassistant.components.todo import TodoItem

    mine = TodoItem(summary="Thank grandma", uid="mine", status=TodoItemStatus.NEEDS_ACTION, description="av: or not")
    house.todo.kept["mine"] = mine
    await house.at(AFTER)
    await house.at(AFTER + DAY)
    assert house.todo.kept["mine"] == mine
