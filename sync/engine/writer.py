"""Steps 6-7: decide, write down what is about to be done, send, write down that it was done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ..actions import Action, Create, Keep, Update, Withdraw
from ..compare import about, decide, mark, touched
from ..errors import AlreadyThere, Changed, Missing, Rejected, Uncertain
from ..ledger import Intent, Operation
from ..model import FollowUp, RemoteTask, Row, Standing, TaskDraft, TaskFields, TaskStatus
from ..thinking import Thought
from .phone import DOUBLES, Phone
from .report import Line

ROUNDS = 2  # how often one item may change under our hands before it waits for the next pass


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: `out_of_time` once the pass is over; `late_ring_at` for what should have rung already."""

    out_of_time: Callable[[], bool]
    late_ring_at: datetime


class Writer:
    """Brings one task list to what is wanted. Every write is journalled before it is sent."""

    def __init__(self, phone: Phone, think: Callable[[], Thought], limits: Limits, *, dry_run: bool) -> None:
        self._phone = phone
        self._think = think
        self._limits = limits
        self._dry_run = dry_run
        self._tasks = phone.ledger.tasks
        self._report = phone.report
        self._parked = self._tasks.parked()

    def run(self) -> None:
        """Write until nothing differs, twice at most: what a write brings to light may call for another."""
        if not self._dry_run:
            self._delete_doubles()
        for _ in range(ROUNDS):
            facts_before = self._report.facts
            for action, follow_up in self._plan():
                if self._limits.out_of_time():
                    return
                if self._dry_run:
                    self._tell(action)
                else:
                    self._carry_out(action, follow_up)
            if self._dry_run or self._report.facts == facts_before:
                return

    def _plan(self) -> list[tuple[Action, FollowUp | None]]:
        """Decide for every follow-up and every row. Updates and withdrawals come before creations."""
        thought = self._think()
        rows = self._phone.rows()
        doubtful = {key for one in thought.interviews if one.doubtful for key in one.keys}
        planned: list[tuple[Action, FollowUp | None]] = []
        for follow_up in thought.follow_ups:
            mine = [rows.pop(key) for key in follow_up.keys if key in rows]
            mine.sort(key=lambda row: (row.base.status is TaskStatus.CANCELLED, not touched(row, thought.history)))
            self._note_called_for(mine, follow_up)
            for extra in mine[1:]:
                twice = replace(follow_up, standing=Standing.WITHDRAWN, reason="it stood twice")
                planned.append((self._decide(twice, extra, thought) or Keep(extra.key), twice))
            action = self._decide(follow_up, mine[0] if mine else None, thought)
            if action is not None and not (isinstance(action, Create) and follow_up.interview in doubtful):
                planned.append((action, follow_up))
        planned += [(self._decide(None, row, thought) or Keep(row.key), None) for row in rows.values()]
        work = [(action, follow_up) for action, follow_up in planned if not isinstance(action, Keep)]
        return sorted(work, key=lambda item: isinstance(item[0], Create))

    def _note_called_for(self, rows: list[Row], follow_up: FollowUp) -> None:
        for place, row in enumerate(rows):
            if not row.called_for and not self._dry_run:
                rows[place] = replace(row, called_for=True, about=about(follow_up))
                self._tasks.put(rows[place])

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
                self._line("withdraw", self._phone.rows()[key].base, reason)
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
        if self._parked.get(action.key, ("", ""))[0] == mark(action.fields):
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
        except Uncertain:
            self._report.uncertain += 1  # the intent stays; the next pass looks before anything else
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
        found = self._phone.tasks.find(action.key)
        with self._phone.ledger.transaction():
            self._tasks.finish(number)
            for remote in found[:1]:
                self._phone.seen[remote.remote_id] = remote
                self._phone.meet(remote, action.follow_up)
                self._report.facts += 1  # makes the plan be made again, now with this row

    def _change(self, action: Update | Withdraw, follow_up: FollowUp | None) -> None:
        row = self._phone.rows().get(action.key)
        for _ in range(ROUNDS):
            if row is None:
                return
            remote = self._current(row)
            if remote is None:
                self._phone.forget(row)
                return
            if remote.fields != row.base:
                row = self._phone.take(row, remote)
                decided = self._decide(follow_up, row, self._think())
                if not isinstance(decided, Update | Withdraw):
                    return
                action = decided
            if self._send(action, row, remote):
                return
            self._phone.seen.pop(row.remote_id, None)
            row = self._phone.rows().get(action.key)

    def _current(self, row: Row) -> RemoteTask | None:
        """Return the task as the server has it now: an edit is made on its own text."""
        seen = self._phone.seen.get(row.remote_id)
        if seen is not None and seen.etag is not None and seen.etag == row.etag:
            return seen
        fetched = self._phone.tasks.fetch(row.remote_id)
        if fetched is not None:
            self._phone.seen[row.remote_id] = fetched
        return fetched

    def _send(self, action: Update | Withdraw, row: Row, remote: RemoteTask) -> bool:
        """Send one change. False: it changed under our hands, look again."""
        fields = action.fields if isinstance(action, Update) else row.base
        if isinstance(action, Update) and self._parked.get(row.key, ("", ""))[0] == mark(fields):
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
            self._vanished(number, action, row)
        except Rejected as error:
            self._park(number, row.key, fields, str(error))
        except Uncertain:
            self._report.uncertain += 1
        return True

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
            self._tasks.drop(row.key)
            self._tasks.finish(number)
        self._report.withdrawn += 1
        self._line("withdrawn", row.base, action.reason)

    def _vanished(self, number: int, action: Update | Withdraw, row: Row) -> None:
        with self._phone.ledger.transaction():
            self._tasks.finish(number)
            if isinstance(action, Withdraw):
                self._tasks.drop(row.key)
            else:
                self._phone.forget(row)

    def _park(self, number: int, key: str, fields: TaskFields, words: str) -> None:
        with self._phone.ledger.transaction():
            self._tasks.finish(number)
            self._tasks.park(key, mark(fields), words, self._phone.now)
        self._report.parked.append(words)

    def _done(self, number: int, row: Row) -> None:
        with self._phone.ledger.transaction():
            self._phone.know_etag(row)
            self._tasks.put(row)
            self._tasks.unpark(row.key)
            self._tasks.finish(number)

    def _delete_doubles(self) -> None:
        """Delete the second copies that reading found; what could not be deleted stays on the list for the next pass."""
        memory = self._phone.ledger.memory(self._phone.account)
        left: list[str] = []
        for remote_id in memory.get(DOUBLES) or []:
            remote = self._phone.tasks.fetch(remote_id)
            if remote is None or not remote.key:
                continue
            try:
                self._phone.tasks.delete(remote)
            except (Changed, Uncertain):
                left.append(remote_id)
            except Missing:
                continue
            else:
                self._report.withdrawn += 1
                self._line("withdrawn", remote.fields, "it stood twice")
        memory.set(DOUBLES, left or None)
