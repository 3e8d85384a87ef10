"""From sightings to interviews: one interview for one meeting, in however many calendars and under whatever UID it stands.

Pure. A sighting is one occurrence in one place. Sightings under one key (UID and original start) are one interview; so are
two at the same time that share a person or a company (a mailed .ics beside the invitation). An interview that was
cancelled or taken away and a new one with the same people is the same interview, moved (a reschedule makes a new UID:
`facts/interview-invites.md` section 3.7).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from .identity import plain
from .model import Answer, Event, Interview, InterviewStatus, Person, Verdict

RESCHEDULE_REACH = timedelta(days=21)
OVERLAP = timedelta(days=3)  # how long before the old entry went its successor may have appeared
LIVE = (InterviewStatus.CONFIRMED, InterviewStatus.TENTATIVE)
LEGAL_FORMS = frozenset(
    """ab ag as aps asa bv co company corp corporation eg ev gbr gmbh group holding inc incorporated kg kgaa kk limited
    llc llp ltd mbh nv ohg oy oyj plc pte pty sa sarl sas se sl slu spa srl ug & and und et y""".split()  # noqa: SIM905 -- a list of words reads better
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What grouping needs of one sighting. `suspect_at`, `gone_at`, `alive_at` as in the ledger."""

    key: str
    place: str  # "account/calendar"
    event: Event
    verdict: Verdict
    seen_at: datetime
    suspect_at: datetime | None = None
    gone_at: datetime | None = None
    alive_at: datetime | None = None


def company_name(company: str) -> str:
    """Reduce a company's name to what two spellings have in common: case, accents, legal form and punctuation fall away."""
    words = "".join(c if c.isalnum() or c == "&" else " " for c in plain(company)).split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def interviews(seen: Iterable[Seen], verdicts: Mapping[str, str], replaced: Mapping[str, str]) -> tuple[Interview, ...]:
    """Build the interviews, by start then key.

    `verdicts`: the user's corrections by event key; `replaced`: key of an old event -> key of its successor.
    """
    one_key: dict[str, list[Seen]] = {}
    for sighting in seen:
        one_key.setdefault(sighting.key, []).append(sighting)
    found = [
        _interview(group)
        for key, group in sorted(one_key.items())
        if verdicts.get(key, group[0].verdict.answer) != Answer.NO
    ]
    found = [_confirmed_by_user(one, verdicts) for one in found]
    found = _follow_replacements(_join_copies(found), replaced)
    return tuple(one.interview for one in sorted(found, key=_by_start))


@dataclass(frozen=True, slots=True)
class _Found:
    """An interview with what decides whether it is a copy or a successor of another."""

    interview: Interview
    emails: frozenset[str]
    names: frozenset[str]
    company: str  # as `company_name` has it
    title: str
    seen_at: datetime
    rank: tuple[bool, bool, int, datetime]
    suspect: bool = False  # missing once: alive, unless a successor is there already
    went_at: datetime | None = None  # about when it was cancelled or taken away, if it was


def _by_start(found: _Found) -> tuple[datetime, str]:
    return found.interview.starts_at, found.interview.key


def _confirmed_by_user(found: _Found, verdicts: Mapping[str, str]) -> _Found:
    if verdicts.get(found.interview.key) == Answer.YES and found.interview.answer is not Answer.YES:
        return replace(found, interview=replace(found.interview, answer=Answer.YES))
    return found


def _rank(sighting: Seen) -> tuple[bool, bool, int, datetime]:
    """Order sightings of one meeting by how much they can be believed: not gone, with organizer, newest revision."""
    event = sighting.event
    return (
        sighting.gone_at is None,
        event.organizer is not None,
        event.sequence,
        event.modified_at or sighting.seen_at,
    )


def _interview(group: Sequence[Seen]) -> _Found:
    best = max(group, key=lambda one: (_rank(one), one.place))
    event, verdict = best.event, best.verdict
    people = verdict.interviewers
    interview = Interview(
        keys=(best.key,),
        starts_at=event.starts_at,
        ends_at=max(event.ends_at, event.starts_at),
        zone=event.zone,
        title=event.title,
        company=verdict.company,
        role=verdict.role,
        people=people,
        recruiter=verdict.recruiter,
        stage=verdict.stage,
        status=InterviewStatus.CANCELLED if all(_did_not_happen(one) for one in group) else verdict.status,
        all_day=event.all_day,
        answer=verdict.answer,
        score=verdict.score,
        reasons=verdict.reasons,
        sources=tuple(sorted({one.place for one in group})),
        doubtful=all(one.suspect_at for one in group),
        location=event.location,
    )
    everybody: tuple[Person, ...] = (*people, verdict.recruiter) if verdict.recruiter else people
    return _Found(
        interview,
        emails=frozenset(person.email for person in everybody if person.email),
        names=frozenset(plain(person.name) for person in people if person.name),
        company=company_name(verdict.company),
        title=plain(event.title),
        seen_at=min(one.seen_at for one in group),
        rank=_rank(best),
        suspect=all(one.suspect_at or one.gone_at for one in group),
        went_at=best.gone_at or best.suspect_at or event.modified_at,
    )


def _did_not_happen(sighting: Seen) -> bool:
    """Tell whether a vanished event vanished before it took place; an old entry tidied away afterwards did happen."""
    if sighting.gone_at is None:
        return False
    return sighting.event.ends_at > (sighting.alive_at or sighting.gone_at)


def _same_meeting(one: _Found, other: _Found) -> bool:
    a, b = one.interview, other.interview
    if not (a.starts_at < b.ends_at and b.starts_at < a.ends_at) and a.starts_at != b.starts_at:
        return False
    if one.emails & other.emails:
        return True
    if one.company and other.company:
        return one.company == other.company and a.starts_at == b.starts_at
    return a.starts_at == b.starts_at and (bool(one.names & other.names) or one.title == other.title)


def _join_copies(found: Sequence[_Found]) -> list[_Found]:
    joined: list[_Found] = []
    near: list[int] = []  # places of those that may still overlap with what starts later
    for one in sorted(found, key=_by_start):
        starts_at = one.interview.starts_at
        near = [place for place in near if _reaches(joined[place].interview, starts_at)]
        for place in near:
            other = joined[place]
            if _same_meeting(one, other) and (_alive(one) == _alive(other) or _called_off(one, other)):
                joined[place] = _merge(one, other)
                break
        else:
            near.append(len(joined))
            joined.append(one)
    return joined


def _reaches(earlier: Interview, moment: datetime) -> bool:
    return earlier.ends_at > moment or earlier.starts_at == moment


def _alive(found: _Found) -> bool:
    return found.interview.status in LIVE


def _called_off(one: _Found, other: _Found) -> bool:
    """Tell whether a cancelled and a living copy are one thing.

    They are when the organizer cancelled and the living one is only the user's own copy, which nobody updates (then the
    cancellation counts), and when the one was merely deleted from a calendar (then the living one counts).
    """
    cancelled, copy = (other, one) if _alive(one) else (one, other)
    not_deleted, has_organizer = cancelled.rank[:2]
    return not not_deleted or (has_organizer and not copy.rank[1])


def _merge(one: _Found, other: _Found) -> _Found:
    """Make one of two copies: the better believed one's words, everybody's people, both keys (smallest first)."""
    best, rest = sorted((one, other), key=lambda item: (item.rank, item.interview.key), reverse=True)
    a, b = best.interview, rest.interview
    interview = replace(
        a,
        keys=tuple(sorted({*a.keys, *b.keys})),
        company=a.company or b.company,
        role=a.role or b.role,
        people=a.people or b.people,
        recruiter=a.recruiter or b.recruiter,
        stage=a.stage if a.stage != "unknown" else b.stage,
        answer=Answer.YES if Answer.YES in {a.answer, b.answer} else a.answer,
        score=max(a.score, b.score),
        sources=tuple(sorted({*a.sources, *b.sources})),
        doubtful=a.doubtful and b.doubtful,
    )
    return replace(
        best,
        interview=interview,
        emails=one.emails | other.emails,
        names=one.names | other.names,
        company=best.company or rest.company,
        seen_at=min(one.seen_at, other.seen_at),
        suspect=one.suspect and other.suspect,
    )


def _follow_replacements(found: Sequence[_Found], replaced: Mapping[str, str]) -> list[_Found]:
    """Give each successor the keys of what it replaces and drop the replaced one."""
    gone = sorted((one for one in found if one.suspect or not _alive(one)), key=_by_start)
    named = [old for old in gone if any(key in replaced for key in old.interview.keys)]
    left = {old.interview.key: old for old in gone}
    result: list[_Found] = []
    for one in sorted((one for one in found if not one.suspect and _alive(one)), key=_by_start):
        reach = _within(gone, one.interview.starts_at)
        former = [old for old in (*named, *reach) if old.interview.key in left and _succeeds(one, old, replaced)]
        if not former:
            result.append(one)
            continue
        nearest = min(former, key=partial(_distance, one))
        del left[nearest.interview.key]
        keys = tuple(dict.fromkeys((*one.interview.keys, *nearest.interview.keys)))
        result.append(replace(one, interview=replace(one.interview, keys=keys)))
    return [*result, *left.values()]


def _within(ordered: Sequence[_Found], moment: datetime) -> Sequence[_Found]:
    """Return those, of some in order of start, that a meeting at `moment` may have replaced."""
    first = bisect_left(ordered, moment - RESCHEDULE_REACH, key=_start)
    return ordered[first : bisect_right(ordered, moment + RESCHEDULE_REACH, key=_start)]


def _start(found: _Found) -> datetime:
    return found.interview.starts_at


def _distance(one: _Found, other: _Found) -> tuple[timedelta, str]:
    return abs(one.interview.starts_at - other.interview.starts_at), other.interview.key


def _succeeds(new: _Found, old: _Found, replaced: Mapping[str, str]) -> bool:
    if any(replaced.get(key) in new.interview.keys for key in old.interview.keys):
        return True
    a, b = new.interview, old.interview
    known_long_before = new.seen_at < max(old.seen_at, (old.went_at or old.seen_at) - OVERLAP)
    if known_long_before or abs(a.starts_at - b.starts_at) > RESCHEDULE_REACH:
        return False
    same_people = bool(new.emails & old.emails or new.names & old.names)
    same_company = bool(new.company) and new.company == old.company
    same_title = bool(new.title) and (new.title in old.title or old.title in new.title)
    same_round = a.stage == b.stage or same_title
    return (same_people and same_round) or (same_company and same_title)
