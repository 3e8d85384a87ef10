"""The way from a pass's thread into the event loop, where it could hang or do what cannot be kept."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from custom_components.afterview.bridge import Bridge
from custom_components.afterview.sync.errors import NotReady
from homeassistant.core import HomeAssistant


async def test_what_was_asked_may_itself_take_too_long(hass: HomeAssistant) -> None:
    async def work() -> None:
        raise TimeoutError("the list")

    with pytest.raises(TimeoutError, match="the list"):
        await hass.async_add_executor_job(Bridge(hass).run, work())


async def test_a_loop_that_has_ended_is_not_waited_for(hass: HomeAssistant) -> None:
    ended = asyncio.new_event_loop()
    asked = False

    async def work() -> None:
        nonlocal asked
        asked = True

    bridge = Bridge(cast("Any", SimpleNamespace(loop=ended, is_stopping=False)))
    with pytest.raises(NotReady, match="has ended"):
        await hass.async_add_executor_job(bridge.run, work())
    ended.close()
    assert not asked


async def test_once_closed_no_change_begins(hass: HomeAssistant) -> None:
    bridge = Bridge(hass)
    bridge.refuse_when_stopping()
    assert not bridge.stopping()
    bridge.close()
    assert bridge.stopping()
    bridge.wait(60)  # returns at once
    with pytest.raises(NotReady, match="is stopping"):
        bridge.refuse_when_stopping()
