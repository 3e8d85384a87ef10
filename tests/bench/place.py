"""Radicale with made-up calendars, written straight into its storage and read once, so that its own caches are warm.

Two servers stand before the same storage: one as Radicale comes, one with its limit of 10,000 appointments in one answer
raised, because vdirsyncer and the caldav library ask for everything at once.
"""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import radicale.config
import radicale.item
import radicale.storage

from tests import servers
from tests.bench import life
from tests.bench.relay import Relay
from tests.servers import USER, Server

_RAISED = "[reporting]\nmax_expand_occurrence = 10000000\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything is. `roomy` is the server without the limit; `relay` counts what passes to `server`."""

    folder: Path
    server: Server
    roomy: Server
    relay: Relay
    least: int  # events in the smallest calendar

    def calendar(self, size: int) -> str:
        """Return the path of the calendar with that many events."""
        return f"/{USER}/events-{size}/"

    def tasks(self, size: int) -> str:
        """Return the path of the task list that belongs to it."""
        return f"/{USER}/tasks-{size}/"

    def change(self, size: int, edition: int, count: int = 10) -> None:
        """Change some events of the coming weeks, as another client would."""
        for number in range(count):
            made = life.one(size * 4 // 5 + number, size, edition)
            status, answer = self.server.ask("PUT", f"{self.calendar(size)}{made.uid}.ics", made.text)
            if status not in {201, 204}:
                raise AssertionError(f"Radicale refused {made.uid}: HTTP {status} {answer[:200]!r}")


@contextmanager
def prepared(folder: Path, sizes: list[int]) -> Generator[Place, None, None]:
    """Make the calendars, start the servers, and let them read everything once."""
    plain, roomy = folder / "plain", folder / "roomy"
    for one in (plain / "data" / "collection-root", roomy):
        one.mkdir(parents=True)
    (roomy / "data").symlink_to(plain / "data")
    for size in sizes:
        print(f"writing {size:,} events into Radicale's storage", file=sys.stderr, flush=True)
        _fill(plain / "data", size)
    with (
        servers.radicale(plain) as first,
        servers.radicale(roomy, more=_RAISED) as second,
        Relay(int(first.direct.rpartition(":")[2])) as relay,
    ):
        yield Place(folder, first, second, relay, min(sizes))


def _fill(folder: Path, size: int) -> None:
    """Make a calendar and an empty task list with Radicale's own storage, its caches included."""
    configuration = radicale.config.load()
    own = {"filesystem_folder": str(folder), "_filesystem_fsync": "False"}
    configuration.update({"storage": own}, "bench", privileged=True)
    storage = radicale.storage.load(configuration)
    kinds: dict[str, tuple[str, list[Any]]] = {
        f"events-{size}": ("VEVENT", [_item(made, f"{USER}/events-{size}") for made in life.life(size)]),
        f"tasks-{size}": ("VTODO", []),
    }
    with storage.acquire_lock("w", USER):
        storage.create_collection(f"/{USER}/")
        for name, (kind, items) in kinds.items():
            about = {"tag": "VCALENDAR", "D:displayname": name, "C:supported-calendar-component-set": kind}
            collection, _, _ = storage.create_collection(f"/{USER}/{name}/", items, about)
            collection.sync()


def _item(made: life.Made, path: str) -> Any:
    """Return what Radicale would read out of the text; it takes 6 ms to do so, and a series is left to it."""
    span = None if made.repeats else (int(made.starts_at.timestamp()), int(made.ends_at.timestamp()))
    return radicale.item.Item(
        collection_path=path, text=made.text, uid=made.uid, name="VCALENDAR", component_name="VEVENT", time_range=span
    )


def quiet_environment(home: Path) -> dict[str, str]:
    """Return the environment in which every process is measured: the same for all."""
    root = Path(__file__).resolve().parent.parent.parent
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join((str(root / ".dev"), str(root))),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "LANG": "C.UTF-8",
        "TZ": "Europe/Berlin",
        "AFTERVIEW_NOW": life.NOW,
    }
