"""Every service that the contract suite runs against."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contract.rigs import (
    DavEventRig,
    DavTaskRig,
    EventRig,
    FeedRig,
    FolderRig,
    MemoryEventRig,
    MemoryTaskRig,
    Store,
    TaskRig,
)

REAL = ("radicale", "xandikos")


def _store(name: str, request: pytest.FixtureRequest) -> Store:
    store: Store = request.getfixturevalue(name)
    return store


@pytest.fixture(params=("memory", *REAL))
def task_rig(request: pytest.FixtureRequest) -> Iterator[TaskRig]:
    name = str(request.param)
    rig: TaskRig = MemoryTaskRig() if name == "memory" else DavTaskRig(_store(name, request))
    yield rig
    rig.close()


@pytest.fixture(params=("memory", "folder", "feed", *REAL))
def event_rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventRig]:
    name = str(request.param)
    plain: dict[str, Callable[[], EventRig]] = {
        "memory": MemoryEventRig,
        "folder": lambda: FolderRig(tmp_path),
        "feed": FeedRig,
    }
    rig = plain[name]() if name in plain else DavEventRig(_store(name, request))
    yield rig
    rig.close()
