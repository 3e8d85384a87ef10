"""Doors for appointments: a calendar file, and bodies on a CalDAV server. A whole pass of the engine is made with each.

Each case stands between two good interviews; both must become follow-ups.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from afterview.cli.explain import _print
from afterview.cli.options import Options
from afterview.cli.output import Output
from afterview.cli.reading import Explained
from afterview.integrations.caldav.events import open_events as dav_events
from afterview.integrations.ical.profiles import profiles
from afterview.integrations.ical.todo import new_task
from afterview.integrations.ics.events import open_events as file_events
from afterview.sync.classify import classify
from afterview.sync.ledger import Ledger
from afterview.sync.model import Event, Fact, FactKind, TaskDraft
from afterview.sync.ports import EventReading, EventRequest, EventSource, Resource
from afterview.sync.runner import AccountSpec, one_pass
from tests.accounts import account, close
from tests.fakes.dav import FakeDav
from tests.fakes.memory import MemoryConnection, MemoryTasks
from tests.hostile.cases import Case
from tests.hostile.listening import heard
from tests.unit.sync.engine.world import MONDAY, World

GOOD = ("good-one", "good-two")
BEFORE, AFTER = MONDAY - timedelta(days=3), MONDAY + timedelta(hours=5)
_INTERVIEW = (
    "BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20260901T080000Z\nDTSTART:20260907T0{hour}0000Z\nDTEND:20260907T0{hour}3000Z\n"
    "SUMMARY:Job interview with {company} - hiring manager\nDESCRIPTION:Your interview for the position of engineer.\n"
    "ORGANIZER;CN={company} Talent:mailto:talent@{domain}.example\n"
    "ATTENDEE;CN=Hannah;PARTSTAT=ACCEPTED:mailto:hannah@example.org\n"
    "ATTENDEE;CN={who};PARTSTAT=ACCEPTED:mailto:{address}@{domain}.example\nEND:VEVENT\n"
)
_FIRST = _INTERVIEW.format(uid=GOOD[0], hour=8, company="Initech", domain="initech", who="Ana Lima", address="ana.lima")
_SECOND = _INTERVIEW.format(uid=GOOD[1], hour=9, company="Hooli", domain="hooli", who="Cy Moss", address="cy.moss")


@dataclass(slots=True)
class Watched:
    """An event source, and what it gave."""

    source: EventSource
    given: list[Resource] = field(default_factory=list)

    def calendars(self) -> tuple[str, ...]:
        return self.source.calendars()

    def read(self, request: EventRequest) -> EventReading:
        for item in self.source.read(request):
            if isinstance(item, Resource):
                self.given.append(item)
            yield item


def component(case: Case) -> str:
    """Return the case as a VEVENT; what it does not say itself is that of an interview."""
    given = case.text()
    if case.settings.get("whole") or case.settings.get("file"):
        return given
    names = {line.replace(";", ":").partition(":")[0].upper() for line in given.split("\n")}
    own = {
        "UID": "case", "DTSTAMP": "20260901T080000Z", "DTSTART": "20260908T080000Z",
        "SUMMARY": "Job interview with Umbrella - hiring manager",
    }  # fmt: skip
    lines = [f"{name}:{value}\n" for name, value in own.items() if name not in names]
    return f"BEGIN:VEVENT\n{''.join(lines)}{given}\nEND:VEVENT\n"


def lines_ended(text: str, case: Case) -> str:
    """Return text with the line ends of the format, unless the case brings its own."""
    return text if case.settings.get("raw") else text.replace("\r\n", "\n").replace("\n", "\r\n")


def feed(case: Case, place: Path) -> dict[str, Any]:
    """Put it into a calendar file."""
    text = component(case)
    whole = (
        text if case.settings.get("file") else f"BEGIN:VCALENDAR\nVERSION:2.0\n{_FIRST}{text}{_SECOND}END:VCALENDAR\n"
    )
    path = place / "calendar.ics"
    path.write_bytes(lines_ended(whole, case).encode("utf-8", "surrogateescape"))
    seen = passed(place, lambda: file_events(account({"path": str(path)}, integration="ics")))
    return {**seen, "good": True} if case.settings.get("file") else seen


def event(case: Case, place: Path) -> dict[str, Any]:
    """Put it on a CalDAV server, as a resource of its own."""
    server = FakeDav()
    calendar = server.make("personal", "VEVENT")
    try:
        for name, text in ((GOOD[0], _FIRST), ("case", component(case)), (GOOD[1], _SECOND)):
            whole = text if case.settings.get("file") and name == "case" else f"BEGIN:VCALENDAR\n{text}END:VCALENDAR\n"
            server.put(f"{calendar}{name}.ics", lines_ended(whole, case))
        settings = {"url": server.url + "/", "username": server.user, "calendars": [calendar]}
        entry = account(settings, password=server.password)
        try:
            return passed(place, lambda: dav_events(entry))
        finally:
            close(entry)
    finally:
        server.close()


def passed(place: Path, open_source: Callable[[], EventSource]) -> dict[str, Any]:
    """Make a pass after the interviews, as one that began before them; say what was read, parked, shown and written."""
    world = World(place / "state")
    watched: list[Watched] = []

    def connect() -> MemoryConnection:
        watched.append(Watched(open_source()))
        return MemoryConnection("home", watched[-1], MemoryTasks(world.tasks, "Interviews"))

    world.now = AFTER
    with Ledger.open(world.path) as ledger:
        ledger.record(Fact(FactKind.STARTED, "", BEFORE, "engine"))
        report = one_pass(ledger, [AccountSpec("home", connect)], world.terms(), lambda: world.now, world.options)
    done = report.accounts[0]
    mine = [item for item in watched[0].given if not any(name in item.href for name in GOOD)]
    events = [event for item in mine for event in item.events]
    parked = [item.problem for item in mine if item.problem]
    fields = list(world.items().values())
    thanked = {name for name in ("Ana", "Cy") for one in world.items("thank_you").values() if name in one.title}
    draft = [TaskDraft("t-" + "0" * 32, one) for one in fields]
    return {
        "error": f"{done.state}: {done.error}" if done.error else "",
        "read": len(events),
        "parked": parked,
        "good": bool(done.error) or thanked == {"Ana", "Cy"},
        "title": events[0].title if events else "",
        "text": events[0].text if events else "",
        "starts": events[0].starts_at.isoformat() if events else "",
        "ends": events[0].ends_at.isoformat() if events else "",
        "people": len(events[0].attendees) if events else 0,
        "statuses": sorted({event.status.value for event in events}),
        "tasks": sorted(one.title for one in fields),
        "written": [new_task(one, profiles()["android"], world.now, alarm=True) for one in draft],
        "shown": [*heard(lambda: list(_explained(events[:50], world))), *done.problems, done.error],
    }


def _explained(events: list[Event], world: World) -> Iterator[None]:
    """Print what `explain` would say, as on a terminal."""
    terms = world.terms()
    out = Output(Options(color=False), terminal=True, environ={}, width=100)
    for one in events:
        verdict = classify(one, terms.owner, terms.lexicon)
        _print(
            out, Explained(Path(one.resource or "x"), one, verdict, one.starts_at.isoformat(), one.ends_at.isoformat())
        )
        yield


DOORS = {"feed": feed, "event": event}
