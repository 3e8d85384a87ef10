"""Doors for tasks on a CalDAV server: bodies of tasks, and the XML that lists them."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

from afterview.integrations.caldav.client import open_client
from afterview.integrations.caldav.tasks import open_tasks
from afterview.integrations.dav.collection import Collection, NoDelta
from afterview.integrations.ical.profiles import profiles
from afterview.integrations.ical.todo import new_task
from afterview.sync.errors import AccountError
from afterview.sync.model import RemoteTask, TaskDraft, TaskFields
from tests.accounts import START, Notebook, account, close
from tests.fakes.dav import FakeDav
from tests.fakes.web import Answered, WebServer
from tests.hostile.calendars import lines_ended
from tests.hostile.cases import Case

KEY, FIRST, SECOND = (f"t-{digit * 32}" for digit in "012")
_OWNED = ("DESCRIPTION", "DTSTAMP", "LAST-MODIFIED", "SUMMARY", "DUE", "STATUS", "COMPLETED", "PERCENT-COMPLETE")


def task(case: Case, place: Path) -> dict[str, Any]:
    """Put it on the list between two tasks of ours; if it is ours, change its notes."""
    del place
    server = FakeDav()
    list_address = server.make("tasks", "VTODO")
    settings = {"url": server.url + "/", "username": server.user, "task_list": list_address}
    entry = account(settings, password=server.password, memory=Notebook({"conditional": True}))
    try:
        for key in (FIRST, SECOND):
            fields = TaskFields(title="Thank Ana", due_at=START, ring_at=START)
            text = new_task(TaskDraft(key, fields), profiles()["android"], START, alarm=True)
            server.put(f"{list_address}av1-{key}.ics", text)
        text = lines_ended(_component(case), case)
        href = f"{list_address}case.ics".removeprefix(server.url)
        server.put(server.url + href, text)
        tasks = open_tasks(entry)
        listing = tasks.read("", {}, full=True)
        mine = [one for one in listing.changed if one.remote_id == href]
        keys = {one.key for one in listing.changed}
        kept = _kept(text, server, href, tasks.update(mine[0], _changed(mine[0]))) if mine and mine[0].key else True
        return {
            "good": {FIRST, SECOND} <= keys and href in listing.present and href not in listing.removed,
            "parked": list(listing.problems),
            "ours": bool(mine and mine[0].key),
            "kept": kept,
            "shown": list(listing.problems),
            **(_said(mine[0]) if mine else {}),
        }
    except AccountError as error:
        return {"error": f"{type(error).__name__}: {error}", "shown": [str(error)]}
    finally:
        close(entry)
        server.close()


def _component(case: Case) -> str:
    given = case.text()
    if case.settings.get("whole"):
        return given
    names = {line.replace(";", ":").partition(":")[0].upper() for line in given.split("\n")}
    own = {"UID": f"av1-{KEY}", "DTSTAMP": "20260901T080000Z", "SUMMARY": "Thank Bo"}
    lines = [f"{name}:{value}\n" for name, value in own.items() if name not in names]
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTODO\n{''.join(lines)}{given}\nEND:VTODO\nEND:VCALENDAR\n"


def _changed(seen: RemoteTask) -> TaskFields:
    return replace(seen.fields, notes="Changed.")


def _kept(text: str, server: FakeDav, href: str, written: RemoteTask) -> bool:
    """Tell whether the edit changed what is ours and left every other line as it was."""
    after = server.get(server.url + href) or ""
    lost = [line for line in text.split("\r\n") if line not in after and not line.startswith((*_OWNED, " ", "\t"))]
    return written.fields.notes == "Changed." and not lost and after.count("BEGIN:VTODO") == text.count("BEGIN:VTODO")


def _said(one: RemoteTask) -> dict[str, Any]:
    times = {"due": one.fields.due_at, "ring": one.fields.ring_at, "done": one.fields.completed_at}
    words = {name: at.astimezone(UTC).isoformat() if at else "" for name, at in times.items()}
    return {"title": one.fields.title, "notes": one.fields.notes, "status": one.fields.status.value, **words}


def multistatus(case: Case, place: Path) -> dict[str, Any]:
    """Answer the listing of a collection with it."""
    del place
    asked: list[str] = []

    def answer(request: Any) -> Answered:
        asked.append(request.method)
        return Answered(207, case.data(), {"Content-Type": "application/xml"})

    server = WebServer(answer)
    entry = account({"url": f"{server.url}/list/", "username": "alice", "task_list": "x"}, password="secret")
    try:
        collection = Collection(open_client(entry), f"{server.url}/list/", 'The task list "x"', entry.memory)
        if case.settings.get("reads") == "bodies":
            found = [body.href for body in collection.query(b"<x/>")]
        elif case.settings.get("reads") == "changes":
            delta = collection.changes("token")
            found = sorted([*delta.changed, *(f"-{href}" for href in delta.removed)])
        else:
            found = [f"{href} {etag}" for href, etag in sorted(collection.etags().items())]
        return {"rows": found if len(found) < 9 else len(found), "requests": len(asked)}
    except (AccountError, NoDelta) as error:
        return {"error": f"{type(error).__name__}: {error}", "shown": [str(error)], "requests": len(asked)}
    finally:
        close(entry)
        server.close()


DOORS = {"task": task, "multistatus": multistatus}
