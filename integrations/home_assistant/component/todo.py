"""The to-do list *Follow-ups*: everything that is to be done, whichever list it is kept in.

Ticked is done, another due time puts off, the description takes notes, deleted gives up for good. All of it reaches the
chosen list with the pass that follows at once.
"""

from datetime import date, datetime

from homeassistant.components.todo import TodoItem, TodoItemStatus, TodoListEntity, TodoListEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .adapters.snapshot import Task
from .const import DOMAIN
from .coordinator import AfterviewEntry
from .entity import AfterviewEntity
from .recording import Change, async_record

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: AfterviewEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the list."""
    async_add_entities([FollowUps(entry.runtime_data, "follow_ups")])


class FollowUps(AfterviewEntity, TodoListEntity):
    """The open follow-ups."""

    _attr_supported_features = (
        TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
        | TodoListEntityFeature.SET_DUE_DATE_ON_ITEM
        | TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM
        | TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
    )

    @property
    def todo_items(self) -> list[TodoItem]:
        """The open follow-ups, by deadline."""
        return [_item(one) for one in self.coordinator.data.open]

    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Take over what was changed."""
        task = self._task(item.uid)
        due_at = _due(item.due, task)
        await async_record(
            self.coordinator,
            task.key,
            Change(
                title=item.summary if item.summary != task.view.title else None,
                due_at=due_at if due_at != task.view.due_at else None,
                notes=item.description or "" if (item.description or "") != task.notes else None,
                done=item.status == TodoItemStatus.COMPLETED,
            ),
        )

    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Give follow-ups up for good."""
        for uid in uids:
            await async_record(self.coordinator, self._task(uid).key, Change(dismissed=True))

    def _task(self, uid: str | None) -> Task:
        for one in self.coordinator.data.open:
            if one.key == uid:
                return one
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_follow_up")


def _item(task: Task) -> TodoItem:
    due_at = task.view.due_at
    return TodoItem(
        summary=task.view.title,
        uid=task.key,
        status=TodoItemStatus.NEEDS_ACTION,
        due=dt_util.as_local(due_at) if due_at else None,
        description=task.notes or None,
    )


def _due(due: date | datetime | None, task: Task) -> datetime | None:
    """Return a due time; a bare date keeps the time of day, and no due time at all keeps the one there was."""
    if due is None:
        return task.view.due_at
    if isinstance(due, datetime):
        return dt_util.as_utc(due).replace(second=0, microsecond=0)
    was = dt_util.as_local(task.view.due_at) if task.view.due_at else dt_util.start_of_local_day(due)
    return dt_util.as_utc(datetime.combine(due, was.time(), dt_util.get_default_time_zone()))
