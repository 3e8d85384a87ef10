"""A pass works in a thread of its own; what it wants of Home Assistant is done in the event loop.

Must never be called from the loop: it would wait for itself.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from homeassistant.core import HomeAssistant

from .sync.errors import NotReady

T = TypeVar("T")
LONGEST_S = 60.0  # for one question to an integration
_LOOK_S = 1.0


class Bridge:
    """The way from the thread into the loop."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self._closed = threading.Event()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the loop and wait for it. Raises what it raises, NotReady where the loop has ended."""
        future = asyncio.run_coroutine_threadsafe(work, self.hass.loop)
        while True:
            try:
                return future.result(_LOOK_S)
            except TimeoutError:
                if future.done():
                    return future.result()
                if not self.hass.loop.is_running():
                    future.cancel()
                    raise NotReady("Home Assistant has ended; what is left is done after the next start.") from None

    def close(self) -> None:
        """Let what is under way come to its end, and nothing new begin."""
        self._closed.set()

    def wait(self, seconds: float) -> None:
        """Wait in the thread; no longer once we are to stop."""
        self._closed.wait(seconds)

    def stopping(self) -> bool:
        """Tell whether a pass should come to its end."""
        return self._closed.is_set() or self.hass.is_stopping

    def refuse_when_stopping(self) -> None:
        """Begin no change that could not be kept any more."""
        if self.stopping():
            raise NotReady("Home Assistant is stopping; what is left is done after the next start.")
