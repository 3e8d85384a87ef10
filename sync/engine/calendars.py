"""Step 1 for calendars: read what changed, classify it, and store items and cursor together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ..classify import Learned, classify, first_look
from ..errors import NotReady
from ..identity import event_key
from ..leaving_out import forgotten, left_out
from ..ledger import CalendarState, Etags, Ledger, Sighting
from ..model import Answer, Event, FactKind, Glance
from ..ports import Coverage, Done, EventRequest, EventSource, Removed, Resource, Unchanged, Window
from .terms import SETTLED, SUSPICION, Terms, held_words, listed_today, too_many


@dataclass
class Reading:
    """What one reading brought, before it is stored."""

    resources: list[tuple[str, str, tuple[Sighting, ...]]] = field(default_factory=list)
    unchanged: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    seen: int = 0
    parsed: int = 0
    problems: list[str] = field(default_factory=list)
    coverage: Coverage = Coverage.DELTA
    cursor: str = ""

    def named(self) -> set[str]:
        """Return the hrefs of everything that the reading says something about."""
        return self.unchanged | self.removed | {href for href, _, _ in self.resources}


@dataclass(frozen=True, slots=True)
class News:
    """What came of it. `changed`: something that decides is different now. `held`: why deletions are held, or ""."""

    seen: int = 0
    parsed: int = 0
    changed: bool = False
    problems: tuple[str, ...] = ()
    held: str = ""


class CalendarReader:
    """Reads the calendars of one account into the ledger."""

    def __init__(self, ledger: Ledger, account: str, terms: Terms, learned: Learned, now: datetime) -> None:
        self._ledger = ledger
        self._account = account
        self._terms = terms
        self._learned = learned
        self._now = now
        self._forgotten = forgotten(ledger.facts(FactKind.FORGOTTEN, FactKind.UNDONE))

    def read(
        self,
        source: EventSource,
        calendar: str,
        *,
        full: bool,
        accept: bool,
        counted: Callable[[int], None] = lambda _entries: None,
    ) -> News:
        """Read one calendar. Raises what the source raises; then nothing was stored. `counted` hears every 100 entries."""
        counted(0)
        state = self._ledger.calendars.state(self._account, calendar)
        full = full or not listed_today(state.full_at, self._now)
        request = EventRequest(
            calendar=calendar,
            window=self._terms.window(self._now),
            zone=self._terms.zone,
            interesting=self._interesting,
            cursor=state.cursor,
            full=full,
            known=Etags(self._ledger.calendars, self._account, calendar),
        )
        reading = self._collect(source, request, counted)
        return self._store(calendar, state, reading, request.window, accept=accept)

    def _interesting(self, glance: Glance) -> bool:
        return first_look(glance, self._terms.owner, self._terms.lexicon, self._learned)

    def _collect(self, source: EventSource, request: EventRequest, counted: Callable[[int], None]) -> Reading:
        reading = Reading()
        finished = False
        for number, item in enumerate(source.read(request), start=1):
            finished = False
            if not number % 100:
                counted(number)
            match item:
                case Resource():
                    self._take(reading, request.calendar, item)
                case Unchanged(href):
                    reading.unchanged.add(href)
                case Removed(href):
                    reading.removed.add(href)
                case Done(coverage, cursor):
                    reading.coverage, reading.cursor, finished = coverage, cursor, True
        if not finished:
            raise NotReady(f"The listing of the calendar {request.calendar} was cut short; it is read again later.")
        return reading

    def _take(self, reading: Reading, calendar: str, resource: Resource) -> None:
        reading.seen += max(1, len(resource.events))
        reading.parsed += len(resource.events)
        if resource.problem:
            reading.problems.append(resource.problem)
            reading.unchanged.add(resource.href)  # what it showed before still counts
            return
        sightings = [self._sighting(calendar, resource.href, event) for event in resource.events]
        if resource.skipped:
            sightings.append(self._skipped(calendar, resource.href, resource.skipped))
        reading.resources.append((resource.href, resource.etag, tuple(sightings)))

    def _sighting(self, calendar: str, href: str, event: Event) -> Sighting:
        verdict = classify(event, self._terms.owner, self._terms.lexicon, self._learned)
        maybe = verdict.answer is not Answer.NO
        event, verdict = left_out(event, verdict, self._forgotten)
        return Sighting(
            account=self._account,
            collection=calendar,
            href=href,
            key=event_key(event.uid, event.occurrence),
            uid=event.uid,
            answer=verdict.answer,
            title=event.title,
            starts=event.starts_at.isoformat(),
            seen_at=self._now,
            event=event if maybe else None,
            verdict=verdict if maybe else None,
        )

    def _skipped(self, calendar: str, href: str, glance: Glance) -> Sighting:
        return Sighting(
            account=self._account,
            collection=calendar,
            href=href,
            key=event_key(glance.uid, ""),
            uid=glance.uid,
            answer="skipped",
            title=glance.title,
            starts=glance.start_raw,
            seen_at=self._now,
        )

    def _store(self, calendar: str, state: CalendarState, reading: Reading, window: Window, *, accept: bool) -> News:
        """Store items and cursor in one transaction: after a crash both are old or both are new."""
        # a delta concerns what it names; a pass without news must not cost the more, the more is known
        touched = None if reading.coverage is Coverage.COMPLETE else reading.named()
        alive = self._ledger.calendars.alive(self._account, calendar, touched)
        missing = _missing(alive, reading, window)
        removed = {href for href in reading.removed if href in alive}
        lost = len(missing) + len(removed)
        held = "" if accept or not lost else self._held(calendar, lost)
        with self._ledger.transaction():
            changed = self._store_resources(calendar, reading, alive, state, window)
            if not held:
                changed |= self._take_away(calendar, alive, removed, missing, state, accept=accept)
            if changed:
                self._ledger.set_note(SETTLED, "")  # with the change itself, so that no crash can lose it
            waiting = bool(missing) and not accept
            complete = reading.coverage is Coverage.COMPLETE and not waiting and not held
            self._ledger.calendars.set_state(
                self._account,
                calendar,
                CalendarState(
                    cursor=state.cursor if held else reading.cursor,
                    full_at=self._now if complete else None if waiting or held else state.full_at,
                    ok_at=state.ok_at if held else self._now,
                    held=held,
                ),
            )
        return News(reading.seen, reading.parsed, changed, tuple(reading.problems), held)

    def _held(self, calendar: str, lost: int) -> str:
        """Say why deletions are held; "" where so many are believable."""
        known = self._ledger.calendars.count_alive(self._account, calendar)
        return held_words(lost, known, "interviews", calendar) if too_many(lost, known) else ""

    def _store_resources(
        self, calendar: str, reading: Reading, alive: dict[str, list[Sighting]], state: CalendarState, window: Window
    ) -> bool:
        calendars = self._ledger.calendars
        calendars.set_etags(self._account, calendar, ((href, etag) for href, etag, _ in reading.resources))
        changed = False
        for href, _, sightings in reading.resources:
            before = alive.get(href, [])
            if before and not any(one.event for one in sightings) and sightings:
                calendars.drop(self._account, calendar, href)  # renamed into something else
                changed = True
            now_there = {one.key for one in sightings}
            for one in before:
                if one.key not in now_there and _inside(one, window):
                    calendars.mark_gone(one, at=self._now, alive_at=state.ok_at)
                    changed = True
            for one in sightings:
                calendars.put(one)
                changed = changed or one.event is not None
        for href in reading.unchanged & alive.keys():
            for one in alive[href]:
                if one.suspect_at:
                    calendars.mark_suspect(one, None)
                    changed = True
        return changed

    def _take_away(
        self,
        calendar: str,
        alive: dict[str, list[Sighting]],
        removed: set[str],
        missing: dict[str, list[Sighting]],
        state: CalendarState,
        *,
        accept: bool,
    ) -> bool:
        calendars = self._ledger.calendars
        calendars.drop_etags(self._account, calendar, removed)
        for href in removed:
            for one in alive[href]:
                calendars.mark_gone(one, at=self._now, alive_at=state.ok_at)
        for href, sightings in missing.items():
            for one in sightings:
                if accept or (one.suspect_at and self._now - one.suspect_at >= SUSPICION):
                    calendars.mark_gone(one, at=self._now, alive_at=one.alive_at or state.ok_at)
                    calendars.drop_etags(self._account, calendar, [href])
                elif not one.suspect_at:
                    calendars.mark_suspect(one, self._now, state.ok_at)
        return bool(removed or missing)


def _missing(alive: dict[str, list[Sighting]], reading: Reading, window: Window) -> dict[str, list[Sighting]]:
    """Return what a complete listing of the window should have shown and did not.

    What was missing before and has left the window since can never be shown again; it counts as missing still.
    """
    if reading.coverage is not Coverage.COMPLETE:
        return {}
    present = reading.named()
    return {
        href: inside
        for href, sightings in alive.items()
        if href not in present and (inside := [one for one in sightings if one.suspect_at or _inside(one, window)])
    }


def _inside(sighting: Sighting, window: Window) -> bool:
    event = sighting.event
    return event is not None and event.starts_at < window.ends_at and event.ends_at > window.starts_at
