"""The binary sensor *Problem*: on while a calendar or the list cannot be used, or deletions wait for an answer."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AfterviewEntry
from .entity import AfterviewEntity

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: AfterviewEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensor."""
    async_add_entities([Problem(entry.runtime_data, "problem")])


class Problem(AfterviewEntity, BinarySensorEntity):
    """Whether somebody should look."""

    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @property
    def is_on(self) -> bool:
        """Whether something is wrong."""
        seen = self.coordinator.data
        return bool(seen.trouble or seen.held or not self.coordinator.last_update_success)

    @property
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """What is wrong, in words."""
        seen = self.coordinator.data
        return {"reason": seen.trouble or "; ".join(words for _, words in seen.held) or None}
