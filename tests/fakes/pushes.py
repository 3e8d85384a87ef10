"""A push service in memory, and the phone that gets its messages. It can be down, refuse, or take a push and not say so."""

from collections.abc import Callable
from dataclasses import dataclass, field

from afterview.sync.ports import NotifierCapabilities, Push
from afterview.sync.rings import NotifierSpec


@dataclass
class PushService:
    """`screen` is what the phone shows. `fails` comes before a push is taken, `loses` after it."""

    name: str = "1"
    screen: list[Push] = field(default_factory=list)
    fails: Callable[[], BaseException] | None = None
    loses: Callable[[], BaseException] | None = None
    opened: int = 0
    on_send: Callable[[], None] | None = None

    def spec(self) -> NotifierSpec:
        return NotifierSpec(self.name, self.open)

    def open(self) -> "MemoryNotifier":
        self.opened += 1
        return MemoryNotifier(self)

    @property
    def titles(self) -> list[str]:
        return [push.title for push in self.screen]


class MemoryNotifier:
    """The role `notifier`, in memory."""

    def __init__(self, service: PushService) -> None:
        self._service = service
        self.begun = False

    def capabilities(self) -> NotifierCapabilities:
        return NotifierCapabilities(actions=True, links=True)

    def check(self) -> None:
        """An address in memory always can work."""

    def send(self, push: Push) -> None:
        self.begun = False
        if self._service.on_send is not None:
            self._service.on_send()
        if self._service.fails is not None:
            raise self._service.fails()
        self.begun = True
        self._service.screen.append(push)
        if self._service.loses is not None:
            raise self._service.loses()

    def close(self) -> None:
        """Nothing is held."""
