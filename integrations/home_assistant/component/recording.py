"""What people change on a follow-up in Home Assistant: recorded, and brought to the list by a pass at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .adapters.snapshot import Snapshot
from .const import DOMAIN, SOURCE
from .coordinator import AfterviewCoordinator
from .home import Home
from .sync import deeds, finding
from .sync.engine.terms import Terms
from .sync.errors import AfterviewError, ConfigError
from .sync.ledger import Ledger
from .sync.model import Fact
from .sync.view import TaskView

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """What to change; None leaves as it is."""

    title: str | None = None
    due_at: datetime | None = None
    ring_at: datetime | None = None
    notes: str | None = None
    words: str = ""
    done: bool = False
    dismissed: bool = False


async def async_record(coordinator: AfterviewCoordinator, key: str, what: Change) -> None:
    """Record a change of one follow-up. Raises ServiceValidationError where there is no such."""
    home = coordinator.home
    await async_do(coordinator, lambda ledger, seen, _terms: _record(home, ledger, seen, key, what))


async def async_do(coordinator: AfterviewCoordinator, work: Callable[[Ledger, Snapshot, Terms], T]) -> T:
    """Let a function record something, then make a pass; failures in the words of Home Assistant."""
    try:
        answer = await coordinator.home.async_ask(work)
    except ConfigError as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_found", translation_placeholders={"words": str(error)}
        ) from error
    except AfterviewError as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="not_now", translation_placeholders={"words": str(error)}
        ) from error
    await coordinator.async_refresh()
    return answer


def _record(home: Home, ledger: Ledger, seen: Snapshot, key: str, what: Change) -> None:
    view, now = finding.task(seen.seen, key), seen.at
    if what.dismissed:
        deeds.record(ledger, deeds.dismissed(view, now, SOURCE))
        return
    facts: list[Fact] = []
    if what.title:
        facts += deeds.renamed(view, what.title, now, SOURCE)
    if what.due_at is not None or what.ring_at is not None:
        facts += deeds.snoozed(view, now, SOURCE, due_at=what.due_at, ring_at=what.ring_at)
    if what.notes is not None:
        facts += _note(home, ledger, view, what.notes, now)
    if what.done:
        facts += deeds.done(view, what.words, now, SOURCE)
    deeds.record(ledger, facts)


def _note(home: Home, ledger: Ledger, view: TaskView, notes: str, now: datetime) -> list[Fact]:
    """Write notes into the task itself, as if on the phone; into a fact where there is no task yet."""
    row = ledger.tasks.rows().get(view.key)
    if row is None:
        return deeds.noted(view, notes, now, SOURCE)
    tasks = home.open_list()
    task = tasks.fetch(row.remote_id)
    if task is not None:
        keyed = task if task.key else replace(task, key=row.key)
        tasks.update(keyed, replace(task.fields, notes=notes, context=task.fields.context or row.base.context))
    return []
