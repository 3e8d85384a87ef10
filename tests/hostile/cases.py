"""Hostile and broken input as data: what it is, by which door it comes in, and what must happen.

tests/data/hostile/DOOR.toml holds the cases of one door. A case is a table:

    name, what      a name of its own; what it is, in words
    given           a text, or a list of pieces: a text, { repeat = "x", times = 9 }, { numbered = "x#", times = 9 } with
                    the number for "#", { hex = "fffe" }, { gzip = "x", times = 9 }. What is large is made here and never
                    stands in a file
    ...             how it is put before the door (`SETTINGS`), and what must happen: everything else
"""

import gzip
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "data" / "hostile"
SETTINGS = frozenset(("whole", "raw", "page", "reads", "file"))


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `settings`: how it is put before its door. `expected`: what must happen, by the names of the door."""

    door: str
    name: str
    what: str
    given: Any
    settings: Mapping[str, Any]
    expected: Mapping[str, Any]

    def data(self) -> bytes:
        """Return what comes in."""
        pieces = self.given if isinstance(self.given, list) else [self.given]
        return b"".join(_bytes(piece) for piece in pieces)

    def text(self) -> str:
        """Return what comes in, as text."""
        return self.data().decode("utf-8", "surrogateescape")


def doors() -> list[str]:
    """Return the names of all doors."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def cases(door: str) -> Iterator[Case]:
    """Yield the cases of a door."""
    tables = tomllib.loads((FOLDER / f"{door}.toml").read_text("utf-8"))
    for table in tables["case"]:
        rest = {key: value for key, value in table.items() if key not in {"name", "what", "given"}}
        settings = {key: rest.pop(key) for key in SETTINGS & rest.keys()}
        yield Case(door, table["name"], table["what"], table["given"], settings, rest)


def _bytes(piece: Any) -> bytes:
    match piece:
        case str():
            return piece.encode()
        case {"hex": digits}:
            return bytes.fromhex(digits)
        case {"gzip": text, "times": times}:
            return gzip.compress(str(text).encode() * int(times), mtime=0)
        case {"repeat": text, "times": times}:
            return str(text).encode() * int(times)
        case {"numbered": text, "times": times}:
            return "".join(str(text).replace("#", str(number)) for number in range(int(times))).encode()
        case _:
            raise ValueError(piece)
