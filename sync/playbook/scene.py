"""What every rule of the playbook looks at: applications by day, history, settings, and a watch that remembers.

Interviews that happened count; cancelled, declined, unconfirmed and doubtful ones do not, but their follow-ups are still
named, so that a task made before can be taken away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..contacts import person_keys
from ..history import History, Lesson, heard_at
from ..meetings import company_name
from ..model import Answer, Application, Fact, Interview, InterviewStatus, Outcome, Person
from ..told import imported_at
from ..wording import Words
from .settings import PlaybookSettings, Step
from .spans import at_wall

_SANE_YEARS = range(1971, 2970)  # events come from anybody; dates beyond leave no room to reckon in
_STATUS_WORDS = {
    InterviewStatus.CANCELLED: "the interview was cancelled",
    InterviewStatus.DECLINED: "you declined the interview",
    InterviewStatus.TENTATIVE: "the interview is not confirmed",
}


class Watch:
    """Compares with now, and remembers the nearest instant at which an answer would turn out differently."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.next: datetime | None = None

    def reached(self, at: datetime) -> bool:
        """Say whether `at` has come."""
        if at > self.now and (self.next is None or at < self.next):
            self.next = at
        return at <= self.now


@dataclass(frozen=True, slots=True)
class Day:
    """The interviews of one application on one day of the user's calendar: slots of a loop are one round.

    `counting` are the slots that take place.
    """

    application: Application
    day: date
    slots: tuple[Interview, ...]
    counting: tuple[Interview, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key of every slot."""
        return tuple(dict.fromkeys(key for slot in self.slots for key in slot.keys))


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard about an application, repetitions dropped: each outcome with its time, oldest first."""

    outcomes: tuple[tuple[Outcome, datetime], ...] = ()
    taken_back: tuple[tuple[Outcome, datetime], ...] = ()

    @property
    def noes(self) -> int:
        """How often the answer turned to "no"."""
        return sum(outcome is Outcome.NO for outcome, _ in self.outcomes)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a rule may look at."""

    applications: tuple[Application, ...]
    history: History
    settings: PlaybookSettings
    words: Words
    watch: Watch
    clock: ZoneInfo
    lessons: tuple[Lesson, ...] = ()
    accepted_at: datetime | None = None
    days: dict[str, tuple[Day, ...]] = field(default_factory=dict)  # by application key, by date
    heard: dict[str, Heard] = field(default_factory=dict)  # by application key
    thanked: dict[str, set[str]] = field(default_factory=dict)  # by interview key: ticked thank-yous
    names: dict[str, frozenset[str]] = field(default_factory=dict)  # by application key: the company's, folded
    owners: dict[str, Application] = field(default_factory=dict)  # by each of an application's keys
    at_company: dict[str, list[Application]] = field(default_factory=dict)  # by a company's folded name
    advice: dict[str, list[Fact]] = field(default_factory=dict)  # by the keys of whom and what it concerns
    imported: dict[str, datetime] = field(default_factory=dict)  # by application key: when it came from a file

    def local_day(self, instant: datetime) -> date:
        """Return the date in the user's own zone."""
        return instant.astimezone(self.clock).date()

    def ends_at(self, interview: Interview) -> datetime:
        """Return when an interview is over, in whole minutes; an all-day one when offices close that day."""
        end = max(interview.ends_at, interview.starts_at)
        if interview.all_day:
            last = max(interview.starts_at, end - timedelta(minutes=1))
            end = at_wall(self.local_day(last), self.settings.business.closes, self.clock)
        return whole_minute(end)

    def last_end(self, slots: Sequence[Interview]) -> datetime:
        """Return when the last of some interviews is over."""
        return max(self.ends_at(slot) for slot in slots)

    def counting_days(self, application: Application) -> tuple[Day, ...]:
        """Return the days on which something takes place, oldest first."""
        return tuple(day for day in self.days[application.key] if day.counting)

    def outcome_at(self, application: Application) -> datetime | None:
        """Return when the present outcome was first heard; saying it again does not move it."""
        heard = self.heard[application.key].outcomes
        if heard and heard[-1][0] is application.outcome:
            return heard[-1][1]
        if application.outcome is None:
            return None
        return application.outcome_at or self.last_end(application.rounds)

    def others_at(self, application: Application) -> tuple[Application, ...]:
        """Return the other applications at the same company, under any of its names."""
        found = {one.key: one for name in self.names[application.key] for one in self.at_company.get(name, ())}
        return tuple(one for key, one in found.items() if key != application.key)


def is_silent(scene: Scene, person: Person, company: str) -> bool:
    """Say whether somebody is not to be contacted."""
    return not scene.history.silent.isdisjoint(person_keys(person, company=company))


def counts(interview: Interview) -> bool:
    """Say whether an interview takes place for the user."""
    return interview.status is InterviewStatus.CONFIRMED and interview.answer is Answer.YES


def why_not(slots: Sequence[Interview]) -> str:
    """Say in words why none of these interviews counts."""
    first = slots[0]
    if first.answer is Answer.NO:
        return "it is not an interview"
    if first.status in _STATUS_WORDS:
        return _STATUS_WORDS[first.status]
    return "it is not certain that it is an interview"


def whole_minute(instant: datetime) -> datetime:
    """Round up to a whole minute, in UTC."""
    floor = instant.astimezone(UTC).replace(second=0, microsecond=0)
    return floor if floor == instant else floor + timedelta(minutes=1)


def sane(applications: Sequence[Application]) -> Iterator[Application]:
    """Leave out interviews at dates that nobody meant, and applications that have nothing else."""
    for application in applications:
        rounds = tuple(r for r in application.rounds if _meant(r))
        if len(rounds) == len(application.rounds) and rounds:
            yield application
        elif rounds:
            yield replace(application, rounds=rounds)


def _meant(interview: Interview) -> bool:
    return interview.starts_at.year in _SANE_YEARS and interview.ends_at.year in _SANE_YEARS


def by_day(application: Application, clock: ZoneInfo) -> tuple[Day, ...]:
    """Group the rounds of an application by the user's calendar day."""
    found: dict[date, list[Interview]] = {}
    for interview in sorted(application.rounds, key=lambda r: (r.starts_at, r.key)):
        found.setdefault(interview.starts_at.astimezone(clock).date(), []).append(interview)
    return tuple(Day(application, day, tuple(slots), tuple(filter(counts, slots))) for day, slots in found.items())


def thanks(history: History) -> dict[str, set[str]]:
    """Return the ticked thank-yous by interview."""
    found: dict[str, set[str]] = {}
    for key, fact in history.completed.items():
        if fact.value.get("step") == Step.THANK_YOU and (interview := fact.value.get("interview", "")):
            found.setdefault(interview, set()).add(key)
    return found


def by_company(
    applications: Sequence[Application], names: Mapping[str, frozenset[str]]
) -> dict[str, list[Application]]:
    """Group applications by each name of their company; `names` are those by application key."""
    found: dict[str, list[Application]] = {}
    for application in applications:
        for name in names[application.key]:
            found.setdefault(name, []).append(application)
    return found


def advice_by_key(history: History) -> dict[str, list[Fact]]:
    """Group noted advice by its subject and its application."""
    found: dict[str, list[Fact]] = {}
    for fact in history.advice:
        for key in {fact.subject, fact.value.get("application", "")} - {""}:
            found.setdefault(key, []).append(fact)
    return found


def imports(applications: Sequence[Application], history: History) -> dict[str, datetime]:
    """Return when something about an application was last taken over from a file, under each of its keys."""
    said = imported_at(history)
    found: dict[str, datetime] = {}
    for application in applications if said else ():
        keys = {*application.keys, *(key for interview in application.rounds for key in interview.keys)}
        moments = [said[key] for key in keys if key in said]
        found |= dict.fromkeys(application.keys, max(moments)) if moments else {}
    return found


def company_names(application: Application, history: History) -> frozenset[str]:
    """Return every name of the company, folded for comparing, after all merges."""
    spellings = {application.company, *application.names}
    return frozenset(company_name(history.company_now(name)) for name in spellings) - {""}


def hear(application: Application, history: History) -> Heard:
    """Collect what was heard about an application, whichever of its keys it was recorded under."""
    keys = {*application.keys, *(key for interview in application.rounds for key in interview.keys)}
    said = sorted(((heard_at(f), f) for f in history.outcomes if f.subject in keys), key=lambda pair: pair[0])
    kept: list[tuple[Outcome, datetime]] = []
    for at, fact in said:
        outcome = _outcome(fact)
        if outcome is not None and (not kept or kept[-1][0] is not outcome):
            kept.append((outcome, at))
    back = [(_outcome(f), heard_at(f)) for f in history.taken_back if f.subject in keys]
    return Heard(tuple(kept), tuple((outcome, at) for outcome, at in back if outcome is not None))


def _outcome(fact: Fact) -> Outcome | None:
    word = fact.value.get("outcome", "")
    return Outcome(word) if word in {outcome.value for outcome in Outcome} else None
