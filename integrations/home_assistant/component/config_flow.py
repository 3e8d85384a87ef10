"""The config flow: renders the component's own set-up (`adapters.component_flow`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .adapters.component_flow import PLACES, Setup
from .adapters.flow import AccountDraft, Choice, FlowContext, Purpose, Step, StepKind
from .blueprint import async_copy_blueprints
from .const import DOMAIN
from .phone import phones
from .reach import lacks
from .render import answers, schema


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


class _Walk:
    """One run of the set-up, form by form."""

    def __init__(
        self, hass: HomeAssistant, purpose: Purpose, current: Mapping[str, Any], *, options: bool = False
    ) -> None:
        self._setup = Setup(Surroundings(hass), options=options)
        self.step: Step = self._setup.start(
            FlowContext(purpose, hass.config.time_zone, dt_util.utcnow, current=current)
        )

    def go_on(self, given: Mapping[str, Any] | None) -> Step:
        """Take the answers of a form, if any, and return the step to show."""
        if given is not None:
            self.step = self._setup.submit(self.step.id, answers(self.step, given))
        return self.step


class AfterviewConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up, or choose other calendars and another list."""

    VERSION = 1
    _walk: _Walk | None = None

    @staticmethod
    @callback
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Change the playbook and the phone."""
        return AfterviewOptionsFlow()

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for calendars and list."""
        self._walk = self._walk or _Walk(self.hass, Purpose.USER, {})
        return await self._async_go_on(user_input)

    async def async_step_playbook(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what should be followed up, and when."""
        return await self._async_go_on(user_input)

    async def async_step_phone(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the phone."""
        return await self._async_go_on(user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for calendars and list again."""
        current = self._get_reconfigure_entry().data
        self._walk = self._walk or _Walk(self.hass, Purpose.RECONFIGURE, current)
        return await self._async_go_on(user_input)

    async def _async_go_on(self, user_input: Mapping[str, Any] | None) -> ConfigFlowResult:
        assert self._walk is not None  # noqa: S101 -- both ways in set it
        step = self._walk.go_on(user_input)
        if step.kind is StepKind.FORM:
            return self.async_show_form(
                step_id=step.id,
                data_schema=schema(step),
                errors=dict(step.errors),
                description_placeholders=dict(step.placeholders),
            )
        draft = _draft(step)
        places = {name: value for name, value in draft.settings.items() if name in PLACES}
        if self.source == "reconfigure":
            self.hass.config_entries.async_update_entry(self._get_reconfigure_entry(), data=places)
            return self.async_abort(reason="reconfigure_successful")
        await self.async_set_unique_id(DOMAIN)
        self._abort_if_unique_id_configured()
        await _async_finish(self.hass, draft)
        return self.async_create_entry(title=draft.title, data=places, options=_options(draft))


class AfterviewOptionsFlow(OptionsFlow):
    """Change the playbook and the phone."""

    _walk: _Walk | None = None

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what should be followed up, and when."""
        if self._walk is None:
            self._walk = _Walk(self.hass, Purpose.USER, self.config_entry.options, options=True)
        return await self._async_go_on(user_input)

    async def async_step_phone(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the phone."""
        return await self._async_go_on(user_input)

    async def _async_go_on(self, user_input: Mapping[str, Any] | None) -> ConfigFlowResult:
        assert self._walk is not None  # noqa: S101 -- the way in sets it
        step = self._walk.go_on(user_input)
        if step.kind is StepKind.FORM:
            return self.async_show_form(step_id=step.id, data_schema=schema(step), errors=dict(step.errors))
        draft = _draft(step)
        await _async_finish(self.hass, draft)
        return self.async_create_entry(title="", data=_options(draft))


def _draft(step: Step) -> AccountDraft:
    assert step.draft is not None  # noqa: S101 -- a step that creates has one
    return step.draft


def _options(draft: AccountDraft) -> dict[str, Any]:
    return {name: value for name, value in draft.settings.items() if name not in PLACES}


async def _async_finish(hass: HomeAssistant, draft: AccountDraft) -> None:
    """Copy the blueprints where that was asked for."""
    if draft.memory.get("blueprints"):
        await async_copy_blueprints(hass)
