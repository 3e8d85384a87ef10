"""Reads the gate's log like a referee: what a pass sent must be conditional, must keep to what the server asked for, and a
task must not be sent twice without a look in between.
"""

import re
from datetime import datetime, timedelta

from tests.gate import WRITES, Answer, Gate, Passed

_KEY = re.compile(rb"\bav:(T[\w-]{22})")
_TASKS = re.compile(r"/tasks/v1/lists/[^/?]+/tasks(/[^?]+)?")


class Watcher:
    """Judges the requests of each pass, from `begin` to `end`."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._not_before: datetime | None = None
        self._posted: set[bytes] = set()
        self._seen = 0
        self.requests = 0

    def begin(self, now: datetime) -> None:
        self._now, self._seen = now, len(self._gate.log)

    def forget(self) -> None:
        """Forget what a lost ledger could have known."""
        self._not_before = None

    def end(self, *, whole: bool, reads_only: bool) -> None:
        """Judge what the pass sent. `whole`: it came to its end by itself, so it knows all that it was told."""
        sent = self._gate.log[self._seen :]
        self.requests += len(sent)
        if self._not_before is not None and self._now < self._not_before:
            assert sent == [], f"asked before {self._not_before} (I11):\n{requests(sent)}"
        if reads_only:
            written = [one for one in sent if one.method in WRITES and not _is_sign_in(one)]
            assert written == [], "a dry run wrote (I14)"
        self._check_posts(sent)
        _check_conditions(sent)
        asked = _asked_to_wait(sent)
        if asked is not None and whole:
            later = [one for one in sent[asked + 1 :] if not _is_sign_in(one)]
            assert later == [], f"went on although asked to wait (I11):\n{requests(sent)}"
            answer = sent[asked].fault
            assert isinstance(answer, Answer)
            self._not_before = self._now + timedelta(seconds=int(answer.headers["Retry-After"]))

    def _check_posts(self, sent: list[Passed]) -> None:
        for one in sent:
            found = _TASKS.search(one.path)
            if found and one.method == "GET" and not found[1] and one.status == 200:
                self._posted.clear()
            if found and one.method == "POST":
                keys = set(_KEY.findall(one.body))
                assert not keys & self._posted, "a task was sent again without a look at the list (I11)"
                self._posted |= keys


def _is_sign_in(one: Passed) -> bool:
    return one.path.endswith("/token")


def _asked_to_wait(sent: list[Passed]) -> int | None:
    for number, one in enumerate(sent):
        if isinstance(one.fault, Answer) and "Retry-After" in one.fault.headers:
            return number
    return None


def _check_conditions(sent: list[Passed]) -> None:
    """Every change of an item says what it changes, or follows an exact look at it (I9)."""
    looked: set[str] = set()
    for one in sent:
        if one.method == "GET":
            looked.add(one.path.partition("?")[0])
        google = _TASKS.search(one.path)
        if one.method in {"PUT", "DELETE"} and not google and one.path.endswith(".ics"):
            known = {"if-match", "if-none-match"} & one.headers.keys()
            assert known or one.path in looked, f"{one.method} {one.path} without a condition (I9)"
        if google and google[1] and one.method in {"PATCH", "DELETE", "PUT"}:
            assert one.path.partition("?")[0] in looked, f"{one.method} {one.path} without a look (I9)"


def requests(sent: list[Passed]) -> str:
    """Tell what was sent, a line each."""
    return "\n".join(f"{one.method} {one.path[:90]} -> {one.status} {one.fault or ''}" for one in sent)
