"""Steps 0-3 for a task list: finish what was begun, read, adopt, and take over what the user did on the phone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from ..compare import adopt, after_lost_answer, observe
from ..history import History, fold
from ..identity import Context
from ..ledger import CalendarState, Etags, Intent, Ledger, Operation
from ..model import Fact, FactKind, FollowUp, RemoteTask, Row, TaskStatus
from ..ports import Coverage, TaskList, TaskListing
from .facts import believed, implied
from .report import AccountReport
from .terms import DAILY, SUSPICION, too_many

DOUBLES = "doubles"  # account memory: remote ids of second copies that are to be deleted


class Phone:
    """One task list, read into the ledger. `seen` holds what was read in this pass, by remote id."""

    def __init__(self, ledger: Ledger, account: str, tasks: TaskList, report: AccountReport, now: datetime) -> None:
        self.ledger = ledger
        self.account = account
        self.tasks = tasks
        self.report = report
        self.now = now
        self.seen: dict[str, RemoteTask] = {}
        self.held = False  # too much vanished: nothing is written until a person agrees
        self._collection = f"tasks:{tasks.name}"

    @property
    def source(self) -> str:
        return f"phone:{self.account}"

    def rows(self) -> dict[str, Row]:
        return self.ledger.tasks.rows(self.account, self.tasks.name)

    # Step 0

    def recover(self) -> None:
        """Look what became of every write that was begun and not seen to end."""
        for intent in self.ledger.tasks.intents(self.account, self.tasks.name):
            found = self.tasks.find(intent.key)
            with self.ledger.transaction():
                self._settle(intent, found)
                self.ledger.tasks.finish(intent.id)

    def _settle(self, intent: Intent, found: Sequence[RemoteTask]) -> None:
        row = self.rows().get(intent.key)
        remote = next((one for one in found if one.remote_id == intent.remote_id), found[0] if found else None)
        if intent.operation is Operation.DELETE:
            if row is not None and row.remote_id not in {one.remote_id for one in found}:
                self.ledger.tasks.drop(intent.key)
        elif remote is not None:
            known = row or Row(intent.key, self.account, self.tasks.name, remote.remote_id, intent.fields)
            arrived = after_lost_answer(known, intent.fields, remote.fields)
            if arrived.base.notes == intent.fields.notes:
                arrived = replace(arrived, block=intent.block)
            self.take(replace(arrived, about=intent.about, called_for=True), remote)

    # Steps 1-3

    def read(self, planned: Callable[[], Iterable[FollowUp]], *, full: bool, accept: bool) -> None:
        """Read the list and record what changed. `planned` tells the follow-ups to adopt unknown items by."""
        state = self.ledger.calendars.state(self.account, self._collection)
        rows = self.rows()
        doubtful = any(row.suspect_at and self.now - row.suspect_at >= SUSPICION for row in rows.values())
        full = full or doubtful or state.full_at is None or self.now - state.full_at >= DAILY
        etags = Etags(self.ledger.calendars, self.account, self._collection)
        listing = self.tasks.read(state.cursor, etags, full=full)
        self.report.problems += listing.problems
        lost = self._lost(rows, listing)
        held = ""
        if not accept and too_many(len(lost), len(rows)):
            held = f"{len(lost)} of {len(rows)} follow-ups vanished from {self.tasks.name} at once"
            self.report.held.append(held)
            self.held = True
        with self.ledger.transaction():
            self._store(listing, planned)
            if not held:
                self._take_absent(lost, listing, accept=accept)
            complete = listing.coverage is Coverage.COMPLETE
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

    @staticmethod
    def _lost(rows: dict[str, Row], listing: TaskListing) -> list[Row]:
        complete = listing.coverage is Coverage.COMPLETE
        return [
            row
            for row in rows.values()
            if row.remote_id in listing.removed or (complete and row.remote_id not in listing.present)
        ]

    def _store(self, listing: TaskListing, planned: Callable[[], Iterable[FollowUp]]) -> None:
        calendars = self.ledger.calendars
        calendars.set_etags(
            self.account, self._collection, ((one.remote_id, one.etag) for one in listing.changed if one.etag)
        )
        calendars.drop_etags(self.account, self._collection, listing.removed)
        rows = self.rows()
        for row in rows.values():
            if row.suspect_at and row.remote_id in listing.present:
                self.ledger.tasks.put(replace(row, suspect_at=None))
        ours = sorted((one for one in listing.changed if one.key), key=lambda one: one.remote_id)
        unknown = any(remote.key not in rows for remote in ours)
        by_key = {key: one for one in planned() for key in one.keys} if unknown else {}
        for remote in ours:
            self.seen[remote.remote_id] = remote
            self.meet(remote, by_key.get(remote.key))

    def meet(self, remote: RemoteTask, follow_up: FollowUp | None) -> None:
        """Take one of our own items over: known, adopted, or a second copy."""
        row = self.rows().get(remote.key)
        if row is None:
            row = adopt(remote, follow_up, self.account, self.tasks.name)
            outcome = believed(Context.read(remote.fields.context), self.history(), self.now)
            self.ledger.record(*[outcome] if outcome else [])
            self.take(row, remote)
        elif row.remote_id == remote.remote_id:
            self.take(row, remote)
        else:
            self._second_copy(row, remote)

    def _second_copy(self, row: Row, copy: RemoteTask) -> None:
        """Keep the copy with the user's edits, else the one with the lower id; the other is deleted by `Writer`.

        Edits on both are recorded, so nothing is lost with the copy that goes.
        """
        edited = observe(replace(row, remote_id=copy.remote_id), copy, self.now, self.source)
        first = self.tasks.fetch(row.remote_id)
        if first is None:
            self.take(replace(row, remote_id=copy.remote_id), copy)
            return
        own_edit = observe(row, first, self.now, self.source)
        keep_copy = (bool(edited) and not own_edit) or (not edited and not own_edit and copy.remote_id < row.remote_id)
        keep, other = (copy, first) if keep_copy else (first, copy)
        self.record(edited if keep is first else own_edit)
        self.take(replace(row, remote_id=keep.remote_id), keep)
        memory = self.ledger.memory(self.account)
        memory.set(DOUBLES, sorted({*(memory.get(DOUBLES) or []), other.remote_id}))

    def take(self, row: Row, remote: RemoteTask) -> Row:
        """Record what the user did to one task and make what the server holds the new base."""
        taken = replace(row, remote_id=remote.remote_id, etag=remote.etag, base=remote.fields, suspect_at=None)
        with self.ledger.transaction():
            self.record(observe(row, remote, self.now, self.source))
            self.ledger.tasks.put(taken)
        return taken

    def _take_absent(self, lost: list[Row], listing: TaskListing, *, accept: bool) -> None:
        for row in lost:
            certain = row.remote_id in listing.removed or accept
            if certain or (row.suspect_at and self.now - row.suspect_at >= SUSPICION):
                self.forget(row)
            elif row.suspect_at is None:
                self.ledger.tasks.put(replace(row, suspect_at=self.now))

    def forget(self, row: Row) -> None:
        """Take over that the user deleted a task: it is never made again. A finished one was only tidied away."""
        if row.base.status is TaskStatus.OPEN:
            value = {"how": "deleted", "step": row.about.step, "application": row.about.application}
            known = {name: item for name, item in value.items() if item}
            self.record([Fact(FactKind.DISMISSED, row.key, self.now, self.source, known)])
        self.ledger.tasks.drop(row.key)

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
            self.ledger.record(fact, *implied(fact, known))
            self.report.facts += 1

    def history(self) -> History:
        return fold(self.ledger.facts())
