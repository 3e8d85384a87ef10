"""Calendar texts as an employer's calendar would send them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
ME = "hannah@example.org"
ANA = ("Ana Lima", "ana.lima@initech.example")
BO = ("Bo Ek", "bo.ek@initech.example")


def moment(name: str, when: datetime | date) -> str:
    """Write a DTSTART or DTEND: a date, floating (naive), UTC, or in Berlin."""
    if not isinstance(when, datetime):
        return f"{name};VALUE=DATE:{when:%Y%m%d}"
    if when.tzinfo is None:
        return f"{name}:{when:%Y%m%dT%H%M%S}"
    zone = getattr(when.tzinfo, "key", "UTC")
    return f"{name};TZID={zone}:{when:%Y%m%dT%H%M%S}" if zone != "UTC" else f"{name}:{when:%Y%m%dT%H%M%SZ}"


def invitation(
    uid: str,
    start: datetime | date,
    *,
    end: datetime | date | None = None,
    company: str = "Initech",
    guests: Sequence[tuple[str, str]] = (ANA,),
    title: str = "",
    status: str = "CONFIRMED",
    my_reply: str = "ACCEPTED",
    sequence: int = 0,
    extra: str = "",
) -> str:
    """Write one VCALENDAR that invites the user to a job interview; one hour unless `end` says otherwise."""
    domain = f"{company.lower()}.example"
    step = timedelta(hours=1) if isinstance(start, datetime) else timedelta(days=1)
    attendees = "".join(f"ATTENDEE;CN={name};PARTSTAT=ACCEPTED:mailto:{email}\n" for name, email in guests)
    zones = BERLIN if getattr(getattr(start, "tzinfo", None), "key", "") == "Europe/Berlin" else ""
    return (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//invitations//EN\n"
        f"{zones}BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20260801T080000Z\nSEQUENCE:{sequence}\n"
        f"{moment('DTSTART', start)}\n{moment('DTEND', end or start + step)}\n"
        f"SUMMARY:{title or f'Job interview with {company} - hiring manager'}\n"
        "DESCRIPTION:Your interview for the position of engineer. We look forward to meeting you.\n"
        f"ORGANIZER;CN={company} Talent:mailto:talent@{domain}\n"
        f"ATTENDEE;CN=Hannah;PARTSTAT={my_reply}:mailto:{ME}\n{attendees}STATUS:{status}\n{extra}"
        "END:VEVENT\nEND:VCALENDAR\n"
    )
