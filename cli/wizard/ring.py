"""The test ring: a task that rings in two minutes, so that nobody finds out after an interview that alarms do not work."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from afterview.sync.config import Account
from afterview.sync.errors import Missing, Refused, WriteError
from afterview.sync.identity import follow_up_key
from afterview.sync.model import RemoteTask, TaskDraft, TaskFields
from afterview.sync.ports import Clock, Connection, TaskList

from . import steps
from .drive import Renderer
from .texts import Texts

TITLE = "Afterview: test ring"
AHEAD = timedelta(minutes=2)
Connect = Callable[[Account], Connection]


def test_ring(
    account: Account, connect: Connect, profiles: Sequence[str], clock: Clock, zone: str, renderer: Renderer
) -> str:
    """Ring, ask, and try other profiles on a no. Returns the profile that rang, "" if none did or nobody wanted to try.

    `profiles` are those that the account can have. Whatever happens, the task is taken away again.
    """
    texts = Texts.own()
    if not renderer.form(steps.yes_no("try_ring", default=True, title=TITLE), texts)["try_ring"]:
        return ""
    current = str(account.settings.get("ring_profile", ""))
    left = [profile for profile in profiles if profile != current]
    while True:
        at = _ring_time(clock())
        with _ringing(account, connect, at) as tasks:
            if not tasks.capabilities().alarms:
                raise Refused(f"{tasks.name} cannot ring: {tasks.capabilities().note}")
            shown = at.astimezone(ZoneInfo(zone)).strftime("%H:%M")
            if renderer.form(steps.yes_no("rang", default=True, time=shown), texts)["rang"]:
                return current
        if not left:
            return ""
        current = str(renderer.form(steps.ring_profile(left), texts)["ring_profile"] or "")
        if not current:
            return ""
        left.remove(current)
        account = replace(account, settings={**account.settings, "ring_profile": current})


def _ring_time(now: datetime) -> datetime:
    """Two minutes from now, on a whole minute."""
    at = now + AHEAD
    return at.replace(second=0, microsecond=0) + (timedelta(minutes=1) if at.second or at.microsecond else timedelta())


@contextmanager
def _ringing(account: Account, connect: Connect, at: datetime) -> Generator[TaskList]:
    """Put the task into the list, and take it away at the end, also when the person interrupts."""
    connection = connect(account)
    try:
        tasks = connection.tasks
        if tasks is None:
            raise Refused(f"The account {account.id} has no task list that could ring.")
        key = follow_up_key("test_ring", account.id, str(account.settings.get("ring_profile", "")), at.isoformat())
        task = tasks.create(TaskDraft(key, TaskFields(title=TITLE, due_at=at + timedelta(minutes=1), ring_at=at)))
        try:
            yield tasks
        finally:
            _take_away(tasks, task)
    finally:
        connection.close()


def _take_away(tasks: TaskList, task: RemoteTask) -> None:
    """Delete the task as it is now: a phone that rang may have changed it."""
    now = tasks.fetch(task.remote_id)
    if now is None:
        return
    try:
        tasks.delete(now)
    except Missing:
        return
    except WriteError as error:
        raise Refused(f'The task "{TITLE}" could not be taken away ({error}); delete it on your phone.') from error
