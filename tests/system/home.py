"""A user's home for system tests: a configuration, the real command, a calendar and a phone on a real server."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from icalendar import Calendar

from tests.running import Ran, afterview
from tests.servers import Server
from tests.system.invitations import ME

HREF = re.compile(rb"<(?:\w+:)?href>([^<]+\.ics)</(?:\w+:)?href>")
LIST = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
Task = Any  # a VTODO of the icalendar library: whatever stands in the property
MINUTE = timedelta(minutes=1)


@dataclass
class Home:
    """One user with one CalDAV account. `now` is what the command takes the time to be."""

    path: Path
    server: Server
    now: datetime
    calendar: str = ""
    tasks: str = ""
    config: str = ""
    extra: str = ""
    password: str = ""
    environ: dict[str, str] = field(default_factory=dict)

    def write_config(self, *, me: str = "", account: str = "", more: str = "") -> None:
        """Write a configuration for the account; `more` is added at the end."""
        (self.path / "password").write_text(self.password or self.server.password)
        (self.path / "config.toml").write_text(
            f'[me]\nemails = ["{ME}"]\ntime_zone = "Europe/Berlin"\n{me}\n'
            f'[[account]]\nid = "home"\nintegration = "caldav"\nurl = "{self.server.url}{self.server.home}"\n'
            f'username = "{self.server.user}"\npassword = {{ file = "{self.path / "password"}" }}\n'
            f'calendars = ["{self.calendar}"]\ntask_list = "{self.tasks}"\n{account}\n'
            f'[deliver]\nto = "home"\n{more}\n'
        )

    def run(self, *arguments: str, at: datetime | None = None, stdin: str = "") -> Ran:
        """Run the real command."""
        self.now = at or self.now
        return afterview(
            self.path,
            "--config", str(self.path / "config.toml"), "--state-dir", str(self.path / "state"), *arguments,
            stdin=stdin,
            AFTERVIEW_NOW=self.now.isoformat(),
            **self.environ,
        )  # fmt: skip

    def sync(self, at: datetime | None = None, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Make one pass; return the account's report."""
        ran = self.run("sync", "--json", *arguments, at=at)
        assert ran.code == code, f"{ran.code}: {ran.err}{ran.out}"
        reports: list[dict[str, Any]] = ran.json["accounts"]
        return reports[0]

    def settle(self, passes: int = 3) -> None:
        """Make some passes, a quarter of an hour apart."""
        for _ in range(passes):
            self.sync(self.now + 15 * MINUTE)

    # The calendar

    def enter(self, uid: str, text: str, calendar: str = "") -> None:
        """Put an event into the calendar, as the user's calendar client would."""
        self.server.put(f"{calendar or self.calendar}{uid}.ics", text)

    def remove(self, uid: str) -> None:
        self.server.delete(f"{self.calendar}{uid}.ics")

    # The phone

    def addresses(self) -> list[str]:
        """Return the address of every task on the list, as another client sees them."""
        path = self.server.path(self.tasks)
        status, body = self.server.ask("PROPFIND", path, LIST, Depth="1")
        assert status == 207, body[:300]
        return sorted(self.server.url + unquote(href.decode()) for href in set(HREF.findall(body)))

    def texts(self) -> dict[str, str]:
        """Return address -> text of every task on the list."""
        found = {address: self.server.get(address) for address in self.addresses()}
        return {address: text for address, text in found.items() if text is not None}

    def todos(self, step: str = "") -> dict[str, Task]:
        """Return address -> VTODO of the follow-ups of a step, or of all."""
        found = {address: todo_in(text) for address, text in self.texts().items()}
        return {
            address: todo for address, todo in found.items()
            if str(todo.get("X-AFTERVIEW-CONTEXT", "")).startswith(f"{step}:" if step else "")
        }  # fmt: skip

    def only(self, step: str) -> tuple[str, Task]:
        """Return the one follow-up of a step."""
        ((address, todo),) = self.todos(step).items()
        return address, todo

    def open_steps(self) -> list[str]:
        """Return the steps of all follow-ups that are to be done, sorted."""
        return sorted(
            str(todo["X-AFTERVIEW-CONTEXT"]).partition(":")[0]
            for todo in self.todos().values()
            if "X-AFTERVIEW-CONTEXT" in todo
            and str(todo.get("STATUS", "NEEDS-ACTION")) not in {"COMPLETED", "CANCELLED"}
        )

    def edit(self, address: str, change: Callable[[Task], None]) -> None:
        """Change a task as a phone does: read it, change some properties, write it back."""
        text = self.server.get(address)
        assert text is not None
        calendar = Calendar.from_ical(text)
        (todo,) = calendar.walk("VTODO")
        change(todo)
        todo.pop("LAST-MODIFIED", None)
        todo.add("LAST-MODIFIED", datetime(2026, 9, 1, tzinfo=UTC))
        self.server.put(address, calendar.to_ical().decode())

    def tick(self, address: str, at: datetime | None = None) -> None:
        """Tick a task off, as Tasks.org and DAVx5 write it."""

        def change(todo: Task) -> None:
            for name in ("STATUS", "COMPLETED", "PERCENT-COMPLETE"):
                todo.pop(name, None)
            todo.add("STATUS", "COMPLETED")
            todo.add("COMPLETED", at or self.now)
            todo.add("PERCENT-COMPLETE", 100)

        self.edit(address, change)

    def untick(self, address: str) -> None:
        def change(todo: Task) -> None:
            for name in ("STATUS", "COMPLETED", "PERCENT-COMPLETE"):
                todo.pop(name, None)
            todo.add("STATUS", "NEEDS-ACTION")

        self.edit(address, change)

    def set(self, address: str, name: str, value: object) -> None:
        """Set one property."""

        def change(todo: Task) -> None:
            todo.pop(name, None)
            todo.add(name, value)

        self.edit(address, change)


def todo_in(text: str) -> Task:
    """Return the one VTODO of a resource."""
    (todo,) = Calendar.from_ical(text).walk("VTODO")
    return todo


def due(todo: Task) -> datetime:
    """Return DUE as an instant in UTC."""
    value = todo["DUE"].dt
    assert isinstance(value, datetime)
    return value.astimezone(UTC)


def ring(todo: Task) -> datetime | None:
    """Return when the phone rings, by the rules of RFC 5545 3.8.6.3, None if it does not."""
    alarms = todo.walk("VALARM")
    if not alarms:
        return None
    trigger = alarms[0]["TRIGGER"]
    if isinstance(trigger.dt, datetime):
        return trigger.dt.astimezone(UTC)
    anchor = todo["DUE"] if trigger.params.get("RELATED") == "END" else todo["DTSTART"]
    instant: datetime = anchor.dt + trigger.dt
    return instant.astimezone(UTC)
