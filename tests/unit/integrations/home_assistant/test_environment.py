"""What happens to the tests of the component where their Python is missing."""

import re
from pathlib import Path

import pytest

from tests.home_assistant.environment import candidates, chosen

ROOT = Path(__file__).parents[4]


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


def test_without_the_right_python_the_run_fails_and_says_what_to_install(tmp_path: Path) -> None:
    other = script(tmp_path / "python3.13", "exit 1")
    with pytest.raises(SystemExit) as failed:
        chosen(["", str(tmp_path / "nowhere"), other])
    words = str(failed.value.code)  # a text is said on standard error, and ends with 1
    assert "need Python 3.13, and none was found" in words
    assert all(way in words for way in ("python3.13-venv", "pyenv install 3.13", "PYTHON313"))


def test_the_first_that_works_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = script(tmp_path / "mine", "exit 0")
    monkeypatch.setenv("PYTHON313", right)
    assert chosen(candidates()) == right


def test_the_run_needs_it_and_skips_nothing() -> None:
    (line,) = (
        line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if line.startswith("test-home-assistant:")
    )
    assert "$(HA_VENV)/.ready" in line
    for path in (ROOT / "tests" / "home_assistant").glob("*.py"):
        assert not re.search(r"skip(if)?\(", path.read_text("utf-8")), path
