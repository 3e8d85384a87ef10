"""What only a person can mend: a calendar or list that stays away, and deletions that nobody can believe."""

from datetime import timedelta
from typing import TYPE_CHECKING

import voluptuous as vol
from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResult
from homeassistant.helpers import issue_registry as ir

from .adapters.snapshot import Snapshot
from .const import DOMAIN
from .reach import lacks

if TYPE_CHECKING:
    from .coordinator import AfterviewEntry

PATIENCE = timedelta(minutes=5)  # accounts of Home Assistant come up after us
HELD = "deletions_held"


@callback
def async_tell_troubles(hass: HomeAssistant, entry: "AfterviewEntry", seen: Snapshot) -> None:
    """Raise and withdraw issues by how things stand."""
    home = entry.runtime_data.home
    lasting = bool(seen.trouble and seen.since and seen.at - seen.since >= PATIENCE)
    _tell(hass, "unreachable", lasting, {"words": seen.trouble})
    unfit = lacks(hass, home.list_id) == "list_lacks"
    _tell(hass, "list_lacks", unfit, {"list": home.list_id})
    held = {name for name, _ in seen.held}
    for name in (*home.calendar_ids, home.list_id):
        _tell(hass, f"{HELD}_{name}", name in held, {"name": name}, key=HELD, fixable={"name": name})


def _tell(
    hass: HomeAssistant,
    issue: str,
    stands: bool,
    placeholders: dict[str, str],
    *,
    key: str = "",
    fixable: dict[str, str | int | float | None] | None = None,
) -> None:
    if not stands:
        ir.async_delete_issue(hass, DOMAIN, issue)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        data=fixable,
        is_fixable=fixable is not None,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key or issue,
        translation_placeholders=placeholders,
    )


class BelieveDeletions(RepairsFlow):
    """Asks whether so much is really gone, and takes it over."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> FlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> FlowResult:
        """Ask, then believe it."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm", data_schema=vol.Schema({}), description_placeholders={"name": self._name}
            )
        for entry in self.hass.config_entries.async_loaded_entries(DOMAIN):
            await entry.runtime_data.async_sync_now(accept=frozenset({self._name}))
        return self.async_create_entry(title="", data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Begin the flow that mends an issue."""
    return BelieveDeletions(str((data or {}).get("name", "")))
