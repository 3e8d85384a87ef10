"""What this account has begun at Google and not seen to end, in the account's memory, so that a crash loses none of it.

sent       task keys whose POST was sent and not answered yet: when, and when Google was first asked what came of it
promised   what reminders shall become, because a task and its reminder are two requests
silenced   when the reminders of ticked tasks would have rung, should a tick be taken back in time
moved      tasks that the user moved to another list of theirs
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from afterview.sync.ports import Memory

from .tasks_form import Promise

SENT, PROMISED, SILENCED, MOVED, DELETED = "sent", "promised", "silenced", "moved", "deleted"
LAG = timedelta(seconds=60)  # how long Google may not show what it has taken; nobody has measured it


@dataclass(slots=True)
class Journal:
    """Reads and writes the notes; every change is durable before it returns."""

    memory: Memory

    def _table(self, name: str) -> dict[str, Any]:
        found = self.memory.get(name)
        return dict(found) if isinstance(found, Mapping) else {}

    def _put(self, name: str, key: str, value: Any) -> None:
        table = self._table(name)
        if table.get(key) == value:
            return
        if value is None:
            del table[key]
        else:
            table[key] = value
        self.memory.set(name, table or None)

    # sent
    def sends(self, key: str, now: datetime) -> None:
        """Note that a task is about to be sent."""
        self._put(SENT, key, {"at": now.isoformat()})

    def answered(self, key: str) -> None:
        """Note that it is known what became of it."""
        self._put(SENT, key, None)

    def is_open(self, key: str) -> bool:
        """Tell whether it is unknown what became of a task that was sent."""
        return key in self._table(SENT)

    def looked_in_vain(self, key: str, now: datetime) -> bool:
        """Note that Google did not show it; tell whether to look again, which is over once that was long enough ago."""
        noted = self._table(SENT).get(key)
        if not isinstance(noted, Mapping):
            return False
        first = datetime.fromisoformat(noted["looked"]) if "looked" in noted else now
        if now - first >= LAG:
            self.answered(key)
            return False
        self._put(SENT, key, {**noted, "looked": first.isoformat()})
        return True

    # promised
    def promise(self, key: str, promise: Promise) -> None:
        ring = promise.ring_at.isoformat() if promise.ring_at else ""
        self._put(PROMISED, key, {"ring": ring, "title": promise.title, "given": list(promise.given)})

    def kept(self, key: str) -> None:
        """Note that a promise was kept, or that there is nothing to keep."""
        self._put(PROMISED, key, None)

    def promises(self) -> dict[str, Promise]:
        """Return what is still to be done."""
        return {
            key: Promise(
                datetime.fromisoformat(one["ring"]) if one["ring"] else None,
                one["title"],
                tuple(one.get("given") or ()),
            )
            for key, one in self._table(PROMISED).items()
        }

    # silenced
    def silence(self, key: str, ring_at: datetime) -> None:
        self._put(SILENCED, key, ring_at.isoformat())

    def heard_again(self, key: str, now: datetime) -> datetime | None:
        """Forget that a reminder was taken away; return when it should ring, None where that is past or unknown."""
        ring = self._table(SILENCED).get(key)
        self._put(SILENCED, key, None)
        ring_at = datetime.fromisoformat(ring) if ring else None
        return ring_at if ring_at and ring_at > now else None

    def forget_past(self, now: datetime) -> None:
        """Forget rings that would be past anyway."""
        for key, ring in self._table(SILENCED).items():
            if datetime.fromisoformat(ring) <= now:
                self._put(SILENCED, key, None)

    # deleted
    def deletes(self, task_id: str) -> None:
        self._put(DELETED, task_id, "yes")

    def was_ours(self, task_id: str) -> bool:
        """Tell whether a task is gone because we deleted it; forgets it, since it is told once."""
        ours = task_id in self._table(DELETED)
        if ours:
            self._put(DELETED, task_id, None)
        return ours

    # moved
    def moved(self) -> dict[str, str]:
        """Return task id -> id of the list where it is now."""
        return self._table(MOVED)

    def moves(self, task_id: str, list_id: str | None) -> None:
        """Note where a task is now; None: where it was made, or nowhere."""
        self._put(MOVED, task_id, list_id)
