"""Steps 6-7: decide, write down what is about to be done, send, write down that it was done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ..actions import Action, Create, Keep, Update, Withdraw
from ..compare import about, decide, mark, touched
from ..errors import AlreadyThere, Changed, Missing, NotReady, Rejected, Uncertain
from ..ledger import Intent, Operation
from ..model import FollowUp, RemoteTask, Row, Standing, TaskDraft, TaskFields, TaskStatus
from ..observe import is_called_for
from ..thinking import Thought
from .phone import Phone
from .report import Line
from .terms import DAILY

_LIVELIEST = (TaskStatus.DONE, TaskStatus.OPEN, TaskStatus.CANCELLED)  # of several under one follow-up, which counts
ROUNDS = 2  # how often one item may change under our hands before it waits for the next pass


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: `out_of_time` once the pass is over; `late_ring_at` for what should have rung already."""

    out_of_time: Callable[[], bool]
    late_ring_at: datetime


class Writer:
    """Brings one task list to what is wanted. Every write is journalled before it is sent."""

    def __init__(self, phone: Phone, limits: Limits, *, dry_run: bool) -> None:
        self._phone = phone
        self._limits = limits
        self._dry_run = dry_run
        self._tasks = phone.ledger.tasks
        self._report = phone.report
        self._tasks.unpark_older(phone.now - DAILY)
        self._parked = self._tasks.parked()
        self._again = False  # something came to light that calls for another plan
        self._left = bool(phone.unsettled)  # something could not be finished

    def run(self) -> bool:
        """Write until nothing differs, twice at most: what a write brings to light may call for another.

        Returns whether all is as it should be, so that nothing need be thought of before something changes.
        """
        if not self._dry_run:
            self._delete_doubles()
        for _ in range(ROUNDS):
            known, self._again = self._phone.ledger.last_fact(), False
            self._meet_again(self._phone.think())
            for action, follow_up in self._plan(self._phone.think()):
                if self._limits.out_of_time():
                    return False
                if self._dry_run:
                    self._tell(action)
                else:
                    self._carry_out(action, follow_up)
            if self._dry_run or (self._phone.ledger.last_fact() == known and not self._again):
                return not self._left
        return False

    def _plan(self, thought: Thought) -> list[tuple[Action, FollowUp | None]]:
        """Decide for every follow-up and every row. Updates and withdrawals come before creations."""
        rows = self._phone.rows()
        doubtful = {key for one in thought.interviews if one.doubtful for key in one.keys}
        planned: list[tuple[Action | None, FollowUp | None]] = []
        for follow_up in thought.follow_ups:
            mine = [rows.pop(key) for key in follow_up.keys if key in rows]
            mine.sort(key=lambda row: (_LIVELIEST.index(row.base.status), not touched(row, thought.history)))
            twice = replace(follow_up, standing=Standing.WITHDRAWN, reason="it stood twice")
            planned += [(self._decide(twice, extra, thought), twice) for extra in mine[1:]]
            if mine or follow_up.interview not in doubtful:
                planned.append((self._decide(follow_up, mine[0] if mine else None, thought), follow_up))
        planned += [(self._decide(None, row, thought), None) for row in rows.values()]
        unsettled = self._phone.unsettled
        work = [
            (action, one)
            for action, one in planned
            if not isinstance(action, Keep | None) and unsettled.isdisjoint((action.key, *(one.keys if one else ())))
        ]
        return sorted(work, key=lambda item: isinstance(item[0], Create))

    def _meet_again(self, thought: Thought) -> None:
        """Meet what was adopted before it was known what it is for: only now can edits be told from our own words."""
        for key, row in self._phone.rows().items():
            follow_up = None if row.called_for else thought.follow_up(key)
            if follow_up is None or not is_called_for(follow_up):
                continue
            remote = self._current(row)
            if remote is not None:
                self._phone.take(self._phone.as_met(remote, thought), remote, thought)

    def _decide(self, follow_up: FollowUp | None, row: Row | None, thought: Thought) -> Action | None:
        if row is not None and row.suspect_at:
            return Keep(row.key)
        return decide(follow_up, row, thought.history, self._phone.now, self._limits.late_ring_at)

    def _tell(self, action: Action) -> None:
        match action:
            case Create(_, fields):
                self._report.created += 1
                self._line("create", fields)
            case Update(_, fields, _, _, reason):
                self._report.changed += 1
                self._line("change", fields, reason)
            case Withdraw(key, reason):
                self._report.withdrawn += 1
                row = self._phone.row(key)
                self._line("withdraw", row.base if row else TaskFields(), reason)
            case Keep():
                pass

    def _line(self, verb: str, fields: TaskFields, reason: str = "") -> None:
        self._report.lines.append(Line(verb, fields.title, fields.due_at, reason))

    def _carry_out(self, action: Action, follow_up: FollowUp | None) -> None:
        match action:
            case Create():
                self._create(action)
            case Update() | Withdraw():
                self._change(action, follow_up)
            case Keep():
                pass

    def _intent(self, key: str, operation: Operation, fields: TaskFields, remote_id: str = "") -> Intent:
        return Intent(
            key, self._phone.account, self._phone.tasks.name, operation, fields, self._phone.now, remote_id=remote_id
        )

    def _create(self, action: Create) -> None:
        if self._is_parked(action.key, action.fields):
            return
        who = about(action.follow_up)
        intent = replace(
            self._intent(action.key, Operation.CREATE, action.fields), block=action.follow_up.block, about=who
        )
        number = self._tasks.begin(intent)
        try:
            remote = self._phone.tasks.create(TaskDraft(action.key, action.fields))
        except AlreadyThere:
            self._adopt(number, action)
            return
        except Rejected as error:
            self._park(number, action.key, action.fields, str(error))
            return
        except Uncertain as error:
            self._unknown(error, action.key)
            return
        row = Row(
            action.key, self._phone.account, self._phone.tasks.name, remote.remote_id, remote.fields, remote.etag,
            block=action.follow_up.block, about=who, asked=mark(action.fields),
        )  # fmt: skip
        self._done(number, row)
        self._report.created += 1
        self._line("created", action.fields)

    def _adopt(self, number: int, action: Create) -> None:
        """Something stands under our identity already: another machine, an older ledger, a lost answer."""
        try:
            found = self._phone.tasks.find(action.key)
        except Uncertain as error:
            self._unknown(error, action.key)
            return
        with self._phone.ledger.transaction():
            self._tasks.finish(number)
            for remote in found[:1]:
                self._phone.seen[remote.remote_id] = remote
                self._phone.meet(remote, self._phone.think())
        self._again = bool(found)
        self._left = self._left or not found

    def _change(self, action: Update | Withdraw, follow_up: FollowUp | None) -> None:
        for _ in range(ROUNDS):
            row = self._phone.row(action.key)
            if row is None:
                return
            try:
                remote = self._current(row)
            except Rejected as error:
                self._report.parked.append(str(error))
                return
            if remote is None:
                self._phone.forget(row)
                return
            if remote.fields != row.base:
                row = self._phone.take(row, remote, self._phone.think())
                decided = self._decide(follow_up, row, self._phone.think())
                if not isinstance(decided, Update | Withdraw):
                    return
                action = decided
            if self._send(action, row, remote):
                return
            self._phone.seen.pop(row.remote_id, None)
        self._left = True

    def _current(self, row: Row) -> RemoteTask | None:
        """Return the task as the server has it now: an edit is made on its own text."""
        seen = self._phone.seen.get(row.remote_id)
        if seen is not None and seen.etag is not None and seen.etag == row.etag:
            return seen
        fetched = self._phone.tasks.fetch(row.remote_id)
        if fetched is None:
            return None
        remote = fetched if fetched.key else replace(fetched, key=row.key)  # the user may have taken our mark out
        self._phone.seen[row.remote_id] = remote
        return remote

    def _send(self, action: Update | Withdraw, row: Row, remote: RemoteTask) -> bool:
        """Send one change. False: it changed under our hands, look again."""
        fields = action.fields if isinstance(action, Update) else row.base
        if self._is_parked(row.key, fields):
            return True
        operation = Operation.UPDATE if isinstance(action, Update) else Operation.DELETE
        intent = self._intent(row.key, operation, fields, row.remote_id)
        block = action.block if isinstance(action, Update) else row.block
        number = self._tasks.begin(replace(intent, block=block, about=row.about))
        try:
            if isinstance(action, Update):
                self._updated(number, action, row, self._phone.tasks.update(remote, fields))
            else:
                self._phone.tasks.delete(remote)
                self._deleted(number, action, row)
        except Changed:
            self._tasks.finish(number)
            return False
        except Missing:
            self._vanished(number, row)
        except Rejected as error:
            self._park(number, row.key, fields, str(error))
        except Uncertain as error:
            self._unknown(error, row.key)
        return True

    def _unknown(self, error: Uncertain, key: str) -> None:
        """Leave the intent, and the task with it: the next pass looks before anything else.

        Raises NotReady where the service asks for a pause.
        """
        self._phone.unsettled.add(key)
        self._report.uncertain += 1
        self._left = True
        if error.retry_at is not None:
            raise NotReady(str(error), retry_at=error.retry_at)

    def _updated(self, number: int, action: Update, row: Row, remote: RemoteTask) -> None:
        self._done(
            number,
            replace(
                row,
                base=remote.fields,
                etag=remote.etag,
                block=action.block,
                about=action.about if action.about.step else row.about,
                asked=mark(action.fields),
            ),
        )
        self._phone.seen.pop(row.remote_id, None)
        cancelled = action.fields.status is TaskStatus.CANCELLED
        self._report.withdrawn += cancelled
        self._report.changed += not cancelled
        self._line("withdrawn" if cancelled else "changed", action.fields, action.reason)

    def _deleted(self, number: int, action: Withdraw, row: Row) -> None:
        with self._phone.ledger.transaction():
            self._phone.drop(row.key)
            self._tasks.finish(number)
        self._report.withdrawn += 1
        self._line("withdrawn", row.base, action.reason)

    def _vanished(self, number: int, row: Row) -> None:
        """Take over that the user was faster, also where we were about to delete it: it may be wanted again one day."""
        with self._phone.ledger.transaction():
            self._tasks.finish(number)
            self._phone.forget(row)

    def _is_parked(self, key: str, fields: TaskFields) -> bool:
        """Tell whether exactly this was refused lately; after a day it is tried again."""
        parked = self._parked.get(key)
        return parked is not None and parked.mark == _refused(fields)

    def _park(self, number: int, key: str, fields: TaskFields, words: str) -> None:
        with self._phone.ledger.transaction():
            self._tasks.finish(number)
            self._tasks.park(key, _refused(fields), words, self._phone.now)
        self._report.parked.append(words)

    def _done(self, number: int, row: Row) -> None:
        with self._phone.ledger.transaction():
            self._phone.know_etag(row)
            self._phone.put(row)
            self._tasks.unpark(row.key)
            self._tasks.finish(number)

    def _delete_doubles(self) -> None:
        """Delete the second copies that reading found; what could not be deleted stays noted for the next pass."""
        for remote_id in self._phone.doubles():
            try:
                copy = self._phone.tasks.fetch(remote_id)
                other = self._phone.settle_copy(copy) if copy is not None and copy.key else None
            except Rejected as error:
                self._report.parked.append(str(error))
                continue
            if other is None or self._delete_double(other):
                self._phone.note_double(settled=other.remote_id if other else remote_id)
            else:
                self._left = True

    def _delete_double(self, other: RemoteTask) -> bool:
        try:
            self._phone.tasks.delete(other)
        except Uncertain as error:
            self._unknown(error, other.key)
            return False
        except (Changed, Rejected):
            return False
        except Missing:
            return True
        self._report.withdrawn += 1
        self._line("withdrawn", other.fields, "it stood twice")
        return True


def _refused(fields: TaskFields) -> str:
    """Return a mark of what was refused; a late ring moves with every pass and makes it nothing new."""
    return mark(replace(fields, ring_at=None))
