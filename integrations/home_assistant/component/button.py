"""The button *Sync now*."""

from homeassistant.components.button import ButtonEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AfterviewEntry
from .entity import AfterviewEntity

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant, entry: AfterviewEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the button."""
    async_add_entities([SyncNow(entry.runtime_data, "sync_now")])


class SyncNow(AfterviewEntity, ButtonEntity):
    """Makes a pass at once."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC

    async def async_press(self) -> None:
        """Make it."""
        await self.coordinator.async_sync_now(full=True)
