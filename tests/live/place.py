"""A real account, or the stand-in, as the probes use it: raw requests, in a list and a calendar made for the purpose."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from afterview.integrations.google.access import Access
from afterview.integrations.google.tokens import Token
from afterview.integrations.http import Web
from afterview.sync.ports import Clock

NAME = "Afterview live test"
CALENDAR, TASKS = "https://www.googleapis.com", "https://tasks.googleapis.com"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]

    @property
    def said(self) -> str:
        """Return status, reason and words, in short."""
        error = self.body.get("error")
        if not isinstance(error, dict):
            return str(self.status)
        reasons = [str(one.get("reason")) for one in error.get("errors") or () if isinstance(one, dict)]
        return f"{self.status} {'/'.join(reasons)} {str(error.get('message'))[:80]!r}"


@dataclass(slots=True)
class Account:
    """One account with `list_id` and `calendar_id` of its own."""

    token: Token
    clock: Clock
    list_id: str = ""
    calendar_id: str = ""
    access: Access = field(init=False)
    web: Web = field(init=False)

    def __post_init__(self) -> None:
        self.access = Access(self.token, self.clock)
        self.web = Web("Google", self.clock)

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None, **query: str
    ) -> Answer:
        """Send one request; `path` as in Google's reference, query values as texts."""
        place = self.token.api or (CALENDAR if path.startswith("/calendar") else TASKS)
        wanted = [
            (name, one) for name, value in query.items() for one in (value if isinstance(value, list) else [value])
        ]
        url = f"{place}{path}" + (f"?{urlencode(wanted)}" if wanted else "")
        self.web.token = self.access.word()
        raw = json.dumps(body).encode() if body is not None else b""
        reply = self.web.request(method, url, raw, {"Content-Type": "application/json", **(headers or {})})
        try:
            answer = json.loads(reply.body or b"{}")
        except ValueError:
            answer = {}
        return Answer(reply.status, answer if isinstance(answer, dict) else {})

    def tasks(self, task_id: str = "") -> str:
        """Return the path of the list's tasks, or of one."""
        return f"/tasks/v1/lists/{self.list_id}/tasks" + (f"/{task_id}" if task_id else "")

    def events(self, event_id: str = "") -> str:
        """Return the path of the calendar's events, or of one."""
        return f"/calendar/v3/calendars/{quote(self.calendar_id)}/events" + (f"/{event_id}" if event_id else "")


@contextmanager
def opened(token: Token, clock: Clock) -> Generator[Account]:
    """Make the list and the calendar, and take them away in the end, whatever happened."""
    account = Account(token, clock)
    try:
        account.list_id = account.ask("POST", "/tasks/v1/users/@me/lists", {"title": NAME}).body["id"]
        account.calendar_id = account.ask("POST", "/calendar/v3/calendars", {"summary": NAME}).body["id"]
        yield account
    finally:
        if account.list_id:
            account.ask("DELETE", f"/tasks/v1/users/@me/lists/{account.list_id}")
        if account.calendar_id:
            account.ask("DELETE", f"/calendar/v3/calendars/{quote(account.calendar_id)}")
        account.access.close()
        account.web.close()
