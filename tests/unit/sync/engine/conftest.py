from pathlib import Path

import pytest

from tests.unit.sync.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A user who started before the first interview."""
    world = World(tmp_path)
    world.run()
    return world
