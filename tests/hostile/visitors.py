"""Door of the listener for answers: whole requests, byte by byte. TOKEN in a case is a token of ours, in time.

Whatever comes, the listener goes on: afterwards a friendly visitor is answered.
"""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from afterview.integrations.answering import Answering, AnswerListener
from afterview.sync.ledger import Ledger
from afterview.sync.playbook import PlaybookSettings
from afterview.sync.tokens import token
from tests.accounts import START
from tests.hostile.cases import Case

_KEY = b"k" * 32
_FRIEND = b"GET /a/x HTTP/1.0\r\n\r\n"


@contextmanager
def _listening(place: Path) -> Generator[int, None, None]:
    settings = PlaybookSettings(zone="Europe/Berlin")
    listener = AnswerListener(
        Answering(place / "state", _KEY, settings, lambda: START), ("127.0.0.1", 0), connection_s=5
    )
    with Ledger.open(place / "state"):
        pass
    listener.start()
    try:
        yield listener.port
    finally:
        listener.stop()


def visitor(case: Case, place: Path) -> dict[str, Any]:
    """Send it; say what came back."""
    ours = token(_KEY, "0" * 20, START + timedelta(days=1)).encode()
    sent = case.data() if case.settings.get("raw") else case.data().replace(b"\n", b"\r\n")
    with _listening(place) as port:
        answer = _said(port, sent.replace(b"TOKEN", ours))
        friendly = _said(port, _FRIEND)
    head, _, body = answer.partition(b"\r\n\r\n")
    with Ledger.open(place / "state") as ledger:
        facts = len(ledger.facts())
    words = head.split(b" ")
    return {
        "good": friendly.startswith(b"HTTP/1.0 404") and facts == 0,
        "status": int(words[1]) if len(words) > 1 and words[1].isdigit() else 0,
        "echoes": b"evil" in answer.lower(),
        "headers": sorted({line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n")[1:]} & {"x-evil"}),
        "length": len(body) > 5000,
    }


def _said(port: int, sent: bytes) -> bytes:
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                received += piece
        except OSError:
            return received
    return received


DOORS = {"visitor": visitor}
