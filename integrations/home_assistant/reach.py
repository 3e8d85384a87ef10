"""`access` for a Home Assistant that is reached over the network: what the component does inside, done from outside.

An action for an entity that is not there, or not available, is passed over without a word. So every look asks for the
entity's state first, and an entity that gives no answer is never taken for an empty one.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from afterview.sync.errors import ListGone, NotReady, Rejected, Uncertain
from afterview.sync.text import one_line

from .access import Entry, Features, Item, Moment
from .client import Client, Failed

CREATE, DELETE, UPDATE, DATES, TIMES, TEXTS = 1, 2, 4, 16, 32, 64  # of a to-do list; homeassistant.components.todo
_NOT_THERE = ("unavailable", "unknown")


def state_of(client: Client, entity: str, kind: str) -> Mapping[str, Any]:
    """Return the state of an entity that is there. Raises NotReady, ListGone; `kind` names it in a sentence."""
    named = f"The {kind} {one_line(entity, 80)}"
    try:
        found = client.get(f"states/{entity}")
        if isinstance(found, dict) and found.get("state") not in _NOT_THERE:
            return found
        if found is None and _is_up(client):
            raise ListGone(f"{named} is not in Home Assistant any more; choose another one, or bring it back.")
    except Failed as error:
        raise NotReady(f"{named} cannot be looked at: {error}") from error
    raise NotReady(f"{named} is not available; it is asked again later.")


def _is_up(client: Client) -> bool:
    """Tell whether Home Assistant has started whole: before that, entities are missing that come later."""
    told = client.get("config")
    return isinstance(told, dict) and told.get("state") == "RUNNING"


def features_of(state: Mapping[str, Any]) -> int:
    """Return what an entity says it can do, as bits."""
    attributes = state.get("attributes")
    bits = attributes.get("supported_features") if isinstance(attributes, dict) else 0
    return bits if isinstance(bits, int) else 0


class ListReach:
    """One to-do list (`access.ListAccess`)."""

    def __init__(
        self, client: Client, entity: str, *, vanishing: bool = False, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._entity = entity
        self._vanishing = vanishing
        self._sleep = sleep
        self._features: Features | None = None

    def features(self) -> Features:
        return self._features or self._look()

    def items(self, *, fresh: bool) -> tuple[Item, ...]:
        try:
            if fresh:
                self._client.ask("call_service", **self._called("homeassistant", "update_entity", {}))
            self._look()
            wanted = {"status": ["needs_action", "completed"]}
            told = self._client.ask("call_service", **self._called("todo", "get_items", wanted), return_response=True)
        except Failed as error:
            raise NotReady(f"The list {self._entity} cannot be read: {error}") from error
        try:
            listed = told["response"][self._entity]["items"]
            return tuple(_item(one) for one in listed if one.get("uid"))
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise NotReady(f"The list {self._entity} gave no answer.") from error

    def add(self, item: Item) -> None:
        self._change("add_item", {"item": item.title, **self._told(item)})

    def change(self, item: Item) -> None:
        status = "completed" if item.done else "needs_action"
        self._change("update_item", {"item": item.uid, "rename": item.title, "status": status, **self._told(item)})

    def remove(self, uid: str) -> None:
        self._change("remove_item", {"item": [uid]})

    def keep(self) -> None:
        """Nothing: what an account remembers is durable at once."""

    def pause(self, seconds: float) -> None:
        self._sleep(seconds)

    def _look(self) -> Features:
        bits = features_of(state_of(self._client, self._entity, "list"))
        self._features = Features(times=bool(bits & TIMES), texts=bool(bits & TEXTS), drops_done=self._vanishing)
        return self._features

    def _told(self, item: Item) -> dict[str, Any]:
        features = self.features()
        told: dict[str, Any] = {"description": item.text or None} if features.texts else {}
        told["due_datetime" if features.times else "due_date"] = item.due.isoformat() if item.due else None
        return told

    def _change(self, service: str, data: Mapping[str, Any]) -> None:
        try:
            self._client.ask("call_service", changes=True, **self._called("todo", service, data))
        except Failed as error:
            if error.code == "not_found":
                raise NotReady(f"The list {self._entity} cannot be written now.") from error
            if error.code in {"invalid_format", "service_validation_error", "not_supported"}:
                raise Rejected(f"The list {self._entity} does not accept this: {error}") from error
            if error.code == "unauthorized":
                raise Rejected(f"This user of Home Assistant may not write the list {self._entity}.") from error
            raise Uncertain(f"The list {self._entity} gave no clear answer: {error}") from error

    def _called(self, domain: str, service: str, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "domain": domain,
            "service": service,
            "service_data": dict(data),
            "target": {"entity_id": self._entity},
        }


class CalendarReach:
    """The chosen calendars (`access.CalendarAccess`)."""

    def __init__(self, client: Client, entities: tuple[str, ...]) -> None:
        self._client = client
        self._entities = entities

    def calendars(self) -> tuple[str, ...]:
        return self._entities

    def entries(self, calendar: str, start: datetime, end: datetime) -> tuple[Entry, ...]:
        state_of(self._client, calendar, "calendar")
        span = {"start": _written(start), "end": _written(end)}
        try:
            told = self._client.get(f"calendars/{calendar}", **span)
        except Failed as error:
            raise NotReady(f"The calendar {calendar} cannot be read: {error}") from error
        try:
            return tuple(_entry(one) for one in told)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise NotReady(f"The calendar {calendar} gave no answer that can be read.") from error


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _item(told: Mapping[str, Any]) -> Item:
    completed = told.get("completed")
    return Item(
        uid=str(told["uid"]),
        title=str(told.get("summary") or ""),
        done=told.get("status") == "completed",
        due=_moment(str(told["due"])) if told.get("due") else None,
        text=str(told.get("description") or ""),
        completed_at=_aware(str(completed)) if completed else None,
    )


def _entry(told: Mapping[str, Any]) -> Entry:
    return Entry(
        start=_edge(told["start"]),
        end=_edge(told["end"]),
        title=str(told.get("summary") or ""),
        text=str(told.get("description") or ""),
        location=str(told.get("location") or ""),
        uid=str(told.get("uid") or ""),
        recurrence_id=str(told.get("recurrence_id") or ""),
        status=str(told.get("status") or ""),
    )


def _edge(told: Mapping[str, Any]) -> Moment:
    """Read a start or an end: {"dateTime": ..} or {"date": ..}."""
    return _moment(str(told.get("dateTime") or told["date"]))


def _moment(text: str) -> Moment:
    return datetime.fromisoformat(text) if "T" in text or ":" in text else date.fromisoformat(text)


def _aware(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else None
