"""How fast requests follow each other where a service counts them: a burst goes through, then one after the other."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """Turns of one client: `burst` at once, and `per_second` more with time."""

    burst: float
    per_second: float
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _left: float = field(init=False)
    _seen: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._left = self.burst

    def wait(self) -> None:
        """Wait until one more request may be sent."""
        at = self.now()
        if self._seen:
            self._left = min(self.burst, self._left + (at - self._seen) * self.per_second)
        self._seen = at
        if self._left < 1:
            self.sleep((1 - self._left) / self.per_second)
            self._seen = self.now()
            self._left = 1
        self._left -= 1
