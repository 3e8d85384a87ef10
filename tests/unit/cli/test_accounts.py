from pathlib import Path

import pexpect
import pytest

from tests.running import COMMAND, environment
from tests.unit.cli.paper import ME, NOW, SITE, cupboard, journal, paper

CONFIG = Path(".config/afterview/config.toml")
KEPT = CONFIG.parent / "secrets" / "desk-password"
ACCOUNT = (
    ME + '[[account]]\nid = "desk"  # mine\nintegration = "paper"\npath = "{path}"\n'
    'password = { file = "secrets/desk-password" }\n'
    'task_list = "Interviews"\nring_profile = "soft"\n[deliver]\nto = "desk"\n'
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home where the account `desk` is set up."""
    (tmp_path / KEPT.parent).mkdir(parents=True)
    (tmp_path / KEPT).write_text("open sesame\n", "utf-8")
    (tmp_path / KEPT).chmod(0o600)
    configure(tmp_path, ACCOUNT)
    cupboard(tmp_path)
    return tmp_path


def configure(home: Path, text: str) -> None:
    (home / CONFIG).write_text(text.replace("{path}", str(home / "cupboard")), "utf-8")


def answers(home: Path, text: str) -> tuple[str, str]:
    (home / "answers.toml").write_text(text, "utf-8")
    return "--answers", "answers.toml"


def test_list_says_what_each_account_is_for(home: Path) -> None:
    assert paper(home, "accounts", "list", "--json").json == [
        {
            "id": "desk",
            "integration": "paper",
            "roles": ["task_list"],
            "calendars": [],
            "task_list": "Interviews",
            "address_book": None,
            "receives": True,
        }
    ]
    assert "Interviews" in paper(home, "accounts", "list").out


def test_a_connection_that_works(home: Path) -> None:
    ran = paper(home, "accounts", "test", "desk", "--json")
    assert ran.code == 0
    assert ran.json == [
        {"account": "desk", "what": "task list Interviews", "state": "ok", "words": "It can be read; 0 entries."}
    ]
    assert journal(home) == []


@pytest.mark.parametrize(
    ("password", "folder", "code", "state", "words"),
    [
        ("wrong", "", 3, "reauth", "sign in again"),
        ("open sesame", "/nowhere", 4, "waiting", "try later"),
        ("", "", 2, "error", "is empty"),
    ],
)
def test_each_failure_is_one_line_with_its_code(
    home: Path, password: str, folder: str, code: int, state: str, words: str
) -> None:
    (home / KEPT).write_text(password, "utf-8")
    if folder:
        configure(home, ACCOUNT.replace("{path}", folder))
    ran = paper(home, "accounts", "test", "--json")
    assert ran.code == code
    assert [row["state"] for row in ran.json] == [state]
    assert words in ran.json[0]["words"]


def test_an_account_that_does_not_exist(home: Path) -> None:
    for command in ("test", "reauth", "reconfigure", "remove"):
        ran = paper(home, "accounts", command, "desc")
        assert ran.code == 2
        assert "accounts: desk" in ran.err


@pytest.mark.parametrize("command", ["reauth", "reconfigure", "remove"])
def test_an_account_that_is_not_named_is_asked_for(home: Path, command: str) -> None:
    ran = paper(home, "accounts", command)
    assert ran.code == 2
    assert "Missing argument 'ID'" in ran.err


def test_what_is_to_be_done_stands_beside_the_failure(home: Path) -> None:
    (home / KEPT).write_text("wrong", "utf-8")
    for arguments in (("accounts", "test"), ("sync",), ("status",)):
        assert "Run `afterview accounts reauth desk`." in paper(home, *arguments).out


def test_a_list_that_is_chosen_later_receives_the_follow_ups(home: Path) -> None:
    configure(home, ACCOUNT.partition("task_list")[0])
    for arguments in (("sync",), ("status",)):
        ran = paper(home, *arguments)
        assert "No list receives your follow-ups yet" in ran.out + ran.err
    text = f'[answers]\npath = "{home / "cupboard"}"\npassword = "open sesame"\ntask_list = "Errands"\n'
    ran = paper(home, "accounts", "reconfigure", "desk", *answers(home, text))
    assert (ran.code, "No list" in ran.err) == (0, False)
    assert 'to = "desk"' in (home / CONFIG).read_text("utf-8")
    assert "No list" not in paper(home, "status").out


def test_signing_in_again_replaces_the_secret_and_nothing_else(home: Path) -> None:
    (home / KEPT).write_text("old\n", "utf-8")
    before = (home / CONFIG).read_text("utf-8")
    ran = paper(home, "accounts", "reauth", "desk", *answers(home, '[answers]\npassword = "open sesame"\n'))
    assert ran.code == 0, ran.err
    assert (home / KEPT).read_text("utf-8") == "open sesame\n"
    assert (home / CONFIG).read_text("utf-8") == before
    assert paper(home, "accounts", "test").code == 0


def test_a_wrong_new_password_changes_nothing(home: Path) -> None:
    before = (home / CONFIG).read_text("utf-8")
    ran = paper(home, "accounts", "reauth", "desk", *answers(home, '[answers]\npassword = "wrong"\n'))
    assert ran.code == 3
    assert (home / CONFIG).read_text("utf-8") == before
    assert (home / KEPT).read_text("utf-8") == "open sesame\n"


@pytest.mark.parametrize(
    ("pointer", "where"),
    [
        ('{ env = "PAPER" }', "an environment variable"),
        ('{ command = ["pass", "paper"] }', "a command"),
        ('{ file = "mine" }', "a file of yours"),
    ],
)
def test_a_secret_that_is_kept_elsewhere_is_changed_there(home: Path, pointer: str, where: str) -> None:
    configure(home, ACCOUNT.replace('{ file = "secrets/desk-password" }', pointer))
    ran = paper(home, "accounts", "reauth", "desk", *answers(home, '[answers]\npassword = "open sesame"\n'))
    assert ran.code == 2
    assert f"comes from {where}; change it there" in ran.err


def test_reconfiguring_changes_the_list_and_keeps_comments(home: Path) -> None:
    text = f'[answers]\npath = "{home / "cupboard"}"\npassword = "open sesame"\ntask_list = "Errands"\n'
    ran = paper(home, "accounts", "reconfigure", "desk", *answers(home, text))
    assert ran.code == 0, ran.err
    written = (home / CONFIG).read_text("utf-8")
    assert 'task_list = "Errands"' in written
    assert "# mine" in written
    assert "open sesame" not in written


def test_remove_takes_the_account_its_secret_and_the_delivery(home: Path) -> None:
    ran = paper(home, "accounts", "remove", "desk", "--yes")
    assert ran.code == 0, ran.err
    assert "was not touched" in ran.err
    written = (home / CONFIG).read_text("utf-8")
    assert "desk" not in written
    assert 'emails = ["hannah@example.org"]' in written
    assert not (home / KEPT).exists()
    assert paper(home, "doctor").code == 0


def test_remove_asks_first(home: Path) -> None:
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "accounts", "remove", "desk"],
        env={**environment(home), **SITE, "AFTERVIEW_NOW": NOW},
        encoding="utf-8",
        timeout=20,
    )
    child.expect_exact("Remove the account desk?")
    child.sendline("n")
    child.expect_exact("nothing was removed")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert "desk" in (home / CONFIG).read_text("utf-8")


def test_completion_offers_the_accounts(home: Path) -> None:
    ran = paper(home, _AFTERVIEW_COMPLETE="bash_complete", COMP_WORDS="afterview accounts test d", COMP_CWORD="3")
    assert ran.out == "plain,desk\n"


def test_completion_is_silent_where_the_configuration_is_wrong(home: Path) -> None:
    configure(home, "[snc]")
    ran = paper(home, _AFTERVIEW_COMPLETE="bash_complete", COMP_WORDS="afterview accounts test d", COMP_CWORD="3")
    assert (ran.out.strip(), ran.err) == ("", "")
