"""What goes wrong on the way between Afterview and a server, by a seed; the same seed brings the same faults."""

import random
from collections import Counter
from dataclasses import dataclass, field

from tests.gate import WRITES, Answer, Break

_HOTEL = Answer(200, b"<html>Sign in to the network of this hotel</html>", {"Content-Type": "text/html"})
_LATER = (Answer(503, b"", {"Retry-After": "1200"}), Answer(429, b"slow down", {"Retry-After": "7200"}))
_ANY = (Break.DROP_BEFORE, Break.DROP_AFTER, Break.CUT, Break.RESET, Break.DELAY, Answer(500, b"oops"), Answer(502))
READS = (*_ANY, *_LATER, _HOTEL)
CHANGES = (
    *_ANY,
    *_LATER,
    Break.LATE,
    Break.LATE,
    Break.TWICE,
    Break.TWICE,
    Break.FAILED_AFTER,
    Break.BUSY_AFTER,
    Answer(412, b"changed"),
    Answer(409, b"conflict"),
)
SIGN_IN = (Break.DROP_BEFORE, Break.DROP_AFTER, Break.CUT, Break.RESET, Answer(500), Answer(503))
IN_A_ROW = 3  # then one request gets through, so that lives come to an end


@dataclass
class Faults:
    """A schedule of faults for a gate: `gate.weather = Faults(seed)`. How many of a hundred reads and writes suffer."""

    seed: int
    reads: int = 8
    writes: int = 45
    struck: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 -- the same seed, the same faults
        self._row = 0

    def __call__(self, method: str, path: str) -> Break | Answer | None:
        """Say what happens to a request, None if it passes."""
        changes = method in WRITES and not path.endswith("/token")
        if self._row >= IN_A_ROW or self._random.randrange(100) >= (self.writes if changes else self.reads):
            self._row = 0
            return None
        self._row += 1
        kinds = CHANGES if changes else SIGN_IN if path.endswith("/token") else READS
        fault = self._random.choice(kinds)
        self.struck[name_of(fault)] += 1
        return fault


def name_of(fault: Break | Answer) -> str:
    """Name a fault for the figures."""
    if isinstance(fault, Break):
        return fault.value
    return "a web page" if fault is _HOTEL else f"HTTP {fault.status}{' with Retry-After' if fault.headers else ''}"
