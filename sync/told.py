"""Interviews that stand in no calendar: the user told of them, and grouping gets them as one more sighting. Pure.

A meeting that a calendar shows too (same day, same company or address) is one: the told sighting then takes over the
calendar's times and standing, so that it is joined with it, is never believed more, and goes when that goes.

What is imported is history: `imported_at` says until when what it calls for counts as filed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .applications import under
from .history import History
from .identity import event_key
from .leaving_out import left_out
from .meetings import Seen, company_name
from .model import Answer, Event, Fact, InterviewStatus, Person, Perspective, Reason, Verdict

IMPORT = "import"  # the source of what was taken over from a file, and the place of such a sighting
_REASONS = (Reason("told", 5.0, "you told of it"),)


def told_key(company: str, when: str) -> str:
    """Return the key of an interview told of: company, and its day or start as the fact has it."""
    return event_key("told", f"{company_name(company)} {when}")


def told(history: History, seen: Sequence[Seen], zone: ZoneInfo) -> tuple[Seen, ...]:
    """Return the sightings of what the user told of, beside those of calendars."""
    if not history.told:
        return ()
    by_day: dict[date, list[Seen]] = {}
    for one in seen:
        by_day.setdefault(_day(one, zone), []).append(one)
    found = (_sighting(fact, zone, history) for fact in history.told.values())
    return tuple(_placed(one, by_day.get(_day(one, zone), ()), history.merged) for one in found if one is not None)


def imported_at(history: History) -> Mapping[str, datetime]:
    """Return subject -> when something was taken over from a file about it, for the last time."""
    found: dict[str, datetime] = {}
    for subject, at in _imports(history):
        found[subject] = max(at, found.get(subject, at))
    return found


def _imports(history: History) -> Iterator[tuple[str, datetime]]:
    yield from ((fact.subject, fact.at) for fact in history.told.values())
    yield from ((fact.subject, fact.at) for fact in history.outcomes if fact.source == IMPORT)
    for fact in history.advice:
        if fact.source == IMPORT:
            at = taken_over_at(fact)
            yield from ((subject, at) for subject in {fact.subject, fact.value.get("application", "")} - {""})


def taken_over_at(fact: Fact) -> datetime:
    """Return when a fact was taken over from a file: what was advised is dated when it was said."""
    try:
        at = datetime.fromisoformat(fact.value.get("imported", ""))
    except ValueError:
        return fact.at
    return at if at.tzinfo else fact.at


def _sighting(fact: Fact, zone: ZoneInfo, history: History) -> Seen | None:
    try:
        starts_at, ends_at, all_day = _times(fact.value, zone)
    except (ValueError, OverflowError):
        return None  # a fact is kept for good, also one that another program wrote badly
    person = Person(fact.value.get("person", ""), fact.value.get("email", "").casefold(), IMPORT)
    event = Event(IMPORT, "", fact.subject, fact.subject, starts_at, ends_at, all_day=all_day, sequence=-1)
    verdict = Verdict(
        Answer.YES,
        1.0,
        Perspective.CANDIDATE,
        InterviewStatus.CONFIRMED,
        _REASONS,
        company=fact.value.get("company", ""),
        interviewers=(person,) if person.name or person.email else (),
        role=fact.value.get("role", ""),
    )
    event, verdict = left_out(event, verdict, history.forgotten)
    return Seen(fact.subject, IMPORT, event, verdict, fact.at)


def _times(value: Mapping[str, str], zone: ZoneInfo) -> tuple[datetime, datetime, bool]:
    if day := value.get("day", ""):
        midnight = datetime.combine(date.fromisoformat(day), time(), zone)
        after = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone)
        return midnight.astimezone(UTC), after.astimezone(UTC), True
    starts_at = datetime.fromisoformat(value.get("starts", ""))
    ends_at = datetime.fromisoformat(value.get("ends", "") or value["starts"])
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise ValueError("an instant without its offset")
    return starts_at.astimezone(UTC), max(starts_at, ends_at).astimezone(UTC), False


def _day(one: Seen, zone: ZoneInfo) -> date:
    try:
        return one.event.starts_at.astimezone(zone).date()
    except OverflowError:
        return one.event.starts_at.date()


def _placed(one: Seen, there: Iterable[Seen], merged: Mapping[str, str]) -> Seen:
    """Return a told sighting as the calendar has the same meeting, if it does."""
    same = [other for other in there if _is_same(one, other, merged)]
    if not same:
        return one
    shown = min(same, key=lambda other: (other.gone_at is not None, _apart(one, other), other.key))
    event, verdict = shown.event, shown.verdict
    went = shown.gone_at is not None and one.seen_at < shown.gone_at  # who tells of it later knows that it took place
    return replace(
        one,
        event=replace(
            one.event, starts_at=event.starts_at, ends_at=event.ends_at, all_day=event.all_day, zone=event.zone
        ),
        verdict=replace(one.verdict, company=verdict.company or one.verdict.company),
        suspect_at=shown.suspect_at,
        gone_at=shown.gone_at if went else None,
        alive_at=shown.alive_at if went else None,
    )


def _apart(one: Seen, other: Seen) -> timedelta:
    return timedelta() if one.event.all_day else abs(one.event.starts_at - other.event.starts_at)


def _is_same(one: Seen, other: Seen, merged: Mapping[str, str]) -> bool:
    a, b = (company_name(under(company, merged)) for company in (one.verdict.company, other.verdict.company))
    return bool(a and a == b) or bool(_emails(one) & _emails(other))


def _emails(one: Seen) -> set[str]:
    everybody = (*one.verdict.interviewers, *([one.verdict.recruiter] if one.verdict.recruiter else []))
    return {person.email for person in everybody if person.email}
