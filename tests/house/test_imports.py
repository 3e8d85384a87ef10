"""Imports run one way: cli -> integrations -> sync; the pure part knows the standard library and its siblings only."""

import sys
from pathlib import Path

from tests.house.source import ROOT, Import, all_imports, files

IMPURE = (
    "ledger",
    "engine",
    "runner",
    "config",
    "lock",
    "defect",
    "pulse",
    "rings",
)  # what of the engine may do I/O or look at a clock
IO = {
    "os",
    "socket",
    "subprocess",
    "sqlite3",
    "threading",
    "asyncio",
    "urllib",
    "http",
    "tempfile",
    "shutil",
    "logging",
}
CHANCE = {"random", "secrets", "uuid", "time"}
OWN = {"sync", "integrations", "cli"}
SERVICE_LIBRARIES = {
    "caldav",
    "niquests",
    "requests",
    "icalendar",
    "recurring_ical_events",
    "lxml",
    "googleapiclient",
    "apprise",
    "websockets",
}


def inside(one: Import, *rooms: str) -> bool:
    return any(one.file.is_relative_to(ROOT / room) for room in rooms)


def is_integration(path: Path) -> bool:
    return (ROOT / "integrations" / path.relative_to(ROOT).parts[1] / "manifest.json").exists()


def shown(found: list[Import]) -> str:
    return "\n".join(map(str, found))


def test_nothing_is_imported_by_the_name_of_its_folder() -> None:
    wrong = [one for one in all_imports() if one.top in OWN]
    assert not wrong, shown(wrong)


def test_the_engine_knows_no_service_and_no_command() -> None:
    wrong = [one for one in all_imports("sync") if one.name.startswith(("afterview.integrations", "afterview.cli"))]
    assert not wrong, shown(wrong)


def test_the_engine_imports_itself_relatively_and_otherwise_only_the_standard_library() -> None:
    allowed = sys.stdlib_module_names
    wrong = [
        one
        for one in all_imports("sync")
        if not one.relative
        and one.top not in allowed
        and not (one.top == "holidays" and one.file == ROOT / "sync" / "config" / "holidays.py")
    ]
    assert not wrong, shown(wrong)


def test_the_deciding_part_has_no_io_no_clock_and_no_chance() -> None:
    pure = [
        one
        for one in all_imports("sync")
        if one.file.relative_to(ROOT / "sync").parts[0].removesuffix(".py") not in IMPURE
    ]
    assert len({one.file for one in pure}) > 30
    wrong = [one for one in pure if one.top in IO | CHANCE]
    assert not wrong, shown(wrong)
    reaching = [one for one in pure if one.name.startswith(tuple(f"afterview.sync.{name}" for name in IMPURE))]
    reading = ("view.py", "finding.py", "deeds.py")  # read the ledger for the commands
    meant = {ROOT / "sync" / name for name in reading}
    assert {one.file for one in reaching} <= meant, shown(reaching)


def test_the_deciding_part_never_asks_for_the_time() -> None:
    for path in files("sync"):
        if path.relative_to(ROOT / "sync").parts[0].removesuffix(".py") not in IMPURE:
            text = path.read_text("utf-8")
            assert ".now(" not in text, path
            assert ".today(" not in text, path
            assert "utcnow" not in text, path


def test_integrations_know_the_engine_and_what_they_share_but_no_command() -> None:
    wrong = [one for one in all_imports("integrations") if one.name.startswith("afterview.cli")]
    assert not wrong, shown(wrong)


def test_an_integration_never_imports_another() -> None:
    domains = {path.parent.name for path in (ROOT / "integrations").glob("*/manifest.json")}
    assert {"caldav", "ics"} <= domains
    for one in all_imports("integrations"):
        own = one.file.relative_to(ROOT / "integrations").parts[0]
        named = one.name.removeprefix("afterview.integrations.").partition(".")[0]
        if one.name.startswith("afterview.integrations.") and named in domains:
            assert named == own, one


def test_inside_an_integration_only_its_client_imports_a_service_library() -> None:
    wrong = [
        one
        for one in all_imports("integrations")
        if one.top in SERVICE_LIBRARIES
        and len(one.file.relative_to(ROOT / "integrations").parts) > 1
        and is_integration(one.file)
        and one.file.name != "client.py"
    ]
    assert not wrong, shown(wrong)


def test_integrations_meet_the_engine_in_one_place_of_the_command_line() -> None:
    places = {
        one.file.relative_to(ROOT).as_posix() for one in all_imports("cli") if one.name.endswith("registry.Registry")
    }
    assert places == {"cli/wire.py"}


def test_commands_import_no_service_library() -> None:
    wrong = [one for one in all_imports("cli") if one.top in SERVICE_LIBRARIES | {"sqlite3"}]
    assert not wrong, shown(wrong)


def test_the_fixed_clock_of_tests_is_known_in_one_place() -> None:
    places = [path for path in files() if "AFTERVIEW_NOW" in path.read_text("utf-8")]
    assert places == [ROOT / "cli" / "wire.py"]
