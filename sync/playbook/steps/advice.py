"""Steps that advice calls for: `thank_advice` at once, `paid_off` when it has helped.

What happens close together calls for one task: advice of one person within a week is thanked for once, and an adviser
hears at most every 90 days that it paid off. The task then goes by the keys of everything that it stands for:
`thank_advice` by application key (advice of a feedback call) or adviser key and date (a note), `paid_off` by adviser key
and the key of the application that did well, or the date of the user's word.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...contacts import find_person, main_interviewer, people_of, person_keys, recruiter
from ...identity import follow_up_key
from ...model import Application, Fact, FactKind, Outcome, Person, Standing
from ..compose import Cause, compose
from ..scene import Scene
from ..settings import Step

_ONE_THANKS = timedelta(days=7)
_SUCCESS = frozenset({Outcome.ADVANCED, Outcome.OFFER, Outcome.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Event:
    """Advice given, or advice that helped. `adviser`: keys of the person; `live` False: taken back, or not yet so."""

    at: datetime
    adviser: tuple[str, ...]
    subjects: tuple[tuple[str, ...], ...]
    live: bool = True
    person: Person | None = None
    application: Application | None = None
    company: str = ""


@dataclass(frozen=True, slots=True)
class Success:
    """When an application did well, and whether that still holds; its last round, which advice must come before."""

    application: Application
    last_round_at: datetime
    times: tuple[tuple[datetime, bool], ...]


@dataclass(frozen=True, slots=True)
class Thanks:
    """A thank-you for advice: to whom, since when, and until when it is open: ticked, deleted or due."""

    adviser: frozenset[str]
    began_at: datetime
    over_at: datetime


def thank_advice(scene: Scene) -> Iterator[Cause]:
    """Thank whoever gave advice, in a feedback call or otherwise."""
    for cluster in _thanked_together(scene):
        yield _cause(scene, Step.THANK_ADVICE, cluster)


def paid_off(scene: Scene) -> Iterator[Cause]:
    """Tell an adviser that the advice helped, when the user says so or a later application does well.

    Thanks for the advice that are still to be sent come first: the news then waits for them, or for their deadline.
    """
    given = [event for event in (*calls(scene), *notes(scene)) if event.live]
    said = [_said(scene, fact) for fact in (*scene.history.paid_off, *_taken_back(scene, FactKind.PAID_OFF))]
    successes = [success for application in scene.applications if (success := _success(scene, application)).times]
    again_after = scene.settings.steps[Step.PAID_OFF].again_after.exact
    thanks = list(_thanks(scene)) if said or successes else []
    advising, saying = ({id(event) for event in events} for events in (given, said))
    for adviser in by_adviser([*given, *said]):
        advice = [event for event in adviser if id(event) in advising]
        helped = [event for event in adviser if id(event) in saying]
        for success in successes if advice else ():
            helped += _helped(advice, success)
        for cluster in _close_together(helped, again_after, lambda one, at: _before_start(scene, one, at)):
            cause = _cause(scene, Step.PAID_OFF, cluster)
            yield replace(cause, counts_from=max([cause.began_at, *_sent_by(thanks, cluster)]))


def calls(scene: Scene) -> Iterator[Event]:
    """Yield the feedback calls that were ticked."""
    for application in scene.applications:
        person = main_interviewer(application) or recruiter(application)
        adviser = person_keys(person, people_of(application), application.company) if person else application.keys
        for generation in range(1, max(scene.heard[application.key].noes, 1) + 1):
            done = _ticked(scene, application, generation)
            if done is not None and "forgotten" not in done.value:
                subjects = tuple((key, str(generation)) for key in application.keys)
                yield Event(
                    done.at, adviser, subjects, person=person, application=application, company=application.company
                )


def notes(scene: Scene) -> Iterator[Event]:
    """Yield the advice that was noted, also that which was taken back."""
    for fact in scene.history.advice:
        if "forgotten" not in fact.value:
            yield _noted(scene, fact, live=True)
    for fact in _taken_back(scene, FactKind.ADVICE):
        if "forgotten" not in fact.value:
            yield _noted(scene, fact, live=False)


def by_adviser(events: Iterable[Event]) -> list[list[Event]]:
    """Put together what comes from one person: events that share a key, directly or through others."""
    group_of: dict[str, int] = {}  # key -> its group
    groups: dict[int, tuple[set[str], list[Event]]] = {}
    for number, event in enumerate(sorted(events, key=lambda e: (e.at, e.subjects))):
        keys, members = set(event.adviser), [event]
        for near in sorted({group_of[key] for key in event.adviser if key in group_of}):
            more, before = groups.pop(near)
            keys |= more
            members = [*before, *members]
        groups[number] = keys, members
        group_of.update(dict.fromkeys(keys, number))
    return [sorted(members, key=lambda e: (e.at, e.subjects)) for _, members in groups.values()]


def _thanked_together(scene: Scene) -> Iterator[list[Event]]:
    """Yield the advice that one thank-you stands for."""
    for group in by_adviser([*calls(scene), *notes(scene)]):
        yield from _close_together(group, _ONE_THANKS, lambda one, at: _over(scene, one, at))


def _thanks(scene: Scene) -> Iterator[Thanks]:
    """Yield the thank-yous for advice that stand."""
    history = scene.history
    for cluster in _thanked_together(scene):
        made = compose(scene, _cause(scene, Step.THANK_ADVICE, cluster))
        if made.standing is Standing.WANTED:
            closed = [kept[k].at for kept in (history.completed, history.dismissed) for k in made.keys if k in kept]
            adviser = frozenset(key for event in cluster for key in event.adviser)
            yield Thanks(adviser, cluster[0].at, min([made.due_at, *closed]))


def _sent_by(thanks: Iterable[Thanks], cluster: Sequence[Event]) -> Iterator[datetime]:
    """Yield when the thanks to an adviser that were called for before the advice helped are over."""
    adviser = {key for event in cluster for key in event.adviser}
    return (one.over_at for one in thanks if one.began_at <= cluster[0].at and one.adviser & adviser)


def _close_together(
    events: Sequence[Event], width: timedelta, over: Callable[[Sequence[Event], datetime], bool]
) -> list[list[Event]]:
    """Cut events into clusters, each from its first living event on for `width`; dead ones join what is near.

    `over` says whether a cluster is closed to what happens at an instant.
    """
    clusters: list[list[Event]] = []
    for event in sorted((e for e in events if e.live), key=lambda e: (e.at, e.subjects)):
        near = clusters[-1] if clusters and event.at - clusters[-1][0].at < width else None
        if near is not None and not over(near, event.at):
            near.append(event)
        else:
            clusters.append([event])
    for event in sorted((e for e in events if not e.live), key=lambda e: (e.at, e.subjects)):
        beside = next((c for c in clusters if c[0].live and abs(event.at - c[0].at) < width), None)
        if beside is None:
            clusters.append([event])
        else:
            beside.append(event)
    return clusters


def _over(scene: Scene, cluster: Sequence[Event], at: datetime) -> bool:
    """Say whether thanks were sent before `at`: what is advised afterwards calls for new ones."""
    completed = scene.history.completed
    keys = (follow_up_key(Step.THANK_ADVICE, *subject) for event in cluster for subject in event.subjects)
    return any(key in completed and completed[key].at < at for key in keys) or _before_start(scene, cluster, at)


def _before_start(scene: Scene, cluster: Sequence[Event], at: datetime) -> bool:
    """Say whether the first start lies in between: what was before called for nothing, so it swallows nothing."""
    started_at = scene.history.started_at
    return started_at is not None and cluster[0].at < started_at <= at


def _cause(scene: Scene, step: Step, cluster: Sequence[Event]) -> Cause:
    first = cluster[0]
    telling = next((event for event in cluster if event.person), first)
    application = next((event.application for event in cluster if event.application), None)
    days = scene.days[application.key] if application else ()
    return Cause(
        step,
        tuple(dict.fromkeys(subject for event in cluster for subject in event.subjects)),
        first.at,
        days[-1].day if days else scene.local_day(first.at),
        application,
        days[-1].slots[-1].key if days else "",
        telling.person,
        company=telling.company,
        withdrawn="" if first.live else "there is nothing to thank for",
        shows_outcome=step is Step.THANK_ADVICE,
    )


def _ticked(scene: Scene, application: Application, generation: int) -> Fact | None:
    keys = (follow_up_key(Step.FEEDBACK, key, generation=generation) for key in application.keys)
    found = [scene.history.completed[key] for key in keys if key in scene.history.completed]
    return min(found, key=lambda fact: fact.at, default=None)


def _noted(scene: Scene, fact: Fact, *, live: bool) -> Event:
    application, person = _whose(scene, fact)
    adviser = _adviser_keys(fact, application, person)
    day = scene.local_day(fact.at).isoformat()
    company = fact.value.get("company", "") or (application.company if application else "")
    return Event(fact.at, adviser, tuple((key, day) for key in adviser), live, person, application, company)


def _said(scene: Scene, fact: Fact) -> Event:
    return _noted(scene, fact, live=fact in scene.history.paid_off)


def _helped(advice: Sequence[Event], success: Success) -> Iterator[Event]:
    """Yield an event if the application did well after advice that came from elsewhere, before one of its rounds."""
    application = success.application
    for event in advice:
        if event.at >= success.last_round_at:
            continue
        if event.application is not None and event.application.key == application.key:
            continue
        after = [time for time in success.times if time[0] > event.at]
        if not after:
            continue
        at, live = min(after, key=lambda time: (not time[1], time[0]))
        keys = dict.fromkeys(key for one in advice for key in one.adviser)
        subjects = tuple((adviser, key) for adviser in keys for key in application.keys)
        yield replace(event, at=at, live=live, subjects=subjects)
        return


def _success(scene: Scene, application: Application) -> Success:
    """Collect when an application did well, and whether that still holds: said, or shown by a further round."""
    heard = scene.heard[application.key]
    times = [(at, True) for outcome, at in heard.outcomes if outcome in _SUCCESS]
    times += [(at, False) for outcome, at in heard.taken_back if outcome in _SUCCESS]
    if application.outcome in _SUCCESS and (at := scene.outcome_at(application)) is not None:
        times.append((at, True))
    days, counting = scene.days[application.key], scene.counting_days(application)
    times += [(day.slots[0].starts_at, day in counting[1:]) for day in days[1:]]
    last = counting[-1].counting[0].starts_at if counting else application.rounds[0].starts_at
    return Success(application, last, tuple(times))


def _whose(scene: Scene, fact: Fact) -> tuple[Application | None, Person | None]:
    """Find the application and the person that advice belongs to."""
    said = Person(fact.value.get("person", ""), fact.value.get("email", ""), "fact")
    wanted = (fact.value.get("application", ""), fact.subject)
    application = next((scene.owners[key] for key in wanted if key in scene.owners), None)
    places = (application,) if application else reversed(scene.applications)
    names = [name for name in (fact.subject, said.email, said.name if application else "") if name]
    for place in places:
        for name in names:
            if (person := find_person(place, name)) is not None:
                return application or place, person
    return application, said if said.name or said.email else None


def _adviser_keys(fact: Fact, application: Application | None, person: Person | None) -> tuple[str, ...]:
    if person is None:
        return (fact.subject,)
    company = application.company if application else fact.value.get("company", "")
    others = people_of(application) if application else ()
    own = () if fact.subject.startswith("a-") else (fact.subject,)
    return tuple(dict.fromkeys((*own, *person_keys(person, others, company))))


def _taken_back(scene: Scene, kind: FactKind) -> Iterator[Fact]:
    return (fact for fact in scene.history.taken_back if fact.kind is kind)
