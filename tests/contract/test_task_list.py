"""The contract of a task list, against every service."""

from dataclasses import replace
from datetime import timedelta

import pytest

from afterview.sync.errors import AlreadyThere, Changed, Missing
from afterview.sync.identity import follow_up_key
from afterview.sync.model import RemoteTask, TaskDraft, TaskFields, TaskStatus
from afterview.sync.ports import Coverage, TaskListing
from tests.accounts import START
from tests.contract.rigs import TaskRig

KEY = follow_up_key("thank_you", "i-1")
DUE = START + timedelta(hours=24)
FIELDS = TaskFields(
    title="Thank Ana Lima; Initech, Köln",
    notes="Say thanks for the talk.\nMention the \\ backslash; and, the comma.",
    due_at=DUE,
    ring_at=DUE - timedelta(hours=15),
    context="thank_you:i-1:a-1:-:-:s-1:2-abc",
)


def fields(rig: TaskRig) -> TaskFields:
    """Return the fields as the list can hold them."""
    return replace(FIELDS, due_at=rig.held(DUE))


def draft(rig: TaskRig) -> TaskDraft:
    return TaskDraft(KEY, fields(rig))


def known(listing: TaskListing) -> dict[str, str]:
    return {task.remote_id: task.etag for task in listing.changed if task.etag}


def only(tasks: tuple[RemoteTask, ...]) -> RemoteTask:
    assert len(tasks) == 1
    return tasks[0]


def current(rig: TaskRig, task: RemoteTask) -> RemoteTask:
    found = rig.tasks.fetch(task.remote_id)
    assert found is not None
    return found


def test_a_created_task_comes_back_as_it_was_meant(task_rig: TaskRig) -> None:
    made = task_rig.tasks.create(draft(task_rig))
    assert made.key == KEY
    assert made.fields == fields(task_rig)
    listed = task_rig.again().read("", {}, full=False)
    assert listed.coverage is Coverage.COMPLETE
    assert listed.present == {made.remote_id}
    assert only(listed.changed).fields == fields(task_rig)
    assert only(listed.changed).key == KEY


def test_creating_never_overwrites(task_rig: TaskRig) -> None:
    made = task_rig.tasks.create(draft(task_rig))
    task_rig.annotate(made.remote_id, "mine")
    if task_rig.doubles:  # nothing can be asked of the service; the engine takes one of the two away
        assert len({made.remote_id, task_rig.again().create(draft(task_rig)).remote_id}) == 2
    else:
        with pytest.raises(AlreadyThere):
            task_rig.again().create(draft(task_rig))
    assert current(task_rig, made).fields.notes == "mine"


def test_it_is_found_by_its_key_and_nothing_else_is(task_rig: TaskRig) -> None:
    assert task_rig.tasks.find(KEY) == ()
    made = task_rig.tasks.create(draft(task_rig))
    task_rig.add_foreign("Buy milk")
    assert only(task_rig.again().find(KEY)).remote_id == made.remote_id
    assert task_rig.tasks.find(follow_up_key("other", "i-1")) == ()


def test_a_quiet_pass_tells_nothing_and_a_delta_only_what_changed(task_rig: TaskRig) -> None:
    first = task_rig.tasks.create(draft(task_rig))
    own = task_rig.add_foreign("Buy milk")
    listed = task_rig.tasks.read("", {}, full=False)
    etags = known(listed)
    assert listed.present == {first.remote_id, own}
    quiet = task_rig.tasks.read(listed.cursor, etags, full=False)
    assert quiet.changed == ()
    assert quiet.removed == frozenset()
    task_rig.complete(first.remote_id, START)
    after = task_rig.tasks.read(quiet.cursor, etags, full=False)
    assert [(t.remote_id, t.fields.status) for t in after.changed] == [(first.remote_id, TaskStatus.DONE)]


def test_ticked_and_unticked_on_the_phone(task_rig: TaskRig) -> None:
    made = task_rig.tasks.create(draft(task_rig))
    task_rig.complete(made.remote_id, START)
    done = current(task_rig, made).fields
    assert (done.status, done.completed_at) == (TaskStatus.DONE, START)
    task_rig.reopen(made.remote_id)
    again = current(task_rig, made).fields
    assert (again.status, again.completed_at) == (TaskStatus.OPEN, None)


def test_moved_and_annotated_on_the_phone(task_rig: TaskRig) -> None:
    made = task_rig.tasks.create(draft(task_rig))
    later = task_rig.held(DUE + timedelta(days=2, hours=1))
    task_rig.move(made.remote_id, later)
    task_rig.annotate(made.remote_id, "my own words")
    seen = current(task_rig, made).fields
    assert seen.due_at == later
    assert seen.notes == "my own words"


def test_deleted_on_the_phone_is_told_as_gone(task_rig: TaskRig) -> None:
    made = task_rig.tasks.create(draft(task_rig))
    task_rig.add_foreign("Buy milk")
    listed = task_rig.tasks.read("", {}, full=False)
    task_rig.delete(made.remote_id)
    after = task_rig.tasks.read(listed.cursor, known(listed), full=False)
    gone = after.removed if after.coverage is Coverage.DELTA else set(known(listed)) - after.present
    assert gone == {made.remote_id}
    assert task_rig.tasks.fetch(made.remote_id) is None
    assert task_rig.tasks.find(KEY) == ()
    with pytest.raises(Missing):
        task_rig.tasks.update(made, replace(fields(task_rig), title="x"))
    with pytest.raises(Missing):
        task_rig.tasks.delete(made)


def test_an_edit_of_what_changed_meanwhile_is_refused(task_rig: TaskRig) -> None:
    made = task_rig.tasks.create(draft(task_rig))
    task_rig.annotate(made.remote_id, "my own words")
    with pytest.raises(Changed):
        task_rig.tasks.update(made, replace(fields(task_rig), title="other"))
    with pytest.raises(Changed):
        task_rig.tasks.delete(made)
    assert current(task_rig, made).fields.notes == "my own words"


def test_every_field_can_be_changed_and_read_back(task_rig: TaskRig) -> None:
    task = task_rig.tasks.create(draft(task_rig))
    own = fields(task_rig)
    due_at = own.due_at
    assert due_at
    wanted = [
        replace(own, title="Thank Ana"),
        replace(own, title="Thank Ana", notes="", due_at=due_at + timedelta(days=1)),
        replace(own, notes="again", ring_at=DUE - timedelta(hours=2)),
        replace(own, status=TaskStatus.DONE, completed_at=START, ring_at=None),
        replace(own, status=TaskStatus.CANCELLED, ring_at=None),
        replace(own, status=TaskStatus.OPEN, ring_at=DUE),
    ]
    for one in wanted:
        task = task_rig.tasks.update(task, one)
        assert task.fields == one
        assert current(task_rig, task).fields == one
    assert only(task_rig.again().find(KEY)).fields == wanted[-1]


def test_an_update_that_changes_nothing_writes_nothing(task_rig: TaskRig) -> None:
    made = task_rig.tasks.create(draft(task_rig))
    listed = task_rig.tasks.read("", {}, full=False)
    seen = only(listed.changed)
    task_rig.tasks.update(seen, seen.fields)
    assert current(task_rig, made).etag == seen.etag or task_rig.name == "memory"


def test_a_deleted_task_is_gone_and_the_own_ones_stay(task_rig: TaskRig) -> None:
    made = task_rig.tasks.create(draft(task_rig))
    own = task_rig.add_foreign("Buy milk")
    task_rig.tasks.delete(current(task_rig, made))
    assert task_rig.tasks.read("", {}, full=True).present == {own}


def test_a_client_that_only_rewrites_changes_no_field(task_rig: TaskRig) -> None:
    made = task_rig.tasks.create(draft(task_rig))
    task_rig.touch(made.remote_id)
    assert current(task_rig, made).fields == fields(task_rig)


def test_a_foreign_task_has_no_key(task_rig: TaskRig) -> None:
    own = task_rig.add_foreign("Buy milk")
    listed = task_rig.tasks.read("", {}, full=True)
    assert [(t.remote_id, t.key, t.fields.title) for t in listed.changed] == [(own, "", "Buy milk")]


def test_a_full_listing_names_everything_but_fetches_only_what_differs(task_rig: TaskRig) -> None:
    first = task_rig.tasks.create(draft(task_rig))
    own = task_rig.add_foreign("Buy milk")
    listed = task_rig.tasks.read("", {}, full=False)
    task_rig.annotate(first.remote_id, "changed")
    full = task_rig.tasks.read(listed.cursor, known(listed), full=True)
    assert full.coverage is Coverage.COMPLETE
    assert full.present == {first.remote_id, own}
    assert [t.remote_id for t in full.changed] == [first.remote_id]
