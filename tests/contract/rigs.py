"""What the contract suite needs of a service: the ports under test, and a second client (the phone, another calendar).

A rig gives fresh collections; the suite speaks to it in the words of the design, so one suite runs against all.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from afterview.integrations.caldav.events import open_events
from afterview.integrations.caldav.tasks import open_tasks
from afterview.integrations.entry import Entry
from afterview.integrations.ics.events import open_events as ics_events
from afterview.sync.model import Event
from afterview.sync.ports import EventSource, TaskList
from tests.accounts import MovedClock, Notebook, account, close
from tests.fakes.feed import Feed
from tests.fakes.memory import EventServer, MemoryEvents, MemoryTasks, TaskServer
from tests.fakes.web import WebServer

_NUMBERS = itertools.count(1)


class TaskRig(Protocol):
    """A fresh task list and the phone beside it. `remote_id` is always what the port calls it.

    `held` is a due time as the list can hold it. `doubles`: a task can be made twice under one key.
    """

    name: str
    tasks: TaskList
    clock: MovedClock
    doubles: bool

    def held(self, due_at: datetime) -> datetime: ...

    def complete(self, remote_id: str, at: datetime) -> None: ...
    def reopen(self, remote_id: str) -> None: ...
    def move(self, remote_id: str, due_at: datetime) -> None: ...
    def annotate(self, remote_id: str, notes: str) -> None: ...
    def delete(self, remote_id: str) -> None: ...
    def touch(self, remote_id: str) -> None: ...
    def add_foreign(self, title: str) -> str: ...
    def again(self) -> TaskList: ...
    def close(self) -> None: ...


class EventRig(Protocol):
    """A fresh calendar and another program that keeps it."""

    name: str
    events: EventSource
    calendar: str

    def enter(self, name: str, title: str, starts_at: datetime, ends_at: datetime) -> str: ...
    def remove(self, href: str) -> None: ...
    def close(self) -> None: ...


class Store(Protocol):
    """Something that keeps CalDAV resources: a real server or a fake one."""

    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...

    def make(self, name: str, kind: str, title: str = "") -> str: ...
    def put(self, address: str, text: str) -> str: ...
    def get(self, address: str) -> str | None: ...
    def delete(self, address: str) -> None: ...


@dataclass(slots=True)
class MemoryTaskRig:
    server: TaskServer = field(default_factory=TaskServer)
    clock: MovedClock = field(default_factory=MovedClock)
    name: str = "memory"
    tasks: TaskList = field(init=False)
    doubles: bool = False

    def held(self, due_at: datetime) -> datetime:
        return due_at

    def __post_init__(self) -> None:
        self.tasks = MemoryTasks(self.server)

    def again(self) -> TaskList:
        return MemoryTasks(self.server)

    def close(self) -> None:
        """Nothing is open."""

    def complete(self, remote_id: str, at: datetime) -> None:
        self.server.phone_complete(remote_id, at)

    def reopen(self, remote_id: str) -> None:
        self.server.phone_reopen(remote_id)

    def move(self, remote_id: str, due_at: datetime) -> None:
        self.server.phone_edit(remote_id, due_at=due_at)

    def annotate(self, remote_id: str, notes: str) -> None:
        self.server.phone_edit(remote_id, notes=notes)

    def delete(self, remote_id: str) -> None:
        self.server.phone_delete(remote_id)

    def touch(self, remote_id: str) -> None:
        self.server.phone_touch(remote_id)

    def add_foreign(self, title: str) -> str:
        return self.server.phone_add(f"own-{next(_NUMBERS)}", title)


@dataclass(slots=True)
class MemoryEventRig:
    server: EventServer = field(default_factory=EventServer)
    name: str = "memory"
    calendar: str = "Personal"
    events: EventSource = field(init=False)

    def __post_init__(self) -> None:
        self.events = MemoryEvents(self.server)

    def enter(self, name: str, title: str, starts_at: datetime, ends_at: datetime) -> str:
        self.server.put(self.calendar, f"{name}.ics", Event("", "", "", name, starts_at, ends_at, title=title))
        return f"{name}.ics"

    def remove(self, href: str) -> None:
        self.server.drop(self.calendar, href)

    def close(self) -> None:
        """Nothing is open."""


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")


def todo_text(uid: str, *lines: str) -> str:
    """Return the text of a task as some phone writes it."""
    inner = "\r\n".join(lines)
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//phone//phone//EN\r\nBEGIN:VTODO\r\n"
        f"UID:{uid}\r\nDTSTAMP:20260901T080000Z\r\n{inner}\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    )


def event_text(uid: str, *lines: str) -> str:
    """Return the text of an appointment."""
    inner = "\r\n".join(lines)
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//other//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20260901T080000Z\r\n{inner}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def with_lines(text: str, drop: Sequence[str], *add: str) -> str:
    """Return a task's text without some properties (by name, outside alarms) and with new lines: a phone's edit."""
    kept: list[str] = []
    depth = 0
    dropping = False
    for line in text.replace("\r\n", "\n").strip("\n").split("\n"):
        if line.startswith((" ", "\t")):
            if not dropping:
                kept.append(line)
            continue
        name = line.replace(";", ":").partition(":")[0].upper()
        depth += {"BEGIN": 1, "END": -1}.get(name, 0)
        dropping = depth == 2 and name in drop and name not in {"BEGIN", "END"}
        if not dropping:
            kept.append(line)
        if name == "BEGIN" and depth == 2:
            kept.extend(add)
    return "\r\n".join(kept) + "\r\n"


@dataclass(slots=True)
class DavTaskRig:
    """A fresh VTODO collection on a CalDAV server; the phone edits the text with requests of its own."""

    store: Store
    profile: str = "android"
    clock: MovedClock = field(default_factory=MovedClock)
    memory: Notebook = field(default_factory=Notebook)
    name: str = ""
    address: str = ""
    tasks: TaskList = field(init=False)
    doubles: bool = False
    opened: list[Entry] = field(default_factory=list)

    def held(self, due_at: datetime) -> datetime:
        return due_at

    def __post_init__(self) -> None:
        self.name = self.store.name
        kind = "VEVENT" if self.profile == "event" else "VTODO"
        self.address = self.store.make(f"tasks-{next(_NUMBERS)}", kind)
        self.tasks = self.again()

    def entry(self) -> Entry:
        settings = {
            "url": self.store.url + "/",
            "username": self.store.user,
            "task_list": self.address,
            "ring_profile": self.profile,
        }
        entry = account(settings, password=self.store.password, clock=self.clock, memory=self.memory)
        self.opened.append(entry)
        return entry

    def again(self) -> TaskList:
        return open_tasks(self.entry())

    def close(self) -> None:
        for entry in self.opened:
            close(entry)

    def at(self, remote_id: str) -> str:
        return self.store.url + remote_id

    def text(self, remote_id: str) -> str:
        found = self.store.get(self.at(remote_id))
        assert found is not None
        return found

    def edit(self, remote_id: str, drop: Sequence[str], *add: str) -> None:
        self.store.put(self.at(remote_id), with_lines(self.text(remote_id), drop, *add))

    def complete(self, remote_id: str, at: datetime) -> None:
        triple = ("STATUS:COMPLETED", f"COMPLETED:{stamp(at)}", "PERCENT-COMPLETE:100")
        self.edit(remote_id, ("STATUS", "COMPLETED", "PERCENT-COMPLETE"), *triple)

    def reopen(self, remote_id: str) -> None:
        self.edit(remote_id, ("STATUS", "COMPLETED", "PERCENT-COMPLETE"), "STATUS:NEEDS-ACTION")

    def move(self, remote_id: str, due_at: datetime) -> None:
        self.edit(remote_id, ("DUE",), f"DUE:{stamp(due_at)}")

    def annotate(self, remote_id: str, notes: str) -> None:
        self.edit(remote_id, ("DESCRIPTION",), "DESCRIPTION:" + notes.replace("\n", "\\n"))

    def delete(self, remote_id: str) -> None:
        self.store.delete(self.at(remote_id))

    def touch(self, remote_id: str) -> None:
        self.edit(remote_id, ("LAST-MODIFIED",), "LAST-MODIFIED:20260901T101112Z", f"SEQUENCE:{next(_NUMBERS)}")

    def add_foreign(self, title: str) -> str:
        uid = f"own-{next(_NUMBERS)}"
        self.store.put(f"{self.address}{uid}.ics", todo_text(uid, f"SUMMARY:{title}", "X-OWN:1"))
        return f"{self.address}{uid}.ics".removeprefix(self.store.url)


@dataclass(slots=True)
class DavEventRig:
    """A fresh VEVENT collection on a CalDAV server."""

    store: Store
    memory: Notebook = field(default_factory=Notebook)
    name: str = ""
    calendar: str = ""
    events: EventSource = field(init=False)
    entry: Entry = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.store.name
        self.calendar = self.store.make(f"events-{next(_NUMBERS)}", "VEVENT")
        settings = {"url": self.store.url + "/", "username": self.store.user, "calendars": [self.calendar]}
        self.entry = account(settings, password=self.store.password, memory=self.memory)
        self.events = open_events(self.entry)

    def close(self) -> None:
        close(self.entry)

    def enter(self, name: str, title: str, starts_at: datetime, ends_at: datetime) -> str:
        times = (f"DTSTART:{stamp(starts_at)}", f"DTEND:{stamp(ends_at)}")
        self.store.put(f"{self.calendar}{name}.ics", event_text(name, f"SUMMARY:{title}", *times))
        return f"{self.calendar}{name}.ics".removeprefix(self.store.url)

    def remove(self, href: str) -> None:
        self.store.delete(self.store.url + href)


@dataclass(slots=True)
class FolderRig:
    """A folder of calendar files."""

    folder: Path
    name: str = "folder"
    calendar: str = "test"
    events: EventSource = field(init=False)

    def __post_init__(self) -> None:
        self.events = ics_events(account({"path": str(self.folder)}, integration="ics"))

    def enter(self, name: str, title: str, starts_at: datetime, ends_at: datetime) -> str:
        times = (f"DTSTART:{stamp(starts_at)}", f"DTEND:{stamp(ends_at)}")
        (self.folder / f"{name}.ics").write_text(event_text(name, f"SUMMARY:{title}", *times), newline="")
        return f"{name}.ics#{name}"

    def remove(self, href: str) -> None:
        (self.folder / href.partition("#")[0]).unlink()

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class FeedRig:
    """A feed on a web server."""

    feed: Feed = field(default_factory=Feed)
    name: str = "feed"
    calendar: str = "test"
    events: EventSource = field(init=False)
    server: WebServer = field(init=False)
    entry: Entry = field(init=False)

    def __post_init__(self) -> None:
        self.server = WebServer(self.feed.answer)
        self.entry = account({"url": f"{self.server.url}/calendar.ics"}, integration="ics")
        self.events = ics_events(self.entry)

    def enter(self, name: str, title: str, starts_at: datetime, ends_at: datetime) -> str:
        self.feed.blocks[name] = f"SUMMARY:{title}\r\nDTSTART:{stamp(starts_at)}\r\nDTEND:{stamp(ends_at)}"
        return name

    def remove(self, href: str) -> None:
        del self.feed.blocks[href]

    def close(self) -> None:
        close(self.entry)
        self.server.close()
