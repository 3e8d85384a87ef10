"""`--help`, `--version` and `status` are cheap: no service library is loaded for them."""

import subprocess
import sys
from pathlib import Path

import pytest

from afterview.integrations.registry import Registry
from afterview.sync.config import load
from afterview.sync.ledger import Ledger
from afterview.sync.pulse import CHECKED
from tests.running import environment

SERVICES = ("caldav", "niquests", "icalendar", "recurring_ical_events", "googleapiclient", "lxml")
HEAVY = (*SERVICES, "holidays", "tomlkit", "keyring")
OPTIONS = ("--config", "config.toml", "--state-dir", "state")
CONFIG = """[me]
emails = ["hannah@example.org"]
time_zone = "Europe/Berlin"

[[account]]
id = "home"
integration = "caldav"
url = "https://dav.example.org/"
username = "hannah"
password = { env = "DAV" }
calendars = ["Personal"]
task_list = "Interviews"

[deliver]
to = "home"
"""


def loaded(home: Path, *arguments: str, unwanted: tuple[str, ...]) -> str:
    """Run a command in a process of its own; return its exit code and what of `unwanted` it loaded, "" for nothing."""
    code = (
        "import sys\nfrom afterview.cli.exits import outcome\n"
        f"code = outcome({list(arguments)!r})\n"
        f"loaded = [name for name in {unwanted!r} if name in sys.modules]\n"
        "sys.exit(f'{code} {loaded}' if code or loaded else 0)"
    )
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment(home), cwd=home, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("status",), ("status", "--json"), ("tasks",)])
def test_no_service_library_is_loaded(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    options = () if arguments[0].startswith("-") else OPTIONS
    assert not loaded(tmp_path, *arguments, *options, unwanted=HEAVY)


def test_status_thinks_nothing_through_that_a_pass_found_sound(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    with Ledger.open(tmp_path / "state") as ledger:
        ledger.set_note(CHECKED, load(tmp_path / "config.toml", Registry().account_keys).mark)
    thinking = ("afterview.sync.playbook", "afterview.sync.classify", "afterview.sync.ledger", "subprocess")
    assert not loaded(tmp_path, "status", *OPTIONS, unwanted=thinking)
