"""Afterview in Home Assistant: follow-ups after job interviews, from its calendars into one of its to-do lists."""

from homeassistant.const import Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType

from .adapters.snapshot import Snapshot
from .const import DOMAIN, LOGGER, PHONE_EVENT, PLATFORMS
from .coordinator import AfterviewCoordinator, AfterviewEntry
from .home import Home
from .phone import pressed
from .services import async_setup_services
from .sync.engine.terms import Terms
from .sync.errors import AfterviewError
from .sync.ledger import Ledger

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
__all__ = ["DOMAIN", "Platform"]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions; they exist whether or not an entry is loaded."""
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AfterviewEntry) -> bool:
    """Load what is known, show it, and make the first pass once Home Assistant has started."""
    home = Home(hass, entry.entry_id, {**entry.data, **entry.options})
    try:
        first = await home.async_open()
    except AfterviewError as error:
        LOGGER.error("%s", error)
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="cannot_open") from error
    coordinator = entry.runtime_data = AfterviewCoordinator(hass, entry, home, first)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)

    async def async_start(_hass: HomeAssistant) -> None:
        coordinator.async_watch()
        await coordinator.async_refresh()

    async def async_pressed(event: Event) -> None:
        await _async_pressed(coordinator, event)

    entry.async_on_unload(hass.bus.async_listen(PHONE_EVENT, async_pressed))
    entry.async_on_unload(entry.add_update_listener(_async_changed))
    entry.async_on_unload(async_at_started(hass, async_start))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AfterviewEntry) -> bool:
    """Let go of everything; what is under way comes to its end first."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.home.async_close()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: AfterviewEntry) -> None:
    """Delete what was stored. The tasks in the list are the user's and stay."""
    await Home.async_forget(hass, entry.entry_id)


async def _async_changed(hass: HomeAssistant, entry: AfterviewEntry) -> None:
    """Start anew with other options."""
    await hass.config_entries.async_reload(entry.entry_id)


async def _async_pressed(coordinator: AfterviewCoordinator, event: Event) -> None:
    """Take the answer of a button on a phone."""
    action, words = str(event.data.get("action", "")), str(event.data.get("reply_text") or "")
    if not action.startswith("AFTERVIEW_"):
        return

    def answer(ledger: Ledger, seen: Snapshot, terms: Terms) -> bool:
        return pressed(action, words, ledger, seen, terms.playbook, seen.at)

    if await coordinator.home.async_ask(answer):
        await coordinator.async_refresh()
