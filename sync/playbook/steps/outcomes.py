"""Steps that a "no" calls for: `feedback` the next business day, `check_in` three months later.

Keys: one per application key; a second "no" after the first was overtaken by better news is a new generation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ...contacts import main_interviewer, recruiter
from ...model import Application, FollowUp, Outcome, Person
from ..compose import Cause
from ..scene import Scene
from ..settings import Step

_NO_LONGER = "the answer is not a no"
_CONTACTS = frozenset({Step.THANK_YOU, Step.FEEDBACK, Step.THANK_ADVICE, Step.PAID_OFF})


def feedback(scene: Scene, application: Application) -> Iterator[Cause]:
    """Ask the main interviewer, else the recruiter, for five minutes of advice, unless advice was given since the "no"."""
    person = main_interviewer(application) or recruiter(application)
    heard_at = _began(scene, application)
    advised = any(at >= heard_at for at in _advised(scene, application))
    for generation, reason in _generations(scene, application):
        withdrawn = reason or ("" if person else "nobody to ask is known")
        cause = _cause(scene, application, Step.FEEDBACK, generation, withdrawn, person, heard_at)
        if not withdrawn and advised and not any(key in scene.history.completed for key in cause.keys):
            cause = replace(cause, withdrawn="advice was given")
        yield cause


def check_in(scene: Scene, application: Application, follow_ups: Sequence[FollowUp]) -> Iterator[Cause]:
    """Write to the company's contact again; any newer contact restarts the wait.

    `follow_ups`: those of this application from the other steps; the ticked ones are contacts.
    """
    person = recruiter(application) or main_interviewer(application)
    heard_at = _began(scene, application)
    newest = max((at for at in _contacts(scene, application, follow_ups) if at > heard_at), default=heard_at)
    for generation, reason in _generations(scene, application):
        withdrawn = reason or ("you applied there again" if _applied_again(scene, application, heard_at) else "")
        yield _cause(scene, application, Step.CHECK_IN, generation, withdrawn, person, newest)


def _generations(scene: Scene, application: Application) -> Iterator[tuple[int, str]]:
    """Yield each time the answer was "no", and why it does not hold any more, if so. Nothing, if nothing was ever heard."""
    heard = scene.heard[application.key]
    if not heard.outcomes and not heard.taken_back and application.outcome is None:
        return
    latest = max(heard.noes, 1)
    for generation in range(1, latest + 1):
        stands = generation == latest and application.outcome is Outcome.NO
        yield generation, "" if stands else _NO_LONGER


def _cause(
    scene: Scene,
    application: Application,
    step: Step,
    generation: int,
    withdrawn: str,
    person: Person | None,
    began_at: datetime,
) -> Cause:
    days = scene.counting_days(application) or scene.days[application.key]
    slots = days[-1].counting or days[-1].slots
    return Cause(
        step,
        tuple((key,) for key in application.keys),
        began_at,
        days[-1].day,
        application,
        slots[-1].key,
        person,
        generation=generation,
        withdrawn=withdrawn,
        closed_at=min(scene.last_end(slots), began_at),
        shows_outcome=True,
    )


def _began(scene: Scene, application: Application) -> datetime:
    return scene.outcome_at(application) or scene.last_end(application.rounds)


def _contacts(scene: Scene, application: Application, follow_ups: Sequence[FollowUp]) -> Iterator[datetime]:
    """Yield when the user was in touch with people of the application, as far as ticks and notes tell."""
    completed = scene.history.completed
    for follow_up in follow_ups:
        if follow_up.step in _CONTACTS:
            yield from (completed[key].at for key in follow_up.keys if key in completed)
    yield from _advised(scene, application)


def _advised(scene: Scene, application: Application) -> Iterator[datetime]:
    """Yield when advice was noted for the application."""
    for key in application.keys:
        yield from (fact.at for fact in scene.advice.get(key, ()))


def _applied_again(scene: Scene, application: Application, heard_at: datetime) -> bool:
    return any(
        day.counting[0].starts_at > heard_at
        for other in scene.others_at(application)
        for day in scene.counting_days(other)
    )
