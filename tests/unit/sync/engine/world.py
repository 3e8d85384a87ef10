"""A small world for tests of the engine: a calendar, a task list with a phone on it, a ledger and a clock to be moved."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from afterview.sync.classify import load_lexicon
from afterview.sync.engine.report import AccountReport, PassReport
from afterview.sync.engine.seen import seen_in
from afterview.sync.engine.terms import Terms
from afterview.sync.ledger import Ledger
from afterview.sync.model import (
    Event,
    EventStatus,
    Fact,
    FactKind,
    Owner,
    Participant,
    Reply,
    TaskFields,
    TaskStatus,
)
from afterview.sync.playbook import PlaybookSettings
from afterview.sync.runner import AccountSpec, Options, one_pass
from afterview.sync.thinking import Thought, think
from tests.fakes.memory import EventServer, MemoryConnection, MemoryEvents, MemoryTasks, TaskServer

ME = "hannah@example.org"
ANA = Participant("ana.lima@initech.example", "Ana Lima", Reply.ACCEPTED)
BO = Participant("bo.ek@initech.example", "Bo Ek", Reply.ACCEPTED)
MONDAY = datetime(2026, 9, 7, 8, tzinfo=UTC)  # 10:00 in Berlin
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def interview(
    uid: str = "u1",
    at: datetime = MONDAY,
    *,
    company: str = "Initech",
    guests: Iterable[Participant] | None = None,
    status: EventStatus = EventStatus.CONFIRMED,
    my_reply: Reply = Reply.ACCEPTED,
    account: str = "home",
    hours: float = 1.0,
) -> Event:
    """Make an invitation to a job interview, as an employer would send it."""
    domain = f"{company.lower()}.example"
    if guests is None:
        guests = (ANA,) if company == "Initech" else (Participant(f"cy.moss@{domain}", "Cy Moss", Reply.ACCEPTED),)
    return Event(
        account,
        "Personal",
        f"/{uid}.ics",
        uid,
        at,
        at + hours * HOUR,
        title=f"Job interview with {company} - hiring manager",
        text="Your interview for the position of engineer. We look forward to meeting you and discussing your application.",
        organizer=Participant(f"talent@{domain}", f"{company} Talent"),
        attendees=(Participant(ME, "Hannah", my_reply), *guests),
        status=status,
        zone="Europe/Berlin",
    )


@dataclass
class World:
    """Everything one user has."""

    path: Path
    now: datetime = MONDAY - 3 * DAY
    events: EventServer = field(default_factory=EventServer)
    tasks: TaskServer = field(default_factory=TaskServer)
    settings: PlaybookSettings = field(default_factory=lambda: PlaybookSettings(zone="Europe/Berlin"))
    options: Options = field(default_factory=Options)
    calendars: tuple[str, ...] = ("Personal",)
    list_name: str = "Interviews"

    def terms(self) -> Terms:
        owner = Owner(frozenset({ME}), ("Hannah",), frozenset({"freemail.example"}))
        return Terms(owner, "Europe/Berlin", load_lexicon(), self.settings, "home", frozenset({"home"}))

    def run(self, *, at: datetime | None = None, **options: object) -> PassReport:
        """Make one pass, as a process of its own would."""
        self.now = at or self.now
        connection = MemoryConnection(
            "home", MemoryEvents(self.events, self.calendars), MemoryTasks(self.tasks, self.list_name)
        )
        chosen = replace(self.options, **options)  # type: ignore[arg-type]  # test shorthand
        with Ledger.open(self.path) as ledger:
            spec = AccountSpec("home", lambda: connection)
            return one_pass(ledger, [spec], self.terms(), lambda: self.now, chosen)

    def passes(self, number: int, step: timedelta = timedelta(minutes=15)) -> AccountReport:
        """Make several passes, some minutes apart; return the last account report."""
        report = self.run()
        for _ in range(number - 1):
            report = self.run(at=self.now + step)
        return report.accounts[0]

    def enter(self, *events: Event) -> None:
        """Put events into the calendar, each as a resource of its own."""
        for event in events:
            self.events.put(event.calendar, event.resource, event)

    def record(self, kind: FactKind, subject: str, **value: str) -> None:
        with Ledger.open(self.path) as ledger:
            ledger.record(Fact(kind, subject, self.now, "cli", value))

    def facts(self) -> tuple[Fact, ...]:
        with Ledger.open(self.path) as ledger:
            return ledger.facts()

    def thought_at(self, now: datetime) -> Thought:
        """Make a pass then, with a copy of everything, and return what is thought of it."""
        copy = deepcopy(self.events), deepcopy(self.tasks)
        other = World(self.path / "trial", now, *copy, self.settings, self.options, self.calendars)
        other.run()
        return other.thought()

    def thought(self) -> Thought:
        with Ledger.open(self.path) as ledger:
            return think(seen_in(ledger), ledger.facts(), self.settings, self.now)

    def outcome(self, outcome: str) -> None:
        """Record an outcome for the newest application."""
        self.record(FactKind.OUTCOME, self.thought().applications[-1].key, outcome=outcome, at=self.now.isoformat())

    def forget_everything(self) -> None:
        """Lose the ledger."""
        for file in self.path.glob("ledger*"):
            file.unlink()

    def items(self, step: str = "") -> dict[str, TaskFields]:
        """Return what is on the list: remote id -> fields, of one step or of all."""
        return {
            remote_id: item.fields
            for remote_id, item in self.tasks.items.items()
            if not step or item.fields.context.startswith(step + ":")
        }

    def open_steps(self) -> list[str]:
        """Return the steps of the open follow-ups on the list, sorted."""
        return sorted(
            item.context.partition(":")[0]
            for item in self.items().values()
            if item.status is TaskStatus.OPEN and item.context
        )

    def only(self, step: str) -> tuple[str, TaskFields]:
        """Return the one task of a step."""
        ((remote_id, fields),) = self.items(step).items()
        return remote_id, fields
