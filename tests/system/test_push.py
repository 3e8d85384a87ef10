"""The real command, a real push through Apprise to a server that plays ntfy, and no task list at all."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.web import Answered, Asked, WebServer
from tests.running import Ran, afterview
from tests.system.invitations import ME, invitation

START = datetime(2026, 9, 7, 10, tzinfo=ZoneInfo("Europe/Berlin"))
EIGHTEEN = datetime(2026, 9, 7, 16, tzinfo=UTC)
TOKEN = "tk_averysecrettoken"
SECRET_TOPIC = "hannahs-secret-topic"


class Ntfy:
    """Plays ntfy: takes pushes, or is busy."""

    def __init__(self) -> None:
        self.status = 200
        self.web = WebServer(self._answer)

    def _answer(self, _: Asked) -> Answered:
        return Answered(self.status, b"{}")

    @property
    def messages(self) -> list[str]:
        return [str(json.loads(asked.body)["title"]) for asked, status in self.web.log if status == 200]


@dataclass
class Home:
    path: Path
    ntfy: Ntfy

    def configure(self, more: str = "", deliver: str = "", push: str = '{ file = "push" }') -> None:
        (self.path / "push").write_text(f"ntfy://{TOKEN}@127.0.0.1:{self.ntfy.web.port}/{SECRET_TOPIC}\n")
        (self.path / "config.toml").write_text(
            f'[me]\nemails = ["{ME}"]\ntime_zone = "Europe/Berlin"\n'
            '[[account]]\nid = "file"\nintegration = "ics"\npath = "calendar"\n'
            f"[deliver]\npush = [{push}]\n{deliver}\n{more}\n"
        )

    def run(self, at: datetime, *arguments: str) -> Ran:
        options = ("--config", "config.toml", "--state-dir", "state")
        return afterview(self.path, *arguments, *options, AFTERVIEW_NOW=at.isoformat())


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "calendar").mkdir()
    ntfy = Ntfy()
    made = Home(tmp_path, ntfy)
    made.configure()
    assert made.run(EIGHTEEN - timedelta(days=3), "sync").code == 0
    (tmp_path / "calendar" / "one.ics").write_text(invitation("u1", START))
    yield made
    ntfy.web.close()


def test_sync_pushes_what_rings_now_once(home: Home) -> None:
    assert home.run(EIGHTEEN - timedelta(hours=1), "sync").code == 0
    assert home.ntfy.messages == []
    ran = home.run(EIGHTEEN, "sync")
    assert "Pushed: Thank Ana Lima" in ran.out
    home.run(EIGHTEEN + timedelta(minutes=30), "sync")
    assert home.ntfy.messages == ["Thank Ana Lima (Initech)"]


def test_status_says_what_rings_next_without_a_list_and_how_the_address_is(home: Home) -> None:
    home.run(EIGHTEEN - timedelta(hours=1), "sync")
    shown = home.run(EIGHTEEN - timedelta(hours=1), "status", "--json").json
    assert shown["rings_next"][0]["title"] == "Thank Ana Lima (Initech)"
    assert shown["pushes"] == []
    home.ntfy.status = 404
    home.run(EIGHTEEN, "sync")
    ran = home.run(EIGHTEEN, "status")
    assert "push #1: ntfy refuses the push (HTTP 404)" in ran.out
    assert "No list receives" not in ran.out
    assert ran.code == 3


def test_a_dry_run_pushes_nothing(home: Home) -> None:
    home.run(EIGHTEEN, "sync", "--dry-run")
    assert home.ntfy.messages == []


def test_no_secret_is_told_when_a_push_fails(home: Home) -> None:
    home.ntfy.status = 403
    ran = home.run(EIGHTEEN, "sync")
    assert "ntfy does not accept the login in the push address #1 (HTTP 403)" in ran.out
    shown = ran.out + ran.err + home.run(EIGHTEEN, "sync", "--json", "-v").out
    kept = b"".join(path.read_bytes() for path in (home.path / "state").iterdir())
    for secret in (TOKEN, SECRET_TOPIC):
        assert secret not in shown
        assert secret.encode() not in kept
    home.ntfy.status = 200
    home.run(EIGHTEEN + timedelta(minutes=2), "sync")
    assert home.ntfy.messages == ["Thank Ana Lima (Initech)"]


def test_the_doctor_looks_at_the_address_and_sends_nothing(home: Home) -> None:
    rows = {row["subject"]: row for row in home.run(EIGHTEEN, "doctor", "--json").json}
    assert rows["push #1"]["state"] == "ok"
    assert home.ntfy.web.log == []


@pytest.mark.parametrize(
    ("push", "more", "subject", "words"),
    [
        ('"nonsense://x"', "", "push #1", "none that Apprise can use"),
        ('{ file = "gone" }', "", "push #1", "cannot be read"),
        ("{ env = 'X' }", "", "push #1", "is not set"),
        ('{ file = "push" }', "[answers]\nenabled = true", "answers", "set url in [answers]"),
        ('{ file = "push" }', '[answers]\nenabled = true\nurl = "http://me.example.org"', "answers", "unencrypted"),
    ],
)
def test_the_doctor_says_why_a_push_cannot_work(home: Home, push: str, more: str, subject: str, words: str) -> None:
    home.configure(more, push=push)
    rows = {row["subject"]: row for row in home.run(EIGHTEEN, "doctor", "--json").json}
    assert rows[subject]["state"] != "ok"
    assert words in rows[subject]["words"]


def test_a_test_push_can_be_sent(home: Home) -> None:
    ran = home.run(EIGHTEEN, "accounts", "test")
    assert "A test push was sent" in ran.out
    assert home.ntfy.messages == ["Afterview test: this is a push"]


def test_set_up_tries_the_address_and_keeps_it_secret(home: Home) -> None:
    url = (home.path / "push").read_text().strip()
    (home.path / "answers.toml").write_text(f'integration = "apprise"\nid = "phone"\n[answers]\nurl = "{url}"\n')
    (home.path / "push").unlink()
    home.configure(push='"json://127.0.0.1:9"')
    ran = home.run(EIGHTEEN, "setup", "--answers", "answers.toml")
    assert ran.code == 0, ran.err
    assert home.ntfy.messages == ["Afterview"]
    config = (home.path / "config.toml").read_text()
    assert 'integration = "apprise"' in config
    assert TOKEN not in config
    home.run(EIGHTEEN, "sync")
    assert home.ntfy.messages == ["Afterview", "Thank Ana Lima (Initech)"]
    assert '"phone"' in home.run(EIGHTEEN, "status", "--json").out


def test_an_account_for_pushes_has_nothing_to_sync(home: Home) -> None:
    home.configure('[[account]]\nid = "phone"\nintegration = "apprise"\nurl = { file = "push" }')
    ran = home.run(EIGHTEEN, "sync", "--account", "phone")
    assert ran.code == 2
    assert "only for pushes" in ran.err
    assert [one["id"] for one in home.run(EIGHTEEN, "sync", "--json").json["accounts"]] == ["file"]
