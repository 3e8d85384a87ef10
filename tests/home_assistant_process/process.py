"""A real Home Assistant in a process of its own, spoken to over REST and WebSocket as its own pages do."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from homeassistant.const import MAJOR_VERSION, MINOR_VERSION

CLIENT = "http://127.0.0.1/"
CONFIGURATION = """
homeassistant:
  name: Test
  country: DE
  time_zone: Europe/Berlin
api:
config:
onboarding:
"""
HTTP = {
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": False,
    "ssl_profile": "intermediate_v6",
    "use_x_frame_options": True,
    "created_at": "2026-11-22T00:00:00+00:00",
    "error": None,
    "error_message": None,
}
IN_YAML = """
http:
  server_host: 127.0.0.1
  server_port: {port}
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _configure(folder: Path, port: int) -> None:
    """Write the configuration: this machine alone, on a free port.

    From 2026.11 on YAML would only be a trial of five minutes, after which Home Assistant goes on on all interfaces; there
    the settings must lie in its store before it starts.
    """
    if (MAJOR_VERSION, MINOR_VERSION) < (2026, 11):
        (folder / "configuration.yaml").write_text(CONFIGURATION + IN_YAML.format(port=port), "utf-8")
        return
    (folder / "configuration.yaml").write_text(CONFIGURATION, "utf-8")
    settings: dict[str, Any] = {"server_host": ["127.0.0.1"], "server_port": port, **HTTP}
    data = {"stable": settings, "pending": None, "yaml_migration_done": True}
    (folder / ".storage").mkdir()
    stored = {"version": 3, "minor_version": 1, "key": "http", "data": data}
    (folder / ".storage" / "http").write_text(json.dumps(stored), "utf-8")


class Process:
    """One Home Assistant on a configuration folder; started, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._token = ""
        self._running: subprocess.Popen[bytes] | None = None
        self.session = aiohttp.ClientSession()
        _configure(folder, self._port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start it and wait until it answers."""
        log = (self._folder / "output.txt").open("ab")
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "homeassistant", "-c", str(self._folder), "--skip-pip"]
        self._running = subprocess.Popen(command, stdout=log, stderr=log, env=environment)  # noqa: ASYNC220 -- returns at once
        await self.until(self._answers, 90)

    async def _answers(self) -> bool:
        assert self._running is not None
        assert self._running.poll() is None, self.output()
        try:
            async with self.session.get(f"{self.url}/auth/providers") as answer:
                return answer.status in {200, 400}  # 400: there is no user yet
        except aiohttp.ClientError:
            return False

    def output(self) -> str:
        return (self._folder / "output.txt").read_text("utf-8", "replace")[-4000:]

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait()
            self._running = None

    async def stop(self) -> None:
        """End it in good order."""
        if self._running is not None:
            self._running.send_signal(signal.SIGTERM)
            await asyncio.to_thread(self._running.wait, 60)
            self._running = None

    async def sign_in(self) -> None:
        """Make the first user, as onboarding does, and keep the token."""
        user = {"client_id": CLIENT, "name": "Hannah", "username": "hannah", "password": "test", "language": "en"}
        told = await self._post("/api/onboarding/users", user)
        form = {"grant_type": "authorization_code", "code": told["auth_code"], "client_id": CLIENT}
        async with self.session.post(f"{self.url}/auth/token", data=form) as answer:
            short = (await answer.json())["access_token"]
        self._token = short
        self._token = await self.ask("auth/long_lived_access_token", client_name="test", lifespan=1)

    async def _post(self, path: str, data: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with self.session.post(f"{self.url}{path}", json=data or {}, headers=headers) as answer:
            assert answer.status < 300, (path, answer.status, await answer.text())
            return await answer.json(content_type=None)

    async def get(self, path: str) -> Any:
        async with self.session.get(f"{self.url}{path}", headers={"Authorization": f"Bearer {self._token}"}) as answer:
            return await answer.json(content_type=None) if answer.status == 200 else None

    async def ask(self, kind: str, **data: Any) -> Any:
        """Send one command over the WebSocket."""
        async with self.session.ws_connect(f"{self.url}/api/websocket") as talk:
            await talk.receive_json()
            await talk.send_json({"type": "auth", "access_token": self._token})
            assert (await talk.receive_json())["type"] == "auth_ok"
            await talk.send_json({"id": 1, "type": kind, **data})
            answer = await talk.receive_json()
            assert answer["success"], answer
            return answer["result"]

    async def set_up(self, handler: str, *answers: dict[str, Any]) -> Any:
        """Walk through a config flow with one answer a form."""
        return await self._walk({"handler": handler}, "create_entry", answers)

    async def reconfigure(self, handler: str, *answers: dict[str, Any]) -> None:
        """Walk through the flow that changes the one entry of an integration."""
        entries = await self.ask("config_entries/get", domain=handler)
        await self._walk({"handler": handler, "entry_id": entries[0]["entry_id"]}, "abort", answers)

    async def _walk(self, begin: dict[str, Any], end: str, answers: tuple[dict[str, Any], ...]) -> Any:
        shown = await self._post("/api/config/config_entries/flow", begin)
        for given in answers:
            assert shown["type"] == "form", shown
            assert not shown["errors"], shown
            shown = await self._post(f"/api/config/config_entries/flow/{shown['flow_id']}", given)
        assert shown["type"] == end, shown
        return shown

    async def do(self, action: str, entity: str = "", *, answers: bool = False, **data: Any) -> Any:
        """Call an action."""
        domain, _, name = action.partition(".")
        target = {"entity_id": entity} if entity else {}
        query = "?return_response" if answers else ""
        told = await self._post(f"/api/services/{domain}/{name}{query}", {**target, **data})
        return told["service_response"] if answers else told

    async def fire(self, event: str, **data: Any) -> None:
        await self._post(f"/api/events/{event}", data)

    async def items(self, entity: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.ask("todo/item/list", entity_id=entity))["items"]
        return found

    async def state(self, entity: str) -> str:
        found = await self.get(f"/api/states/{entity}")
        return str(found["state"]) if found else ""

    async def until(self, look: Callable[[], Any], seconds: float = 60) -> Any:
        """Look again and again until something is so; return it."""
        try:
            return await until(look, seconds)
        except TimeoutError as error:
            raise AssertionError(self.output()) from error


async def until(look: Callable[[], Any], seconds: float) -> Any:
    """Look again and again until something is so; return it. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):  # noqa: ASYNC110 -- another process rings no bell
            await asyncio.sleep(0.1)
    return found


def stored(folder: Path) -> dict[str, Any]:
    """Return what the component has on disk."""
    (path,) = (folder / ".storage").glob("afterview.*")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["data"]["tables"]
    return found
