"""How apps on a phone write what a person does to a task, each in its own style, down to the text of the VTODO.

Rules as read in the apps' code and fixtures: Tasks.org (iCalendarMerge, VAlarm), DAVx5 (DmfsTaskBuilder, AlarmsBuilder),
jtx Board (SyncContentProvider), Apple Reminders (fixtures), Home Assistant's caldav to-do list, Nextcloud Tasks. All but
the last two write the whole task anew: alarms lose what the app does not know, dates come in the phone's own zone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar

Task = Any  # a VTODO of the icalendar library
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
_WHEN = ("DTSTART", "DUE")


def _put(component: Task, name: str, value: object, **parameters: str) -> None:
    component.pop(name, None)
    component.add(name, value, parameters=parameters or None)


def _triggers(alarm: Task, task: Task) -> tuple[datetime | None, bool]:
    """Return when an alarm rings and whether it is an instant of its own."""
    trigger = alarm["TRIGGER"]
    if isinstance(trigger.dt, datetime):
        return trigger.dt.astimezone(UTC), True
    anchor = task.get("DUE") if trigger.params.get("RELATED") == "END" else task.get("DTSTART") or task.get("DUE")
    return (anchor.dt.astimezone(UTC) + trigger.dt, False) if anchor else (None, False)


def _bare(words: str, trigger: datetime | timedelta, **more: str) -> Task:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", words)
    related = {"RELATED": "END"} if isinstance(trigger, timedelta) else {"VALUE": "DATE-TIME"}
    alarm.add("TRIGGER", trigger, parameters=related)
    for name, value in more.items():
        alarm.add(name.replace("_", "-"), value)
    return alarm


def _realarm(task: Task, made: Callable[[Task], Task | None]) -> None:
    """Write our own kind of alarm anew; alarms that make a noise of their own are left."""
    kept = [made(one) if str(one.get("ACTION")) == "DISPLAY" else one for one in task.subcomponents]
    task.subcomponents[:] = [one for one in kept if one is not None]


def _tasks_org(task: Task, _now: datetime) -> None:
    words = "Default Tasks.org description"
    _realarm(task, lambda alarm: _bare(words, alarm["TRIGGER"].dt) if _triggers(alarm, task)[0] else None)
    _in_zone(task)


def _davx5(task: Task, _now: datetime) -> None:
    def made(alarm: Task) -> Task | None:
        at, absolute = _triggers(alarm, task)
        if at is None or (absolute and "DTSTART" not in task):
            return None
        words = str(alarm.get("DESCRIPTION", ""))
        due = task["DUE"].dt.astimezone(UTC) if "DUE" in task else None
        return _bare(words, at if absolute or due is None else (at - due) // MINUTE * MINUTE)

    _realarm(task, made)
    _in_zone(task)


def _jtx(task: Task, _now: datetime) -> None:
    _put(task, "SEQUENCE", int(task.get("SEQUENCE", 0)) + 1)
    task.setdefault("PERCENT-COMPLETE", 0)


def _apple(task: Task, _now: datetime) -> None:
    uid = "5D3E4B1C-0D3C-4E1E-A4F6-0D3C5D3E4B1C"

    def made(alarm: Task) -> Task | None:
        at, _ = _triggers(alarm, task)
        return _bare("Reminder", at, UID=uid, X_WR_ALARMUID=uid) if at else None

    _realarm(task, made)
    if "DUE" in task:
        _put(task, "DTSTART", task["DUE"].dt)
    _in_zone(task)
    _put(task, "X-APPLE-SORT-ORDER", "810991800")


def _in_place(task: Task, now: datetime) -> None:
    _put(task, "LAST-MODIFIED", now.astimezone(UTC))


def _in_zone(task: Task) -> None:
    for name in _WHEN:
        if name in task:
            _put(task, name, task[name].dt.astimezone(BERLIN))


@dataclass(frozen=True)
class Phone:
    """One app. `rewrite` is what it does to any task that it stores; the flags are its habits."""

    name: str
    producer: str
    rewrite: Callable[[Task, datetime], None]
    status: bool = True  # a tick sets STATUS and COMPLETED
    percent: bool = True  # a tick sets PERCENT-COMPLETE, taking it back takes that away
    snooze: str = "due"  # how it puts off: "moz", "alarm" or by moving DUE

    def store(self, text: str, change: Callable[[Task], None], now: datetime) -> str:
        """Return the text of a task after a change of the user's, as this app writes it."""
        calendar = Calendar.from_ical(text)
        task = next(one for one in calendar.walk() if one.name == "VTODO")
        change(task)
        self.rewrite(task, now)
        _put(task, "DTSTAMP", now.astimezone(UTC))
        if self.rewrite is not _in_place:
            _put(calendar, "PRODID", self.producer)
        return str(calendar.to_ical().decode())

    def complete(self, task: Task, at: datetime) -> None:
        if self.status or task.get("STATUS") == "CANCELLED":
            _put(task, "STATUS", "COMPLETED")
            _put(task, "COMPLETED", at.astimezone(UTC))
        if self.percent:
            _put(task, "PERCENT-COMPLETE", 100)

    def reopen(self, task: Task) -> None:
        task.pop("COMPLETED", None)
        if self.percent:
            task.pop("PERCENT-COMPLETE", None)
        _put(task, "STATUS", "NEEDS-ACTION")

    @staticmethod
    def cancel(task: Task) -> None:
        _put(task, "STATUS", "CANCELLED")

    @staticmethod
    def move(task: Task, due_at: datetime | None) -> None:
        """Set the due date. An alarm relative to it goes along; without a date a relative one has no meaning left."""
        if due_at is not None:
            _put(task, "DUE", due_at.astimezone(UTC))
            if "DTSTART" in task:
                _put(task, "DTSTART", due_at.astimezone(UTC))
            return
        for name in _WHEN:
            task.pop(name, None)
        _realarm(task, lambda alarm: alarm if isinstance(alarm["TRIGGER"].dt, datetime) else None)

    def put_off(self, task: Task, until: datetime) -> None:
        """Put the reminder off."""
        if self.snooze == "moz":
            _put(task, "X-MOZ-SNOOZE-TIME", f"{until.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        elif self.snooze == "alarm":
            task.add_component(_bare(str(task.get("SUMMARY", "")), until.astimezone(UTC)))
        else:
            self.move(task, until)


PHONES = (
    Phone("Tasks.org", "+//IDN tasks.org//android-140704//EN", _tasks_org, snooze="moz"),
    Phone("DAVx5", "DAVx5/4.5.1-ose ical4j/4.1.1 (org.dmfs.tasks)", _davx5),
    Phone("jtx Board", "DAVx5/4.5.1-ose ical4j/4.1.1 (at.techbee.jtx)", _jtx, status=False, snooze="alarm"),
    Phone("Apple Reminders", "-//Apple Inc.//iOS 18.1//EN", _apple),
    Phone("Home Assistant", "", _in_place, percent=False),
    Phone("Nextcloud Tasks", "", _in_place),
)
