"""The built wheel: everything under afterview, nothing beside it, and all data files in it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.source import ROOMS, ROOT

BUILD = "import sys, hatchling.build; print(hatchling.build.build_wheel(sys.argv[1]))"
DATA = (".py", ".json", ".toml", ".typed")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_installs_afterview_only(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    (info,) = (top for top in tops if top.endswith(".dist-info"))
    assert tops == {"afterview", info}
    assert {name.split("/")[1] for name in wheel.namelist() if name.startswith("afterview/")} == set(ROOMS)


def test_the_wheel_holds_every_module_and_data_file(wheel: zipfile.ZipFile) -> None:
    here = {
        f"afterview/{path.relative_to(ROOT).as_posix()}"
        for room in ROOMS
        for path in Path(ROOT / room).rglob("*")
        if path.suffix in DATA
    }
    assert {name for name in wheel.namelist() if name.startswith("afterview/")} >= here


def test_the_wheel_has_the_command_and_its_licence(wheel: zipfile.ZipFile) -> None:
    points = next(wheel.read(name).decode() for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "afterview = afterview.cli:main" in points
    assert any(name.endswith("LICENSE") for name in wheel.namelist())
