"""From a cause (what a rule found) to a follow-up: keys, dates, ring, standing, words and context."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from ..history import Lesson
from ..identity import Context, block_mark, follow_up_key, plain, short_hash
from ..model import Application, FollowUp, Outcome, Person, Standing
from ..text import one_line
from .hours import place_ring
from .rings import Anchor
from .scene import Scene, is_silent, whole_minute
from .settings import Automation, Step, StepSettings
from .spans import Unit, at_wall, next_business_day

_OVER = frozenset({Outcome.NO, Outcome.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Cause:
    """What a rule found: a step, whom it concerns, what began it, and why it does not stand (`withdrawn`), if so.

    `subjects` are what the keys are made of, the first one's first. `began_at` is what the deadline counts from, also
    the earliest moment for the follow-up to appear unless `at_once`; `early` says why it does not yet. It goes at
    `until` for the reason `late`. `due_at` replaces the rule's own reckoning; deadline and ring count from `counts_from`
    where it differs. `day` is the interview's date, by which the follow-up is recognised under another UID.
    """

    step: str
    subjects: tuple[tuple[str, ...], ...]
    began_at: datetime
    day: date
    application: Application | None = None
    interview: str = ""
    person: Person | None = None
    people: tuple[Person, ...] = ()
    company: str = ""
    generation: int = 1
    withdrawn: str = ""
    at_once: bool = False
    early: str = "it is not time for it yet"
    until: datetime | None = None
    late: str = ""
    closed_at: datetime | None = None  # when what it is about ended, where that differs from `began_at`
    shows_outcome: bool = False
    due_at: datetime | None = None
    counts_from: datetime | None = None
    event: str = ""  # the event's own title
    lessons: tuple[Lesson, ...] = ()
    automation: Automation | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the follow-up, its own first."""
        made = (follow_up_key(self.step, *subject, generation=self.generation) for subject in self.subjects)
        return tuple(dict.fromkeys(made))


def compose(scene: Scene, cause: Cause) -> FollowUp:
    """Make the follow-up."""
    rule = cause.automation.step if cause.automation else scene.settings.steps[cause.step]
    began_at = whole_minute(cause.counts_from or cause.began_at)
    due_at = cause.due_at or due(scene, rule, began_at)
    wish = rule.ring.wish(began_at, due_at, scene.clock)
    quiet = scene.settings.quiet
    ring_at = None if wish is None else place_ring(wish, min(began_at, due_at), due_at, quiet, scene.clock)
    standing, reason = _standing(scene, cause, rule, due_at)
    title, block = _words(scene, cause, due_at)
    return FollowUp(
        keys=cause.keys,
        step=cause.step,
        title=title,
        block=block,
        due_at=due_at,
        ring_at=ring_at if ring_at is None else whole_minute(ring_at),
        standing=standing,
        reason=reason,
        context=_context(scene, cause, block),
        person=cause.person,
        company=_company(cause),
        interview=cause.interview,
        application=cause.application.key if cause.application else "",
    )


def due(scene: Scene, rule: StepSettings, began_at: datetime) -> datetime:
    """Return the deadline: after the least wait, in business hours if so set, never before what began it.

    Days without a time of day end no earlier than the phone rings on that day, so it never rings the evening before.
    """
    business, clock = scene.settings.business, scene.clock
    earliest = rule.wait.after(began_at, clock, business.open_on)
    found = max(rule.due.after(began_at, clock, business.open_on), began_at)
    if found < earliest:
        found = earliest
        if rule.due.unit is Unit.BUSINESS_DAYS:
            day = scene.local_day(earliest)
            at = rule.due.at or began_at.astimezone(clock).time()
            found = at_wall(day, at, clock)
            if found < earliest or not business.open_on(day):
                found = at_wall(next_business_day(day, business.open_on), at, clock)
    found = max(found, _ring_of_the_day(scene, rule, found) or found)
    return business.moved(found, max(began_at, earliest), rule.shift or business.shift, clock)


def _ring_of_the_day(scene: Scene, rule: StepSettings, due_at: datetime) -> datetime | None:
    """Return when the phone rings on the day of a deadline that has no time of day of its own."""
    exact = rule.due.unit in {Unit.MINUTES, Unit.HOURS}
    if exact or rule.due.at is not None or rule.ring.anchor is not Anchor.DUE_DAY:
        return None
    day, quiet = scene.local_day(due_at), scene.settings.quiet
    ring_at = at_wall(day, rule.ring.at, scene.clock)
    if not quiet.cover(ring_at, scene.clock):
        return ring_at
    after = quiet.end_after(ring_at, scene.clock)
    return after if scene.local_day(after) == day else ring_at


def _standing(scene: Scene, cause: Cause, rule: StepSettings, due_at: datetime) -> tuple[Standing, str]:
    reason = _reason(scene, cause, rule)
    if reason:
        return Standing.WITHDRAWN, reason
    started_at = scene.history.started_at
    # without a first start on record, now is the first start
    filed = due_at < started_at if started_at is not None else scene.watch.reached(due_at)
    if filed:
        return Standing.FILED, "it was due before the first start"
    if scene.imported and due_at < _imported_at(scene, cause, due_at):
        return Standing.FILED, "it was due before it was imported"
    return Standing.WANTED, ""


def _imported_at(scene: Scene, cause: Cause, otherwise: datetime) -> datetime:
    """Return when what a cause stands on was last taken over from a file."""
    places = {cause.application.key if cause.application else "", *(key for one in cause.subjects for key in one)}
    return max((scene.imported[key] for key in places if key in scene.imported), default=otherwise)


def _reason(scene: Scene, cause: Cause, rule: StepSettings) -> str:
    if cause.withdrawn:
        return cause.withdrawn
    if not rule.enabled:
        return "this step is switched off"
    if cause.person is not None and is_silent(scene, cause.person, _company(cause)):
        return "this person is not to be contacted"
    accepted_at = scene.accepted_at
    if accepted_at is not None and cause.step != Step.PAID_OFF and (cause.closed_at or cause.began_at) <= accepted_at:
        return "you accepted an offer"
    if not cause.at_once and not scene.watch.reached(cause.began_at):
        return cause.early
    return cause.late if cause.until is not None and scene.watch.reached(cause.until) else ""


def _words(scene: Scene, cause: Cause, due_at: datetime) -> tuple[str, str]:
    values = {
        "person": shown(cause.person),
        "people": ", ".join(shown(person) for person in cause.people),
        "company": _company(cause),
        "role": cause.application.role if cause.application else "",
        "event": cause.event,
        "due": scene.words.when(due_at.astimezone(scene.clock)),
        "date": scene.words.on(cause.day),
    }
    if cause.automation is not None:
        title, notes = cause.automation.title, cause.automation.notes
        return one_line(scene.words.fill(title, values)), scene.words.fill(notes, values)
    over = cause.application is not None and cause.application.outcome in _OVER
    return scene.words.title(cause.step, values), scene.words.block(cause.step, values, cause.lessons, over=over)


def shown(person: Person | None) -> str:
    """Return how a person is named in a text: by name, else by address."""
    return (person.name.strip() or person.email) if person is not None else ""


def _company(cause: Cause) -> str:
    return cause.company or (cause.application.company if cause.application else "")


def _context(scene: Scene, cause: Cause, block: str) -> str:
    who = plain(shown(cause.person)) if cause.person else ""
    subject = short_hash("|".join((cause.step, who, plain(_company(cause)), cause.day.isoformat())))
    outcome = cause.application.outcome if cause.application and cause.shows_outcome else None
    heard_at = scene.outcome_at(cause.application) if cause.application and outcome else None
    return Context(
        step=cause.step,
        interview=cause.interview,
        application=cause.application.key if cause.application else "",
        outcome=outcome.value if outcome else "",
        time=heard_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if heard_at else "",
        subject=subject,
        block=block_mark(block),
    ).written()
