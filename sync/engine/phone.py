"""Steps 0-3 for a task list: finish what was begun, read, adopt, and take over what the user did on the phone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from ..compare import mark, touched
from ..days import Days
from ..errors import Uncertain
from ..ledger import CalendarState, Etags, Intent, Ledger, Operation
from ..model import Fact, FactKind, RemoteTask, Row, TaskStatus
from ..observe import adopt, after_lost_answer, deleted, differences, observe, own_block
from ..ports import Coverage, TaskList, TaskListing
from ..thinking import Thought
from .facts import believed, implied, took_place
from .lessons import with_lesson
from .report import AccountReport
from .terms import SETTLED, SUSPICION, held_words, listed_today, too_many

DOUBLES = "doubles"  # account memory: remote ids of second copies, of which one has to go


class Phone:
    """One task list, read into the ledger. `seen` holds what was read in this pass, by remote id."""

    def __init__(
        self,
        ledger: Ledger,
        account: str,
        tasks: TaskList,
        report: AccountReport,
        now: datetime,
        think: Callable[[], Thought],
        days: Days | None = None,
    ) -> None:
        self.ledger = ledger
        self.account = account
        self.tasks = tasks
        self.report = report
        self.now = now
        self.think = think
        self.days = days  # of the user's zone, where the list keeps dates only; then `think` thinks in days too
        self.seen: dict[str, RemoteTask] = {}
        self.unsettled: set[str] = set()  # keys of writes of which nobody can tell yet what became of them
        self.held = False  # too much vanished: nothing is written until a person agrees
        self._rows: dict[str, Row] | None = None
        self._collection = f"tasks:{tasks.name}"

    @property
    def source(self) -> str:
        return f"phone:{self.account}"

    def rows(self) -> dict[str, Row]:
        """Return a copy of key -> row of this list; read once a pass, and not at all in a quiet one."""
        return dict(self._all())

    def row(self, key: str) -> Row | None:
        return self._all().get(key)

    def put(self, row: Row) -> None:
        self.ledger.tasks.put(row)
        self._all()[row.key] = row

    def drop(self, key: str) -> None:
        self.ledger.tasks.drop(key)
        self._all().pop(key, None)

    def _all(self) -> dict[str, Row]:
        if self._rows is None:
            self._rows = self.ledger.tasks.rows(self.account, self.tasks.name)
        return self._rows

    # Step 0

    def recover(self) -> None:
        """Look what became of every write that was begun and not seen to end."""
        for intent in self.ledger.tasks.intents(self.account, self.tasks.name):
            try:
                found = self.tasks.find(intent.key)
            except Uncertain:
                self.unsettled.add(intent.key)
                continue
            with self.ledger.transaction():
                self._settle(intent, found)
                self.ledger.tasks.finish(intent.id)

    def _settle(self, intent: Intent, found: Sequence[RemoteTask]) -> None:
        row = self.row(intent.key)
        remote = next((one for one in found if one.remote_id == intent.remote_id), found[0] if found else None)
        if intent.operation is Operation.DELETE:
            if row is not None and row.remote_id not in {one.remote_id for one in found}:
                self.drop(intent.key)
        elif remote is not None:
            known = row or Row(intent.key, self.account, self.tasks.name, remote.remote_id, intent.fields)
            arrived = after_lost_answer(known, intent.fields, intent.block, remote.fields)
            if arrived is not known:  # else what was asked before would count as asked last
                arrived = replace(arrived, asked=mark(intent.fields))
            self.take(replace(arrived, about=intent.about, called_for=True), remote, self.think())

    # Steps 1-3

    def read(self, *, full: bool, accept: bool) -> None:
        """Read the list and record what changed."""
        state = self.ledger.calendars.state(self.account, self._collection)
        suspect_at = self.ledger.tasks.suspect_since(self.account, self.tasks.name)
        doubtful = suspect_at is not None and self.now - suspect_at >= SUSPICION
        full = full or doubtful or not listed_today(state.full_at, self.now)
        etags = Etags(self.ledger.calendars, self.account, self._collection)
        listing = self.tasks.read(state.cursor, etags, full=full)
        self.report.problems += listing.problems
        held = "" if accept else self._unbelievable(listing)
        if held:
            self.report.held.append(held)
            self.held = True
        complete = listing.coverage is Coverage.COMPLETE
        with self.ledger.transaction():
            self._store(listing)
            if not held:
                self._take_absent(listing, accept=accept)
            self.ledger.calendars.set_state(
                self.account,
                self._collection,
                CalendarState(
                    cursor=state.cursor if held else listing.cursor,
                    full_at=None if held else self.now if complete else state.full_at,
                    ok_at=self.now,
                    held=held,
                ),
            )

    def _lost(self, listing: TaskListing) -> list[Row]:
        complete = listing.coverage is Coverage.COMPLETE
        if not complete and not listing.removed:
            return []
        return [
            row
            for row in self.rows().values()
            if row.remote_id in listing.removed or (complete and row.remote_id not in listing.present)
        ]

    def _unbelievable(self, listing: TaskListing) -> str:
        """Say why so much cannot have been deleted at once, "" if it can: finished tasks are tidied away in heaps."""
        lost = self._lost(listing)
        if not any(row.base.status is TaskStatus.OPEN for row in lost) or not too_many(len(lost), len(self._all())):
            return ""
        return held_words(len(lost), len(self._all()), "follow-ups", self.tasks.name)

    def _store(self, listing: TaskListing) -> None:
        calendars = self.ledger.calendars
        calendars.set_etags(
            self.account, self._collection, ((one.remote_id, one.etag) for one in listing.changed if one.etag)
        )
        calendars.drop_etags(self.account, self._collection, listing.removed)
        if listing.coverage is Coverage.COMPLETE:
            for row in self.rows().values():
                if row.suspect_at and row.remote_id in listing.present:
                    self.put(replace(row, suspect_at=None))
                    self.ledger.set_note(SETTLED, "")  # what was wanted of it meanwhile has not been done
        changed = self._with_keys(listing.changed)
        ours = sorted((one for one in changed if one.key), key=lambda one: one.remote_id)
        if not ours:
            return
        self.seen |= {one.remote_id: one for one in ours}
        unknown = [one for one in ours if self.row(one.key) is None]
        self._meet_all([one for one in ours if self.row(one.key) is not None])
        calendars.vouch(took_place(one.fields for one in unknown), self.now)
        self.record(believed([one.fields for one in unknown], self.think(), self.now) if unknown else ())
        # what was done decides what else should exist, so it is known before anything else is compared
        self._meet_all([one for one in unknown if one.fields.status is TaskStatus.DONE])
        self._meet_all([one for one in unknown if one.fields.status is not TaskStatus.DONE])

    def _with_keys(self, remotes: Sequence[RemoteTask]) -> Sequence[RemoteTask]:
        """Know what is ours by its id too: the user may have taken the mark out that carries the key."""
        if all(one.key for one in remotes):
            return remotes
        keys = {row.remote_id: row.key for row in self._all().values()}
        return [one if one.key else replace(one, key=keys.get(one.remote_id, "")) for one in remotes]

    def _meet_all(self, remotes: Sequence[RemoteTask]) -> None:
        thought = self.think() if remotes else None
        for remote in remotes:
            assert thought is not None  # noqa: S101 -- there are remotes
            self.meet(remote, thought)

    def meet(self, remote: RemoteTask, thought: Thought) -> None:
        """Take one of our own items over: known, adopted, or a second copy, of which `Writer` deletes one."""
        row = self.row(remote.key)
        if row is None:
            row = self.as_met(remote, thought)
        if row.remote_id == remote.remote_id:
            self.take(row, remote, thought)
        else:
            self.note_double(remote.remote_id)

    def doubles(self) -> list[str]:
        """Return the remote ids of items that stand under the key of another one."""
        return self.ledger.memory(self.account).get(DOUBLES) or []

    def note_double(self, remote_id: str = "", settled: str = "") -> None:
        """Remember one that has to go, or that another is settled, until it is done."""
        left = {*self.doubles(), remote_id} - {settled, ""}
        self.ledger.memory(self.account).set(DOUBLES, sorted(left) or None)

    def settle_copy(self, copy: RemoteTask) -> RemoteTask | None:
        """Return which of two items under one key has to go: the open one, the untouched one, the one of the higher id.

        Edits on both are recorded, so nothing is lost with the one that goes.
        """
        row, thought = self.row(copy.key), self.think()
        if row is not None and row.remote_id == copy.remote_id:
            return None
        first = self.tasks.fetch(row.remote_id) if row is not None else None
        mine = self.as_met(copy, thought, row)
        if row is None or first is None:
            self.take(mine, copy, thought)
            return None
        edited, own_edit = self._observe(mine, copy, thought), self._observe(row, first, thought)
        used = bool(own_edit) or touched(row, thought.history) or row.base.status is not TaskStatus.OPEN
        copy_done, first_done = (one.fields.status is TaskStatus.DONE for one in (copy, first))
        keep_copy = copy_done > first_done or (not used and (bool(edited) or copy.remote_id < row.remote_id))
        with self.ledger.transaction():
            if thought.follow_up(copy.key) is None:  # what is an edit cannot be told: what goes is written down
                self.record(differences(row, *((copy, first) if keep_copy else (first, copy)), self.now, self.source))
            self.note_double(first.remote_id if keep_copy else copy.remote_id, settled=keep_copy * copy.remote_id)
            if keep_copy:
                self.record(own_edit)
                self.take(mine, copy, thought)
            else:
                self.record(edited)
                self.take(row, first, thought)
        return first if keep_copy else copy

    def as_met(self, remote: RemoteTask, thought: Thought, other: Row | None = None) -> Row:
        """Return the row of an item that is met anew: as we would have written it, so that edits show.

        Where that is not known it is compared with the `other` item of its key, if there is one.
        """
        follow_up = thought.follow_up(remote.key)
        if follow_up is None and other is not None:
            return replace(other, base=replace(other.base, status=TaskStatus.OPEN, completed_at=None))
        return adopt(remote, follow_up, self.account, self.tasks.name)

    def _observe(self, row: Row, remote: RemoteTask, thought: Thought) -> tuple[Fact, ...]:
        follow_up = thought.follow_up(row.key)
        return observe(row, remote, self.now, self.source, follow_up, thought.history, self.days)

    def take(self, row: Row, remote: RemoteTask, thought: Thought) -> Row:
        """Record what the user did to one task and make what the server holds the new base."""
        taken = replace(
            row,
            remote_id=remote.remote_id,
            etag=remote.etag,
            base=remote.fields,
            block=own_block(row, remote.fields),
            suspect_at=None,
        )
        with self.ledger.transaction():
            self.record(self._observe(row, remote, thought))
            self.put(taken)
        return taken

    def _take_absent(self, listing: TaskListing, *, accept: bool) -> None:
        for row in self._lost(listing):  # looked at again: a copy may have taken the place of what was deleted
            certain = row.remote_id in listing.removed or accept
            if certain or (row.suspect_at and self.now - row.suspect_at >= SUSPICION):
                copy = next((one for one in self.seen.values() if one.key == row.key), None)
                if copy is not None:
                    self.take(self.as_met(copy, self.think()), copy, self.think())
                else:
                    self.forget(row)
            elif row.suspect_at is None:
                self.put(replace(row, suspect_at=self.now))

    def forget(self, row: Row) -> None:
        """Take over that the user deleted a task: it is never made again. A finished one was only tidied away."""
        with self.ledger.transaction():
            if row.base.status is TaskStatus.OPEN:
                self.record([deleted(row, self.now, self.source)])
            self.drop(row.key)
            self.ledger.set_note(SETTLED, "")  # it may be called for still

    def know_etag(self, row: Row) -> None:
        """Remember the etag of our own write, so that the next listing does not fetch it again."""
        if row.etag:
            self.ledger.calendars.set_etags(self.account, self._collection, [(row.remote_id, row.etag)])
        else:
            self.ledger.calendars.drop_etags(self.account, self._collection, [row.remote_id])

    def record(self, facts: Sequence[Fact]) -> None:
        """Record facts and what they imply."""
        for fact in facts:
            known = self.ledger.facts() if fact.kind is FactKind.REOPENED else ()
            told = [
                one if one.kind is not FactKind.VERDICT else with_lesson(self.ledger, one)
                for one in implied(fact, known)
            ]
            self.ledger.record(fact, *told)
            self.report.facts += 1
