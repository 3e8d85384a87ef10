"""The loop: work, wait for the next thing that is due, work again. Never decides what to write; the engine does."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from afterview.sync.defect import contained
from afterview.sync.engine.settled import Settled
from afterview.sync.errors import AfterviewError, Busy, ConfigError, Defect
from afterview.sync.lock import exclusive
from afterview.sync.pulse import CHECKED, trace
from afterview.sync.rings import next_ring, ring
from afterview.sync.runner import Options as PassOptions
from afterview.sync.runner import one_pass

from ..report import write_report
from .carried import keep, resume
from .health import write_files
from .hearing import Hearing
from .pace import Pace
from .signals import Signals, Stopped
from .systemd import Systemd
from .ticker import Ticker, Wake
from .times import Times
from .voice import Voice

if TYPE_CHECKING:
    from afterview.integrations.answering import AnswerListener
    from afterview.sync.ledger import Ledger
    from afterview.sync.ports import Press

    from ..wire import Wiring

BUSY_PAUSE = timedelta(seconds=5)
STATE_PAUSE = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
SOON = timedelta(seconds=30)
SHORTEST_WAIT = timedelta(seconds=1)
HEARING_S = 3.0  # for buttons that begin to be heard while something rings


class Service:
    """One run of the background service. `make` reads the configuration anew each time it is called."""

    def __init__(
        self,
        make: "Callable[[], Wiring]",
        times: Times,
        signals: Signals,
        voice: Voice,
        systemd: Systemd,
        jitter: Callable[[], float],
    ) -> None:
        self._make = make
        self._times = times
        self._signals = signals
        self._voice = voice
        self._systemd = systemd
        self._pace = Pace(jitter)
        self._wired = self._read()
        self._terms = self._wired.terms()
        self._again_at: datetime | None = None  # when something is due that is no account's poll
        self._held_until: datetime | None = None  # nothing can be done before
        self._trouble = ""  # what was said last about that
        self._resumed = False
        self._listener: AnswerListener | None = None
        self._hearing: Hearing | None = None
        self._ticker = Ticker(times, signals, self._stamp, systemd.alive)

    def run(self) -> None:
        """Work until told to stop. Raises ConfigError at the beginning only."""
        self._pace.take(self._wired.intervals())
        self._listen()
        self._hear()
        self._systemd.ready(f"{len(self._wired.config.accounts)} accounts")
        try:
            while True:
                self._work()
                wake = self._ticker.wait(self._next_at())
                if wake is Wake.STOP:
                    self._systemd.stopping()
                    return
                self._heed(wake)
        finally:
            self._hush()

    def _listen(self) -> None:
        """Take answers from buttons, where that is configured; an answer wakes the loop."""
        listener = self._wired.answer_listener(self._signals.ring)
        if listener is None:
            return
        try:
            listener.start()
        except ConfigError as error:
            self._voice.say(f"{error} Until then no answers are taken from buttons.")
        else:
            self._listener = listener

    def _hear(self) -> None:
        """Hear the buttons of services that tell of them by themselves."""
        wired = self._wired

        def take(press: "Press") -> None:
            if wired.take_press(press):
                self._signals.ring()

        self._hearing = Hearing(wired.buttons(), take, self._voice.say)
        self._hearing.start()

    def _hush(self) -> None:
        if self._hearing is not None:
            self._hearing.stop()
            self._hearing = None
        if self._listener is not None:
            self._listener.stop()
            self._listener = None

    def _read(self) -> "Wiring":
        """Read the configuration and everything that can be wrong with it. Raises ConfigError."""
        wired = self._make()
        if not wired.config.accounts:
            raise ConfigError("There are no accounts yet; run `afterview setup`.")
        wired.intervals()
        wired.terms()
        return wired

    def _heed(self, wake: Wake) -> None:
        now = self._times.now()
        if wake is Wake.JUMP:
            self._pace.hurry(now)
        elif wake is Wake.NETWORK:
            self._pace.hurry(now, unreachable=True)
            if self._listener is None:
                self._listen()  # its address may only be there now
        elif wake is Wake.RELOAD:
            self._reload()

    def _reload(self) -> None:
        self._systemd.reloading()
        try:
            wired = self._read()
            self._wired, self._terms = wired, wired.terms()
        except ConfigError as error:
            self._voice.say(f"{error} The service goes on with the configuration it had.")
        else:
            self._pace.take(self._wired.intervals(), anew=[account.id for account in self._wired.config.accounts])
            self._voice.say("The configuration was read again.")
            self._hush()
            self._listen()
            self._hear()
        self._systemd.ready(f"{len(self._wired.config.accounts)} accounts")

    def _work(self) -> None:
        """Do what is due. A pass that is cut by the end of the service leaves what the next one needs."""
        self._again_at = self._held_until = None
        try:
            self._signals.working = True
            with (
                exclusive(self._wired.options.state_path()),
                self._wired.ledger() as ledger,
                contained("the background service"),
            ):
                self._passes(ledger)
            write_files(self._wired, self._times.now())
            self._trouble = ""
        except Stopped:
            return
        except Busy:
            self._held_until = self._times.now() + BUSY_PAUSE
        except (AfterviewError, OSError) as error:
            if isinstance(error, Defect) and error.__cause__ is not None:
                write_report(error.__cause__, self._wired.options)
            self._complain(str(error))
            self._held_until = self._times.now() + STATE_PAUSE
        finally:
            self._signals.working = False

    def _complain(self, words: str) -> None:
        """Say what is in the way, once, whatever figures the sentence holds."""
        kind = re.sub(r"\d+", "", words)
        if kind != self._trouble:
            self._trouble = kind
            self._voice.say(words)

    def _passes(self, ledger: "Ledger") -> None:
        if not self._resumed:
            resume(ledger, self._pace, self._voice, self._times, self._wired.config.mark)
            self._resumed = True
        for account, health in ledger.health().items():
            self._pace.reconcile(account, health.state)
        asked = self._pace.due(self._times.now())
        self._pass(ledger, asked)
        self._ticker.settle()  # whatever somebody records from here on wakes us
        settled = Settled(ledger, self._wired.config.settings)
        to, now = self._wired.config.deliver.to, self._times.now()
        late = settled.stale(now) if to in asked else not settled.holds(now)
        if to and late and self._pace.may(to, now):
            self._pass(ledger, [to])  # what another account or a command brought does not wait for this one's turn
            self._ticker.settle()
            now = self._times.now()
        self._ring(ledger, asked)
        horizon, now = settled.horizon(), self._times.now()
        if to and settled.stale(now) and self._pace.may(to, now):
            horizon = now + SOON  # something came in between
        if to and horizon and horizon > now:
            self._again_at = min(horizon, self._again_at or horizon)

    def _ring(self, ledger: "Ledger", asked: list[str]) -> None:
        """Push what is due, having looked at the list first: what was ticked a minute ago stays silent."""
        terms, now, to = self._wired.ring_terms(), self._times.now(), self._wired.config.deliver.to
        at = next_ring(ledger, terms, now)
        if at and at <= now and not self._signals.stop:
            if to and to not in asked and self._pace.may(to, now):
                self._pass(ledger, [to])
            self._ticker.settle()  # before the pushes: somebody may answer the first while the second is sent
            if self._signals.stop:
                return
            self._wired.heard = self._hearing.heard(HEARING_S) if self._hearing else frozenset()
            rung = ring(ledger, terms, self._wired.notifiers(ledger), self._times.now())
            for title in rung.pushed:
                self._voice.say(f"pushed: {title}")
            for words in rung.problems:
                self._voice.say(words)
            for defect in rung.defects:
                write_report(defect, self._wired.options)
            at = next_ring(ledger, terms, self._times.now())
        self._again_at = at

    def _pass(self, ledger: "Ledger", ids: list[str]) -> None:
        if not ids or self._signals.stop:
            return
        accounts = [account for account in self._wired.config.accounts if account.id in ids]
        options = PassOptions(stop=lambda: self._signals.stop, progress=self._progress)
        ledger.set_note(CHECKED, self._wired.config.mark)
        specs = self._wired.specs(ledger, accounts)
        report = one_pass(ledger, specs, self._terms, self._times.now, options)
        health, now = ledger.health(), self._times.now()
        for one in report.accounts:
            if one.defect is not None:
                write_report(one.defect, self._wired.options)
            self._pace.learn(one, health.get(one.id), now)
            self._voice.tell(one)
        keep(ledger, self._pace, self._times)

    def _progress(self, _account: str, _calendar: str, _entries: int) -> None:
        self._systemd.alive()

    def _next_at(self) -> datetime:
        """Return when to work again: never at once, so that nothing that cannot be done is tried without a pause."""
        now = self._times.now()
        if self._held_until is not None:
            return self._held_until
        moments = [now + LONGEST_WAIT, self._again_at, self._pace.next_at(now)]
        return max(min(moment for moment in moments if moment is not None), now + SHORTEST_WAIT)

    def _stamp(self) -> object:
        """Return what differs once somebody has recorded a fact, or made an account work by hand."""
        return trace(self._wired.options.state_path())
