"""Door of HTTP: whole answers, byte by byte, to a request that carries a login.

HERE and THERE in a case stand for the addresses of the server and of another host; no login may ever reach the latter.
"""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from afterview.integrations.http import Web
from afterview.integrations.ics.client import Feed
from afterview.integrations.patience import Patience
from afterview.sync.errors import AccountError
from tests.accounts import MovedClock
from tests.hostile.cases import Case

_CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
_ELSEWHERE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(_CALENDAR), _CALENDAR)
_ENOUGH_S = 60.0


@dataclass(slots=True)
class Raw:
    """A server that says what it is told to, whatever it is asked, and closes."""

    said: bytes = b""
    heard: list[bytes] = field(default_factory=list)
    door: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return int(self.door.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                visitor, _ = self.door.accept()
            except OSError:
                return
            with visitor, suppress(OSError):
                visitor.settimeout(_ENOUGH_S)
                self.heard.append(visitor.recv(65536))
                visitor.sendall(self.said)


@contextmanager
def serving(raw: Raw) -> Generator[None, None, None]:
    thread = threading.Thread(target=raw.serve)
    thread.start()
    try:
        yield
    finally:
        raw.door.shutdown(socket.SHUT_RDWR)
        raw.door.close()
        thread.join()


def http(case: Case, place: Path) -> dict[str, Any]:
    """Answer the request for a feed with it."""
    del place
    here, there = Raw(), Raw(_ELSEWHERE)
    here_url, there_url = f"http://127.0.0.1:{here.port}/", f"http://localhost:{there.port}/"
    here.said = case.data().replace(b"\n", b"\r\n") if not case.settings.get("raw") else case.data()
    here.said = here.said.replace(b"THERE", there_url.encode()).replace(b"HERE", here_url.encode())
    feed = Feed(here_url, "alice", "secret-alice", MovedClock())
    feed.web = Web("here", feed.clock, "alice", "secret-alice", patience=Patience(answer_s=_ENOUGH_S))
    with serving(here), serving(there):
        try:
            fetched = feed.fetch("")
            seen: dict[str, Any] = {"read": sum(len(one.text) for one in fetched.texts or ())}
        except AccountError as error:
            seen = {"error": f"{type(error).__name__}: {error}", "shown": [str(error)]}
        finally:
            feed.close()
    told = b"".join(there.heard).lower()
    asked = b"".join(here.heard).lower()
    seen["secret"] = "authorization" in told.decode("latin-1") or b"secret" in told or b"\r\nx-evil" in asked
    seen["elsewhere"] = len(there.heard)
    seen["here"] = len(here.heard)
    return {"good": not seen["secret"], **seen}


DOORS = {"http": http}
