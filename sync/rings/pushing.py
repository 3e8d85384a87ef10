"""Pushes what is due: written down before it is sent, taken back only when it certainly was not, never sent twice.

A process that dies in between has pushed or it has not; either way that ring is over. Two processes that try at once meet
in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..defect import contained
from ..errors import AccountError, ConfigError, Defect, NotReady, Uncertain
from ..ledger import Ledger
from ..ledger.rings import EMPTY, SENDING, SENT, UNCERTAIN, Rung
from ..ledger.store import Health
from ..ports import Notifier, Push
from .brief import brief_push
from .message import messages
from .schedule import brief_mark, let_go, marks, next_brief, pause, refresh, waiting
from .terms import NotifierSpec, RingReport, RingTerms, health_name

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A push that is ours to send, and under what its rings are written down."""

    push: Push
    marks: tuple[Rung, ...]


def ring(ledger: Ledger, terms: RingTerms, notifiers: Sequence[NotifierSpec], now: datetime) -> RingReport:
    """Push what is due now to every address. Raises StateError only; an address that fails is in the report."""
    report = RingReport()
    for spec in notifiers:
        if _is_due(ledger, terms, spec.name, now):
            own = replace(terms, sign=spec.sign) if spec.sign else terms
            with ledger.transaction():
                claimed = _claim(ledger, own, spec.name, now)
            if claimed:
                _send(ledger, spec, claimed, report, now)
        let_go(ledger, terms, spec.name, now)
    return report


def _is_due(ledger: Ledger, terms: RingTerms, address: str, now: datetime) -> bool:
    """Look without a lock: mostly nothing is due."""
    paused_until = pause(ledger, address)
    if paused_until and now < paused_until:
        return False
    refresh(ledger, terms, now)
    ahead = waiting(ledger, address, now)
    brief = next_brief(ledger, terms, address, now)
    loud = not terms.playbook.quiet.cover(now, terms.playbook.clock)
    return bool(ahead and ahead[0].at <= now and loud) or (brief is not None and brief <= now)


def _claim(ledger: Ledger, terms: RingTerms, address: str, now: datetime) -> list[Claimed]:
    """Write down what is about to be pushed, so that nobody else pushes it."""
    refresh(ledger, terms, now)
    quiet = terms.playbook.quiet.cover(now, terms.playbook.clock)
    due = () if quiet else tuple(one for one in waiting(ledger, address, now) if one.at <= now)
    claimed: list[Claimed] = []
    for message in messages(due, terms, now):
        found = tuple(mark for one in message.rings for mark in marks(one, address))
        ledger.rings.claim(found, now, SENDING)
        if message.question is not None:
            ledger.questions.put(message.question)
        claimed.append(Claimed(message.push, found))
    brief = next_brief(ledger, terms, address, now)
    if brief is not None and brief <= now:
        push = brief_push(ledger, terms, now)
        ledger.rings.claim([brief_mark(brief, address)], now, SENDING if push else EMPTY)
        if push is not None:
            claimed.append(Claimed(push, (brief_mark(brief, address),)))
    return claimed


def _send(ledger: Ledger, spec: NotifierSpec, claimed: Sequence[Claimed], report: RingReport, now: datetime) -> None:
    left, doubt = list(claimed), ""
    notifier: Notifier | None = None
    try:
        with contained(f"the push address {spec.name}"):
            try:
                notifier = spec.open()
                while left:
                    doubt = _send_one(ledger, notifier, left[0], report) or doubt
                    left.pop(0)
            finally:
                if notifier is not None:
                    notifier.close()
                _take_back(ledger, left[1:] if notifier else left)  # whatever stopped us, these were not begun
    except Defect as error:  # of the one that was under way nobody knows whether it left
        _failed(ledger, spec.name, error, now)
        report.problems.append(str(error))
        report.defects += [error.__cause__] if error.__cause__ else []
    except (AccountError, ConfigError) as error:
        with ledger.transaction():
            _take_back(ledger, left)
            _failed(ledger, spec.name, error, now)
        report.problems.append(str(error))
    else:
        _remember(ledger, spec.name, "ok", doubt, now)  # the address works, whatever became of one push


def _take_back(ledger: Ledger, claimed: Sequence[Claimed]) -> None:
    ledger.rings.take_back([mark for one in claimed for mark in one.marks])


def _send_one(ledger: Ledger, notifier: Notifier, one: Claimed, report: RingReport) -> str:
    """Send one push; return why it is not certain that it came, "" if it is.

    Whoever is stopped before anything has left takes it back, so that it rings after the next start.
    """
    ended = False
    try:
        notifier.send(one.push)
        ended = True
    except Uncertain as error:
        ended = True
        ledger.rings.settle(one.marks, UNCERTAIN)
        report.uncertain += 1
        report.problems.append(str(error))
        return str(error)
    finally:
        if not ended and not notifier.begun:
            _take_back(ledger, [one])
    ledger.rings.settle(one.marks, SENT)
    report.pushed.append(one.push.title)
    return ""


def _failed(ledger: Ledger, address: str, error: AccountError | ConfigError, now: datetime) -> None:
    """Leave the address alone for a while: as long as the service asks for, else longer with every failure."""
    known = ledger.health().get(health_name(address))
    failures = known.failures + 1 if known else 1
    retry_at = error.retry_at if isinstance(error, NotReady) else None
    wait = min(_FIRST_PAUSE * 2 ** min(failures - 1, 10), _LONGEST_PAUSE)
    state = error.state if isinstance(error, AccountError) else "error"
    _remember(ledger, address, state, str(error), now, not_before=max(retry_at or now, now + wait), failures=failures)


def _remember(
    ledger: Ledger,
    address: str,
    state: str,
    words: str,
    now: datetime,
    *,
    not_before: datetime | None = None,
    failures: int = 0,
) -> None:
    name = health_name(address)
    before = ledger.health().get(name)
    ledger.set_health(
        Health(
            name,
            state,
            since=before.since if before and (before.state == "ok") is (state == "ok") else now,
            ok_at=now if state == "ok" else before.ok_at if before else None,
            words=words,
            not_before=not_before,
            failures=failures,
        )
    )
