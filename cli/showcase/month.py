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
class Entry:
    """One entry of the calendar: a file name and iCalendar text."""

    name: str
    text: str


def entries(today: date, zone: str) -> Iterator[Entry]:
    """Yield the month."""
    month = tomllib.loads(Path(__file__).with_name("month.toml").read_text("utf-8"))
    for number, event in enumerate(month["event"], start=1):
        yield Entry(f"demo-{number:02}.ics", "\r\n".join(_lines(number, event, today, ZoneInfo(zone))) + "\r\n")


def working_day(today: date, count: int) -> date:
    """Return the working day `count` working days after (before, if negative) today."""
    day, left = today, abs(count)
    while left:
        day += timedelta(days=1 if count > 0 else -1)
        left -= day.weekday() < SATURDAY
    return day


def _lines(number: int, event: Mapping[str, Any], today: date, zone: ZoneInfo) -> list[str]:
    start = datetime.combine(working_day(today, event["day"]), time.fromisoformat(event["at"]), zone).astimezone(UTC)
    end = start + timedelta(minutes=event["minutes"])
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Afterview//demo//EN",
        "BEGIN:VEVENT",
        f"UID:demo-{number}@afterview.example",
        f"DTSTAMP:{_stamp(start - timedelta(days=20))}",
        f"DTSTART:{_stamp(start)}",
        f"DTEND:{_stamp(end)}",
        f"SUMMARY:{_escaped(event['title'])}",
        f"DESCRIPTION:{_escaped(event.get('text', ''))}",
        f"STATUS:{event.get('status', 'CONFIRMED')}",
    ]
    if "rule" in event:
        lines.append(f"RRULE:{event['rule']}")
    who: Sequence[str] = event.get("who", ())
    people = [(name, address) for name, address in pairwise(who) if "@" in address]
    if people:
        lines.append(f'ORGANIZER;CN="{people[0][0]}":mailto:{people[0][1]}')
        people.append((NAME, event.get("as", EMAILS[0])))
        lines += [f'ATTENDEE;CN="{name}";PARTSTAT=ACCEPTED:mailto:{address}' for name, address in people]
    return [*lines, "END:VEVENT", "END:VCALENDAR"]


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
