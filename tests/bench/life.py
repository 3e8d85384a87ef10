"""Four years of somebody's calendar, made up: always the same for the same number of events.

A tenth are interviews under varied titles, the rest is ordinary life, a twentieth repeats. One VCALENDAR a file with its
own VTIMEZONE, about 1.6 kB, as calendar servers hold them.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

BEGINS = datetime(2023, 9, 1)  # noqa: DTZ001 -- wall time, as in the files
DAYS = 1461
NOW = "2026-09-01T12:00:00+00:00"
OWNER = "hannah@example.org"

_ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
_INTERVIEWS = (
    "Interview with {firm}",
    "{firm} - Technical Interview ({role})",
    "Vorstellungsgespräch {firm}",
    "Onsite interview: {role} at {firm}",
    "Hannah Weber <> {person} ({firm}), first interview",
    "Entretien d'embauche {firm}",
    "Final round interview - {firm}",
    "{role}: Bewerbungsgespräch mit {person}",
    "Entrevista de trabajo con {firm}",
    "Phone screen {firm} / {role}",
    "Coding interview with {person}",
    "Hiring manager interview, {firm}",
)
_ORDINARY = """Dentist | Zahnarzt Dr. Huber | Team standup | Lunch with {person} | Yoga | Sprint planning | Elternabend | 1:1
{person} | Flight to Lisbon | Haircut | Quarterly numbers | Choir rehearsal | Geburtstag {person} | Car
inspection | Design review | Coffee with {person} | Pick up the parcel | Running with the group | Budget 2027 |
Swimming lessons Ida | Release window | Physiotherapy | Dinner at {firm} | Webinar: what is new in storage |
Handwerker kommt | Retrospective | Library, books due | Customer workshop {firm} | Concert | Visite chez le
médecin | Müllabfuhr | Roadmap sync | Chess club | Call grandma | Incident follow-up | Gym | Steuerberater |
Training: safe lifting | All hands | Cinema with {person}""".replace("\n", " ").split(" | ")
_FIRMS = (
    "Initech",
    "Globex",
    "Hooli",
    "Umbrella",
    "Vandelay",
    "Stark",
    "Wonka",
    "Acme",
    "Soylent",
    "Tyrell",
    "Cyberdyne",
)
_ROLES = (
    "Backend Engineer",
    "Data Analyst",
    "Product Designer",
    "Site Reliability Engineer",
    "Entwicklerin",
    "Team Lead",
)
_FIRST = ("Ada", "Jonas", "Mei", "Carlos", "Fatima", "Lena", "Piotr", "Amélie", "Sven", "Noor", "Ravi", "Katrin")
_LAST = ("Brandt", "Ito", "Garcia", "Novak", "Okafor", "Lindqvist", "Rossi", "Dubois", "Keller", "Patel")
_TEXTS: tuple[str, ...] = (
    "Please bring the papers from last time. Parking is behind the house, the entrance is on the left.",
    "Agenda: numbers of the week, open points, what comes next. Notes are kept in the usual place.",
    "We meet at the main entrance. If it rains we go inside and order something warm.",
    "Dial in with the link above or by phone. The recording will be shared with everybody afterwards.",
    "Bitte zehn Minuten früher da sein. Die Formulare liegen im Ordner und werden vorher noch einmal verschickt.",
    "Remember the tickets and the jacket. The train leaves from platform four and takes about forty minutes.",
)
_INVITATIONS = (
    "Thank you for your application. You will meet {person} of the team and talk about the {role} position for an hour.",
    "We are looking forward to getting to know you. {person} will walk you through the role and answer your questions.",
    "Wir freuen uns auf das Gespräch über die Stelle als {role}. Teilnehmen wird {person} aus dem Fachbereich.",
)
_RULES = (
    "FREQ=WEEKLY;COUNT=40",
    "FREQ=MONTHLY",
    "FREQ=WEEKLY;INTERVAL=2;UNTIL={until}",
    "FREQ=YEARLY",
    "FREQ=DAILY;COUNT=20",
)


class Made(NamedTuple):
    """One file of the calendar, and what its server would read out of it."""

    uid: str
    text: str
    starts_at: datetime
    ends_at: datetime
    repeats: bool


def life(count: int) -> Iterator[Made]:
    """Make a calendar of `count` events."""
    for number in range(count):
        yield one(number, count)


def one(number: int, count: int, edition: int = 0) -> Made:
    """Make one event; another `edition` is the same event, changed a little by somebody."""
    dice = random.Random(f"{number}")  # noqa: S311 -- a fixed seed on purpose, nothing secret
    interview = dice.random() < 0.1
    start = BEGINS + timedelta(
        days=number * DAYS // count, hours=dice.randrange(8, 19), minutes=dice.choice((0, 15, 30))
    )
    names = {"firm": dice.choice(_FIRMS), "role": dice.choice(_ROLES)}
    names["person"] = f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"
    end = start + timedelta(minutes=dice.choice((30, 45, 60, 90)))
    uid = f"{number:06d}-{names['firm'].lower()}@calendar.example.com"
    title = dice.choice(_INTERVIEWS if interview else _ORDINARY).format(**names)
    lines = [
        f"UID:{uid}",
        f"DTSTAMP:{start:%Y%m%d}T060000Z",
        f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Europe/Berlin:{end:%Y%m%dT%H%M%S}",
        f"SEQUENCE:{edition}",
        f"SUMMARY:{title}" + (f" ({edition})" if edition else ""),
        f"DESCRIPTION:{_description(dice, names, interview=interview)}",
        f"LOCATION:{dice.choice(('Room 4.12', 'https://meet.example.com/' + str(number), 'Hauptstraße 5', 'Online'))}",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        *_people(dice, names, interview=interview),
    ]
    repeats = not interview and dice.random() < 0.056
    if repeats:
        lines.append("RRULE:" + dice.choice(_RULES).format(until=f"{start + timedelta(days=200):%Y%m%dT%H%M%SZ}"))
    lines += ["BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Reminder", "TRIGGER:-PT15M", "END:VALARM"]
    head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Calendar 4.2//EN\nCALSCALE:GREGORIAN\n"
    body = "\n".join(_folded(line) for line in lines)
    text = f"{head}{_ZONE}BEGIN:VEVENT\n{body}\nEND:VEVENT\nEND:VCALENDAR\n"
    zone = ZoneInfo("Europe/Berlin")
    return Made(uid, text.replace("\n", "\r\n"), start.replace(tzinfo=zone), end.replace(tzinfo=zone), repeats)


def _description(dice: random.Random, names: dict[str, str], *, interview: bool) -> str:
    sentences: list[str] = dice.sample(_TEXTS, 2 if interview else dice.randrange(2, 5))
    if interview:
        sentences.insert(0, dice.choice(_INVITATIONS).format(**names))
    return "\\n".join(sentence.replace(",", "\\,") for sentence in sentences)


def _people(dice: random.Random, names: dict[str, str], *, interview: bool) -> list[str]:
    """Return organizer and attendees; private entries of ordinary life have none."""
    if not interview and dice.random() < 0.15:
        return []
    domain = f"{names['firm'].lower()}.example" if interview else "example.org"
    name = names["person"]
    guests = [(name, _address(name, domain))] if interview else []
    for _ in range(dice.randrange(1, 6) if not interview else 0):
        guest = f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"
        guests.append((guest, _address(guest, domain)))
    organizer = f"mailto:recruiting@{domain}" if interview else f"mailto:{_address(name, domain)}"
    people = [f"ORGANIZER;CN={name if not interview else names['firm'] + ' Recruiting'}:{organizer}"]
    guests.append(("Hannah Weber", OWNER))
    return people + [
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN={guest}:mailto:{address}"
        for guest, address in guests
    ]


def _address(name: str, domain: str) -> str:
    return name.lower().replace(" ", ".").replace("é", "e") + "@" + domain


def _folded(line: str) -> str:
    """Fold a line at 75 octets, at a character."""
    pieces: list[str] = []
    while len(line.encode()) > 75:
        cut = 74
        while len(line[:cut].encode()) > 74:
            cut -= 1
        pieces.append(line[:cut])
        line = " " + line[cut:]
    return "\n".join([*pieces, line])
