"""The test ring: a task that rings in two minutes, so that nobody finds out after an interview that alarms do not work."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from afterview.sync.config import Account
from afterview.sync.errors import AccountError, Missing, Refused, WriteError
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
    account: Account,
    connect: Connect,
    profiles: Sequence[str],
    clock: Clock,
    zone: str,
    renderer: Renderer,
    say: Callable[[str], None],
) -> str:
    """Ring, ask, and on a no walk through the causes, then try other profiles.

    Returns the profile that rang, "" if none did, nobody wanted to try, or there are none. `profiles` are those that the
    account can have. Whatever happens, the task is taken away again.
    """
    texts = Texts.own()
    if words := _cannot_ring(account, connect):
        say(words)
        return ""
    if not renderer.form(steps.yes_no("try_ring", default=True, title=TITLE), texts)["try_ring"]:
        return ""
    profile = str(account.settings.get("ring_profile", ""))
    left = [other for other in profiles if other != profile]
    while True:
        tried = replace(account, settings={**account.settings, "ring_profile": profile}) if profile else account
        try:
            silent = _ring_once(tried, connect, _ring_time(clock()), ZoneInfo(zone), renderer)
            if not silent:
                return profile
            if renderer.form(steps.silent(silent), texts)["again"]:
                continue
        except (AccountError, WriteError) as error:
            say(f"The test ring did not work: {error}")
        profile = str(renderer.form(steps.ring_profile(left), texts)["ring_profile"] or "") if left else ""
        if not profile:
            return ""
        left.remove(profile)


def _cannot_ring(account: Account, connect: Connect) -> str:
    """Say why nobody need be asked, "" where the list can ring."""
    try:
        with closing(connect(account)) as connection:
            if connection.tasks is None or connection.tasks.capabilities().alarms:
                return ""
            instead = "the phone you chose rings" if account.settings.get("notify") else "a push can: see docs/push.md"
            return f"{connection.tasks.name} cannot ring; {instead}. {connection.tasks.capabilities().note}".strip()
    except AccountError as error:
        return f"The test ring did not work: {error}"


def _ring_once(account: Account, connect: Connect, at: datetime, zone: ZoneInfo, renderer: Renderer) -> str:
    """Ring once and ask. Returns "" if it rang, else what it is that did not ring: tasks, events or dates."""
    with _ringing(account, connect, at) as tasks:
        step = steps.yes_no("rang", default=True, time=at.astimezone(zone).strftime("%H:%M"))
        if renderer.form(step, Texts.own())["rang"]:
            return ""
        kind = "events" if account.settings.get("ring_profile") == "event" else "tasks"
        return kind if tasks.capabilities().times else "dates"


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
