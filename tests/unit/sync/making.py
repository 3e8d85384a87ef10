"""Short ways to make the records that tests of the pure part need."""

from datetime import UTC, datetime, timedelta

from afterview.sync.identity import event_key
from afterview.sync.meetings import Seen
from afterview.sync.model import (
    Answer,
    Event,
    InterviewStatus,
    Participant,
    Person,
    Perspective,
    Verdict,
)

T0 = datetime(2026, 9, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def seen(
    uid: str,
    *,
    at: datetime = T0,
    title: str = "Interview",
    company: str = "Initech",
    people: tuple[Person, ...] = (Person("Ana Lima", "ana@initech.example", "attendee"),),
    status: InterviewStatus = InterviewStatus.CONFIRMED,
    stage: str = "unknown",
    place: str = "home/Personal",
    organizer: bool = True,
    seen_at: datetime = T0 - 30 * DAY,
    suspect_at: datetime | None = None,
    gone_at: datetime | None = None,
    alive_at: datetime | None = None,
) -> Seen:
    account, _, calendar = place.partition("/")
    event = Event(
        account,
        calendar,
        f"/{uid}.ics",
        uid,
        at,
        at + HOUR,
        title=title,
        organizer=Participant("ana@initech.example") if organizer else None,
    )
    verdict = Verdict(Answer.YES, 0.95, Perspective.CANDIDATE, status, (), company, interviewers=people, stage=stage)
    return Seen(event_key(uid, ""), place, event, verdict, seen_at, suspect_at, gone_at, alive_at)
