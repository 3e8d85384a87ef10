"""The real engine with a list in Google Tasks, under whatever happens: phone, calendar, lost answers, a death at any write,
a second machine.

Once faults have stopped and some passes have run: one task a key and one reminder at most, no reminder without an open
task, what the user ended stays ended, their words and names stand, and one more pass writes nothing.
"""

import os
import sqlite3
import tempfile
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from afterview.cli.showcase.google.faults import Trouble
from afterview.integrations import marks
from afterview.sync.ledger import Ledger
from afterview.sync.ledger.schema import migrate
from afterview.sync.model import EventStatus
from tests.fakes.memory import Crash
from tests.property.machines import MortalConnection
from tests.unit.integrations.google.world import GoogleWorld
from tests.unit.sync.engine.world import DAY, HOUR, MONDAY, interview

METHODS = (
    "tasks.tasks.insert",
    "tasks.tasks.patch",
    "tasks.tasks.delete",
    "tasks.tasks.list",
    "tasks.tasks.get",
    "calendar.events.insert",
    "calendar.events.patch",
    "calendar.events.delete",
    "calendar.events.list",
)
COMPANIES = ("Initech", "Globex", "Umbrella")
number = st.integers(0, 7)
step = st.one_of(
    st.tuples(st.just("pass"), st.integers(1, 600)),
    st.tuples(st.just("pass"), st.integers(1, 6000)),
    st.tuples(st.just("die"), st.integers(0, 60)),
    st.tuples(st.just("second"), st.integers(1, 600)),
    st.tuples(st.just("fault"), st.tuples(st.sampled_from(METHODS), st.sampled_from(list(Trouble)), st.integers(0, 2))),
    st.tuples(st.just("refuse"), st.tuples(st.sampled_from(METHODS), st.sampled_from([429, 500, 503]))),
    st.tuples(st.sampled_from(("complete", "reopen", "delete", "day", "rename", "annotate")), number),
    st.tuples(st.sampled_from(("move_event", "delete_event", "other_list")), number),
    st.tuples(st.sampled_from(("enter", "cancel", "shift")), st.integers(0, 2)),
    st.tuples(st.sampled_from(("lose", "expire")), st.just(0)),
)


class Life(GoogleWorld):
    """A user's life with trouble. `ended` holds keys that they ended, `said` the names and words that they gave."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.connection = self._fresh()
        self.second = self._fresh()  # of another machine on the same list
        self.ended: dict[str, str] = {}
        self.named: dict[str, str] = {}
        self.noted: dict[str, str] = {}
        self.other = self.google.tasks.add_list("Private")
        self.count = 0
        self.two = False  # whether there is another machine
        self.knows = False  # whether the ledger has seen the list since it began

    @staticmethod
    def _fresh() -> MortalConnection:
        made: MortalConnection = sqlite3.connect(":memory:", isolation_level=None, factory=MortalConnection)
        migrate(made)
        return made

    def ledger(self) -> AbstractContextManager[Ledger]:
        return nullcontext(Ledger(self.connection))

    def die(self, after: int) -> None:
        """Make a pass that dies before its n-th write to the ledger."""
        self.connection.writes_left = after
        try:
            self.sync(self.world.now + timedelta(minutes=7))
        except Crash:
            self.connection.rollback()
        self.connection.writes_left = None

    def on_the_second(self, minutes: int) -> None:
        """Make a pass on the other machine."""
        self.connection, self.second = self.second, self.connection
        self.sync(self.world.now + timedelta(minutes=minutes))
        self.connection, self.second = self.second, self.connection

    def do(self, name: str, value: Any) -> None:
        """Do one step."""
        match name:
            case "pass":
                report = self.sync(self.world.now + timedelta(minutes=value))
                self.knows = self.knows or not report.error
            case "second":
                self.two, self.ended = True, {key: how for key, how in self.ended.items() if how == "done"}
                self.on_the_second(value)
            case "die":
                self.die(value)
            case "fault":
                self.google.trouble(value[0], value[1], skip=value[2])
            case "refuse":
                self.google.fail(value[0], value[1], "backendError" if value[1] >= 500 else "rateLimitExceeded")
            case "enter" | "cancel" | "shift":
                self._calendar(name, value)
            case "lose":
                self.connection, self.knows = self._fresh(), False
                self.ended = {key: how for key, how in self.ended.items() if how == "done"}
            case "expire":
                self.google.listing.expire()
                self.google.grants.expire()
            case _:
                self._phone(name, value)

    def _calendar(self, name: str, which: int) -> None:
        status = EventStatus.CANCELLED if name == "cancel" else EventStatus.CONFIRMED
        at = MONDAY + which * DAY + (HOUR if name == "shift" else 0 * HOUR)
        self.world.enter(interview(f"u{which}", at, company=COMPANIES[which], status=status))

    def ours(self) -> dict[str, list[dict[str, Any]]]:
        """Return the living tasks by key, wherever they are."""
        found: dict[str, list[dict[str, Any]]] = {}
        for shelf in (self.shelf, self.other):
            for task in self.tasks("", shelf):
                key = marks.read(task.get("notes") or "").key
                if key:
                    found.setdefault(key, []).append(task)
        return found

    def _phone(self, name: str, which: int) -> None:
        ours = sorted(self.ours().items())
        if not ours:
            return
        key, tasks = ours[which % len(ours)]
        task, phone = tasks[0], self.google.phone
        self.count += 1
        if name == "complete" and task["status"] != "completed":
            phone.complete(task["id"])
            self.ended[key] = "done"
        elif name == "reopen" and task["status"] == "completed":
            phone.reopen(task["id"])
            self.ended.pop(key, None)
        elif name == "delete":
            phone.delete(task["id"])
            if len(tasks) == 1 and self.knows and not self.two:  # a machine that never saw it may make it
                self.ended[key] = "deleted"
            self.named.pop(key, None)
            self.noted.pop(key, None)
        elif name == "day":
            phone.snooze(task["id"], date(2026, 9, 8) + timedelta(days=self.count))
        elif name == "rename":
            self.named[key] = f"Mine {self.count}"
            phone.edit(task["id"], title=self.named[key])
        elif name == "annotate":
            self.noted[key] = f"words {self.count}"
            phone.edit(task["id"], notes=f"{self.noted[key]}\n{task.get('notes') or ''}")
        elif name == "other_list":
            phone.move(task["id"], self.other.id if task["id"] in self.shelf.tasks else self.shelf.id)
        else:
            self._reminder(name, key)

    def _reminder(self, name: str, key: str) -> None:
        mine = [one for one in self.events() if one["extendedProperties"]["private"]["afterview"] == key]
        if name == "move_event" and mine:
            start = datetime.fromisoformat(mine[0]["start"]["dateTime"]) + self.count * HOUR
            self.google.phone.move_event(self.reminders, mine[0]["id"], start, start + HOUR)
        elif name == "delete_event" and mine:
            self.google.phone.delete_event(self.reminders, mine[0]["id"])

    def check(self) -> None:
        """Let everything calm down, then look."""
        self.google.faults.clear()
        for _ in range(7):
            self.sync(self.world.now + timedelta(minutes=16))
            if self.two:
                self.on_the_second(16)
        ours = self.ours()
        assert {key: len(tasks) for key, tasks in ours.items() if len(tasks) != 1} == {}
        is_open = {key for key, (task,) in ours.items() if task["status"] != "completed"}
        reminders = Counter(one["extendedProperties"]["private"]["afterview"] for one in self.events())
        assert set(reminders) <= is_open
        assert max(reminders.values(), default=1) == 1
        for key, how in self.ended.items():
            assert key not in is_open, (key, how)
        for key, title in self.named.items():
            assert key not in ours or ours[key][0]["title"].removeprefix("× ") == title
        for key, words in self.noted.items():
            assert key not in ours or words in ours[key][0]["notes"]
        self.sync()  # nothing more may be called for by the time alone
        self.google.asked.clear()
        self.sync()
        assert self.writes() == []


DEEP = int(os.environ.get("AFTERVIEW_DEEP", "0"))


@settings(
    max_examples=DEEP or 25,
    derandomize=not DEEP,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking a life takes longer than reading it
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(step, min_size=4, max_size=24))
def test_a_list_in_google_ends_in_the_right_place_whatever_happens(steps: list[tuple[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder))
        try:
            life.sync(MONDAY - 3 * DAY)
            life.do("enter", 0)
            life.sync(MONDAY + 2 * HOUR)
            life.knows = True
            for name, value in steps:
                life.do(name, value)
            life.check()
        finally:
            life.close()
