"""A task of ours that cannot be read any more counts as there and as it was; nothing is made in its place."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from afterview.sync.errors import AlreadyThere, Rejected
from afterview.sync.identity import follow_up_key
from afterview.sync.model import TaskDraft, TaskFields
from tests.accounts import START, Notebook
from tests.contract.rigs import DavTaskRig
from tests.fakes.dav import FakeDav

DUE = START + timedelta(days=1)
DRAFTS = [
    TaskDraft(follow_up_key("thank_you", name), TaskFields(title="Thank Ana", due_at=DUE, ring_at=DUE))
    for name in ("i-1", "i-2")
]


@pytest.fixture
def rig() -> Iterator[DavTaskRig]:
    server = FakeDav()
    rig = DavTaskRig(server, memory=Notebook({"conditional": True}))
    yield rig
    rig.close()
    server.close()


@pytest.mark.parametrize("megabytes", [3, 9])  # too large to be a task; too large to be fetched
def test_a_task_that_grew_too_large_is_left_alone(rig: DavTaskRig, megabytes: int) -> None:
    large, small = (rig.tasks.create(draft) for draft in DRAFTS)
    rig.edit(large.remote_id, ("DESCRIPTION",), "DESCRIPTION:" + "n" * megabytes * 10**6)
    rig.annotate(small.remote_id, "Called.")
    listing = rig.tasks.read("", {one.remote_id: one.etag or "" for one in (large, small)}, full=True)
    assert [one.fields.notes for one in listing.changed] == ["Called."]
    assert listing.present == {large.remote_id, small.remote_id}
    (problem,) = listing.problems
    assert "is left as it is" in problem
    assert len(problem) < 250
    with pytest.raises(Rejected, match="left as it is"):
        rig.tasks.fetch(large.remote_id)
    assert rig.tasks.find(DRAFTS[0].key) == ()
    with pytest.raises(AlreadyThere):
        rig.tasks.create(DRAFTS[0])
    assert rig.tasks.fetch(small.remote_id) is not None
