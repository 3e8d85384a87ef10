"""A home with a Google account beside the CalDAV one, for system tests: the real command, Google's test server."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from afterview.cli.showcase.google.calendars import Calendar
from afterview.cli.showcase.google.server import Google
from tests.system.home import Home
from tests.system.invitations import ANA, ME

SCOPES = ("calendar.events.readonly", "calendar.calendarlist.readonly", "tasks", "calendar.app.created")


def google_event(
    uid: str,
    start: datetime,
    *,
    company: str = "Initech",
    guests: Sequence[tuple[str, str]] = (ANA,),
    my_reply: str = "accepted",
    **more: Any,
) -> dict[str, Any]:
    """Return what Google keeps of the invitation that `invitations.invitation` writes."""
    zone = {"timeZone": "Europe/Berlin"}
    people = [{"email": email, "displayName": name, "responseStatus": "accepted"} for name, email in guests]
    return {
        "iCalUID": uid,
        "summary": f"Job interview with {company} - hiring manager",
        "description": "Your interview for the position of engineer.<br>We look forward to meeting you.",
        "start": {"dateTime": start.isoformat(), **zone},
        "end": {"dateTime": (start + timedelta(hours=1)).isoformat(), **zone},
        "organizer": {"email": f"talent@{company.lower()}.example", "displayName": f"{company} Talent"},
        "attendees": [{"email": ME, "self": True, "responseStatus": my_reply}, *people],
        **more,
    }


@dataclass
class GoogleHome:
    """`home` is the CalDAV side. Both accounts read; `deliver` says which one receives the tasks."""

    home: Home
    google: Google = field(init=False)
    deliver: str = "home"
    extra: str = ""  # more lines for the Google account

    def __post_init__(self) -> None:
        self.google = Google(lambda: self.home.now)
        self.consent()

    def close(self) -> None:
        self.google.close()
        assert self.google.broken == []

    @property
    def calendar(self) -> Calendar:
        return self.google.calendars.get("primary")

    def consent(self, *scopes: str) -> None:
        """Sign in, anew or for the first time."""
        (self.home.path / "token").write_text(self.google.consent(*(scopes or SCOPES)))

    def write_config(self, *, dav: bool = True, calendars: Sequence[str] = ("primary",)) -> None:
        """Write a configuration with the Google account and, if wanted, the CalDAV one before it."""
        self.home.write_config()
        written = (self.home.path / "config.toml").read_text()
        me, _, rest = written.partition("[[account]]")
        account, _, _ = rest.partition("[deliver]")
        google = (
            '[[account]]\nid = "work"\nintegration = "google"\ntoken = { file = "token" }\n'
            f"calendars = {json.dumps(list(calendars))}\n{self.extra}\n"
        )
        first = f"[[account]]{account}" if dav else ""
        (self.home.path / "config.toml").write_text(f'{me}{first}{google}[deliver]\nto = "{self.deliver}"\n')

    def sync(self, at: datetime | None = None, *arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
        """Make one pass; return the reports by account."""
        ran = self.home.run("sync", "--json", *arguments, at=at)
        assert ran.code == code, f"{ran.code}: {ran.err}{ran.out}"
        return {report["id"]: report for report in ran.json["accounts"]}

    def settle(self, passes: int = 3) -> None:
        """Make some passes, a quarter of an hour apart."""
        for _ in range(passes):
            self.sync(self.home.now + timedelta(minutes=15))
