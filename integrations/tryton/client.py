"""One account's connection to a Tryton server: JSON-RPC over HTTP (`trytond/protocols/dispatcher.py`, 8.x).

    POST URL/DATABASE/rpc/   {"id", "method", "params"}   Authorization: Session base64(user:id:token)

It must never: send the password in the clear, send a write twice, or keep the token longer than the connection. A session
that has ended answers 401 before anything is done, so one more login and the same call again are safe.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote, urlsplit

from afterview.integrations.entry import Entry
from afterview.integrations.http import Lost, Reply, Web, check_private, check_status
from afterview.sync.errors import AccountError, AuthFailed, Changed, NotReady, Refused, Rejected, Uncertain
from afterview.sync.ports import Clock, Traffic
from afterview.sync.text import one_line

from .wire import Refusal, Said, refusal

PAGE = 500  # records asked for at once
_LOGIN = "common.db.login"
_BESIDES = frozenset(("company", "employee", "language", "company_filter", "companies"))  # of the user's preferences


class Fault(Exception):
    """The server refused a call; nothing was changed."""

    def __init__(self, said: Refusal) -> None:
        super().__init__(said.words)
        self.said = said


@dataclass(slots=True)
class Tryton:
    """Calls to one database of one server, as one user.

    `company` is the one of the user's that records belong to, 0 for that of the user's preferences.
    """

    url: str
    database: str
    user: str
    password: str = field(repr=False)
    clock: Clock
    company: int = 0
    _web: Web = field(init=False)
    _session: str = field(default="", repr=False)
    _preferences: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in {"http", "https"}:
            raise Refused(f"{one_line(self.url, 100)} is not an address that begins with https://.")
        check_private(self.url)
        self._web = Web(self.host, self.clock)

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.rpartition("@")[2] or one_line(self.url, 100)

    def traffic(self) -> Traffic:
        return self._web.traffic()

    def close(self) -> None:
        """End the session, as well as that can be done, and the connection."""
        if self._session:
            with suppress(AccountError):  # it ends by itself, too
                self._send("common.db.logout", [], self._session)
        self._session = ""
        self._web.close()

    def version(self) -> str:
        """Return the server's series, "8.2"; asks for no login."""
        reply = self._post(f"{self.url.rstrip('/')}/rpc/", "common.server.version", [], {})
        answer = self._answer(reply)
        if not isinstance(answer, str):
            raise Refused(f"{self.host} does not answer as a Tryton server does; check the address.")
        return answer

    def databases(self) -> tuple[str, ...]:
        """Return the names of the databases, () where the server does not tell."""
        reply = self._post(f"{self.url.rstrip('/')}/rpc/", "common.db.list", [], {})
        if reply.status == 403:
            return ()
        answer = self._answer(reply)
        return tuple(str(name) for name in answer) if isinstance(answer, list) else ()

    def preferences(self) -> dict[str, Any]:
        """Return what the server keeps of the user: company, employee, language."""
        if self._preferences is None:
            self._preferences = {}  # they are asked for without them
            found = self.read("res.user.get_preferences", True)  # noqa: FBT003 -- the server counts parameters
            self._preferences = found if isinstance(found, dict) else {}
        return self._preferences

    def companies(self) -> tuple[int, ...]:
        """Return the ids of the companies that the user works for."""
        every = self.preferences().get("companies")
        return tuple(one for one in every if isinstance(one, int)) if isinstance(every, list) else ()

    def read(self, method: str, *params: Any, **context: Any) -> Any:
        """Call what changes nothing. Raises AuthFailed, NotReady, Refused."""
        try:
            return self._called(f"model.{method}", [*params, self._context(context)])
        except Fault as error:
            if error.said.said in {Said.BUSY, Said.FAULT}:
                raise NotReady(f"{self.host} could not answer: {error.said.words}") from error
            raise Refused(f"{self.host} refuses: {error.said.words}") from error

    def write(self, method: str, *params: Any, seen: Mapping[str, str] | None = None) -> Any:
        """Call what changes something, once. `seen`: "model,id" -> the timestamp that it must still have.

        Raises Changed, Rejected, Uncertain, besides what `read` does.
        """
        context = self._context({"_timestamp": dict(seen)} if seen else {})
        try:
            return self._called(f"model.{method}", [*params, context], writes=True)
        except Fault as error:
            said = error.said
            if said.said is Said.CHANGED:
                raise Changed(f"{self.host}: {said.words}") from error
            if said.said is Said.BUSY:
                raise NotReady(f"{self.host} is busy: {said.words}") from error
            raise Rejected(f"{self.host} refuses: {said.words}") from error

    def search(
        self, model: str, domain: Sequence[Any], names: Sequence[str], **context: Any
    ) -> tuple[dict[str, Any], ...]:
        """Read every record of a domain, by id, page by page."""
        found: list[dict[str, Any]] = []
        last = 0
        while True:
            page = self.read(
                f"{model}.search_read",
                ["AND", ["id", ">", last], list(domain)],
                0,
                PAGE,
                [["id", "ASC"]],
                list(names),
                **context,
            )
            if not isinstance(page, list) or not all(isinstance(row, dict) and _is_id(row.get("id")) for row in page):
                raise NotReady(f"{self.host} answers with something that is no list of records.")
            found += cast("list[dict[str, Any]]", page)
            if len(page) < PAGE:
                return tuple(found)
            last = max(last + 1, *(row["id"] for row in page))

    def _context(self, more: Mapping[str, Any]) -> dict[str, Any]:
        own = {name: value for name, value in self.preferences().items() if name in _BESIDES}
        return {**own, **({"company": self.company} if self.company else {}), **more}

    def _called(self, method: str, params: list[Any], *, writes: bool = False) -> Any:
        """Call as a user who is signed in."""
        for again in (False, True):
            session = self._session or self._login()
            reply = self._send(method, params, session, writes=writes)
            if reply.status != 401:
                return self._answer(reply, writes=writes)
            self._session = ""
            if again:
                break
        raise AuthFailed(f"{self.host} does not keep the session of {self._named()}; sign in again.")

    def _login(self) -> str:
        reply = self._post(self._place, _LOGIN, [self.user, {"password": self.password}], {})
        if reply.status in {401, 403}:
            raise AuthFailed(f"{self.host} does not accept the user name or password; sign in again.")
        try:
            answer = self._answer(reply)
        except Fault as error:
            if error.said.said is Said.LOGIN:
                raise AuthFailed(f"{self.host} asks for more than a password: {error.said.words}") from error
            raise NotReady(f"{self.host} cannot sign anybody in: {error.said.words}") from error
        if not isinstance(answer, list) or len(answer) < 2:
            raise NotReady(f"{self.host} answers a sign-in with something that cannot be read.")
        who = f"{self.user}:{answer[0]}:{answer[1]}"
        self._session = base64.b64encode(who.encode()).decode()
        return self._session

    @property
    def _place(self) -> str:
        return f"{self.url.rstrip('/')}/{quote(self.database, safe='')}/rpc/"

    def _named(self) -> str:
        return one_line(self.user, 60)

    def _send(self, method: str, params: list[Any], session: str, *, writes: bool = False) -> Reply:
        head = {"Authorization": f"Session {session}"}
        try:
            return self._post(self._place, method, params, head)
        except Lost as error:
            if writes:
                raise Uncertain(str(error)) from error
            raise

    def _post(self, place: str, method: str, params: list[Any], head: Mapping[str, str]) -> Reply:
        body = json.dumps({"id": 0, "method": method, "params": params}).encode()
        return self._web.request("POST", place, body, {"Content-Type": "application/json", **head})

    def _answer(self, reply: Reply, *, writes: bool = False) -> Any:
        """Return the result of an answer. Raises Fault for what the server refused, else what the status means."""
        if reply.status >= 500 and writes:
            raise Uncertain(f"{self.host} failed (HTTP {reply.status}); whether it was done is looked up.")
        check_status(reply, self.host, self.clock())
        if reply.status == 403:
            raise Fault(Refusal(Said.ERROR, "it may not be asked for that (HTTP 403)"))
        if reply.status in {404, 405}:
            raise Refused(f"{self.host} has no {self._asked()} (HTTP {reply.status}); Tryton 8 or newer is needed.")
        if 300 <= reply.status < 400:
            raise Refused(f"{self.host} sends on to another address; use that one.")
        if reply.status != 200:
            raise NotReady(f"{self.host} cannot answer now (HTTP {reply.status}).")
        return self._result(reply, writes=writes)

    def _asked(self) -> str:
        return (
            f'database "{one_line(self.database, 60)}" at this address' if self.database else "Tryton at this address"
        )

    def _result(self, reply: Reply, *, writes: bool) -> Any:
        try:
            answer = json.loads(reply.body)
        except (ValueError, RecursionError) as error:
            sentence = f"{self.host} answers with something that is not Tryton's."
            raise (Uncertain(sentence) if writes else NotReady(sentence)) from error
        if not isinstance(answer, dict) or not {"result", "error"} & answer.keys():
            sentence = f"{self.host} answers with something that is not Tryton's."
            raise Uncertain(sentence) if writes else NotReady(sentence)
        if "error" in answer:
            raise Fault(refusal(answer["error"]))
        return answer["result"]


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def open_client(entry: Entry) -> Tryton:
    """Return the account's client, made once."""
    if "client" not in entry.shared:
        settings = entry.settings
        entry.shared["client"] = Tryton(
            str(settings.get("url", "")),
            str(settings.get("database", "")),
            str(settings.get("username", "")),
            entry.secret("password"),
            entry.clock,
        )
    client: Tryton = entry.shared["client"]
    return client
