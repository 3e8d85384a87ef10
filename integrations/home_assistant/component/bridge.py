"""A pass works in a thread of its own; what it wants of Home Assistant is done in the event loop.

Must never be called from the loop: it would wait for itself.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from homeassistant.core import HomeAssistant

from .sync.errors import NotReady

T = TypeVar("T")
LONGEST_S = 60.0


class Bridge:
    """The way from the thread into the loop. `closed`: nothing may be begun any more."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.closed = False

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the loop and wait for it. Raises what it raises, NotReady where it takes too long."""
        future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, LONGEST_S), self.hass.loop)
        return future.result()

    def stopping(self) -> bool:
        """Tell whether a pass should come to its end."""
        return self.closed or self.hass.is_stopping

    def refuse_when_stopping(self) -> None:
        """Begin no change that could not be kept any more."""
        if self.stopping():
            raise NotReady("Home Assistant is stopping; what is left is done after the next start.")
