"""Which rings follow from what is known. Pure.

What was done on the phone has become facts before, so a ring is what is wanted with those facts laid over it; what would
be withdrawn, completed or held back in the list does not ring. `compare.decide` says which that is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..actions import Create, Keep, Update
from ..compare import Wanted, decide, first
from ..model import FollowUp, Row, TaskStatus
from ..playbook import Step
from ..thinking import Thought

ASKING = frozenset({Step.ASK_OUTCOME.value, Step.ASK_INTERVIEW.value})  # their text is about ticking


@dataclass(frozen=True, slots=True)
class PlannedRing:
    """A follow-up and when it rings. `keys`: every key that names it; `account` and `remote_id` of its task, if any.

    `text` is our text for it where no list has it, "" where it can be read there.
    """

    keys: tuple[str, ...]
    at: datetime
    step: str
    title: str
    company: str = ""
    due_at: datetime | None = None
    account: str = ""
    remote_id: str = ""
    text: str = ""

    @property
    def key(self) -> str:
        return self.keys[0]


def planned_rings(thought: Thought, rows: Mapping[str, Row], now: datetime) -> tuple[PlannedRing, ...]:
    """Return the ring of everything that is open, or shall be, in the order of their times; also those that are past."""
    return tuple(sorted(_rings(thought, dict(rows), now), key=lambda one: (one.at, one.key)))


def _rings(thought: Thought, rows: dict[str, Row], now: datetime) -> Iterator[PlannedRing]:
    doubtful = {key for one in thought.interviews if one.doubtful for key in one.keys}
    for follow_up in thought.follow_ups:
        mine = [rows.pop(key) for key in follow_up.keys if key in rows]
        mine.sort(key=lambda row: row.base.status is not TaskStatus.OPEN)
        row = next((one for one in mine if one.base.status is TaskStatus.DONE), mine[0] if mine else None)
        if row is None and follow_up.interview in doubtful:
            continue
        if _is_open(follow_up, row, thought, now):
            wanted = Wanted(follow_up, thought.history, row)
            if (at := _ring_at(wanted)) is not None:
                yield _ring(wanted, at)
    for row in rows.values():
        if row.base.status is TaskStatus.OPEN and not row.suspect_at and not row.called_for:
            yield from _unexplained(row)


def _is_open(follow_up: FollowUp, row: Row | None, thought: Thought, now: datetime) -> bool:
    if row is not None and row.suspect_at:
        return False  # perhaps the user has just deleted it
    match decide(follow_up, row, thought.history, now, now):
        case Create():
            return True
        case Update(_, fields):
            return fields.status is TaskStatus.OPEN
        case Keep():
            return row is not None and row.base.status is TaskStatus.OPEN
        case _:
            return False


def _ring_at(wanted: Wanted) -> datetime | None:
    """Return when it rings: as the user put it off or moved it, else as we wish."""
    snoozed = first(wanted.history.snoozed, wanted.keys)
    until = snoozed.value.get("until", "") if snoozed else ""
    return datetime.fromisoformat(until) if until else wanted.ring_at


def _ring(wanted: Wanted, at: datetime) -> PlannedRing:
    row = wanted.row
    return PlannedRing(
        keys=wanted.keys,
        at=at.astimezone(UTC),
        step=wanted.follow_up.step,
        title=wanted.title,
        company=wanted.follow_up.company,
        due_at=wanted.due_at,
        account=row.account if row else "",
        remote_id=row.remote_id if row else "",
        text="" if row or wanted.follow_up.step in ASKING else wanted.follow_up.block,
    )


def _unexplained(row: Row) -> Iterator[PlannedRing]:
    """Yield the ring of a task of ours whose reason this ledger does not know: as the list says."""
    times = [one for one in (row.base.ring_at, row.base.snoozed_until) if one is not None]
    if times:
        about = row.about
        yield PlannedRing(
            (row.key,),
            max(times).astimezone(UTC),
            about.step,
            row.base.title,
            about.company,
            row.base.due_at,
            row.account,
            row.remote_id,
        )
