import stat
from pathlib import Path

import click
import pytest

from afterview.cli import app as commands
from afterview.cli import exits
from afterview.cli.options import Command
from afterview.sync.errors import AfterviewError, AuthFailed, Busy, ConfigError, DeletionsHeld, NotReady, StateError

SECRET = "hunter22 of hannah@example.org"


def failing(error: BaseException) -> click.Command:
    @click.command("doctor", cls=Command)
    def command() -> None:
        raise error

    return command


@pytest.fixture
def end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> "End":
    return End(monkeypatch, tmp_path, capsys)


class End:
    """Runs a command that ends in an error and keeps what was said."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.patch, self.state, self.capsys = monkeypatch, state, capsys

    def of(self, error: BaseException, *options: str) -> tuple[int, str]:
        command = failing(error)

        def get_command(*_: object) -> click.Command:
            return command

        self.patch.setattr(commands.Root, "get_command", get_command)
        code = exits.outcome(["--state-dir", str(self.state), *options, "doctor"])
        return code, self.capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("config.toml: no."), 2),
        (AuthFailed("home: sign in again."), 3),
        (NotReady("home: later."), 4),
        (DeletionsHeld("held."), 5),
        (Busy("busy."), 6),
        (StateError("no disk."), 7),
    ],
)
def test_every_expected_error_is_its_sentence_and_its_code(end: End, error: AfterviewError, code: int) -> None:
    assert end.of(error) == (code, f"afterview: {error}\n")


def test_an_interrupt_is_said_calmly(end: End) -> None:
    for error in (KeyboardInterrupt(), click.Abort()):
        code, said = end.of(error)
        assert code == 130
        assert "nothing is half done" in said


def test_a_sentence_cannot_act_on_the_terminal(end: End) -> None:
    _, said = end.of(ConfigError("a\x1b[2Jb\nc"))
    assert said == "afterview: a b c\n"


def test_a_defect_leaves_a_report_without_anybodys_data(end: End) -> None:
    code, said = end.of(RuntimeError(SECRET))
    report = next((end.state / "reports").iterdir())
    assert code == 1
    assert str(report) in said
    assert "Nothing was lost" in said
    assert "Traceback" not in said
    assert SECRET not in said + report.read_text("utf-8")
    assert "RuntimeError" in report.read_text("utf-8")
    assert "test_exits.py" in report.read_text("utf-8")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_the_same_defect_again_has_the_same_report(end: End) -> None:
    end.of(RuntimeError("one"))
    end.of(RuntimeError("two"))
    assert len(list((end.state / "reports").iterdir())) == 1


def test_very_verbose_shows_where_it_happened(end: End) -> None:
    assert "test_exits.py" in end.of(RuntimeError(SECRET), "-vv")[1]
    assert "test_exits.py" not in end.of(RuntimeError(SECRET), "-v")[1]


def test_a_report_that_cannot_be_written_stops_nothing(end: End, tmp_path: Path) -> None:
    end.state = tmp_path / "file"
    end.state.touch()
    code, said = end.of(RuntimeError())
    assert code == 1
    assert "-vv" in said
