"""Where a user's calendar and tasks live: a real CalDAV server, or the stand-in for Google; each behind its gate.

A place is what the user and the phone see of it, past the gate. The command that works on it is a real process.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from icalendar import vText

from afterview.cli.showcase.google.calendars import Calendar
from afterview.cli.showcase.google.tasks import Shelf
from afterview.integrations import marks
from afterview.integrations.caldav.tasks import CONDITIONAL
from afterview.sync.ledger import Ledger
from tests.crash.warm import Trial, Warm
from tests.fakes.phones import Phone
from tests.gate import Gate
from tests.system.google_home import GoogleHome, google_event
from tests.system.home import Home, Task, todo_in
from tests.system.invitations import invitation


@dataclass(frozen=True, slots=True)
class Item:
    """A task on the list. `key` is ours, "" for a foreign one; `status` is open, done or cancelled."""

    id: str
    key: str
    title: str
    notes: str
    status: str
    due: str


def nobody(_pid: int) -> None:
    """Kill nothing."""


@dataclass
class ForkedHome(Home):
    """A home whose commands are forked, so that many cost little."""

    warm: Warm = field(kw_only=True)
    killer: Callable[[int], None] = nobody
    dies: int | None = None

    def run(self, *arguments: str, at: datetime | None = None, stdin: str = "") -> Trial:
        """Run the real command; `killer` is told its process id, `dies` is the write to the ledger that it never makes."""
        assert not stdin
        self.now = at or self.now
        where = ("--config", str(self.path / "config.toml"), "--state-dir", str(self.path / "state"))
        return self.warm.run(
            self.path,
            *where,
            *arguments,
            dies=self.dies,
            begun=self.killer,
            AFTERVIEW_NOW=self.now.isoformat(),
            **self.environ,
        )


class Place(Protocol):
    """What a life needs of a place."""

    home: ForkedHome
    heeds_conditions: bool  # False: what comes late overwrites what the user did meanwhile, and nobody can help that

    @property
    def gate(self) -> Gate: ...
    def prove(self) -> None: ...
    def items(self) -> dict[str, Item]: ...
    def raw(self, item: str) -> str: ...
    def enter(self, uid: str, start: datetime, company: str, *, cancelled: bool, number: int) -> None: ...
    def remove(self, uid: str) -> None: ...
    def tick(self, item: str, app: Phone) -> None: ...
    def edit(self, item: str, app: Phone, *, title: str = "", word: str = "", due: datetime | None = None) -> None: ...
    def delete(self, item: str) -> None: ...
    def add_own(self, name: str) -> str: ...


def _guests(company: str) -> tuple[tuple[str, str], ...]:
    return ((f"Ana {company}", f"ana@{company.lower()}.example"),)


@dataclass
class DavPlace:
    """Calendar and task list on a CalDAV server."""

    home: ForkedHome
    heeds_conditions: bool = True

    @property
    def gate(self) -> Gate:
        return self.home.server.gate

    def prove(self) -> None:
        """Have it proven that the server heeds conditions, as setting the account up does."""
        with Ledger.open(self.home.path / "state") as ledger:
            ledger.memory("home").set(CONDITIONAL, value=True)

    def items(self) -> dict[str, Item]:
        return {address: _item(address, text) for address, text in self.home.texts().items()}

    def raw(self, item: str) -> str:
        return self.home.server.get(item) or ""

    def enter(self, uid: str, start: datetime, company: str, *, cancelled: bool, number: int) -> None:
        status = "CANCELLED" if cancelled else "CONFIRMED"
        text = invitation(uid, start, company=company, guests=_guests(company), status=status, sequence=number)
        self.home.enter(uid, text)

    def remove(self, uid: str) -> None:
        self.home.remove(uid)

    def tick(self, item: str, app: Phone) -> None:
        self._use(item, app, lambda todo: app.complete(todo, self.home.now))

    def edit(self, item: str, app: Phone, *, title: str = "", word: str = "", due: datetime | None = None) -> None:
        def change(todo: Task) -> None:
            if title:
                todo["SUMMARY"] = vText(title)
            if word:
                todo["DESCRIPTION"] = vText(f"{todo.get('DESCRIPTION', '')}\n\n{word}")
            if due:
                app.move(todo, due)

        self._use(item, app, change)

    def _use(self, item: str, app: Phone, change: Callable[[Task], None]) -> None:
        self._write(item, app.store(self.raw(item), change, self.home.now))

    def delete(self, item: str) -> None:
        self.home.server.delete(item)

    def add_own(self, name: str) -> str:
        address = f"{self.home.tasks}{name}.ics"
        self._write(
            address,
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//other//EN\nBEGIN:VTODO\n"
            f"UID:{name}\nDTSTAMP:20260901T080000Z\nSUMMARY:Buy milk before the interview\nEND:VTODO\nEND:VCALENDAR\n",
        )
        return address

    def _write(self, address: str, text: str) -> None:
        self.home.server.put(address, text)


def _status(todo: Task) -> str:
    """Say how a task stands: open, done or cancelled."""
    status = str(todo.get("STATUS", ""))
    if status == "CANCELLED":
        return "cancelled"
    return "done" if status == "COMPLETED" or int(todo.get("PERCENT-COMPLETE", 0)) == 100 else "open"


def _item(address: str, text: str) -> Item:
    todo = todo_in(text)
    due = todo["DUE"].dt if "DUE" in todo else None
    return Item(
        address,
        str(todo.get("X-AFTERVIEW-ID", "")),
        str(todo.get("SUMMARY", "")),
        str(todo.get("DESCRIPTION", "")),
        _status(todo),
        due.astimezone(UTC).isoformat() if isinstance(due, datetime) else "",
    )


@dataclass
class GooglePlace:
    """Calendar, tasks and reminders at the stand-in for Google."""

    home: ForkedHome
    account: GoogleHome
    gate: Gate
    shelf: Shelf
    reminders: Calendar
    heeds_conditions: bool = False
    events: dict[str, str] = field(default_factory=dict)  # uid -> id

    @classmethod
    def make(cls, home: ForkedHome) -> "GooglePlace":
        account = GoogleHome(home, deliver="work")
        gate = Gate(account.google.web.port)
        token = home.path / "token"
        token.write_text(token.read_text().replace(account.google.url, gate.url))
        reminders = account.google.calendars.add("Afterview", app_made=True)
        account.extra = f'task_list = "Interviews"\nreminder_calendar = "{reminders.id}"'
        made = cls(home, account, gate, account.google.tasks.add_list("Interviews"), reminders)
        account.write_config(dav=False)
        return made

    def close(self) -> None:
        self.gate.close()
        self.account.close()

    @property
    def calendar(self) -> Calendar:
        return self.account.calendar

    def prove(self) -> None:
        """There is nothing to prove: every change follows an exact look."""

    def items(self) -> dict[str, Item]:
        live = [task for task in self.shelf.tasks.values() if not task.get("deleted")]
        return {task["id"]: _google_item(task) for task in live}

    def rings(self) -> list[str]:
        """Return the tasks for which a reminder stands, by their titles."""
        alive = [one.body for one in self.reminders.events.values() if one.body["status"] == "confirmed"]
        return sorted(str(body["summary"]) for body in alive)

    def raw(self, item: str) -> str:
        return repr(sorted(self.shelf.tasks[item].items()))

    def enter(self, uid: str, start: datetime, company: str, *, cancelled: bool, number: int) -> None:
        assert number >= 0
        status = "cancelled" if cancelled else "confirmed"
        body = google_event(uid, start, company=company, guests=_guests(company), status=status)
        if uid in self.events:
            self.account.google.events.change(self.calendar, self.events[uid], body)
        else:
            self.events[uid] = str(self.account.google.events.enter(self.calendar, body)["id"])

    def remove(self, uid: str) -> None:
        self.account.google.events.remove(self.calendar, self.events.pop(uid))

    def tick(self, item: str, app: Phone) -> None:
        _ = app  # Google's own, whatever it is
        self.account.google.phone.complete(item)

    def edit(self, item: str, app: Phone, *, title: str = "", word: str = "", due: datetime | None = None) -> None:
        _ = app  # Google's own, whatever it is
        phone = self.account.google.phone
        if title:
            phone.edit(item, title=title)
        if word:
            phone.edit(item, notes=f"{self.shelf.tasks[item].get('notes', '')}\n\n{word}")
        if due:
            phone.snooze(item, due.date())

    def delete(self, item: str) -> None:
        self.account.google.phone.delete(item)

    def add_own(self, name: str) -> str:
        return str(self.account.google.tasks.add(self.shelf, {"title": f"Buy milk {name}"})["id"])


def _google_item(task: dict[str, Any]) -> Item:
    marked = marks.read(str(task.get("notes", "")))
    done = "done" if task["status"] == "completed" else "open"
    status = "cancelled" if marked.withdrawn_at else done
    return Item(task["id"], marked.key, task["title"], marked.notes, status, str(task.get("due", "")))
