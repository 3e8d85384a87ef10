"""What goes wrong in a life, as rules: requests, listings, clocks and disks fail, processes die, others are at work too."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fakes.memory import Fault, remote_id_of
from tests.property.user import LIES, READ_FAULTS, STEPS, WRITE_FAULTS, User, picks

CALENDAR_FAULTS = (Fault.CRASH_BEFORE, Fault.NOT_READY, Fault.AUTH, Fault.CUT, Fault.TOKEN_REFUSED)
SKEWS = (timedelta(hours=-23), timedelta(days=-3), timedelta(hours=20), timedelta(days=400))


class Trouble(User):
    """The user's life, with trouble."""

    @rule(operation=st.sampled_from(("create", "update", "delete")), fault=st.sampled_from(WRITE_FAULTS))
    def write_will_fail(self, operation: str, fault: Fault) -> None:
        self.tasks.faults.plan(operation, fault)

    @rule(operation=st.sampled_from(("read", "fetch", "find")), fault=st.sampled_from(READ_FAULTS))
    def look_will_fail(self, operation: str, fault: Fault) -> None:
        lists = operation == "read"
        self.tasks.faults.plan(operation, fault if lists else Fault.CRASH_BEFORE)

    @rule(fault=st.sampled_from(CALENDAR_FAULTS), work=st.booleans())
    def calendar_will_fail(self, fault: Fault, *, work: bool) -> None:
        (self.work if work else self.events).faults.plan("read", fault)

    @rule(fault=st.sampled_from((Fault.NOT_READY, Fault.AUTH)))
    def the_other_account_is_lost_for_long(self, fault: Fault) -> None:
        self.work.faults.plan("read", *[fault] * 12)

    @rule()
    def the_other_account_is_back(self) -> None:
        self.work.faults.clear()

    @rule(pick=picks, fault=st.sampled_from(LIES), calendar=st.booleans(), times=st.integers(1, 2))
    def listing_lies(self, pick: int, fault: Fault, *, calendar: bool, times: int) -> None:
        """Complete listings leave things out, for less than ten minutes; then they are honest. Nothing is lost by it."""
        machine = self._machine(pick)
        faults = self.events.faults if calendar else self.tasks.faults
        for seconds in range(times):
            faults.clear()
            faults.plan("read", fault)
            machine.run(self.now + timedelta(seconds=seconds), full=True)
        faults.clear()
        machine.run(self.now + timedelta(minutes=1), full=True)
        self.now += timedelta(minutes=2)

    @rule(calendar=st.booleans())
    def changes_are_not_told(self, *, calendar: bool) -> None:
        (self.events.faults if calendar else self.tasks.faults).plan("read", Fault.DEAF)

    @precondition(lambda self: self._ours())
    @rule(pick=picks)
    def one_item_is_never_accepted(self, pick: int) -> None:
        self.tasks.refuses = {self._one(self._ours(), pick)}

    @rule(pick=picks)
    def one_new_item_is_never_accepted(self, pick: int) -> None:
        follow_ups = self.machines[0].thought(self.now).follow_ups
        if follow_ups:
            self.tasks.refuses = {remote_id_of(follow_ups[pick % len(follow_ups)].keys[0])}

    @rule(pick=picks, writes=st.integers(0, 60))
    def die_at_the_ledger(self, pick: int, writes: int) -> None:
        machine = self._machine(pick)
        machine.connection.writes_left = writes
        machine.run(self.now)

    @rule(pick=picks, writes=st.integers(0, 4))
    def stopped_on_the_way(self, pick: int, writes: int) -> None:
        """A pass must end before its work is done: SIGTERM, or its deadline."""
        left = iter([False] * writes)
        self._machine(pick).run(self.now, stop=lambda: next(left, True))

    @rule(pick=picks)
    def lose_the_ledger(self, pick: int) -> None:
        self._machine(pick).forget_everything()
        self._forget_what_cannot_be_seen()

    @rule(pick=picks)
    def back_up_the_ledger(self, pick: int) -> None:
        self._machine(pick).keep_copy()

    @precondition(lambda self: any(machine.kept for machine in self.machines))
    @rule(pick=picks)
    def restore_an_old_ledger(self, pick: int) -> None:
        having = [machine for machine in self.machines if machine.kept]
        having[pick % len(having)].restore_copy()
        self._forget_what_cannot_be_seen()

    def _forget_what_cannot_be_seen(self) -> None:
        self.ended = {key: how for key, how in self.ended.items() if how != "deleted" and self.tasks.under(key)}
        self.edits = {
            one: self._edits(one).seen_in(item.fields) for one, item in self.tasks.items.items() if one in self.edits
        }

    # Time, and who works when

    @rule(pick=picks, step=st.sampled_from(STEPS), full=st.booleans())
    def time_passes(self, pick: int, step: timedelta, *, full: bool) -> None:
        self.now += step
        self._machine(pick).run(self.now, full=full)

    @rule(pick=picks)
    def pass_now(self, pick: int) -> None:
        self._machine(pick).run(self.now)

    @rule(step=st.sampled_from(STEPS[:4]))
    def everybody_passes(self, step: timedelta) -> None:
        self.now += step
        for machine in self.machines:
            machine.run(self.now)

    @rule(pick=picks, requests=st.integers(0, 8), step=st.sampled_from(STEPS[:4]))
    def another_works_meanwhile(self, pick: int, requests: int, step: timedelta) -> None:
        """Two machines at once: one makes a whole pass between two requests of the other."""
        self.now += step
        other = self._machine(pick + 1)
        if other is not self._machine(pick):
            self.tasks.watch.between(requests, lambda: other.run(self.now))
        self._machine(pick).run(self.now)
        self.tasks.watch.quiet()

    @rule(pick=picks, requests=st.integers(0, 8), how=st.sampled_from(("tick", "rename", "note", "delete", "touch")))
    def the_phone_is_used_meanwhile(self, pick: int, requests: int, how: str) -> None:
        """The user does something between two requests of a pass."""

        def use() -> None:
            if self._ours():
                {
                    "tick": lambda: self._tick_one(pick),
                    "rename": lambda: self._rename_one(pick),
                    "note": lambda: self._note_one(pick, "bottom"),
                    "delete": lambda: self._delete_one(pick),
                    "touch": lambda: self.tasks.phone_touch(self._one(self._ours(), pick)),
                }[how]()

        self.tasks.watch.between(requests, use)
        self._machine(pick).run(self.now)
        self.tasks.watch.quiet()

    @rule(pick=picks, skew=st.sampled_from(SKEWS))
    def the_clock_is_wrong(self, pick: int, skew: timedelta) -> None:
        """A pass is made with a wrong clock; where it was far ahead, the user says later that it is right again."""
        machine = self._machine(pick)
        writes = len(self.tasks.writes())
        self.tasks.watch.died(machine.number)  # until when it was asked to wait means nothing to another clock
        report = machine.run(self.now + skew)
        self.tasks.watch.died(machine.number)
        self.tasks.watch.now = self.now
        if report is None and skew < timedelta(days=-1):
            assert len(self.tasks.writes()) == writes, "a pass whose clock is wrong has written"
        if skew > timedelta(days=1):
            machine.run(self.now, trust_clock=True)

    @rule(pick=picks)
    def dry_run(self, pick: int) -> None:
        for faults in (self.tasks.faults, self.events.faults, self.work.faults):
            faults.clear()
        machine = self._machine(pick)
        writes, before = len(self.tasks.writes()), machine.dump()
        first, again = (machine.run(self.now, dry_run=True) for _ in range(2))
        if first is None:
            return  # the clock was ahead in the last pass
        assert again
        assert first.accounts[0].lines == again.accounts[0].lines
        assert machine.dump() == before
        assert len(self.tasks.writes()) == writes
