"""The user's own steps: trigger, conditions, action. The same rules hold as for the steps that come with Afterview.

Keys: the automation's id and the key of what triggered it (interview, application, adviser and date, follow-up), with
the person's key where the step is for each interviewer. Texts are the user's own, with placeholders from a closed list;
what comes from outside is filled in once and never read as a template.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ..contacts import known, main_interviewer, people_of, person_keys, recruiter
from ..identity import plain
from ..model import Application, FollowUp, Person
from .compose import Cause, compose
from .scene import Day, Scene, why_not
from .settings import Automation, Trigger, Whom
from .steps.advice import Event, calls, notes
from .steps.interviews import NOT_OVER

_SILENCE_ENDED = "the silence has ended"


def own_steps(scene: Scene, follow_ups: Sequence[FollowUp]) -> list[FollowUp]:
    """Return the follow-ups of every automation; `follow_ups` are those of the playbook, which may trigger them.

    An automation on a completed task sees the tasks of the automations written above it.
    """
    made: list[FollowUp] = []
    for automation in scene.settings.automations:
        for cause in _causes(scene, automation, [*follow_ups, *made]):
            made += (compose(scene, one) for one in _for_whom(cause, automation))
    return made


def _causes(scene: Scene, automation: Automation, follow_ups: Sequence[FollowUp]) -> Iterator[Cause]:
    if automation.trigger is Trigger.ADVICE_NOTED:
        yield from (_advised(scene, automation, event) for event in (*calls(scene), *notes(scene)))
    if automation.trigger is Trigger.TASK_COMPLETED:
        waited_for = [f for f in follow_ups if f.step in automation.conditions.steps]
        yield from (_completed(scene, automation, follow_up) for follow_up in waited_for)
    for application in scene.applications:
        if automation.trigger is Trigger.INTERVIEW_ENDED:
            for day in scene.days[application.key]:
                yield from _ended(scene, automation, day)
        if automation.trigger is Trigger.OUTCOME_RECORDED:
            yield _recorded(scene, automation, application)
        if automation.trigger is Trigger.SILENCE:
            yield from _silent(scene, automation, application, follow_ups)


def _ended(scene: Scene, automation: Automation, day: Day) -> Iterator[Cause]:
    for slot in day.slots:
        ended_at = scene.ends_at(slot)
        reason = "" if slot in day.counting else why_not((slot,))
        if not reason and automation.conditions.stages and slot.stage not in automation.conditions.stages:
            reason = _unmet("stage")
        reason = reason or _unmet_company(scene, automation, day.application)
        yield Cause(
            automation.id,
            tuple((key,) for key in slot.keys),
            ended_at,
            day.day,
            day.application,
            slot.key,
            people=tuple(filter(known, slot.people)),
            withdrawn=reason,
            early=NOT_OVER,
            automation=automation,
        )


def _recorded(scene: Scene, automation: Automation, application: Application) -> Cause:
    heard_at = scene.outcome_at(application)
    outcomes = automation.conditions.outcomes
    reason = "" if heard_at else "no outcome is known"
    if not reason and outcomes and application.outcome not in outcomes:
        reason = _unmet("outcome")
    reason = reason or _unmet_company(scene, automation, application)
    began_at = heard_at or scene.last_end(application.rounds)
    return replace(_about(scene, automation, application, began_at, reason), shows_outcome=True)


def _advised(scene: Scene, automation: Automation, event: Event) -> Cause:
    application = event.application
    reason = "" if event.live else "the advice was taken back"
    if not reason:
        reason = _unmet_company(scene, automation, application)
    days = scene.days[application.key] if application else ()
    return Cause(
        automation.id,
        event.subjects,
        event.at,
        days[-1].day if days else scene.local_day(event.at),
        application,
        days[-1].slots[-1].key if days else "",
        person=event.person,
        company=event.company,
        withdrawn=reason,
        automation=automation,
    )


def _completed(scene: Scene, automation: Automation, follow_up: FollowUp) -> Cause:
    done = min((scene.history.completed[k].at for k in follow_up.keys if k in scene.history.completed), default=None)
    application = next((a for a in scene.applications if a.key == follow_up.application), None)
    reason = "" if done else "the task before it is not done"
    reason = reason or _unmet_company(scene, automation, application)
    began_at = done or follow_up.due_at
    days = scene.days[application.key] if application else ()
    return Cause(
        automation.id,
        tuple((key,) for key in follow_up.keys),
        began_at,
        days[-1].day if days else scene.local_day(began_at),
        application,
        follow_up.interview,
        person=follow_up.person,
        company=follow_up.company,
        withdrawn=reason,
        automation=automation,
    )


def _silent(
    scene: Scene, automation: Automation, application: Application, follow_ups: Sequence[FollowUp]
) -> Iterator[Cause]:
    counting = scene.counting_days(application)
    for day in scene.days[application.key]:
        slots = day.counting or day.slots
        last_at = max([scene.last_end(slots), *_touched(scene, application, follow_ups)])
        silent_at = automation.after.after(last_at, scene.clock, scene.settings.business.open_on)
        reason = "" if day.counting else why_not(day.slots)
        if not reason and (application.outcome is not None or day is not counting[-1]):
            reason = _SILENCE_ENDED
        cause = _about(
            scene, automation, application, silent_at, reason or _unmet_company(scene, automation, application)
        )
        yield replace(cause, subjects=tuple((key,) for key in day.keys), day=day.day, interview=slots[-1].key)


def _touched(scene: Scene, application: Application, follow_ups: Sequence[FollowUp]) -> Iterator[datetime]:
    """Yield when a task that concerns the application was ticked: somebody was written to."""
    for follow_up in follow_ups:
        if follow_up.application == application.key:
            yield from (scene.history.completed[k].at for k in follow_up.keys if k in scene.history.completed)


def _about(scene: Scene, automation: Automation, application: Application, began_at: datetime, reason: str) -> Cause:
    day = scene.days[application.key][-1]
    return Cause(
        automation.id,
        tuple((key,) for key in application.keys),
        began_at,
        day.day,
        application,
        day.slots[-1].key,
        withdrawn=reason,
        automation=automation,
    )


def _for_whom(cause: Cause, automation: Automation) -> Iterator[Cause]:
    """Address the step to the people it is for."""
    application = cause.application
    if automation.whom is Whom.INTERVIEWERS and application is not None:
        people = cause.people or _everybody(application)
        others = people_of(application)
        for one in people:
            keys = person_keys(one, others)
            subjects = tuple((*subject, key) for subject in cause.subjects for key in keys)
            yield replace(cause, subjects=subjects, person=one, people=())
        return
    person = cause.person
    if application is not None and automation.whom is Whom.INTERVIEWER:
        person = person or next(iter(cause.people), None) or main_interviewer(application)
    if application is not None and automation.whom is Whom.RECRUITER:
        person = recruiter(application)
    withdrawn = cause.withdrawn
    if person is None and automation.whom is not Whom.COMPANY:
        withdrawn = withdrawn or "nobody it is for is known"
    yield replace(cause, person=person, people=(), withdrawn=withdrawn)


def _everybody(application: Application) -> tuple[Person, ...]:
    met: dict[str, Person] = {}
    for interview in application.rounds:
        for person in filter(known, interview.people):
            met.setdefault(person.email or plain(person.name), person)
    return tuple(met.values())


def _unmet_company(scene: Scene, automation: Automation, application: Application | None) -> str:
    wanted = automation.conditions.companies
    if not wanted:
        return ""
    spellings = (application.company, *application.names) if application else ()
    names = {plain(name) for name in spellings} | {plain(scene.history.company_now(name)) for name in spellings}
    return "" if wanted & names else _unmet("company")


def _unmet(what: str) -> str:
    return f"the {what} is another one"
