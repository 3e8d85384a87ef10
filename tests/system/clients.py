"""When each phone app rings, from what a server stores: rules read in the apps' code, sharing nothing with ours.

Sources: DAVx5 ContentOperation, AlarmsBuilder and AlarmTriggerCalculator; Tasks.org VAlarm and AlarmCalculator; jtx Board
SyncContentProvider and NotificationPublisher; Apple Reminders by its fixtures. Lines are read by hand here.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Client = Callable[[str], datetime | None]


def _value(text: str, name: str) -> tuple[str, str]:
    """Return (parameters, value) of a property; ("", "") where there is none."""
    found = re.search(rf"^{name}((?:;[^:\r\n]*)?):(.*?)\r?$", text, re.MULTILINE)
    return (found[1], found[2]) if found else ("", "")


def _utc(written: str) -> datetime | None:
    return datetime.strptime(written, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if written.endswith("Z") else None


def _length(written: str) -> timedelta:
    found = re.fullmatch(r"([-+]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", written)
    assert found, written
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length


def _parts(text: str) -> tuple[str, str]:
    """Return the task without its alarms, and its one alarm."""
    alarms = re.findall(r"BEGIN:VALARM.*?END:VALARM", text, re.DOTALL)
    assert len(alarms) == 1, text
    return text.replace(alarms[0], ""), alarms[0]


def _relative(task: str, params: str, length: str) -> datetime | None:
    anchor = _utc(_value(task, "DUE" if "RELATED=END" in params else "DTSTART")[1])
    return anchor + _length(length) if anchor else None


def tasks_org(text: str) -> datetime | None:
    """Tasks.org with its own CalDAV: absolute, from the start, or from the end where DUE is set."""
    task, alarm = _parts(text)
    params, trigger = _value(alarm, "TRIGGER")
    return _utc(trigger) or _relative(task, params, trigger)


def davx5_with_tasks_org(text: str) -> datetime | None:
    """DAVx5 that hands tasks to Tasks.org: an absolute trigger is dropped unless the task has a start."""
    task, alarm = _parts(text)
    params, trigger = _value(alarm, "TRIGGER")
    absolute = _utc(trigger)
    if absolute is not None:
        return absolute.replace(second=0) if _value(task, "DTSTART")[1] else None
    return _relative(task, params, trigger)


def jtx_board(text: str) -> datetime | None:
    """jtx Board: any trigger, but one from the start without a start counts from the moment of the sync."""
    task, alarm = _parts(text)
    params, trigger = _value(alarm, "TRIGGER")
    assert "RELATED=END" in params or _utc(trigger) or _value(task, "DTSTART")[1], "would ring at the time of the sync"
    return _utc(trigger) or _relative(task, params, trigger)


def apple_reminders(text: str) -> datetime | None:
    """Apple Reminders: an instant beside a start that equals DUE; what ends is not read."""
    task, alarm = _parts(text)
    params, trigger = _value(alarm, "TRIGGER")
    if "RELATED=END" in params or _value(task, "DTSTART")[1] != _value(task, "DUE")[1]:
        return None
    return _utc(trigger)


RINGS: dict[str, tuple[Client, ...]] = {  # profile -> the clients that it is for
    "android": (tasks_org, davx5_with_tasks_org, jtx_board),
    "apple": (apple_reminders, tasks_org, davx5_with_tasks_org, jtx_board),
    "plain": (tasks_org, jtx_board),
}
