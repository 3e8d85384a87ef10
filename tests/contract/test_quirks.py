"""Servers that bend the rules, one switch at a time, and failures that say what they mean."""

from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from afterview.sync.errors import (
    AccountError,
    AlreadyThere,
    AuthFailed,
    Changed,
    ListGone,
    NotReady,
    Refused,
    Rejected,
)
from afterview.sync.identity import follow_up_key
from afterview.sync.model import Glance, TaskDraft, TaskFields
from afterview.sync.ports import Coverage, Done, EventRequest, Resource, TaskList, Window
from tests.accounts import START, Notebook
from tests.contract.rigs import DavEventRig, DavTaskRig, todo_text
from tests.fakes.dav import FakeDav, Quirks
from tests.fakes.web import Answered, Asked

KEY = follow_up_key("thank_you", "i-1")
DUE = START + timedelta(days=1)
FIELDS = TaskFields(title="Thank Ana", notes="Say thanks.", due_at=DUE, ring_at=DUE - timedelta(hours=1))
DRAFT = TaskDraft(KEY, FIELDS)
WINDOW = Window(START - timedelta(days=90), START + timedelta(days=180))


@contextmanager
def task_rig(
    *, probed: bool = True, profile: str = "android", **quirks: Any
) -> Generator[tuple[DavTaskRig, FakeDav], None, None]:
    server = FakeDav(quirks=Quirks(**quirks))
    memory = Notebook({"conditional": server.quirks.conditions} if probed else {})
    rig = DavTaskRig(server, profile=profile, memory=memory)
    try:
        yield rig, server
    finally:
        rig.close()
        server.close()


@contextmanager
def event_rig(**quirks: Any) -> Generator[tuple[DavEventRig, FakeDav], None, None]:
    server = FakeDav(quirks=Quirks(**quirks))
    rig = DavEventRig(server)
    try:
        yield rig, server
    finally:
        rig.close()
        server.close()


def everything(glance: Glance) -> bool:
    return True


def read(rig: DavEventRig, **changes: object) -> tuple[list[object], Done]:
    asked = replace(EventRequest(rig.calendar, WINDOW, "UTC", everything), **changes)  # type: ignore[arg-type]  # test shorthand
    items: list[object] = list(rig.events.read(asked))
    done = items[-1]
    assert isinstance(done, Done)
    return items, done


def test_emoji_are_taken_out_where_the_server_fails_on_them() -> None:
    with task_rig(emoji=False) as (rig, _):
        made = rig.tasks.create(TaskDraft(KEY, replace(FIELDS, title="Thank 🎉 Ana")))
        assert made.fields.title == "Thank  Ana"
        assert rig.tasks.update(made, replace(made.fields, title="Thank 🎉")).fields.title == "Thank "


def test_a_server_that_refuses_alarms_gets_the_task_without_and_says_so() -> None:
    with task_rig(alarms="none") as (rig, server):
        made = rig.tasks.create(DRAFT)
        assert made.fields == replace(FIELDS, ring_at=None)
        assert not rig.tasks.capabilities().alarms
        assert "without one" in rig.tasks.capabilities().note
        server.web.log.clear()
        rig.again().create(TaskDraft(follow_up_key("other"), FIELDS))
        assert server.web.methods() == ["PUT"]  # it is not tried again
        moved = rig.tasks.update(made, replace(FIELDS, due_at=DUE + timedelta(days=1)))
        assert moved.fields.due_at == DUE + timedelta(days=1)


def test_an_item_that_is_refused_for_good_is_rejected_and_stops_no_other() -> None:
    with task_rig() as (rig, server):
        server.on["PUT"] = deque([Answered(415, b"no"), Answered(415, b"no")])
        with pytest.raises(Rejected, match="does not accept"):
            rig.tasks.create(DRAFT)
        assert rig.tasks.capabilities().alarms
        rig.tasks.create(TaskDraft(follow_up_key("other"), FIELDS))


def test_a_uid_that_is_taken_elsewhere_is_already_there() -> None:
    with task_rig(uid_per_user=True) as (rig, server):
        other = server.make("other", "VTODO")
        server.put(other + "x.ics", todo_text(f"av1-{KEY}", "SUMMARY:copy"))
        with pytest.raises(AlreadyThere):
            rig.tasks.create(DRAFT)


def test_another_item_with_our_uid_is_found_under_its_own_href() -> None:
    for search in (True, False):
        with task_rig(search=search) as (rig, server):
            server.put(rig.address + "moved.ics", todo_text(f"av1-{KEY}", "SUMMARY:Thank Ana"))
            with pytest.raises(AlreadyThere):
                rig.tasks.create(DRAFT)
            assert [task.remote_id for task in rig.tasks.find(KEY)] == [
                rig.address.removeprefix(server.url) + "moved.ics"
            ]


def test_unknown_about_conditions_it_looks_before_it_writes() -> None:
    with task_rig(probed=False, conditions=False) as (rig, server):
        made = rig.tasks.create(DRAFT)
        rig.annotate(made.remote_id, "mine")
        with pytest.raises(AlreadyThere):
            rig.again().create(DRAFT)
        found = rig.tasks.fetch(made.remote_id)
        assert found is not None
        assert found.fields.notes == "mine"
        assert [method for method in server.web.methods() if method == "PUT"] == ["PUT"]


def test_a_remade_item_under_a_reused_etag_is_not_taken_for_the_old_one() -> None:
    with task_rig(conditions=False, reuses_etags=True) as (rig, server):
        made = rig.tasks.create(DRAFT)
        server.delete(server.url + made.remote_id)
        server.put(server.url + made.remote_id, todo_text(f"av1-{KEY}", "SUMMARY:somebody else"))
        found = rig.tasks.fetch(made.remote_id)
        assert found is not None
        assert found.etag == made.etag
        with pytest.raises(Changed, match="changed since"):
            rig.tasks.delete(made)


def test_a_bad_token_answered_with_everything_fetches_no_known_body() -> None:
    with task_rig(bad_token="everything") as (rig, server):
        made = rig.tasks.create(DRAFT)
        listed = rig.tasks.read("", {}, full=False)
        known = {task.remote_id: str(task.etag) for task in listed.changed}
        server.web.log.clear()
        delta = rig.tasks.read("urn:somebody-else/7", known, full=False)
        assert delta.coverage is Coverage.DELTA
        assert delta.changed == ()
        assert delta.removed == frozenset()
        assert server.web.methods() == ["REPORT"]
        assert rig.tasks.read(delta.cursor, known, full=True).present == {made.remote_id}


def test_without_sync_collection_a_quiet_pass_is_one_request_too() -> None:
    with event_rig(sync=False) as (rig, server):
        href = rig.enter("a", "Interview", START, START + timedelta(hours=1))
        items, done = read(rig)
        known = {item.href: item.etag for item in items if isinstance(item, Resource)}
        read(rig, cursor=done.cursor, known=known)
        server.web.log.clear()
        _, quiet = read(rig, cursor=done.cursor, known=known)
        assert quiet.coverage is Coverage.COMPLETE
        assert server.web.methods() == ["REPORT"]
        assert set(known) == {href}


def test_a_flood_of_changes_is_read_as_a_window() -> None:
    with event_rig() as (rig, _):
        _, done = read(rig)
        for number in range(600):
            rig.enter(f"old-{number}", "Interview", START - timedelta(days=900), START - timedelta(days=900))
        near = rig.enter("near", "Interview", START, START + timedelta(hours=1))
        items, after = read(rig, cursor=done.cursor)
        assert after.coverage is Coverage.COMPLETE
        assert [item.href for item in items if isinstance(item, Resource)] == [near]


def test_a_list_that_is_gone_is_an_error_and_never_a_deletion() -> None:
    with task_rig() as (rig, server):
        made = rig.tasks.create(DRAFT)
        listed = rig.tasks.read("", {}, full=False)
        known = {task.remote_id: str(task.etag) for task in listed.changed}
        server.shelves.clear()
        calls: list[Callable[[TaskList], object]] = [
            lambda tasks: tasks.read(listed.cursor, known, full=False),
            lambda tasks: tasks.read(listed.cursor, known, full=True),
            lambda tasks: tasks.fetch(made.remote_id),
            lambda tasks: tasks.find(KEY),
            lambda tasks: tasks.create(TaskDraft(follow_up_key("other"), FIELDS)),
            lambda tasks: tasks.update(made, replace(FIELDS, title="x")),
            lambda tasks: tasks.delete(made),
        ]
        for call in calls:
            with pytest.raises(ListGone, match="is not there any more"):
                call(rig.tasks)


def test_a_read_only_list_is_refused_as_a_whole() -> None:
    with task_rig() as (rig, server):
        made = rig.tasks.create(DRAFT)
        server.read_only = True
        with pytest.raises(Refused, match="cannot be written to"):
            rig.tasks.create(TaskDraft(follow_up_key("other"), FIELDS))
        with pytest.raises(Refused, match="cannot be written to"):
            rig.tasks.update(made, replace(FIELDS, title="x"))
        with pytest.raises(Refused, match="cannot be written to"):
            rig.tasks.delete(made)


HTML = Answered(200, b"<html><body>Please log in to the hotel network</body></html>", {"Content-Type": "text/html"})
FAILURES = [
    (Answered(401), AuthFailed, "does not accept the user name or password"),
    (Answered(403), Refused, "does not allow this"),
    (Answered(404), ListGone, "is not there any more"),
    (Answered(405), Refused, "not a calendar server"),
    (Answered(429, headers={"Retry-After": "120"}), NotReady, "busy"),
    (Answered(500, b"oops"), NotReady, "error of its own"),
    (Answered(503, headers={"Retry-After": "Tue, 01 Sep 2026 09:10:00 GMT"}), NotReady, "busy"),
    (HTML, NotReady, "something that is not calendar data"),
    (Answered(207, b"<html><body>no"), NotReady, "something that is not calendar data"),
    (Answered(207, b'<!DOCTYPE x [<!ENTITY a "b">]><multistatus xmlns="DAV:"/>'), NotReady, "not calendar data"),
]


@pytest.mark.parametrize(
    ("answer", "kind", "words"), FAILURES, ids=[str(row[0].status) + row[2][:8] for row in FAILURES]
)
def test_a_failed_reading_says_what_it_means_and_changes_nothing(
    answer: Answered, kind: type[AccountError], words: str
) -> None:
    with task_rig() as (rig, server), event_rig() as (calendar, other):
        rig.tasks.create(DRAFT)
        for fake in (server, other):
            fake.answers.append(answer)
        with pytest.raises(kind, match=words):
            rig.tasks.read("", {}, full=True)
        with pytest.raises(kind, match=words):
            read(calendar)
        assert len(rig.tasks.read("", {}, full=True).present) == 1


def test_the_servers_wish_to_wait_is_passed_on() -> None:
    with task_rig() as (rig, server):
        server.answers.append(Answered(429, headers={"Retry-After": "120"}))
        with pytest.raises(NotReady) as caught:
            rig.tasks.read("", {}, full=True)
        assert caught.value.retry_at == START + timedelta(seconds=120)
        server.answers.append(Answered(503, headers={"Retry-After": "Tue, 01 Sep 2026 09:10:00 GMT"}))
        server.web.log.clear()
        with pytest.raises(NotReady) as caught:
            rig.tasks.create(DRAFT)
        assert caught.value.retry_at == START + timedelta(minutes=10)
        assert server.web.methods()[-1] == "PUT", "it is asked nothing more"


def test_a_failing_delta_keeps_the_token_and_does_not_list_everything() -> None:
    with task_rig() as (rig, server):
        listed = rig.tasks.read("", {}, full=False)
        server.answers.append(Answered(503))
        server.web.log.clear()
        with pytest.raises(NotReady):
            rig.tasks.read(listed.cursor, {}, full=False)
        assert server.web.methods() == ["REPORT"]
        assert rig.tasks.read(listed.cursor, {}, full=False).coverage is Coverage.DELTA


def test_a_task_as_an_appointment_with_an_alarm() -> None:
    with task_rig(profile="event") as (rig, _):
        made = rig.tasks.create(replace(DRAFT, fields=replace(FIELDS, context="thank_you:i-1:a-1:-:-:s:1-a")))
        assert made.fields == replace(FIELDS, context="thank_you:i-1:a-1:-:-:s:1-a")
        text = rig.text(made.remote_id)
        assert "BEGIN:VEVENT" in text
        assert "DTEND:" in text
        rig.edit(made.remote_id, ("DTSTART", "DTEND"), "DTSTART:20260903T080000Z", "DTEND:20260903T081500Z")
        moved = rig.tasks.fetch(made.remote_id)
        assert moved is not None
        assert moved.fields.ring_at == START.replace(day=3, hour=8)
        assert moved.fields.due_at == START.replace(day=3, hour=9)
        rig.edit(made.remote_id, ("SUMMARY",), "SUMMARY:✓ Thank Ana")
        done = rig.tasks.fetch(made.remote_id)
        assert done is not None
        assert (done.fields.status.value, done.fields.title) == ("done", "Thank Ana")


def test_what_a_server_rewrote_without_an_etag_is_fetched_and_kept() -> None:
    with task_rig(etag_on_put=False) as (rig, _):
        made = rig.tasks.create(DRAFT)
        assert made.etag
        assert "X-SERVER:was here" in made.raw
        renamed = rig.tasks.update(made, replace(FIELDS, title="New"))
        assert rig.text(renamed.remote_id).count("X-SERVER:was here") == 2


def test_an_unprotected_write_that_lost_against_another_is_noticed() -> None:
    with task_rig(conditions=False) as (rig, server):
        made = rig.tasks.create(DRAFT)
        plain = server.web.answer

        def raced(asked: Asked) -> Answered:
            answered = plain(asked)
            if asked.method == "PUT":
                server.put(server.url + made.remote_id, todo_text(f"av1-{KEY}", "SUMMARY:the phone was faster"))
            return answered

        server.web.answer = raced
        with pytest.raises(Changed, match="same moment"):
            rig.tasks.update(made, replace(FIELDS, title="New"))


def test_a_resource_that_goes_between_listing_and_fetching_stops_no_other() -> None:
    for fails in (True, False):
        with task_rig(multiget_fails=fails) as (rig, server):
            made = rig.tasks.create(DRAFT)
            own = rig.add_foreign("Buy milk")
            plain = server.web.answer

            def raced(
                asked: Asked, plain: Callable[[Asked], Answered] = plain, server: FakeDav = server, own: str = own
            ) -> Answered:
                if b"multiget" in asked.body and server.get(server.url + own):
                    server.delete(server.url + own)
                return plain(asked)

            server.web.answer = raced
            listed = rig.tasks.read("", {}, full=True)
            assert [task.remote_id for task in listed.changed] == [made.remote_id]
            assert listed.present == {made.remote_id}


def test_a_task_is_found_at_its_href_where_the_search_lags_behind() -> None:
    with task_rig() as (rig, server):
        made = rig.tasks.create(DRAFT)
        empty = b'<multistatus xmlns="DAV:"/>'
        server.on["REPORT"] = deque([Answered(207, empty)])
        assert [task.remote_id for task in rig.tasks.find(KEY)] == [made.remote_id]


def test_what_lies_outside_the_window_is_not_even_looked_at_closely() -> None:
    asked: list[str] = []

    def noted(glance: Glance) -> bool:
        asked.append(glance.title)
        return True

    with event_rig() as (rig, _):
        _, done = read(rig)
        rig.enter("old", "Old", START - timedelta(days=900), START - timedelta(days=900))
        rig.enter("near", "Near", START, START + timedelta(hours=1))
        read(rig, cursor=done.cursor, interesting=noted)
        assert asked == ["Near"]
