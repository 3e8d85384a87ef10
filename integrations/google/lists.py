"""Google's task lists: the one that is ours, the tasks in it page by page, and a task by its id."""

from collections.abc import Iterator, Mapping
from typing import Any

from afterview.sync.errors import AlreadyThere, Changed, ListGone, Missing, NotReady, Rejected, Uncertain
from afterview.sync.ports import Memory
from afterview.sync.text import one_line

from .client import Client, if_match, items_of
from .failures import About
from .tasks_form import WANTED, Json, is_live, key_of

LIST_ID = "list_id"  # in the memory
_PAGE, _LISTS_PAGE = 100, 1000
_PAGES = 400


class Lists:
    """Requests to Google Tasks, in terms of the engine."""

    def __init__(self, client: Client, memory: Memory, name: str) -> None:
        self._client = client
        self._memory = memory
        self._name = name

    @property
    def id(self) -> str:
        """Return the id of our list: known, else by its title. Raises ListGone. A list is made by set-up only."""
        known = self._memory.get(LIST_ID)
        if isinstance(known, Mapping) and known.get("title") == self._name:
            return str(known["id"])
        found = next((list_id for list_id, title in self.all() if title == self._name), None)
        if found is None:
            raise self._gone()
        remember(self._memory, self._name, found)
        return found

    def _gone(self) -> ListGone:
        account = one_line(self._client.account, 60)
        return ListGone(f"{self._what} is not there; run `afterview accounts reconfigure {account}` to choose one.")

    @property
    def _what(self) -> str:
        return f'The task list "{one_line(self._name, 80)}"'

    def all(self) -> Iterator[tuple[str, str]]:
        """Yield id and title of every list."""
        page: str | None = None
        for _ in range(_PAGES):
            more = {"pageToken": page} if page else {}
            request = self._client.part("tasks.tasklists").list(
                maxResults=_LISTS_PAGE, fields="items(id,title),nextPageToken", **more
            )
            answer = self._client.call(request, About(self._client.account, "Google Tasks", "Your task lists"))
            for one in items_of(answer):
                yield one["id"], str(one.get("title") or "")
            page = answer.get("nextPageToken")
            if not page:
                return
        raise NotReady("Your Google task lists do not end; they are read again later.")

    def make(self, title: str) -> str:
        """Make a list and return its id."""
        about = About(self._client.account, "Google Tasks", f'The task list "{one_line(title, 80)}"', write=True)
        request = self._client.part("tasks.tasklists").insert(body={"title": title}, fields="id")
        return str(self._client.call(request, about)["id"])

    def tasks(self, updated_from: str = "", list_id: str = "") -> list[Json]:
        """Return every task, or those that changed since, deleted and hidden ones too. Every page or an exception."""
        found: dict[str, Json] = {}
        page: str | None = None
        asked: dict[str, Any] = {"updatedMin": updated_from} if updated_from else {}
        for _ in range(_PAGES):
            more = {"pageToken": page} if page else {}
            request = self._part().list(
                tasklist=list_id or self.id, maxResults=_PAGE, showCompleted=True, showHidden=True, showDeleted=True,
                fields=f"items({WANTED}),nextPageToken", **asked, **more,
            )  # fmt: skip
            answer = self._client.call(request, About(self._client.account, "Google Tasks", self._what))
            found.update((task["id"], task) for task in items_of(answer))
            page = answer.get("nextPageToken")
            if not page:
                return list(found.values())
        raise NotReady(f"{self._what} does not end; it is read again later.")

    def get(self, task_id: str, list_id: str = "") -> Json | None:
        """Read one task; None where it is deleted, or was never there."""
        request = self._part().get(tasklist=list_id or self.id, task=task_id, fields=WANTED)
        try:
            task = self._whole(request, self._about())
        except (Missing, Rejected):  # "Invalid task ID" is a 400: an id that this list never had
            return None
        return task if is_live(task) else None

    def elsewhere(self, task_id: str) -> str:
        """Find the other list to which the user moved a task; "" if there is none."""
        own = self.id
        others = [list_id for list_id, _ in self.all() if list_id != own]
        return next((list_id for list_id in others if self.get(task_id, list_id) is not None), "")

    def strayed(self) -> Iterator[tuple[str, str]]:
        """Yield id and list of the tasks of ours that the user has in other lists; reads all of them."""
        own = self.id
        for list_id, _ in list(self.all()):
            if list_id != own:
                for task in self.tasks(list_id=list_id):
                    if is_live(task) and key_of(task):
                        yield str(task["id"]), list_id

    def insert(self, body: Json) -> Json:
        """Make a task, with exactly one request. Raises Rejected, Uncertain and AccountError."""
        made = {name: value for name, value in body.items() if value is not None}
        about = About(self._client.account, "Google Tasks", self._what, item=True, write=True)
        try:
            return self._whole(self._part().insert(tasklist=self.id, body=made, fields=WANTED), about)
        except Missing:
            raise self._gone() from None
        except Changed as error:  # nothing was asked for that could change: whoever says so may have done anything
            raise Uncertain(str(error)) from error

    def patch(self, task: Json, list_id: str, body: Json) -> Json:
        """Change some fields of a task that was just read."""
        request = self._part().patch(tasklist=list_id or self.id, task=task["id"], body=dict(body), fields=WANTED)
        try:
            return self._whole(request, self._about(write=True), if_match(task.get("etag")))
        except AlreadyThere as error:  # a 409, which for something that is there can only mean this
            raise Changed(str(error)) from error

    def _whole(self, request: Any, about: About, headers: Mapping[str, str] | None = None) -> Json:
        """Send a request that is answered with a task."""
        task = self._client.call(request, about, headers=headers)
        if not isinstance(task.get("id"), str):
            raise self._client.unreadable(about)
        return task

    def delete(self, task_id: str, list_id: str) -> None:
        try:
            self._client.call(self._part().delete(tasklist=list_id or self.id, task=task_id), self._about(write=True))
        except AlreadyThere as error:  # as above
            raise Changed(str(error)) from error

    def _part(self) -> Any:
        return self._client.part("tasks.tasks")

    def _about(self, *, write: bool = False) -> About:
        what = f"A task in {self._what[0].lower()}{self._what[1:]}"
        return About(self._client.account, "Google Tasks", what, item=True, write=write)


def remember(memory: Memory, title: str, list_id: str) -> None:
    """Remember which list a title means, so that a second one of that title is not taken for it."""
    memory.set(LIST_ID, {"title": title, "id": list_id})
