"""Calendar files and feeds as the user meets them: unchanged, changing, broken, and with UIDs that never stay."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from afterview.integrations.entry import Entry
from afterview.integrations.flow import FlowContext, Purpose, StepKind
from afterview.integrations.ics.client import FEED_LIMIT, decoded, open_client, plain_address
from afterview.integrations.ics.events import open_events
from afterview.integrations.ics.flow import Setup
from afterview.sync.errors import AccountError, AuthFailed, ConfigError, ListGone, NotReady, Refused
from afterview.sync.model import Event, Glance
from afterview.sync.ports import Coverage, Done, EventRequest, Resource, Unchanged, Window
from tests.accounts import START, MovedClock, Notebook, account, close
from tests.fakes.feed import Feed, serving
from tests.fakes.web import Answered, WebServer

WINDOW = Window(START - timedelta(days=90), START + timedelta(days=180))
BLOCK = "SUMMARY:Interview {0}\r\nDTSTART:2026090{0}T090000Z\r\nDTEND:2026090{0}T100000Z\r\nLOCATION:Room"


def everything(glance: Glance) -> bool:
    return True


ASKED = EventRequest("test", WINDOW, "Europe/Berlin", everything)


@pytest.fixture
def feed() -> Feed:
    return Feed({f"u{number}": BLOCK.format(number) for number in (1, 2, 3)})


@pytest.fixture
def server(feed: Feed) -> Iterator[WebServer]:
    with serving(feed) as running:
        yield running


@pytest.fixture
def entry(server: WebServer) -> Iterator[Entry]:
    made = account({"url": f"{server.url}/private-token/calendar.ics"}, integration="ics", memory=Notebook())
    yield made
    close(made)


def read(entry: Entry, **changes: Any) -> tuple[list[object], Done]:
    items: list[object] = list(open_events(entry).read(replace(ASKED, **changes)))
    done = items[-1]
    assert isinstance(done, Done)
    return items, done


def events(items: list[object]) -> dict[str, Event]:
    return {item.href: item.events[0] for item in items if isinstance(item, Resource) and item.events}


def test_an_unchanged_feed_is_one_conditional_request_without_a_body(entry: Entry, server: WebServer) -> None:
    _, first = read(entry)
    items, again = read(entry, cursor=first.cursor)
    assert items == [Done(Coverage.DELTA, first.cursor)]
    assert again == first or again.cursor == first.cursor
    assert [status for _, status in server.log] == [200, 304]


def test_a_feed_without_etags_is_compared_by_its_content(entry: Entry, feed: Feed) -> None:
    feed.etags = False
    _, first = read(entry)
    items, _ = read(entry, cursor=first.cursor)
    assert [type(item) for item in items] == [Done]
    feed.blocks["u1"] = BLOCK.format(4)
    changed, done = read(entry, cursor=first.cursor)
    assert done.coverage is Coverage.COMPLETE
    assert len(events(changed)) == 3


def test_only_what_changed_is_parsed_again(entry: Entry, feed: Feed) -> None:
    items, first = read(entry)
    known = {item.href: item.etag for item in items if isinstance(item, Resource)}
    feed.blocks["u2"] = BLOCK.format(5)
    changed, _ = read(entry, cursor=first.cursor, known=known)
    assert set(events(changed)) == {"u2"}
    assert [item.href for item in changed if isinstance(item, Unchanged)] == ["u1", "u3"]


def test_uids_that_change_at_every_fetch_do_not_change_who_is_who(entry: Entry, feed: Feed) -> None:
    feed.churns = True
    first, done = read(entry)
    names = {event.title: event.uid for event in events(first).values()}
    known = {item.href: item.etag for item in first if isinstance(item, Resource)}
    for _ in range(3):
        items, done = read(entry, cursor=done.cursor, known=known)
        assert events(items) == {}
        assert sorted(item.href for item in items if isinstance(item, Unchanged)) == sorted(known)
    feed.blocks["u9"] = BLOCK.format(9)
    items, done = read(entry, cursor=done.cursor, known=known)
    new = events(items)
    assert [event.title for event in new.values()] == ["Interview 9"]
    known.update({item.href: item.etag for item in items if isinstance(item, Resource)})
    items, _ = read(entry, cursor=done.cursor, known=known, full=True)
    assert events(items) == {}
    assert set(names.values()) <= {item.href for item in items if isinstance(item, Unchanged)}


def test_one_appointment_under_a_new_uid_is_a_new_one_where_uids_last(entry: Entry, feed: Feed) -> None:
    _, done = read(entry)
    feed.blocks["other"] = feed.blocks.pop("u1")
    items, _ = read(entry, cursor=done.cursor)
    assert set(events(items)) == {"u2", "u3", "other"}


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Answered(401), AuthFailed, "does not accept"),
        (Answered(403), AuthFailed, "private address"),
        (Answered(404), ListGone, "not there any more"),
        (Answered(410), ListGone, "not there any more"),
        (Answered(500), NotReady, "error of its own"),
        (Answered(503, headers={"Retry-After": "60"}), NotReady, "busy"),
        (Answered(200, b"<html>log in</html>"), NotReady, "not a calendar"),
        (Answered(200, b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEV"), NotReady, "cut short"),
        (Answered(302, headers={"Location": "ftp://x/"}), Refused, "not http"),
        (Answered(0), NotReady, "broke off"),
    ],
)
def test_a_failed_fetch_says_what_it_means(
    entry: Entry, feed: Feed, answer: Answered, kind: type[AccountError], words: str
) -> None:
    feed.answers.append(answer)
    with pytest.raises(kind, match=words) as caught:
        read(entry)
    assert "private-token" not in str(caught.value)


def test_a_body_without_end_is_not_read_to_its_end(entry: Entry, feed: Feed) -> None:
    feed.answers.append(Answered(200, b"BEGIN:VCALENDAR\r\n" + b"x" * (FEED_LIMIT + 1)))
    with pytest.raises(Refused, match="more than 32 MB"):
        read(entry)


def test_a_login_stays_with_its_host(feed: Feed) -> None:
    with serving(feed) as elsewhere:
        there = elsewhere.url.replace("127.0.0.1", "localhost")
        with serving(Feed(answers=[Answered(302, headers={"Location": f"{there}/calendar.ics"})])) as first:
            entry = account({"url": f"{first.url}/a.ics", "username": "me"}, integration="ics", password="secret")
            items, _ = read(entry)
            close(entry)
            assert len(events(items)) == 3
            assert "authorization" in first.log[0][0].headers
            assert "authorization" not in elsewhere.log[0][0].headers


def test_a_password_is_not_sent_in_the_clear() -> None:
    entry = account(
        {"url": "http://calendar.example.org/a.ics", "username": "me"}, integration="ics", password="secret"
    )
    with pytest.raises(Refused, match="unencrypted"):
        open_events(entry)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("webcal://calendar.example.org/a.ics", ("https://calendar.example.org/a.ics", "", "")),
        ("webcal://127.0.0.1:8/a.ics", ("http://127.0.0.1:8/a.ics", "", "")),
        (
            "https://me:s%40cret@calendar.example.org/a.ics?x=1",
            ("https://calendar.example.org/a.ics?x=1", "me", "s@cret"),
        ),
    ],
)
def test_addresses_are_understood(given: str, address: tuple[str, str, str]) -> None:
    assert plain_address(given) == address


@pytest.mark.parametrize("given", ["ftp://x/a.ics", "calendar.example.org", "file:///etc/passwd", "https:///a"])
def test_other_addresses_are_refused(given: str) -> None:
    with pytest.raises(Refused, match="is not the address"):
        plain_address(given)


def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path, feed: Feed) -> None:
    path = tmp_path / "calendar.ics"
    path.write_text(feed.text(), newline="")
    entry = account({"path": str(path)}, integration="ics")
    items, done = read(entry)
    assert set(events(items)) == {"u1", "u2", "u3"}
    assert read(entry, cursor=done.cursor)[0] == [Done(Coverage.DELTA, done.cursor)]
    del feed.blocks["u1"]
    path.write_text(feed.text(), newline="")
    again, _ = read(entry, cursor=done.cursor)
    assert set(events(again)) == {"u2", "u3"}
    path.unlink()
    with pytest.raises(ListGone, match="does not exist"):
        read(entry)


def test_one_broken_file_of_a_folder_stops_no_other(tmp_path: Path, feed: Feed) -> None:
    (tmp_path / "a.ics").write_text(feed.text(), newline="")
    (tmp_path / "b.ics").write_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:b\nDTSTART:soon\nEND:VEVENT\nEND:VCALENDAR\n")
    (tmp_path / "c.ics").write_bytes(b"\x00\xff not a calendar")
    (tmp_path / "notes.txt").write_text("no")
    items, _ = read(account({"path": str(tmp_path)}, integration="ics"))
    assert len(events(items)) == 3
    problems = [item.problem for item in items if isinstance(item, Resource) and item.problem]
    assert problems == ["The entry has no start that can be read."]


def test_overrides_stay_with_their_series_wherever_they_stand(tmp_path: Path) -> None:
    series = "UID:s\nSUMMARY:Weekly\nDTSTART:20260901T090000Z\nRRULE:FREQ=WEEKLY;COUNT=2"
    other = "UID:o\nSUMMARY:Other\nDTSTART:20260901T090000Z"
    moved = "UID:s\nSUMMARY:Moved\nRECURRENCE-ID:20260908T090000Z\nDTSTART:20260909T090000Z"
    blocks = "".join(f"BEGIN:VEVENT\n{block}\nEND:VEVENT\n" for block in (series, other, moved))
    (tmp_path / "a.ics").write_text(f"BEGIN:VCALENDAR\n{blocks}END:VCALENDAR\n")
    items, _ = read(account({"path": str(tmp_path / "a.ics")}, integration="ics"))
    found = {item.href: [event.title for event in item.events] for item in items if isinstance(item, Resource)}
    assert found == {"s": ["Weekly", "Moved"], "o": ["Other"]}


@pytest.mark.parametrize(
    "raw",
    [
        "Gespräch".encode(),
        "Gespräch".encode("utf-16"),
        "Gespräch".encode("cp1252"),
        b"\xef\xbb\xbf" + "Gespräch".encode(),
    ],
)
def test_files_are_read_whatever_they_were_saved_as(raw: bytes) -> None:
    assert decoded(raw) == "Gespräch"


def test_an_account_needs_exactly_one_place() -> None:
    for settings in ({}, {"url": "https://x.example/", "path": "y"}):
        with pytest.raises(ConfigError, match="either url or path"):
            open_client(account(settings, integration="ics"))


def context(purpose: Purpose = Purpose.USER, **current: Any) -> FlowContext:
    return FlowContext(purpose, "UTC", MovedClock(), "feed", current)


def test_set_up_from_an_address_tests_it_first(server: WebServer, feed: Feed) -> None:
    flow = Setup()
    assert flow.start(context()).id == "source"
    feed.answers.append(Answered(404))
    wrong = flow.submit("source", {"source": f"{server.url}/calendar.ics"})
    assert dict(wrong.errors) == {"source": "refused"}
    assert "not there" in wrong.placeholders["reason"]
    done = flow.submit("source", {"source": f"{server.url}/calendar.ics"})
    assert done.kind is StepKind.CREATE
    assert done.draft is not None
    assert done.draft.settings == {"url": f"{server.url}/calendar.ics"}
    assert done.draft.title == "127.0.0.1"


def test_set_up_from_a_folder(tmp_path: Path, feed: Feed) -> None:
    (tmp_path / "a.ics").write_text(feed.text(), newline="")
    flow = Setup()
    flow.start(context())
    done = flow.submit("source", {"source": str(tmp_path)})
    assert done.draft is not None
    assert done.draft.settings == {"path": str(tmp_path)}
    assert dict(flow.submit("source", {"source": str(tmp_path / "missing")}).errors) == {"source": "refused"}
