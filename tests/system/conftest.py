from itertools import count
from pathlib import Path

import pytest

from tests.servers import Server
from tests.system.home import Home
from tests.system.moments import START

_numbers = count()


@pytest.fixture(params=["radicale", "xandikos"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each real server in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Server)
    return found


@pytest.fixture
def fresh(server: Server, tmp_path: Path) -> Home:
    """A home with an empty calendar and an empty list, never synced."""
    number = next(_numbers)
    home = Home(tmp_path, server, START)
    home.calendar = server.make(f"events{number}-{tmp_path.name[-20:]}".replace("_", "-"), "VEVENT")
    home.tasks = server.make(f"tasks{number}-{tmp_path.name[-20:]}".replace("_", "-"), "VTODO")
    home.write_config()
    return home


@pytest.fixture
def home(fresh: Home) -> Home:
    """A home whose first pass was made before the first interview."""
    fresh.sync()
    fresh.server.gate.reset()
    return fresh
