"""Real CalDAV servers for tests: Radicale and Xandikos as subprocesses on free loopback ports.

Each is started once, waited for by asking it, and ended by its process id. A gate stands in front of both: it counts what
passes, can break connections, and checks the password for Xandikos, which by itself does so over TLS only.
"""

import base64
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.gate import Gate

USER = "alice"
PASSWORD = "secret-alice"
_PATIENCE_S = 60.0
_CALENDAR = """<?xml version="1.0"?><c:mkcalendar xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><set><prop>
<displayname>{title}</displayname>
<c:supported-calendar-component-set><c:comp name="{kind}"/></c:supported-calendar-component-set>
</prop></set></c:mkcalendar>"""


_BOOK = """<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><set><prop>
<resourcetype><collection/><c:addressbook/></resourcetype><displayname>{title}</displayname>
</prop></set></mkcol>"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, seen through its gate; `direct` is the way past it. `home` holds calendars, `books` cards."""

    name: str
    url: str
    user: str
    password: str
    home: str
    books: str
    direct: str
    gate: Gate
    pid: int

    def make(self, name: str, kind: str, title: str = "") -> str:
        """Make a fresh collection for VEVENT or VTODO; return its address through the gate."""
        body = _CALENDAR.format(title=title or name, kind=kind)
        status, answer = self.ask("MKCALENDAR", f"{self.home}{name}/", body)
        if status != 201:
            raise AssertionError(f"{self.name} did not make {name}: HTTP {status} {answer[:200]!r}")
        return f"{self.url}{self.home}{name}/"

    def make_book(self, name: str) -> str:
        """Make a fresh address book; return its address through the gate."""
        status, answer = self.ask("MKCOL", f"{self.books}{name}/", _BOOK.format(title=name))
        if status != 201:
            raise AssertionError(f"{self.name} did not make {name}: HTTP {status} {answer[:200]!r}")
        return f"{self.url}{self.books}{name}/"

    def put(self, address: str, text: str) -> str:
        """Store a resource as another client would; return its ETag."""
        status, answer = self.ask("PUT", self.path(address), text.replace("\r\n", "\n").replace("\n", "\r\n"))
        if status not in {200, 201, 204}:
            raise AssertionError(f"{self.name} refused {address}: HTTP {status} {answer[:300]!r}")
        return self.etag(address)

    def get(self, address: str) -> str | None:
        """Read a resource as another client would; None when it is not there."""
        status, answer = self.ask("GET", self.path(address))
        return answer.decode() if status == 200 else None

    def delete(self, address: str) -> None:
        status, answer = self.ask("DELETE", self.path(address))
        if status not in {200, 204}:
            raise AssertionError(f"{self.name} did not delete {address}: HTTP {status} {answer[:200]!r}")

    def etag(self, address: str) -> str:
        request = self._request("GET", self.path(address))
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 -- a loopback address
            return str(response.headers.get("ETag", ""))

    def path(self, address: str) -> str:
        """Return the path of an address."""
        return address.removeprefix(self.url).removeprefix(self.direct)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, bytes]:
        """Send a request past the gate, so that it does not stand in its log."""
        try:
            with urllib.request.urlopen(self._request(method, path, body, **headers), timeout=60) as response:  # noqa: S310 -- loopback
                return int(response.status), response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def _request(self, method: str, path: str, body: str = "", **headers: str) -> urllib.request.Request:
        request = urllib.request.Request(self.direct + path, body.encode() or None, method=method)  # noqa: S310 -- loopback
        login = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
        request.add_header("X-Remote-User", self.user)
        card = path.endswith(".vcf")
        kind = ("text/vcard" if card else "text/calendar") if method == "PUT" else "application/xml"
        request.add_header("Content-Type", f"{kind}; charset=utf-8")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        return request


@contextmanager
def radicale(folder: Path, more: str = "") -> Generator[Server, None, None]:
    """Run Radicale with its data in a folder. `more` = further sections of its configuration."""
    port = free_port()
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\nmax_connections = 64\ntimeout = 120\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {folder / 'users'}\nhtpasswd_encryption = plain\ndelay = 0\n"
        f"[rights]\ntype = owner_only\n[storage]\nfilesystem_folder = {folder / 'data'}\n"
        "[web]\ntype = none\n[logging]\nlevel = warning\n" + more
    )
    command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    with running("radicale", command, folder, port) as pid:
        gate = Gate(port)
        server = Server(
            "radicale", gate.url, USER, PASSWORD, f"/{USER}/", f"/{USER}/", f"http://127.0.0.1:{port}", gate, pid
        )
        server.ask("PROPFIND", f"/{USER}/", "", Depth="0")  # the first login makes the user's folder
        try:
            yield server
        finally:
            gate.close()


@contextmanager
def xandikos(folder: Path) -> Generator[Server, None, None]:
    """Run Xandikos with its data in a folder, behind the gate's password check."""
    port = free_port()
    command = [
        sys.executable, "-m", "xandikos", "multi-user", "-d", str(folder / "data"), "--defaults",
        "--state-dir", str(folder / "state"), "--no-detect-systemd", "-l", "127.0.0.1", "-p", str(port),
        "--trust-x-remote-user-from", "127.0.0.1",
    ]  # fmt: skip
    (folder / "data").mkdir(exist_ok=True)
    (folder / "state").mkdir(exist_ok=True)
    with running("xandikos", command, folder, port) as pid:
        gate = Gate(port, user=USER, password=PASSWORD)
        home = f"/{USER}/calendars/"
        books = f"/{USER}/contacts/"
        server = Server("xandikos", gate.url, USER, PASSWORD, home, books, f"http://127.0.0.1:{port}", gate, pid)
        server.ask("PROPFIND", f"/{USER}/", "", Depth="0")
        try:
            yield server
        finally:
            gate.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, command: list[str], folder: Path, port: int) -> Generator[int, None, None]:
    """Start a process, wait until its port answers HTTP, and end it by its id."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ})
        try:
            _wait(name, process, port, folder / "log")
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _wait(name: str, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"{name} ended at once:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)  # for another process to come up; no test's outcome depends on it
    raise AssertionError(
        f"{name} did not answer within {_PATIENCE_S:.0f} s:\n{log.read_text(errors='replace')[-2000:]}"
    )
