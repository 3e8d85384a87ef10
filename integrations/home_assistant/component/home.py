"""The follow-ups of this Home Assistant: the ledger, the passes that keep the list, and what people record meanwhile.

The engine is the one of the background service; it runs in a worker thread, one thing at a time. Its ledger lives in
memory, and as one value in Home Assistant's store: kept before every change to a list or a phone, so that after a sudden
end it is known what was begun. The loop never touches the ledger.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .adapters.activity import Activity, Told, news
from .adapters.entries import EntityEvents
from .adapters.items import EntityTasks
from .adapters.settings import ACCOUNT, terms
from .adapters.snapshot import Snapshot, snapshot
from .bridge import Bridge
from .const import DOMAIN, LOGGER
from .phone import Phone
from .reach import CalendarReach, ListReach, drops_done
from .sync.engine.terms import Terms
from .sync.ledger import Ledger
from .sync.ports import Book, EventSource, TaskList, Traffic
from .sync.rings import ring
from .sync.runner import AccountSpec, Options, one_pass

T = TypeVar("T")
VERSION = 1
TOLD = "told"  # in the memory of the account: what activity was told
LAZY_S = 1800  # what only says when we last looked is kept so often
_FLEETING = {"collection": ("full_at", "ok_at"), "health": ("ok_at",)}  # columns, and one note


class Home:
    """One entry's follow-ups. Open it, make passes, close it."""

    def __init__(self, hass: HomeAssistant, entry_id: str, chosen: Mapping[str, Any]) -> None:
        self._hass = hass
        self._chosen = chosen
        self._store: Store[dict[str, Any]] = Store(
            hass, VERSION, f"{DOMAIN}.{entry_id}", private=True, atomic_writes=True
        )
        self._bridge = Bridge(hass)
        self._lock = asyncio.Lock()
        self._kept = ""
        self._image: dict[str, Any] = {}
        self.busy = False
        self.list_id: str = chosen["list"]
        self.calendar_ids = tuple(chosen["calendars"])
        self.phone = Phone(self._bridge, str(chosen.get("phone") or ""), chosen.get("brief"), self._keep)

    async def async_open(self) -> Snapshot:
        """Load what is known and look at it. Raises StateError, ConfigError."""
        image = await self._store.async_load()
        return await self._hass.async_add_executor_job(self._open, image)

    async def async_close(self) -> None:
        """Let a pass come to its end, and keep everything."""
        self._bridge.close()
        async with self._lock:
            await self._store.async_save(await self._hass.async_add_executor_job(self._ledger.image))
            await self._hass.async_add_executor_job(self._ledger.close)

    @staticmethod
    async def async_forget(hass: HomeAssistant, entry_id: str) -> None:
        """Delete what was stored for an entry that is removed."""
        await Store[dict[str, Any]](hass, VERSION, f"{DOMAIN}.{entry_id}").async_remove()

    async def async_pass(
        self, *, full: bool = False, accept: frozenset[str] = frozenset()
    ) -> tuple[Snapshot, tuple[Activity, ...]]:
        """Make a pass and ring what is due; return how everything stands then, and what has happened. Raises StateError."""
        return await self._async_work(lambda: self._pass(full=full, accept=accept))

    async def async_ask(self, question: Callable[[Ledger, Snapshot, Terms], T]) -> T:
        """Let a function read or record in the ledger; what it recorded is kept when this returns."""

        def work() -> T:
            answer = question(self._ledger, self._look(), self._terms)
            self._keep()
            return answer

        return await self._async_work(work)

    async def _async_work(self, work: Callable[[], T]) -> T:
        async with self._lock:
            self.busy = True
            try:
                return await self._hass.async_add_executor_job(work)
            finally:
                self.busy = False
                if self._image:
                    self._store.async_delay_save(lambda: self._image, LAZY_S)

    # In the worker thread

    def _open(self, image: dict[str, Any] | None) -> Snapshot:
        self._terms = terms(self._chosen, self._hass.config.time_zone, self._hass.config.language)
        self._ledger = Ledger.in_memory(image)
        return self._look()

    def _look(self) -> Snapshot:
        return snapshot(self._ledger, self._terms.playbook, self._now())

    def _now(self) -> datetime:
        return dt_util.utcnow()

    def _pass(self, *, full: bool, accept: frozenset[str]) -> tuple[Snapshot, tuple[Activity, ...]]:
        options = Options(full=full, accept=accept, stop=self._bridge.stopping)
        done = one_pass(self._ledger, [AccountSpec(ACCOUNT, self._connect)], self._terms, self._now, options)
        for defect in (one.defect for one in done.accounts if one.defect is not None):
            LOGGER.error("A mistake of Afterview's own; the next pass tries again", exc_info=defect)
        ring_terms, notifiers = self.phone.terms(self._terms.playbook)
        if notifiers:
            ring(self._ledger, ring_terms, notifiers, self._now())
        now = self._look()
        memory = self._ledger.memory(DOMAIN)
        before: Told | None = memory.get(TOLD)
        happened, after = news(before, now)
        if after != before:
            memory.set(TOLD, after)
        self._keep()
        return now, happened

    def _connect(self) -> "_Connection":
        return _Connection(EntityEvents(ACCOUNT, CalendarReach(self._bridge, self.calendar_ids)), self.open_list())

    def open_list(self) -> EntityTasks:
        """Return the list; in the worker thread."""
        vanishing = bool(self._chosen.get("vanishing")) or drops_done(self._hass, self.list_id)
        reach = ListReach(self._bridge, self.list_id, self._keep, vanishing=vanishing)
        return EntityTasks(self.list_id, reach, self._ledger.memory(ACCOUNT), self._now, self._terms.zone)

    def _keep(self) -> None:
        """Make everything durable, unless nothing differs but when we last looked."""
        self._image = self._ledger.image()
        mark = _mark(self._image)
        if mark != self._kept:
            self._bridge.run(self._store.async_save(self._image))
            self._kept = mark


class _Connection:
    """The calendars and the list of this Home Assistant (`sync.ports.Connection`)."""

    def __init__(self, events: EventSource, tasks: TaskList) -> None:
        self.id = ACCOUNT
        self.events: EventSource | None = events
        self.tasks: TaskList | None = tasks
        self.book: Book | None = None

    def traffic(self) -> Traffic:
        return Traffic()

    def close(self) -> None:
        """Nothing is open."""


def _mark(image: Mapping[str, Any]) -> str:
    """Return a mark of an image without what changes with every look."""
    tables = {}
    for name, table in image["tables"].items():
        kept = [place for place, column in enumerate(table["columns"]) if column not in _FLEETING.get(name, ())]
        rows = [[row[place] for place in kept] for row in table["rows"]]
        tables[name] = [row for row in rows if name != "meta" or row[0] != "last pass"]
    return sha256(json.dumps(tables).encode()).hexdigest()
