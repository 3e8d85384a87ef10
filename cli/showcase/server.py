"""A Radicale of its own for the length of the demo: loopback only, in a temporary folder, ended by its process id."""

import base64
import importlib.util
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from afterview.sync.errors import ConfigError, NotReady

USER = "hannah"
PATIENCE_S = 30.0
_CONFIG = """[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = {folder}/data
[web]
type = none
[logging]
level = error
"""
_COLLECTION = """<?xml version="1.0" encoding="utf-8"?>
<c:mkcalendar xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><set><prop><displayname>{title}</displayname>
<c:supported-calendar-component-set><c:comp name="{kind}"/></c:supported-calendar-component-set>
</prop></set></c:mkcalendar>"""


@dataclass(frozen=True, slots=True)
class Server:
    """The running server, as the phone and the calendar program see it."""

    url: str
    password: str = field(repr=False)

    def make(self, name: str, title: str, kind: str) -> str:
        """Make a collection and return its path."""
        path = f"/{USER}/{name}/"
        self.ask("MKCALENDAR", path, _COLLECTION.format(title=title, kind=kind))
        return path

    def put(self, path: str, text: str) -> None:
        """Store an entry."""
        self.ask("PUT", path, text, "text/calendar; charset=utf-8")

    def get(self, path: str) -> str:
        """Read an entry."""
        return self.ask("GET", path).decode("utf-8")

    def ask(self, method: str, path: str, body: str = "", kind: str = "application/xml; charset=utf-8") -> bytes:
        """Send one request. Raises NotReady."""
        request = urllib.request.Request(self.url + path, body.encode() or None, method=method)  # noqa: S310 -- our own loopback address
        login = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
        request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- as above
                return bytes(answer.read())
        except OSError as error:
            raise NotReady(f"The demo's own server did not do {method} {path}: {error}.") from error


@contextmanager
def running(folder: Path) -> Generator[Server]:
    """Run the server with its data in `folder`. Raises ConfigError where Radicale is not installed."""
    if importlib.util.find_spec("radicale") is None:
        raise ConfigError("The demo needs the CalDAV server Radicale; install it with `pip install 'afterview[demo]'`.")
    port, password = _free_port(), secrets.token_urlsafe(12)
    (folder / "users").write_text(f"{USER}:{password}\n", "utf-8")
    (folder / "config").write_text(_CONFIG.format(port=port, folder=folder), "utf-8")
    command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    environment = {name: value for name, value in os.environ.items() if name != "RADICALE_CONFIG"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)  # noqa: S603 -- our own command
        try:
            _wait(process, port)
            server = Server(f"http://127.0.0.1:{port}", password)
            server.ask("PROPFIND", f"/{USER}/")  # the first login makes the user's folder
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise NotReady("The demo's own server did not start; run the demo again.")
