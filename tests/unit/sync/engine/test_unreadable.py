"""A task that cannot be read is parked and said; the others are kept up."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from afterview.sync.errors import Rejected
from afterview.sync.ledger import Ledger
from afterview.sync.model import RemoteTask
from afterview.sync.runner import AccountSpec, one_pass
from tests.fakes.memory import MemoryConnection, MemoryEvents, MemoryTasks
from tests.unit.sync.engine.world import HOUR, MONDAY, World, interview


@dataclass
class Overgrown(MemoryTasks):
    """A list on which some tasks cannot be read."""

    unreadable: set[str] = field(default_factory=set)

    def fetch(self, remote_id: str) -> RemoteTask | None:
        if remote_id in self.unreadable:
            raise Rejected(f"The task {remote_id} is left as it is: it is too large.")
        return super().fetch(remote_id)


def test_what_cannot_be_read_stops_nothing_else(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.enter(interview("u1"), interview("u2", company="Hooli", at=MONDAY + HOUR))
    world.run()
    world.run(at=MONDAY + 5 * HOUR)
    world.run(at=MONDAY + 5.5 * HOUR)
    thanks = sorted(world.items("thank_you"))
    before = {name: world.items()[name].due_at for name in thanks}
    for uid, company, at in (("u1", "Initech", MONDAY), ("u2", "Hooli", MONDAY + HOUR)):
        world.enter(interview(uid, company=company, at=at + timedelta(minutes=30)))
    tasks = Overgrown(world.tasks, "Interviews", unreadable={thanks[0]})
    world.now = MONDAY + 6 * HOUR
    with Ledger.open(world.path) as ledger:
        connection = MemoryConnection("home", MemoryEvents(world.events), tasks)
        report = one_pass(
            ledger, [AccountSpec("home", lambda: connection)], world.terms(), lambda: world.now, world.options
        ).accounts[0]
    assert report.state == "ok"
    assert report.parked == [f"The task {thanks[0]} is left as it is: it is too large."]
    after = {name: fields.due_at for name, fields in world.items("thank_you").items()}
    assert [after[name] == before[name] for name in thanks] == [True, False]
