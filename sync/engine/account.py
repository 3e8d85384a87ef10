"""One account in one pass: its calendars, and the task list if the follow-ups go there."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from ..history import fold
from ..ledger import Ledger
from ..meetings import Seen
from ..ports import Connection
from ..thinking import Thought, think
from .calendars import CalendarReader
from .phone import Phone
from .report import AccountReport
from .terms import SETTLED, Terms
from .writer import Limits, Writer


class PassOptions(Protocol):
    """What an account's pass needs of `runner.Options`."""

    @property
    def dry_run(self) -> bool: ...
    @property
    def full(self) -> bool: ...
    @property
    def accept(self) -> frozenset[str]: ...
    @property
    def progress(self) -> Callable[[str, str], None]: ...


class AccountPass:
    """Carries what one pass knows from account to account."""

    def __init__(
        self, ledger: Ledger, terms: Terms, now: datetime, options: PassOptions, out_of_time: Callable[[], bool]
    ) -> None:
        self._ledger = ledger
        self._terms = terms
        self._now = now
        self._options = options
        self._out_of_time = out_of_time
        self._changed = options.full or bool(options.accept)

    def run(self, connection: Connection, report: AccountReport) -> None:
        """Read the account's calendars; if it receives the follow-ups, bring its list to what is wanted."""
        if connection.events is not None:
            history = fold(self._ledger.facts())
            reader = CalendarReader(self._ledger, connection.id, self._terms, history.verdicts, self._now)
            for calendar in connection.events.calendars():
                self._options.progress(connection.id, calendar)
                accept = calendar in self._options.accept
                news = reader.read(connection.events, calendar, full=self._options.full, accept=accept)
                report.events_seen += news.seen
                report.events_parsed += news.parsed
                report.problems += news.problems
                report.held += [news.held] if news.held else []
                self._changed = self._changed or news.changed
        if connection.tasks is not None and connection.id == self._terms.deliver_to:
            self._deliver(connection, report)

    def _deliver(self, connection: Connection, report: AccountReport) -> None:
        assert connection.tasks is not None  # noqa: S101 -- checked by the caller
        tasks = connection.tasks
        phone = Phone(self._ledger, connection.id, tasks, report, self._now)
        unfinished = bool(self._ledger.tasks.intents(connection.id, tasks.name))
        phone.recover()
        accept = tasks.name in self._options.accept
        phone.read(lambda: self._think().follow_ups, full=self._options.full, accept=accept)
        if phone.held or not (self._changed or unfinished or phone.seen or self._is_unsettled()):
            return
        self._ledger.set_note(SETTLED, "")
        limits = Limits(self._out_of_time, self._late_ring_at())
        Writer(phone, self._think, limits, dry_run=self._options.dry_run).run()
        if not report.uncertain and not self._out_of_time():
            self._ledger.set_note(SETTLED, self._fingerprint(self._think()))

    def _think(self) -> Thought:
        return think(seen_in(self._ledger), self._ledger.facts(), self._terms.playbook, self._now)

    def _is_unsettled(self) -> bool:
        """Tell whether time, a new fact or another setting calls for thinking again, without thinking."""
        made_from, _, horizon = self._ledger.note(SETTLED).partition(" ")
        return made_from != self._inputs() or (bool(horizon) and self._now >= datetime.fromisoformat(horizon))

    def _fingerprint(self, thought: Thought) -> str:
        return f"{self._inputs()} {thought.horizon.isoformat() if thought.horizon else ''}"

    def _inputs(self) -> str:
        settings = sha256(repr(self._terms.playbook).encode()).hexdigest()[:12]
        return f"{self._ledger.last_fact()}/{settings}"

    def _late_ring_at(self) -> datetime:
        """Return when something rings that should have rung already: in two minutes, or when quiet hours are over."""
        soon = self._now.replace(second=0, microsecond=0) + timedelta(minutes=3)
        quiet, zone = self._terms.playbook.quiet, self._terms.playbook.clock
        return quiet.end_after(soon, zone) if quiet.cover(soon, zone) else soon


def seen_in(ledger: Ledger) -> tuple[Seen, ...]:
    """Return what may be an interview, for thinking."""
    return tuple(
        Seen(
            one.key,
            f"{one.account}/{one.collection}",
            one.event,
            one.verdict,
            one.seen_at,
            one.suspect_at,
            one.gone_at,
            one.alive_at,
        )
        for one in ledger.calendars.sightings()
        if one.event is not None and one.verdict is not None
    )
