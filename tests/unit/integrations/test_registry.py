import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from afterview.integrations.registry import Place, Registry, check_code, installed_places, missing_modules
from afterview.sync.config import Account
from afterview.sync.errors import ConfigError, Refused
from tests.unit.integrations.test_manifest import SOUND, write

CODE = {
    "__init__.py": "",
    "flow.py": "class Setup:\n    pass\n",
    "client.py": (
        "class Client:\n"
        "    closed = False\n"
        "    def traffic(self): return 'counted'\n"
        "    def close(self): self.closed = True\n"
        "def open_client(entry): return Client()\n"
    ),
    "events.py": "def open_events(entry): return ('events of', entry.id, entry.shared['client'])\n",
    "tasks.py": "def open_tasks(entry): return ('tasks of', entry.settings['task_list'])\n",
}
SETTINGS = {"calendars": {"kind": "list"}, "task_list": {"kind": "text"}}


class Notes:
    def get(self, name: str) -> Any:
        return None

    def set(self, name: str, value: Any) -> None:
        raise NotImplementedError


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the import path, like site-packages; what was imported from it is forgotten."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("av_test_"):
            del sys.modules[name]


def package(site: Path, name: str, entry_point: str, manifest: object, **code: str) -> None:
    folder = site.joinpath(*name.split("."))
    folder.mkdir(parents=True)
    write(folder, manifest)
    for file, text in (CODE | {f"{stem}.py": text for stem, text in code.items()}).items():
        (folder / file).write_text(text, "utf-8")
    install(site, entry_point, name)


def install(site: Path, entry_point: str, name: str) -> None:
    info = site / f"av_{entry_point}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: av_{entry_point}\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[afterview.integrations]\n{entry_point} = {name}\n", "utf-8")


def foreign(site: Path) -> Registry:
    return Registry(builtin=site / "none", foreign=installed_places)


def connect(registry: Registry, **settings: Any) -> Any:
    account = Account("home", "dav", None, settings)
    return registry.connect(
        account,
        secret=lambda _: "",
        memory=Notes(),
        clock=lambda: datetime(2026, 1, 5, tzinfo=UTC),
        zone="UTC",
    )


def test_a_foreign_package_is_found_through_its_entry_point_without_running_it(site: Path) -> None:
    package(site, "av_test_a", "dav", SOUND, __init__="raise SystemExit('was run')")
    manifests, problems = foreign(site).all()
    assert [manifest.domain for manifest in manifests] == ["dav"]
    assert problems == ()
    assert "av_test_a" not in sys.modules


def test_broken_packages_are_problems_and_the_others_stay(site: Path) -> None:
    package(site, "av_test_a", "dav", SOUND)
    package(site, "av_test_b", "broken", {"domain": "broken"})
    package(site, "av_test_c.inner", "other", SOUND | {"domain": "another"})
    package(site, "av_test_d", "double", SOUND)
    install(site, "gone", "av_test_e")
    manifests, problems = foreign(site).all()
    assert [manifest.domain for manifest in manifests] == ["dav"]
    words = {problem.name: problem.words for problem in problems}
    assert "has no 'name'" in words["broken"]
    assert "names the domain another" in words["other"]
    assert "names the domain dav" in words["double"]
    assert "not installed completely" in words["gone"]


def test_a_built_in_integration_wins_over_a_foreign_one_of_the_same_name(site: Path) -> None:
    builtin = site / "builtin"
    builtin.mkdir()
    write(builtin / "dav", SOUND)
    package(site, "av_test_a", "dav", SOUND)
    registry = Registry(builtin=builtin, foreign=installed_places)
    manifests, problems = registry.all()
    assert [manifest.folder for manifest in manifests] == [builtin / "dav"]
    assert "has the same name" in problems[0].words
    assert registry.manifest("dav").folder == builtin / "dav"


def test_a_built_in_name_does_not_look_at_installed_packages(site: Path) -> None:
    def never() -> Iterator[Place]:
        raise AssertionError
        yield

    write(site / "dav", SOUND)
    assert Registry(builtin=site, foreign=never).manifest("dav").domain == "dav"


def test_an_unknown_name_is_answered_with_those_that_exist(site: Path) -> None:
    package(site, "av_test_a", "dav", SOUND)
    with pytest.raises(ConfigError, match=r'no integration "cav"; there are dav'):
        foreign(site).manifest("cav")


def test_only_configured_roles_are_loaded(site: Path) -> None:
    package(site, "av_test_a", "dav", SOUND | {"settings": SETTINGS}, events="raise RuntimeError('was run')")
    connection = connect(foreign(site), task_list="Interviews")
    assert connection.events is None
    assert connection.tasks == ("tasks of", "Interviews")
    assert connection.traffic() == "counted"


def test_roles_share_the_client(site: Path) -> None:
    package(site, "av_test_a", "dav", SOUND | {"settings": SETTINGS})
    connection = connect(foreign(site), calendars=("Work",))
    assert connection.tasks is None
    _, account, client = connection.events
    assert account == "home"
    connection.close()
    assert client.closed


def test_a_role_without_a_setting_of_its_own_is_always_on(site: Path) -> None:
    package(site, "av_test_a", "dav", SOUND | {"roles": ["event_source"], "settings": {}})
    connection = connect(foreign(site))
    assert connection.events is not None
    assert connection.tasks is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import av_test_nothing", "ModuleNotFoundError"),
        ("def open_client(", "SyntaxError"),
        ("undefined", "NameError"),
        ("", "AttributeError"),
    ],
)
def test_code_that_does_not_load_is_one_sentence(site: Path, code: str, words: str) -> None:
    package(site, "av_test_a", "dav", SOUND | {"settings": SETTINGS}, client=code)
    registry = foreign(site)
    with pytest.raises(Refused, match=words):
        connect(registry)
    assert words in check_code(registry.manifest("dav"))


def test_a_missing_library_is_named_before_any_code_runs(site: Path) -> None:
    package(site, "av_test_a", "dav", SOUND | {"requires": ["json", "av_test_nothing"]}, flow="raise RuntimeError")
    registry = foreign(site)
    assert missing_modules(registry.manifest("dav")) == ("av_test_nothing",)
    with pytest.raises(Refused, match="missing: av_test_nothing"):
        registry.setup("dav")
