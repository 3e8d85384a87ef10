import stat
from pathlib import Path

import pytest

from tests.unit.cli.paper import ME, cupboard, journal, paper

ANSWERS = (
    'integration = "paper"\n'
    + ME
    + '[answers]\npath = "{path}"\npassword = {{ env = "PAPER" }}\ntask_list = "Interviews"\n'
)
CONFIG = Path(".config/afterview/config.toml")


def set_up(home: Path, text: str = ANSWERS, **environ: str) -> tuple[int, str]:
    path = home / "cupboard" if (home / "cupboard").exists() else cupboard(home)
    (home / "answers.toml").write_text(text.format(path=path), "utf-8")
    ran = paper(home, "setup", "--answers", "answers.toml", **{"PAPER": "open sesame", **environ})
    return ran.code, ran.err


def test_answers_make_an_account_that_works(tmp_path: Path) -> None:
    assert set_up(tmp_path)[0] == 0
    text = (tmp_path / CONFIG).read_text("utf-8")
    assert 'password = {env = "PAPER"}' in text
    assert 'to = "paper-my-desk"' in text
    assert 'language = "de"' in text
    assert "open sesame" not in text
    assert stat.S_IMODE((tmp_path / CONFIG).stat().st_mode) == 0o600
    doctor = paper(tmp_path, "doctor", PAPER="open sesame")
    assert doctor.code == 0, doctor.out
    assert journal(tmp_path) == []


def test_a_password_in_the_answers_is_put_away(tmp_path: Path) -> None:
    text = ANSWERS.replace('{{ env = "PAPER" }}', '"open sesame"')
    assert set_up(tmp_path, text)[0] == 0
    assert "open sesame" not in (tmp_path / CONFIG).read_text("utf-8")
    kept = tmp_path / CONFIG.parent / "secrets" / "paper-my-desk-password"
    assert kept.read_text("utf-8") == "open sesame\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_second_account_keeps_comments_and_the_first(tmp_path: Path) -> None:
    set_up(tmp_path)
    path = tmp_path / CONFIG
    path.write_text(path.read_text("utf-8").replace("[deliver]", "# mine\n[deliver]  # where to"), "utf-8")
    other = tmp_path / "other"
    (other / "Work").mkdir(parents=True)
    text = ANSWERS.replace("{path}", str(other)).replace("Interviews", "Work").replace("[me]", 'id = "work"\n[me]')
    assert set_up(tmp_path, text)[0] == 0
    written = path.read_text("utf-8")
    assert "# mine\n" in written
    assert "# where to" in written
    assert 'to = "paper-my-desk"' in written
    assert 'id = "work"' in written


def test_the_same_account_twice_is_refused(tmp_path: Path) -> None:
    set_up(tmp_path)
    before = (tmp_path / CONFIG).read_text("utf-8")
    code, said = set_up(tmp_path, ANSWERS.replace("[me]", 'id = "again"\n[me]'))
    assert code == 3
    assert "set up already as paper-my-desk" in said
    assert (tmp_path / CONFIG).read_text("utf-8") == before


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (("Interviews", "Nowhere"), 2, "task_list is not to be had; one of The list Errands, The list Interviews"),
        (('path = "{path}"', 'path = "/nowhere"'), 3, "path: There is no such folder."),
        (('{{ env = "PAPER" }}', '"wrong"'), 3, "The password is wrong."),
        (('{{ env = "PAPER" }}', '{{ env = "NOT_SET" }}'), 2, "NOT_SET, which is not set"),
        (("task_list", "taks_list"), 2, "no step asked for taks_list; asked was password, path, task_list"),
        (('path = "{path}"\n', ""), 2, "an answer for path is needed"),
        (("[answers]", "[answers]\ncolour = 3"), 2, "no step asked for colour"),
        (("[me]", "[you]"), 2, '"you" is not a key of the answers'),
        (('integration = "paper"', 'integration = "stone"'), 2, 'no integration "stone"; there are'),
        (('"Interviews"', "3"), 2, "task_list must be a text"),
        (("Europe/Berlin", "Berlin"), 2, "time_zone: That cannot be used: it must be the name of a time zone"),
        (("[me]", 'id = "a b"\n[me]'), 2, "letters, digits, dots"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_stored(
    tmp_path: Path, change: tuple[str, str], code: int, words: str
) -> None:
    ended, said = set_up(tmp_path, ANSWERS.replace(*change))
    assert words in said
    assert said.count("\n") == 1
    assert ended == code
    assert not (tmp_path / CONFIG).exists()
    assert not (tmp_path / CONFIG.parent / "secrets").exists()


def test_without_a_terminal_setup_says_what_to_do(tmp_path: Path) -> None:
    ran = paper(tmp_path, "setup", "paper")
    assert ran.code == 2
    assert "--answers FILE" in ran.err


def test_a_broken_configuration_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / CONFIG
    path.parent.mkdir(parents=True)
    path.write_text(ME + "[snc]\n", "utf-8")
    code, said = set_up(tmp_path)
    assert code == 2
    assert "did you mean sync" in said
    assert path.read_text("utf-8") == ME + "[snc]\n"


def test_a_configuration_that_is_a_link_stays_one(tmp_path: Path) -> None:
    dotfiles = tmp_path / "dotfiles.toml"
    dotfiles.write_text("# from my dotfiles\n" + ME, "utf-8")
    path = tmp_path / CONFIG
    path.parent.mkdir(parents=True)
    path.symlink_to(dotfiles)
    assert set_up(tmp_path)[0] == 0
    assert path.is_symlink()
    assert "[[account]]" in dotfiles.read_text("utf-8")


def test_a_configuration_that_cannot_be_written_leaves_no_secret_behind(tmp_path: Path) -> None:
    path = tmp_path / CONFIG
    path.parent.mkdir(parents=True)
    (tmp_path / "file").touch()
    path.symlink_to(tmp_path / "file" / "config.toml")
    code, said = set_up(tmp_path, ANSWERS.replace('{{ env = "PAPER" }}', '"open sesame"'))
    assert code == 2
    assert "cannot be written" in said
    assert list((path.parent / "secrets").iterdir()) == []
