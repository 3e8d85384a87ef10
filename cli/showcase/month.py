"""A believable month round today, as calendar entries: interviews and the rest of life, in two languages."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

EMAILS = ("hannah.vogel@freemail.example", "hannah.vogel@kranichwerk.example")
NAME = "Hannah Vogel"
FREE_MAIL = "freemail.example"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment. `people` are (name, address) but for Hannah, the first invites; `me` is her address in it."""

    number: int
    starts_at: datetime
    ends_at: datetime
    title: str
    text: str
    status: str
    rule: str
    people: tuple[tuple[str, str], ...]
    me: str

    @property
    def uid(self) -> str:
        """The iCalendar UID."""
        return f"demo-{self.number}@afterview.example"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a calendar: a file name and iCalendar text."""

    name: str
    text: str


def appointments(today: date, zone: str) -> Iterator[Appointment]:
    """Yield the month."""
    month = tomllib.loads(Path(__file__).with_name("month.toml").read_text("utf-8"))
    for number, event in enumerate(month["event"], start=1):
        yield _appointment(number, event, today, ZoneInfo(zone))


def entries(today: date, zone: str) -> Iterator[Entry]:
    """Yield the month as calendar files."""
    for one in appointments(today, zone):
        yield Entry(f"demo-{one.number:02}.ics", "\r\n".join(_lines(one)) + "\r\n")


def working_day(today: date, count: int) -> date:
    """Return the working day `count` working days after (before, if negative) today."""
    day, left = today, abs(count)
    while left:
        day += timedelta(days=1 if count > 0 else -1)
        left -= day.weekday() < SATURDAY
    return day


def _appointment(number: int, event: Mapping[str, Any], today: date, zone: ZoneInfo) -> Appointment:
    start = datetime.combine(working_day(today, event["day"]), time.fromisoformat(event["at"]), zone).astimezone(UTC)
    who: Sequence[str] = event.get("who", ())
    return Appointment(
        number=number,
        starts_at=start,
        ends_at=start + timedelta(minutes=event["minutes"]),
        title=event["title"],
        text=event.get("text", ""),
        status=event.get("status", "CONFIRMED"),
        rule=event.get("rule", ""),
        people=tuple((name, address) for name, address in pairwise(who) if "@" in address),
        me=event.get("as", EMAILS[0]),
    )


def _lines(one: Appointment) -> list[str]:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Afterview//demo//EN",
        "BEGIN:VEVENT",
        f"UID:{one.uid}",
        f"DTSTAMP:{_stamp(one.starts_at - timedelta(days=20))}",
        f"DTSTART:{_stamp(one.starts_at)}",
        f"DTEND:{_stamp(one.ends_at)}",
        f"SUMMARY:{_escaped(one.title)}",
        f"DESCRIPTION:{_escaped(one.text)}",
        f"STATUS:{one.status}",
    ]
    if one.rule:
        lines.append(f"RRULE:{one.rule}")
    if one.people:
        (name, address), *_ = one.people
        lines.append(f'ORGANIZER;CN="{name}":mailto:{address}')
        invited = (*one.people, (NAME, one.me))
        lines += [f'ATTENDEE;CN="{name}";PARTSTAT=ACCEPTED:mailto:{address}' for name, address in invited]
    return [*lines, "END:VEVENT", "END:VCALENDAR"]


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
