"""A list is a folder; a task is a file in it. Every create and delete leaves a line in `journal`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from afterview.integrations.entry import Entry
from afterview.sync.errors import ListGone
from afterview.sync.identity import short_hash
from afterview.sync.model import RemoteTask, TaskDraft, TaskFields, TaskStatus
from afterview.sync.ports import Coverage, TaskCapabilities, TaskListing

_TIMES = ("due_at", "ring_at", "snoozed_until", "completed_at")


class Sheets:
    def __init__(self, folder: Path, profile: str) -> None:
        if not folder.is_dir():
            raise ListGone(f"The list {folder.name} is not there any more; choose another one.")
        self.name, self._folder, self._profile = folder.name, folder, profile

    def capabilities(self) -> TaskCapabilities:
        return TaskCapabilities()

    def read(self, cursor: str, known: Mapping[str, str], *, full: bool) -> TaskListing:
        tasks = tuple(task for path in sorted(self._folder.glob("*.json")) if (task := self.fetch(path.name)))
        return TaskListing(Coverage.COMPLETE, "", changed=tasks, present=frozenset(task.remote_id for task in tasks))

    def fetch(self, remote_id: str) -> RemoteTask | None:
        path = self._folder / remote_id
        if not path.exists():
            return None
        text = path.read_text("utf-8")
        return RemoteTask(remote_id, path.stem, _fields(json.loads(text)), short_hash(text), text)

    def find(self, key: str) -> tuple[RemoteTask, ...]:
        found = self.fetch(f"{key}.json")
        return (found,) if found else ()

    def create(self, draft: TaskDraft) -> RemoteTask:
        path = self._folder / f"{draft.key}.json"
        path.write_text(json.dumps(asdict(draft.fields), default=datetime.isoformat), "utf-8")
        self._note("created", path.read_text("utf-8"))
        found = self.fetch(path.name)
        assert found is not None
        return found

    def update(self, task: RemoteTask, fields: TaskFields) -> RemoteTask:
        return self.create(TaskDraft(task.key, fields))

    def delete(self, task: RemoteTask) -> None:
        (self._folder / task.remote_id).unlink()
        self._note("deleted", task.raw)

    def _note(self, what: str, text: str) -> None:
        with (self._folder.parent / "journal").open("a", encoding="utf-8") as journal:
            journal.write(f"{what} {self._profile} {text}\n")


def _fields(raw: dict[str, Any]) -> TaskFields:
    times = {name: datetime.fromisoformat(raw[name]) for name in _TIMES if raw[name]}
    fields: dict[str, Any] = {**raw, "status": TaskStatus(raw["status"]), **times}
    return TaskFields(**fields)


def open_tasks(entry: Entry) -> Sheets:
    folder = Path(entry.settings["path"]) / entry.settings["task_list"]
    return Sheets(folder, str(entry.settings.get("ring_profile", "")))
