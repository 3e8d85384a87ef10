"""The calendar *Interviews*: the recognised interviews, and when their follow-ups are due. Read only."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .adapters.snapshot import Task
from .coordinator import AfterviewEntry
from .entity import AfterviewEntity
from .sync.model import Interview

PARALLEL_UPDATES = 0
_SHORT = timedelta(minutes=30)


async def async_setup_entry(
    hass: HomeAssistant, entry: AfterviewEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the calendar."""
    async_add_entities([Interviews(entry.runtime_data, "interviews")])


class Interviews(AfterviewEntity, CalendarEntity):
    """Interviews and deadlines."""

    @property
    def event(self) -> CalendarEvent | None:
        """The interview that is on, or the next one."""
        now = dt_util.utcnow()
        return next((_interview(one) for one in self.coordinator.data.interviews if one.ends_at > now), None)

    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return what lies in a time."""
        found = [one for one in self._events() if one.start < end_date and one.end > start_date]
        return sorted(found, key=lambda one: (one.start, one.summary))

    def _events(self) -> Iterator[CalendarEvent]:
        yield from map(_interview, self.coordinator.data.interviews)
        yield from (_deadline(one) for one in self.coordinator.data.open if one.view.due_at)


def _interview(one: Interview) -> CalendarEvent:
    who = ", ".join(person.name or person.email for person in one.people)
    start = dt_util.as_local(one.starts_at)
    end = max(dt_util.as_local(one.ends_at), start + timedelta(minutes=1))
    return CalendarEvent(start=start, end=end, summary=one.title, description=who or None, uid=one.key)


def _deadline(one: Task) -> CalendarEvent:
    assert one.view.due_at is not None  # noqa: S101 -- asked for before
    due_at = dt_util.as_local(one.view.due_at)
    return CalendarEvent(
        start=due_at, end=due_at + _SHORT, summary=one.view.title, description=one.notes or None, uid=one.key
    )
