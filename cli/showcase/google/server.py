"""The whole: one server on loopback for sign-in, Calendar v3 and Tasks v1.

    google = Google(clock)                        google.close()
    token = google.grants.issue(SCOPES)           a bearer token without any sign-in
    secret = google.consent("tasks", ...)         what an account keeps after a sign-in, as it keeps it
    google.fail("tasks.tasks.insert", 503, "backendError"); google.trouble("tasks.*", Trouble.LOST_AFTER)
    google.phone.complete(task_id)                what the user does
    google.calls("calendar.events.list")          what was asked; google.broken must stay empty

Method names are those of the discovery documents. A request outside the contract is answered with 400; an answer outside
of it with 599, and it is noted in `broken`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from urllib.parse import parse_qs, urlsplit

from afterview.cli.showcase.web import Answered, Asked, WebServer

from .calendars import Calendars
from .contract import Call, Json, Method, check_answer, checked, mask_of, route
from .events import Events
from .faults import Fault, Trouble, refusal
from .fields import masked
from .grants import OWNER, Grants
from .listing import Listing
from .oauth import CLIENT_ID, CLIENT_SECRET, TOKEN, SignIn
from .pages import Pages
from .phone import Phone
from .problems import ContractBroken, Problem
from .tasks import Tasks

_JSON = {"Content-Type": "application/json; charset=UTF-8"}


def now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


class Google:
    """The server. `asked` holds every call of a known method with the status it was answered with."""

    def __init__(self, clock: Callable[[], datetime] = now, *, zone: str = "Europe/Berlin") -> None:
        self.clock = clock
        self.pages = Pages()
        self.grants = Grants()
        self.sign_in = SignIn(self.grants)
        self.calendars = Calendars(clock, self.pages, zone)
        self.events = Events(self.calendars)
        self.listing = Listing(self.events, self.pages)
        self.tasks = Tasks(clock, self.pages)
        self.phone = Phone(self.tasks, self.events, clock)
        self.asked: list[tuple[Call, int]] = []
        self.broken: list[str] = []
        self.faults: list[Fault] = []
        self._handlers = {
            **self.calendars.handlers(),
            **self.events.handlers(),
            **self.listing.handlers(),
            **self.tasks.handlers(),
        }
        self.web = WebServer(self.answer)
        self.url = self.web.url

    def close(self) -> None:
        """Stop serving."""
        self.web.close()

    # controls
    def consent(self, *scopes: str) -> str:
        """Return what an account keeps of a consent to these scopes (short names), one line of JSON."""
        granted = [f"https://www.googleapis.com/auth/{scope}" for scope in scopes]
        kept = {
            "refresh_token": self.sign_in.consent_to(granted),
            "scopes": granted,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "consented_at": self.clock().isoformat(),
            "account": OWNER,
            "token_uri": self.url + TOKEN,
            "api": self.url,
        }
        return json.dumps(kept)

    def fail(
        self,
        method: str,
        status: int,
        reason: str,
        *,
        skip: int = 0,
        times: int = 1,
        message: str = "",
        retry_after: str = "",
    ) -> None:
        """Plan a refusal of calls that match a glob over method names."""
        problem = refusal(status, reason, message, retry_after)
        self.faults.append(Fault(method, problem=problem, skip=skip, times=times))

    def trouble(self, method: str, trouble: Trouble, *, skip: int = 0, times: int = 1) -> None:
        """Plan something worse than a refusal."""
        self.faults.append(Fault(method, trouble, skip=skip, times=times))

    def calls(self, pattern: str = "*") -> list[Call]:
        """Return the calls of methods that match, in order."""
        return [call for call, _ in self.asked if fnmatchcase(call.method.id, pattern)]

    def names(self) -> list[str]:
        """Return the method names of all calls, in order."""
        return [call.method.id for call, _ in self.asked]

    # serving
    def answer(self, asked: Asked) -> Answered:
        """Answer one request."""
        parts = urlsplit(asked.path)
        signed_in = self.sign_in.answer(asked)
        if signed_in is not None:
            return signed_in
        verb, query, raw = _meant(asked, parts.query)
        try:
            method, in_path = route(verb, parts.path)
        except Problem as problem:
            return problem.answer("tasks")
        fault = next((fault for fault in self.faults if fault.strikes(method.id)), None)
        trouble = fault.trouble if fault else None
        call = Call(method, {}, frozenset(), {}, asked.headers)
        try:
            if fault and fault.problem:
                raise fault.problem
            if trouble is Trouble.LOST_BEFORE:
                return self._noted(call, Answered(0))
            scopes, account = self._allowed(method, asked)
            parameters, given, body = checked(method, in_path, query, raw)
            call = replace(
                call, parameters=parameters, given=given, body=body, scopes=scopes, account=account,
                mask=mask_of(method, parameters.get("fields")),
            )  # fmt: skip
            answered = self._served(call)
        except Problem as problem:
            answered = problem.answer(method.api)
        except ContractBroken as broken:
            self.broken.append(str(broken))
            answered = Answered(599, str(broken).encode())
        return self._noted(call, _troubled(answered, trouble))

    def _served(self, call: Call) -> Answered:
        handler = self._handlers.get(call.method.id)
        if handler is None:
            raise Problem(501, "notImplemented", f"The test server has no {call.method.id}.")
        answer: Json | None = handler(call)
        check_answer(call.method, answer)
        if answer is None:
            return Answered(204)
        headers = {**_JSON, "ETag": str(answer["etag"])} if "etag" in answer else _JSON
        return Answered(200, json.dumps(masked(answer, call.mask)).encode(), headers)

    def _allowed(self, method: Method, asked: Asked) -> tuple[frozenset[str], str]:
        """Return those of the token's scopes that allow the method, and whose token it is."""
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        grant = self.grants.find(token) if kind == "Bearer" else None
        if grant is None:
            raise refusal(401, "authError")
        scopes = grant.scopes & method.scopes
        if not scopes:
            raise refusal(403, "insufficientPermissions")
        return scopes, grant.account

    def _noted(self, call: Call, answered: Answered) -> Answered:
        self.asked.append((call, answered.status))
        return answered


def _meant(asked: Asked, query: str) -> tuple[str, str, bytes]:
    """Undo what the client does with a long address: GET as POST with the query in the body."""
    if asked.headers.get("x-http-method-override") == "GET" and asked.method == "POST":
        parse_qs(asked.body.decode(), strict_parsing=True)
        return "GET", asked.body.decode(), b""
    return asked.method, query, asked.body


def _troubled(answered: Answered, trouble: Trouble | None) -> Answered:
    if trouble is Trouble.LOST_AFTER:
        return Answered(0)
    if trouble is Trouble.CUT:
        return replace(answered, body=answered.body[: len(answered.body) // 2])
    if trouble is Trouble.GARBLED:
        return Answered(200, b"<html>Sign in to this network</html>", {"Content-Type": "text/html"})
    return answered
