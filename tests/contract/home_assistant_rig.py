"""Home Assistant's entities for the contract suite (integrations.home_assistant): in their three kinds of lists."""

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from afterview.integrations import marks
from afterview.integrations.entry import Entry
from afterview.integrations.home_assistant.access import Entry as Occurrence
from afterview.integrations.home_assistant.access import Features, Item
from afterview.integrations.home_assistant.entries import EntityEvents
from afterview.integrations.home_assistant.events import open_events
from afterview.integrations.home_assistant.items import EntityTasks
from afterview.integrations.home_assistant.tasks import open_tasks
from afterview.sync.days import Days
from afterview.sync.ports import EventSource, TaskList
from tests.accounts import MovedClock, Notebook, account, close
from tests.fakes.home_assistant import LASTING, FakeHome
from tests.fakes.todo import FakeCalendars, FakeList

ZONE = "Europe/Berlin"
_NUMBERS = itertools.count(1)


@dataclass(slots=True)
class EntityTaskRig:
    """A list, and the app of its service beside it."""

    lag: int = 0
    times: bool = True
    clock: MovedClock = field(default_factory=MovedClock)
    name: str = "home_assistant"
    doubles: bool = False
    server: FakeList = field(init=False)
    memory: Notebook = field(default_factory=Notebook)
    tasks: TaskList = field(init=False)

    def __post_init__(self) -> None:
        self.server = FakeList(Features(times=self.times), self.lag)
        self.tasks = self.again()

    def again(self) -> TaskList:
        return EntityTasks("todo.inbox", self.server, self.memory, self.clock, ZONE)

    def close(self) -> None:
        """Nothing is open."""

    def held(self, due_at: datetime) -> datetime:
        return due_at if self.times else Days(ZoneInfo(ZONE)).start(due_at)

    def complete(self, remote_id: str, at: datetime) -> None:
        self.clock.now = at
        self.server.phone(remote_id, done=True)

    def reopen(self, remote_id: str) -> None:
        self.server.phone(remote_id, done=False)

    def move(self, remote_id: str, due_at: datetime) -> None:
        due = due_at.astimezone(UTC) if self.times else due_at.astimezone(ZoneInfo(ZONE)).date()
        self.server.phone(remote_id, due=due)

    def annotate(self, remote_id: str, notes: str) -> None:
        marked = replace(marks.read(self.server.kept[remote_id].text), notes=notes)
        self.server.phone(remote_id, text=marked.written())

    def delete(self, remote_id: str) -> None:
        del self.server.kept[remote_id]
        self.server.catch_up()

    def touch(self, remote_id: str) -> None:
        self.server.phone(remote_id)

    def add_foreign(self, title: str) -> str:
        item = Item(f"own-{next(_NUMBERS)}", title)
        self.server.kept[item.uid] = item
        self.server.catch_up()
        return item.uid


@dataclass(slots=True)
class ConnectorTaskRig(EntityTaskRig):
    """The same list in a Home Assistant that is reached over the network."""

    home: FakeHome = field(init=False)
    opened: list[Entry] = field(default_factory=list)

    def again(self) -> TaskList:
        if not self.opened:
            self.home = FakeHome({"todo.inbox": self.server})
        settings = {"url": self.home.url, "task_list": "todo.inbox"}
        entry = account(settings, integration="home_assistant", token=LASTING, clock=self.clock, memory=self.memory)
        self.opened.append(entry)
        return open_tasks(entry)

    def close(self) -> None:
        for entry in self.opened:
            close(entry)
        self.home.close()


@dataclass(slots=True)
class EntityEventRig:
    """A calendar whose integration tells uids."""

    server: FakeCalendars = field(default_factory=lambda: FakeCalendars({"calendar.personal": {}}))
    name: str = "home_assistant"
    calendar: str = "calendar.personal"
    events: EventSource = field(init=False)

    def __post_init__(self) -> None:
        self.events = EntityEvents("home", self.server)

    def enter(self, name: str, title: str, starts_at: datetime, ends_at: datetime) -> str:
        self.server.held[self.calendar][name] = Occurrence(starts_at, ends_at, title, uid=name)
        return name

    def remove(self, href: str) -> None:
        del self.server.held[self.calendar][href]

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class ConnectorEventRig(EntityEventRig):
    """The same calendar in a Home Assistant that is reached over the network."""

    home: FakeHome = field(init=False)
    entry: Entry = field(init=False)

    def __post_init__(self) -> None:
        self.home = FakeHome(calendars=self.server)
        settings = {"url": self.home.url, "calendars": [self.calendar]}
        self.entry = account(settings, integration="home_assistant", token=LASTING)
        self.events = open_events(self.entry)

    def close(self) -> None:
        close(self.entry)
        self.home.close()
