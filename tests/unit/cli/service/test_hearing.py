"""Buttons are heard while their service can be reached, and what goes wrong there ends nothing."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, Queue

from afterview.cli.service.hearing import Hearing
from afterview.sync.errors import NotReady, Refused
from afterview.sync.model import Choice
from afterview.sync.ports import Buttons, Press

DONE = Press("q", Choice.DONE)


@dataclass
class Line:
    """Buttons in memory. `fails` comes when they are opened; an exception among the presses ends them."""

    presses: "Queue[Press | BaseException]" = field(default_factory=Queue)
    fails: BaseException | None = None
    closed: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        if self.fails is not None:
            raise self.fails

    def wait(self, seconds: float) -> Press | None:
        try:
            found = self.presses.get(timeout=min(seconds, 0.05))
        except Empty:
            return None
        if isinstance(found, BaseException):
            raise found
        return found

    def close(self) -> None:
        self.closed.set()


def hearing(*lines: Line | None, take: Callable[[Press], None] = lambda _: None) -> tuple[Hearing, list[str]]:
    said: list[str] = []
    left = list(lines)

    def opener() -> Buttons | None:
        return left.pop(0)

    made = Hearing({"@house": opener}, take, said.append)
    made.start()
    return made, said


def test_a_press_is_handed_on_and_the_end_closes_everything() -> None:
    taken: Queue[Press] = Queue()
    line = Line()
    heard, said = hearing(line, take=taken.put)
    assert heard.heard(5) == {"@house"}
    line.presses.put(DONE)
    assert taken.get(timeout=5) == DONE
    heard.stop()
    heard.stop()
    assert line.closed.is_set()
    assert heard.heard() == frozenset()
    assert said == []


def test_what_cannot_be_heard_is_said_once_and_offers_no_buttons() -> None:
    line = Line(fails=Refused("Only administrators hear buttons."))
    heard, said = hearing(line)
    assert heard.heard(5) == frozenset()
    heard.stop()
    assert said == ["Only administrators hear buttons. Until then the buttons of @house are not heard."]


def test_a_line_that_breaks_is_no_line_any_more() -> None:
    line = Line()
    heard, said = hearing(line)
    assert heard.heard(5) == {"@house"}
    line.presses.put(NotReady("The connection broke off."))
    assert line.closed.wait(5)
    heard.stop()
    assert heard.heard() == frozenset()
    assert said == []  # it is tried again first


def test_a_service_without_buttons_is_left_alone() -> None:
    heard, said = hearing(None)
    assert heard.heard(5) == frozenset()
    heard.stop()
    assert said == []
