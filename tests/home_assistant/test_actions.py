"""The actions and what they answer."""

import pytest
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component

from .conftest import AFTER, DAY, DOMAIN, HOUR, MONDAY, House

THANKS, ASKED = "Thank Ana Lima (Initech)", "Heard from Initech? Tick if it was a no."


async def test_they_exist_without_an_entry_and_say_so(empty: House) -> None:
    assert await async_setup_component(empty.hass, DOMAIN, {})
    with pytest.raises(ServiceValidationError, match=r"not_loaded|not set up"):
        await empty.do("sync_now")


async def test_an_outcome_closes_the_question_and_opens_what_follows(house: House) -> None:
    await house.at(AFTER)
    told = await house.do("record_outcome", application="initech", outcome="no", note="too junior")
    assert (told["company"], told["recorded"]) == ("Initech", True)
    assert not (await house.do("record_outcome", application="Initech", outcome="no"))["recorded"]
    await house.at(AFTER + DAY)
    steps = {one["step"] for one in (await house.do("list_follow_ups"))["follow_ups"]}
    assert "feedback" in steps
    assert ASKED not in house.todo.titles()


async def test_an_event_can_be_corrected(house: House) -> None:
    await house.at(AFTER)
    (found,) = (await house.do("list_interviews"))["interviews"]
    assert (await house.do("set_interview", interview=found["key"], is_interview=False))["recorded"]
    assert (await house.do("list_interviews"))["interviews"] == []
    assert house.todo.titles() == []
    assert (await house.do("set_interview", interview=found["key"], is_interview=True))["recorded"]
    assert len((await house.do("list_interviews"))["interviews"]) == 1


async def test_a_follow_up_is_put_off_and_done(house: House) -> None:
    await house.at(AFTER)
    told = await house.do("snooze", follow_up=THANKS, **{"for": {"days": 3}})
    assert told["until"] == (AFTER + 3 * DAY).isoformat()
    assert house.todo.only(THANKS).due == AFTER + 3 * DAY
    with pytest.raises(ServiceValidationError):
        await house.do("snooze", follow_up=THANKS, until=AFTER - HOUR)
    await house.do("complete", follow_up=told["follow_up"][:12])
    assert house.todo.titles() == [ASKED]
    await house.do("complete", follow_up=ASKED, note="offer\nby mail")
    assert (await house.do("list_interviews"))["interviews"][0]["outcome"] == "offer"


async def test_advice_is_kept_thanked_for_and_pays_off(house: House) -> None:
    await house.at(AFTER)
    told = await house.do("record_advice", whom="Ana", note="Ask about the team first.")
    assert told["recorded"]
    assert any(one["step"] == "thank_advice" for one in (await house.do("list_follow_ups"))["follow_ups"])
    assert (await house.do("advice_paid_off", whom="Ana Lima"))["subject"] == told["subject"]
    assert any(one["step"] == "paid_off" for one in (await house.do("list_follow_ups"))["follow_ups"])
    with pytest.raises(ServiceValidationError):
        await house.do("advice_paid_off", whom="Nobody")


async def test_lists_and_drafts(house: House) -> None:
    await house.at(AFTER)
    found = (await house.do("list_follow_ups", due_before=MONDAY + 2 * DAY))["follow_ups"]
    assert [one["title"] for one in found] == [THANKS]
    draft = await house.do("draft_message", follow_up=found[0]["key"])
    assert "Hello Ana Lima, thank you for the conversation" in draft["text"]
    assert (await house.do("list_interviews", start=AFTER))["interviews"] == []
    assert (await house.do("sync_now", full=True)) == {"ok": True, "problem": None, "open": 2}


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("record_outcome", {"application": "Umbrella", "outcome": "no"}),
        ("record_outcome", {"application": "Initech", "outcome": "no", "at": AFTER + DAY}),
        ("set_interview", {"interview": "i-00", "is_interview": True}),
        ("complete", {"follow_up": "nothing of the kind"}),
        ("record_advice", {"whom": "Umbrella", "note": "x"}),
    ],
)
async def test_what_is_not_there_is_said(house: House, action: str, data: dict[str, object]) -> None:
    await house.at(AFTER)
    with pytest.raises(ServiceValidationError):
        await house.do(action, **data)
