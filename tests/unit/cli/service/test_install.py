"""The service in the system's service manager. `systemctl` here is a script that writes down how it was called."""

import os
import plistlib
import shutil
import stat
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from afterview.cli.service import units
from afterview.cli.service.poke import LOCK
from afterview.sync.lock import exclusive
from tests.running import Ran, afterview

ME = '[me]\nemails = ["hannah@example.org"]\ntime_zone = "Europe/Berlin"\n'
UNIT = ".config/systemd/user/afterview.service"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "calendars").mkdir()
    (tmp_path / "config.toml").write_text(f'{ME}[[account]]\nid = "f"\nintegration = "ics"\npath = "calendars"\n')
    return tmp_path


def manager(home: Path, script: str = "exit 0") -> None:
    """Put a `systemctl` on the path."""
    folder = home / "bin"
    folder.mkdir(exist_ok=True)
    for name in ("systemctl", "journalctl"):
        file = folder / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >> "{home}/called"\n{script}\n')
        file.chmod(file.stat().st_mode | stat.S_IXUSR)


def run(home: Path, *arguments: str, stdin: str = "", path: str = "") -> Ran:
    return afterview(
        home, "--config", "config.toml", "--state-dir", "state", "service", *arguments,
        stdin=stdin, PATH=path or f"{home / 'bin'}:/usr/bin:/bin",
    )  # fmt: skip


def called(home: Path) -> list[str]:
    return (home / "called").read_text().splitlines() if (home / "called").exists() else []


def test_what_is_written_is_shown_first_and_asked_for(home: Path) -> None:
    manager(home)
    ran = run(home, "install", stdin="n\n")
    assert ran.code == 130
    assert "ExecStart=" in ran.out
    assert "systemctl --user restart afterview" in ran.out
    assert not (home / UNIT).exists()
    assert called(home) == []


def test_installed_it_starts_and_removed_it_leaves_no_trace(home: Path) -> None:
    manager(home)
    before = {path.relative_to(home) for path in home.rglob("*")}
    ran = run(home, "install", "--yes")
    assert ran.code == 0, ran.err
    unit = (home / UNIT).read_text()
    assert f'"--config" "{home / "config.toml"}" "--state-dir" "{home / "state"}" "run"' in unit
    assert unit in ran.out.replace("\n\n\n", "\n\n") or "[Install]" in ran.out
    assert called(home) == [
        "systemctl --user daemon-reload",
        "systemctl --user enable afterview",
        "systemctl --user restart afterview",
    ]
    assert run(home, "uninstall", "--yes").code == 0
    assert "systemctl --user disable --now afterview" in called(home)
    after = {path.relative_to(home) for path in home.rglob("*") if path.is_file()}
    assert after - before == {Path("called")}


def test_what_does_not_start_is_taken_back(home: Path) -> None:
    manager(home, 'case "$*" in *enable*) echo "no bus here" >&2; exit 1;; esac')
    ran = run(home, "install", "--yes")
    assert ran.code == 2
    assert "no bus here" in ran.err
    assert "afterview run" in ran.err
    assert not (home / UNIT).exists()


def test_a_system_without_a_service_manager(home: Path) -> None:
    (home / "bin").mkdir()
    ran = run(home, "install", "--yes", path=str(home / "bin"))
    assert ran.code == 2
    assert "This system has no systemctl." in ran.err
    assert not (home / UNIT).exists()


def test_a_wrong_configuration_is_not_installed(home: Path) -> None:
    manager(home)
    (home / "config.toml").write_text("[me]\n")
    assert run(home, "install", "--yes").code == 2
    assert called(home) == []


def test_installed_again_a_failure_leaves_what_was_there(home: Path) -> None:
    manager(home)
    assert run(home, "install", "--yes").code == 0
    before = (home / UNIT).read_text()
    manager(home, 'case "$*" in *restart*) exit 1;; esac')
    (home / "state").mkdir(exist_ok=True)
    assert run(home, "install", "--yes", path=f"{home / 'bin'}:/usr/bin:/bin:/elsewhere").code == 2
    assert (home / UNIT).read_text() == before


def test_whether_it_runs_is_asked_of_the_service_itself(home: Path) -> None:
    manager(home)
    ran = run(home, "status")
    assert ran.code == 3
    assert "service install" in ran.out
    assert not (home / "state").exists()
    (home / "state").mkdir()
    with exclusive(home / "state", LOCK):
        assert run(home, "status").code == 0


def test_odd_paths_stay_what_they_are() -> None:
    command = ["/opt/my tools/python", "-m", "afterview.cli", "--config", '/x/50% "off" $HOME\\y', "run"]
    text = units.systemd(command, "/usr/bin:/a%b", Path("/home/h")).files[Path("/home/h") / UNIT].decode()
    assert '"/opt/my tools/python"' in text
    assert r'"/x/50%% \"off\" $$HOME\\y"' in text
    assert 'Environment="PATH=/usr/bin:/a%%b"' in text


def test_the_agent_of_launchd() -> None:
    unit = units.launchd(["/py", "-m", "afterview.cli", "run"], "/bin", Path("/u"), Path("/u/state"), 501)
    ((file, content),) = unit.files.items()
    plist = plistlib.loads(content)
    assert file == Path("/u/Library/LaunchAgents/afterview.plist")
    assert plist["ProgramArguments"][:4] == ["/py", "-m", "afterview.cli", "run"]
    assert plist["KeepAlive"] == {"SuccessfulExit": False}
    assert unit.begin == (("launchctl", "bootstrap", "gui/501", str(file)),)
    assert unit.log_file == Path("/u/state/service.log")


def test_the_task_of_windows() -> None:
    unit = units.task_scheduler(["C:\\Py & Co\\python.exe", "-m", "afterview.cli", "run"], Path("/state dir"), "H&B")
    root = ET.fromstring(next(iter(unit.files.values())).decode("utf-16"))  # noqa: S314 -- our own text
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    assert root.findtext(f".//{space}Command") == "C:\\Py & Co\\pythonw.exe"
    assert (root.findtext(f".//{space}Arguments") or "").endswith('--log "/state dir/service.log"')
    assert root.findtext(f".//{space}LogonTrigger/{space}UserId") == "H&B"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_systemd_itself_accepts_the_unit(home: Path) -> None:
    ((file, content),) = units.systemd(["/bin/true", "a b", "50% $x", "run"], "/bin:/a b", home).files.items()
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    (home / "runtime").mkdir(mode=0o700)
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(file)],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "runtime")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
