"""A Home Assistant in the process, with a calendar and a to-do list that behave as real ones do."""

import asyncio
import contextlib
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import custom_components  # noqa: F401 -- ours, before the harness puts its own first on the path
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.todo import TodoItem, TodoItemStatus, TodoListEntity, TodoListEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    setup_test_component_platform,
)

DOMAIN = "afterview"
MONDAY = datetime(2026, 9, 7, 8, tzinfo=UTC)  # the interview begins; 10:00 in Berlin
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BEFORE = MONDAY - 3 * DAY
AFTER = MONDAY + 2 * HOUR
CALENDAR, LIST = "calendar.personal", "todo.inbox"
WHOLE = (
    TodoListEntityFeature.CREATE_TODO_ITEM
    | TodoListEntityFeature.UPDATE_TODO_ITEM
    | TodoListEntityFeature.DELETE_TODO_ITEM
    | TodoListEntityFeature.SET_DUE_DATE_ON_ITEM
    | TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM
    | TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
)


class Inbox(TodoListEntity):
    """A list. `late`: how many looks a change takes to show; `fails`: what the next change raises, when it is done."""

    _attr_name = "Inbox"
    _attr_unique_id = "inbox"
    _attr_should_poll = False

    def __init__(self) -> None:
        self._attr_supported_features = WHOLE
        self._attr_todo_items: list[TodoItem] = []
        self.kept: dict[str, TodoItem] = {}
        self.late = 0
        self.drops_done = False
        self.log: list[str] = []
        self.fails: list[Exception] = []
        self._looks = 0
        self._count = 0

    async def async_create_todo_item(self, item: TodoItem) -> None:
        self._count += 1
        uid = f"uid-{self._count}"
        self._store("add", uid, replace(item, uid=uid))

    async def async_update_todo_item(self, item: TodoItem) -> None:
        assert item.uid
        self._store("update", item.uid, item)

    async def async_delete_todo_items(self, uids: list[str]) -> None:
        for uid in uids:
            self._store("delete", uid, None)

    async def async_update(self) -> None:
        self._looks += 1
        if self._looks > self.late:
            self._show()

    def _store(self, what: str, uid: str, item: TodoItem | None) -> None:
        self.log.append(what)
        self._looks = 0
        if item is None:
            del self.kept[uid]
        else:
            self.kept[uid] = item
        if not self.late:
            self._show()
            self.async_write_ha_state()
        if self.fails:
            raise self.fails.pop(0)

    def _show(self) -> None:
        done = TodoItemStatus.COMPLETED
        self._attr_todo_items = [one for one in self.kept.values() if not (self.drops_done and one.status == done)]

    def phone(self, title: str, **changes: Any) -> None:
        """Change an item as the service's own app does; a `None` uid deletes it."""
        item = self.only(title)
        assert item.uid
        if changes.get("uid", "") is None:
            del self.kept[item.uid]
        else:
            self.kept[item.uid] = replace(item, **changes)
        self._show()
        self.async_write_ha_state()

    def only(self, title: str) -> TodoItem:
        (found,) = (one for one in self.kept.values() if str(one.summary).startswith(title))
        return found

    def titles(self) -> list[str]:
        """Return the titles of the open items."""
        return sorted(str(one.summary) for one in self.kept.values() if one.status != TodoItemStatus.COMPLETED)


class Personal(CalendarEntity):
    """A calendar."""

    _attr_name = "Personal"
    _attr_unique_id = "personal"
    _attr_should_poll = False

    def __init__(self) -> None:
        self.events: list[CalendarEvent] = []

    @property
    def event(self) -> CalendarEvent | None:
        return None

    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        return [one for one in self.events if one.start < end_date and one.end > start_date]


def interview(uid: str = "u1", at: datetime = MONDAY, company: str = "Initech", who: str = "Ana Lima") -> CalendarEvent:
    """Make an entry as an employer's invitation leaves it, as far as Home Assistant shows it."""
    text = (
        "Your interview for the position of engineer. We look forward to meeting you and discussing your application.\n"
        f"Interviewer: {who}"
    )
    return CalendarEvent(at, at + HOUR, f"Job interview with {company} - hiring manager", text, uid=uid)


class House:
    """The Home Assistant under test, its calendar and its list."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        self.hass = hass
        self._freezer = freezer
        self.todo = Inbox()
        self.calendar = Personal()
        self.entry = MockConfigEntry(
            domain=DOMAIN, title="Afterview", unique_id=DOMAIN, data={"calendars": [CALENDAR], "list": LIST}, options={}
        )

    async def start(self) -> None:
        """Set up list and calendar, then the entry."""
        await self.furnish()
        self.entry.add_to_hass(self.hass)
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.settle()

    async def furnish(self) -> None:
        for domain, entity in (("todo", self.todo), ("calendar", self.calendar)):
            setup_test_component_platform(self.hass, domain, [entity])
            assert await async_setup_component(self.hass, domain, {domain: {"platform": "test"}})
        await self.settle()

    async def settle(self) -> None:
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def at(self, moment: datetime) -> None:
        """Let time pass until a moment; what is due by then happens."""
        self._freezer.move_to(moment)
        async_fire_time_changed(self.hass, moment)
        await self.settle()

    async def do(self, action: str, **data: Any) -> Any:
        """Call one of our actions and return its answer."""
        answer = await self.hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)
        await self.settle()
        return answer

    def state(self, entity: str) -> Any:
        found = self.hass.states.get(entity)
        assert found is not None, self.hass.states.async_entity_ids()
        return found

    async def ask(self, action: str, entity: str, **data: Any) -> Any:
        """Call an action of Home Assistant's own on an entity."""
        domain = entity.partition(".")[0]
        await self.hass.services.async_call(domain, action, data, target={"entity_id": entity}, blocking=True)
        await self.settle()


class _OutsideTheLoop(sqlite3.Connection):
    """A connection that may not be used where events are handled: Home Assistant itself would not notice."""

    def execute(self, *args: Any, **kwargs: Any) -> sqlite3.Cursor:
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop()
            pytest.fail("the ledger was used in the event loop")
        return super().execute(*args, **kwargs)


@pytest.fixture(autouse=True)
def _no_ledger_in_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **given: connect(*args, factory=_OutsideTheLoop, **given))


@pytest.fixture(autouse=True)
def _ours(enable_custom_integrations: None) -> None:
    """Let custom integrations be found."""


@pytest.fixture
async def empty(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> House:
    """A Home Assistant before anything is set up."""
    freezer.move_to(BEFORE)
    await hass.config.async_set_time_zone("Europe/Berlin")
    return House(hass, freezer)


@pytest.fixture
async def house(empty: House) -> House:
    """One that was set up three days before an interview."""
    empty.calendar.events = [interview()]
    await empty.start()
    return empty
