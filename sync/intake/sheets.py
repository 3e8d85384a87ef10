"""A table of past applications, as people keep it in a spreadsheet, to rows by what each column means.

The first line names the columns, in any order and in four languages (`columns.toml`); comma, semicolon or tab between them.
"""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..identity import plain
from ..model import Outcome
from ..sheet import FORMULA, HEADER
from ..text import one_line, paragraphs
from ..wording import outcome_word

MOST_ROWS = 20_000
_SEPARATORS = (",", ";", "\t")
_LONG = {"advice": 4000, "note": 4000}
_CELL = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `cells` by what the column means, empty ones left out; `problem` says why it cannot be read."""

    number: int
    cells: Mapping[str, str]
    problem: str = ""

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read. `ignored` are the columns that nobody knows."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...]


def read_sheet(text: str, name: str) -> Sheet:
    """Read a table, called `name` in what is said. Raises ConfigError where it is none or has no column for the company."""
    body, skipped, separators = _said_separator(text)
    found: list[tuple[int, str]] = []
    for separator in separators:
        try:
            header = next(_records(body, separator, name), (0, []))[1]
        except ConfigError:  # quotes stand elsewhere than this separator has them
            header = []
        found.append((len(_meanings(header)), separator))
    known, separator = max(found, key=lambda one: one[0])
    records = _records(body, separator, name, skipped)
    _, header = next(records, (0, []))
    folded = {_folded(cell) for cell in header}
    if set(HEADER) <= folded:
        raise ConfigError(
            f"{name} is a table that `afterview export --csv` wrote; only its JSON form can be taken over."
        )
    meanings = _meanings(header)
    if not known or "company" not in meanings.values():
        raise ConfigError(
            f"{name} is not what `afterview export` writes, holds no cards, and as a table it has no column for the company "
            "in its first line."
        )
    ignored = tuple(one_line(cell, 60) for at, cell in enumerate(header) if at not in meanings and cell.strip())
    return Sheet(tuple(_rows(records, header, meanings, name)), ignored)


def outcome_in(cell: str) -> Outcome | None:
    """Read the outcome in a cell, None for "open" and the like. Raises ValueError for a word that nobody knows."""
    folded = _folded(cell)
    if not folded or folded in _words()["open"]:
        return None
    for outcome in Outcome:
        if folded in _words().get(outcome.value, ()):
            return outcome
    word = outcome_word(cell)
    if word is None:
        raise ValueError(cell)
    return word


def _said_separator(text: str) -> tuple[str, int, Sequence[str]]:
    """Return the text without a first line "sep=;", how many lines that took, and the separators to try."""
    first, _, rest = text.partition("\n")
    said = first.strip("\r\ufeff").lower()
    if said.startswith("sep=") and said[4:] in _SEPARATORS:
        return rest, 1, (said[4:],)
    return text, 0, _SEPARATORS


def _records(text: str, separator: str, name: str, skipped: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that are not empty, each with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        number = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ConfigError(f"{name}, line {number}: this is no table ({error}); nothing was taken over.") from None
        if any(cell.strip() for cell in cells):
            yield number, cells


def _rows(
    records: Iterator[tuple[int, list[str]]], header: Sequence[str], meanings: Mapping[int, str], name: str
) -> Iterator[Row]:
    for count, (number, cells) in enumerate(records, start=1):
        if count > MOST_ROWS:
            raise ConfigError(f"{name} has more than {MOST_ROWS} lines; divide it.")
        if any(cell.strip() for cell in cells[len(header) :]):
            yield Row(number, {}, "it has more cells than the first line; a cell that holds the separator needs quotes")
            continue
        filled = {meaning: _clean(cells[at], meaning) for at, meaning in meanings.items() if at < len(cells)}
        yield Row(number, {meaning: cell for meaning, cell in filled.items() if cell})


def _clean(cell: str, meaning: str) -> str:
    if cell.startswith("'") and cell[1:].startswith(FORMULA):  # how a table keeps a spreadsheet from reckoning
        cell = cell[1:]
    if meaning in _LONG:
        return paragraphs(cell, _LONG[meaning]).strip()
    return one_line(cell, _CELL)


def _meanings(header: Sequence[str]) -> dict[int, str]:
    """Return place -> meaning of the columns that are known; of two with one meaning the first counts."""
    found: dict[int, str] = {}
    for at, cell in enumerate(header):
        meaning = _columns().get(_folded(cell))
        if meaning and meaning not in found.values():
            found[at] = meaning
    return found


def _folded(words: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in plain(words[:_CELL])).split())


@cache
def _columns() -> Mapping[str, str]:
    return {_folded(word): meaning for meaning, words in _table()["columns"].items() for word in words}


@cache
def _words() -> Mapping[str, frozenset[str]]:
    return {outcome: frozenset(map(_folded, words)) for outcome, words in _table()["outcomes"].items()}


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("columns.toml").read_text("utf-8"))
