"""The safeguards, and how each is switched off. Nothing here is loaded by Afterview itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from typing import Any

from afterview.sync.errors import Rejected
from afterview.sync.model import Fact, RemoteTask, TaskFields

ENGINE = ("tests/unit/sync/engine", "tests/property/test_engine.py")
CALDAV = ("tests/contract/test_quirks.py", "tests/contract/test_task_list.py", "tests/contract/test_requests.py")


@dataclass(frozen=True, slots=True)
class Safeguard:
    """One safeguard: what it promises, how it is switched off, and the tests of which one must notice."""

    promise: str
    off: Callable[[], None]
    tests: Sequence[str] = ENGINE


def _module(name: str) -> Any:
    return import_module(f"afterview.{name}")


def _set(where: Any, **values: object) -> None:
    for name, value in values.items():
        assert hasattr(where, name), f"{where} has no {name} any more"
        setattr(where, name, value)


def _nothing(*_: object, **__: object) -> None:
    return None


def _zero(*_: object, **__: object) -> int:
    return 0


def _no_facts(*_: object) -> tuple[Fact, ...]:
    return ()


def _itself(one: Any) -> Any:
    return one


def _never(*_: object, **__: object) -> bool:
    return False


def _adoption() -> None:
    phone = _module("sync.engine.phone").Phone
    meet = phone.meet

    def known_only(self: Any, remote: RemoteTask, thought: Any) -> None:
        if self.row(remote.key) is not None:
            meet(self, remote, thought)

    _set(phone, meet=known_only)


def _deletion_guard() -> None:
    for name in ("phone", "calendars"):
        _set(_module(f"sync.engine.{name}"), too_many=_never)


def _second_look() -> None:
    for name in ("phone", "calendars"):
        _set(_module(f"sync.engine.{name}"), SUSPICION=timedelta(0))


def _conditional_headers() -> None:
    dav = _module("integrations.dav.client").Dav

    def unconditional(sends: Callable[..., Any]) -> Callable[..., Any]:
        def bare(self: Any, *arguments: Any) -> Any:
            return sends(self, *arguments[:-1], {})

        return bare

    _set(dav, put=unconditional(dav.put), delete=unconditional(dav.delete))


def _conditions_of_the_list() -> None:
    _set(import_module("tests.fakes.memory").MemoryTasks, _check=_nothing)


def _journal() -> None:
    tasks = _module("sync.ledger.tasks").Tasks
    _set(tasks, begin=_zero, finish=_nothing)


def _tombstones() -> None:
    phone = _module("sync.engine.phone").Phone

    def forget(self: Any, row: Any) -> None:
        self.drop(row.key)
        self.ledger.set_note("settled", "")

    _set(phone, forget=forget)


def _doubles() -> None:
    _set(_module("sync.engine.writer").Writer, _delete_doubles=_nothing)


def _edits() -> None:
    _set(_module("sync.engine.phone"), observe=_no_facts)


def _pauses() -> None:
    ledger = _module("sync.ledger").Ledger
    plain = ledger.health

    def health(self: Any) -> Mapping[str, Any]:
        return {name: replace(one, not_before=None) for name, one in plain(self).items()}

    _set(ledger, health=health)


def _scratch() -> None:
    _set(_module("sync.ledger").Ledger, scratch=_itself)


def _parking() -> None:
    def park(_self: Any, _number: int, _key: str, _fields: Any, words: str) -> None:
        raise Rejected(words)

    _set(_module("sync.engine.writer").Writer, _park=park)


def _wrong_clocks() -> None:
    _set(_module("sync.ledger").Ledger, forget_ahead=_nothing)


def _completion() -> None:
    todo = _module("integrations.ical.todo")
    plain = todo._completion

    def one_property(fields: TaskFields) -> Any:
        return plain(fields)[:1]

    _set(todo, _completion=one_property)


def _foreign_lines() -> None:
    document = _module("integrations.ical.document").Document
    plain = document.text

    def text(self: Any) -> str:
        return "".join(
            line for line in plain(self).splitlines(keepends=True) if not line.startswith("X-") or "AFTERVIEW" in line
        )

    _set(document, text=text)


SAFEGUARDS = {
    "adoption": Safeguard("what bears our identity is taken over and never made again", _adoption),
    "deletion guard": Safeguard("too much vanishing at once is held until a person agrees", _deletion_guard),
    "second look": Safeguard("nothing counts as gone before two listings ten minutes apart agree", _second_look),
    "conditional headers": Safeguard("no write overwrites what it has not seen", _conditional_headers, CALDAV),
    "conditions": Safeguard("the engine relies on refused writes, not on luck", _conditions_of_the_list),
    "intent journal": Safeguard("a write is journalled before it is sent, and looked for after a death", _journal),
    "tombstones": Safeguard("what the user deleted is never made again", _tombstones),
    "second copies": Safeguard("of two items under one key one goes", _doubles),
    "edits": Safeguard("what the user changed is kept", _edits),
    "pauses": Safeguard("no request before a service wants one", _pauses),
    "dry run": Safeguard("a dry run leaves no trace", _scratch),
    "parking": Safeguard("one refused item stops no other", _parking),
    "wrong clocks": Safeguard("a clock that was ahead leaves nothing behind", _wrong_clocks),
    "completion": Safeguard("every client agrees that a task is done", _completion, ("tests/unit/integrations/ical",)),
    "foreign lines": Safeguard(
        "what other clients store in a task survives", _foreign_lines, ("tests/unit/integrations/ical",)
    ),
}
