"""The config flow: renders the component's own set-up (`adapters.component_flow`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, ConfigFlow, ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .adapters.component_flow import PLACES, Setup
from .adapters.flow import AccountDraft, Choice, FlowContext, Purpose
from .blueprint import async_copy_blueprints
from .const import DOMAIN
from .phone import phones
from .reach import lacks
from .walk import Walk


class Surroundings:
    """What the set-up wants to know of this Home Assistant."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    def phones(self) -> Sequence[Choice]:
        """Return the phones with the companion app, and none."""
        found = [Choice(name, name.removeprefix("mobile_app_").replace("_", " ")) for name in phones(self._hass)]
        return [Choice("", "-"), *found]

    def unfit(self, entity: str) -> str:
        """Say why a list cannot receive follow-ups."""
        entry = er.async_get(self._hass).async_get(entity)
        return "list_own" if entry is not None and entry.platform == DOMAIN else lacks(self._hass, entity)


class AfterviewConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up, or choose other calendars and another list."""

    VERSION = 1
    _walk: Walk | None = None

    @staticmethod
    @callback
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Change the playbook and the phone."""
        return AfterviewOptionsFlow()

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for calendars and list."""
        return await self._async_go_on("user", user_input)

    async def async_step_playbook(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what should be followed up, and when."""
        return await self._async_go_on("playbook", user_input)

    async def async_step_phone(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the phone."""
        return await self._async_go_on("phone", user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for calendars and list again."""
        return await self._async_go_on("reconfigure", user_input)

    async def _async_go_on(self, called: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        if self._walk is not None:
            return await self._walk.async_go_on(called, user_input)
        changes = self.source == SOURCE_RECONFIGURE
        self._walk = Walk(self, Setup(Surroundings(self.hass)), self._async_changed if changes else self._async_made)
        current = self._get_reconfigure_entry().data if changes else {}
        purpose = Purpose.RECONFIGURE if changes else Purpose.USER
        return await self._walk.async_begin(_context(self.hass, purpose, current))

    async def _async_changed(self, draft: AccountDraft) -> ConfigFlowResult:
        self.hass.config_entries.async_update_entry(self._get_reconfigure_entry(), data=_places(draft))
        return self.async_abort(reason="reconfigure_successful")

    async def _async_made(self, draft: AccountDraft) -> ConfigFlowResult:
        await self.async_set_unique_id(DOMAIN)
        self._abort_if_unique_id_configured()
        await _async_finish(self.hass, draft)
        return self.async_create_entry(title=draft.title, data=_places(draft), options=_options(draft))


class AfterviewOptionsFlow(OptionsFlow):
    """Change the playbook and the phone."""

    _walk: Walk | None = None

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what should be followed up, and when."""
        if self._walk is not None:
            return await self._walk.async_go_on("init", user_input)
        self._walk = Walk(self, Setup(Surroundings(self.hass), options=True), self._async_changed)
        return await self._walk.async_begin(_context(self.hass, Purpose.USER, self.config_entry.options))

    async def async_step_phone(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the phone."""
        assert self._walk is not None  # noqa: S101 -- the step before this one began it
        return await self._walk.async_go_on("phone", user_input)

    async def _async_changed(self, draft: AccountDraft) -> ConfigFlowResult:
        await _async_finish(self.hass, draft)
        return self.async_create_entry(title="", data=_options(draft))


def _context(hass: HomeAssistant, purpose: Purpose, current: Mapping[str, Any]) -> FlowContext:
    return FlowContext(purpose, hass.config.time_zone, dt_util.utcnow, current=current)


def _places(draft: AccountDraft) -> dict[str, Any]:
    return {name: value for name, value in draft.settings.items() if name in PLACES}


def _options(draft: AccountDraft) -> dict[str, Any]:
    return {name: value for name, value in draft.settings.items() if name not in PLACES}


async def _async_finish(hass: HomeAssistant, draft: AccountDraft) -> None:
    """Copy the blueprints where that was asked for."""
    if draft.memory.get("blueprints"):
        await async_copy_blueprints(hass)
