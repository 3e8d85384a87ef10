"""What goes over the wire, counted and cut on real servers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from afterview.integrations.caldav.events import open_events
from afterview.sync.errors import AuthFailed, NotReady, Uncertain
from afterview.sync.identity import follow_up_key
from afterview.sync.model import Glance, TaskDraft, TaskFields
from afterview.sync.ports import Done, EventRequest, Resource, Window
from tests.accounts import START, account, close
from tests.contract.rigs import DavEventRig, DavTaskRig, event_text, stamp
from tests.gate import Answer, Break
from tests.servers import Server

KEY = follow_up_key("thank_you", "i-1")
DRAFT = TaskDraft(KEY, TaskFields(title="Thank Ana", due_at=START, ring_at=START))
WINDOW = Window(START - timedelta(days=90), START + timedelta(days=180))


def everything(glance: Glance) -> bool:
    return True


@pytest.fixture(params=("radicale", "xandikos"))
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(str(request.param))
    return found


@pytest.fixture
def rig(server: Server) -> Iterator[DavTaskRig]:
    made = DavTaskRig(server)
    yield made
    made.close()


@pytest.fixture
def calendar(server: Server) -> Iterator[DavEventRig]:
    made = DavEventRig(server)
    yield made
    made.close()


def read(rig: DavEventRig, **changes: object) -> tuple[list[object], Done]:
    asked = replace(EventRequest(rig.calendar, WINDOW, "UTC", everything), **changes)  # type: ignore[arg-type]  # test shorthand
    items: list[object] = list(rig.events.read(asked))
    done = items[-1]
    assert isinstance(done, Done)
    return items, done


def fill(rig: DavEventRig, count: int) -> None:
    for number in range(count):
        start = START + timedelta(hours=number)
        rig.enter(f"e{number}", f"Interview {number}", start, start + timedelta(hours=1))


def test_a_quiet_pass_is_one_small_request_a_collection(server: Server, rig: DavTaskRig, calendar: DavEventRig) -> None:
    fill(calendar, 3)
    rig.tasks.create(DRAFT)
    items, done = read(calendar)
    known = {item.href: item.etag for item in items if isinstance(item, Resource)}
    listed = rig.tasks.read("", {}, full=False)
    etags = {task.remote_id: str(task.etag) for task in listed.changed}
    server.gate.log.clear()
    read(calendar, cursor=done.cursor, known=known)
    rig.tasks.read(listed.cursor, etags, full=False)
    assert [passed.method for passed in server.gate.log] == ["REPORT", "REPORT"]
    assert all(passed.bytes_up < 1000 and passed.bytes_down < 1000 for passed in server.gate.log)


def test_the_first_reading_takes_the_token_first_and_two_requests(server: Server, calendar: DavEventRig) -> None:
    fill(calendar, 3)
    server.gate.log.clear()
    read(calendar)
    assert [passed.method for passed in server.gate.log] == ["PROPFIND", "REPORT"]


def test_bodies_come_in_batches(server: Server, calendar: DavEventRig) -> None:
    _, done = read(calendar)
    fill(calendar, 60)
    server.gate.log.clear()
    items, _ = read(calendar, cursor=done.cursor)
    assert sum(isinstance(item, Resource) for item in items) == 60
    assert len(server.gate.log) == 3  # the changes, 50 bodies, 10 bodies


def test_what_is_refused_as_too_much_is_read_in_smaller_parts(server: Server, calendar: DavEventRig) -> None:
    fill(calendar, 3)
    server.gate.log.clear()
    server.gate.plan("REPORT", Answer(400, b"too much"))
    items, _ = read(calendar)
    assert sum(isinstance(item, Resource) and bool(item.events) for item in items) == 3
    assert [passed.method for passed in server.gate.log] == ["PROPFIND", "REPORT", "REPORT", "REPORT"]


@pytest.mark.parametrize(("fault", "there"), [(Break.DROP_BEFORE, False), (Break.DROP_AFTER, True)])
def test_a_lost_answer_is_uncertain_and_sent_once(server: Server, rig: DavTaskRig, fault: Break, there: bool) -> None:
    server.gate.log.clear()
    server.gate.plan("PUT", fault)
    with pytest.raises(Uncertain):
        rig.tasks.create(DRAFT)
    assert [passed.method for passed in server.gate.writes()] == ["PUT"]
    assert bool(rig.tasks.find(KEY)) is there


def test_a_lost_answer_to_an_edit_or_a_deletion_is_uncertain_too(server: Server, rig: DavTaskRig) -> None:
    made = rig.tasks.create(DRAFT)
    server.gate.plan("PUT", Break.DROP_BEFORE)
    with pytest.raises(Uncertain):
        rig.tasks.update(made, replace(made.fields, title="x"))
    server.gate.plan("DELETE", Break.DROP_AFTER)
    with pytest.raises(Uncertain):
        rig.tasks.delete(made)
    assert rig.tasks.find(KEY) == ()


def test_a_listing_that_is_cut_short_proves_nothing(server: Server, rig: DavTaskRig, calendar: DavEventRig) -> None:
    rig.tasks.create(DRAFT)
    fill(calendar, 3)
    server.gate.plan("PROPFIND", Break.CUT)
    with pytest.raises(NotReady):
        rig.tasks.read("", {}, full=True)
    server.gate.plan("REPORT", Break.CUT)
    with pytest.raises(NotReady):
        read(calendar)


def test_a_kept_connection_that_the_server_closed_is_opened_again(server: Server, rig: DavTaskRig) -> None:
    listed = rig.tasks.read("", {}, full=False)
    server.gate.plan("REPORT", Break.DROP_BEFORE)
    assert rig.tasks.read(listed.cursor, {}, full=False).changed == ()


def test_a_wrong_password_says_so(server: Server) -> None:
    settings = {"url": server.url, "username": server.user, "calendars": ["Anything"]}
    entry = account(settings, password="wrong")
    with pytest.raises(AuthFailed, match=r"127\.0\.0\.1 does not accept the user name or password"):
        list(open_events(entry).read(EventRequest("Anything", WINDOW, "UTC", everything)))
    close(entry)


def test_a_name_is_looked_up_once_and_remembered(server: Server) -> None:
    address = server.make("named", "VEVENT", "Job hunt, named")
    times = (f"DTSTART:{stamp(START)}", f"DTEND:{stamp(START)}")
    server.put(f"{address}a.ics", event_text("a", "SUMMARY:Interview", *times))
    settings = {"url": server.url, "username": server.user, "calendars": ["Job hunt, named"]}
    entry = account(settings, password=server.password)
    asked = EventRequest("Job hunt, named", WINDOW, "UTC", everything)
    list(open_events(entry).read(asked))
    server.gate.log.clear()
    again = account(settings, password=server.password, memory=entry.memory)  # type: ignore[arg-type]  # a Notebook
    items = list(open_events(again).read(asked))
    assert any(isinstance(item, Resource) for item in items)
    assert len(server.gate.log) == 2
    close(entry)
    close(again)


def test_every_request_and_byte_is_counted(server: Server, rig: DavTaskRig) -> None:
    server.gate.log.clear()
    entry = rig.opened[0]
    client = entry.shared.get("client")
    before = client.traffic() if client else None
    rig.tasks.create(DRAFT)
    rig.tasks.read("", {}, full=True)
    traffic = entry.shared["client"].traffic()
    assert traffic.requests - (before.requests if before else 0) == len(server.gate.log)
    assert traffic.bytes_in >= sum(passed.bytes_down for passed in server.gate.log)
    assert traffic.bytes_out >= sum(passed.bytes_up for passed in server.gate.log)
