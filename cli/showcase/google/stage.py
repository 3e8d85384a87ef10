"""The demo on Google: a stand-in for Calendar, Tasks and sign-in on this machine, and a phone with Google's apps."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from .. import month
from .contract import Json
from .server import Google

_SCOPES = ("calendar.events.readonly", "calendar.calendarlist.readonly", "tasks", "calendar.app.created")
_ACCOUNT = """[[account]]
id = "demo"
integration = "google"
token = {{ file = "token" }}
calendars = ["primary"]
task_list = "Interviews"
reminder_calendar = "{reminders}"
"""
# What is cancelled vanishes from Google's calendars; here its title says it.
_STATUSES = {"CONFIRMED": "confirmed", "TENTATIVE": "tentative", "CANCELLED": "confirmed"}


class GoogleStage:
    """The stand-in, with the time of the play."""

    words = "A stand-in for Google Calendar and Google Tasks"

    def __init__(self) -> None:
        self._at = datetime(2026, 1, 1, tzinfo=UTC)
        self._google = Google(lambda: self._at)
        self.url = self._google.url

    def close(self) -> None:
        """Stop serving."""
        self._google.close()

    def set_clock(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def account(self, folder: Path) -> str:
        self._google.tasks.add_list("Interviews")
        reminders = self._google.calendars.add("Afterview", app_made=True)
        (folder / "token").write_text(self._google.consent(*_SCOPES), "utf-8")
        (folder / "token").chmod(0o600)
        return _ACCOUNT.format(reminders=reminders.id)

    def fill(self, today: date, zone: str) -> int:
        events = [_event(one, zone) for one in month.appointments(today, zone)]
        for event in events:
            self._google.events.enter(self._google.calendars.get("primary"), event)
        return len(events)

    def tick(self, remote_id: str, at: datetime) -> None:
        self.set_clock(at)
        self._google.phone.complete(remote_id)


def _event(one: month.Appointment, zone: str) -> Json:
    def moment(at: datetime) -> Json:
        return {"dateTime": at.isoformat(), "timeZone": zone}

    event: Json = {
        "iCalUID": one.uid,
        "summary": one.title,
        "description": one.text,
        "start": moment(one.starts_at),
        "end": moment(one.ends_at),
        "status": _STATUSES[one.status],
    }
    if one.rule:
        event["recurrence"] = [f"RRULE:{one.rule}"]
    if one.people:
        (name, address), *_ = one.people
        event["organizer"] = {"displayName": name, "email": address}
        guests: list[Json] = [
            {"email": address, "displayName": name, "responseStatus": "accepted"} for name, address in one.people
        ]
        event["attendees"] = [*guests, {"email": one.me, "self": True, "responseStatus": "accepted"}]
    return event


@contextmanager
def stage() -> Generator[GoogleStage]:
    """Set the stage up."""
    made = GoogleStage()
    try:
        yield made
    finally:
        made.close()
