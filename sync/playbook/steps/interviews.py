"""Steps that an interview calls for: `prepare` before it, `thank_you` and `ask_outcome` after it, `ask_interview`.

Keys: `thank_you` has one per interview key and person, or per interview key alone where nobody is known or one is sent
per company and day; the others one per interview key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta

from ...contacts import known, people_of, person_keys
from ...identity import follow_up_key
from ...model import Answer, Application, Interview, InterviewStatus, Outcome, Person
from ..compose import Cause
from ..scene import Day, Scene, is_silent, whole_minute, why_not
from ..settings import Per, Step

NOT_OVER = "the interview is not over yet"
_ASKED_FOR = timedelta(days=2)  # nobody wants to be asked for longer whether that was an interview


@dataclass
class _Met:
    """A person of one day, with the slots they were in."""

    person: Person
    keys: tuple[str, ...]
    slots: list[Interview]


def thank_you(scene: Scene, day: Day) -> Iterator[Cause]:
    """Thank each interviewer of the day, or all of them at once."""
    met = _met(day)
    rule = scene.settings.steps[Step.THANK_YOU]
    everyone_subjects = tuple((key,) for key in day.keys)
    everyone_keys = {follow_up_key(Step.THANK_YOU, *subject) for subject in everyone_subjects}
    thanked = _thanked(scene, day)
    each = rule.per is Per.INTERVIEWER and bool(met) and not thanked & everyone_keys
    for one in met:
        subjects = tuple((key, person) for slot in one.slots for key in slot.keys for person in one.keys)
        reason = "" if each else "one thank-you goes to everybody of that day"
        yield _thanks(scene, day, tuple(one.slots), subjects, reason, (one.person,))
    reason = "each interviewer has a thank-you of their own" if each else ""
    if not each and thanked - everyone_keys:
        reason = "you have thanked already"
    people = tuple(one.person for one in met if not is_silent(scene, one.person, day.application.company))
    if met and not people:
        reason = reason or "nobody there is to be contacted"
    yield _thanks(scene, day, day.slots, everyone_subjects, reason, people)


def ask_outcome(scene: Scene, application: Application) -> Iterator[Cause]:
    """Ask how it went, once an application, from its latest round on."""
    days = scene.days[application.key]
    counting = scene.counting_days(application)
    for day in days:
        slots = day.counting or day.slots
        ended_at = scene.last_end(slots)
        reason = "" if day.counting else why_not(day.slots)
        if not reason and day is not counting[-1]:
            reason = "a later round followed"
        if not reason and _answered(scene, application, day):
            reason = "the outcome is known"
        yield Cause(
            Step.ASK_OUTCOME,
            tuple((key,) for key in day.keys),
            ended_at,
            day.day,
            application,
            slots[-1].key,
            withdrawn=reason,
            early=NOT_OVER,
        )


def prepare(scene: Scene, day: Day) -> Iterator[Cause]:
    """Remind of what was advised so far, before an interview that comes after it."""
    slots = day.counting or day.slots
    starts_at = slots[0].starts_at.astimezone(UTC).replace(second=0, microsecond=0)
    shown = scene.lessons[: scene.settings.steps[Step.PREPARE].lessons]
    if not shown or scene.lessons[-1].at >= starts_at:
        return
    reason = "" if day.counting else why_not(day.slots)
    yield Cause(
        Step.PREPARE,
        tuple((key,) for key in day.keys),
        min(shown[0].at, starts_at),
        day.day,
        day.application,
        slots[0].key,
        withdrawn=reason,
        at_once=True,
        until=starts_at,
        late="the interview has begun",
        closed_at=scene.days[day.application.key][0].slots[0].starts_at,
        due_at=starts_at,
        lessons=shown,
    )


def ask_interview(scene: Scene, day: Day) -> Iterator[Cause]:
    """Ask whether an event was an interview at all, for two days after it."""
    for slot in (slot for slot in day.slots if slot.answer is Answer.ASK):
        ended_at = scene.ends_at(slot)
        reason = "" if slot.status is InterviewStatus.CONFIRMED else why_not((slot,))
        subjects = tuple((key,) for key in slot.keys)
        yield Cause(
            Step.ASK_INTERVIEW,
            subjects,
            ended_at,
            day.day,
            day.application,
            slot.key,
            withdrawn=reason,
            until=ended_at + _ASKED_FOR,
            late="it was asked for two days",
            event=slot.title,
        )


def _thanks(
    scene: Scene,
    day: Day,
    slots: tuple[Interview, ...],
    subjects: tuple[tuple[str, ...], ...],
    reason: str,
    people: tuple[Person, ...],
) -> Cause:
    counting = tuple(slot for slot in slots if slot in day.counting)
    ended_at = scene.last_end(counting or slots)
    if not counting:
        reason = why_not(slots)
    return Cause(
        Step.THANK_YOU,
        subjects,
        ended_at,
        day.day,
        day.application,
        (counting or slots)[0].key,
        person=people[0] if len(people) == 1 else None,
        people=people if len(people) > 1 else (),
        company=(counting or slots)[0].company or day.application.company,
        withdrawn=reason,
        early=NOT_OVER,
    )


def _met(day: Day) -> list[_Met]:
    """Return who was met that day, everybody once, in the order of the events."""
    others = people_of(day.application)
    found: list[_Met] = []
    for slot in day.slots:
        for person in filter(known, slot.people):
            keys = person_keys(person, others)
            same = next((one for one in found if set(one.keys) & set(keys)), None)
            if same is None:
                found.append(_Met(person, keys, [slot]))
                continue
            if slot not in same.slots:
                same.slots.append(slot)
            if len(keys) > len(same.keys):
                same.person, same.keys = person, keys
    return found


def _thanked(scene: Scene, day: Day) -> set[str]:
    """Return the keys of thank-yous for the day that were ticked, also to people who are not in the event any more.

    The one to everybody counts when it was deleted, too: who does not want to thank all does not want to thank each.
    """
    for_all = {follow_up_key(Step.THANK_YOU, key) for key in day.keys}
    done = {key for key in for_all if key in scene.history.completed or key in scene.history.dismissed}
    return done.union(*(scene.thanked.get(key, ()) for key in day.keys))


def _answered(scene: Scene, application: Application, day: Day) -> bool:
    """Say whether the present outcome answers for this day; "advanced" answers only for rounds before it was heard."""
    if application.outcome is None:
        return False
    heard_at = scene.outcome_at(application)
    starts_at = whole_minute(day.slots[0].starts_at)
    return application.outcome is not Outcome.ADVANCED or heard_at is None or heard_at >= starts_at
