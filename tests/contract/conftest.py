"""Every service that the contract suite runs against."""

from collections.abc import Iterator

import pytest

from tests.contract.rigs import DavEventRig, DavTaskRig, EventRig, MemoryEventRig, MemoryTaskRig, Store, TaskRig

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


@pytest.fixture(params=("memory", *REAL))
def event_rig(request: pytest.FixtureRequest) -> Iterator[EventRig]:
    name = str(request.param)
    rig: EventRig = MemoryEventRig() if name == "memory" else DavEventRig(_store(name, request))
    yield rig
    rig.close()
