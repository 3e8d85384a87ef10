"""Afterview on another machine: the real command, from the environment that has one (AFTERVIEW names its Python)."""

import asyncio
import json
import os
import pty
import re
import select
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .process import Process, until

ROOT = Path(__file__).resolve().parents[2]
_LIMIT_S = 60
_BUTTONS = """
import sys
from datetime import UTC, datetime
from afterview.integrations.home_assistant.buttons import Buttons
from afterview.integrations.home_assistant.client import Client
from afterview.integrations.home_assistant.tokens import Consent
client = Client(sys.argv[1], Consent.read(open(sys.argv[2]).read()), lambda: datetime.now(UTC))
buttons = Buttons(client)
buttons.open()
print("listening", flush=True)
print(buttons.wait(30), flush=True)
buttons.close()
"""


class Outside:
    """A home folder with a configuration and a state, and the command in it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.config = folder / ".config" / "afterview" / "config.toml"
        self._environment = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / ".dev"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "LANG": "C.UTF-8",
            "TZ": "Europe/Berlin",
        }

    def beside(self, instead: Mapping[str, str]) -> "Outside":
        """Return another machine with the same sign-in and other words in its configuration."""
        other = Outside(self.folder.with_name(f"{self.folder.name}-beside"))
        shutil.copytree(self.config.parent, other.config.parent)
        text = other.config.read_text("utf-8")
        for old, new in instead.items():
            text = text.replace(old, new)
        other.config.write_text(text, "utf-8")
        return other

    def begin(self, *arguments: str, at: datetime | None = None) -> subprocess.Popen[bytes]:
        """Start the command."""
        fixed = {"AFTERVIEW_NOW": at.isoformat()} if at else {}
        return self._begin("-m", "afterview.cli", *arguments, **fixed)

    def _begin(self, *arguments: str, **environ: str) -> subprocess.Popen[bytes]:
        command = [os.environ["AFTERVIEW"], *arguments]
        environment = {**self._environment, **environ}
        return subprocess.Popen(
            command, env=environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    async def run(self, *arguments: str, at: datetime | None = None, code: int = 0) -> Any:
        """Run the command and return what it prints as JSON."""
        running = self.begin("--json", *arguments, at=at)
        out, err = await asyncio.to_thread(running.communicate, None, _LIMIT_S)
        assert running.returncode == code, (arguments, running.returncode, out.decode(), err.decode())
        return json.loads(out) if out else None

    async def sync(self, *, at: datetime | None = None, code: int = 0) -> dict[str, Any]:
        """Make a pass; return the account's report."""
        (report,) = (await self.run("sync", at=at, code=code))["accounts"]
        found: dict[str, Any] = report
        return found

    def intents(self) -> int:
        """Count what is written down as about to be sent."""
        path = self.folder / ".local" / "state" / "afterview" / "ledger.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as ledger:
            return int(ledger.execute("SELECT count(*) FROM intent").fetchone()[0])

    async def begun_to_write(self, running: subprocess.Popen[bytes]) -> None:
        """Wait until a pass is about to send something."""
        while running.poll() is None and not self.intents():  # noqa: ASYNC110 -- another process rings no bell
            await asyncio.sleep(0.001)

    async def hear(self, process: Process, action: str) -> str:
        """Listen for buttons while one is pressed; return what was heard."""
        token = self.config.parent / "secrets" / "home-assistant-token"
        running = self._begin("-c", _BUTTONS, process.url, str(token))
        assert running.stdout is not None
        assert await asyncio.to_thread(running.stdout.readline) == b"listening\n"
        await process.fire("mobile_app_notification_action", action=action)
        out, _ = await asyncio.to_thread(running.communicate, None, _LIMIT_S)
        return out.decode()


class Wizard:
    """The command at a terminal, and the person before it."""

    def __init__(self, outside: Outside, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self._said = ""
        self._running = subprocess.Popen(
            [os.environ["AFTERVIEW"], "-m", "afterview.cli", *arguments],
            env=outside._environment,
            cwd=outside.folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    async def expect(self, pattern: str) -> re.Match[str]:
        """Wait for some words; return them."""

        async def seen() -> re.Match[str] | None:
            self._listen()
            return re.search(pattern, self._said)

        try:
            found: re.Match[str] = await until(seen, 30)
        except TimeoutError as error:
            raise AssertionError(self._said) from error
        self._said = self._said[found.end() :]
        return found

    async def answer(self, question: str, reply: str = "") -> None:
        await self.expect(re.escape(question))
        os.write(self._ours, f"{reply}\n".encode())

    async def end(self) -> int:
        """Wait for the end."""

        async def over() -> bool:
            self._listen()
            return self._running.poll() is not None

        try:
            await until(over, 30)
        finally:
            if self._running.poll() is None:
                self._running.send_signal(signal.SIGKILL)
            os.close(self._ours)
        return self._running.wait()

    def _listen(self) -> None:
        while select.select([self._ours], [], [], 0)[0]:
            try:
                heard = os.read(self._ours, 65536)
            except OSError:  # it has ended
                return
            self._said += heard.decode("utf-8", "replace").replace("\r\n", "\n")


async def through_the_page(process: Process, page: str) -> None:
    """Do what a browser does on Home Assistant's page: show it, sign in, and go where it leads."""
    asked = {name: one[0] for name, one in parse_qs(urlsplit(page).query).items()}
    client, back = asked["client_id"], asked["redirect_uri"]
    async with process.session.get(page) as answer:
        assert answer.status == 200
    begin = {"client_id": client, "redirect_uri": back, "handler": ["homeassistant", None]}
    async with process.session.post(f"{process.url}/auth/login_flow", json=begin) as answer:
        flow = await answer.json()
    given = {"client_id": client, "username": "hannah", "password": "test"}
    async with process.session.post(f"{process.url}/auth/login_flow/{flow['flow_id']}", json=given) as answer:
        done = await answer.json()
    assert done["type"] == "create_entry", done
    async with process.session.get(back, params={"code": done["result"], "state": asked["state"]}) as answer:
        assert answer.status == 200
