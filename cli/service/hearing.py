"""Hears the buttons of push addresses whose services tell of them by themselves, each in a thread beside the loop.

What is pressed is handed on at once; it must never decide what that means, and never end the service.
"""

import threading
from collections.abc import Callable, Mapping

from afterview.sync.defect import contained
from afterview.sync.errors import AfterviewError
from afterview.sync.ports import Buttons, Press

SLICE_S = 1.0  # so soon a thread notices that it is to end
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 5.0, 300.0
_JOIN_S = 2.0


class Hearing:
    """Listens from `start` to `stop`. `openers` gives, by address, what opens its buttons: None where it has none."""

    def __init__(
        self,
        openers: Mapping[str, Callable[[], Buttons | None]],
        take: Callable[[Press], None],
        say: Callable[[str], None],
    ) -> None:
        self._take = take
        self._say = say
        self._stop = threading.Event()
        self._open: set[str] = set()
        self._tried = {name: threading.Event() for name in openers}
        self._threads = [
            threading.Thread(target=self._hear, args=(name, opener), name=f"afterview-buttons {name}", daemon=True)
            for name, opener in openers.items()
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def heard(self, patience_s: float = 0.0) -> frozenset[str]:
        """Return the addresses that are listened to now; gives those that are only being opened some time."""
        for tried in self._tried.values():
            tried.wait(patience_s)
        return frozenset(self._open)

    def stop(self) -> None:
        """Stop; may be called twice."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_JOIN_S)

    def _hear(self, name: str, opener: Callable[[], Buttons | None]) -> None:
        """Listen, and again after a pause that grows while nothing is heard. A trouble is told once."""
        pause, told = _FIRST_PAUSE_S, ""
        while not self._stop.is_set():
            try:
                with contained(f"the buttons of {name}"):
                    if not self._listen(name, opener):
                        return
            except AfterviewError as error:
                if name in self._open:
                    pause = _FIRST_PAUSE_S
                elif str(error) != told:
                    told = str(error)
                    self._say(f"{told} Until then the buttons of {name} are not heard.")
            finally:
                self._open.discard(name)
                self._tried[name].set()
            self._stop.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _listen(self, name: str, opener: Callable[[], Buttons | None]) -> bool:
        """Listen until told to stop; tell whether there is anything to listen to."""
        buttons = opener()
        if buttons is None:
            return False
        try:
            buttons.open()
            self._open.add(name)
            self._tried[name].set()
            while not self._stop.is_set():
                press = buttons.wait(SLICE_S)
                if press is not None:
                    self._take(press)
        finally:
            buttons.close()
        return True
