"""Role `task_list`: one collection of tasks, read by token, written item by item under conditions.

key -> UID av1-KEY -> href av1-KEY.ics          so that a lost ledger is rebuilt and a repeated create is harmless
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Protocol
from urllib.parse import urlsplit

from afterview.integrations.dav.collection import Body, Collection
from afterview.integrations.dav.writing import ServerFailed, Writer
from afterview.integrations.entry import Entry
from afterview.integrations.ical.bounds import Unreadable
from afterview.integrations.ical.profiles import DEFAULT, Profile, profiles
from afterview.integrations.ical.task import edited_task, new_task, read_task, within_the_plane
from afterview.integrations.ical.todo import uid_of
from afterview.integrations.ical.zones import known_zone
from afterview.sync.errors import ConfigError, ListGone, Refused, Rejected, Uncertain
from afterview.sync.model import RemoteTask, TaskDraft, TaskFields
from afterview.sync.ports import TaskCapabilities, TaskList, TaskListing
from afterview.sync.text import one_line

from . import bodies
from .client import open_client
from .discovery import locate

ALARMS = "alarms"  # in the memory: does the server accept an alarm
CONDITIONAL = "conditional"  # in the memory: does it heed If-Match and If-None-Match
_NO_ALARM = "This server refuses alarms, so tasks are written without one and the phone stays silent."
_GOOGLE = ("googleusercontent.com", "google.com")


class Form(Protocol):
    """Makes the text to send, with or without an alarm."""

    def __call__(self, *, alarm: bool) -> str: ...


@dataclass(slots=True)
class Tasks:
    """The task list of one account."""

    entry: Entry
    name: str
    profile: Profile

    def capabilities(self) -> TaskCapabilities:
        alarms = self._alarms()
        return TaskCapabilities(times=True, alarms=alarms, note="" if alarms else _NO_ALARM)

    def read(self, cursor: str, known: Mapping[str, str], *, full: bool) -> TaskListing:
        """Read changes since the cursor, else the complete list; bodies only of what differs from `known`."""
        collection = self._collection()
        found = collection.news(cursor, known, full=full)
        changed, gone, problems = self._bodies(collection, found.wanted)
        news = found.without(gone, known)
        return TaskListing(news.coverage, news.token, changed, news.removed, news.present, problems=problems)

    def fetch(self, remote_id: str) -> RemoteTask | None:
        body = self._collection().body(remote_id)
        try:
            return self._task(body) if body.text is not None else None
        except Unreadable as problem:
            raise Rejected(_left_alone(body.href, problem)) from problem

    def find(self, key: str) -> tuple[RemoteTask, ...]:
        """Look at the href, which is exact, and ask for the UID, which finds it under another one."""
        collection = self._collection()
        found = {body.href: body for body in self._by_uid(collection, key)}
        own = self._href(collection, key)
        if own not in found:
            found[own] = collection.body(own)
        there = (body for _, body in sorted(found.items()) if body.text is not None)
        return tuple(task for body in there if (task := self._readable(body)) is not None and task.key == key)

    def create(self, draft: TaskDraft) -> RemoteTask:
        collection = self._collection()
        href, now = self._href(collection, draft.key), self.entry.clock()
        writer = self._writer(collection)

        def form(*, alarm: bool) -> str:
            return new_task(draft, self.profile, now, alarm=alarm)

        return self._write(form, lambda text: writer.create(href, text))

    def update(self, task: RemoteTask, fields: TaskFields) -> RemoteTask:
        now, zone = self.entry.clock(), known_zone(self.entry.zone) or UTC

        def form(alarm: bool) -> str:
            return edited_task(task.raw, fields, self.profile, zone, now, alarm=alarm)

        if form(alarm=self._alarms()) == task.raw:
            return task
        writer = self._writer(self._collection())
        return self._write(form, lambda text: writer.update(task.remote_id, task.etag, task.raw, text))

    def _write(self, form: Form, send: Callable[[str], Body]) -> RemoteTask:
        """Send the text; where the server refuses it for good, once more in the form that it may accept."""
        alarms = self._alarms()
        text = form(alarm=alarms)
        try:
            return self._written(send(text))
        except Rejected as error:
            plain = within_the_plane(text)
            if plain != text:
                return self._written(send(plain))
            bare = form(alarm=False)
            if isinstance(error, ServerFailed) or not alarms or bare == text:
                raise
            stored = send(bare)
            self.entry.memory.set(ALARMS, value=False)
            return self._written(stored)

    def _written(self, body: Body) -> RemoteTask:
        """Return what the server made of a text that was sent."""
        try:
            return self._task(body)
        except Unreadable as problem:
            raise Uncertain(_left_alone(body.href, problem)) from problem

    def delete(self, task: RemoteTask) -> None:
        self._writer(self._collection()).delete(task.remote_id, task.etag, task.raw)

    def _collection(self) -> Collection:
        dav = open_client(self.entry)
        url = locate(self.entry, dav, self.name, self.profile.component)
        return Collection(dav, url, f'The task list "{self.name}"', self.entry.memory)

    def _writer(self, collection: Collection) -> Writer:
        heeds = self.entry.memory.get(CONDITIONAL)
        return Writer(collection, heeds if isinstance(heeds, bool) else None)

    def _alarms(self) -> bool:
        return self.entry.memory.get(ALARMS) is not False

    def _href(self, collection: Collection, key: str) -> str:
        return f"{collection.path}{uid_of(key)}.ics"

    def _bodies(
        self, collection: Collection, hrefs: Sequence[str]
    ) -> tuple[tuple[RemoteTask, ...], frozenset[str], tuple[str, ...]]:
        """Return the tasks at some hrefs, the hrefs where there is nothing any more, and what cannot be read.

        Of that nothing is told, so that it counts as there and as it was.
        """
        tasks: list[RemoteTask] = []
        gone: set[str] = set()
        problems: list[str] = []
        for body in collection.bodies(hrefs):
            if body.text is None:
                gone.add(body.href)
                continue
            try:
                tasks.append(self._task(body))
            except Unreadable as problem:
                problems.append(_left_alone(body.href, problem))
        return tuple(tasks), frozenset(gone), tuple(problems)

    def _readable(self, body: Body) -> RemoteTask | None:
        try:
            return self._task(body)
        except Unreadable:
            return None

    def _by_uid(self, collection: Collection, key: str) -> Iterator[Body]:
        """Ask for a UID; a server that cannot search is read whole."""
        try:
            yield from collection.query(bodies.query_uid(self.profile.component, uid_of(key)))
        except ListGone:
            raise
        except Refused:
            yield from collection.bodies(sorted(collection.etags()))

    def _task(self, body: Body) -> RemoteTask:
        if body.problem:
            raise Unreadable(body.problem)
        text = body.text or ""
        key, fields = read_task(text, self.profile, known_zone(self.entry.zone) or UTC, self.entry.clock())
        return RemoteTask(body.href, key, fields, body.etag or None, text)


def _left_alone(href: str, problem: Unreadable) -> str:
    return f"The task {one_line(href, 80)} is left as it is: {problem}"


def is_google(url: str) -> bool:
    """Tell whether an address is Google's, which keeps no tasks in CalDAV."""
    host = (urlsplit(url).hostname or "").lower()
    return any(host == name or host.endswith("." + name) for name in _GOOGLE)


def open_tasks(entry: Entry) -> TaskList:
    """Open the account's task list."""
    name = str(entry.settings.get("task_list") or "")
    chosen = str(entry.settings.get("ring_profile") or DEFAULT)
    profile = profiles().get(chosen)
    if not name:
        raise ConfigError(f'The account "{entry.id}" names no task list; add `task_list = "..."`.')
    if profile is None:
        raise ConfigError(f'The account "{entry.id}" has ring_profile "{chosen}"; allowed are {", ".join(profiles())}.')
    if profile.component == "VTODO" and is_google(str(entry.settings.get("url") or "")):
        raise Refused("Google keeps no tasks in CalDAV; set up the integration `google` for the task list.")
    return Tasks(entry, name, profile)
