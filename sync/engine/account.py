"""One account in one pass: its calendars, the task list if the follow-ups go there, and its address book."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from ..classify import Learned
from ..days import Days
from ..errors import AccountError, NotReady, Refused
from ..ledger import Ledger
from ..ledger.store import is_account
from ..model import TaskStatus
from ..ports import Book, Connection, TaskList, Tidy
from ..thinking import Thought
from .bookkeeping import BookKeeper
from .calendars import CalendarReader
from .lessons import learned, read_anew
from .phone import Phone
from .report import AccountReport
from .seen import thought_of
from .settled import Settled
from .terms import DELIVERED, SETTLED, Terms
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
    def progress(self) -> Callable[[str, str, int], None]: ...


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
        self._thought: tuple[tuple[int, int], Thought] | None = None
        self._taught: Learned | None = None

    def give_up_removed_accounts(self) -> None:
        """Let go of what accounts showed that are not configured any more."""
        if self._terms.accounts:
            for account in self._ledger.health().keys() - self._terms.accounts:
                if is_account(account):
                    self._ledger.forget_account(account)
            self._leave(place for place in self._ledger.calendars.places() if place[0] not in self._terms.accounts)

    def _leave(self, places: Iterable[tuple[str, str]]) -> None:
        for account, calendar in list(places):
            with self._ledger.transaction():
                if self._ledger.calendars.leave(account, calendar, self._now):
                    Settled(self._ledger, self._terms.playbook).clear()
                    self._changed = True

    def run(self, connection: Connection, report: AccountReport) -> None:
        """Read the account's calendars; if it receives the follow-ups, bring its list to what is wanted.

        A calendar that cannot be read stops no other and not the list; it is raised at the end. A service that does not
        accept the sign-in, or asks for a pause, is left alone at once.
        """
        failed = self._read_calendars(connection, report)
        if connection.tasks is not None and connection.id == self._terms.deliver_to:
            self._deliver(connection.tasks, connection.id, report)
            report.partly = True
        if connection.book is not None:
            self._keep_book(connection.book, connection.id, report)
            report.partly = True
        if failed is not None:
            raise failed

    def _keep_book(self, book: Book, account: str, report: AccountReport) -> None:
        """Bring what an address book or a CRM keeps to what is wanted."""
        keeper = BookKeeper(self._ledger, account, book, self._now, report, self._terms)
        keeper.run(self._options, self._think, self._out_of_time)

    def _read_calendars(self, connection: Connection, report: AccountReport) -> AccountError | None:
        source, failed = connection.events, None
        if source is None:
            return None
        reader = CalendarReader(self._ledger, connection.id, self._terms, self._learned(), self._now)
        calendars = source.calendars()
        self._leave(
            place
            for place in self._ledger.calendars.places()
            if place[0] == connection.id and place[1] not in calendars
        )
        for calendar in calendars:
            counted = partial(self._options.progress, connection.id, calendar)
            accept = calendar in self._options.accept
            try:
                news = reader.read(source, calendar, full=self._options.full, accept=accept, counted=counted)
            except (Refused, NotReady) as error:
                if isinstance(error, NotReady) and error.retry_at:
                    raise
                failed = failed or error
                continue
            report.partly = True
            report.events_seen += news.seen
            report.events_parsed += news.parsed
            report.problems += news.problems
            report.held += [news.held] if news.held else []
            self._changed = self._changed or news.changed
        return failed

    def _learned(self) -> Learned:
        """Return what the user's corrections teach, as of the beginning of the pass."""
        if self._taught is None:
            self._taught = learned(self._ledger, self._terms)
            read_anew(self._ledger, self._terms, self._taught)
        return self._taught

    def _deliver(self, tasks: TaskList, account: str, report: AccountReport) -> None:
        settled = Settled(self._ledger, self._terms.playbook)
        self._begin_list(account, tasks.name, report)
        days = None if tasks.capabilities().times else Days(ZoneInfo(self._terms.zone))
        think_here = self._think if days is None else self._in_days(days)
        phone = Phone(self._ledger, account, tasks, report, self._now, think_here, days)
        unfinished = bool(self._ledger.tasks.intents(account, tasks.name))
        phone.recover()
        phone.read(full=self._options.full, accept=tasks.name in self._options.accept)
        self._tidy(tasks)
        if phone.held or not (self._changed or unfinished or phone.seen or not settled.holds(self._now)):
            return
        settled.clear()
        if Writer(phone, Limits(self._out_of_time, self._late_ring_at()), dry_run=self._options.dry_run).run():
            settled.set(self._think().horizon)
        self._tidy(tasks)

    def _tidy(self, tasks: TaskList) -> None:
        if isinstance(tasks, Tidy) and not self._options.dry_run:
            tasks.tidy()

    def _begin_list(self, account: str, task_list: str, report: AccountReport) -> None:
        """Begin with a list that was not written to last time: what is known of it is too old to go by."""
        place = f"{account}/{task_list}"
        before = self._ledger.note(DELIVERED)
        if before == place:
            return
        if before:
            left = sum(
                row.base.status is TaskStatus.OPEN for row in self._ledger.tasks.rows(*before.split("/", 1)).values()
            )
            if left:
                report.problems.append(
                    f"{left} follow-ups still stand in the list {before}, which is not kept up any more; "
                    "delete them there, they are made anew where they are wanted."
                )
        with self._ledger.transaction():
            self._ledger.calendars.forget(account, f"tasks:{task_list}")
            self._ledger.set_note(DELIVERED, place)
            self._ledger.set_note(SETTLED, "")

    def _think(self) -> Thought:
        """Think, unless neither a fact nor a sighting was recorded since the last time."""
        known = self._ledger.last_fact(), self._ledger.calendars.version
        if self._thought is None or self._thought[0] != known:
            here = self._terms.deliver_to  # is reachable while we are asked
            self._thought = known, thought_of(self._ledger, self._terms.playbook, self._now, reachable=here)
        return self._thought[1]

    def _in_days(self, days: Days) -> Callable[[], Thought]:
        """Think in days; once for each thought."""
        known: list[tuple[Thought, Thought]] = []

        def think_here() -> Thought:
            thought = self._think()
            if not known or known[0][0] is not thought:
                known[:] = [(thought, days.thought(thought))]
            return known[0][1]

        return think_here

    def _late_ring_at(self) -> datetime:
        """Return when something rings that should have rung already: in two minutes, or when quiet hours are over."""
        soon = self._now.replace(second=0, microsecond=0) + timedelta(minutes=3)
        quiet, zone = self._terms.playbook.quiet, self._terms.playbook.clock
        return quiet.end_after(soon, zone) if quiet.cover(soon, zone) else soon
