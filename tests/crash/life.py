"""A user's life on a place, by a seed: interviews come, move and are called off, the phone is used, answers are given,
and Afterview works on it through bad weather, killed at any request and before any write to its ledger.

At the end three quiet passes, and then everything must be as if nothing had gone wrong (`checks`).
"""

import json
import os
import random
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from afterview.sync.ledger import Ledger
from tests.crash.log import Watcher, requests
from tests.crash.places import Item, Place, nobody
from tests.crash.warm import Trial
from tests.crash.weather import Faults
from tests.fakes.phones import PHONES
from tests.gate import Moment

COMPANIES = ("Initech", "Globex", "Hooli", "Umbrella", "Soylent", "Stark")
STEPS = (timedelta(minutes=5), timedelta(minutes=25), timedelta(hours=3), timedelta(hours=24), timedelta(days=8))
QUIET = (timedelta(hours=25), timedelta(minutes=15), timedelta(minutes=15))  # what was refused has its day
FINE = {0, 3, 4, 5}  # all is well, a person is needed, not now, deletions are held


@dataclass
class Edits:
    """What the user put into one task and must find again."""

    title: str = ""
    words: list[str] = field(default_factory=list)
    due: str = ""


class Killer:
    """Kills a process at its n-th request: before the server has it, or before the process hears the answer."""

    def __init__(self, number: int, moment: Moment) -> None:
        self._left, self._moment, self._pid = number, moment, 0

    def begun(self, pid: int) -> None:
        self._pid = pid

    def __call__(self, moment: Moment) -> bool:
        if moment is not self._moment:
            return False
        self._left -= 1
        if self._left == 0 and self._pid:
            with suppress(ProcessLookupError):  # it was quicker, and has ended
                os.kill(self._pid, signal.SIGKILL)
        return self._left <= 0


class Life:
    """One life. `figures` counts what happened; `ended` and `edits` are what must hold for good."""

    def __init__(self, place: Place, seed: int) -> None:
        self.place, self.home = place, place.home
        self.random = random.Random(seed)  # noqa: S311 -- the same seed, the same life
        self.faults = Faults(seed)
        self.figures: Counter[str] = Counter()
        self.events: dict[str, tuple[datetime, str, bool]] = {}
        self.ended: dict[str, tuple[str, str]] = {}  # id -> key, and done or deleted
        self.edits: dict[str, Edits] = {}
        self.own: dict[str, str] = {}
        self.touched: set[str] = set()  # keys of tasks that the user has done anything to
        self.watcher = Watcher(place.gate)
        self.words = self.number = 0
        self.did: list[str] = []  # for whoever has to understand a failure

    # Passes

    def live(self, steps: int) -> None:
        """Live for a while."""
        self.run()
        if self.random.randrange(2):
            self.place.prove()
        for _ in range(steps):
            self.figures["steps"] += 1
            for _ in range(self.random.randint(1, 3)):
                self._act()
            self.home.now += self.random.choice(STEPS)
            self.random.choice(
                (
                    self._in_weather,
                    self._in_weather,
                    self._killed_at_request,
                    self._killed_at_write,
                    self._dry,
                    self.run,
                )
            )()
            self._take_care()

    def rest(self) -> None:
        """Three quiet passes; what is held is agreed to."""
        self.place.gate.deliver()
        for wait in QUIET:
            self.home.now += wait
            code = self.run().code
            assert code in {0, 5}, f"a quiet pass ended with {code}: {self.home.run('status').out}"
        held = [one for account in self._accounts() for one in account["held"]]
        if held:
            self.home.now += QUIET[1]
            names = ["Personal", "Interviews", "primary", self.home.calendar, self.home.tasks]
            self.run(*[word for name in names for word in ("--accept-deletions", name)], fine={0, 2})
            self.home.now += QUIET[1]
            self.run()

    def run(self, *arguments: str, fine: frozenset[int] | set[int] = frozenset(FINE)) -> Trial:
        """Make one pass, and look at what it sent."""
        self.watcher.begin(self.home.now)
        ran = self.home.run("sync", "--json", *arguments)
        self.figures["passes"] += 1
        self.figures["kills"] += ran.killed
        assert ran.killed or ran.code in fine, f"{ran.code}\n{ran.err}\n{ran.out}\n{self.story()}"
        assert "Traceback" not in ran.err
        self.watcher.end(whole=not ran.killed, reads_only="--dry-run" in arguments)
        self.did.append(f"{self.home.now:%d %H:%M} pass {' '.join(arguments)} -> {ran.code}")
        return ran

    def _accounts(self) -> list[dict[str, list[str]]]:
        found: list[dict[str, list[str]]] = json.loads((self.home.path / "out").read_text())["accounts"]
        return found

    def _in_weather(self) -> None:
        self.place.gate.weather = self.faults
        self._maybe_full()
        self._calm()

    def _killed_at_request(self) -> None:
        killer = Killer(self.random.randint(1, 12), self.random.choice(list(Moment)))
        self.home.killer, self.place.gate.watch = killer.begun, killer
        if self.random.randrange(2):
            self.place.gate.weather = self.faults
        self._maybe_full()
        self._calm()

    def _killed_at_write(self) -> None:
        self.home.dies = self.random.randint(0, 60)
        if self.random.randrange(2):
            self.place.gate.weather = self.faults
        self._maybe_full()
        self._calm()

    def _maybe_full(self) -> None:
        self.run(*(("--full",) if not self.random.randrange(5) else ()))

    def _dry(self) -> None:
        self.run("--dry-run")

    def _calm(self) -> None:
        self.home.killer, self.home.dies = nobody, None
        self.place.gate.watch = lambda _moment: False
        self.place.gate.weather = lambda _method, _path: None
        if not self.place.heeds_conditions or self.random.randrange(2):
            self.place.gate.deliver()  # else it comes while the next pass is under way, after what the user does meanwhile

    # The user

    def _act(self) -> None:
        mine = [item for item in self.place.items().values() if item.key and item.status == "open"]
        calendar = (self._invite, self._invite, self._move, self._cancel, self._remove)
        phone = (self._tick, self._rename, self._note, self._put_off, self._delete)
        other = (self._add_own, self._say_outcome, self._lose_ledger)
        act = self.random.choice((*calendar, *(phone * 2 if mine else ()), *other))
        self.did.append(f"{self.home.now:%d %H:%M} {act.__name__}")
        act()

    def _invite(self) -> None:
        self.number += 1
        uid, company = f"u{self.number}", COMPANIES[self.number % len(COMPANIES)]
        self._enter(uid, self._soon(), company, cancelled=False)

    def _soon(self) -> datetime:
        hours = self.random.choice((-4, -2, 1, 3, 26, 50))
        return self.home.now.replace(minute=0) + timedelta(hours=hours)

    def _enter(self, uid: str, start: datetime, company: str, *, cancelled: bool) -> None:
        self.number += 1
        self.events[uid] = (start, company, cancelled)
        self.place.enter(uid, start, company, cancelled=cancelled, number=self.number)

    def _any_event(self) -> str:
        return self.random.choice(sorted(self.events)) if self.events else ""

    def _move(self) -> None:
        if uid := self._any_event():
            self._enter(uid, self._soon(), self.events[uid][1], cancelled=False)

    def _cancel(self) -> None:
        if uid := self._any_event():
            start, company, cancelled = self.events[uid]
            self._enter(uid, start, company, cancelled=not cancelled)

    def _remove(self) -> None:
        if uid := self._any_event():
            self._remove_event(uid)

    def _remove_event(self, uid: str) -> None:
        del self.events[uid]
        self.place.remove(uid)

    def _one(self) -> Item | None:
        mine = sorted(
            (item for item in self.place.items().values() if item.key and item.status == "open"), key=lambda one: one.id
        )
        one = self.random.choice(mine) if mine else None
        self.touched |= {one.key} if one else set()
        return one

    def _tick(self) -> None:
        if item := self._one():
            self.place.tick(item.id, self.random.choice(PHONES))
            self.ended[item.id] = item.key, "done"

    def _delete(self) -> None:
        """Delete a task that Afterview has seen on the list; of what it never saw it cannot know."""
        if (item := self._one()) and item.key in self._known():
            self.place.delete(item.id)
            self.edits.pop(item.id, None)
            if item.key not in {one.key for one in self.place.items().values()}:  # of two copies the other one stays
                self.ended[item.id] = item.key, "deleted"

    def _rename(self) -> None:
        if item := self._one():
            self.words += 1
            self._edits(item).title = f"Mine {self.words}"
            self.place.edit(item.id, self.random.choice(PHONES), title=f"Mine {self.words}")

    def _note(self) -> None:
        if item := self._one():
            self.words += 1
            self._edits(item).words.append(f"word-{self.words}.")
            self.place.edit(item.id, self.random.choice(PHONES), word=f"word-{self.words}.")

    def _put_off(self) -> None:
        if item := self._one():
            due = self.home.now.replace(second=0, minute=7) + timedelta(days=self.random.randint(1, 9))
            self.place.edit(item.id, self.random.choice(PHONES), due=due)
            self._edits(item).due = self.place.items()[item.id].due

    def _edits(self, item: Item) -> Edits:
        return self.edits.setdefault(item.id, Edits())

    def _add_own(self) -> None:
        self.words += 1
        item = self.place.add_own(f"own-{self.words}")
        self.own[item] = self.place.raw(item)

    def _say_outcome(self) -> None:
        if uid := self._any_event():
            outcome = self.random.choice(("no", "no", "advanced", "offer"))
            self.home.run(
                "outcome", self.events[uid][1], outcome
            )  # a company that was not met yet is not known: exit code 2

    def _lose_ledger(self) -> None:
        """Lose the ledger; of what was deleted nothing tells any more. Not often: it ends the memory of a life."""
        if self.random.randrange(8):
            return
        for file in (self.home.path / "state").glob("ledger*"):
            file.unlink()
        self.figures["ledgers lost"] += 1
        there = self.place.items()
        self.ended = {item: how for item, how in self.ended.items() if how[1] != "deleted" and item in there}
        self.edits = {item: edits for item, edits in self.edits.items() if item in there}
        self.watcher.forget()

    def _known(self) -> set[str]:
        with Ledger.open(self.home.path / "state") as ledger:
            rows = {key: row for key, row in ledger.tasks.rows().items() if row.base.status.value == "open"}
            places = {(row.account, row.list) for row in rows.values()}
            # of what Afterview was about to delete itself nobody can tell who did
            begun = {one.key for place in places for one in ledger.tasks.intents(*place)}
            return rows.keys() - begun

    def _take_care(self) -> None:
        """Nothing that the user ended may have come back, at no time."""
        there = self.place.items()
        for item, (key, how) in self.ended.items():
            if how == "deleted":
                assert not [one for one in there.values() if one.key == key], f"deleted, and back\n{self.story()}"
            elif item in there:
                assert there[item].status == "done", f"ticked, and {there[item].status}\n{self.story()}"
        assert {item: self.place.raw(item) for item in self.own} == self.own, f"a foreign task changed\n{self.story()}"

    def story(self) -> str:
        """Tell the life so far."""
        with Ledger.open(self.home.path / "state") as ledger:
            facts = [f"{one.at:%d %H:%M} {one.kind} {one.subject[:12]} {dict(one.value)}" for one in ledger.facts()]
            rows = [
                f"{key[:12]} {row.base.status} {row.remote_id[-12:]} {row.base.title}"
                for key, row in ledger.tasks.rows().items()
            ]
        items = [f"{one.key[:12]} {one.status} {one.id[-12:]} {one.title}" for one in self.place.items().values()]
        asked = ["asked:", requests(self.place.gate.log[-40:])]
        told = [*self.did[-60:], *asked, "facts:", *facts, "rows:", *rows, "on the list:", *items]
        return "\n".join([*told, f"state in {Path(self.home.path)}"])
