"""An end for every request, however slowly its answer drips in: a time-out between two bytes alone never comes.

The library is not asked: its connections are known, and after the time the one in use is shut down from outside, which
the reader sees as a connection that broke off.
"""

import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

import niquests
from niquests.packages import urllib3

ANSWER_S = 300.0  # for one answer, to its last byte
VISIT_S = 600.0  # for everything that is asked of one service in one pass


class Patience:
    """The time that one service may take. `over`: the last request was ended because it took too long."""

    def __init__(self, answer_s: float = ANSWER_S, visit_s: float = VISIT_S) -> None:
        self.answer_s = answer_s
        self._left_s = visit_s
        self.over = False
        self._connections: WeakSet[Any] = WeakSet()

    def session(self) -> niquests.Session:
        """Return a session whose connections can be ended; no HTTP/3 probing, no pings, no revocation requests."""
        session = niquests.Session(disable_http3=True, keepalive_delay=None, revocation_configuration=None)
        kinds = {"http": urllib3.HTTPConnectionPool, "https": urllib3.HTTPSConnectionPool}
        pools = {scheme: _telling(kind, self._opened) for scheme, kind in kinds.items()}
        for scheme in pools:
            adapter: Any = session.get_adapter(f"{scheme}://")
            adapter.poolmanager.pool_classes_by_scheme = pools
        return session

    @contextmanager
    def limited(self) -> Generator[None, None, None]:
        """End what is asked inside once its time is over."""
        began = time.monotonic()
        self.over = False
        timer = threading.Timer(max(0.0, min(self.answer_s, self._left_s)), self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._left_s -= time.monotonic() - began

    @property
    def spent(self) -> bool:
        """Whether the service has had all the time of this visit."""
        return self._left_s <= 0

    def _opened(self, connection: Any) -> None:
        self._connections.add(connection)
        if self.over:
            raise TimeoutError

    def _end(self) -> None:
        self.over = True
        for connection in list(self._connections):
            opened = connection.sock
            if opened is not None:
                with suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)


def _telling(pool: Any, opened: Callable[[Any], None]) -> Any:
    """Return a kind of pool whose connections are known before they are made, and checked once they are."""
    kind = pool.ConnectionCls

    def connect(connection: Any) -> None:
        opened(connection)
        kind.connect(connection)
        opened(connection)

    told = type(kind.__name__, (kind,), {"connect": connect})
    return type(pool.__name__, (pool,), {"ConnectionCls": told})
