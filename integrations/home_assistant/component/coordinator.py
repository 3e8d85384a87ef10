"""Decides when a pass is made: every five minutes, when a chosen calendar or the list changes, when something is due."""

from datetime import datetime, timedelta
from typing import TypeAlias

from homeassistant.components.todo import DOMAIN as TO_DO
from homeassistant.components.todo import TodoListEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.helpers.event import async_track_point_in_utc_time, async_track_state_change_event
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util.json import JsonValueType

from .adapters.activity import Activity
from .adapters.snapshot import Snapshot
from .const import DOMAIN, INTERVAL, LOGGER
from .home import Home
from .repairs import async_tell_troubles
from .sync.errors import AfterviewError

AfterviewEntry: TypeAlias = "ConfigEntry[AfterviewCoordinator]"
_A_LITTLE = timedelta(seconds=1)


class AfterviewCoordinator(DataUpdateCoordinator[Snapshot]):
    """Makes passes and hands on what they found."""

    config_entry: AfterviewEntry

    def __init__(self, hass: HomeAssistant, entry: AfterviewEntry, home: Home, first: Snapshot) -> None:
        super().__init__(hass, LOGGER, config_entry=entry, name=DOMAIN, update_interval=INTERVAL, always_update=True)
        self.home = home
        self.data = first
        self._activity: tuple[Activity, ...] = ()
        self._lost = False
        self._wake: CALLBACK_TYPE | None = None
        self._watched: TodoListEntity | None = None
        self._unwatch: CALLBACK_TYPE | None = None
        self._shown: object = None
        self._full = False
        self._accept: frozenset[str] = frozenset()

    @callback
    def async_watch(self) -> None:
        """React to changes of the chosen calendars and of the list's state, as long as the entry is loaded."""
        watched = [*self.home.calendar_ids, self.home.list_id]
        self.config_entry.async_on_unload(async_track_state_change_event(self.hass, watched, self._async_changed))
        self.config_entry.async_on_unload(self._async_let_go)

    async def async_sync_now(self, *, full: bool = False, accept: frozenset[str] = frozenset()) -> None:
        """Make a pass at once, also where one was just made."""
        self._full, self._accept = full, accept
        await self.async_refresh()

    @callback
    def take_activity(self) -> tuple[Activity, ...]:
        """Return what has happened and was not handed on yet."""
        happened, self._activity = self._activity, ()
        return happened

    async def _async_update_data(self) -> Snapshot:
        full, accept, self._full, self._accept = self._full, self._accept, False, frozenset()
        try:
            found, happened = await self.home.async_pass(full=full, accept=accept)
        except AfterviewError as error:
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="pass_failed") from error
        self._activity += happened
        self._async_log(found)
        async_tell_troubles(self.hass, self.config_entry, found)
        self._async_wake_at(found.wake_at)
        self._async_watch_list()
        return found

    @callback
    def _async_log(self, found: Snapshot) -> None:
        """Say once that something cannot be reached, and once that it can be again."""
        if found.trouble and not self._lost:
            LOGGER.warning("Follow-ups cannot be kept up: %s", found.trouble)
        elif self._lost and not found.trouble:
            LOGGER.info("Follow-ups are kept up again")
        self._lost = bool(found.trouble)

    @callback
    def _async_wake_at(self, moment: datetime | None) -> None:
        if self._wake:
            self._wake()
        self._wake = None
        if moment is not None:
            self._wake = async_track_point_in_utc_time(self.hass, self._async_due, moment + _A_LITTLE)

    async def _async_due(self, _now: datetime) -> None:
        self._wake = None
        await self.async_refresh()

    async def _async_changed(self, event: Event[EventStateChangedData]) -> None:
        if not self.home.busy:
            await self.async_request_refresh()

    @callback
    def _async_watch_list(self) -> None:
        """Listen to the list itself: a note or a due date changes no state."""
        component: EntityComponent[TodoListEntity] | None = self.hass.data.get(TO_DO)
        entity = component.get_entity(self.home.list_id) if component else None
        if entity is not self._watched:
            self._async_stop_listening()
            self._watched = entity
            self._unwatch = entity.async_subscribe_updates(self._async_items_shown) if entity else None
        self._shown = list(entity.todo_items or ()) if entity else None

    @callback
    def _async_items_shown(self, _items: list[JsonValueType] | None) -> None:
        if self.home.busy or self._watched is None:
            return
        shown = list(self._watched.todo_items or ())
        if shown != self._shown:
            self._shown = shown
            self.hass.async_create_task(self.async_request_refresh(), "afterview: the list has changed")

    @callback
    def _async_stop_listening(self) -> None:
        if self._unwatch:
            self._unwatch()
        self._unwatch = self._watched = None

    @callback
    def _async_let_go(self) -> None:
        self._async_stop_listening()
        if self._wake:
            self._wake()
            self._wake = None
