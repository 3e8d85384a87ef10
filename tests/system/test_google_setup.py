"""Set-up for Google by a person on a terminal, who signs in with a browser here or on another machine."""

import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pexpect
import pytest

from afterview.cli.showcase.google.oauth import client_file
from afterview.cli.showcase.google.server import Google
from tests.fakes.google.browser import agree, get
from tests.running import COMMAND, afterview, environment

NOW = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)
CONFIG = Path(".config/afterview/config.toml")
Wizard: TypeAlias = "pexpect.spawn[str]"


@pytest.fixture
def google() -> Iterator[Google]:
    made = Google(lambda: NOW)
    made.calendars.add("Job hunt")
    yield made
    made.close()
    assert made.broken == []


@pytest.fixture
def wizard(google: Google, tmp_path: Path) -> Iterator[Wizard]:
    (tmp_path / "client_secret.json").write_text(client_file(google.url, api=google.url), "utf-8")
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "setup", "google", "--no-color"],
        env={**environment(tmp_path), "AFTERVIEW_NOW": NOW.isoformat()},
        encoding="utf-8",
        timeout=60,
        dimensions=(60, 2000),
        cwd=str(tmp_path),
    )
    yield child
    child.close(force=True)


def answer(wizard: Wizard, question: str, reply: str = "") -> None:
    wizard.expect_exact(question)
    wizard.sendline(reply)


def page(wizard: Wizard) -> str:
    """Return the address of Google's page, as it is shown."""
    wizard.expect(r"(http://127\.0\.0\.1:\d+/o/oauth2/\S+)")
    assert wizard.match is not None
    address = str(wizard.match.group(1))  # type: ignore[union-attr]  # a match object after a pattern
    wizard.expect_exact("Waiting; or paste the address here: ")
    return address


def until_the_page(wizard: Wizard) -> str:
    answer(wizard, "Your e-mail addresses: ", "alice@example.org")
    answer(wizard, "Your time zone [Europe/Berlin]: ")
    answer(wizard, "Language of your tasks [1]: ")
    answer(wizard, "Look for interviews in your calendars [Y/n]: ")
    answer(wizard, "Keep the follow-ups in Google Tasks [Y/n]: ")
    answer(wizard, "Ring your phone at a time [Y/n]: ")
    answer(wizard, "Client file (Enter if you have none yet): ", "client_secret.json")
    return page(wizard)


def to_the_end(wizard: Wizard, google: Google) -> None:
    answer(wizard, "Calendars (numbers, or all) [1]: ", "all")
    answer(wizard, "List [Interviews]: ")
    answer(wizard, "Name [google]: ")
    answer(wizard, "Try it now [Y/n]: ")
    wizard.expect_exact("It should ring at 13:03")
    (calendar,) = [one for one in google.calendars.known.values() if one.title == "Afterview"]
    (event,) = [one.body for one in calendar.events.values()]
    assert event["start"]["dateTime"].startswith("2026-03-02T12:03:00")
    assert event["reminders"]["overrides"] == [{"method": "popup", "minutes": 0}]
    answer(wizard, "Did your phone ring [Y/n]: ", "y")
    answer(wizard, "Set up another account, such as a second calendar [y/N]: ")
    wizard.expect(pexpect.EOF)
    wizard.close()
    assert wizard.exitstatus == 0


def works(home: Path, google: Google) -> None:
    """The account works, and its secret stands in a file of its own."""
    text = (home / CONFIG).read_text("utf-8")
    kept = home / CONFIG.parent / "secrets" / "google-token"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    (refresh_token,) = google.sign_in.refresh_tokens
    assert refresh_token in kept.read_text("utf-8")
    assert 'token = {file = "secrets/google-token"}' in text
    for path in home.rglob("*"):
        if path.is_file() and path != kept:
            assert refresh_token.encode() not in path.read_bytes(), path
    assert 'task_list = "Interviews"' in text
    tried = afterview(home, "accounts", "test", "--json", AFTERVIEW_NOW=NOW.isoformat())
    assert [row["state"] for row in tried.json] == ["ok", "ok", "ok"], tried.out
    assert afterview(home, "sync", AFTERVIEW_NOW=NOW.isoformat()).code == 0


def test_the_browser_comes_back_by_itself(wizard: Wizard, google: Google, tmp_path: Path) -> None:
    target = agree(until_the_page(wizard))
    assert get(target.partition("?")[0] + "favicon.ico")[0] == 404  # what browsers ask for on the way
    assert get(target)[0] == 200
    to_the_end(wizard, google)
    works(tmp_path, google)
    (shelf,) = [one for one in google.tasks.shelves.values() if one.title == "Interviews"]
    assert all(task.get("deleted") for task in shelf.tasks.values())  # the test ring is gone


def test_over_ssh_the_address_is_pasted(wizard: Wizard, google: Google, tmp_path: Path) -> None:
    target = agree(until_the_page(wizard))
    wizard.sendline("what was it again?")
    wizard.expect_exact("it holds the word code")
    page(wizard)
    wizard.sendline(target)
    to_the_end(wizard, google)
    works(tmp_path, google)


def test_stopping_at_googles_page_leaves_nothing(wizard: Wizard, google: Google, tmp_path: Path) -> None:
    address = until_the_page(wizard)
    wizard.sendcontrol("c")
    wizard.expect_exact("Stopped; nothing was stored.")
    wizard.expect(pexpect.EOF)
    wizard.close()
    assert wizard.exitstatus == 130
    assert not (tmp_path / CONFIG).exists()
    port = re.findall(r"127\.0\.0\.1%3A(\d+)", address)
    assert len(port) == 1
    with pytest.raises(OSError, match="refused"):
        get(f"http://127.0.0.1:{port[0]}/")


def test_a_file_of_answers_says_that_a_person_is_needed(google: Google, tmp_path: Path) -> None:
    (tmp_path / "client.json").write_text(client_file(google.url, api=google.url), "utf-8")
    (tmp_path / "answers.toml").write_text(
        'integration = "google"\nid = "gmail"\n[me]\nemails = ["a@example.org"]\ntime_zone = "Europe/Berlin"\n'
        f'language = "en"\n[answers]\nread = true\ntasks = true\nring = true\nclient_file = "{tmp_path / "client.json"}"\n'
    )
    ran = afterview(tmp_path, "setup", "--answers", "answers.toml", AFTERVIEW_NOW=NOW.isoformat())
    assert ran.code == 2
    assert "wants a person to sign in with a browser" in ran.err
    assert not (tmp_path / CONFIG).exists()


def test_signing_in_again_after_the_consent_was_taken_back(wizard: Wizard, google: Google, tmp_path: Path) -> None:
    get(agree(until_the_page(wizard)))
    to_the_end(wizard, google)
    google.grants.revoke()
    google.grants.tokens.clear()
    ran = afterview(tmp_path, "sync", AFTERVIEW_NOW=NOW.isoformat())
    assert ran.code == 3
    assert "sign in again" in ran.out + ran.err
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "accounts", "reauth", "google", "--no-color"],
        env={**environment(tmp_path), "AFTERVIEW_NOW": NOW.isoformat()},
        encoding="utf-8",
        timeout=60,
        dimensions=(60, 2000),
        cwd=str(tmp_path),
    )
    answer(child, "Client file (Enter for the one you used before): ")
    get(agree(page(child)))
    child.expect_exact("is up to date")
    child.expect(pexpect.EOF)
    child.close()
    assert afterview(tmp_path, "sync", AFTERVIEW_NOW=NOW.isoformat()).code == 0
