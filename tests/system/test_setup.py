"""From nothing to follow-ups on the phone: the guided set-up in a pseudo-terminal against real servers."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pexpect
import pytest

from tests.running import COMMAND, afterview, environment
from tests.servers import Server
from tests.system.invitations import ME, invitation
from tests.system.moments import AFTER, MONDAY, START

CONFIG = Path(".config/afterview/config.toml")
Wizard: TypeAlias = "pexpect.spawn[str]"


@pytest.fixture
def lists(server: Server, tmp_path: Path) -> tuple[str, str]:
    """A calendar and a task list of one's own on the server, by address."""
    name = f"setup-{server.name}-{tmp_path.parent.name[-6:]}"
    return (
        server.make(f"{name}-events", "VEVENT", title=f"Personal {name}"),
        server.make(f"{name}-tasks", "VTODO", title=f"Interviews {name}"),
    )


@pytest.fixture
def wizard(tmp_path: Path) -> Iterator[Wizard]:
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "setup", "caldav", "--no-color"],
        env={**environment(tmp_path), "AFTERVIEW_NOW": START.isoformat()},
        encoding="utf-8",
        timeout=60,
        dimensions=(60, 200),
        cwd=str(tmp_path),
    )
    yield child
    child.close(force=True)


def _answer(wizard: Wizard, question: str, reply: str = "") -> None:
    wizard.expect_exact(question)
    wizard.sendline(reply)


def _choose(wizard: Wizard, label: str, question: str) -> None:
    """Pick the option with this label."""
    wizard.expect(rf"(\d+)\) {label}")
    assert wizard.match is not None
    _answer(wizard, question, str(wizard.match.group(1)))  # type: ignore[union-attr]  # a match object after a pattern


def test_from_nothing_to_a_follow_up_on_the_phone(
    wizard: Wizard, server: Server, lists: tuple[str, str], tmp_path: Path
) -> None:
    calendar, tasks = lists
    name = f"setup-{server.name}-{tmp_path.parent.name[-6:]}"
    _answer(wizard, "Your e-mail addresses: ", ME)
    _answer(wizard, "Your time zone", "Europe/Berlin")
    _answer(wizard, "Language of your tasks")
    _answer(wizard, "Address: ", server.url)
    _answer(wizard, "User name", server.user)
    _answer(wizard, "Password: ", "wrong")
    _answer(wizard, "Address [")
    _answer(wizard, "User name [")
    wizard.expect_exact("The user name or password is not accepted.")
    _answer(wizard, "Password: ", server.password)
    _choose(wizard, f"Personal {name}", "Calendars (")
    _choose(wizard, f"Interviews {name}", "List [")
    _answer(wizard, "Or make a new list")
    wizard.expect_exact("works")
    _answer(wizard, "Ring profile")
    _answer(wizard, "Name [", "home")
    _answer(wizard, "Try it now [Y/n]: ")
    _answer(wizard, "Did your phone ring [Y/n]: ", "y")
    _answer(wizard, "Set up another account", "n")
    wizard.expect(pexpect.EOF)
    wizard.close()
    assert wizard.exitstatus == 0

    assert server.password not in (tmp_path / CONFIG).read_text("utf-8")
    ran = afterview(tmp_path, "sync", "--json", AFTERVIEW_NOW=START.isoformat())
    assert ran.code == 0, ran.out + ran.err
    server.put(f"{calendar}u1.ics", invitation("u1", MONDAY))
    ran = afterview(tmp_path, "sync", "--json", AFTERVIEW_NOW=AFTER.isoformat())
    assert ran.code == 0, ran.out + ran.err
    assert ran.json["accounts"][0]["created"] == 2
    status, listing = server.ask("PROPFIND", server.path(tasks), Depth="1")
    assert (status, listing.count(b"av1-")) == (207, 2)  # the trial and the test ring left nothing behind
