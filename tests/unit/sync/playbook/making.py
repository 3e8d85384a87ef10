"""Short ways to make the records that tests of the playbook need."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from afterview.sync.history import fold
from afterview.sync.identity import application_key, event_key
from afterview.sync.model import (
    Application,
    Fact,
    FactKind,
    FollowUp,
    Interview,
    InterviewStatus,
    Outcome,
    Person,
    Standing,
)
from afterview.sync.playbook import Plan, PlaybookSettings, want

BERLIN = PlaybookSettings(zone="Europe/Berlin")
ANNA = Person("Anna Weber", "anna@initech.example", "attendee")
BOB = Person("Bob Lee", "", "text")
RITA = Person("Rita Roth", "rita@agency.example", "organizer")
STARTED = datetime(2026, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    """Read "2026-09-01 14:00" as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def interview(
    uid: str = "one",
    start: str = "2026-08-27 13:00",
    end: str = "2026-08-27 14:00",
    *,
    people: tuple[Person, ...] = (ANNA,),
    recruiter: Person | None = None,
    company: str = "Initech",
    status: InterviewStatus = InterviewStatus.CONFIRMED,
    all_day: bool = False,
) -> Interview:
    return Interview(
        (event_key(uid, ""),),
        utc(start),
        utc(end),
        "Europe/Berlin",
        title=f"Interview {company}",
        company=company,
        people=people,
        recruiter=recruiter,
        status=status,
        all_day=all_day,
    )


def application(
    *rounds: Interview, outcome: Outcome | None = None, at: str = "", company: str = "Initech", role: str = ""
) -> Application:
    return Application(
        tuple(application_key(key) for one in rounds for key in one.keys),
        company,
        role,
        rounds,
        outcome,
        utc(at) if at else None,
        names=(company,) if company else (),
    )


def fact(kind: FactKind, subject: str, at: str, number: int = 0, **value: str) -> Fact:
    return Fact(kind, subject, utc(at), "cli", value, number)


def plan(
    applications: Sequence[Application],
    now: str,
    facts: Sequence[Fact] = (),
    settings: PlaybookSettings = BERLIN,
    started_at: datetime | None = STARTED,
) -> Plan:
    started = [Fact(FactKind.STARTED, "", started_at, "engine")] if started_at else []
    return want(applications, fold([*started, *facts]), settings, utc(now))


def step(settings: PlaybookSettings, name: str, **changes: object) -> PlaybookSettings:
    """Return the settings with one step changed."""
    return replace(settings, steps={**settings.steps, name: replace(settings.steps[name], **changes)})  # type: ignore[arg-type]  # names are the test's


def standing(plan: Plan, step: str = "") -> list[FollowUp]:
    """Return what is wanted, of one step or of all."""
    return [f for f in plan.follow_ups if f.standing is Standing.WANTED and step in {"", f.step}]


def steps(plan: Plan) -> list[str]:
    """Name the steps that are wanted, sorted."""
    return sorted(f.step for f in standing(plan))


def only(plan: Plan, step: str) -> FollowUp:
    """Return the one follow-up of a step that is wanted."""
    (found,) = standing(plan, step)
    return found
