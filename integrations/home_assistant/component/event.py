"""The event *Activity*: what automations can start from."""

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .adapters.activity import TYPES
from .coordinator import AfterviewCoordinator, AfterviewEntry
from .entity import AfterviewEntity

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: AfterviewEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event."""
    async_add_entities([ActivityEvent(entry.runtime_data, "activity")])


class ActivityEvent(AfterviewEntity, EventEntity):
    """What has happened, one after the other."""

    _unrecorded_attributes = frozenset({"title", "people"})

    def __init__(self, coordinator: AfterviewCoordinator, key: str) -> None:
        super().__init__(coordinator, key)
        self._attr_event_types = list(TYPES)

    @callback
    def _handle_coordinator_update(self) -> None:
        """Tell what the last pass found; each is a state of its own, so that no automation misses one."""
        for one in self.coordinator.take_activity():
            self._trigger_event(one.type, dict(one.data))
            self.async_write_ha_state()
