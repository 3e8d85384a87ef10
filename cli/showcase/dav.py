"""The demo on CalDAV: a Radicale of its own, and a phone that speaks CalDAV to it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from . import month
from .server import USER, Server, running

_ACCOUNT = """[[account]]
id = "demo"
integration = "caldav"
url = "{url}/{user}/"
username = "{user}"
password = {{ file = "password" }}
calendars = ["Personal"]
task_list = "Interviews"
"""
_CHANGED = ("STATUS", "COMPLETED", "PERCENT-COMPLETE", "LAST-MODIFIED")


class DavStage:
    """A CalDAV server."""

    words = "A calendar server of its own"

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self._server = server
        self._calendar = ""

    def set_clock(self, at: datetime) -> None:
        """Nothing: the server does not look at the time."""

    def account(self, folder: Path) -> str:
        self._calendar = self._server.make("personal", "Personal", "VEVENT")
        self._server.make("interviews", "Interviews", "VTODO")
        (folder / "password").write_text(self._server.password, "utf-8")
        (folder / "password").chmod(0o600)
        return _ACCOUNT.format(url=self.url, user=USER)

    def fill(self, today: date, zone: str) -> int:
        entries = list(month.entries(today, zone))
        for entry in entries:
            self._server.put(self._calendar + entry.name, entry.text)
        return len(entries)

    def tick(self, remote_id: str, at: datetime) -> None:
        """Write what a task app on a phone writes."""
        stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        done = ["STATUS:COMPLETED", f"COMPLETED:{stamp}", "PERCENT-COMPLETE:100", f"LAST-MODIFIED:{stamp}"]
        lines = [line for line in self._server.get(remote_id).splitlines() if line.partition(":")[0] not in _CHANGED]
        place = lines.index("BEGIN:VALARM") if "BEGIN:VALARM" in lines else lines.index("END:VTODO")
        self._server.put(remote_id, "\r\n".join([*lines[:place], *done, *lines[place:]]) + "\r\n")


@contextmanager
def stage(folder: Path) -> Generator[DavStage]:
    """Set the stage up, with its data in `folder`. Raises ConfigError where Radicale is not installed."""
    with running(folder) as server:
        yield DavStage(server)
