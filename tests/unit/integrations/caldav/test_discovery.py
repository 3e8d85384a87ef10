from collections.abc import Iterator

import pytest

from afterview.integrations.caldav.client import connect
from afterview.integrations.caldav.discovery import discover, locate
from afterview.integrations.caldav.events import open_events
from afterview.integrations.caldav.tasks import open_tasks
from afterview.integrations.dav.client import Dav
from afterview.integrations.dav.discovery import home
from afterview.sync.errors import ConfigError, ListGone, NotReady, Refused
from tests.accounts import MovedClock, account, close
from tests.fakes.dav import HOME, FakeDav
from tests.fakes.web import Answered


@pytest.fixture
def server() -> Iterator[FakeDav]:
    made = FakeDav()
    made.make("hunt", "VEVENT", "Job hunt")
    made.make("todo", "VTODO", "Interviews")
    yield made
    made.close()


@pytest.fixture
def dav(server: FakeDav) -> Iterator[Dav]:
    made = connect(server.url, server.user, server.password, MovedClock())
    yield made
    made.close()


def at(dav: Dav, url: str) -> Dav:
    dav.url = url
    return dav


@pytest.mark.parametrize("start", ["", "/", "/dav/", HOME, "/nothing/here/"])
def test_every_calendar_is_found_from_wherever_the_user_points(server: FakeDav, dav: Dav, start: str) -> None:
    found = discover(at(dav, server.url + start))
    if start == HOME:  # the home itself names no principal; the root does
        assert found
    assert [(one.title, one.components) for one in found] == [("Interviews", ("VTODO",)), ("Job hunt", ("VEVENT",))]
    assert all(one.writable and one.sync for one in found)


def test_the_address_of_one_calendar_is_taken_as_it_stands(server: FakeDav, dav: Dav) -> None:
    found = discover(at(dav, f"{server.url}{HOME}hunt/"))
    assert [one.url for one in found] == [f"{server.url}{HOME}hunt/"]


def test_the_home_is_where_lists_are_made(server: FakeDav, dav: Dav) -> None:
    assert home(dav) == server.url + HOME


def test_no_calendar_server_is_one_clear_sentence(server: FakeDav, dav: Dav) -> None:
    server.answers.extend([Answered(405)] * 10)
    with pytest.raises(Refused, match="There is no calendar server at http"):
        discover(dav)


def test_a_server_that_is_down_is_not_called_wrong(server: FakeDav, dav: Dav) -> None:
    server.answers.extend([Answered(503)] * 10)
    with pytest.raises(NotReady, match="busy"):
        discover(dav)


def test_a_name_that_does_not_exist_says_what_there_is(server: FakeDav) -> None:
    entry = account({"url": server.url, "username": server.user}, password=server.password)
    dav = connect(server.url, server.user, server.password, MovedClock())
    with pytest.raises(ListGone, match=r'no calendar named "Privat" at 127\.0\.0\.1; there are: "Job hunt"'):
        locate(entry, dav, "Privat", "VEVENT")
    with pytest.raises(ListGone, match=r'no task list named "Job hunt".*"Interviews"'):
        locate(entry, dav, "Job hunt", "VTODO")
    dav.close()


def test_another_server_is_not_asked(dav: Dav) -> None:
    with pytest.raises(Refused, match="points to another server"):
        dav.absolute("https://elsewhere.example.org/a/")


def test_settings_that_cannot_work_are_refused_before_anything_is_asked() -> None:
    base = {"url": "https://dav.example.org/", "username": "me"}
    with pytest.raises(ConfigError, match="names no calendars"):
        open_events(account(base))
    with pytest.raises(ConfigError, match="names no task list"):
        open_tasks(account(base))
    with pytest.raises(ConfigError, match="allowed are android, apple, plain, event"):
        open_tasks(account({**base, "task_list": "x", "ring_profile": "loud"}))
    with pytest.raises(Refused, match="Google keeps no tasks"):
        open_tasks(account({"url": "https://apidata.googleusercontent.com/caldav/v2/", "task_list": "x"}))


def test_a_wrong_address_is_refused() -> None:
    for url in ("ftp://dav.example.org/", "dav.example.org", ""):
        with pytest.raises(Refused, match="is not the address of a calendar server"):
            connect(url, "me", "secret", MovedClock())
    with pytest.raises(Refused, match="unencrypted"):
        connect("http://dav.example.org/", "me", "secret", MovedClock())


def test_digest_is_learned_where_basic_is_not_offered(server: FakeDav, dav: Dav) -> None:
    challenge = 'Digest realm="x", nonce="abc", qop="auth", algorithm=MD5'
    server.answers.extend([Answered(401, headers={"WWW-Authenticate": challenge})] * 2)
    server.answers.append(Answered(503))
    with pytest.raises(NotReady):
        dav.propfind(server.url, b"", 0, "x")
    sent = [asked.headers.get("authorization", "") for asked, _ in server.web.log]
    assert any(header.startswith("Digest ") for header in sent)


def test_closing_twice_is_harmless(server: FakeDav) -> None:
    entry = account({"url": server.url, "username": server.user, "calendars": ["Job hunt"]}, password=server.password)
    open_events(entry)
    close(entry)
    close(entry)
