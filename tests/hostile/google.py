"""Doors for Google's JSON: events of a calendar (a whole pass is made with each), and tasks of a list.

Each item stands between two good ones; with `page`, the case is the whole answer.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from afterview.integrations.google.events import open_events
from afterview.integrations.google.tasks import open_tasks
from afterview.sync.errors import AccountError
from tests.accounts import START, account, close
from tests.fakes.web import Answered, Asked, WebServer
from tests.hostile.calendars import GOOD, passed
from tests.hostile.cases import Case

_JSON = {"Content-Type": "application/json"}
_TEXT = "Your interview for the position of engineer."


def event(case: Case, place: Path) -> dict[str, Any]:
    first = _interview(GOOD[0], 8, "Initech", "Ana Lima", "ana.lima")
    second = _interview(GOOD[1], 9, "Hooli", "Cy Moss", "cy.moss")
    page = _page(case, first, second, {"nextSyncToken": "t"})
    with_account = _serving(lambda _: Answered(200, page, _JSON), "calendar.events.readonly")
    return with_account({"calendars": ["primary"]}, lambda entry: passed(place, lambda: open_events(entry)))


def task(case: Case, place: Path) -> dict[str, Any]:
    del place
    good = [
        {"id": name, "title": "Thank Ana", "notes": f"Thanks.\n\nav:T{letter * 22}", "status": "needsAction"}
        for name, letter in zip(GOOD, "AQ", strict=True)
    ]
    page = _page(case, json.dumps(good[0]), json.dumps(good[1]), {})
    lists = json.dumps({"items": [{"id": "l", "title": "Interviews"}]}).encode()

    def answer(asked: Asked) -> Answered:
        return Answered(200, lists if "/users/@me/lists" in asked.path else page, _JSON)

    def read(entry: Any) -> dict[str, Any]:
        try:
            listing = open_tasks(entry).read("", {}, full=True)
        except AccountError as error:
            return {"error": f"{type(error).__name__}: {error}", "shown": [str(error)]}
        mine = [one for one in listing.changed if one.remote_id not in GOOD]
        return {
            "good": {one.remote_id for one in listing.changed if one.key} >= set(GOOD),
            "read": len(mine),
            "title": mine[0].fields.title if mine else "",
            "due": mine[0].fields.due_at.isoformat() if mine and mine[0].fields.due_at else "",
            "ours": bool(mine and mine[0].key),
            "shown": [one.fields.title for one in listing.changed],
        }

    return _serving(answer, "tasks")({"task_list": "Interviews"}, read)


def _page(case: Case, first: str, second: str, more: dict[str, str]) -> bytes:
    if case.settings.get("page"):
        return case.data()
    end = "".join(f",{json.dumps(name)}:{json.dumps(value)}" for name, value in more.items())
    return b'{"items":[' + first.encode() + b"," + case.data() + b"," + second.encode() + b"]" + end.encode() + b"}"


def _interview(name: str, hour: int, company: str, who: str, address: str) -> str:
    domain = f"{company.lower()}.example"
    return json.dumps(
        {
            "id": name, "etag": f'"{name}"', "iCalUID": name, "status": "confirmed",
            "summary": f"Job interview with {company} - hiring manager", "description": _TEXT,
            "start": {"dateTime": f"2026-09-07T{hour:02}:00:00Z"}, "end": {"dateTime": f"2026-09-07T{hour:02}:30:00Z"},
            "organizer": {"email": f"talent@{domain}", "displayName": f"{company} Talent"},
            "attendees": [
                {"email": "hannah@example.org", "self": True, "responseStatus": "accepted"},
                {"email": f"{address}@{domain}", "displayName": who, "responseStatus": "accepted"},
            ],
        }
    )  # fmt: skip


def _serving(
    answer: Callable[[Asked], Answered], scope: str
) -> Callable[[dict[str, Any], Callable[[Any], dict[str, Any]]], dict[str, Any]]:
    """Return a way to do something with an account of a server that answers so."""

    def answered(asked: Asked) -> Answered:
        if asked.path.startswith("/token"):
            return Answered(200, b'{"access_token": "word", "expires_in": 3600}', _JSON)
        return answer(asked)

    def do(settings: dict[str, Any], use: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        server = WebServer(answered)
        kept = {
            "refresh_token": "r", "scopes": [f"https://www.googleapis.com/auth/{scope}"], "client_id": "c",
            "consented_at": START.isoformat(), "token_uri": f"{server.url}/token", "api": server.url,
        }  # fmt: skip
        entry = account(settings, integration="google", token=json.dumps(kept))
        try:
            return use(entry)
        finally:
            close(entry)
            server.close()

    return do


DOORS = {"google_event": event, "google_task": task}
