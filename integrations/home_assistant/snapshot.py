"""How everything stands, for the entities and actions of the component. Reads the ledger, contacts nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterview.sync.ledger import Ledger
from afterview.sync.model import Answer, Application, Interview, InterviewStatus, Outcome
from afterview.sync.playbook import PlaybookSettings
from afterview.sync.rings.planned import planned_rings
from afterview.sync.troubles import STEP as TROUBLE
from afterview.sync.view import Overview, TaskView, overview

from .settings import ACCOUNT

OPEN = frozenset({"open", "wanted"})
_LIVE = frozenset({InterviewStatus.CONFIRMED, InterviewStatus.TENTATIVE})


@dataclass(frozen=True, slots=True)
class Task:
    """A follow-up, the whole text of its notes, and when it rings: lists of Home Assistant do not keep that."""

    view: TaskView
    notes: str
    ring_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.view.key

    @property
    def is_open(self) -> bool:
        return self.view.state in OPEN


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything at one moment. `trouble`: why the calendars or the list cannot be used, "" if they can.

    `since`: since when that is so. `held`: why deletions are held, by calendar or list.
    """

    at: datetime
    seen: Overview
    tasks: tuple[Task, ...]
    ok_at: datetime | None = None
    trouble: str = ""
    since: datetime | None = None
    held: tuple[tuple[str, str], ...] = ()

    @property
    def open(self) -> tuple[Task, ...]:
        """The follow-ups that are to be done, by deadline."""
        return tuple(one for one in self.tasks if one.is_open)

    @property
    def interviews(self) -> tuple[Interview, ...]:
        """The interviews that take or took place, by start."""
        return tuple(one for one in self.seen.interviews if one.answer is Answer.YES and one.status in _LIVE)

    @property
    def next_interview(self) -> Interview | None:
        return next((one for one in self.interviews if one.starts_at > self.at), None)

    @property
    def awaiting(self) -> tuple[Application, ...]:
        """The applications whose last interview is over and that nobody has answered."""
        quiet = {None, Outcome.ADVANCED}
        return tuple(one for one in self.seen.applications if one.outcome in quiet and self._is_over(one))

    def _is_over(self, application: Application) -> bool:
        rounds = [one for one in application.rounds if one.status in _LIVE]
        heard_at = application.outcome_at
        return bool(rounds) and rounds[-1].ends_at <= self.at and not (heard_at and heard_at > rounds[-1].ends_at)

    @property
    def wake_at(self) -> datetime | None:
        """When something changes by itself."""
        return min((one for one in self._moments() if one > self.at), default=None)

    def _moments(self) -> Iterator[datetime]:
        if self.seen.thought.horizon is not None:
            yield self.seen.thought.horizon
        for one in self.open:
            yield from (at for at in (one.ring_at, one.view.due_at) if at is not None)
        yield from (one.ends_at for one in self.interviews)


def snapshot(ledger: Ledger, settings: PlaybookSettings, now: datetime) -> Snapshot:
    """Look at the ledger."""
    seen = overview(ledger, settings, now)
    rows = ledger.tasks.rows()
    blocks = {key: one.block for one in seen.thought.follow_ups for key in one.keys}
    rings = {key: one.at for one in planned_rings(seen.thought, rows, now) for key in one.keys}
    tasks = tuple(
        Task(
            view,
            rows[view.key].base.notes if view.key in rows else blocks.get(view.key, ""),
            rings.get(view.key),
        )
        for view in seen.tasks
        if view.step != TROUBLE  # that is told by the sensor and by a repair
    )
    health = ledger.health().get(ACCOUNT)
    failing = health is not None and health.state not in {"ok", "new"}
    return Snapshot(
        at=now,
        seen=seen,
        tasks=tasks,
        ok_at=health.ok_at if health else None,
        trouble=health.words if health and failing else "",
        since=health.since if health and failing else None,
        held=tuple((name.removeprefix("tasks:"), words) for _, name, words in ledger.calendars.held()),
    )


def show_task(task: Task) -> dict[str, Any]:
    """Return a follow-up as actions and events tell of it."""
    view = task.view
    return {
        "key": view.key,
        "step": view.step,
        "state": view.state,
        "title": view.title,
        "due": view.due_at.isoformat() if view.due_at else None,
        "ring": task.ring_at.isoformat() if task.ring_at else None,
        "company": view.company or None,
        "person": (view.person.name or view.person.email) if view.person else None,
        "application": view.application or None,
        "interview": view.interview or None,
    }


def show_interview(one: Interview, application: Application | None) -> dict[str, Any]:
    """Return an interview as actions and events tell of it."""
    return {
        "key": one.key,
        "title": one.title,
        "company": one.company or None,
        "role": one.role or None,
        "people": [who.name or who.email for who in one.people],
        "stage": one.stage,
        "status": one.status.value,
        "verdict": one.answer.value,
        "start": one.starts_at.isoformat(),
        "end": one.ends_at.isoformat(),
        "application": application.key if application else None,
        "outcome": application.outcome.value if application and application.outcome else None,
    }
