import pytest

from afterview.cli.options import Options
from afterview.cli.output import Output

ROWS = [("home", "ok", "x" * 60), ("feed", "refused", "\x1b[2Jevil\u202e")]


def printed(
    capsys: pytest.CaptureFixture[str],
    *,
    terminal: bool,
    width: int = 80,
    options: Options | None = None,
    **environ: str,
) -> str:
    out = Output(options or Options(), terminal=terminal, environ=environ, width=width)
    out.table(("account", "state", "words"), ROWS)
    return capsys.readouterr().out


def test_a_pipe_gets_plain_whole_text(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, terminal=False)
    assert "\x1b" not in text
    assert "x" * 60 in text
    assert text.splitlines()[0].split() == ["ACCOUNT", "STATE", "WORDS"]


def test_a_terminal_gets_colour_and_lines_that_fit(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, terminal=True, width=40)
    assert "\x1b[31mrefused" in text
    assert "…" in text
    assert "x" * 60 not in text


def test_colour_can_be_switched_off(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in printed(capsys, terminal=True, NO_COLOR="1")
    assert "\x1b" not in printed(capsys, terminal=True, TERM="dumb")
    assert "\x1b" not in printed(capsys, terminal=True, options=Options(color=False))


def test_what_came_from_outside_cannot_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for terminal in (True, False):
        text = printed(capsys, terminal=terminal)
        assert "\x1b[2J" not in text
        assert "\u202e" not in text
        assert "evil" in text


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    Output(Options(), terminal=False, environ={}, width=80).table(("a",), [], empty="Nothing yet.")
    assert capsys.readouterr().out == "Nothing yet.\n"


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    Output(Options(), terminal=True, environ={}, width=80).json(["\u202eé"])
    assert capsys.readouterr().out == '[\n  "\\u202e\\u00e9"\n]\n'
