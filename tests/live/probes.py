"""Questions to Google that no document answers. Each probe says in one line what it saw."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from afterview.integrations.http import Web

from .place import Account

PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Probe:
    """One question."""

    name: str
    question: str
    run: Callable[[Account], str]


def _task(account: Account, **fields: str) -> str:
    return str(account.ask("POST", account.tasks(), {"title": "probe", **fields}).body["id"])


def _event(account: Account, at: datetime, **more: object) -> dict[str, object]:
    zone = {"timeZone": "Europe/Berlin"}
    times = {"start": {"dateTime": at.isoformat(), **zone}}
    times["end"] = {"dateTime": (at + timedelta(minutes=15)).isoformat(), **zone}
    return account.ask("POST", account.events(), {"summary": "probe", **times, **more}).body


def if_match(account: Account) -> str:
    """A PATCH of a task under an etag that it does not have."""
    task = _task(account)
    return account.ask("PATCH", account.tasks(task), {"title": "x"}, {"If-Match": '"other"'}).said


def lag(account: Account) -> str:
    """How long a new task is missing from the listing of what changed."""
    since = (account.clock() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    task = _task(account)
    began = time.monotonic()
    looks = 0
    while time.monotonic() - began < PATIENCE_S:
        looks += 1
        listed = account.ask("GET", account.tasks(), maxResults="100", showHidden="true", updatedMin=since).body.get(
            "items", []
        )
        if any(one["id"] == task for one in listed):
            return "seen at the first look" if looks == 1 else f"seen after {time.monotonic() - began:.1f} s"
    return f"not seen within {PATIENCE_S:.0f} s"


def deleted_task(account: Account) -> str:
    """What a deleted task answers: read, change, delete again."""
    task = _task(account)
    account.ask("DELETE", account.tasks(task))
    read = account.ask("GET", account.tasks(task))
    told = f"{read.status} deleted={read.body.get('deleted')}"
    changed = account.ask("PATCH", account.tasks(task), {"title": "x"}).status
    return f"GET {told}, PATCH {changed}, DELETE {account.ask('DELETE', account.tasks(task)).status}"


def strange_id(account: Account) -> str:
    """What an id that no task has answers."""
    return (
        f"{account.ask('GET', account.tasks('!')).said}; {account.ask('GET', account.tasks('0123456789abcdef')).said}"
    )


def unknown_field(account: Account) -> str:
    """A task with a field that the document does not have."""
    return account.ask("POST", account.tasks(), {"title": "probe", "priority": 1}).said


def late_due(account: Account) -> str:
    """What becomes of a time in `due`."""
    made = account.ask("POST", account.tasks(), {"title": "probe", "due": "2030-12-01T00:30:00+02:00"})
    return str(made.body.get("due", made.said))


def burnt_id(account: Account) -> str:
    """An event id that is used again after its event was deleted."""
    event_id = f"av{secrets.token_hex(12)}"
    at = account.clock() + timedelta(days=1)
    _event(account, at, id=event_id)
    account.ask("DELETE", account.events(event_id))
    again = _event(account, at, id=event_id)
    words = again.get("error", {})
    code = words.get("code") if isinstance(words, dict) else None
    change = account.ask("PATCH", account.events(event_id), {"summary": "x", "status": "confirmed"}).said
    return (
        f"insert {code or 200}, patch {change}, second delete {account.ask('DELETE', account.events(event_id)).status}"
    )


def outside_window(account: Account) -> str:
    """Whether a delta names a new event outside the window of the first request."""
    now = account.clock()
    end = _stamp(now + timedelta(days=30))
    first = account.ask("GET", account.events(), singleEvents="true", timeMin=_stamp(now), timeMax=end).body
    far = _event(account, now + timedelta(days=300))
    delta = account.ask("GET", account.events(), singleEvents="true", syncToken=first["nextSyncToken"]).body
    return "named" if far["id"] in [one["id"] for one in delta.get("items", [])] else "not named"


def deleted_series(account: Account) -> str:
    """What a delta shows of a series that was deleted, when single events are asked for."""
    series = _event(account, account.clock() + timedelta(days=1), recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])
    first = account.ask("GET", account.events(), singleEvents="true").body
    account.ask("DELETE", account.events(str(series["id"])))
    delta = account.ask("GET", account.events(), singleEvents="true", syncToken=first["nextSyncToken"]).body
    stubs = [one for one in delta.get("items", []) if one.get("status") == "cancelled"]
    own = sum(one["id"] == series["id"] for one in stubs)
    known = sum("originalStartTime" in one for one in stubs)
    return f"{len(stubs)} stubs, {own} of the series itself, {known} with their original start"


def with_show_deleted(account: Account) -> str:
    """A sync token together with showDeleted=false."""
    token = account.ask("GET", account.events()).body["nextSyncToken"]
    return account.ask("GET", account.events(), showDeleted="false", syncToken=token).said


def updated_min(account: Account) -> str:
    """How far back `updatedMin` may lie."""
    ages = (7, 27, 29, 60, 365)
    told = [
        (age, account.ask("GET", account.events(), updatedMin=_stamp(account.clock() - timedelta(days=age))))
        for age in ages
    ]
    return ", ".join(f"{age} d: {answer.status}" for age, answer in told)


def instance_id(account: Account) -> str:
    """The form of an instance's id, its letters and digits masked."""
    series = _event(account, account.clock() + timedelta(days=1), recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    path = f"{account.events(str(series['id']))}/instances"
    first = str(account.ask("GET", path).body["items"][0]["id"])
    return "series id, _, time" if first.removeprefix(f"{series['id']}_").endswith("Z") else "something else"


def wide_refresh(account: Account) -> str:
    """A refresh that asks for more than was granted."""
    token = account.token
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token.refresh_token,
        "client_id": token.client_id,
        "client_secret": token.client_secret,
        "scope": " ".join((*token.scopes, "https://www.googleapis.com/auth/contacts.readonly")),
    }
    web = Web("Google", account.clock)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = web.request("POST", token.token_uri, urlencode(form).encode(), headers)
    web.close()
    answer = json.loads(reply.body)
    return f"{reply.status} {answer.get('error', 'accepted')}"


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def probes() -> Iterator[Probe]:
    """Yield every probe."""
    for run in (
        if_match, lag, deleted_task, strange_id, unknown_field, late_due, burnt_id, outside_window, deleted_series,
        with_show_deleted, updated_min, instance_id, wide_refresh,
    ):  # fmt: skip
        yield Probe(run.__name__.replace("_", " "), (run.__doc__ or "").strip(), run)
