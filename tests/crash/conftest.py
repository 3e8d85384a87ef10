import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.crash.figures import Figures
from tests.crash.places import DavPlace, ForkedHome, GooglePlace, Place
from tests.crash.warm import Warm
from tests.servers import Server
from tests.system.moments import START

_numbers = count()


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm() as process:
        yield process


def dav_place(server: Server, path: Path, warm: Warm) -> DavPlace:
    """Return a fresh calendar and list on a CalDAV server."""
    home, number = ForkedHome(path, server, START, warm=warm), next(_numbers)
    home.calendar = server.make(f"crash-events{number}", "VEVENT")
    home.tasks = server.make(f"crash-tasks{number}", "VTODO")
    home.write_config()
    return DavPlace(home)


@pytest.fixture(params=["radicale", "xandikos", "google"])
def place(request: pytest.FixtureRequest, tmp_path: Path, warm: Warm) -> Iterator[Place]:
    """Each server in turn, empty."""
    if request.param == "google":
        server: Server = request.getfixturevalue("radicale")  # only its address stands in a part of the home not used
        google = GooglePlace.make(ForkedHome(tmp_path, server, START, warm=warm))
        yield google
        google.close()
    else:
        yield dav_place(request.getfixturevalue(request.param), tmp_path, warm)


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    made = Figures()
    yield made
    if os.environ.get("AFTERVIEW_DEEP") or os.environ.get("AFTERVIEW_FIGURES"):
        made.write()
