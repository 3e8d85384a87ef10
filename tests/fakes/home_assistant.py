"""A small Home Assistant on this machine: WebSocket and REST as the real one speaks them, over lists and calendars of tests.

What it answers was compared with a real one (tests/home_assistant_process runs the same connector against that).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from afterview.integrations.home_assistant.access import Item, Moment
from afterview.sync.errors import Rejected
from tests.fakes.todo import FakeCalendars, FakeList

LASTING = "lasting-token"
CREATE, DELETE, UPDATE, DATES, TIMES, TEXTS = 1, 2, 4, 16, 32, 64
Json = dict[str, Any]


class Broken(Exception):
    """The connection ends here."""


@dataclass
class FakeHome:
    """One Home Assistant.

    `trouble` looks at a command: "cut" before it is done, "lose" its answer, else an error ("code" or "code: words").
    """

    lists: dict[str, FakeList] = field(default_factory=dict)
    calendars: FakeCalendars = field(default_factory=FakeCalendars)
    bits: dict[str, int] = field(default_factory=dict)  # of lists that are not like the others
    phones: dict[str, list[Json]] = field(default_factory=dict)  # notify actions, and what they were told
    tokens: set[str] = field(default_factory=lambda: {LASTING})
    refresh: dict[str, str] = field(default_factory=dict)  # refresh token -> client
    codes: dict[str, str] = field(default_factory=dict)  # code -> client
    away: set[str] = field(default_factory=set)  # entities that are not available
    unread: set[str] = field(default_factory=set)  # lists that Home Assistant has not read yet, and shows as empty
    running: bool = True
    admin: bool = True
    log: list[str] = field(default_factory=list)
    trouble: Callable[[Json], str] = lambda _: ""
    statuses: dict[str, int] = field(default_factory=dict)  # path -> what it answers instead
    hello: str = ""  # what the WebSocket says instead of asking for a token
    events: list[Json] = field(default_factory=list)  # told to whoever begins to listen
    listening: "list[tuple[int, _Line]]" = field(default_factory=list)  # and who does: subscription, connection

    def __post_init__(self) -> None:
        home = self

        class Handler(_Handler):
            owner = home

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def press(self, action: str) -> None:
        """Let a button be pressed: whoever listens hears it, else whoever begins to."""
        event = {"event_type": "mobile_app_notification_action", "data": {"action": action}}
        for number, line in self.listening:
            line.send({"id": number, "type": "event", "event": event})
        if not self.listening:
            self.events.append(event)

    # REST
    def rest(self, method: str, target: str, body: bytes, bearer: str) -> tuple[int, Any]:
        path, _, query = target.partition("?")
        self.log.append(f"{method} {path}")
        if path in self.statuses:
            return self.statuses[path], {"message": "no"}
        if path == "/auth/providers":
            return 200, {"providers": [{"name": "Home Assistant Local", "id": None, "type": "homeassistant"}]}
        if path == "/auth/token":
            return self._token({name: one[0] for name, one in parse_qs(body.decode()).items()})
        return self._api(path, query) if bearer in self.tokens else (401, "401: Unauthorized")

    def _api(self, path: str, query: str) -> tuple[int, Any]:
        if path == "/api/config":
            return 200, {"state": "RUNNING" if self.running else "NOT_RUNNING"}
        if path.startswith("/api/states/"):
            found = [one for one in self.states() if one["entity_id"] == path.removeprefix("/api/states/")]
            return (200, found[0]) if found else (404, {"message": "Entity not found."})
        start, end = (datetime.fromisoformat(parse_qs(query)[name][0]) for name in ("start", "end"))
        entries = self.calendars.entries(path.removeprefix("/api/calendars/"), start, end)
        return 200, [_entry(one) for one in entries]

    def _token(self, form: dict[str, str]) -> tuple[int, Json]:
        if form["grant_type"] == "authorization_code":
            if self.codes.pop(form["code"], "") != form["client_id"]:
                return 400, {"error": "invalid_request", "error_description": "Invalid code"}
            self.refresh["refresh-1"] = form["client_id"]
            return 200, {**self._access(), "refresh_token": "refresh-1"}
        if self.refresh.get(form["refresh_token"]) != form["client_id"]:
            return 400, {"error": "invalid_grant"}
        return 200, self._access()

    def _access(self) -> Json:
        word = f"access-{len(self.tokens)}"
        self.tokens.add(word)
        return {"access_token": word, "token_type": "Bearer", "expires_in": 1800}

    def states(self) -> list[Json]:
        found = {entity: self.bits.get(entity, _bits(one)) for entity, one in self.lists.items()}
        found |= dict.fromkeys(self.calendars.calendars(), 0)
        return [
            {
                "entity_id": entity,
                "state": "unavailable" if entity in self.away else "unknown" if entity in self.unread else "1",
                "attributes": {"friendly_name": entity.partition(".")[2].title(), "supported_features": bits},
            }
            for entity, bits in found.items()
        ]

    # WebSocket
    def command(self, asked: Json) -> Json:
        """Answer one command. Raises Broken."""
        kind = str(asked["type"])
        self.log.append(f"{asked['domain']}.{asked['service']}" if kind == "call_service" else kind)
        trouble = self.trouble(asked)
        if trouble == "cut":
            raise Broken
        if trouble and trouble != "lose":
            code, _, words = trouble.partition(": ")
            return _failure(code, words)
        answers: dict[str, Callable[[], Any]] = {
            "auth/current_user": lambda: {"id": "user-1", "is_admin": self.admin},
            "get_states": self.states,
            "get_services": lambda: {"notify": {name: {"fields": ""} for name in self.phones}},
            "config/entity_registry/list_for_display": lambda: {
                "entities": [{"ei": entity, "pl": "local_todo"} for entity in self.lists]
            },
            "call_service": lambda: self._service(asked),
            "subscribe_events": lambda: None,
        }
        if kind == "subscribe_events" and not self.admin:
            return _failure("unauthorized")
        try:
            result = answers[kind]()
        except LookupError:
            return _failure("not_found")
        except Rejected:
            return _failure("service_validation_error")
        if trouble == "lose":
            raise Broken
        return {"success": True, "result": result}

    def _service(self, asked: Json) -> Json:
        data, entity = asked["service_data"], str(asked.get("target", {}).get("entity_id"))
        if asked["domain"] == "notify":
            self.phones[asked["service"]].append(data)
            return {"context": {}}
        if asked["service"] == "update_entity":
            if entity in self.lists:
                self.lists[entity].items(fresh=True)
            return {"context": {}}
        if entity not in self.lists or entity in self.away:  # passed over without a word
            return {"context": {}, "response": {}}
        one = self.lists[entity]
        match asked["service"]:
            case "get_items":
                told = [_told(item) for item in one.items(fresh=False) if entity not in self.unread]
                return {"context": {}, "response": {entity: {"items": told}}}
            case "add_item":
                one.add(_item("", data))
            case "update_item":
                one.change(_item(data["item"], data))
            case "remove_item":
                for uid in data["item"]:
                    one.remove(uid)
            case other:
                raise LookupError(other)
        return {"context": {}}


def _bits(one: FakeList) -> int:
    known = one.features()
    return CREATE | DELETE | UPDATE | DATES | (TIMES if known.times else 0) | (TEXTS if known.texts else 0)


def _failure(code: str, words: str = "") -> Json:
    return {"success": False, "error": {"code": code, "message": words or "It does not work."}}


def _told(item: Item) -> dict[str, str]:
    told = {"summary": item.title, "uid": item.uid, "status": "completed" if item.done else "needs_action"}
    return (
        told | ({"due": item.due.isoformat()} if item.due else {}) | ({"description": item.text} if item.text else {})
    )


def _item(uid: str, data: Json) -> Item:
    due: Moment | None = None
    if data.get("due_datetime"):
        due = datetime.fromisoformat(data["due_datetime"])
    elif data.get("due_date"):
        due = date.fromisoformat(data["due_date"])
    title = data.get("rename") or data["item"]
    return Item(uid, title, data.get("status") == "completed", due, data.get("description") or "")


def _entry(one: Any) -> Json:
    def edge(moment: Moment) -> dict[str, str]:
        return {"dateTime" if isinstance(moment, datetime) else "date": moment.isoformat()}

    return {
        "start": edge(one.start),
        "end": edge(one.end),
        "summary": one.title,
        "description": one.text or None,
        "location": one.location or None,
        "uid": one.uid or None,
        "recurrence_id": one.recurrence_id or None,
        "rrule": None,
    }


class _Handler(BaseHTTPRequestHandler):
    owner: FakeHome
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/api/websocket" and "/api/websocket" not in self.owner.statuses:
            self.close_connection = True
            try:
                _Line(self).talk(self.owner)
            except (Broken, OSError):
                return
            return
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        status, told = self.owner.rest(self.command, self.path, body, bearer)
        raw = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
        """Print nothing."""


class _Line:
    """The server's end of one WebSocket."""

    def __init__(self, handler: _Handler) -> None:
        self._socket = handler.connection
        self._protocol = ServerProtocol()
        asked = Request(handler.path, Headers(list(handler.headers.items())))
        self._protocol.receive_data(asked.serialize())
        self._protocol.events_received()
        self._protocol.send_response(self._protocol.accept(asked))
        self._flush()

    def talk(self, home: FakeHome) -> None:
        self.send({"type": home.hello or "auth_required", "ha_version": "2025.4.4"})
        word = self.receive()
        if word.get("access_token") not in home.tokens:
            self.send({"type": "auth_invalid", "message": "Invalid access token or password"})
            return
        self.send({"type": "auth_ok", "ha_version": "2025.4.4"})
        while True:
            asked = self.receive()
            self.send({"id": asked["id"], "type": "result", **home.command(asked)})
            if asked["type"] == "subscribe_events":
                for event in home.events:
                    self.send({"id": asked["id"], "type": "event", "event": event})
                home.listening.append((asked["id"], self))

    def send(self, message: Json) -> None:
        self._protocol.send_text(json.dumps(message).encode())
        self._flush()

    def receive(self) -> Json:
        while True:
            for event in self._protocol.events_received():
                if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                    found: Json = json.loads(bytes(event.data))
                    return found
            data = self._socket.recv(65536)
            if not data:
                raise Broken
            self._protocol.receive_data(data)
            self._flush()
            if self._protocol.close_expected():
                raise Broken

    def _flush(self) -> None:
        self._socket.sendall(b"".join(self._protocol.data_to_send()))
