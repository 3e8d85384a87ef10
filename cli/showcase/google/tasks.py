"""Google Tasks as the server keeps it: lists, tasks, and what the document says about them only in prose.

behaviour                                               source
due is turned into UTC, then cut to its date            document (due), blog of 2011
title 1,024, notes 8,192 characters                     document
completed on a phone = hidden too                       home-assistant/core#122359
deleted stays listed with showDeleted                   document; for how long is unknown (`forget`)
moved to another list = deleted here, same id there     tasks/tasks
If-Match is heeded                                      unknown (`heeds_if_match`)
update of a deleted task = 404                          unknown
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .contract import Call, Json
from .formats import is_moment, moment, stamp
from .pages import Pages
from .problems import Problem, invalid, not_found

TITLE_LIMIT, NOTES_LIMIT = 1024, 8192
PAGE, PAGE_LIMIT, LISTS_LIMIT = 20, 100, 1000


@dataclass(slots=True)
class Shelf:
    """One task list; `tasks` are complete resources but for position, by id, in their order."""

    id: str
    title: str
    updated: datetime
    revision: int
    tasks: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Tasks:
    """All lists of one user."""

    clock: Callable[[], datetime]
    pages: Pages
    heeds_if_match: bool = False
    shelves: dict[str, Shelf] = field(default_factory=dict)
    revision: int = 0

    def __post_init__(self) -> None:
        """Begin with the list that everybody has."""
        self.add_list("My Tasks")

    def handlers(self) -> Mapping[str, Callable[[Call], Json | None]]:
        """Return what answers each method."""
        return {
            "tasks.tasklists.list": self._lists,
            "tasks.tasklists.get": lambda call: self._list_resource(self.shelf(call["tasklist"])),
            "tasks.tasklists.insert": lambda call: self._list_resource(self.add_list(call.body.get("title", ""))),
            "tasks.tasklists.patch": self._rename,
            "tasks.tasklists.update": self._rename,
            "tasks.tasklists.delete": self._drop_list,
            "tasks.tasks.list": self._list,
            "tasks.tasks.get": lambda call: self._resource(*self._found(call)),
            "tasks.tasks.insert": self._insert,
            "tasks.tasks.patch": self._patch,
            "tasks.tasks.update": self._update,
            "tasks.tasks.delete": self._delete,
            "tasks.tasks.move": self._move,
            "tasks.tasks.clear": self._clear,
        }

    # what tests and the phone use
    def add_list(self, title: str) -> Shelf:
        """Make a list. Titles are not unique."""
        if not 0 < len(title) <= TITLE_LIMIT:
            raise invalid("Invalid title.")
        self.revision += 1
        shelf = Shelf(_id("list", self.revision), title, self.clock(), self.revision)
        self.shelves[shelf.id] = shelf
        return shelf

    def shelf(self, list_id: str) -> Shelf:
        """Return a list by id; "@default" is the first."""
        if list_id == "@default":
            return next(iter(self.shelves.values()))
        if list_id not in self.shelves:
            raise not_found()
        return self.shelves[list_id]

    def put(self, shelf: Shelf, task: Json, changes: Json) -> Json:
        """Take over changed fields, checked, with all that follows from them."""
        task = {**task, **_checked(changes)}
        if task.get("status") == "completed":
            task.setdefault("completed", stamp(self.clock()))
        else:
            task["status"] = "needsAction"
            task.pop("completed", None)
            task.pop("hidden", None)
        self.revision += 1
        task["updated"] = stamp(self.clock())
        task["etag"] = f'"{_id("etag", self.revision)}"'
        kept = {name: value for name, value in task.items() if value is not None and (value != "" or name == "title")}
        shelf.tasks[kept["id"]] = kept
        shelf.updated, shelf.revision = self.clock(), self.revision
        return kept

    def add(self, shelf: Shelf, fields: Json) -> Json:
        """Make a task at the top of a list."""
        task_id = _id("task", self.revision + 1)
        made = self.put(shelf, {"kind": "tasks#task", "id": task_id, "title": "", "links": []}, fields)
        shelf.tasks = {task_id: made, **shelf.tasks}
        return made

    def where(self, task_id: str) -> Shelf:
        """Find the list in which a task lives."""
        for shelf in self.shelves.values():
            if task_id in shelf.tasks and not shelf.tasks[task_id].get("deleted"):
                return shelf
        raise not_found()

    def transfer(self, task_id: str, target: Shelf) -> Json:
        """Move a task to another list: deleted here, the same id there."""
        shelf = self.where(task_id)
        task = dict(shelf.tasks[task_id])
        self.put(shelf, task, {"deleted": True})
        return self.put(target, task, {})

    def forget(self) -> None:
        """Let go of what was deleted, as Google does some day."""
        for shelf in self.shelves.values():
            shelf.tasks = {task_id: task for task_id, task in shelf.tasks.items() if not task.get("deleted")}

    # the methods
    def _lists(self, call: Call) -> Json:
        shown = [self._list_resource(shelf) for shelf in self.shelves.values()]
        page, more = self.pages.cut(call, shown, call["maxResults"] or LISTS_LIMIT, LISTS_LIMIT)
        return {"kind": "tasks#taskLists", "etag": f'"{self.revision}"', "items": page, **more}

    def _list_resource(self, shelf: Shelf) -> Json:
        return {
            "kind": "tasks#taskList",
            "id": shelf.id,
            "etag": f'"{_id("etag", shelf.revision)}"',
            "title": shelf.title,
            "updated": stamp(shelf.updated),
            "selfLink": f"https://www.googleapis.com/tasks/v1/users/@me/lists/{shelf.id}",
        }

    def _rename(self, call: Call) -> Json:
        shelf = self.shelf(call["tasklist"])
        shelf.title = call.body.get("title") or shelf.title
        self.revision += 1
        shelf.updated, shelf.revision = self.clock(), self.revision
        return self._list_resource(shelf)

    def _drop_list(self, call: Call) -> None:
        shelf = self.shelf(call["tasklist"])
        if shelf is next(iter(self.shelves.values())):
            raise invalid("Invalid Value")  # the list that everybody has stays
        del self.shelves[shelf.id]

    def _list(self, call: Call) -> Json:
        shelf = self.shelf(call["tasklist"])
        shown = [self._resource(shelf, task) for task in shelf.tasks.values() if _is_wanted(task, call)]
        page, more = self.pages.cut(call, shown, call["maxResults"] or PAGE, PAGE_LIMIT)
        return {"kind": "tasks#tasks", "etag": f'"{self.revision}"', **({"items": page} if page else {}), **more}

    def _insert(self, call: Call) -> Json:
        shelf = self.shelf(call["tasklist"])
        made = self.add(shelf, {name: value for name, value in call.body.items() if name not in _SERVER_MADE})
        if call["parent"]:
            made["parent"] = call["parent"]
        return self._resource(shelf, made)

    def _patch(self, call: Call) -> Json:
        shelf, task = self._living(call)
        return self._resource(
            shelf, self.put(shelf, task, {k: v for k, v in call.body.items() if k not in _SERVER_MADE})
        )

    def _update(self, call: Call) -> Json:
        shelf, task = self._living(call)
        if call.body.get("id") != task["id"]:
            raise invalid("Missing task ID")
        kept = {name: value for name, value in task.items() if name in _SERVER_MADE}
        return self._resource(
            shelf, self.put(shelf, kept, {k: v for k, v in call.body.items() if k not in _SERVER_MADE})
        )

    def _delete(self, call: Call) -> None:
        shelf, task = self._living(call)
        self.put(shelf, task, {"deleted": True})

    def _move(self, call: Call) -> Json:
        shelf, task = self._living(call)
        target = self.shelf(call["destinationTasklist"]) if call["destinationTasklist"] else shelf
        if target is not shelf:
            return self._resource(target, self.transfer(task["id"], target))
        return self._resource(shelf, self.put(shelf, task, {}))

    def _clear(self, call: Call) -> None:
        shelf = self.shelf(call["tasklist"])
        for task in list(shelf.tasks.values()):
            if task["status"] == "completed":
                self.put(shelf, task, {"hidden": True})

    def _found(self, call: Call) -> tuple[Shelf, Json]:
        shelf = self.shelf(call["tasklist"])
        if not call["task"].replace("-", "").replace("_", "").isalnum() or len(call["task"]) < 10:
            raise invalid("Invalid task ID")
        if call["task"] not in shelf.tasks:
            raise not_found()
        return shelf, shelf.tasks[call["task"]]

    def _living(self, call: Call) -> tuple[Shelf, Json]:
        shelf, task = self._found(call)
        if task.get("deleted"):
            raise not_found()
        if self.heeds_if_match and call.headers.get("if-match") not in {None, "*", task["etag"]}:
            raise Problem(412, "conditionNotMet", "Precondition Failed")
        return shelf, task

    def _resource(self, shelf: Shelf, task: Json) -> Json:
        position = list(shelf.tasks).index(task["id"])
        return {
            **task,
            "position": f"{position:020d}",
            "selfLink": f"https://www.googleapis.com/tasks/v1/lists/{shelf.id}/tasks/{task['id']}",
            "webViewLink": f"https://tasks.google.com/task/{task['id']}?sa=6",
        }


_SERVER_MADE = frozenset(("id", "kind", "etag", "links", "hidden", "parent", "position", "selfLink", "updated"))


def _checked(changes: Json) -> Json:
    """Hold changed fields against what the document says in prose."""
    made = dict(changes)
    if len(made.get("title") or "") > TITLE_LIMIT:
        raise invalid("Invalid title: too long.")
    if len(made.get("notes") or "") > NOTES_LIMIT:
        raise invalid("Invalid notes: too long.")
    if made.get("status", "completed") not in {"needsAction", "completed"}:
        raise invalid("Invalid status.")
    for name in ("due", "completed"):
        if made.get(name) and not is_moment(made[name]):
            raise invalid(f"Invalid {name}: not an RFC 3339 time.")
    if made.get("due"):
        made["due"] = f"{moment(made['due']).date().isoformat()}T00:00:00.000Z"
    if made.get("completed"):
        made["completed"] = stamp(moment(made["completed"]))
    return made


def _is_wanted(task: Json, call: Call) -> bool:
    if task.get("deleted") and not call["showDeleted"]:
        return False
    if task.get("hidden") and not call["showHidden"]:
        return False
    if task["status"] == "completed" and call["showCompleted"] is False:
        return False
    return all(_is_between(task, *names) for names in _bounds(call))


def _bounds(call: Call) -> Iterator[tuple[str, Any, Any]]:
    yield "updated", call["updatedMin"], None
    yield "due", call["dueMin"], call["dueMax"]
    yield "completed", call["completedMin"], call["completedMax"]


def _is_between(task: Json, name: str, low: str | None, high: str | None) -> bool:
    for bound in (low, high):
        if bound and not is_moment(bound):
            raise invalid(f"Invalid bound for {name}: {bound}")
    if not low and not high:
        return True
    value = task.get(name)
    if value is None:
        return False
    return (not low or moment(value) >= moment(low)) and (not high or moment(value) < moment(high))


def _id(kind: str, number: int) -> str:
    return hashlib.sha256(f"{kind}-{number}".encode()).hexdigest()[:22]
