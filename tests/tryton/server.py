"""A real Tryton on SQLite, never loaded into the tests' own process, whose time zone it would change.

Its database is made once for all processes of a test run, and each server has a copy of it. A server is started with `-d`,
without which it answers its first sign-in with an error, and listens on this machine alone.
"""

import base64
import fcntl
import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.gate import Gate
from tests.servers import free_port, running
from tests.tryton.names import ADMINISTRATOR, DATABASE, SECRET

_ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class TrytonServer:
    """A running server, seen through its gate; `call` is the client of an administrator, past the gate."""

    port: int
    gate: Gate
    prepared: Path
    file: Path
    database: str = DATABASE
    _session: list[Any] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.gate.url

    def post(self, path: str, method: str, *params: Any, session: str = "") -> tuple[int, Any]:
        """Send one request; return status and answer, None where that is no JSON."""
        body = json.dumps({"id": 0, "method": method, "params": params}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body)
        request.add_header("Content-Type", "application/json")
        request.add_header("Accept-Encoding", "gzip")  # without it a long answer is said to be packed, and is not
        if session:
            request.add_header("Authorization", f"Session {base64.b64encode(session.encode()).decode()}")
        try:
            with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 -- a loopback address
                text = response.read()
                packed = response.headers.get("Content-Encoding") == "gzip"
                return response.status, json.loads(gzip.decompress(text) if packed else text)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, None

    def call(self, method: str, *params: Any, **context: Any) -> Any:
        """Do what a person does in a client. Raises AssertionError with the server's words."""
        status, answer = self.say(method, *params, **context)
        assert status == 200, (method, status)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def say(self, method: str, *params: Any, **context: Any) -> tuple[int, Any]:
        if not self._session:
            _, answer = self.post(f"/{self.database}/rpc/", "common.db.login", ADMINISTRATOR, {"password": SECRET})
            self._session = answer["result"]
        who = f"{ADMINISTRATOR}:{self._session[0]}:{self._session[1]}"
        own = {"company": 1, "companies": [1], "company_filter": "one", **context}
        name = method if method.startswith("wizard.") else f"model.{method}"
        return self.post(f"/{self.database}/rpc/", name, *params, own, session=who)

    def one(self, model: str, remote_id: str, *names: str) -> dict[str, Any]:
        """Read a record as it is, archived or not."""
        (row,) = self.call(f"{model}.read", [int(remote_id)], list(names))
        return dict(row)

    def ids(self, model: str, *domain: Any) -> list[int]:
        return list(self.call(f"{model}.search", list(domain), 0, None, [["id", "ASC"]], active_test=False))

    def empty(self) -> None:
        """Take away everything that was entered, but what was there from the beginning; past the server, which is slow."""
        with closing(sqlite3.connect(self.file, timeout=30)) as connection, connection:
            for table in ("ir_note", "sale_sale", "sale_opportunity", "sale_opportunity__history", "party_relation"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- the names stand above
            for table in ("party_contact_mechanism", "party_identifier", "party_address"):
                connection.execute(f"DELETE FROM {table} WHERE party > 1")  # noqa: S608 -- the names stand above
            connection.execute("DELETE FROM party_party WHERE id > 1")


def database(folder: Path) -> Path:
    """Return the prepared database in a folder; the first who asks makes it."""
    folder.mkdir(exist_ok=True)
    made = folder / f"{DATABASE}.sqlite"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _build(folder, made)
    return made


def _build(folder: Path, made: Path) -> None:
    work = folder / "work"
    work.mkdir()
    (work / f"{DATABASE}.sqlite").touch()
    (work / "password").write_text(SECRET)
    command = [sys.executable, "-m", "tests.tryton.build", str(_configuration(work, 0))]
    environment = {**os.environ, "TRYTONPASSFILE": str(work / "password"), "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (work / f"{DATABASE}.sqlite").replace(made)


def _configuration(folder: Path, port: int) -> Path:
    written = folder / "trytond.conf"
    written.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n")
    return written


@contextmanager
def tryton(folder: Path, prepared: Path, *, named: bool = True) -> Generator[TrytonServer, None, None]:
    """Run a server on a copy of the database; `named`: with the database on its command line, as it should be."""
    file = folder / f"{DATABASE}.sqlite"
    shutil.copy(prepared, file)
    port = free_port()
    command = [sys.executable, str(Path(__file__).with_name("serve.py")), "-c", str(_configuration(folder, port))]
    with running("trytond", [*command, *(["-d", DATABASE] if named else [])], folder, port):
        gate = Gate(port)
        try:
            yield TrytonServer(port, gate, prepared, file)
        finally:
            gate.close()
