"""An event: one occurrence in a calendar, from any source, normalised (RFC 5545 section 3.6.1 names).

Everything in here came from outside and is hostile: it is shown only through `sync.text` and never used as a format string.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reply(StrEnum):
    """An attendee's answer (PARTSTAT)."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    NEEDS_ACTION = "needs-action"
    UNKNOWN = ""


class ParticipantKind(StrEnum):
    """What an attendee is (CUTYPE)."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    RESOURCE = "resource"
    ROOM = "room"
    UNKNOWN = "unknown"


class EventStatus(StrEnum):
    """The event's own STATUS; an event without one is confirmed."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Participant:
    """Organizer or attendee. `email` is lower case without `mailto:`, empty where there is none."""

    email: str = ""
    name: str = ""
    reply: Reply = Reply.UNKNOWN
    kind: ParticipantKind = ParticipantKind.INDIVIDUAL
    optional: bool = False
    is_owner: bool = False  # the service itself says so (Google's `self`)


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence.

    `starts_at` and `ends_at` are aware UTC instants; an all-day or floating event is resolved in the user's zone by the
    integration, an event without an end ends when it starts (all-day: after one day). `zone` is the IANA name the event
    was written in, "" for UTC, all-day and floating. `occurrence` is "" for a single event, else the original start
    (RECURRENCE-ID) as "20260105T090000Z" or, all-day, "20260105". `resource` is the href or id that holds the event.
    `text` is plain text: HTML was turned into text once, by the integration.
    """

    account: str
    calendar: str
    resource: str
    uid: str
    starts_at: datetime
    ends_at: datetime
    occurrence: str = ""
    title: str = ""
    text: str = ""
    location: str = ""
    organizer: Participant | None = None
    attendees: tuple[Participant, ...] = ()
    links: tuple[str, ...] = ()
    status: EventStatus = EventStatus.CONFIRMED
    all_day: bool = False
    floating: bool = False
    zone: str = ""
    recurring: bool = False
    kind: str = "default"  # Google's eventType; "default" elsewhere
    private: bool = False
    sequence: int = 0
    modified_at: datetime | None = None  # LAST-MODIFIED, else DTSTAMP


@dataclass(frozen=True, slots=True)
class Glance:
    """What a cheap line scan of the raw text sees, before any full parse. Values are unfolded and unescaped, no more."""

    uid: str = ""
    title: str = ""
    start_raw: str = ""
    organizer_raw: str = ""
    raw: str = ""  # the whole resource as text, for term and domain searches
