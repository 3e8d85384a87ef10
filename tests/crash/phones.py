"""How phone apps write a task back that a user has touched: each rewrites it as a whole, in its own way.

Sources: the fixtures in `tests/data/phones`, and what DAVx5, Tasks.org, jtx Board and Apple Reminders do by their code.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar

from tests.system.home import Task, ring, todo_in

_ZONE = ZoneInfo("Europe/Berlin")
Change = Callable[[Task], None]
App = Callable[[str, Change], str]


def _parsed(text: str) -> tuple[Calendar, Task]:
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    (todo,) = calendar.walk("VTODO")
    return calendar, todo


def put(todo: Task, name: str, value: object) -> None:
    """Set one property; None takes it out."""
    todo.pop(name, None)
    if value is not None:
        todo.add(name, value)


def _touched(calendar: Calendar, todo: Task, program: str) -> str:
    put(calendar, "PRODID", program)
    put(todo, "LAST-MODIFIED", datetime(2026, 9, 1, tzinfo=UTC))
    put(todo, "SEQUENCE", int(todo.get("SEQUENCE", 0)) + 1)
    return str(calendar.to_ical().decode())


def _local(todo: Task, *names: str) -> None:
    for name in names:
        if name in todo and isinstance(todo[name].dt, datetime):
            put(todo, name, todo[name].dt.astimezone(_ZONE))


def tasks_org(text: str, change: Change) -> str:
    """Tasks.org with its own CalDAV: times in the phone's zone, everything else kept."""
    calendar, todo = _parsed(text)
    change(todo)
    _local(todo, "DUE", "DTSTART")
    return _touched(calendar, todo, "+//IDN tasks.org//android-140704//EN")


def davx5(text: str, change: Change) -> str:
    """DAVx5: the alarm is made anew, of its action, its words and its distance in minutes alone."""
    calendar, todo = _parsed(text)
    change(todo)
    _local(todo, "DUE")
    for alarm in [one for one in todo.subcomponents if one.name == "VALARM"]:
        todo.subcomponents.remove(alarm)
        anew = Alarm()
        for name in ("TRIGGER", "ACTION", "DESCRIPTION"):
            if name in alarm:
                anew[name] = alarm[name]
        todo.add_component(anew)
    return _touched(calendar, todo, "DAVx5/4.5.1-ose ical4j/4.1.1 (org.dmfs.tasks)")


def jtx(text: str, change: Change) -> str:
    """Write back as jtx Board does: a percentage always."""
    calendar, todo = _parsed(text)
    change(todo)
    if "PERCENT-COMPLETE" not in todo:
        put(todo, "PERCENT-COMPLETE", 0)
    return _touched(calendar, todo, "DAVx5/4.5.1-ose ical4j/4.1.1 (at.techbee.jtx)")


def apple(text: str, change: Change) -> str:
    """Write back as Apple Reminders does: it starts when it is due, and its alarm is an instant with an id of its own."""
    calendar, todo = _parsed(text)
    rang = ring(todo)
    change(todo)
    _local(todo, "DUE")
    if "DUE" in todo:
        put(todo, "DTSTART", todo["DUE"].dt)
    for alarm in [one for one in todo.subcomponents if one.name == "VALARM"]:
        todo.subcomponents.remove(alarm)
    if rang is not None:
        anew = Alarm()
        anew.add("ACTION", "DISPLAY")
        anew.add("DESCRIPTION", "Reminder")
        anew.add("TRIGGER", rang)
        anew.add("UID", "5D3E4B1C-0D3C-4E1E-A4F6-0D3C5D3E4B1C")
        anew.add("X-WR-ALARMUID", "5D3E4B1C-0D3C-4E1E-A4F6-0D3C5D3E4B1C")
        todo.add_component(anew)
    put(todo, "X-APPLE-SORT-ORDER", "810991800")
    return _touched(calendar, todo, "-//Apple Inc.//iOS 18.1//EN")


APPS: tuple[App, ...] = (tasks_org, davx5, jtx, apple)


def ticked(at: datetime, app: App) -> Change:
    """Tick it off, as the app writes it."""

    def change(todo: Task) -> None:
        put(todo, "PERCENT-COMPLETE", 100)
        if app is not jtx:
            put(todo, "STATUS", "COMPLETED")
            put(todo, "COMPLETED", at)

    return change


def status_of(text: str) -> str:
    """Say how a task stands: open, done or cancelled."""
    todo = todo_in(text)
    status = str(todo.get("STATUS", ""))
    if status == "CANCELLED":
        return "cancelled"
    return "done" if status == "COMPLETED" or int(todo.get("PERCENT-COMPLETE", 0)) == 100 else "open"
