"""Every service that the contract suite runs against."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.accounts import Notebook
from tests.contract.google_rig import GoogleEventRig
from tests.contract.google_tasks import GoogleTaskRig
from tests.contract.home_assistant_rig import (
    ConnectorEventRig,
    ConnectorTaskRig,
    EntityEventRig,
    EntityTaskRig,
)
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
from tests.fakes.dav import FakeDav, Quirks

REAL = ("radicale", "xandikos")
QUIRKS = {
    "good server": Quirks(),
    "no sync-collection": Quirks(sync=False),
    "ignores conditions, reuses etags": Quirks(conditions=False, reuses_etags=True, search=False),
    "bad token answered with everything": Quirks(bad_token="everything"),
    "no etag on put": Quirks(etag_on_put=False),
    "uid unique per user": Quirks(uid_per_user=True),
    "emoji refused": Quirks(emoji=False),
    "multiget fails, hrefs encoded": Quirks(multiget_fails=True, encodes=True),
    "short pages": Quirks(pages=1),
}


def _store(name: str, request: pytest.FixtureRequest) -> Store:
    store: Store = request.getfixturevalue(name)
    return store


ENTITIES: dict[str, Callable[[], TaskRig]] = {
    "home_assistant": EntityTaskRig,
    "home_assistant, late": partial(EntityTaskRig, lag=2),
    "home_assistant, dates only": partial(EntityTaskRig, times=False),
    "home_assistant, from outside": ConnectorTaskRig,
    "home_assistant, from outside, dates only": partial(ConnectorTaskRig, times=False),
}


@pytest.fixture(params=("memory", "google", *ENTITIES, *REAL, *QUIRKS))
def task_rig(request: pytest.FixtureRequest) -> Iterator[TaskRig]:
    name = str(request.param)
    if name in QUIRKS:
        server = FakeDav(name, QUIRKS[name])
        # what the probe finds out at set-up
        rig: TaskRig = DavTaskRig(server, memory=Notebook({"conditional": QUIRKS[name].conditions}))
        yield rig
        rig.close()
        server.close()
        return
    own: dict[str, Callable[[], TaskRig]] = {"memory": MemoryTaskRig, "google": GoogleTaskRig, **ENTITIES}
    rig = own[name]() if name in own else DavTaskRig(_store(name, request))
    yield rig
    rig.close()


@pytest.fixture(
    params=(
        "memory",
        "folder",
        "feed",
        "home_assistant",
        "home_assistant, from outside",
        "google",
        "google, short pages",
        *REAL,
        *QUIRKS,
    )
)
def event_rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventRig]:
    name = str(request.param)
    if name in QUIRKS:
        server = FakeDav(name, QUIRKS[name])
        rig: EventRig = DavEventRig(server)
        yield rig
        rig.close()
        server.close()
        return
    plain: dict[str, Callable[[], EventRig]] = {
        "memory": MemoryEventRig,
        "folder": lambda: FolderRig(tmp_path),
        "feed": FeedRig,
        "google": GoogleEventRig,
        "home_assistant": EntityEventRig,
        "home_assistant, from outside": ConnectorEventRig,
        "google, short pages": lambda: GoogleEventRig(page=1),
    }
    rig = plain[name]() if name in plain else DavEventRig(_store(name, request))
    yield rig
    rig.close()
