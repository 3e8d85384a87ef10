"""What a Home Assistant has that an account can use: for the set-up to choose from. Reads, and tries a list out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from afterview.integrations.signing_in import Scratch
from afterview.sync.errors import AccountError, NotReady, Uncertain, WriteError
from afterview.sync.identity import follow_up_key
from afterview.sync.model import TaskDraft, TaskFields
from afterview.sync.ports import Clock
from afterview.sync.text import one_line

from .client import Client, Failed
from .items import EntityTasks
from .reach import CREATE, DATES, DELETE, TIMES, UPDATE, ListReach, features_of

OWN = "afterview"  # the component: what it shows is not an interview calendar, nor a list to write to
DROPPING = frozenset({"todoist"})  # their integrations show open items only
TRIAL = "Afterview: trial"
_PATIENCE_S = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 4.0)


@dataclass(frozen=True, slots=True)
class Places:
    """Entities by id, with what a person calls them. `unfit`: lists that cannot be written to, each with why."""

    user: str
    calendars: Mapping[str, str]
    lists: Mapping[str, str]
    unfit: tuple[str, ...]
    vanishing: frozenset[str]
    phones: Mapping[str, str]


def look(client: Client) -> Places:
    """Ask what there is, which shows that the sign-in works. Raises AccountError."""
    try:
        user = client.ask("auth/current_user")
        states = [one for one in client.ask("get_states") if isinstance(one, dict)]
        platforms = _platforms(client.ask("config/entity_registry/list_for_display"))
        services = client.ask("get_services")
        calendars = dict(_named(states, "calendar", platforms))
        lists = dict(_named(states, "todo", platforms))
        bits = {str(one.get("entity_id")): features_of(one) for one in states}
        lacking = {entity: why for entity in lists if (why := _lacks(bits[entity]))}
        return Places(
            user=str(user["id"]),
            calendars=calendars,
            lists={entity: label for entity, label in lists.items() if entity not in lacking},
            unfit=tuple(f"{lists[entity]} ({why})" for entity, why in lacking.items()),
            vanishing=frozenset(entity for entity in lists if platforms.get(entity) in DROPPING),
            phones={
                name: _phone(name) for name in sorted(services.get("notify") or ()) if name.startswith("mobile_app_")
            },
        )
    except Failed as error:
        raise NotReady(f"Home Assistant cannot be asked what it has: {error}") from error
    except (TypeError, KeyError, AttributeError) as error:
        raise NotReady("Home Assistant answers with something that cannot be read.") from error


def try_list(client: Client, entity: str, clock: Clock, zone: str) -> None:
    """Add an item to a list, find it and take it away. Raises AccountError or WriteError."""
    tasks = EntityTasks(entity, ListReach(client, entity), Scratch(), clock, zone, _PATIENCE_S)
    key = follow_up_key("trial", entity, clock().isoformat())
    try:
        made = tasks.create(TaskDraft(key, TaskFields(title=TRIAL, due_at=clock())))
    except Uncertain as error:
        raise Uncertain(f'{error} Look for "{TRIAL}" there, delete it, and try again.') from error
    try:
        tasks.delete(made)
    except (AccountError, WriteError) as error:
        raise Uncertain(f'"{TRIAL}" could not be taken away again ({error}); delete it yourself.') from error


def _platforms(told: Mapping[str, Any]) -> dict[str, str]:
    """Return which integration each registered entity is of; the keys are Home Assistant's own short ones."""
    return {str(one.get("ei")): str(one.get("pl")) for one in told["entities"]}


def _named(states: list[dict[str, Any]], domain: str, platforms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for one in sorted(states, key=lambda one: str(one.get("entity_id"))):
        entity = str(one.get("entity_id"))
        if entity.startswith(f"{domain}.") and platforms.get(entity) != OWN:
            given = (one.get("attributes") or {}).get("friendly_name")
            yield entity, f"{one_line(str(given or entity), 60)} [{entity}]"


def _lacks(bits: int) -> str:
    """Say in words why a list cannot receive follow-ups, "" where it can."""
    needed = {CREATE: "added", UPDATE: "changed", DELETE: "deleted"}
    if missing := [word for bit, word in needed.items() if not bits & bit]:
        return f"items cannot be {' or '.join(missing)}"
    return "" if bits & (DATES | TIMES) else "items have no due date"


def _phone(service: str) -> str:
    return f"{service.removeprefix('mobile_app_').replace('_', ' ')} [notify.{service}]"
