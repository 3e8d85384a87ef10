from dataclasses import replace
from datetime import UTC, datetime

import pytest

from afterview.sync.errors import AlreadyThere, Changed, Missing, NotReady, Uncertain
from afterview.sync.identity import follow_up_key
from afterview.sync.model import Event, TaskDraft, TaskFields, TaskStatus
from afterview.sync.ports import Connection, Coverage, Done, EventRequest, Removed, Resource, Unchanged, Window
from tests.fakes.memory import (
    Crash,
    EventServer,
    Fault,
    MemoryConnection,
    MemoryEvents,
    MemoryTasks,
    TaskServer,
    remote_id_of,
)

KEY = follow_up_key("thank_you", "i-1")
ID = remote_id_of(KEY)
NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
DRAFT = TaskDraft(KEY, TaskFields(title="Thank Ana", due_at=NOW, ring_at=NOW))


def test_a_lost_answer_leaves_the_task_there_or_not_as_planned() -> None:
    tasks = MemoryTasks(TaskServer())
    tasks.server.faults.plan("create", Fault.LOST_BEFORE, Fault.LOST_AFTER)
    with pytest.raises(Uncertain):
        tasks.create(DRAFT)
    assert tasks.find(KEY) == ()
    with pytest.raises(Uncertain):
        tasks.create(DRAFT)
    assert [t.fields.title for t in tasks.find(KEY)] == ["Thank Ana"]
    with pytest.raises(AlreadyThere):
        tasks.create(DRAFT)


def test_a_crash_is_not_caught_by_code_that_handles_exceptions() -> None:
    tasks = MemoryTasks(TaskServer())
    tasks.server.faults.plan("create", Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        tasks.create(DRAFT)
    assert ID in tasks.server.items
    assert not issubclass(Crash, Exception)


def test_a_stale_update_is_refused_and_a_phone_edit_comes_with_the_next_delta() -> None:
    tasks = MemoryTasks(TaskServer())
    made = tasks.create(DRAFT)
    cursor = tasks.read("", {}, full=False).cursor
    tasks.server.phone_complete(ID, NOW)
    with pytest.raises(Changed):
        tasks.update(made, replace(made.fields, title="other"))
    delta = tasks.read(cursor, {}, full=False)
    assert delta.coverage is Coverage.DELTA
    assert [t.fields.status for t in delta.changed] == [TaskStatus.DONE]
    tasks.server.phone_delete(ID)
    assert tasks.read(delta.cursor, {}, full=False).removed == {ID}
    with pytest.raises(Missing):
        tasks.delete(made)


def test_a_listing_can_lie() -> None:
    tasks = MemoryTasks(TaskServer())
    tasks.create(DRAFT)
    tasks.server.phone_add("own", "Milk")
    full = tasks.read("", {}, full=True)
    assert full.coverage is Coverage.COMPLETE
    assert full.present == {ID, "own.ics"}
    assert [(t.remote_id, t.key) for t in full.changed] == [(ID, KEY), ("own.ics", "")]
    tasks.server.faults.plan("read", Fault.EMPTY, Fault.TOKEN_REFUSED, Fault.DEAF)
    assert tasks.read(full.cursor, {}, full=False).present == frozenset()
    assert tasks.read("0", {}, full=False).coverage is Coverage.COMPLETE
    assert tasks.read("0", {}, full=False).changed == ()


def test_a_copy_under_the_same_identity_is_found() -> None:
    tasks = MemoryTasks(TaskServer())
    tasks.create(DRAFT)
    tasks.server.phone_copy(ID, "copy")
    assert {t.remote_id for t in tasks.find(KEY)} == {ID, "copy.ics"}


def test_calendars_give_the_window_then_changes_only() -> None:
    server = EventServer()
    inside = Event("a", "", "", "u1", NOW, NOW, title="Interview")
    later = replace(inside, uid="u2", starts_at=NOW.replace(year=2029), ends_at=NOW.replace(year=2029))
    server.put("Personal", "1.ics", inside)
    server.put("Personal", "2.ics", later)
    events = MemoryEvents(server)
    window = Window(NOW.replace(month=8), NOW.replace(month=10))
    first = EventRequest("Personal", window, "Europe/Berlin", lambda glance: "Interview" in glance.title)
    read = list(events.read(first))
    assert [item.href for item in read if isinstance(item, Resource)] == ["1.ics"]
    done = read[-1]
    assert isinstance(done, Done)
    assert done.coverage is Coverage.COMPLETE
    server.drop("Personal", "1.ics")
    again = list(events.read(replace(first, cursor=done.cursor)))
    assert again == [Removed("1.ics"), Done(Coverage.DELTA, "3")]
    server.put("Personal", "3.ics", replace(inside, title="Dentist"))
    known = {"3.ics": '"4"'}
    assert Unchanged("3.ics") in list(events.read(replace(first, full=True, known=known)))
    skipped = [item for item in events.read(replace(first, cursor="3")) if isinstance(item, Resource)]
    assert skipped[0].skipped is not None
    server.faults.plan("read", Fault.CUT)
    with pytest.raises(NotReady):
        list(events.read(first))


def test_the_twin_fits_the_contract() -> None:
    connection: Connection = MemoryConnection("a", MemoryEvents(EventServer()), MemoryTasks(TaskServer()))
    assert connection.traffic().requests == 0
    connection.close()
