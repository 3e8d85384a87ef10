"""Which account is asked when: one `Schedule` each. Pure; the clock and the jitter are passed in."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from afterview.integrations.coordinator import FIRST_PAUSE, LOCKED_PAUSE, Schedule, State
from afterview.sync.engine.report import AccountReport
from afterview.sync.errors import AccountError, AuthFailed, NotReady, Refused
from afterview.sync.ledger.store import Health

TOGETHER = timedelta(seconds=20)  # accounts that are due so close to each other share a pass


class Pace:
    """The schedules of all accounts. `jitter` returns a number from 0 to 1, evenly spread."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._intervals: dict[str, timedelta] = {}
        self._schedules: dict[str, Schedule] = {}

    def take(self, intervals: Mapping[str, timedelta], *, anew: Iterable[str] = ()) -> None:
        """Take over accounts and how often they are asked; those of `anew` and those not known yet are asked at once."""
        fresh = set(anew)
        self._schedules = {
            account: Schedule() if account in fresh else self._schedules.get(account, Schedule())
            for account in intervals
        }
        self._intervals = dict(intervals)

    def resume(self, health: Mapping[str, Health], again: Mapping[str, datetime], now: datetime) -> None:
        """Go on waiting where the service before this one ended. `again`: when it would have asked.

        What a person must mend is asked after a moment: perhaps it was mended, and that is why the service began anew.
        """
        for account in self._schedules.keys() & again.keys() & health.keys():
            known, next_at = health[account], again[account]
            if known.state in {State.OK, State.NEW}:
                continue
            state = State(known.state) if known.state in {State.WAITING, State.REAUTH} else State.REFUSED
            if state is not State.WAITING:
                next_at = min(next_at, now + FIRST_PAUSE)
            self._schedules[account] = Schedule(
                state,
                next_at=min(next_at, now + LOCKED_PAUSE),  # a clock that was ahead once blocks nothing for good
                not_before=known.not_before,
                last_ok=known.ok_at,
                failures=known.failures,
                sentence=known.words,
            )

    def waits(self) -> dict[str, datetime]:
        """Return when the accounts that do not work are asked again."""
        return {
            account: schedule.next_at
            for account, schedule in self._schedules.items()
            if schedule.next_at is not None and schedule.state not in {State.NEW, State.OK}
        }

    def due(self, now: datetime) -> list[str]:
        """Return the accounts to ask now, in their order; none before one of them is due."""
        if not any(schedule.due(now) for schedule in self._schedules.values()):
            return []
        return [account for account, schedule in self._schedules.items() if schedule.due(now + TOGETHER)]

    def may(self, account: str, now: datetime) -> bool:
        """Tell whether an account that is well may be asked out of turn."""
        schedule = self._schedules.get(account)
        return schedule is not None and schedule.state in {State.NEW, State.OK} and schedule.due(now, by_hand=True)

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next account is due, None without accounts."""
        return min((schedule.next_at or now for schedule in self._schedules.values()), default=None)

    def hurry(self, now: datetime, *, unreachable: bool = False) -> None:
        """Ask all accounts now, or only those that could not be reached; never before a service's own wish."""
        for account, schedule in self._schedules.items():
            if not unreachable or schedule.state is State.WAITING:
                self._schedules[account] = schedule.hurried(now)

    def reconcile(self, account: str, state: str) -> None:
        """Heed that somebody made an account work by hand while we waited for that."""
        schedule = self._schedules.get(account)
        if schedule and state in {State.OK, State.NEW} and schedule.state not in {State.OK, State.NEW}:
            self._schedules[account] = Schedule()

    def learn(self, report: AccountReport, health: Health | None, now: datetime) -> None:
        """Take over how a pass went for an account. What is worth telling of it, `Voice` tells."""
        schedule, interval = self._schedules.get(report.id), self._intervals.get(report.id)
        if schedule is None or interval is None:
            return
        if report.state == "ok":
            schedule, _ = schedule.succeeded(now, interval, self._jitter())
        else:
            error = _error(report, health)
            schedule, _ = schedule.failed(error, now, interval, self._jitter(), partly=report.partly)
        self._schedules[report.id] = schedule


def _error(report: AccountReport, health: Health | None) -> AccountError:
    if report.defect is not None:
        return NotReady(report.error)  # the next answer of the service may be another one
    if report.state == NotReady.state:
        return NotReady(report.error, retry_at=health.not_before if health else None)
    return AuthFailed(report.error) if report.state == AuthFailed.state else Refused(report.error)
