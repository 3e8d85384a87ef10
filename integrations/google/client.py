"""One account's connection: every request goes through here, and only here is Google's library imported, when one is made.

The library builds requests and checks their parameters against the documents that it ships. What it would send them with
repeats a POST whose answer was lost (measured: two tasks instead of one), so they are sent by the house's own HTTP: one
request at a time, once, bounded, without redirects of writes, counted.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from afterview.integrations.entry import Entry
from afterview.integrations.http import Lost, Reply, Web
from afterview.integrations.pace import Pace
from afterview.sync.errors import NotReady, Refused, Uncertain
from afterview.sync.ports import Clock, Traffic

from .access import Access
from .failures import About, meaning, missing_permission, refusal
from .scopes import Feature, features_in
from .tokens import is_google, load, refused

_ANSWER_LIMIT = 32 * 2**20
_PATIENCE_S = 30
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_SENDABLE = re.compile(r"[\x21-\x7e]{1,500}")
_BURST, _PER_SECOND = 20, 1.5  # writes: a burst of about a hundred ran into a quota (bergercookie/syncall#106)
_PATHS = {"calendar": ("v3", "calendar/v3/"), "tasks": ("v1", "")}
Resource = Any  # the library makes its methods at run time
Json = dict[str, Any]


@dataclass(slots=True)
class Client:
    """Google's services for one account. Not for more than one thread."""

    account: str
    access: Access
    clock: Clock
    pace: Pace = field(default_factory=lambda: Pace(_BURST, _PER_SECOND))
    _web: Web = field(init=False)
    _not_before: datetime | None = None  # Google's own wish
    _services: dict[str, Resource] = field(default_factory=dict)
    _parts: dict[str, Resource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare; nothing is imported or sent yet."""
        self._web = Web("Google", self.clock)

    @property
    def features(self) -> frozenset[Feature]:
        """What the user allowed."""
        return features_in(self.access.consent.scopes)

    def need(self, feature: Feature, about: About) -> None:
        """Raise Refused if the user did not allow this."""
        if feature not in self.features:
            raise missing_permission(about)

    def part(self, name: str) -> Resource:
        """Return a collection of methods by its name, such as "calendar.events"; made once, because that is slow."""
        if name not in self._parts:
            api, _, collection = name.partition(".")
            self._parts[name] = getattr(self._service(api), collection)()
        return self._parts[name]

    def call(self, request: Resource, about: About, *, headers: Mapping[str, str] | None = None) -> Json:
        """Send a request once and return its answer. Raises what `failures` says, and Uncertain for a lost write."""
        if about.write:
            self.pace.wait()
        request.http = _Wire(self, about)
        request.headers.update(headers or {})
        try:
            answer = request.execute(num_retries=0)
        except Lost as error:
            if about.write:
                raise Uncertain(f"{about.what}: {error}") from error
            raise
        except (ValueError, RecursionError) as error:
            raise self.unreadable(about) from error
        if answer in ("", b""):  # a deletion has no answer
            return {}
        if not isinstance(answer, dict) or not isinstance(answer.get("items", []), list):  # the library hands on all
            raise self.unreadable(about)
        return answer

    def unreadable(self, about: About) -> Uncertain | NotReady:
        """Say that an answer makes no sense."""
        sentence = f"{about.what}: {about.service} answers with something that cannot be read."
        return Uncertain(sentence) if about.write else NotReady(sentence)

    def traffic(self) -> Traffic:
        mine, other = self._web.traffic(), self.access.traffic()
        return Traffic(mine.requests + other.requests, mine.bytes_in + other.bytes_in, mine.bytes_out + other.bytes_out)

    def close(self) -> None:
        self._web.close()
        self.access.close()

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str], about: About) -> Reply:
        """Send one request; a read once more if its connection broke, any once more under a new access token."""
        if not is_google(url):
            raise Refused("The account's requests would go to an address that is not Google's; sign in again.")
        if self._not_before is not None and self.clock() < self._not_before:
            raise NotReady("Google asks for a pause; it is asked again later.", retry_at=self._not_before)
        reply = self._attempt(method, url, body, headers, again=not about.write)
        if reply.status == 401:
            self.access.forget()
            reply = self._attempt(method, url, body, headers, again=not about.write)
        if not 200 <= reply.status < 300:
            seen = refusal(reply.status, reply.headers, reply.body, self.clock())
            self._not_before = seen.retry_at
            raise meaning(seen, about, refused(self.access.consent, self.clock()))
        return reply

    def _attempt(self, method: str, url: str, body: bytes, headers: Mapping[str, str], *, again: bool) -> Reply:
        self._web.token = self.access.word()
        try:
            with self._web.stream(method, url, body, headers, limit=_ANSWER_LIMIT, patience_s=_PATIENCE_S) as stream:
                return stream.all()
        except Lost:
            if not again:
                raise
        return self._attempt(method, url, body, headers, again=False)

    def _service(self, api: str) -> Resource:
        if api not in self._services:
            from googleapiclient.discovery import build

            version, path = _PATHS[api]
            place = self.access.consent.api
            options = {"api_endpoint": f"{place.rstrip('/')}/{path}"} if place else None
            self._services[api] = build(
                api,
                version,
                http=_Wire(self, About(self.account, api, api)),
                client_options=options,
                static_discovery=True,
            )
        return self._services[api]


class _Wire:
    """What the library takes for its HTTP client."""

    credentials = None

    def __init__(self, client: Client, about: About) -> None:
        self._client = client
        self._about = about

    def request(
        self, uri: str, method: str = "GET", body: str | bytes | None = None, headers: Any = None, **_: Any
    ) -> tuple[Any, bytes]:
        """Send it; return the library's form of an answer."""
        given = {name: value for name, value in (headers or {}).items() if name.lower() != "content-length"}
        raw = body.encode() if isinstance(body, str) else body or b""
        reply = self._client.send(method, uri, raw, given, self._about)
        if reply.status != 204 and reply.body.lstrip()[:1] != b"{":
            raise ValueError(method)
        return _Response(reply), _storable(reply.body)

    def close(self) -> None:
        """Nothing: the connection belongs to the client."""


class _Response(dict[str, str]):
    """What the library takes for an answer: its headers, and two attributes."""

    def __init__(self, reply: Reply) -> None:
        super().__init__({name.lower(): value for name, value in reply.headers.items()})
        self.status = reply.status
        self.reason = ""


def _storable(body: bytes) -> bytes:
    """Replace escapes that stand for half a character: no database and no file takes them."""
    if not _SURROGATE.search(body):
        return body
    return json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")


def items_of(answer: Mapping[str, Any]) -> list[Json]:
    """Return the items of a page that are any: objects with an id."""
    items = answer.get("items")
    listed = items if isinstance(items, list) else []
    return [one for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str) and one["id"]]


def if_match(etag: object) -> dict[str, str]:
    """Return the header that protects an item; none for an etag that no header can hold."""
    return {"If-Match": etag} if isinstance(etag, str) and _SENDABLE.fullmatch(etag) else {}


def open_client(entry: Entry) -> Client:
    """Return the account's client, made once and shared by its roles."""
    client = entry.shared.get("client")
    if not isinstance(client, Client):
        client = entry.shared["client"] = Client(entry.id, Access(load(entry), entry.clock), entry.clock)
    return client
