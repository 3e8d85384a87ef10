"""What the entities show, and what happens when somebody uses them."""

from datetime import timedelta
from typing import Any

from homeassistant.core import Event, callback
from homeassistant.helpers import entity_registry as er

from .conftest import AFTER, DAY, HOUR, MONDAY, House, interview

FOLLOW_UPS = "todo.afterview_follow_ups"
THANKS, ASKED = "Thank Ana Lima (Initech)", "Heard from Initech? Tick if it was a no."


async def items(house: House) -> dict[str, dict[str, Any]]:
    found = await house.hass.services.async_call(
        "todo", "get_items", {}, target={"entity_id": FOLLOW_UPS}, blocking=True, return_response=True
    )
    return {one["summary"]: one for one in found[FOLLOW_UPS]["items"]}


async def test_every_entity_has_a_name_an_id_and_a_place(house: House) -> None:
    registry = er.async_get(house.hass)
    found = er.async_entries_for_config_entry(registry, house.entry.entry_id)
    assert {one.entity_id: (one.entity_category or "", one.translation_key) for one in found} == {
        "binary_sensor.afterview_problem": ("diagnostic", "problem"),
        "button.afterview_sync_now": ("diagnostic", "sync_now"),
        "calendar.afterview_interviews": ("", "interviews"),
        "event.afterview_activity": ("", "activity"),
        "sensor.afterview_awaiting_outcome": ("", "awaiting_outcome"),
        "sensor.afterview_last_sync": ("diagnostic", "last_sync"),
        "sensor.afterview_next_interview": ("", "next_interview"),
        "sensor.afterview_open_follow_ups": ("", "open_follow_ups"),
        "todo.afterview_follow_ups": ("", "follow_ups"),
    }
    assert len({one.unique_id for one in found}) == len(found) == len([one for one in found if one.device_id])


async def test_the_sensors_tell_how_things_stand(house: House) -> None:
    assert house.state("sensor.afterview_next_interview").state == MONDAY.isoformat()
    assert house.state("sensor.afterview_next_interview").attributes["company"] == "Initech"
    assert house.state("sensor.afterview_next_interview").attributes["device_class"] == "timestamp"
    await house.at(AFTER)
    assert house.state("sensor.afterview_next_interview").state == "unknown"
    assert house.state("sensor.afterview_open_follow_ups").state == "2"
    assert house.state("sensor.afterview_awaiting_outcome").state == "1"
    assert house.state("sensor.afterview_last_sync").state == AFTER.isoformat()
    assert house.state("todo.afterview_follow_ups").state == "2"
    await house.at(AFTER + 2 * DAY)
    assert house.state("sensor.afterview_open_follow_ups").attributes["overdue"] == 1


async def test_a_tick_in_our_own_view_ticks_the_list(house: House) -> None:
    await house.at(AFTER)
    await house.ask("update_item", FOLLOW_UPS, item=THANKS, status="completed")
    assert house.todo.titles() == [ASKED]
    assert list(await items(house)) == [ASKED]


async def test_another_due_time_there_moves_the_item(house: House) -> None:
    await house.at(AFTER)
    later = MONDAY + 4 * DAY
    await house.ask("update_item", FOLLOW_UPS, item=THANKS, due_datetime=later.isoformat())
    assert house.todo.only(THANKS).due == later
    await house.ask("update_item", FOLLOW_UPS, item=THANKS, due_date=str((later + DAY).date()))
    assert house.todo.only(THANKS).due == later + DAY


async def test_words_there_become_a_note_in_the_list(house: House) -> None:
    await house.at(AFTER)
    text = (await items(house))[THANKS]["description"]
    await house.ask("update_item", FOLLOW_UPS, item=THANKS, description=f"mention the view\n{text}")
    assert str(house.todo.only(THANKS).description).startswith("mention the view\n")
    assert "av:T" in str(house.todo.only(THANKS).description)
    await house.ask("update_item", FOLLOW_UPS, item=THANKS, rename="Write to Ana")
    assert house.todo.titles() == [ASKED, "Write to Ana"]


async def test_deleted_there_is_given_up_for_good(house: House) -> None:
    await house.at(AFTER)
    await house.ask("remove_item", FOLLOW_UPS, item=[THANKS])
    await house.at(AFTER + DAY)
    assert house.todo.titles() == [ASKED]
    assert house.todo.log.count("add") == 2


async def test_the_calendar_shows_interviews_and_deadlines(house: House) -> None:
    await house.at(AFTER)
    found = await house.hass.services.async_call(
        "calendar",
        "get_events",
        {"start_date_time": MONDAY - DAY, "end_date_time": MONDAY + 3 * DAY},
        target={"entity_id": "calendar.afterview_interviews"},
        blocking=True,
        return_response=True,
    )
    titles = [one["summary"] for one in found["calendar.afterview_interviews"]["events"]]
    assert titles == ["Job interview with Initech - hiring manager", THANKS]


async def test_the_event_tells_what_has_happened_once_each(house: House) -> None:
    told: list[str] = []

    @callback
    def heard(event: Event) -> None:
        if event.data["entity_id"] == "event.afterview_activity":
            told.append(event.data["new_state"].attributes.get("event_type"))

    house.hass.bus.async_listen("state_changed", heard)
    house.calendar.events.append(interview("u2", MONDAY + 3 * DAY, "Globex", "Cy Moss"))
    await house.at(MONDAY - HOUR)
    house.calendar.events[1] = interview("u2", MONDAY + 4 * DAY, "Globex", "Cy Moss")
    await house.at(MONDAY - HOUR / 2)
    await house.at(AFTER)
    await house.do("record_outcome", application="Initech", outcome="no")
    await house.at(AFTER + timedelta(hours=8))
    assert told[:3] == ["interview_detected", "interview_moved", "interview_ended"]
    assert sorted(told[3:6]) == ["follow_up_created", "follow_up_created", "outcome_requested"]
    assert told.count("outcome_recorded") == 1
    assert "follow_up_due" in told[6:]
    before = len(told)
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.settle()
    assert [one for one in told[before:] if one] in ([], told[before - 1 : before])


async def test_the_button_makes_a_pass(house: House) -> None:
    house.calendar.events.append(interview("u2", MONDAY + DAY, "Globex", "Cy Moss"))
    await house.ask("press", "button.afterview_sync_now")
    assert len((await house.do("list_interviews"))["interviews"]) == 2
