"""What a user does, as rules of a state machine: keeps a calendar, uses a phone, answers on the command line."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from afterview.sync.model import Event, EventStatus, FactKind, TaskFields, TaskStatus
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
    Fault.BUSY,
    Fault.RACED,
)
READ_FAULTS = (
    Fault.CRASH_BEFORE,
    Fault.CRASH_AFTER,
    Fault.NOT_READY,
    Fault.BUSY,
    Fault.AUTH,
    Fault.CUT,
    Fault.TOKEN_REFUSED,
)
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

    def seen_in(self, fields: TaskFields) -> "Edits":
        """Return those that the task itself still shows."""
        return Edits(
            self.title if self.title == fields.title else None,
            self.due_at,
            self.moved and self.due_at == fields.due_at,
            [word for word in self.words if word in fields.notes],
        )


class User(RuleBasedStateMachine):
    """One user with two accounts, one list and one or two machines, and what the user does with them."""

    def __init__(self) -> None:
        super().__init__()
        self.events, self.work, self.tasks = EventServer(), EventServer(), self.new_list()
        self.accounts = {"home": self.events, "work": self.work}
        self.now: datetime = BEGIN
        self.written: dict[int, Event] = {}  # the events that stand in the calendar, by number
        self.ended: dict[str, str] = {}  # key -> done, cancelled or deleted, by the user's own hand
        self.edits: dict[str, Edits] = {}  # remote id -> what the user put in
        self.foreign: dict[str, object] = {}
        self.words = 0
        self.stored: dict[str, int] = {}  # remote id -> since when in the log another client keeps something in it
        self.machines = [Machine(self.accounts, self.tasks)]

    def new_list(self) -> TaskServer:
        return TaskServer()

    @initialize(second=st.booleans())
    def start(self, *, second: bool) -> None:
        if second:
            self.machines.append(Machine(self.accounts, self.tasks, number=1))
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
    @rule(pick=picks)
    def copy_to_work(self, pick: int) -> None:
        """The same appointment stands in another account too, and is not kept up there."""
        event = self.written[self._one(self.written, pick)]
        self.work.put("Personal", event.resource, replace(event, account="work"))

    @precondition(lambda self: self.work.entries.get("Personal"))
    @rule(pick=picks)
    def delete_at_work(self, pick: int) -> None:
        self.work.drop("Personal", self._one(self.work.entries["Personal"], pick))

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
        self._rename_one(pick)

    def _rename_one(self, pick: int) -> None:
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
        remote_id = self._one(self._ours(TaskStatus.OPEN), pick)
        before = self.tasks.items[remote_id].fields.due_at
        self.tasks.phone_edit(remote_id, **{how: self.now + hours * HOUR + timedelta(minutes=7)})
        due_at = self.tasks.items[remote_id].fields.due_at
        if due_at != before:  # some apps put off by moving the date
            self._edits(remote_id).due_at, self._edits(remote_id).moved = due_at, True

    @precondition(lambda self: self._ours())
    @rule(pick=picks, where=st.sampled_from(("top", "bottom", "inside", "instead")))
    def note_task(self, pick: int, where: str) -> None:
        self._note_one(pick, where)

    def _note_one(self, pick: int, where: str) -> None:
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
        self._tick_one(pick)

    def _tick_one(self, pick: int) -> None:
        there = self._ours(TaskStatus.OPEN, TaskStatus.CANCELLED)
        if not there:
            return
        remote_id = self._one(there, pick)
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
        self._delete_one(pick)

    def _delete_one(self, pick: int) -> None:
        remote_id = self._one(self._ours(), pick)
        key = self.tasks.items[remote_id].key
        known = all(
            key in rows and rows[key].base.status is not TaskStatus.CANCELLED
            for rows in (machine.ledger.tasks.rows() for machine in self.machines)
        )
        self.tasks.phone_delete(remote_id)
        self.stored.pop(remote_id, None)
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
        self.tasks.phone_store(remote_id)
        self.stored[remote_id] = len(self.tasks.log)

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

    # Choosing

    @staticmethod
    def _one(things: Iterable[T], pick: int) -> T:
        ordered = sorted(things)
        return ordered[pick % len(ordered)]

    def _machine(self, pick: int) -> Machine:
        return self.machines[pick % len(self.machines)]
