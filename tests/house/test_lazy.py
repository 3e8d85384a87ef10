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

SERVICES = (
    "caldav",
    "niquests",
    "icalendar",
    "recurring_ical_events",
    "googleapiclient",
    "lxml",
    "apprise",
    "websockets",
)
GOOGLE = ("googleapiclient", "google.auth", "google_auth_httplib2", "httplib2", "jsonschema")
HEAVY = (*SERVICES, *GOOGLE, "holidays", "tomlkit", "keyring")
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


GOOGLE_ACCOUNT = """
[[account]]
id = "work"
integration = "google"
token = { env = "GOOGLE_TOKEN" }
calendars = ["primary"]
"""
FEED = """[me]
emails = ["hannah@example.org"]
time_zone = "Europe/Berlin"

[[account]]
id = "file"
integration = "ics"
path = "calendar.ics"
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


@pytest.mark.parametrize("arguments", [("status",), ("tasks",), ("interviews",), ("accounts", "list"), ("log",)])
def test_an_account_at_google_costs_nothing_until_google_is_asked(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "config.toml").write_text(CONFIG + GOOGLE_ACCOUNT, "utf-8")
    assert not loaded(tmp_path, *arguments, *OPTIONS, unwanted=GOOGLE)


@pytest.mark.parametrize("arguments", [("sync",), ("accounts", "test"), ("doctor",), ("explain", "calendar.ics")])
def test_without_an_account_at_google_its_library_is_never_loaded(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "config.toml").write_text(FEED, "utf-8")
    event = "BEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\nDTSTART:20260302T100000Z\nSUMMARY:Job interview\nEND:VEVENT"
    (tmp_path / "calendar.ics").write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{event}\nEND:VCALENDAR\n", "utf-8")
    said = loaded(tmp_path, *arguments, *OPTIONS, unwanted=GOOGLE)
    assert not [name for name in GOOGLE if name in said]


def test_status_thinks_nothing_through_that_a_pass_found_sound(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    with Ledger.open(tmp_path / "state") as ledger:
        ledger.set_note(CHECKED, load(tmp_path / "config.toml", Registry().account_keys).mark)
    thinking = ("afterview.sync.playbook", "afterview.sync.classify", "afterview.sync.ledger", "subprocess")
    assert not loaded(tmp_path, "status", *OPTIONS, unwanted=thinking)
