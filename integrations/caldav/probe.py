"""Find out what a task list can do by doing it to one task of our own, which is deleted at the end.

    create -> read back -> create again (must fail) -> edit with a stale condition (must fail) -> complete -> delete
What comes out is kept in the account's memory, so that no pass has to guess. The user's own tasks are only looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from afterview.integrations.dav.client import Dav
from afterview.integrations.dav.collection import Collection
from afterview.integrations.http import Lost
from afterview.integrations.ical.profiles import DEFAULT, Profile, profiles
from afterview.integrations.ical.task import edited_task, new_task, read_task
from afterview.integrations.ical.todo import uid_of
from afterview.sync.errors import Refused
from afterview.sync.identity import follow_up_key
from afterview.sync.model import TaskDraft, TaskFields, TaskStatus
from afterview.sync.text import one_line

from .tasks import ALARMS, CONDITIONAL

_STALE = '"afterview-never-was-this"'
_APPLE = ("apple inc", "ios", "macos", "reminders")
_LOOKED_AT = 30


@dataclass(slots=True)
class Probe:
    """What was found. `profile` = the ring profile to propose; `memory` goes to the account."""

    profile: str = DEFAULT
    memory: dict[str, Any] = field(default_factory=dict)


class NotUsable(Exception):
    """The list cannot hold our tasks; the message is one sentence."""


def probe(collection: Collection, preferred: str, now: datetime) -> Probe:
    """Try the list out. Raises `NotUsable`, and `AccountError` for what keeps it from being tried."""
    due_at = (now + timedelta(days=30)).replace(second=0, microsecond=0)
    fields = TaskFields(title="Afterview: trying this list out", notes="This task goes away by itself.", due_at=due_at)
    draft = TaskDraft(follow_up_key("probe", now.isoformat()), replace(fields, ring_at=due_at - timedelta(hours=1)))
    tried = _Trial(collection, draft, now)
    try:
        chosen = tried.create(_candidates(preferred))
        result = Probe(chosen.name, {ALARMS: tried.alarms})
        tried.read_back(chosen)
        result.memory[CONDITIONAL] = tried.heeds_conditions()
        tried.complete(chosen)
    finally:
        tried.clean_up()
    return result


def proposed_profile(collection: Collection, host: str) -> str:
    """Guess the ring profile from the server and from who wrote into the list so far."""
    if host == "icloud.com" or host.endswith(".icloud.com"):
        return "event"
    hrefs = sorted(collection.etags())[:_LOOKED_AT]
    writers = [_producer(body.text or "") for body in collection.bodies(hrefs)] if hrefs else []
    apple = sum(any(name in writer for name in _APPLE) for writer in writers)
    return "apple" if apple * 2 > len(writers) else DEFAULT


def _producer(text: str) -> str:
    start = text.find("PRODID")
    return text[start : start + 120].partition("\n")[0].lower() if start >= 0 else ""


def _candidates(preferred: str) -> list[Profile]:
    """Return the profiles to try in order: one server refuses alarms that are relative to the due date."""
    every = profiles()
    if every[preferred].component == "VEVENT":
        return [every[preferred]]
    return [every[name] for name in dict.fromkeys((preferred, "android", "apple"))]


class _Trial:
    def __init__(self, collection: Collection, draft: TaskDraft, now: datetime) -> None:
        self.collection = collection
        self.draft = draft
        self.now = now
        self.href = f"{collection.path}{uid_of(draft.key)}.ics"
        self.url = collection.dav.absolute(self.href)
        self.text = ""
        self.alarms = True
        self._refusal = ""

    @property
    def dav(self) -> Dav:
        return self.collection.dav

    def create(self, candidates: list[Profile]) -> Profile:
        """Create the task in the first form that the server takes, with an alarm if any has one."""
        for alarm in (True, False):
            for profile in candidates:
                self.text = new_task(self.draft, profile, self.now, alarm=alarm)
                if self._put({"If-None-Match": "*"}):
                    self.alarms = alarm
                    return profile
        raise NotUsable(f"{self.collection.what} does not take new tasks: {self._refusal}.")

    def read_back(self, profile: Profile) -> None:
        """See whether what was stored is what was sent."""
        self.text = self.collection.body(self.href).text or ""
        key, fields = read_task(self.text, profile, UTC, self.now)
        if key != self.draft.key or (fields.title, fields.due_at) != (
            self.draft.fields.title,
            self.draft.fields.due_at,
        ):
            raise NotUsable(f"{self.collection.what} does not keep a task as it was sent.")
        self.alarms = self.alarms and fields.ring_at is not None

    def heeds_conditions(self) -> bool:
        """Send two requests that a server must refuse; tell whether it did."""
        return not self._put({"If-None-Match": "*"}) and not self._put({"If-Match": _STALE})

    def complete(self, profile: Profile) -> None:
        """Tick the task and see that the tick stays."""
        self.text = self.collection.body(self.href).text or ""
        _, seen = read_task(self.text, profile, UTC, self.now)
        done = replace(seen, status=TaskStatus.DONE, completed_at=self.now.replace(microsecond=0), ring_at=None)
        self.text = edited_task(self.text, done, profile, UTC, self.now, alarm=True)
        self._put({})
        stored = self.collection.body(self.href).text or ""
        if read_task(stored, profile, UTC, self.now)[1].status is not TaskStatus.DONE:
            raise NotUsable(f"{self.collection.what} does not keep the tick of a task.")

    def clean_up(self) -> None:
        """Delete the task; that it is there no more is what counts."""
        try:
            reply = self.dav.delete(self.url, {})
        except Lost:
            reply = self.dav.delete(self.url, {})
        if reply.status == 403:
            raise Refused(f"{self.collection.what} does not let tasks be deleted; remove the trial task by hand.")

    def _put(self, conditions: Mapping[str, str]) -> bool:
        """Store the text; False = refused. A refusal that concerns the account raises."""
        reply = self.dav.put(self.url, self.text, conditions)
        if reply.status < 300:
            return True
        if reply.status in {401, 423, 429, 502, 503, 504}:
            raise self.dav.failure(reply, self.collection.what)
        self._refusal = f"HTTP {reply.status} {one_line(reply.text(), 80)}".strip()
        return False
