"""Makes the pictures of docs/home-assistant.md anew: a real Home Assistant, gone through by a browser as a reader would.

`python -m tests.home_assistant.screenshots`, from the root of the repository, with the Python of `make test-home-assistant`
after that has exported the tree; it needs playwright besides, Debian's chromium (CHROMIUM names another), and pillow. By
hand, never in CI. Everything in the pictures is invented, and Home Assistant is on this machine alone.
"""

import asyncio
import io
import json
import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.async_api import Locator, Page, Route, async_playwright

from tests.home_assistant_process.process import Process
from tests.home_assistant_process.test_process import HERE, LIST, met

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
]
SIZE = {"width": 1000, "height": 860}
MARGIN = 12
COLOURS = 64  # few, so that the files are small
_NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


class Camera:
    """Takes pictures of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def take(self, name: str, what: Locator) -> None:
        """Take a picture of one thing on the page, once it stands still."""
        await what.wait_for()
        await self.page.wait_for_timeout(900)
        box = await what.bounding_box()
        assert box is not None
        width, height = self.page.viewport_size["width"], self.page.viewport_size["height"]  # type: ignore[index]  # it is set
        left, top = max(0, box["x"] - MARGIN), max(0, box["y"] - MARGIN)
        right, bottom = min(width, box["x"] + box["width"] + MARGIN), min(height, box["y"] + box["height"] + MARGIN)
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        shot = await self.page.screenshot(clip=clip)  # type: ignore[arg-type]  # a FloatRect
        image = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS)
        image.save(FOLDER / f"home-assistant-{name}.png", optimize=True)


async def furnish(process: Process, folder: Path) -> None:
    """Make what a reader has already: a calendar, a list, an interview that is over and one to come."""
    await process.sign_in()
    await process.set_up("local_todo", {"todo_list_name": "Inbox"})
    await process.set_up("local_calendar", {"calendar_name": "Personal", "import": "create_empty"})
    await process.stop()
    done = {"version": 4, "key": "onboarding", "data": {"done": ["user", "core_config", "analytics", "integration"]}}
    (folder / ".storage" / "onboarding").write_text(json.dumps(done), "utf-8")  # else the pages would ask for the place
    await process.start()


async def _icon(route: Route) -> None:
    """Give our own icon where newer versions would, and nothing for others: pictures of brands come from elsewhere."""
    path = HERE / "brand" / "icon.png"
    if "/afterview/" in route.request.url:
        await route.fulfill(body=path.read_bytes(), content_type="image/png")
    else:
        await route.fulfill(body=_NOTHING, content_type="image/svg+xml")


async def enter(process: Process, page: Page) -> None:
    """Sign in at the page."""
    await page.goto(process.url)
    await page.locator("input[name=username]").fill("hannah")
    await page.locator("input[name=password]").fill("test")
    await page.keyboard.press("Enter")
    await page.locator("ha-sidebar").wait_for()


async def pictures(process: Process, page: Page) -> None:
    camera = Camera(page)
    await page.goto(f"{process.url}/config/integrations/dashboard")
    await page.get_by_role("button", name="Add integration").click()
    await page.locator("dialog-add-integration search-input input").fill("afterview")
    await page.locator("dialog-add-integration").get_by_text("Afterview").first.click()
    dialog = page.locator("dialog-data-entry-flow .mdc-dialog__surface")
    await pick(page, "Calendars", "Personal")
    await pick(page, "To-do list", "Inbox")
    await camera.take("1-places", dialog)
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_text("Thank the interviewers").first.wait_for()
    await camera.take("2-playbook", dialog)
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_text("Copy the blueprints").first.wait_for()
    await camera.take("3-phone", dialog)
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("button", name="Finish").click()
    await met(process, "Initech", "Ana Lima", timedelta(minutes=40))
    await met(process, "Globex", "Bo Ek", timedelta(days=-3))
    await process.do("button.press", "button.afterview_sync_now")
    await page.set_viewport_size({"width": 1400, "height": 900})
    await page.goto(f"{process.url}/config/devices/dashboard")
    await page.get_by_text("Afterview", exact=True).first.click()
    await page.get_by_text("Open follow-ups").first.wait_for()
    await camera.take("4-device", page.locator("hass-subpage .container").first)
    await page.set_viewport_size({"width": 1000, "height": 860})
    await page.goto(f"{process.url}/todo?entity_id={LIST}")
    await page.get_by_text("Thank Ana Lima").first.wait_for()
    await camera.take("5-list", page.locator("hui-todo-list-card"))


async def pick(page: Page, label: str, name: str) -> None:
    """Choose an entity."""
    await page.locator("ha-selector-entity").filter(has_text=label).locator("input").first.click()
    await page.locator("vaadin-combo-box-item:visible").filter(has_text=name).first.click()


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(HERE, folder / "custom_components" / "afterview", ignore=shutil.ignore_patterns("__pycache__"))
        process = Process(folder)
        try:
            await process.start()
            await furnish(process, folder)
            async with async_playwright() as player:
                path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
                browser = await player.chromium.launch(executable_path=path, args=QUIET)
                page = await browser.new_page(viewport=SIZE, locale="en-GB", timezone_id="Europe/Berlin")  # type: ignore[arg-type]  # a ViewportSize
                await page.route("**://brands.home-assistant.io/**", _icon)
                await enter(process, page)
                await pictures(process, page)
                await browser.close()
        finally:
            process.kill()
            await process.session.close()


if __name__ == "__main__":
    asyncio.run(main())
