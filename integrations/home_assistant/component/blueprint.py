"""Copies our blueprints to where Home Assistant looks for them. What the user has changed there stays as it is."""

from pathlib import Path

from homeassistant.core import HomeAssistant

from .const import DOMAIN

SHIPPED = Path(__file__).parent / "blueprints"


async def async_copy_blueprints(hass: HomeAssistant) -> int:
    """Copy those that are not there; return how many were."""
    return await hass.async_add_executor_job(_copy, Path(hass.config.path("blueprints", "automation", DOMAIN)))


def _copy(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    missing = [one for one in sorted(SHIPPED.glob("*.yaml")) if not (folder / one.name).exists()]
    for one in missing:
        (folder / one.name).write_text(one.read_text("utf-8"), "utf-8")
    return len(missing)
