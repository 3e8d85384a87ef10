"""Sensors: the next interview, how much is open, how many answers are awaited, when the last good pass was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .adapters.snapshot import Snapshot, show_interview
from .coordinator import AfterviewCoordinator, AfterviewEntry
from .entity import AfterviewEntity

PARALLEL_UPDATES = 0


def _nothing(_seen: Snapshot) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class AfterviewSensorDescription(SensorEntityDescription):
    """A sensor and where its value comes from."""

    value: Callable[[Snapshot], datetime | int | None]
    more: Callable[[Snapshot], Mapping[str, Any] | None] = _nothing


def _next_at(seen: Snapshot) -> datetime | None:
    return seen.next_interview.starts_at if seen.next_interview else None


def _next(seen: Snapshot) -> Mapping[str, Any] | None:
    one = seen.next_interview
    if one is None:
        return None
    shown = show_interview(one, seen.seen.thought.application_of(one.key))
    return {name: shown[name] for name in ("key", "title", "company", "role", "people", "stage", "end")}


def _late(seen: Snapshot) -> Mapping[str, Any]:
    return {"overdue": sum(one.view.due_at is not None and one.view.due_at <= seen.at for one in seen.open)}


def _companies(seen: Snapshot) -> Mapping[str, Any]:
    return {"companies": [one.company for one in seen.awaiting if one.company]}


SENSORS = (
    AfterviewSensorDescription(
        key="next_interview", device_class=SensorDeviceClass.TIMESTAMP, value=_next_at, more=_next
    ),
    AfterviewSensorDescription(
        key="open_follow_ups",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda seen: len(seen.open),
        more=_late,
    ),
    AfterviewSensorDescription(
        key="awaiting_outcome",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda seen: len(seen.awaiting),
        more=_companies,
    ),
    AfterviewSensorDescription(
        key="last_sync",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value=lambda seen: seen.ok_at,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: AfterviewEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors."""
    async_add_entities(AfterviewSensor(entry.runtime_data, one) for one in SENSORS)


class AfterviewSensor(AfterviewEntity, SensorEntity):
    """One value of the snapshot."""

    entity_description: AfterviewSensorDescription
    _unrecorded_attributes = frozenset({"people", "title", "companies"})

    def __init__(self, coordinator: AfterviewCoordinator, description: AfterviewSensorDescription) -> None:
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @property
    def native_value(self) -> datetime | int | None:
        """The value."""
        return self.entity_description.value(self.coordinator.data)

    @property
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """What belongs to it."""
        return self.entity_description.more(self.coordinator.data)
