"""The contract of a push address: in memory, and through real Apprise to a server on this machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import pytest

from afterview.integrations.registry import Registry
from afterview.sync.config import Account
from afterview.sync.errors import AccountError, NotReady, Uncertain
from afterview.sync.ports import Notifier, Push, PushAction
from tests.accounts import MovedClock, Notebook
from tests.fakes.home_assistant import LASTING, FakeHome
from tests.fakes.pushes import PushService
from tests.fakes.web import Answered, Asked, WebServer

PUSH = Push("Thank Ana Lima", "By Friday", actions=(PushAction("Done", "https://me.example.org/a/t/done"),))


class NotifierRig(Protocol):
    """A push address and the service behind it."""

    notifier: Notifier

    def arrived(self) -> int: ...
    def busy(self) -> None: ...
    def breaks_off(self) -> None: ...
    def close(self) -> None: ...


class MemoryRig:
    def __init__(self) -> None:
        self._service = PushService()
        self.notifier: Notifier = self._service.open()

    def arrived(self) -> int:
        return len(self._service.screen)

    def busy(self) -> None:
        self._service.fails = lambda: NotReady("It is busy.")

    def breaks_off(self) -> None:
        self._service.loses = lambda: Uncertain("The answer was lost.")

    def close(self) -> None:
        self.notifier.close()


@dataclass
class Answering:
    """How the server answers."""

    status: int = 200

    def __call__(self, _: Asked) -> Answered:
        return Answered(self.status, b"{}" if self.status else b"")


class AppriseRig:
    def __init__(self, scheme: str) -> None:
        self._answers = Answering()
        self._server = WebServer(self._answers)
        url = f"{scheme}://127.0.0.1:{self._server.port}/jobs"
        self.notifier = Registry().notifier(
            Account("phone", "apprise", None, {}),
            secret=lambda _: url,
            memory=Notebook(),
            clock=MovedClock(),
            zone="UTC",
        )

    def arrived(self) -> int:
        return sum(status in {0, 200} for _, status in self._server.log)

    def busy(self) -> None:
        self._answers.status = 503

    def breaks_off(self) -> None:
        self._answers.status = 0

    def close(self) -> None:
        self.notifier.close()
        self._server.close()


class HomeAssistantRig:
    def __init__(self) -> None:
        self._home = FakeHome(phones={"mobile_app_pixel": []})
        self.notifier = Registry().notifier(
            Account("house", "home_assistant", None, {"url": self._home.url, "notify": "mobile_app_pixel"}),
            secret=lambda _: LASTING,
            memory=Notebook(),
            clock=MovedClock(),
            zone="UTC",
        )

    def arrived(self) -> int:
        return len(self._home.phones["mobile_app_pixel"])

    def busy(self) -> None:
        self._home.trouble = lambda _: "not_found"

    def breaks_off(self) -> None:
        self._home.trouble = lambda _: "lose"

    def close(self) -> None:
        self.notifier.close()
        self._home.close()


@pytest.fixture(params=("memory", "ntfy", "json", "home_assistant"))
def rig(request: pytest.FixtureRequest) -> Iterator[NotifierRig]:
    own: dict[str, Callable[[], NotifierRig]] = {"memory": MemoryRig, "home_assistant": HomeAssistantRig}
    made = own[request.param]() if request.param in own else AppriseRig(str(request.param))
    yield made
    made.close()


def test_a_look_sends_nothing(rig: NotifierRig) -> None:
    rig.notifier.check()
    assert rig.arrived() == 0


def test_a_push_arrives_once(rig: NotifierRig) -> None:
    rig.notifier.send(PUSH)
    assert rig.arrived() == 1


def test_what_the_service_did_not_take_was_certainly_not_sent(rig: NotifierRig) -> None:
    rig.busy()
    with pytest.raises(AccountError):
        rig.notifier.send(PUSH)
    assert rig.arrived() == 0


def test_a_lost_answer_is_uncertain_and_nothing_is_sent_again(rig: NotifierRig) -> None:
    rig.breaks_off()
    with pytest.raises(Uncertain):
        rig.notifier.send(PUSH)
    assert rig.arrived() == 1
