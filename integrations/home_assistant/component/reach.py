"""`adapters.access` for the Home Assistant that we run in: to-do lists by their actions, calendars by their entities.

Actions for to-do lists are the documented way in. Calendars are asked as Home Assistant's own calendar page asks them,
because only that tells the uid of an event.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from aiohttp import ClientError
from homeassistant.components.calendar import DOMAIN as CALENDAR
from homeassistant.components.calendar import CalendarEntity
from homeassistant.components.todo import DOMAIN as TO_DO
from homeassistant.components.todo import TodoItemStatus, TodoListEntityFeature, TodoServices
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import EntityComponent, async_update_entity
from homeassistant.util import dt as dt_util

from .adapters.access import Entry, Features, Item
from .bridge import LONGEST_S, Bridge
from .sync.errors import NotReady, Rejected, Uncertain

WANTED = (
    TodoListEntityFeature.CREATE_TODO_ITEM
    | TodoListEntityFeature.DELETE_TODO_ITEM
    | TodoListEntityFeature.UPDATE_TODO_ITEM
)
DATES = TodoListEntityFeature.SET_DUE_DATE_ON_ITEM | TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM
DROPPING = frozenset({"todoist"})  # their integrations show open items only
_FAILS = (HomeAssistantError, ClientError, OSError, TimeoutError)


def lacks(hass: HomeAssistant, entity_id: str) -> str:
    """Say what a list lacks to receive follow-ups, as a key of our texts; "" where it can."""
    state = hass.states.get(entity_id)
    if state is None or state.state == STATE_UNAVAILABLE:
        return "list_missing"
    features = int(state.attributes.get("supported_features", 0))
    return "" if features & WANTED == WANTED and features & DATES else "list_lacks"


def drops_done(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether a list is known to show open items only."""
    entry = er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.platform in DROPPING


class ListReach:
    """One to-do list (`adapters.access.ListAccess`)."""

    def __init__(self, bridge: Bridge, entity_id: str, keep: Callable[[], None], *, vanishing: bool) -> None:
        self._bridge = bridge
        self._hass = bridge.hass
        self._entity_id = entity_id
        self._vanishing = vanishing
        self.keep = keep

    def features(self) -> Features:
        state = self._hass.states.get(self._entity_id)
        bits = int(state.attributes.get("supported_features", 0)) if state else 0
        return Features(
            times=bool(bits & TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM),
            texts=bool(bits & TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM),
            drops_done=self._vanishing,
        )

    def items(self, *, fresh: bool) -> tuple[Item, ...]:
        return self._bridge.run(self._async_items(fresh=fresh))

    def add(self, item: Item) -> None:
        self._change(TodoServices.ADD_ITEM, {"item": item.title, **self._told(item)})

    def change(self, item: Item) -> None:
        status = TodoItemStatus.COMPLETED if item.done else TodoItemStatus.NEEDS_ACTION
        self._change(
            TodoServices.UPDATE_ITEM, {"item": item.uid, "rename": item.title, "status": status, **self._told(item)}
        )

    def remove(self, uid: str) -> None:
        self._change(TodoServices.REMOVE_ITEM, {"item": [uid]})

    def pause(self, seconds: float) -> None:
        self._bridge.wait(seconds)

    def _told(self, item: Item) -> dict[str, Any]:
        features = self.features()
        told: dict[str, Any] = {"description": item.text or None} if features.texts else {}
        told["due_datetime" if features.times else "due_date"] = item.due.isoformat() if item.due else None
        return told

    def _change(self, service: TodoServices, data: Mapping[str, Any]) -> None:
        self._bridge.refuse_when_stopping()
        self._present()
        self._bridge.run(self._async_change(service, data))

    def _present(self) -> None:
        """An action skips an entity that is not there, without a word; so that is looked at before."""
        state = self._hass.states.get(self._entity_id)
        if state is None or state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            raise NotReady(f"The list {self._entity_id} is not available.")

    async def _async_items(self, *, fresh: bool) -> tuple[Item, ...]:
        try:
            async with asyncio.timeout(LONGEST_S):
                if fresh:
                    await async_update_entity(self._hass, self._entity_id)
                self._present()
                told: Any = await self._hass.services.async_call(
                    TO_DO,
                    TodoServices.GET_ITEMS,
                    {"status": [TodoItemStatus.NEEDS_ACTION, TodoItemStatus.COMPLETED]},
                    target={ATTR_ENTITY_ID: self._entity_id},
                    blocking=True,
                    return_response=True,
                )
        except _FAILS as error:
            raise NotReady(f"The list {self._entity_id} cannot be read: {error}") from error
        if self._entity_id not in told:
            raise NotReady(f"The list {self._entity_id} gave no answer.")
        return tuple(_item(one) for one in told[self._entity_id]["items"] if one.get("uid"))

    async def _async_change(self, service: TodoServices, data: Mapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(LONGEST_S):
                await self._hass.services.async_call(
                    TO_DO, service, dict(data), target={ATTR_ENTITY_ID: self._entity_id}, blocking=True
                )
        except ServiceNotFound as error:
            raise NotReady(f"The list {self._entity_id} cannot be written now.") from error
        except ServiceValidationError as error:
            raise Rejected(f"The list {self._entity_id} does not accept this: {error}") from error
        except _FAILS as error:
            raise Uncertain(f"The list {self._entity_id} gave no clear answer: {error}") from error


def _item(told: Mapping[str, Any]) -> Item:
    due = told.get("due")
    completed = told.get("completed")
    return Item(
        uid=str(told["uid"]),
        title=str(told.get("summary") or ""),
        done=told.get("status") == TodoItemStatus.COMPLETED,
        due=_moment(due) if due else None,
        text=str(told.get("description") or ""),
        completed_at=dt_util.parse_datetime(str(completed)) if completed else None,
    )


def _moment(told: Any) -> date | datetime | None:
    """Read a due date or time, as an object or as text; a time without zone is local."""
    if isinstance(told, str):
        told = dt_util.parse_datetime(told) if "T" in told or ":" in told else dt_util.parse_date(told)
    return dt_util.as_local(told) if isinstance(told, datetime) else told if isinstance(told, date) else None


class CalendarReach:
    """The chosen calendars (`adapters.access.CalendarAccess`)."""

    def __init__(self, bridge: Bridge, entity_ids: tuple[str, ...]) -> None:
        self._bridge = bridge
        self._entity_ids = entity_ids

    def calendars(self) -> tuple[str, ...]:
        return self._entity_ids

    def entries(self, calendar: str, start: datetime, end: datetime) -> tuple[Entry, ...]:
        return self._bridge.run(self._async_entries(calendar, start, end))

    async def _async_entries(self, calendar: str, start: datetime, end: datetime) -> tuple[Entry, ...]:
        hass = self._bridge.hass
        component: EntityComponent[CalendarEntity] | None = hass.data.get(CALENDAR)
        entity = component.get_entity(calendar) if component else None
        if entity is None or not entity.available:
            raise NotReady(f"The calendar {calendar} is not available.")
        try:
            async with asyncio.timeout(LONGEST_S):
                found = await entity.async_get_events(hass, start, end)
        except _FAILS as error:
            raise NotReady(f"The calendar {calendar} cannot be read: {error}") from error
        return tuple(
            Entry(
                start=one.start,
                end=one.end,
                title=one.summary or "",
                text=one.description or "",
                location=one.location or "",
                uid=one.uid or "",
                recurrence_id=one.recurrence_id or "",
                status=str(getattr(one, "status", None) or ""),
            )
            for one in found
        )
