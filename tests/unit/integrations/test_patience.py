import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from afterview.integrations.http import Lost, Web
from afterview.integrations.patience import Patience
from afterview.sync.errors import NotReady
from tests.accounts import MovedClock

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


@contextmanager
def dripping(first: bytes, drop: bytes) -> Generator[str, None, None]:
    """Serve an answer that never ends, a drop at a time."""
    server, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        while not over.is_set():
            try:
                visitor, _ = server.accept()
                with visitor:
                    visitor.settimeout(1)
                    visitor.recv(65536)
                    visitor.sendall(first)
                    while not over.wait(0.02):
                        visitor.sendall(drop)
            except OSError:
                continue

    thread = threading.Thread(target=drip)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    over.set()
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


@pytest.mark.parametrize(("first", "drop"), [(HEAD, b"x"), (b"HTTP/1.1 200 OK\r\nX: ", b"y"), (b"", b"H")])
def test_an_answer_that_drips_in_is_ended(first: bytes, drop: bytes) -> None:
    with dripping(first, drop) as url:
        web = Web("there", MovedClock(), patience=Patience(answer_s=0.15))
        with pytest.raises(Lost, match="did not answer in time"):
            web.request("GET", url)
        web.close()


def test_many_slow_answers_share_the_time_of_a_visit() -> None:
    with dripping(HEAD, b"x") as url:
        web = Web("there", MovedClock(), patience=Patience(answer_s=0.15, visit_s=0.2))
        for _ in range(2):
            with pytest.raises(Lost):
                web.request("GET", url)
        with pytest.raises(NotReady, match="too slow in this pass"):
            web.request("GET", url)
        web.close()
