import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pexpect
import pytest

from tests.running import COMMAND, environment
from tests.unit.cli.paper import NOW, SITE, cupboard, journal, paper

CONFIG = Path(".config/afterview/config.toml")
Wizard: TypeAlias = "pexpect.spawn[str]"


@pytest.fixture
def wizard(tmp_path: Path) -> Iterator[Wizard]:
    """`afterview setup` in a pseudo-terminal."""
    cupboard(tmp_path)
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "setup", "--no-color"],
        env={**environment(tmp_path), **SITE, "AFTERVIEW_NOW": NOW, "LANG": "de_DE.UTF-8"},
        encoding="utf-8",
        timeout=20,
        dimensions=(50, 160),
        cwd=str(tmp_path),
    )
    yield child
    child.close(force=True)


def answer(wizard: Wizard, question: str, reply: str = "") -> None:
    wizard.expect_exact(question)
    wizard.sendline(reply)


def until_the_list(wizard: Wizard, home: Path) -> None:
    answer(wizard, "Your e-mail addresses: ", "Hannah@example.org, h@example.com")
    answer(wizard, "Your time zone [Europe/Berlin]: ")
    wizard.expect_exact("2) Deutsch")
    answer(wizard, "Language of your tasks [2]: ")
    wizard.expect(r"(\d+)\) Paper")
    assert wizard.match is not None
    number = wizard.match.group(1)  # type: ignore[union-attr]  # a match object after a pattern
    answer(wizard, "Service", str(number))
    answer(wizard, "Folder: ", str(home / "nowhere"))
    answer(wizard, "Password: ", "wrong")
    wizard.expect_exact("There is no such folder.")
    answer(wizard, f"Folder [{home / 'nowhere'}]: ", str(home / "cupboard"))
    answer(wizard, "Password: ", "wrong")
    wizard.expect_exact("The password is wrong.")
    answer(wizard, f"Folder [{home / 'cupboard'}]: ")
    answer(wizard, "Password: ", "open sesame")
    wizard.expect_exact(f"Lists in {home / 'cupboard'}")


def test_from_nothing_to_an_account_that_rings(wizard: Wizard, tmp_path: Path) -> None:
    until_the_list(wizard, tmp_path)
    wizard.expect_exact("2) The list Interviews")
    answer(wizard, "List [1]: ", "2")
    answer(wizard, "Name [paper-my-desk]: ", "my desk")
    wizard.expect_exact("letters, digits, dots, dashes and underscores")
    answer(wizard, "Name [my desk]: ", "desk")
    wizard.expect_exact("Afterview: test ring")
    answer(wizard, "Try it now [Y/n]: ")
    wizard.expect_exact("It should ring at 13:01")
    answer(wizard, "Did your phone ring [Y/n]: ", "n")
    wizard.expect(r"choose\s+a\s+task\s+app")
    answer(wizard, "ring once more [y/N]: ", "y")
    answer(wizard, "Did your phone ring [Y/n]: ", "n")
    answer(wizard, "ring once more [y/N]: ", "n")
    wizard.expect_exact("1) soft")
    answer(wizard, "Try [0]: ", "1")
    answer(wizard, "Did your phone ring [Y/n]: ", "y")
    answer(wizard, "Set up another account, such as a second calendar [y/N]: ")
    wizard.expect_exact("`afterview service install` keeps it going by itself")
    wizard.expect(pexpect.EOF)
    wizard.close()
    assert wizard.exitstatus == 0

    text = (tmp_path / CONFIG).read_text("utf-8")
    assert 'emails = ["hannah@example.org", "h@example.com"]' in text.replace("Hannah", "hannah")
    assert 'language = "de"' in text
    assert 'task_list = "Interviews"' in text
    assert 'ring_profile = "soft"' in text
    assert 'to = "desk"' in text
    assert "open sesame" not in text
    assert stat.S_IMODE((tmp_path / CONFIG.parent / "secrets" / "desk-password").stat().st_mode) == 0o600
    events = [line.split(" ", 2) for line in journal(tmp_path)]
    assert [event[:2] for event in events] == [
        ["created", "loud"],
        ["deleted", "loud"],
        ["created", "loud"],
        ["deleted", "loud"],
        ["created", "soft"],
        ["deleted", "soft"],
    ]
    assert json.loads(events[0][2])["ring_at"] == "2026-03-02T12:01:00+00:00"
    assert list((tmp_path / "cupboard" / "Interviews").iterdir()) == []
    assert paper(tmp_path, "doctor").code == 0


@pytest.mark.parametrize("how", ["interrupt", "end of input"])
def test_leaving_in_the_middle_leaves_nothing(wizard: Wizard, tmp_path: Path, how: str) -> None:
    until_the_list(wizard, tmp_path)
    wizard.expect_exact("List [1]: ")
    if how == "interrupt":
        wizard.sendintr()
    else:
        wizard.sendeof()
    wizard.expect_exact("Stopped; nothing was stored.")
    wizard.expect(pexpect.EOF)
    wizard.close()
    assert wizard.exitstatus == 130
    assert not (tmp_path / ".config").exists()


def test_leaving_during_the_test_ring_takes_the_task_away_and_keeps_the_account(wizard: Wizard, tmp_path: Path) -> None:
    until_the_list(wizard, tmp_path)
    answer(wizard, "List [1]: ", "2")
    answer(wizard, "Name [paper-my-desk]: ")
    answer(wizard, "Try it now [Y/n]: ")
    wizard.expect_exact("Did your phone ring [Y/n]: ")
    wizard.sendintr()
    wizard.expect(pexpect.EOF)
    wizard.close()
    assert wizard.exitstatus == 130
    assert [line.split(" ", 1)[0] for line in journal(tmp_path)] == ["created", "deleted"]
    assert 'id = "paper-my-desk"' in (tmp_path / CONFIG).read_text("utf-8")


def test_a_time_zone_that_does_not_exist_is_asked_again(wizard: Wizard) -> None:
    answer(wizard, "Your e-mail addresses: ", '["hannah@example.org", "h@example.com"]')
    answer(wizard, "Your time zone [Europe/Berlin]: ")
    answer(wizard, "Language of your tasks [2]: ")
    wizard.expect_exact("Type e-mail addresses with commas between them.")
    answer(wizard, "Your e-mail addresses [", "hannah@example.org")
    answer(wizard, "Your time zone [Europe/Berlin]: ", "Berlin")
    answer(wizard, "Language of your tasks [2]: ", "9")
    answer(wizard, "Language of your tasks [2]: ", "1")
    wizard.expect_exact("it must be the name of a time zone")
    answer(wizard, "Your e-mail addresses [hannah@example.org]: ")
    wizard.expect_exact("Your time zone [Berlin]: ")


def test_an_account_can_be_rung_again(wizard: Wizard, tmp_path: Path) -> None:
    until_the_list(wizard, tmp_path)
    answer(wizard, "List [1]: ", "2")
    answer(wizard, "Name [paper-my-desk]: ", "desk")
    answer(wizard, "Try it now [Y/n]: ", "n")
    answer(wizard, "Set up another account, such as a second calendar [y/N]: ")
    wizard.expect(pexpect.EOF)
    again = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "accounts", "test", "desk", "--ring", "--no-color"],
        env={**environment(tmp_path), **SITE, "AFTERVIEW_NOW": NOW},
        encoding="utf-8",
        timeout=20,
        dimensions=(50, 160),
        cwd=str(tmp_path),
    )
    answer(again, "Try it now [Y/n]: ")
    answer(again, "Did your phone ring [Y/n]: ", "n")
    answer(again, "ring once more [y/N]: ")
    answer(again, "Try [0]: ", "1")
    answer(again, "Did your phone ring [Y/n]: ", "y")
    again.expect(pexpect.EOF)
    again.close()
    assert again.exitstatus == 0
    assert 'ring_profile = "soft"' in (tmp_path / CONFIG).read_text("utf-8")
    assert paper(tmp_path, "accounts", "test", "--ring").code == 2
