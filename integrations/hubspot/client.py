"""One account's connection: every request to HubSpot goes through here. Its own library is not used: tests compare with it.

It must never: send the key elsewhere, send a write twice, or take an answer that makes no sense for one that says no.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from afterview.integrations.entry import Entry
from afterview.integrations.http import Lost, Reply, Web, is_loopback
from afterview.integrations.pace import Pace
from afterview.sync.errors import AuthFailed, ConfigError, NotReady, Refused, Uncertain
from afterview.sync.ports import Clock, Traffic

from .failures import About, meaning
from .paths import ADDRESS

_ANSWER_LIMIT = 32 * 2**20
_BURST, _PER_SECOND = 60, 4  # HubSpot counts a hundred in ten seconds
_KEY = re.compile(r"[\x21-\x7e]{1,500}")  # what a header can hold
_HEADERS = {"Accept": "application/json"}
Json = dict[str, Any]


@dataclass(slots=True)
class Client:
    """HubSpot for one account. Not for more than one thread."""

    address: str
    key: str = field(repr=False)
    clock: Clock
    pace: Pace = field(default_factory=lambda: Pace(_BURST, _PER_SECOND))
    _web: Web = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise Refused("The address of HubSpot must begin with https://.")
        if not _KEY.fullmatch(self.key):
            raise AuthFailed("What is stored is no service key of HubSpot; make one there and sign in again.")
        self._web = Web("HubSpot", self.clock, token=self.key)

    def get(self, path: str, what: str, **query: str) -> Json | None:
        """Read something; None when it is not there."""
        asked = "?" + urlencode(query, safe=",") if query else ""
        reply = self._read("GET", path + asked, b"")
        return None if reply.status == 404 else self._checked(reply, About(what))

    def ask(self, path: str, what: str, body: Mapping[str, Any]) -> Json:
        """Ask with a POST that changes nothing."""
        return self._checked(self._read("POST", path, _packed(body)), About(what))

    def write(self, method: str, path: str, what: str, body: Mapping[str, Any]) -> Json:
        """Change something, once. Raises a `WriteError`; Uncertain where the answer is lost."""
        about = About(what, write=True)
        try:
            reply = self._send(method, path, _packed(body))
        except Lost as error:
            raise Uncertain(f"{what}: {error}") from error
        return self._checked(reply, about)

    def traffic(self) -> Traffic:
        return self._web.traffic()

    def close(self) -> None:
        self._web.close()

    def _read(self, method: str, path: str, body: bytes) -> Reply:
        """Read, once more if the connection broke: a kept one may have been closed meanwhile."""
        try:
            return self._send(method, path, body)
        except Lost:
            return self._send(method, path, body)

    def _send(self, method: str, path: str, body: bytes) -> Reply:
        self.pace.wait()
        headers = {**_HEADERS, "Content-Type": "application/json"} if body else _HEADERS
        return self._web.request(method, self.address.rstrip("/") + path, body, headers, limit=_ANSWER_LIMIT)

    def _checked(self, reply: Reply, about: About) -> Json:
        if not 200 <= reply.status < 300:
            raise meaning(reply, about, self.clock())
        try:
            answer = json.loads(reply.body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            sentence = f"{about.what}: HubSpot answers with something that cannot be read."
            raise Uncertain(sentence) if about.write else NotReady(sentence)
        return answer


def _packed(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def items_of(answer: Mapping[str, Any], what: str) -> list[Json]:
    """Return the results of an answer. Raises NotReady where there is no list of objects: that is no empty one."""
    results = answer.get("results")
    if not isinstance(results, list) or not all(isinstance(one, dict) for one in results):
        raise NotReady(f"{what}: HubSpot answers with something that cannot be read.")
    return results


def next_page(answer: Mapping[str, Any]) -> str:
    """Return where an answer goes on, "" where it does not."""
    paging = answer.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    return str(following.get("after") or "") if isinstance(following, dict) else ""


def connect(address: str, key: str, clock: Clock) -> Client:
    """Make ready to ask; nothing is sent yet. Raises Refused or AuthFailed for what is no address, or no key."""
    return Client(address or ADDRESS, key, clock)


def open_client(entry: Entry) -> Client:
    """Return the account's client, made once."""
    client = entry.shared.get("client")
    if not isinstance(client, Client):
        key = entry.secret("token")
        if not key:
            raise ConfigError(
                f'The account "{entry.id}" has no service key; run `afterview accounts reauth {entry.id}`.'
            )
        client = entry.shared["client"] = connect(str(entry.settings.get("url") or ""), key, entry.clock)
    return client
