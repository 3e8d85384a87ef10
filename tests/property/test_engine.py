"""The real engine against its servers in memory, under everything that may happen between and during its passes.

Two sides are edited in any order (calendar, phone, command line), requests and the ledger fail and die at every point,
listings lie, time jumps, a second machine works on the same list. Checked all the while: what the user ended stays ended
(I5), foreign items are left alone (I4), one item a key (I1), a dry run leaves no trace (I14). Checked once faults have
stopped and three passes have run: one more pass writes nothing (I3), no edit is lost (I6), what other clients stored
survives (I7), and the open items are exactly what is wanted and not ended (I2, I8, I10).
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from afterview.sync.model import Event, EventStatus, FactKind, FollowUp, Standing, TaskFields, TaskStatus
from tests.fakes.memory import EventServer, Fault, TaskServer
from tests.property.machines import Machine
from tests.unit.sync.engine.world import ANA, BO, HOUR, interview

T = TypeVar("T", int, str)
BEGIN = datetime(2026, 10, 22, 6, tzinfo=UTC)  # three days before clocks go back in Berlin
COMPANIES = ("Initech", "Initech", "Globex", "Hooli")  # by number of the event
STEPS = (timedelta(minutes=5), timedelta(minutes=25), 3 * HOUR, 24 * HOUR, timedelta(days=8), timedelta(days=95))
WRITE_FAULTS = (
    Fault.LOST_BEFORE,
    Fault.LOST_AFTER,
    Fault.CRASH_BEFORE,
    Fault.CRASH_AFTER,
    Fault.NOT_READY,
    Fault.REJECTED,
)
READ_FAULTS = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.NOT_READY, Fault.AUTH, Fault.CUT, Fault.TOKEN_REFUSED)
LIES = (Fault.EMPTY, Fault.HALF)

numbers = st.integers(0, len(COMPANIES) - 1)
slots = st.integers(-6, 40).map(lambda n: n * 2 * HOUR)
picks = st.integers(0, 1000)


@dataclass
class Edits:
    """What the user put into one task and must find again."""

    title: str | None = None
    due_at: datetime | None = None
    moved: bool = False
    words: list[str] = field(default_factory=list)


class Life(RuleBasedStateMachine):
    """One user, two machines, one calendar, one list."""

    def __init__(self) -> None:
        super().__init__()
        self.events, self.tasks = EventServer(), TaskServer()
        self.now = BEGIN
        self.written: dict[int, Event] = {}  # the events that stand in the calendar, by number
        self.ended: dict[str, str] = {}  # key -> done, cancelled or deleted, by the user's own hand
        self.edits: dict[str, Edits] = {}  # remote id -> what the user put in
        self.foreign: dict[str, object] = {}
        self.words = 0
        self.machines = [Machine(self.events, self.tasks)]

    @initialize(second=st.booleans())
    def start(self, *, second: bool) -> None:
        if second:
            self.machines.append(Machine(self.events, self.tasks))
        for machine in self.machines:
            machine.run(self.now)
        self.invite_or_move(0, -2 * HOUR, both=True)
        self.invite_or_move(2, timedelta(0), both=False)
        for machine in self.machines:
            machine.run(self.now)

    # The calendar

    def _enter(self, number: int, event: Event) -> None:
        self.written[number] = event
        self.events.put("Personal", event.resource, event)

    @rule(number=numbers, slot=slots, both=st.booleans())
    def invite_or_move(self, number: int, slot: timedelta, *, both: bool) -> None:
        guests = {"Initech": (ANA, BO) if both else (ANA,)}.get(COMPANIES[number])
        self._enter(number, interview(f"u{number}", self.now + slot, company=COMPANIES[number], guests=guests))

    @precondition(lambda self: self.written)
    @rule(pick=picks, hours=st.sampled_from((0.5, 1.0, 2.0)))
    def lengthen(self, pick: int, hours: float) -> None:
        number = self._one(self.written, pick)
        event = self.written[number]
        self._enter(number, replace(event, ends_at=event.starts_at + hours * HOUR))

    @precondition(lambda self: self.written)
    @rule(pick=picks)
    def cancel_or_reinstate(self, pick: int) -> None:
        number = self._one(self.written, pick)
        event = self.written[number]
        on = event.status is EventStatus.CANCELLED
        self._enter(number, replace(event, status=EventStatus.CONFIRMED if on else EventStatus.CANCELLED))

    @precondition(lambda self: self.written)
    @rule(pick=picks)
    def rename_into_something_else(self, pick: int) -> None:
        number = self._one(self.written, pick)
        event = self.written[number]
        dentist = replace(event, title="Dentist", text="", organizer=None, attendees=())
        self._enter(number, dentist)

    @precondition(lambda self: self.written)
    @rule(pick=picks, slot=slots, vanish=st.booleans())
    def replace_by_new_uid(self, pick: int, slot: timedelta, *, vanish: bool) -> None:
        number = self._one(self.written, pick)
        event = self.written[number]
        if vanish:
            self.events.drop("Personal", event.resource)
        else:
            self.events.put("Personal", event.resource, replace(event, status=EventStatus.CANCELLED))
        uid = f"{event.uid}x"
        starts_at = self.now + slot
        moved = replace(event, uid=uid, resource=f"/{uid}.ics", starts_at=starts_at, ends_at=starts_at + HOUR)
        self._enter(number, replace(moved, status=EventStatus.CONFIRMED))

    @precondition(lambda self: self.written)
    @rule(pick=picks)
    def delete_event(self, pick: int) -> None:
        self.events.drop("Personal", self.written.pop(self._one(self.written, pick)).resource)

    # The phone

    def _ours(self, *statuses: TaskStatus) -> list[str]:
        wanted = statuses or tuple(TaskStatus)
        return sorted(one for one, item in self.tasks.items.items() if item.key and item.fields.status in wanted)

    def _edits(self, remote_id: str) -> Edits:
        return self.edits.setdefault(remote_id, Edits())

    @precondition(lambda self: self._ours())
    @rule(pick=picks)
    def rename_task(self, pick: int) -> None:
        remote_id = self._one(self._ours(), pick)
        self.words += 1
        self._edits(remote_id).title = f"Mine {self.words}"
        self.tasks.phone_edit(remote_id, title=f"Mine {self.words}")

    @precondition(lambda self: self._ours(TaskStatus.OPEN))
    @rule(pick=picks, days=st.sampled_from((1, 2, 9)), along=st.booleans(), clear=st.booleans())
    def move_task(self, pick: int, days: int, *, along: bool, clear: bool) -> None:
        remote_id = self._one(self._ours(TaskStatus.OPEN), pick)
        due_at = None if clear else self.now.replace(second=0, microsecond=0) + timedelta(days=days, minutes=self.words)
        fields = self.tasks.items[remote_id].fields
        ring_at = fields.ring_at
        if along and due_at and ring_at and fields.due_at:
            ring_at = ring_at + (due_at - fields.due_at)
        self._edits(remote_id).due_at, self._edits(remote_id).moved = due_at, True
        self.tasks.phone_edit(remote_id, due_at=due_at, ring_at=ring_at)

    @precondition(lambda self: self._ours(TaskStatus.OPEN))
    @rule(pick=picks, how=st.sampled_from(("ring_at", "snoozed_until")), hours=st.integers(1, 30))
    def snooze_task(self, pick: int, how: str, hours: int) -> None:
        self.tasks.phone_edit(self._one(self._ours(TaskStatus.OPEN), pick), **{how: self.now + hours * HOUR})

    @precondition(lambda self: self._ours())
    @rule(pick=picks, where=st.sampled_from(("top", "bottom", "inside", "instead")))
    def note_task(self, pick: int, where: str) -> None:
        remote_id = self._one(self._ours(), pick)
        self.words += 1
        word, notes = f"word-{self.words}.", self.tasks.items[remote_id].fields.notes
        lines = notes.split("\n")
        new = {
            "top": f"{word}\n{notes}",
            "bottom": f"{notes}\n\n{word}",
            "inside": "\n".join([lines[0] + word, *lines[1:]]),
            "instead": word,
        }[where]
        edits = self._edits(remote_id)
        edits.words = [word] if where == "instead" else [*edits.words, word]
        self.tasks.phone_edit(remote_id, notes=new)

    @precondition(lambda self: self._ours(TaskStatus.OPEN, TaskStatus.CANCELLED))
    @rule(pick=picks)
    def tick(self, pick: int) -> None:
        remote_id = self._one(self._ours(TaskStatus.OPEN, TaskStatus.CANCELLED), pick)
        self.tasks.phone_complete(remote_id, self.now)
        self.ended[self.tasks.items[remote_id].key] = "done"

    @precondition(lambda self: self._ours(TaskStatus.OPEN))
    @rule(pick=picks)
    def cancel_task(self, pick: int) -> None:
        remote_id = self._one(self._ours(TaskStatus.OPEN), pick)
        self.tasks.phone_cancel(remote_id)
        key = self.tasks.items[remote_id].key
        if len(self.tasks.under(key)) == 1:  # of two copies the open one stays
            self.ended[key] = "cancelled"

    @precondition(lambda self: self._ours(TaskStatus.DONE, TaskStatus.CANCELLED))
    @rule(pick=picks)
    def reopen_task(self, pick: int) -> None:
        remote_id = self._one(self._ours(TaskStatus.DONE, TaskStatus.CANCELLED), pick)
        self.tasks.phone_reopen(remote_id)
        self.ended.pop(self.tasks.items[remote_id].key, None)

    @precondition(lambda self: self._ours())
    @rule(pick=picks)
    def delete_task(self, pick: int) -> None:
        remote_id = self._one(self._ours(), pick)
        key = self.tasks.items[remote_id].key
        known = all(
            key in rows and rows[key].base.status is not TaskStatus.CANCELLED
            for rows in (machine.ledger.tasks.rows() for machine in self.machines)
        )
        self.tasks.phone_delete(remote_id)
        self.edits.pop(remote_id, None)
        self.ended.pop(key, None)
        if known and not self.tasks.under(key):
            self.ended[key] = "deleted"

    @precondition(lambda self: self._ours())
    @rule(pick=picks)
    def touch_task(self, pick: int) -> None:
        self.tasks.phone_touch(self._one(self._ours(), pick))

    @precondition(lambda self: self._ours())
    @rule(pick=picks)
    def other_client_stores_something(self, pick: int) -> None:
        remote_id = self._one(self._ours(), pick)
        self.tasks.put(remote_id, self.tasks.items[remote_id].fields, extra="X-OTHER:1")

    @precondition(lambda self: self._ours())
    @rule(pick=picks, low=st.booleans())
    def copy_task(self, pick: int, *, low: bool) -> None:
        remote_id = self._one(self._ours(), pick)
        self.words += 1
        copy = self.tasks.phone_copy(remote_id, f"{'aa' if low else 'zz'}-copy-{self.words}")
        self.edits[copy] = replace(self._edits(remote_id), words=list(self._edits(remote_id).words))

    @rule()
    def add_own_task(self) -> None:
        self.words += 1
        remote_id = self.tasks.phone_add(f"own-{self.words}", "Buy milk")
        self.foreign[remote_id] = self.tasks.items[remote_id]

    # The command line

    @rule(pick=picks, outcome=st.sampled_from(("advanced", "no", "no", "offer", "accepted", "withdrawn")))
    def say_outcome(self, pick: int, outcome: str) -> None:
        applications = self.machines[0].thought(self.now).applications
        if applications:
            key = applications[pick % len(applications)].key
            self.machines[0].record(FactKind.OUTCOME, key, self.now, outcome=outcome, at=self.now.isoformat())

    @rule()
    def undo_outcome(self) -> None:
        outcomes = self.machines[0].thought(self.now).history.outcomes
        if outcomes:
            self.machines[0].record(FactKind.UNDONE, str(outcomes[-1].id), self.now)

    # Trouble

    @rule(operation=st.sampled_from(("create", "update", "delete")), fault=st.sampled_from(WRITE_FAULTS))
    def write_will_fail(self, operation: str, fault: Fault) -> None:
        self.tasks.faults.plan(operation, fault)

    @rule(operation=st.sampled_from(("read", "fetch", "find")), fault=st.sampled_from(READ_FAULTS))
    def look_will_fail(self, operation: str, fault: Fault) -> None:
        lists = operation == "read"
        self.tasks.faults.plan(operation, fault if lists else Fault.CRASH_BEFORE)

    @rule(fault=st.sampled_from((Fault.CRASH_BEFORE, Fault.NOT_READY, Fault.CUT, Fault.TOKEN_REFUSED)))
    def calendar_will_fail(self, fault: Fault) -> None:
        self.events.faults.plan("read", fault)

    @rule(pick=picks, fault=st.sampled_from(LIES), calendar=st.booleans())
    def listing_lies(self, pick: int, fault: Fault, *, calendar: bool) -> None:
        """A complete listing leaves things out; the next one is honest."""
        machine = self._machine(pick)
        faults = self.events.faults if calendar else self.tasks.faults
        faults.clear()
        faults.plan("read", fault)
        machine.run(self.now, full=True)
        faults.clear()
        machine.run(self.now + timedelta(minutes=1), full=True)
        self.now += timedelta(minutes=2)

    @rule(calendar=st.booleans())
    def changes_are_not_told(self, *, calendar: bool) -> None:
        (self.events.faults if calendar else self.tasks.faults).plan("read", Fault.DEAF)

    @rule(pick=picks, writes=st.integers(0, 60))
    def die_at_the_ledger(self, pick: int, writes: int) -> None:
        machine = self._machine(pick)
        machine.connection.writes_left = writes
        machine.run(self.now)

    @rule(pick=picks)
    def lose_the_ledger(self, pick: int) -> None:
        self._machine(pick).forget_everything()
        self.ended = {key: how for key, how in self.ended.items() if how != "deleted" and self.tasks.under(key)}

    # Time

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

    @rule(pick=picks)
    def dry_run(self, pick: int) -> None:
        self.tasks.faults.clear()
        self.events.faults.clear()
        machine = self._machine(pick)
        writes, before = len(self.tasks.writes()), machine.dump()
        first, again = (machine.run(self.now, dry_run=True) for _ in range(2))
        assert first
        assert again
        assert first.accounts[0].lines == again.accounts[0].lines
        assert machine.dump() == before
        assert len(self.tasks.writes()) == writes

    # What must hold

    @invariant()
    def nothing_ended_comes_back(self) -> None:
        for key, how in self.ended.items():
            found = [self.tasks.items[remote_id].fields.status.value for remote_id in self.tasks.under(key)]
            if how == "deleted":
                assert not found, "what the user deleted is there again"
            elif len(found) == 1:
                assert found == [how], f"what the user marked {how} is {found}"

    @invariant()
    def foreign_items_are_untouched(self) -> None:
        assert {one: self.tasks.items.get(one) for one in self.foreign} == self.foreign

    def teardown(self) -> None:
        self._quiet()
        self.nothing_ended_comes_back()
        self.foreign_items_are_untouched()
        self._check_keys()
        self._check_edits()
        self._check_wanted()

    def _quiet(self) -> None:
        self.tasks.faults.clear()
        self.events.faults.clear()
        for wait in (timedelta(hours=25), timedelta(minutes=15), timedelta(minutes=15)):  # what was refused has its day
            self.now += wait
            for machine in self.machines:
                report = machine.run(self.now)
                assert report
                assert report.accounts[0].state == "ok", report.accounts[0].error
        held = [one for machine in self.machines for one in machine.ledger.calendars.held()]
        if held:  # the user deleted a heap, and says so
            names = frozenset({"Personal", "Interviews"})
            for machine in self.machines * 2:
                machine.run(self.now, accept=names)
        writes = len(self.tasks.writes())
        for machine in self.machines:
            machine.run(self.now, full=True)
        assert self.tasks.writes()[writes:] == [], "a pass wrote although nothing had changed"

    def _check_keys(self) -> None:
        keys = [item.key for item in self.tasks.items.values() if item.key]
        assert len(keys) == len(set(keys)), "two items under one key"

    def _check_edits(self) -> None:
        said = [fact.value for machine in self.machines for fact in machine.ledger.facts()]
        told = [text for value in said for text in value.values()]
        items = [item.fields for item in self.tasks.items.values()]  # of two copies the other one may be left
        for remote_id, edits in self.edits.items():
            fields = [self.tasks.items[remote_id].fields] if remote_id in self.tasks.items else items
            if edits.title is not None:
                assert edits.title in [*(one.title for one in fields), *told]
            if edits.moved:
                due = edits.due_at.isoformat() if edits.due_at else "none"
                assert edits.due_at in [one.due_at for one in fields] or due in told
            for word in edits.words:
                assert any(word in text for text in (*(one.notes for one in fields), *told))

    def _check_wanted(self) -> None:
        machine = self.machines[0]
        thought = machine.thought(self.now)
        history = thought.history
        rows = machine.ledger.tasks.rows()
        open_items = {
            item.key: item.fields for item in self.tasks.items.values() if item.fields.status is TaskStatus.OPEN
        }
        open_items.pop("", None)
        for one in thought.follow_ups:
            mine = [key for key in one.keys if key in open_items]
            ended = any(key in history.completed or key in history.dismissed for key in one.keys)
            if one.standing is Standing.WANTED and not ended:
                assert len(mine) == 1, f"{len(mine)} open tasks for {one.step}: {one.title}"
            assert len(mine) <= 1, f"{one.step} stands {len(mine)} times"
            if mine and len(self.machines) == 1:
                self._check_fields(one, open_items.pop(mine[0]), mine[0], machine)
            else:
                open_items.pop(mine[0], None) if mine else None
            if mine and one.standing is Standing.WITHDRAWN and rows[mine[0]].called_for:
                insisted = history.reopened.get(mine[0])
                against_us = insisted.value.get("was") if insisted else ""
                assert against_us == "withdrawn", f"{one.step} is left: {one.reason}"
        for key in open_items:
            assert not rows[key].called_for or history.reopened.get(key), "a task of nothing that is known is left"

    def _check_fields(self, one: FollowUp, fields: TaskFields, key: str, machine: Machine) -> None:
        history = machine.thought(self.now).history
        if one.standing is Standing.WITHDRAWN:
            return
        if key not in history.renamed:
            assert fields.title == one.title
        if key not in history.snoozed:
            assert fields.due_at == one.due_at
        if key not in history.noted and machine.ledger.tasks.rows()[key].block:  # "": met with our text changed in it
            assert fields.notes.rstrip() == one.block.rstrip()

    # Choosing

    @staticmethod
    def _one(things: Iterable[T], pick: int) -> T:
        ordered = sorted(things)
        return ordered[pick % len(ordered)]

    def _machine(self, pick: int) -> Machine:
        return self.machines[pick % len(self.machines)]


def test_the_engine_ends_in_the_right_place_whatever_happens() -> None:
    deep = int(os.environ.get("AFTERVIEW_DEEP", "0"))
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=deep or 100,
            stateful_step_count=50 if deep else 30,
            derandomize=not deep,
            deadline=None,
            database=None,
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
        ),
    )
