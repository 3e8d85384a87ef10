"""The installable tree: whole, pure, and as Home Assistant and HACS want it."""

import ast
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from afterview.integrations.home_assistant import check, package
from afterview.sync.errors import ConfigError


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    package.export(folder, "someone/afterview")
    return folder


@pytest.fixture
def component(tree: Path) -> Path:
    return tree / package.COMPONENT


def test_nothing_is_wrong_with_it(tree: Path) -> None:
    assert check.problems(tree, published=True) == []


def test_it_says_where_it_comes_from_if_it_is_published(tree: Path, tmp_path: Path, component: Path) -> None:
    manifest = json.loads((component / "manifest.json").read_text("utf-8"))
    assert manifest["issue_tracker"] == "https://github.com/someone/afterview/issues"
    assert manifest["codeowners"] == ["@someone"]
    package.export(tmp_path)
    assert check.problems(tmp_path) == []
    assert any("issue_tracker" in one for one in check.problems(tmp_path, published=True))
    with pytest.raises(ConfigError, match="OWNER/NAME"):
        package.export(tmp_path, "no repository")


def test_only_the_standard_library_and_home_assistant_are_imported(component: Path) -> None:
    allowed = sys.stdlib_module_names | {"homeassistant", "voluptuous", "aiohttp"}
    for path in component.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert (node.module or "").partition(".")[0] in allowed, path
            if isinstance(node, ast.Import):
                assert all(alias.name.partition(".")[0] in allowed for alias in node.names), path


def test_everything_that_knows_no_home_assistant_can_be_imported_by_itself(tree: Path) -> None:
    parts = [f"custom_components.afterview.adapters.{name}" for name in (*package.ADAPTERS, *package.SHARED)]
    stub = "import sys, types; m = types.ModuleType('custom_components.afterview'); "
    stub += f"m.__path__ = [{str(tree / package.COMPONENT)!r}]; sys.modules['custom_components.afterview'] = m; "
    code = stub + "import importlib; [importlib.import_module(n) for n in sys.argv[1:]]; "
    code += "from custom_components.afterview.sync.classify import load_lexicon; load_lexicon(); "
    code += "from custom_components.afterview.sync.wording import Words; Words.load('fr'); "
    code += "assert not [n for n in sys.modules if n.split('.')[0] == 'afterview']"
    subprocess.run(
        [sys.executable, "-I", "-B", "-c", f"import sys; sys.path[:0] = [{str(tree)!r}]; {code}", *parts], check=True
    )


def test_the_zip_is_the_inside_of_the_component_and_always_the_same(tree: Path, component: Path) -> None:
    data = (tree / package.ZIP).read_bytes()
    assert data == package.archive("someone/afterview")
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        inside = {name: opened.read(name) for name in opened.namelist()}
    on_disk = {
        path.relative_to(component).as_posix(): path.read_bytes() for path in component.rglob("*") if path.is_file()
    }
    assert inside == on_disk


def test_what_reaches_beyond_the_standard_library_is_refused() -> None:
    with pytest.raises(package.NotPure, match=r"sync/x\.py imports icalendar"):
        package._reached("sync/x.py", b"import icalendar")
    with pytest.raises(package.NotPure):
        package._reached("adapters/x.py", b"from homeassistant.core import HomeAssistant")


def test_it_is_installed_in_place_of_an_older_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"configuration\.yaml"):
        package.install(tmp_path)
    (tmp_path / "configuration.yaml").write_text("", "utf-8")
    package.install(tmp_path)
    (tmp_path / package.COMPONENT / "gone.py").write_text("", "utf-8")
    mine = tmp_path / package.BLUEPRINTS / "follow_up_due.yaml"
    mine.write_text("changed: true", "utf-8")
    package.install(tmp_path)
    assert not (tmp_path / package.COMPONENT / "gone.py").exists()
    assert mine.read_text("utf-8") == "changed: true"
    assert {path.name for path in tmp_path.iterdir()} == {"configuration.yaml", "custom_components", "blueprints"}


@pytest.mark.parametrize(
    ("file", "pattern", "written", "found"),
    [
        ("translations/en.json", r'"list": "To-do list",\n', "", "config.step.user.data and the set-up differ in list"),
        ("translations/en.json", r'"no_calendar"', '"none"', "config.error has no words for no_calendar"),
        ("translations/en.json", r'"reconfigure_successful"', '"done"', "words for the end reconfigure_successful"),
        ("translations/en.json", r'"init": \{', '"first": {', "options.step.init has no title"),
        ("manifest.json", r'"requirements": \[\]', '"requirements": ["x==1"]', "libraries"),
        ("manifest.json", '"iot_class": "calculated",', "", "lacks iot_class"),
        ("translations/de.json", '"already_configured"', '"already"', "lacks config.abort.already_configured"),
        ("translations/fr.json", r"\{words\}", "", "other placeholders"),
        ("services.yaml", "sync_now:", "sync:", "differ in"),
        ("icons.json", '"snooze"', '"snoozed"', "no icon"),
        ("quality_scale.yaml", r"devices: done # \S+", "devices: done", "devices does not say what shows it"),
        ("coordinator.py", '"pass_failed"', '"failed"', "no words for failed"),
    ],
)
def test_the_checker_finds(tree: Path, component: Path, file: str, pattern: str, written: str, found: str) -> None:
    path = component / file
    before = path.read_text("utf-8")
    assert re.search(pattern, before)
    path.write_text(re.sub(pattern, written, before, count=1), "utf-8")
    try:
        assert any(found in one for one in check.problems(tree))
    finally:
        path.write_text(before, "utf-8")
