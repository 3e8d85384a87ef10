from datetime import UTC, datetime

import pytest

from afterview.cli.options import Options
from afterview.cli.output import Output
from afterview.cli.times import written

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


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_loses_columns_but_no_time_and_no_title(
    capsys: pytest.CaptureFixture[str], width: int
) -> None:
    title, time = "Thank Sofia Costa and everybody else at Nordwind for the talk", "Wed 30 Sep 2026 18:00"
    out = Output(Options(), terminal=True, environ={"NO_COLOR": "1"}, width=width)
    columns = ("due", "follow-up", "whom", "key")
    out.table(columns, [(time, title, "Sofia Costa", "t-01234567")], drop=("key", "whom"), wrap="follow-up")
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= width
    assert time in text
    assert "KEY" not in text or width == 80
    assert "…" not in text
    assert all(word in text for word in title.split())


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("20261121T075000Z", "Sat 21 Nov 08:50"),
        ("2026-11-21T07:50:00+00:00", "Sat 21 Nov 08:50"),
        ("TZID=America/New_York:20261121T075000", "Sat 21 Nov 13:50"),
        ("20261121T075000", "Sat 21 Nov 07:50"),
        ("20261121T000000", "Sat 21 Nov"),
        ("20270121", "Thu 21 Jan 2027"),
        ("TZID=Nowhere/None:20261121T075000", "TZID=Nowhere/None:20261121T075000"),
        ("soon", "soon"),
    ],
)
def test_a_time_as_an_event_wrote_it_is_shown_as_the_users(raw: str, words: str) -> None:
    assert written(raw, "Europe/Berlin", datetime(2026, 3, 1, tzinfo=UTC)) == words
