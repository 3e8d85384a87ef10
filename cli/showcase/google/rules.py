"""What Google's document says about an event only in prose, checked on every write."""

import re
from zoneinfo import available_timezones

from .contract import Json
from .problems import Problem, invalid
from .repeats import instant, start_of, starts

_ID = re.compile(r"[a-v0-9]{5,1024}")
_WORDS = {
    "status": {"confirmed", "tentative", "cancelled"},
    "transparency": {"opaque", "transparent"},
    "visibility": {"default", "public", "private", "confidential"},
    "eventType": {"default", "birthday", "focusTime", "outOfOffice", "workingLocation", "fromGmail"},
}
_REPLIES = {"needsAction", "declined", "tentative", "accepted"}
_REMINDERS = 5
_FOUR_WEEKS = 40_320  # minutes


def check_new_id(event_id: str) -> None:
    """Hold an id of the client's choice against its alphabet and length."""
    if not _ID.fullmatch(event_id):
        raise invalid("Invalid resource id value.")


def check_event(event: Json) -> None:
    """Raise Problem (400) for an event that Google would not take."""
    for name, words in _WORDS.items():
        if event.get(name, next(iter(words))) not in words:
            raise invalid(f"Invalid value for {name}.")
    if event.get("eventType") == "fromGmail":
        raise Problem(400, "eventTypeRestriction", "The event type cannot be created.")
    for one in event.get("attendees", ()):
        if not one.get("email") or one.get("responseStatus", "accepted") not in _REPLIES:
            raise invalid("Invalid attendee.")
    _check_times(event)
    _check_reminders(event.get("reminders") or {})


def _check_times(event: Json) -> None:
    for name in ("start", "end"):
        value = event[name]
        if ("date" in value) == ("dateTime" in value):
            raise invalid(f"Invalid {name} time.")
        if value.get("timeZone") and value["timeZone"] not in available_timezones():
            raise invalid(f"Invalid time zone definition for {name} time.")
    if ("date" in event["start"]) != ("date" in event["end"]):
        raise invalid("Start and end times must either both be date or both be dateTime.")
    if instant(start_of(event, "end")) < instant(start_of(event)):
        raise Problem(400, "timeRangeEmpty", "The specified time range is empty.")
    if event.get("recurrence"):
        if "dateTime" in event["start"] and not event["start"].get("timeZone"):
            raise Problem(400, "required", "Missing time zone definition for start time.")
        starts(event, None, instant(start_of(event)))


def _check_reminders(reminders: Json) -> None:
    overrides = reminders.get("overrides") or []
    if reminders.get("useDefault") and overrides:
        raise Problem(
            400, "cannotUseDefaultRemindersAndSpecifyOverride", "Cannot specify both default reminders and overrides."
        )
    if len(overrides) > _REMINDERS:
        raise invalid("Too many override reminders.")
    for one in overrides:
        if one.get("method") not in {"popup", "email"} or not 0 <= one.get("minutes", -1) <= _FOUR_WEEKS:
            raise invalid("Invalid reminder.")
