"""A world with a phone that is rung by push: a calendar, maybe a list, and push services in memory."""

from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path

from afterview.sync.ledger import Ledger
from afterview.sync.rings import RingReport, RingTerms, next_ring, ring
from tests.fakes.pushes import PushService
from tests.unit.sync.engine.world import MONDAY, World

EIGHTEEN = MONDAY.replace(hour=16)  # 18:00 in Berlin on the day of the interview


@dataclass
class Rung:
    """Rings what is due in a world, as a process of its own would."""

    world: World
    services: list[PushService] = field(default_factory=lambda: [PushService()])
    brief: time | None = None
    deliver_to: str = "home"

    @property
    def screen(self) -> list[str]:
        return self.services[0].titles

    def terms(self) -> RingTerms:
        names = tuple(one.name for one in self.services)
        return RingTerms(self.world.settings, self.deliver_to, names, self.brief)

    def ring(self, at: datetime | None = None) -> RingReport:
        self.world.now = at or self.world.now
        with Ledger.open(self.world.path) as ledger:
            return ring(ledger, self.terms(), [one.spec() for one in self.services], self.world.now)

    def next(self, at: datetime | None = None) -> datetime | None:
        self.world.now = at or self.world.now
        with Ledger.open(self.world.path) as ledger:
            return next_ring(ledger, self.terms(), self.world.now)

    def live(self, *, to: datetime, passes: bool = True) -> list[tuple[datetime, str]]:
        """Sleep until the next ring again and again, as the service does; return when what appeared on the phone."""
        seen: list[tuple[datetime, str]] = []
        while (at := self.next()) is not None and at <= to:
            self.world.now = max(at, self.world.now)
            if passes:
                self.world.run()
            before = len(self.screen)
            self.ring()
            seen += [(self.world.now, title) for title in self.screen[before:]]
        self.world.now = to
        return seen


def rung(path: Path) -> Rung:
    """Return a user who started before the first interview, with push set up then."""
    phone = Rung(World(path))
    phone.world.run()
    phone.ring()
    return phone
