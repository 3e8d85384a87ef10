"""A relay on loopback that counts requests and bytes on the wire, and can answer a repeated request from memory.

With `replay` the server is asked once for each different request; a thousand passes then cost the client's time only.
"""

import re
import socket
import threading
from types import TracebackType
from typing import Self

_REQUEST = re.compile(rb"^([A-Z]+) (\S+) HTTP/1\.1\r\n", re.MULTILINE)
_LENGTH = re.compile(rb"^content-length: *(\d+)", re.MULTILINE | re.IGNORECASE)
_WRITES = frozenset((b"PUT", b"DELETE", b"POST", b"MKCALENDAR", b"PROPPATCH", b"MOVE"))
_PIECE = 65536


class Relay:
    """Listens on a free port and passes everything to `upstream`."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._remembered: dict[bytes, bytes] = {}
        self.replay = False
        self.reset()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def reset(self) -> None:
        """Begin to count anew."""
        self.methods: list[str] = []
        self.bytes_up = self.bytes_down = 0

    @property
    def writes(self) -> int:
        """How many requests were writes."""
        return sum(method.encode() in _WRITES for method in self.methods)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._connection, args=(client,), daemon=True).start()

    def _connection(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with client:
            try:
                while request := _message(client):
                    self._count(request)
                    if not self._answer(client, request):
                        return
            except ConnectionError:
                return

    def _count(self, request: bytes) -> None:
        first = _REQUEST.match(request)
        self.methods.append(first[1].decode() if first else "?")
        self.bytes_up += len(request)

    def _answer(self, client: socket.socket, request: bytes) -> bool:
        """Answer one request; False when the server has ended the connection, which Radicale does after each."""
        known = self._remembered.get(request) if self.replay else None
        if known is None:
            pieces: list[bytes] = []
            with socket.create_connection(("127.0.0.1", self._upstream), timeout=600) as server:
                server.sendall(request)
                while piece := server.recv(_PIECE):
                    pieces.append(piece)
                    client.sendall(piece)
                    self.bytes_down += len(piece)
            if self.replay:
                self._remembered[request] = b"".join(pieces)
        else:
            client.sendall(known)
            self.bytes_down += len(known)
        return False


def _message(client: socket.socket) -> bytes:
    """Read one request with its body; b"" at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(_PIECE)
        if not piece:
            return b""
        data += piece
    head, _, _ = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    wanted = len(head) + 4 + (int(length[1]) if length else 0)
    while len(data) < wanted:
        piece = client.recv(_PIECE)
        if not piece:
            return b""
        data += piece
    return data
