"""What all entities of Afterview have in common: one service device, names from the translations."""

from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import AfterviewCoordinator


class AfterviewEntity(CoordinatorEntity[AfterviewCoordinator]):
    """An entity that shows a part of the coordinator's snapshot."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: AfterviewCoordinator, key: str) -> None:
        super().__init__(coordinator)
        entry = coordinator.config_entry
        self._attr_translation_key = key
        self._attr_unique_id = f"{entry.entry_id}_{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)}, name="Afterview", entry_type=DeviceEntryType.SERVICE
        )

    @property
    def available(self) -> bool:
        """What is known stays shown, also while an account behind cannot be reached."""
        return True
