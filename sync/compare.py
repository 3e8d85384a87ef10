"""The one place where what a list holds and what is wanted meet. Pure: nothing is read, sent or remembered here.

`decide` says what to write, by this table (first match wins). What the user did has become facts before (`observe`).

    wanted          fact for it    task in the list      decision
    --------------  -------------  --------------------  -----------------------------------------------
    nothing         -              never called for      keep (an older ledger made it; we know no reason)
    nothing         -              open                  withdraw
    withdrawn       -              never called for      keep (the same)
    withdrawn       -              open                  withdraw
    any             by command     open                  withdraw      (dismissed with `afterview`, not on the phone)
    any             dismissed      done, cancelled       keep
    any             completed      open                  update: done, alarm off
    any             -              done                  keep
    wanted, filed   -              cancelled by us       update: open again
    wanted, filed   -              open                  update where a field that is ours differs, else keep
    wanted          completed      none                  nothing
    wanted          dismissed      none                  nothing
    wanted          -              none                  create
    filed           any            none                  nothing

To withdraw is to delete while the user has not touched the task, else to mark it CANCELLED, alarm off, words kept; and
to keep what the user has opened again against us. A task that was deleted and is in the list again, open, is not
dismissed: somebody put it back.
Fields: completion, due, ring and notes belong to the user once changed on the phone; title and block to us until then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from .actions import Action, Create, Keep, Update, Withdraw
from .history import History
from .identity import replace_block, short_hash, split_notes
from .model import About, Fact, FollowUp, Row, Standing, TaskFields, TaskStatus

T = TypeVar("T")
TAKEN_AWAY = "none"  # in a SNOOZED fact: the user wants no due time, or no ring, at all


@dataclass(frozen=True, slots=True)
class Wanted:
    """A follow-up with the user's facts laid over it; `row` is its task, under whichever of the keys it was made."""

    follow_up: FollowUp
    history: History
    row: Row | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that names it, that of the task first."""
        return self.follow_up.keys if self.row is None else tuple(dict.fromkeys((self.row.key, *self.follow_up.keys)))

    @property
    def title(self) -> str:
        renamed = first(self.history.renamed, self.keys)
        return renamed.value.get("title", "") if renamed else self.follow_up.title

    @property
    def due_at(self) -> datetime | None:
        return self._moved("due", self.follow_up.due_at)

    @property
    def ring_at(self) -> datetime | None:
        return self._moved("ring", self.follow_up.ring_at)

    def _moved(self, name: str, ours: datetime | None) -> datetime | None:
        """Return a time as the user moved it, else ours."""
        snoozed = first(self.history.snoozed, self.keys)
        said = snoozed.value.get(name, "") if snoozed else ""
        if said == TAKEN_AWAY:
            return None
        return datetime.fromisoformat(said) if said else ours

    def fields(self, now: datetime, late_ring_at: datetime) -> TaskFields:
        """Return the fields of a new task; what should have rung already rings at `late_ring_at`."""
        ring_at = self.ring_at
        return TaskFields(
            title=self.title,
            due_at=self.due_at,
            ring_at=late_ring_at if _is_past(ring_at, now) else ring_at,
            context=self.follow_up.context,
        )


def decide(
    follow_up: FollowUp | None, row: Row | None, history: History, now: datetime, late_ring_at: datetime
) -> Action | None:
    """Decide for one key, after the user's edits have become facts and `row.base` holds what the list holds.

    `late_ring_at`: when something rings whose ring time is past. None: there is nothing, and nothing is to be made.
    """
    if row is None:
        return _create(Wanted(follow_up, history), now, late_ring_at) if follow_up else None
    if follow_up is None or follow_up.standing is Standing.WITHDRAWN:
        reason = follow_up.reason if follow_up else "no longer called for"
        return _withdraw(row, history, reason) if row.called_for else Keep(row.key)
    wanted = Wanted(follow_up, history, row)
    dismissed = first(history.dismissed, wanted.keys)
    if dismissed is not None and dismissed.value.get("how") == "command":
        return _withdraw(row, history, "dismissed")
    if dismissed is not None and row.base.status is not TaskStatus.OPEN:
        return Keep(row.key)
    completed = first(history.completed, wanted.keys)
    if row.base.status is TaskStatus.DONE or completed is not None:
        return _complete(row, completed)
    return _refresh(wanted, row, now, late_ring_at)


def _create(wanted: Wanted, now: datetime, late_ring_at: datetime) -> Create | None:
    follow_up, history = wanted.follow_up, wanted.history
    ended = first(history.completed, wanted.keys) or first(history.dismissed, wanted.keys)
    if ended is not None or follow_up.standing is not Standing.WANTED:
        return None
    noted = first(history.noted, wanted.keys)
    words = noted.value.get("note", "") if noted else ""
    notes = f"{follow_up.block}\n\n{words}" if words else follow_up.block
    return Create(follow_up.key, replace(wanted.fields(now, late_ring_at), notes=notes), follow_up)


def _refresh(wanted: Wanted, row: Row, now: datetime, late_ring_at: datetime) -> Update | Keep:
    has, block = row.base, wanted.follow_up.block
    fields = wanted.fields(now, late_ring_at)
    again = has.status is TaskStatus.CANCELLED
    keep_ring = not again and fields.due_at == has.due_at and (has.ring_at is None or _is_past(wanted.ring_at, now))
    fields = replace(
        fields,
        notes=replace_block(has.notes, row.block, block),
        ring_at=has.ring_at if keep_ring else fields.ring_at,
        snoozed_until=has.snoozed_until,
    )
    same = replace(fields, context=has.context, completed_at=has.completed_at) == has
    if same or row.asked == mark(fields):
        return Keep(row.key)
    in_place = fields.notes != has.notes or row.block == block
    who = about(wanted.follow_up)
    return Update(row.key, fields, block if in_place else row.block, who, "called for again" if again else "changed")


def _is_past(ring_at: datetime | None, now: datetime) -> bool:
    return ring_at is not None and ring_at <= now


def _complete(row: Row, completed: Fact | None) -> Update | Keep:
    if row.base.status is TaskStatus.DONE or completed is None:
        return Keep(row.key)
    fields = replace(row.base, status=TaskStatus.DONE, completed_at=completed.at, ring_at=None)
    return Update(row.key, fields, row.block, row.about, "done")


def _withdraw(row: Row, history: History, reason: str) -> Withdraw | Update | Keep:
    reopened = history.reopened.get(row.key)
    insisted = reopened is not None and reopened.value.get("was") == "withdrawn"
    if row.base.status is not TaskStatus.OPEN or insisted:
        return Keep(row.key)
    if not touched(row, history):
        return Withdraw(row.key, reason)
    fields = replace(row.base, status=TaskStatus.CANCELLED, ring_at=None)
    return Update(row.key, fields, row.block, row.about, reason)


def touched(row: Row, history: History) -> bool:
    """Tell whether the user has put anything of their own into a task."""
    whole, words = split_notes(row.base.notes, row.block, "")
    edited = any(row.key in facts for facts in (history.renamed, history.snoozed, history.noted))
    return edited or bool(words) or (bool(row.block) and not whole)


def about(follow_up: FollowUp) -> About:
    """Return whom a follow-up concerns, for its row."""
    return About(follow_up.step, follow_up.interview, follow_up.application, follow_up.company, follow_up.person)


def mark(fields: TaskFields) -> str:
    """Return a mark of what is asked of a server: the same for the same title, notes, times and status."""
    times = (fields.due_at.isoformat() if fields.due_at else "", fields.ring_at.isoformat() if fields.ring_at else "")
    return short_hash("\0".join((fields.title, fields.notes, *times, fields.status.value)))


def first(facts: Mapping[str, T], keys: tuple[str, ...]) -> T | None:
    """Return what is kept under any of the keys."""
    return next((facts[key] for key in keys if key in facts), None)
