"""`--help`, `--version` and `status` are cheap: no service library is loaded for them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import environment

HEAVY = (
    "caldav",
    "niquests",
    "icalendar",
    "recurring_ical_events",
    "googleapiclient",
    "lxml",
    "holidays",
    "tomlkit",
    "keyring",
)
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


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("status",), ("status", "--json"), ("tasks",)])
def test_no_service_library_is_loaded(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    command = (
        [*arguments, "--config", "config.toml", "--state-dir", "state"] if arguments[0][0] != "-" else [*arguments]
    )
    code = (
        "import sys\nfrom afterview.cli.exits import outcome\n"
        f"code = outcome({command!r})\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'{code} {loaded}' if code or loaded else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
