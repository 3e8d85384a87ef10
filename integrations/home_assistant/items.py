"""Role `task_list`: one to-do list of a Home Assistant, written so that nothing is ever made twice.

A list there gives no id for what was added, and many show what was changed only later. So every item carries our mark,
and what was sent and cannot be seen yet is remembered, for as long as a list may need:

    added    key -> when            sent; until it is seen, `find` cannot tell (after that time, and a fresh look: absent)
    written  uid -> before, after   until the list shows anything but `before`, it counts as what we wrote
    done     uid -> since when      lists do not tell when something was ticked
    opened   uids                   withdrawn by us and opened again: ticked once more, it is done
    named    uid -> key             in a list without descriptions, which cannot carry the mark
    vanished uid -> item, since     in a list that drops what is ticked, an item of ours that is gone for good was ticked
    ring     uid -> when            a list keeps no alarm, so it is kept here; who reaches the phone rings by it
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from afterview.sync.days import Days
from afterview.sync.errors import AccountError, AlreadyThere, Changed, Missing, Rejected, Uncertain
from afterview.sync.model import RemoteTask, TaskDraft, TaskFields, TaskStatus
from afterview.sync.ports import Clock, Coverage, Memory, TaskCapabilities, TaskListing
from afterview.sync.text import one_line

from .access import Item, ListAccess
from .convert import etag_of, fields_of, from_json, held, is_reopened, item_of, to_json

PATIENCE_S = (0.1, 0.2, 0.4, 0.8, 1.5)  # between looks for what was just changed
LATENESS = timedelta(minutes=20)  # a list may take so long to show a change
GONE_FOR_GOOD = timedelta(minutes=10)
KEPT = timedelta(days=30)  # so long a ticked item that has vanished is still told of

Noted = dict[str, Any]


class EntityTasks:
    """One list (`sync.ports.TaskList`)."""

    def __init__(
        self,
        name: str,
        access: ListAccess,
        memory: Memory,
        clock: Clock,
        zone: str,
        patience: Sequence[float] = PATIENCE_S,
    ) -> None:
        self.name = name
        self._access = access
        self._memory = memory
        self._clock = clock
        self._days = Days(ZoneInfo(zone))
        self._patience = patience

    def capabilities(self) -> TaskCapabilities:
        features = self._access.features()
        note = "" if features.texts else "its items have no description, so they are recognised by their title"
        return TaskCapabilities(times=features.times, alarms=False, note=note)

    def read(self, cursor: str, known: Mapping[str, str], *, full: bool) -> TaskListing:  # noqa: ARG002 -- always whole
        tasks = self._look()
        for kind in ("done", "opened", "named", "ring"):
            for uid in self._noted(kind).keys() - {one.remote_id for one in tasks}:
                self._forget(kind, uid)
        changed = tuple(one for one in tasks if known.get(one.remote_id) != one.etag)
        return TaskListing(Coverage.COMPLETE, "", changed, present=frozenset(one.remote_id for one in tasks))

    def fetch(self, remote_id: str) -> RemoteTask | None:
        return self._one(remote_id, fresh=False)

    def find(self, key: str) -> tuple[RemoteTask, ...]:
        found = tuple(one for one in self._look() if one.key == key)
        added = self._noted("added")
        if not found and key in added and self._recent(added[key]["at"]):
            raise Uncertain(f'"{one_line(added[key]["title"])}" was added to {self.name}, which does not show it yet.')
        self._forget("added", key)
        return found

    def create(self, draft: TaskDraft) -> RemoteTask:
        there = self._look(fresh=False)
        if any(one.key == draft.key for one in there):
            raise AlreadyThere(f'"{one_line(draft.fields.title)}" is in {self.name} already.')
        item = item_of("", draft.key, draft.fields, self._access.features(), self._days, self._clock())
        self._note("added", draft.key, title=item.title, there=[one.remote_id for one in there])
        self._access.keep()
        try:
            self._access.add(item)
        except (Rejected, AccountError):  # it was certainly not added
            self._forget("added", draft.key)
            raise
        for seconds in (0, *self._patience):
            self._access.pause(seconds)
            found = [one for one in self._look() if one.key == draft.key]
            if found:
                self._forget("added", draft.key)
                return self._with_ring(found[0], draft.fields.ring_at)
        raise Uncertain(f'"{item.title}" was added to {self.name}, which does not show it yet.')

    def update(self, task: RemoteTask, fields: TaskFields) -> RemoteTask:
        features, now = self._access.features(), self._clock()
        seen = self._unchanged(task)
        if held(fields, features) == held(seen.fields, features):
            return self._with_ring(seen, fields.ring_at)
        item = item_of(task.remote_id, task.key, held(fields, features), features, self._days, now)
        if fields.status is TaskStatus.DONE:
            self._note("done", item.uid, at=(fields.completed_at or now).isoformat())
        self._forget("opened", item.uid)
        self._send(item.uid, item)
        self._access.change(item)
        self._wait_for(item.uid)
        return self._with_ring(self._task(item), fields.ring_at)

    def delete(self, task: RemoteTask) -> None:
        self._unchanged(task)
        self._send(task.remote_id, None)
        self._access.remove(task.remote_id)
        self._wait_for(task.remote_id)

    # What the list shows, with what it does not show yet

    def _look(self, *, fresh: bool = True) -> list[RemoteTask]:
        items = {item.uid: item for item in self._access.items(fresh=fresh)}
        self._overlay(items)
        self._bind(items.values())
        tasks = [self._task(item) for item in items.values()]
        return tasks if not self._access.features().drops_done else [*tasks, *self._ticked_away(tasks)]

    def _overlay(self, items: dict[str, Item]) -> None:
        for uid, said in self._noted("written").items():
            item = items.get(uid)
            if item is None or etag_of(item) != said["before"] or not self._recent(said["at"]):
                self._forget("written", uid)
            elif said["after"] is None:
                del items[uid]
            else:
                items[uid] = from_json(said["after"])

    def _task(self, item: Item) -> RemoteTask:
        done = self._noted("done").get(item.uid)
        if item.done and done is None:
            self._note("done", item.uid, at=self._clock().isoformat())
            done = self._noted("done")[item.uid]
        elif not item.done and done is not None:
            self._forget("done", item.uid)
        insisted = item.uid in self._noted("opened")
        at = datetime.fromisoformat(done["at"]) if item.done and done else None
        key, fields = fields_of(item, self._days, at, insisted=insisted)
        if not insisted and is_reopened(item):
            self._note("opened", item.uid)
        key = key or self._noted("named").get(item.uid, {}).get("key", "")
        ring = self._noted("ring").get(item.uid)
        ring_at = datetime.fromisoformat(ring["at"]) if ring else None
        return RemoteTask(item.uid, key, replace(fields, ring_at=ring_at), etag_of(item))

    def _with_ring(self, task: RemoteTask, ring_at: datetime | None) -> RemoteTask:
        if ring_at is None:
            self._forget("ring", task.remote_id)
        else:
            self._note("ring", task.remote_id, at=ring_at.isoformat())
        return replace(task, fields=replace(task.fields, ring_at=ring_at))

    def _bind(self, items: Iterable[Item]) -> None:
        """Recognise by its title what was added to a list that cannot carry the mark."""
        if self._access.features().texts:
            return
        named = self._noted("named")
        for key, said in self._noted("added").items():
            for item in items:
                if item.title == said["title"] and item.uid not in {*said["there"], *named} and not item.done:
                    self._note("named", item.uid, key=key)
                    break

    def _ticked_away(self, shown: Sequence[RemoteTask]) -> list[RemoteTask]:
        """Tell what was ticked in a list that drops such items, once they are gone for good."""
        now, there = self._clock(), {one.remote_id: one for one in shown}
        for one in shown:
            if one.key and one.fields.status is TaskStatus.OPEN:
                item = item_of(one.remote_id, one.key, one.fields, self._access.features(), self._days, now)
                self._note("vanished", one.remote_id, item=to_json(replace(item, done=True)), since="")
        ticked: list[RemoteTask] = []
        for uid, said in self._noted("vanished").items():
            if uid in there:
                continue
            since = datetime.fromisoformat(said["since"]) if said["since"] else now
            if not said["since"]:
                self._note("vanished", uid, item=said["item"], since=now.isoformat())
            elif now - since >= KEPT:
                self._forget("vanished", uid)
            elif now - since >= GONE_FOR_GOOD:
                self._note("done", uid, at=since.isoformat())
                ticked.append(self._task(from_json(said["item"])))
        return ticked

    # Writing

    def _one(self, remote_id: str, *, fresh: bool) -> RemoteTask | None:
        return next((one for one in self._look(fresh=fresh) if one.remote_id == remote_id), None)

    def _unchanged(self, task: RemoteTask) -> RemoteTask:
        """Return the item as it is now, if it is still what was seen."""
        seen = self._one(task.remote_id, fresh=True)
        if seen is None:
            raise Missing(f'"{one_line(task.fields.title)}" is not in {self.name} any more.')
        if seen.etag != task.etag:
            raise Changed(f'"{one_line(task.fields.title)}" was changed in {self.name}.')
        return seen

    def _send(self, uid: str, after: Item | None) -> None:
        before = next((etag_of(item) for item in self._access.items(fresh=False) if item.uid == uid), "")
        self._note("written", uid, before=before, after=to_json(after) if after else None)
        if after is None:
            self._forget("vanished", uid)
            self._forget("named", uid)
        elif after.done and self._access.features().drops_done:
            self._note("vanished", uid, item=to_json(after), since="")
        self._access.keep()

    def _wait_for(self, uid: str) -> None:
        """Give the list a moment to show a change; where it takes longer, `written` stands in for it."""
        for seconds in (0, *self._patience):
            self._access.pause(seconds)
            self._look()
            if uid not in self._noted("written"):
                return

    # Memory

    def _noted(self, kind: str) -> Noted:
        return dict(self._memory.get(f"{kind} {self.name}") or {})

    def _note(self, kind: str, name: str, **value: Any) -> None:
        known = self._noted(kind)
        said = {"at": self._clock().isoformat(), **value}
        if known.get(name) is None or {**known[name], "at": ""} != {**said, "at": ""} or "at" in value:
            self._memory.set(f"{kind} {self.name}", {**known, name: said})

    def _forget(self, kind: str, name: str) -> None:
        known = self._noted(kind)
        if known.pop(name, None) is not None:
            self._memory.set(f"{kind} {self.name}", known or None)

    def _recent(self, at: str) -> bool:
        return timedelta(0) <= self._clock() - datetime.fromisoformat(at) < LATENESS
