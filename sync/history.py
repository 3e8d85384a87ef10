"""History: all facts folded into what holds now. Pure; the order in which facts are handed in does not matter.

A fact that an UNDONE fact names (by id) does not count; an UNDONE that is itself undone has no effect either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from .contacts import find_person, main_interviewer, people_of
from .identity import person_key, plain
from .model import Application, Fact, FactKind, Outcome, Person

_OUTCOMES = frozenset(Outcome)
_TAKEN_BACK = frozenset({FactKind.OUTCOME, FactKind.ADVICE, FactKind.PAID_OFF})


@dataclass(frozen=True, slots=True)
class History:
    """What holds, by follow-up key unless said otherwise. `outcomes`, `advice` and `paid_off` are in order of time.

    `taken_back` are the OUTCOME, ADVICE and PAID_OFF facts that were undone: what they called for must go again.
    `corrections` are the facts behind `verdicts`. `merged` maps a folded company name (`identity.plain`) to the name it
    goes by. `same` and `different` are what the user said of two people; `edits`, by person or application key, what the
    user knows better. `silent` are the keys of people who are not to be contacted, `forgotten` those of people who are
    left out of everything. `told` are the interviews that the user told of, by their keys.
    """

    started_at: datetime | None = None
    completed: Mapping[str, Fact] = field(default_factory=dict)
    dismissed: Mapping[str, Fact] = field(default_factory=dict)
    reopened: Mapping[str, Fact] = field(default_factory=dict)
    snoozed: Mapping[str, Fact] = field(default_factory=dict)
    renamed: Mapping[str, Fact] = field(default_factory=dict)
    noted: Mapping[str, Fact] = field(default_factory=dict)
    outcomes: tuple[Fact, ...] = ()
    verdicts: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Fact, ...] = ()
    advice: tuple[Fact, ...] = ()
    paid_off: tuple[Fact, ...] = ()
    taken_back: tuple[Fact, ...] = ()
    replaced: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    same: tuple[Fact, ...] = ()
    different: tuple[Fact, ...] = ()
    edits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    forgotten: frozenset[str] = frozenset()
    told: Mapping[str, Fact] = field(default_factory=dict)

    def interview_now(self, key: str) -> str:
        """Return the key of the interview that stands in the place of `key` today."""
        return _follow(self.replaced, key)

    def company_now(self, name: str) -> str:
        """Return the name that a company goes by after every `merge`."""
        seen = {plain(name)}
        while (into := self.merged.get(plain(name))) is not None and plain(into) not in seen:
            seen.add(plain(into))
            name = into
        return name


@dataclass(frozen=True, slots=True)
class Lesson:
    """Something an interviewer advised. `key` is where it comes from: a follow-up, a person or an application.

    `application` and `who` are the keys of application and adviser, "" where they are not known.
    """

    note: str
    person: str
    company: str
    at: datetime
    key: str
    application: str = ""
    who: str = ""


def fold(facts: Iterable[Fact]) -> History:
    """Fold facts, in whatever order they come, into what holds now."""
    by_time = sorted(filter(_says_something, facts), key=_order)
    undone = _undone(by_time)
    stands = [f for f in by_time if _stands(f, undone)]
    of = {kind: [f for f in stands if f.kind is kind] for kind in FactKind}
    edits = _edits(f for f in stands if f.kind in {FactKind.PERSON, FactKind.APPLICATION})
    return History(
        started_at=min((f.at for f in of[FactKind.STARTED]), default=None),
        completed=_until_reopened(stands, FactKind.COMPLETED),
        dismissed=_until_reopened(stands, FactKind.DISMISSED),
        reopened=_reopened(stands),
        snoozed=_latest(of[FactKind.SNOOZED]),
        renamed=_latest(of[FactKind.RENAMED]),
        noted=_latest(of[FactKind.NOTED]),
        outcomes=_outcomes(of[FactKind.OUTCOME]),
        verdicts=_words(of[FactKind.VERDICT], "answer"),
        corrections=tuple(_latest(of[FactKind.VERDICT]).values()),
        advice=tuple(of[FactKind.ADVICE]),
        paid_off=tuple(of[FactKind.PAID_OFF]),
        taken_back=tuple(f for f in by_time if f.kind in _TAKEN_BACK and f.id and str(f.id) in undone),
        replaced=_words(of[FactKind.REPLACED], "by"),
        merged=MappingProxyType(
            {plain(f.subject): f.value["into"] for f in of[FactKind.MERGED] if f.value.get("into")}
        ),
        same=tuple(of[FactKind.SAME]),
        different=tuple(of[FactKind.DIFFERENT]),
        edits=edits,
        told=_latest(of[FactKind.INTERVIEW]),
        forgotten=frozenset(f.subject for f in of[FactKind.FORGOTTEN]),
        silent=frozenset(subject for subject, fields in edits.items() if fields.get("contact") == "no"),
    )


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts that count, oldest first: neither undone nor what undoes another."""
    by_time = sorted(facts, key=_order)
    undone = _undone(by_time)
    return [fact for fact in by_time if _stands(fact, undone)]


def _says_something(fact: Fact) -> bool:
    """Tell whether a fact can be read: it is kept for good, also an outcome that another program wrote badly."""
    return fact.kind is not FactKind.OUTCOME or fact.value.get("outcome", "") in _OUTCOMES


def _stands(fact: Fact, undone: set[str]) -> bool:
    return fact.kind is not FactKind.UNDONE and not (fact.id and str(fact.id) in undone)


def heard_at(fact: Fact) -> datetime:
    """Return when an outcome was heard: what the user said (`at`), else when it was recorded."""
    said = fact.value.get("at", "")
    if not said:
        return fact.at
    try:
        heard = datetime.fromisoformat(said)
    except ValueError:
        return fact.at  # a fact is kept for good, also one that another program wrote badly
    return heard if heard.tzinfo is not None else fact.at


def note_of(history: History, fact: Fact) -> str:
    """Return the user's words on a completed follow-up; what was written after the tick replaces what stood at it."""
    later = history.noted.get(fact.subject)
    at_the_tick = fact.value.get("note", "").strip()
    if later is not None and (later.at >= fact.at or not at_the_tick):
        return later.value.get("note", "").strip() or at_the_tick
    return at_the_tick


def lessons(history: History, applications: Iterable[Application]) -> tuple[Lesson, ...]:
    """Return what was advised so far, newest first: noted advice, and notes on completed feedback calls."""
    known = {
        key: one
        for one in reversed(tuple(applications))  # where several share a key, the first has it
        for key in (*one.keys, *(key for interview in one.rounds for key in interview.keys))
    }
    found = [_noted_lesson(f, known) for f in history.advice if f.value.get("note", "").strip()]
    found += [
        _feedback_lesson(fact, note, known)
        for fact in history.completed.values()
        if fact.value.get("step") == "feedback" and (note := note_of(history, fact))
    ]
    once: dict[tuple[str, str], Lesson] = {}
    for lesson in sorted(found, key=lambda lesson: (lesson.at, lesson.key)):
        once.setdefault((plain(lesson.note), plain(lesson.person)), lesson)
    return tuple(reversed(once.values()))


def _noted_lesson(fact: Fact, known: Mapping[str, Application]) -> Lesson:
    application = _application(known, fact.value.get("application", ""), fact.subject)
    person = fact.value.get("person", "") or fact.value.get("email", "")
    if not person:
        everywhere = reversed({one.key: one for one in known.values()}.values())
        met = next((p for a in everywhere if (p := find_person(a, fact.subject)) is not None), None)
        person = _name(met)
    company = fact.value.get("company", "") or (application.company if application else "")
    who = fact.subject if fact.subject.startswith("p-") else ""
    return Lesson(fact.value["note"].strip(), person, company, fact.at, fact.subject, _key(application), who)


def _feedback_lesson(fact: Fact, note: str, known: Mapping[str, Application]) -> Lesson:
    application = _application(known, fact.value.get("application", ""), fact.value.get("interview", ""))
    said = fact.value.get("person", "")
    if application is None:
        named = "" if said.startswith("p-") else said
        return Lesson(note, named, fact.value.get("company", ""), fact.at, fact.subject, who=said if not named else "")
    person = find_person(application, said) if said else main_interviewer(application)
    if person is None and not said:
        person = next(iter(people_of(application)), None)
    name = _name(person) or ("" if said.startswith("p-") else said)
    who = person_key(person.name, person.email, application.company) if person is not None else ""
    return Lesson(note, name, application.company, fact.at, fact.subject, application.key, who)


def _application(known: Mapping[str, Application], *keys: str) -> Application | None:
    return next((known[key] for key in keys if key in known), None)


def _key(application: Application | None) -> str:
    return application.key if application is not None else ""


def _name(person: Person | None) -> str:
    return (person.name or person.email) if person is not None else ""


def _order(fact: Fact) -> tuple[datetime, int, str, str, list[tuple[str, str]]]:
    return fact.at, fact.id, fact.kind.value, fact.subject, sorted(fact.value.items())


def _undone(facts: list[Fact]) -> set[str]:
    """Return the ids that no longer count. Newest first, so that an undone UNDONE gives back what it took."""
    gone: set[str] = set()
    for fact in reversed(facts):
        if fact.kind is FactKind.UNDONE and not (fact.id and str(fact.id) in gone):
            gone.add(fact.subject)
    return gone


def _until_reopened(facts: list[Fact], kind: FactKind) -> Mapping[str, Fact]:
    """Keep the first fact of a kind since the follow-up was last reopened: repeating it does not move its time."""
    held: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind is kind:
            held.setdefault(fact.subject, fact)
        elif fact.kind is FactKind.REOPENED:
            held.pop(fact.subject, None)
    return MappingProxyType(held)


def _reopened(facts: list[Fact]) -> Mapping[str, Fact]:
    """Keep what was reopened and neither completed nor dismissed since."""
    held: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind is FactKind.REOPENED:
            held[fact.subject] = fact
        elif fact.kind in {FactKind.COMPLETED, FactKind.DISMISSED}:
            held.pop(fact.subject, None)
    return MappingProxyType(held)


def _latest(facts: list[Fact]) -> Mapping[str, Fact]:
    return MappingProxyType({fact.subject: fact for fact in facts})


def _words(facts: list[Fact], name: str) -> Mapping[str, str]:
    return MappingProxyType({fact.subject: fact.value[name] for fact in facts if fact.value.get(name)})


def _outcomes(facts: list[Fact]) -> tuple[Fact, ...]:
    """Drop what was said before: of equal outcomes of a subject in a row, the earliest stands."""
    kept: list[Fact] = []
    last: dict[str, str] = {}
    for fact in sorted(facts, key=lambda fact: (heard_at(fact), _order(fact))):
        outcome = fact.value.get("outcome", "")
        if last.get(fact.subject) != outcome:
            kept.append(fact)
            last[fact.subject] = outcome
    return tuple(kept)


def _edits(facts: Iterable[Fact]) -> Mapping[str, Mapping[str, str]]:
    """Keep the last word on each field."""
    held: dict[str, dict[str, str]] = {}
    for fact in facts:
        held.setdefault(fact.subject, {}).update(fact.value)
    return MappingProxyType(held)


def _follow(steps: Mapping[str, str], start: str) -> str:
    seen = {start}
    while (following := steps.get(start)) is not None and following not in seen:
        seen.add(following)
        start = following
    return start
