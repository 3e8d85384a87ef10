"""Rooms are small, names say something, exceptions from the rules have reasons."""

import ast
import os
import re
import statistics
from pathlib import Path

from tests.house.source import ROOT, files

LONGEST = 400
VAGUE = {"utils", "util", "helpers", "helper", "manager", "misc", "common", "core", "base"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
EXCEPTION = re.compile(r"#\s*(noqa|type:\s*ignore|pyright:\s*ignore)\b(?P<rest>.*)")
REASON = re.compile(r"--\s*\S|\(\w|\]\s*#\s*\w")
MACHINE = re.compile(r"(?<![\w.])/(work|root|tmp/av)/|pypi\.org/simple|index-url")
TRACKED = (".py", ".toml", ".md", ".txt", ".json", ".yml", ".yaml")


def _everything() -> list[Path]:
    skipped = {
        ".git",
        ".venv",
        "dist",
        "build",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
        ".pytest_cache",
    }
    found: list[Path] = []
    for folder, folders, names in os.walk(ROOT):  # environments are being made beside us while this runs
        folders[:] = [name for name in folders if name not in skipped]
        found += [Path(folder, name) for name in names if Path(name).suffix in TRACKED]
    return found


def _functions(path: Path) -> list[int]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes if isinstance(node, kinds)]


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = [
        path
        for path in files("sync", "integrations", "cli", "tests")
        if len(path.read_text("utf-8").splitlines()) > LONGEST
    ]
    assert not long


def test_a_file_is_small_and_a_function_can_be_seen_whole() -> None:
    lengths = [len(path.read_text("utf-8").splitlines()) for path in files()]
    assert statistics.median(lengths) <= 150
    functions = sorted(length for path in files() for length in _functions(path))
    assert functions[int(len(functions) * 0.9)] <= 30


def test_no_room_has_a_name_that_says_nothing() -> None:
    assert not [path for path in files() if path.stem in VAGUE or path.parent.name in VAGUE]


def test_nothing_is_left_unfinished() -> None:
    assert not [path for path in files() if UNFINISHED.search(path.read_text("utf-8"))]


def test_every_exception_from_a_rule_has_its_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files("sync", "integrations", "cli", "tests")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (match := EXCEPTION.search(line)) and path != Path(__file__) and not REASON.search(match["rest"])
    ]
    assert not bare


def test_there_is_a_broad_except_on_the_way_out_and_round_each_account_only() -> None:
    broad = [
        f"{path.relative_to(ROOT)}"
        for path in files()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and not _raises_again(node)
    ]
    assert sorted(broad) == ["cli/exits.py", "sync/defect.py"]


def _raises_again(node: ast.ExceptHandler) -> bool:
    return any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))


def test_every_module_says_what_it_is_for() -> None:
    assert not [path for path in files() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]


def test_no_path_of_a_machine_and_no_registry_address() -> None:
    assert not [
        path for path in _everything() if path != Path(__file__) and MACHINE.search(path.read_text("utf-8", "replace"))
    ]
