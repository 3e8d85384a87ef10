"""What the user does on the phone or in the browser, without any request of ours."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from .calendars import Calendar
from .contract import Json
from .events import Events
from .formats import stamp
from .tasks import Tasks


@dataclass(frozen=True, slots=True)
class Phone:
    """Actions on tasks by id, on events by calendar and id."""

    tasks: Tasks
    events: Events
    clock: Callable[[], datetime]

    def complete(self, task_id: str) -> None:
        """Tick a task off; Google's own apps hide it as well."""
        self._put(task_id, {"status": "completed", "completed": stamp(self.clock()), "hidden": True})

    def reopen(self, task_id: str) -> None:
        """Take the tick back."""
        self._put(task_id, {"status": "needsAction"})

    def edit(self, task_id: str, **fields: str) -> None:
        """Change `title` or `notes`."""
        self._put(task_id, dict(fields))

    def snooze(self, task_id: str, to: date) -> None:
        """Move a task to another day."""
        self._put(task_id, {"due": f"{to.isoformat()}T00:00:00.000Z"})

    def delete(self, task_id: str) -> None:
        """Delete a task."""
        self._put(task_id, {"deleted": True})

    def move(self, task_id: str, list_id: str) -> None:
        """Move a task to another list."""
        self.tasks.transfer(task_id, self.tasks.shelf(list_id))

    def move_event(self, calendar: Calendar, event_id: str, start: datetime, end: datetime) -> Json:
        """Drag an event to another time."""
        before = self.events.change(calendar, event_id, {})
        times: Json = {"start": {**before["start"], "dateTime": start.isoformat()}}
        times["end"] = {**before["end"], "dateTime": end.isoformat()}
        return self.events.change(calendar, event_id, times)

    def delete_event(self, calendar: Calendar, event_id: str) -> None:
        """Delete an event."""
        self.events.remove(calendar, event_id)

    def _put(self, task_id: str, changes: Json) -> None:
        shelf = self.tasks.where(task_id)
        self.tasks.put(shelf, shelf.tasks[task_id], changes)
