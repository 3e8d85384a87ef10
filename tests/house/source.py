"""The source tree as the house tests see it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("sync", "integrations", "cli")


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement. `name` is absolute ("afterview.sync.text.one_line"), whichever way it was written."""

    file: Path
    line: int
    name: str
    relative: bool

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} {self.name}"


def files(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms or ROOMS for path in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[Import]:
    """Yield every import of a file, also those inside functions."""
    package = ("afterview", *path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name, relative=False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            for alias in node.names:
                yield Import(path, node.lineno, f"{module}.{alias.name}", relative=bool(node.level))


def all_imports(*rooms: str) -> list[Import]:
    return [one for path in files(*rooms) for one in imports(path)]
