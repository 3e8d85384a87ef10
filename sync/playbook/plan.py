"""The playbook: which follow-ups should exist now. Pure; the clock is a parameter.

    interview over ---> thank_you, ask_outcome
    outcome "no" -----> feedback --ticked--> thank_advice          check_in (three months after the last contact)
    advice noted -----> thank_advice ; prepare before the next interview ; paid_off when a later application does well

Every follow-up that a known subject could have called for is named, standing or withdrawn with the reason, so that a task
made earlier can be taken away when its cause has gone. Completed and dismissed ones are named too: they trigger others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..history import History, lessons
from ..model import Application, FollowUp, Outcome
from ..wording import Words
from . import steps
from .automations import own_steps
from .compose import Cause, compose
from .scene import Scene, Watch, advice_by_key, by_company, by_day, company_names, hear, imports, sane, thanks
from .settings import PlaybookSettings


@dataclass(frozen=True, slots=True)
class Plan:
    """The follow-ups by deadline, and the next instant at which the plan changes by itself (None: never)."""

    follow_ups: tuple[FollowUp, ...]
    horizon: datetime | None


def want(applications: Sequence[Application], history: History, settings: PlaybookSettings, now: datetime) -> Plan:
    """Say what should stand in the task list at `now`."""
    scene = _scene(applications, history, settings, now)
    found = [compose(scene, cause) for cause in _causes(scene)]
    touched: dict[str, list[FollowUp]] = {application.key: [] for application in scene.applications}
    for follow_up in found:
        touched.setdefault(follow_up.application, []).append(follow_up)
    for application in scene.applications:
        check_ins = steps.check_in(scene, application, touched[application.key])
        found += [compose(scene, cause) for cause in check_ins]
    found += own_steps(scene, found)
    ordered = sorted(_once(found), key=lambda f: (f.due_at, f.step, f.key))
    return Plan(tuple(ordered), scene.watch.next)


def _causes(scene: Scene) -> Iterator[Cause]:
    for application in scene.applications:
        for day in scene.days[application.key]:
            yield from steps.thank_you(scene, day)
            yield from steps.prepare(scene, day)
            yield from steps.ask_interview(scene, day)
        yield from steps.ask_outcome(scene, application)
        yield from steps.feedback(scene, application)
    yield from steps.thank_advice(scene)
    yield from steps.paid_off(scene)


def _scene(applications: Sequence[Application], history: History, settings: PlaybookSettings, now: datetime) -> Scene:
    clock = settings.clock
    known = tuple(sorted(sane(applications), key=lambda a: (a.rounds[0].starts_at, a.key)))
    names = {a.key: company_names(a, history) for a in known}
    scene = Scene(
        applications=known,
        history=history,
        settings=settings,
        words=Words.load(settings.language),
        watch=Watch(now),
        clock=clock,
        lessons=lessons(history, known),
        days={a.key: by_day(a, clock) for a in known},
        heard={a.key: hear(a, history) for a in known},
        thanked=thanks(history),
        names=names,
        owners={key: one for one in reversed(known) for key in one.keys},
        at_company=by_company(known, names),
        advice=advice_by_key(history),
        imported=imports(known, history),
    )
    accepted = [at for a in known if a.outcome is Outcome.ACCEPTED and (at := scene.outcome_at(a)) is not None]
    return replace(scene, accepted_at=max(accepted, default=None))


def _once(follow_ups: Sequence[FollowUp]) -> Iterator[FollowUp]:
    """Give every key to one follow-up only: the first that stands, else the first."""
    taken: set[str] = set()
    for follow_up in sorted(follow_ups, key=lambda f: bool(f.reason)):
        keys = tuple(key for key in follow_up.keys if key not in taken)
        taken.update(keys)
        if keys:
            yield replace(follow_up, keys=keys)
