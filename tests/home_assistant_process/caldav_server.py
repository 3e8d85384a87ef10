"""A real CalDAV server beside Home Assistant, from the environment that has one (RADICALE names its Python)."""

import os
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from .process import free_port, until

_LIST = """<?xml version="1.0"?><C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>Reminders</D:displayname><C:supported-calendar-component-set><C:comp name="VTODO"/>
</C:supported-calendar-component-set></D:prop></D:set></C:mkcalendar>"""


@asynccontextmanager
async def radicale(folder: Path) -> AsyncGenerator[str]:
    """Run it with one empty task list of the user hannah; give its address."""
    port = free_port()
    settings = [
        "--server-hosts",
        f"127.0.0.1:{port}",
        "--auth-type",
        "none",
        "--storage-filesystem-folder",
        str(folder),
    ]
    running = subprocess.Popen(  # noqa: ASYNC220 -- returns at once
        [os.environ["RADICALE"], "-m", "radicale", *settings], stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        async with aiohttp.ClientSession(auth=aiohttp.BasicAuth("hannah", "x")) as session:

            async def made() -> bool:
                try:
                    await session.request("PROPFIND", f"{address}hannah/")  # makes the user's own folder
                    async with session.request("MKCALENDAR", f"{address}hannah/tasks/", data=_LIST) as answer:
                        return answer.status == 201
                except aiohttp.ClientError:
                    return False

            await until(made, 30)
        yield address
    finally:
        running.terminate()
        running.wait()


def texts(folder: Path) -> list[str]:
    """Return what the server keeps in the list, unfolded."""
    found = sorted((folder / "collection-root" / "hannah" / "tasks").glob("*.ics"))
    return [path.read_text("utf-8").replace("\r\n", "\n").replace("\n ", "") for path in found]
