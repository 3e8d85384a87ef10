"""Set-up for a CalDAV account from nothing, by a person on a terminal, against a real server."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pexpect
import pytest

from tests.running import COMMAND, afterview, environment
from tests.servers import Server

NOW = "2026-03-02T12:00:10Z"
CONFIG = Path(".config/afterview/config.toml")
Wizard: TypeAlias = "pexpect.spawn[str]"


@pytest.fixture
def wizard(radicale: Server, tmp_path: Path) -> Iterator[Wizard]:
    radicale.make("wizard-events", "VEVENT", "Private calendar")
    radicale.make("wizard-tasks", "VTODO", "Follow-ups here")
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "setup", "caldav", "--no-color"],
        env={**environment(tmp_path), "AFTERVIEW_NOW": NOW},
        encoding="utf-8",
        timeout=60,
        dimensions=(60, 200),
        cwd=str(tmp_path),
    )
    yield child
    child.close(force=True)
    radicale.delete(f"{radicale.home}wizard-events/")
    radicale.delete(f"{radicale.home}wizard-tasks/")


def answer(wizard: Wizard, question: str, reply: str = "") -> None:
    wizard.expect_exact(question)
    wizard.sendline(reply)


def choose(wizard: Wizard, label: str, question: str) -> None:
    """Choose an option by the number that is shown before its label."""
    wizard.expect(rf"(\d+)\) {label}")
    assert wizard.match is not None
    number = str(wizard.match.group(1))  # type: ignore[union-attr]  # a match object after a pattern
    answer(wizard, question, number)


def test_from_nothing_to_a_working_account_whose_secret_is_not_in_the_file(
    wizard: Wizard, radicale: Server, tmp_path: Path
) -> None:
    answer(wizard, "Your e-mail addresses: ", "alice@example.org")
    answer(wizard, "Your time zone [Europe/Berlin]: ")
    answer(wizard, "Language of your tasks [1]: ")
    answer(wizard, "Address: ", radicale.url + "/")
    answer(wizard, "User name: ", radicale.user)
    answer(wizard, "Password: ", "wrong")
    wizard.expect_exact("is not accepted")
    answer(wizard, "Address [", "")
    answer(wizard, f"User name [{radicale.user}]: ")
    answer(wizard, "Password: ", radicale.password)
    choose(wizard, "Private calendar", "Calendars (numbers, or all)")
    choose(wizard, "Follow-ups here", "List [")
    answer(wizard, "Or make a new list with this name: ")
    wizard.expect_exact("was tried out and works")
    answer(wizard, "Ring profile [1]: ")
    answer(wizard, "Name [", "dav")
    answer(wizard, "Try it now [Y/n]: ")
    wizard.expect_exact("It should ring at 13:03")
    (path,) = tasks(radicale)
    rings = radicale.get(path)
    assert rings is not None
    assert "SUMMARY:Afterview: test ring" in rings
    assert "BEGIN:VALARM" in rings
    answer(wizard, "Did your phone ring [Y/n]: ", "y")
    answer(wizard, "Set up another account, such as a second calendar [y/N]: ")
    wizard.expect(pexpect.EOF)
    wizard.close()
    assert wizard.exitstatus == 0
    assert tasks(radicale) == []

    text = (tmp_path / CONFIG).read_text("utf-8")
    assert radicale.password not in text
    assert 'calendars = ["Private calendar"]' in text
    assert 'task_list = "Follow-ups here"' in text
    tried = afterview(tmp_path, "accounts", "test", "--json", AFTERVIEW_NOW=NOW)
    assert [row["state"] for row in tried.json] == ["ok", "ok"]
    assert afterview(tmp_path, "sync", AFTERVIEW_NOW=NOW).code == 0


def tasks(server: Server) -> list[str]:
    """Name what stands in the list, as another client sees it."""
    path = f"{server.home}wizard-tasks/"
    body = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
    _, answer = server.ask("PROPFIND", path, body, Depth="1")
    hrefs = [part.split("</", 1)[0].rpartition(">")[2] for part in answer.decode().split("href>")[1::2]]
    return [href for href in hrefs if href.endswith(".ics")]
