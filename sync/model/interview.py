"""Interviews, the people and companies in them, and the applications they belong to."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .fact import Outcome


class Answer(StrEnum):
    """Is this event a job interview of the user?"""

    YES = "yes"
    ASK = "ask"
    NO = "no"


class Perspective(StrEnum):
    """Which side of the table the user sits on."""

    CANDIDATE = "candidate"
    INTERVIEWER = "interviewer"
    NONE = "none"


class InterviewStatus(StrEnum):
    """What has become of the appointment, from the user's view."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar it is. `emails` lower case; `free_mail` are domains that say nothing about an employer."""

    emails: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    free_mail: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict came out as it did: the rule, its weight (positive speaks for an interview), and plain words."""

    rule: str
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the other side. `source` says where the name was found (attendee, organizer, text, title, crm)."""

    name: str = ""
    email: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `classify` says of one event. `score` is the estimated probability (0..1) that it is an interview."""

    answer: Answer
    score: float
    perspective: Perspective
    status: InterviewStatus
    reasons: tuple[Reason, ...] = ()
    company: str = ""
    company_source: str = ""
    interviewers: tuple[Person, ...] = ()
    recruiter: Person | None = None
    stage: str = "unknown"
    role: str = ""


@dataclass(frozen=True, slots=True)
class Interview:
    """One meeting with an employer, whichever calendars it stands in.

    `keys` are the keys of every event that shows it or once showed it (another calendar, an earlier UID); any of them
    names this interview, the first is its own. Times are UTC; `zone` is the wall-clock zone for rules of the day.
    """

    keys: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    zone: str
    title: str = ""
    company: str = ""
    role: str = ""
    people: tuple[Person, ...] = ()
    recruiter: Person | None = None
    stage: str = "unknown"
    status: InterviewStatus = InterviewStatus.CONFIRMED
    all_day: bool = False
    answer: Answer = Answer.YES
    score: float = 1.0
    reasons: tuple[Reason, ...] = ()
    sources: tuple[str, ...] = ()  # "account/calendar", where it was seen
    doubtful: bool = False  # missing from one listing: nothing new is made for it until that is settled
    location: str = ""  # as the event has it

    @property
    def key(self) -> str:
        """The key shown to the user and used for new facts."""
        return self.keys[0]


@dataclass(frozen=True, slots=True)
class Application:
    """Company and role: the rounds of interviews and the outcome. `keys` come from its interviews, as there."""

    keys: tuple[str, ...]
    company: str = ""
    role: str = ""
    rounds: tuple[Interview, ...] = ()  # by start
    outcome: Outcome | None = None
    outcome_at: datetime | None = None
    outcome_note: str = ""
    names: tuple[str, ...] = field(default=())  # every spelling of the company seen

    @property
    def key(self) -> str:
        """The key shown to the user and used for new facts."""
        return self.keys[0]
