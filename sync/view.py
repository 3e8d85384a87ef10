"""What the commands show: every interview, application and follow-up as it stands, thought through as a pass would."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .compare import first
from .engine.seen import thought_of
from .history import History
from .ledger import Ledger
from .model import Application, FollowUp, Interview, Person, Row, Standing, TaskStatus
from .playbook import PlaybookSettings
from .thinking import Thought


@dataclass(frozen=True, slots=True)
class TaskView:
    """One follow-up and its task. `state`: wanted (not yet on the list), open, done, dismissed or withdrawn."""

    key: str
    step: str
    state: str
    title: str
    due_at: datetime | None
    ring_at: datetime | None
    person: Person | None
    company: str
    application: str
    interview: str
    account: str
    remote_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything at one moment. `tasks` by due time."""

    thought: Thought
    tasks: tuple[TaskView, ...]
    parked: dict[str, str]  # key -> the service's words

    @property
    def interviews(self) -> tuple[Interview, ...]:
        return self.thought.interviews

    @property
    def applications(self) -> tuple[Application, ...]:
        return self.thought.applications

    @property
    def history(self) -> History:
        return self.thought.history


def overview(ledger: Ledger, settings: PlaybookSettings, now: datetime) -> Overview:
    """Work out how everything stands. Reads the ledger only; nothing is contacted."""
    thought = thought_of(ledger, settings, now)
    views = sorted(_views(thought, ledger.tasks.rows()), key=lambda one: (one.due_at or now, one.key))
    return Overview(thought, tuple(views), {key: one.words for key, one in ledger.tasks.parked().items()})


def _views(thought: Thought, rows: dict[str, Row]) -> Iterator[TaskView]:
    for follow_up in thought.follow_ups:
        mine = [rows.pop(key) for key in follow_up.keys if key in rows]
        state = _state(follow_up, mine[0] if mine else None, thought.history)
        if state:
            yield _view(follow_up, mine[0] if mine else None, state)
    for row in rows.values():
        yield _orphan(row)


def _state(follow_up: FollowUp, row: Row | None, history: History) -> str:
    """Return the state word; "" for what is not on the list and shall not be."""
    keys = (row.key, *follow_up.keys) if row else follow_up.keys
    if first(history.completed, keys) or (row and row.base.status is TaskStatus.DONE):
        return "done"
    if first(history.dismissed, keys):
        return "dismissed"
    if row:
        return "open" if row.base.status is TaskStatus.OPEN else "withdrawn"
    return "wanted" if follow_up.standing is Standing.WANTED else ""


def _view(follow_up: FollowUp, row: Row | None, state: str) -> TaskView:
    return TaskView(
        key=row.key if row else follow_up.key,
        step=follow_up.step,
        state=state,
        title=row.base.title if row else follow_up.title,
        due_at=row.base.due_at if row else follow_up.due_at,
        ring_at=row.base.ring_at if row else follow_up.ring_at,
        person=follow_up.person,
        company=follow_up.company,
        application=follow_up.application,
        interview=follow_up.interview,
        account=row.account if row else "",
        remote_id=row.remote_id if row else "",
        reason=follow_up.reason,
    )


def _orphan(row: Row) -> TaskView:
    """Show a task of ours whose interview this ledger does not know."""
    states = {TaskStatus.OPEN: "open", TaskStatus.DONE: "done", TaskStatus.CANCELLED: "withdrawn"}
    return TaskView(
        key=row.key,
        step=row.about.step,
        state=states[row.base.status],
        title=row.base.title,
        due_at=row.base.due_at,
        ring_at=row.base.ring_at,
        person=row.about.person,
        company=row.about.company,
        application=row.about.application,
        interview=row.about.interview,
        account=row.account,
        remote_id=row.remote_id,
    )
