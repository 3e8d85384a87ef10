"""One pass over all accounts: read every calendar, then bring the task list to what is wanted.

An account that fails is reported and stops no other. Nothing here decides what to write.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from .defect import contained
from .engine.account import AccountPass
from .engine.report import AccountReport, PassReport
from .engine.terms import SETTLED, Terms
from .errors import AccountError, AuthFailed, ConfigError, Defect, DeletionsHeld, NotReady, StateError
from .ledger import Ledger
from .ledger.rings import PLANNED_FROM
from .ledger.store import Health
from .model import Fact, FactKind
from .ports import Clock, Connection

CLOCK_SLACK = timedelta(hours=24)
WRITTEN = datetime(2025, 1, 1, tzinfo=UTC)  # a clock that shows less has never been set
STEP_BACK = timedelta(minutes=5)  # less is a clock being set to the second
LATEST = "last pass"  # note in the ledger: when it began


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """An account to work on. `open` connects, and may raise `AccountError` or `ConfigError` (a secret that fails).

    `book`: it is an address book or a CRM, which has time until every follow-up is where it belongs.
    """

    id: str
    open: Callable[[], Connection]
    book: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """How a pass goes.

    `full`: complete listings everywhere. `accept`: names of calendars and lists whose deletions are believed, however
    many. `deadline_s`: when the pass stops by itself. `stop`: asked between two writes. `trust_clock`:
    the clock is right, whatever the last pass took the time to be. `progress(account, calendar,
    entries)` is told what is read, at its beginning and at every hundredth entry.
    """

    dry_run: bool = False
    full: bool = False
    accept: frozenset[str] = frozenset()
    deadline_s: float = 600.0
    trust_clock: bool = False
    stop: Callable[[], bool] = lambda: False
    progress: Callable[[str, str, int], None] = field(default=lambda _account, _calendar, _entries: None)


def one_pass(
    ledger: Ledger, accounts: Sequence[AccountSpec], terms: Terms, clock: Clock, options: Options | None = None
) -> PassReport:
    """Make one pass and return what it did. Raises StateError only; every other failure is in the report."""
    options = options or Options()
    began = time.monotonic()
    now = clock()
    if not options.trust_clock:
        _check_clock(ledger, now)
    store = ledger.scratch() if options.dry_run else ledger
    _begin(store, now)
    report = PassReport(dry_run=options.dry_run)
    work = AccountPass(
        store, terms, now, options, lambda: options.stop() or time.monotonic() - began > options.deadline_s
    )
    work.give_up_removed_accounts()
    # after the calendars the list that receives the follow-ups, which follow from all of them; books last of all
    for spec in sorted(accounts, key=lambda one: (one.book and one.id != terms.deliver_to, one.id == terms.deliver_to)):
        before = store.health().get(spec.id)
        done = _account(store, spec, work, now)
        report.accounts.append(done)
        if done.state != (before.state if before else "ok"):  # lost, or back, is something to think about
            store.set_note(PLANNED_FROM, "")
            if spec.id != terms.deliver_to:
                store.set_note(SETTLED, "")
    report.accounts.sort(key=lambda one: [spec.id for spec in accounts].index(one.id))
    report.exit_code = _exit_code(report)
    report.seconds = round(time.monotonic() - began, 3)
    return report


def _check_clock(ledger: Ledger, now: datetime) -> None:
    if now < WRITTEN:
        raise StateError(
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, which is before Afterview was made; nothing was done. "
            "Set the clock right."
        )
    last = ledger.note(LATEST)
    if last and now < datetime.fromisoformat(last) - CLOCK_SLACK:
        raise StateError(
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, but the last pass was at {last[:16]}; nothing was done. "
            "Set the clock right; if it is right, run `afterview sync --trust-clock`."
        )


def _begin(ledger: Ledger, now: datetime) -> None:
    """Note the time of this pass. Where the last one was later, its clock was ahead: what it noted for then is undone."""
    last = ledger.note(LATEST)
    with ledger.transaction():
        if last and now < datetime.fromisoformat(last) - STEP_BACK:
            ledger.forget_ahead(now)
            ledger.set_note(SETTLED, "")
            ledger.set_note(PLANNED_FROM, "")
        if all(fact.at > now for fact in ledger.facts(FactKind.STARTED)):
            ledger.record(Fact(FactKind.STARTED, "", now, "engine"))
        ledger.set_note(LATEST, now.isoformat())


def _account(ledger: Ledger, spec: AccountSpec, work: AccountPass, now: datetime) -> AccountReport:
    report = AccountReport(spec.id)
    before = ledger.health().get(spec.id) or Health(spec.id, "new", now)
    if before.not_before and now < before.not_before:
        report.state, report.error = "waiting", before.words
        return report
    retry_at: datetime | None = None
    try:
        with contained(spec.id):
            connection = spec.open()
            try:
                work.run(connection, report)
            finally:
                traffic = connection.traffic()
                report.requests, report.bytes_in, report.bytes_out = (
                    traffic.requests, traffic.bytes_in, traffic.bytes_out,
                )  # fmt: skip
                connection.close()
    except AccountError as error:
        report.state, report.error = error.state, str(error)
        report.defect = error.__cause__ if isinstance(error, Defect) else None
        retry_at = error.retry_at if isinstance(error, NotReady) else None
    except ConfigError as error:
        report.state, report.error = "error", str(error)
    _remember(ledger, before, report, retry_at, now)
    return report


def _remember(ledger: Ledger, before: Health, report: AccountReport, retry_at: datetime | None, now: datetime) -> None:
    good = report.state == "ok"
    ledger.set_health(
        Health(
            report.id,
            report.state,
            since=before.since if (before.state == "ok") is good and before.state != "new" else now,
            ok_at=now if good else before.ok_at,
            words=report.error,
            not_before=retry_at,
            failures=0 if good else before.failures + 1,
        )
    )


def _exit_code(report: PassReport) -> int:
    codes = {"ok": 0, "waiting": NotReady.exit_code, "error": ConfigError.exit_code}
    found = {codes.get(one.state, AuthFailed.exit_code) for one in report.accounts}
    if any(one.held for one in report.accounts):
        found.add(DeletionsHeld.exit_code)
    if any(one.defect for one in report.accounts):
        return Defect.exit_code
    order = (AuthFailed.exit_code, ConfigError.exit_code, DeletionsHeld.exit_code, NotReady.exit_code)
    return next((code for code in order if code in found), 0)
