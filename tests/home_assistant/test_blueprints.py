"""The blueprints, each as an automation made from it."""

from pathlib import Path
from typing import Any

import pytest
from custom_components.afterview.blueprint import SHIPPED
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from .conftest import AFTER, DAY, DOMAIN, HOUR, MONDAY, House

ACTIVITY = {"activity": "event.afterview_activity", "phone": "notify.mobile_app_pixel"}
INPUTS: dict[str, dict[str, Any]] = {
    "how_did_it_go.yaml": {**ACTIVITY, "wait": {"seconds": 0}},
    "follow_up_due.yaml": ACTIVITY,
    "morning_brief.yaml": {"phone": "notify.mobile_app_pixel", "at": "07:30:00"},
}


@pytest.fixture
def expected_lingering_timers() -> bool:
    """The morning's time of day is waited for as long as the automation is there."""
    return True


@pytest.fixture
async def calls(house: House, tmp_path: Path) -> list[ServiceCall]:
    """Every blueprint in use, and what reaches the phone."""
    folder = tmp_path / "blueprints" / "automation" / DOMAIN
    folder.mkdir(parents=True)
    for path in SHIPPED.glob("*.yaml"):
        (folder / path.name).write_text(path.read_text("utf-8"), "utf-8")
    house.hass.config.config_dir = str(tmp_path)
    found = async_mock_service(house.hass, "notify", "mobile_app_pixel")
    assert await _use(house.hass)
    await house.settle()
    return found


async def _use(hass: HomeAssistant) -> bool:
    made = [
        {"alias": name.removesuffix(".yaml"), "use_blueprint": {"path": f"{DOMAIN}/{name}", "input": given}}
        for name, given in INPUTS.items()
    ]
    return await async_setup_component(hass, "automation", {"automation": made})


async def test_all_of_them_are_in_use(house: House, calls: list[ServiceCall]) -> None:
    assert {path.name for path in SHIPPED.glob("*.yaml")} == set(INPUTS)
    for name in INPUTS:
        assert house.state(f"automation.{name.removesuffix('.yaml')}").state == "on"


async def test_the_phone_is_asked_and_its_buttons_answer(house: House, calls: list[ServiceCall]) -> None:
    await house.at(AFTER)
    (asked,) = (call for call in calls if call.data["title"] == "How did it go?")
    assert asked.data["message"] == "Job interview with Initech - hiring manager"
    button = next(one["action"] for one in asked.data["data"]["actions"] if "_NO_" in one["action"])
    house.hass.bus.async_fire("mobile_app_notification_action", {"action": button})
    await house.settle()
    assert (await house.do("list_interviews"))["interviews"][0]["outcome"] == "no"


async def test_what_is_due_is_told_with_buttons(house: House, calls: list[ServiceCall]) -> None:
    await house.at(AFTER)
    await house.at(MONDAY + 9 * HOUR)
    told = [call for call in calls if call.data["title"] == "Thank Ana Lima (Initech)"]
    assert len(told) == 1
    done = told[0].data["data"]["actions"][0]["action"]
    house.hass.bus.async_fire("mobile_app_notification_action", {"action": done})
    await house.settle()
    assert "Thank Ana Lima (Initech)" not in house.todo.titles()


async def test_the_morning_is_silent_unless_there_is_something(house: House, calls: list[ServiceCall]) -> None:
    await house.at(MONDAY.replace(hour=5, minute=30, second=1) - 2 * DAY)
    assert calls == []
    await house.at(MONDAY.replace(hour=5, minute=30, second=1))
    assert [call.data["message"].strip() for call in calls] == ["10:00 Job interview with Initech - hiring manager"]
