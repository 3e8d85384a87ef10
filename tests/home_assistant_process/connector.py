"""The connector's part of the story: the command on another machine, on the same Home Assistant."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from .outside import Outside, Wizard, through_the_page
from .process import Process

CALENDAR, LIST = "calendar.work", "todo.desk"
LATER = timedelta(minutes=25)  # longer than a list may take to show what was added
PEOPLE = {"Acme": "Gil Hart", "Soylent": "Kim Vale", "Tyrell": "Lou Penn"}


class Met(Protocol):
    """Enters an interview that is over into a calendar."""

    async def __call__(
        self, process: Process, company: str, who: str, ended_ago: timedelta, calendar: str = ...
    ) -> None: ...


async def titles(process: Process, entity: str) -> list[str]:
    items = await process.items(entity)
    return sorted(one["summary"] for one in items if one["status"] == "needs_action")


def wanted(*companies: str) -> list[str]:
    thanks = [f"Thank {PEOPLE[company]} ({company})" for company in companies]
    return sorted([*thanks, *(f"Heard from {company}? Tick if it was a no." for company in companies)])


async def signed_in_at_a_terminal(process: Process, folder: Path) -> Outside:
    """Set up at a terminal, signing in on Home Assistant's page as a browser does."""
    await process.set_up("local_todo", {"todo_list_name": "Desk"})
    await process.set_up("local_calendar", {"calendar_name": "Work", "import": "create_empty"})
    outside = Outside(folder / "outside")
    wizard = Wizard(outside, "setup", "home_assistant", "--no-color")
    await wizard.answer("Your e-mail addresses: ", "hannah@example.org")
    await wizard.answer("Your time zone [Europe/Berlin]: ")
    await wizard.answer("Language of your tasks [1]: ")
    await wizard.answer("Address [http://homeassistant.local:8123]: ", process.url)
    await wizard.answer("Which [1]: ")
    page = await wizard.expect(r"http://\S+/auth/authorize\?\S+")
    await wizard.expect("Waiting")
    await through_the_page(process, page[0])
    await wizard.expect(r"1\) Personal \[calendar\.personal\]\n\s+2\) Work \[calendar\.work\]\n")
    await wizard.answer("Calendars (numbers, or all): ", "2")
    await wizard.expect(r"1\) Desk \[todo\.desk\]\n\s+2\) Inbox \[todo\.inbox\]\n")
    await wizard.answer("List [1]: ")
    await wizard.answer("Name [home-assistant]: ")
    await wizard.expect("cannot ring; a push can")
    await wizard.answer("Set up another account", "n")
    assert await wizard.end() == 0
    assert await titles(process, LIST) == []  # the trial was taken away
    await outside.sync()  # what was before is filed
    return outside


async def from_a_calendar_to_a_list_and_back(process: Process, outside: Outside, met: Met) -> None:
    await met(process, "Acme", PEOPLE["Acme"], timedelta(minutes=2), CALENDAR)
    assert (await outside.sync())["created"] == 2
    assert await titles(process, LIST) == wanted("Acme")
    quiet = await outside.sync()
    assert (quiet["created"], quiet["changed"], quiet["facts"]) == (0, 0, 0)
    thanks, asked = sorted(await process.items(LIST), key=lambda one: str(one["summary"]), reverse=True)
    await process.do("todo.update_item", LIST, item=thanks["uid"], status="completed")
    later = (datetime.now(UTC) + timedelta(days=9)).replace(second=0, microsecond=0)
    noted = "they sounded keen\n" + asked["description"]
    await process.do("todo.update_item", LIST, item=asked["uid"], description=noted, due_datetime=later.isoformat())
    assert (await outside.sync())["facts"] >= 3
    known = {one["title"]: one for one in await outside.run("tasks")}
    assert known[thanks["summary"]]["state"] == "done"
    assert datetime.fromisoformat(known[asked["summary"]]["due"]) == later
    assert await titles(process, LIST) == [asked["summary"]]


async def killed_between_sending_and_knowing(process: Process, outside: Outside, met: Met) -> None:
    """The command is killed as it adds, then Home Assistant; after the time a list may take all is there, once."""
    await met(process, "Soylent", PEOPLE["Soylent"], timedelta(minutes=2), CALENDAR)
    running = outside.begin("sync")
    await outside.begun_to_write(running)
    running.kill()
    running.communicate()
    await met(process, "Tyrell", PEOPLE["Tyrell"], timedelta(minutes=2), CALENDAR)
    running = outside.begin("sync")
    await outside.begun_to_write(running)
    process.kill()
    await asyncio.to_thread(running.communicate, None, 60)
    assert (await outside.sync(code=4))["state"] == "waiting"
    await process.start()

    async def back() -> bool:
        return await process.state(CALENDAR) == "off" and await process.state(LIST) not in {"", "unavailable"}

    await process.until(back)
    await outside.sync()
    await outside.sync(at=datetime.now(UTC) + LATER)
    found = [one for one in await titles(process, LIST) if "Acme" not in one]
    assert found == wanted("Soylent", "Tyrell")


async def buttons_are_heard(process: Process, outside: Outside) -> None:
    heard = await outside.hear(process, "AFTERVIEW_NOT_YET_Q0123456789ABCDEF0123")
    assert "0123456789abcdef0123" in heard
    assert "not_yet" in heard


async def with_the_component_on_one_list(
    process: Process, outside: Outside, met: Met, entities: tuple[str, str]
) -> None:
    """Both read one calendar and write one list; each adopts what the other made, and a lost ledger is no loss."""
    calendar, entity = entities
    other = outside.beside({CALENDAR: calendar, LIST: entity})
    before = await titles(process, entity)
    await other.sync()
    assert await titles(process, entity) == before
    await met(process, "Acme Labs", "Uma Frost", timedelta(minutes=2), calendar)
    await asyncio.gather(other.sync(), process.do("afterview.sync_now"))
    for _ in range(2):
        await other.sync()
        await process.do("afterview.sync_now")
    new = ["Heard from Acme Labs? Tick if it was a no.", "Thank Uma Frost (Acme Labs)"]
    assert await titles(process, entity) == sorted([*before, *new])


async def signed_out(outside: Outside) -> None:
    token = outside.config.parent / "secrets" / "home-assistant-token"
    kept = token.read_text("utf-8")
    token.write_text("not-a-token-any-more", "utf-8")
    report: dict[str, Any] = await outside.sync(code=3)
    assert report["state"] == "reauth"
    token.write_text(kept, "utf-8")
    assert (await outside.sync())["state"] == "ok"
