"""What the system tells the service: stop, read the configuration again. A pass that is under way ends between two writes.

The journal makes a pass safe to be cut anywhere; so when it does not come to an end by itself (a server that does not
answer) it is cut after `PATIENCE_S`, well within the five seconds that stopping may take.
"""

import signal
import socket
from contextlib import suppress
from types import FrameType

PATIENCE_S = 3.0


class Stopped(BaseException):
    """The pass is cut: the service has to end now."""


class Signals:
    """The signals that came. `wakes` becomes readable when one does."""

    def __init__(self) -> None:
        self.stop = False
        self.reload = False
        self.working = False  # a pass is under way, and may be cut
        self.wakes, self._bell = socket.socketpair()

    def install(self) -> None:
        """Take over the signals of this process."""
        self.wakes.settimeout(0)
        self._bell.settimeout(0)
        signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, self._reload)
            signal.signal(signal.SIGALRM, self._cut)

    def close(self) -> None:
        """Let the sockets go, at the very end."""
        signal.set_wakeup_fd(-1)
        self.wakes.close()
        self._bell.close()

    def ring(self) -> None:
        """Wake the loop, from any thread."""
        with suppress(BlockingIOError):  # it is full: the loop wakes anyway
            self._bell.send(b"\0")

    def drain(self) -> None:
        """Forget what woke us; the flags say what it was."""
        try:
            while self.wakes.recv(64):
                pass
        except BlockingIOError:
            return

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        again, self.stop = self.stop, True
        if again:
            self._end_work()
        elif hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)

    def _cut(self, _number: int, _frame: FrameType | None) -> None:
        self._end_work()

    def _end_work(self) -> None:
        """Cut what is under way; once, so that what is being put away meanwhile is not cut as well."""
        if self.working:
            self.working = False
            raise Stopped

    def _reload(self, _number: int, _frame: FrameType | None) -> None:
        self.reload = True
