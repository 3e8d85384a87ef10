import os
import subprocess
from pathlib import Path

import pytest

from tests.running import COMMAND, afterview, environment

CONFIG = '[me]\nemails = ["hannah@example.org"]\ntime_zone = "Europe/Berlin"\n'
SERVICES = ("caldav", "niquests", "icalendar", "googleapiclient", "lxml", "sqlite3", "afterview.sync.engine")


def write_config(home: Path, text: str = CONFIG) -> Path:
    path = home / "config.toml"
    path.write_text(text, "utf-8")
    return path


def test_help_lists_commands_by_section_with_their_one_line(tmp_path: Path) -> None:
    ran = afterview(tmp_path, "--help")
    assert ran.code == 0
    assert "Care:" in ran.out
    assert "doctor" in ran.out
    assert "--state-dir DIR" in ran.out


def test_without_a_command_the_help_is_shown(tmp_path: Path) -> None:
    ran = afterview(tmp_path)
    assert ran.code == 2
    assert "Usage: afterview" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("doctr",), "no command 'doctr'; the nearest is doctor. See `afterview --help`."),
        (("doctor", "--jsn"), "--json"),
        (("doctor", "more"), "unexpected extra argument"),
        (("completion", "tcsh"), "'bash'"),
    ],
)
def test_a_mistyped_command_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    ran = afterview(tmp_path, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert ran.err.startswith("afterview: ")
    assert ran.err.count("\n") == 1


def test_global_options_stand_before_and_after_the_command(tmp_path: Path) -> None:
    config = str(write_config(tmp_path))
    before = afterview(tmp_path, "--config", config, "--json", "doctor")
    after = afterview(tmp_path, "doctor", "--json", "--config", config)
    assert before.json == after.json
    assert before.code == 0
    assert {found["subject"]: found["words"] for found in before.json}["configuration"] == config


def test_plain_text_in_a_pipe(tmp_path: Path) -> None:
    ran = afterview(tmp_path, "doctor")
    assert "\x1b" not in ran.out
    assert ran.out.startswith("STATE")


def test_a_reader_that_closes_the_pipe_is_no_error(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*COMMAND, "--help"], env=environment(tmp_path), stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("completion", "bash")])
def test_the_cheap_commands_load_no_service_and_no_engine(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code = (
        "import sys\nfrom afterview.cli.exits import outcome\n"
        f"outcome({list(arguments)!r})\n"
        f"sys.exit(' '.join(name for name in {SERVICES!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [COMMAND[0], "-c", code], env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == ""


def test_a_broken_clock_of_a_test_is_refused(tmp_path: Path) -> None:
    for wrong in ("yesterday", "2026-01-05T09:00:00"):
        ran = afterview(tmp_path, "doctor", AFTERVIEW_NOW=wrong)
        assert ran.code == 2
        assert "2026-01-05T09:00:00Z" in ran.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_and_how_to_use_it(tmp_path: Path, shell: str) -> None:
    ran = afterview(tmp_path, "completion", shell)
    assert ran.code == 0
    assert ran.out.startswith("# ")
    assert "_AFTERVIEW_COMPLETE" in ran.out


def test_completion_offers_commands(tmp_path: Path) -> None:
    ran = afterview(tmp_path, _AFTERVIEW_COMPLETE="bash_complete", COMP_WORDS="afterview doc", COMP_CWORD="1")
    assert ran.out == "plain,doctor\n"
