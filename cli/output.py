"""What commands print: tables and colour on a terminal, plain text in a pipe, JSON when asked for.

Everything that came from outside passes through `sync.text` here, in one place, before a terminal sees it.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap as wrap_text
from typing import Any

import click

from afterview.sync.text import one_line, paragraphs

from .options import Options, options

GAP = "  "
NARROWEST = 12  # no column is cut below this
READABLE = 24  # what a column of words should have before another one is left out for it
TIMES = {"when", "due", "rings", "starts", "last good pass"}  # half a time is a wrong one
COLORS = {
    "ok": "green",
    "yes": "green",
    "done": "green",
    "ask": "yellow",
    "not reachable": "yellow",
    "warning": "yellow",
}
ALARMING = {"error", "sign in again", "refused", "gone", "held"}


class Output:
    """Prints for one command."""

    def __init__(self, chosen: Options, *, terminal: bool, environ: Mapping[str, str], width: int) -> None:
        self.json_wanted = chosen.json
        self.quiet = chosen.verbosity < 0
        self.verbosity = chosen.verbosity
        self.terminal = terminal
        self.color = terminal and chosen.color and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        self.width = width if terminal else 10_000

    def json(self, value: Any) -> None:
        """Print one JSON document. Only ASCII, so no text from outside can act on a terminal."""
        click.echo(json.dumps(value, indent=2))

    def json_line(self, value: Any) -> None:
        """Print one JSON value on one line."""
        click.echo(json.dumps(value))

    def say(self, text: str = "") -> None:
        """Print a line that was asked for."""
        click.echo(paragraphs(text))

    def say_how(self, before: str, word: str, after: str) -> None:
        """Print a line with a word in it that says how something stands."""
        click.echo(paragraphs(before) + self.word(one_line(word)) + paragraphs(after), color=self.color)

    def note(self, text: str) -> None:
        """Print a remark on standard error: not in the way of a pipe, and silent with -q."""
        if not self.quiet:
            click.echo(paragraphs(text), err=True)

    def heading(self, text: str) -> None:
        """Print a title over what follows."""
        click.echo(self._styled(one_line(text), bold=True))

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        empty: str = "",
        *,
        drop: Sequence[str] = (),
        wrap: str = "",
    ) -> None:
        """Print rows under their columns; a pipe gets them whole. `empty` is said for none.

        On a terminal that is too narrow the columns of `drop` are left out in their order, the column `wrap` goes on in
        a second line, the others are cut; a time is never cut.
        """
        cells = [[one_line(str(cell), 500) for cell in row] for row in rows]
        if not cells:
            if empty:
                self.say(empty)
            return
        shown = self._chosen([list(columns), *cells], drop)
        columns = shown[0]
        widths = self._widths(shown)
        self._row([column.upper() for column in columns], widths, heading=True)
        for row in shown[1:]:
            for line in _wrapped(row, columns.index(wrap), widths) if wrap in columns else (row,):
                self._row(line, widths)

    def word(self, word: str) -> str:
        """Colour a word that says how something stands."""
        color = "red" if word in ALARMING else COLORS.get(word)
        return self._styled(word, fg=color) if color else word

    def _row(self, row: Sequence[str], widths: Sequence[int], *, heading: bool = False) -> None:
        parts: list[str] = []
        for cell, width in zip(row, widths, strict=True):
            cut = cell if len(cell) <= width else cell[: width - 1] + "…"
            shown = self._styled(cut, bold=True) if heading else self.word(cut)
            parts.append(shown + " " * (width - len(cut)))
        click.echo(GAP.join(parts).rstrip(), color=self.color)

    def _chosen(self, table: list[list[str]], drop: Sequence[str]) -> list[list[str]]:
        """Leave out columns until the others have room to be read."""
        for column in drop:
            needed = [
                min(wide, wide if name in TIMES else READABLE)
                for name, wide in zip(table[0], _natural(table), strict=True)
            ]
            if _total(needed) <= self.width:
                break
            at = table[0].index(column)
            table = [row[:at] + row[at + 1 :] for row in table]
        return table

    def _widths(self, table: Sequence[Sequence[str]]) -> list[int]:
        widths = _natural(table)
        while _total(widths) > self.width:
            widest = max(
                (n for n, name in enumerate(table[0]) if name not in TIMES), key=lambda n: widths[n], default=0
            )
            if widths[widest] <= NARROWEST or table[0][widest] in TIMES:
                break
            widths[widest] -= 1
        return widths

    def _styled(self, text: str, **style: Any) -> str:
        return click.style(text, **style) if self.color else text


def _natural(table: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(row[column]) for row in table) for column in range(len(table[0]))]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _wrapped(row: Sequence[str], at: int, widths: Sequence[int]) -> Iterator[list[str]]:
    """Yield the lines of a row whose cell `at` is as long as it is."""
    for number, part in enumerate(wrap_text(row[at], widths[at]) or [""]):
        yield [part if column == at else cell if number == 0 else "" for column, cell in enumerate(row)]


def output() -> Output:
    """Return the output of the running command."""
    terminal = sys.stdout.isatty()
    return Output(options(), terminal=terminal, environ=os.environ, width=_width() if terminal else 0)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns
