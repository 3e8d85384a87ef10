"""From a calendar into a to-do list and back, inside Home Assistant."""

from homeassistant.components.todo import TodoItemStatus

from .conftest import AFTER, DAY, HOUR, MONDAY, House

THANKS, ASKED = "Thank Ana Lima (Initech)", "Heard from Initech? Tick if it was a no."


async def test_the_follow_ups_of_an_interview_appear_when_it_is_over(house: House) -> None:
    assert house.todo.titles() == []
    await house.at(AFTER)
    assert house.todo.titles() == [ASKED, THANKS]
    assert house.todo.only(THANKS).due == MONDAY + HOUR + DAY


async def test_a_tick_on_the_phone_is_taken_over(house: House) -> None:
    await house.at(AFTER)
    house.todo.phone(ASKED, status=TodoItemStatus.COMPLETED)
    await house.settle()
    await house.at(AFTER + HOUR)
    told = await house.do("list_interviews")
    assert told["interviews"][0]["outcome"] == "no"
