"""The companion app: what rings with buttons, and what a button does."""

from typing import Any

import pytest
from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import async_mock_service

from .conftest import AFTER, DAY, DOMAIN, HOUR, MONDAY, House, interview

THANKS, ASKED = "Thank Ana Lima (Initech)", "Heard from Initech? Tick if it was a no."
EVENING = MONDAY.replace(hour=16, minute=1)  # 18:01 in Berlin


@pytest.fixture
async def phone(empty: House) -> tuple[House, list[ServiceCall]]:
    """A Home Assistant with a phone chosen."""
    calls = async_mock_service(empty.hass, "notify", "mobile_app_pixel")
    empty.entry = type(empty.entry)(
        domain=DOMAIN, unique_id=DOMAIN, data=empty.entry.data, options={"phone": "mobile_app_pixel"}
    )
    empty.calendar.events = [interview()]
    await empty.start()
    return empty, calls


async def press(house: House, action: str, words: str = "") -> None:
    told: dict[str, Any] = {"action": action, **({"reply_text": words} if words else {})}
    house.hass.bus.async_fire("mobile_app_notification_action", told)
    await house.settle()


async def test_a_ring_comes_once_with_buttons_that_work(phone: tuple[House, list[ServiceCall]]) -> None:
    house, calls = phone
    await house.at(AFTER)
    assert calls == []
    await house.at(EVENING)
    assert [call.data["title"] for call in calls] == [THANKS]
    buttons = {one["title"]: one["action"] for one in calls[0].data["data"]["actions"]}
    assert list(buttons) == ["Done", "Later"]
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.at(EVENING + HOUR / 6)
    assert len(calls) == 1
    await press(house, buttons["Done"])
    assert house.todo.titles() == [ASKED]
    await press(house, buttons["Later"])
    assert house.todo.titles() == [ASKED]


async def test_a_question_is_answered_on_the_phone(phone: tuple[House, list[ServiceCall]]) -> None:
    house, calls = phone
    await house.at(AFTER)
    await house.do("complete", follow_up=THANKS)
    await house.at(MONDAY + 10 * DAY)
    (asked,) = (call for call in calls if "Initech" in call.data["title"])
    buttons = [one["action"] for one in asked.data["data"]["actions"]]
    assert len(buttons) == 3
    await press(house, next(one for one in buttons if one.startswith("AFTERVIEW_NEXT_")))
    assert (await house.do("list_interviews"))["interviews"][0]["outcome"] == "advanced"


async def test_a_phone_that_does_not_answer_is_tried_again_later(phone: tuple[House, list[ServiceCall]]) -> None:
    house, calls = phone
    house.hass.services.async_remove("notify", "mobile_app_pixel")
    await house.at(EVENING)
    assert calls == []
    async_mock_service(house.hass, "notify", "mobile_app_pixel")
    later = async_mock_service(house.hass, "notify", "mobile_app_pixel")
    await house.at(EVENING + HOUR / 6)
    assert [call.data["title"] for call in later] == [THANKS]


async def test_a_phone_whose_answer_was_lost_does_not_ring_twice(phone: tuple[House, list[ServiceCall]]) -> None:
    house, _ = phone
    calls = async_mock_service(
        house.hass, "notify", "mobile_app_pixel", raise_exception=HomeAssistantError("gateway timeout")
    )
    await house.at(EVENING)
    await house.at(EVENING + HOUR)
    assert len(calls) == 1


async def test_buttons_of_the_blueprints_are_answered(house: House) -> None:
    await house.at(AFTER)
    found = {one["title"]: one["key"] for one in (await house.do("list_follow_ups"))["follow_ups"]}
    (met,) = (await house.do("list_interviews"))["interviews"]
    await press(house, "AFTERVIEW_NOTE_" + found[THANKS].upper().replace("-", "_"), "said hello")
    assert house.todo.titles() == [ASKED]
    await press(house, "AFTERVIEW_WAITING_" + met["key"].upper().replace("-", "_"))
    assert (await house.do("list_interviews"))["interviews"][0]["outcome"] is None
    await press(house, "AFTERVIEW_NO_" + met["key"].upper().replace("-", "_"))
    assert (await house.do("list_interviews"))["interviews"][0]["outcome"] == "no"


@pytest.mark.parametrize(
    "action", ["AFTERVIEW_", "AFTERVIEW_DONE_T_00", "AFTERVIEW_DONE_T_" + "0" * 32, "AFTERVIEW_X_Q" + "0" * 20, "OTHER"]
)
async def test_a_button_that_means_nothing_here_does_nothing(house: House, action: str) -> None:
    await house.at(AFTER)
    await press(house, action)
    assert house.todo.titles() == [ASKED, THANKS]
