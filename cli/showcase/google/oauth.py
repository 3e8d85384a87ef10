"""Google's sign-in as a server keeps it: the page a person sees, and the endpoint where codes become tokens.

behaviour                                                     source
loopback redirect with any port, nothing else, for Desktop    facts (docs page)
a code works once, for its client, redirect and verifier      RFC 6749 4.1.2, RFC 7636 4.6
client by HTTP Basic or in the body                           RFC 6749 2.3.1
a refresh token only with access_type=offline, and again      facts (docs page)
  only with prompt=consent
the user may leave permissions out; `scope` tells             facts (oauthlib/oauthlib#562)
a refresh that asks for more than was granted is refused      facts (googlecolab/google-colab-cli#116)
invalid_grant for what was taken back                         facts
"""

import base64
import hashlib
import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from afterview.cli.showcase.web import Answered, Asked

from .grants import OWNER, Grants

PAGE, CONSENT, TOKEN, REVOKE = "/o/oauth2/v2/auth", "/o/oauth2/v2/consent", "/token", "/revoke"
CLIENT_ID, CLIENT_SECRET = "1234-desktop.apps.example.org", "desktop-secret"
KNOWN = {
    "https://www.googleapis.com/auth/" + name
    for name in ("calendar.events.readonly", "calendar.calendarlist.readonly", "calendar.app.created", "tasks")
}


@dataclass(slots=True)
class _Visit:
    """What was asked for on the page, and what came of it."""

    asked: Mapping[str, str]
    scopes: tuple[str, ...]
    used: bool = False


@dataclass(slots=True)
class SignIn:
    """The endpoints. `unticked`: scopes that the person leaves out; `faults` are answered first, one per token request."""

    grants: Grants
    account: str = OWNER
    unticked: set[str] = field(default_factory=set)
    denies: bool = False
    faults: list[Answered] = field(default_factory=list)
    visits: dict[str, _Visit] = field(default_factory=dict)
    codes: dict[str, _Visit] = field(default_factory=dict)
    refresh_tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)
    consented: bool = False
    token_requests: list[Mapping[str, str]] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answered | None:
        """Answer a request; None if it is not for the sign-in."""
        handlers: dict[str, Callable[[Asked], Answered]] = {
            PAGE: self._page,
            CONSENT: self._consent,
            TOKEN: self._token,
            REVOKE: self._revoke,
        }
        handler = handlers.get(urlsplit(asked.path).path)
        return handler(asked) if handler else None

    def consent_to(self, scopes: Sequence[str]) -> str:
        """Return a refresh token for these scopes, as if somebody had been through the page."""
        token = f"refresh-{next(self.grants.numbers)}"
        self.refresh_tokens[token] = tuple(scopes)
        self.grants.revoked = False
        return token

    # what a person sees
    def _page(self, asked: Asked) -> Answered:
        query = _flat(urlsplit(asked.path).query)
        scopes = tuple(query.get("scope", "").split())
        wrong = _wrong_request(query, scopes)
        if wrong:
            return Answered(400, f"<p>Error 400: {html.escape(wrong)}</p>".encode(), {"Content-Type": "text/html"})
        visit = f"visit-{next(self.grants.numbers)}"
        self.visits[visit] = _Visit(query, scopes)
        ticks = "".join(f'<input type="checkbox" name="scope" value="{scope}" checked>' for scope in scopes)
        page = f'<form method="post" action="{CONSENT}"><input name="visit" value="{visit}">{ticks}</form>'
        return Answered(200, page.encode(), {"Content-Type": "text/html"})

    def _consent(self, asked: Asked) -> Answered:
        visit = self.visits[_flat(asked.body.decode())["visit"]]
        state = {"state": visit.asked["state"]} if "state" in visit.asked else {}
        if self.denies:
            return _redirect(visit, {"error": "access_denied", **state})
        granted = tuple(scope for scope in visit.scopes if scope not in self.unticked)
        code = f"4/code-{next(self.grants.numbers)}"
        self.codes[code] = _Visit(visit.asked, granted)
        self.grants.revoked = False
        return _redirect(visit, {**state, "code": code, "scope": " ".join(granted)})

    # what a program sees
    def _token(self, asked: Asked) -> Answered:
        form = _flat(asked.body.decode())
        self.token_requests.append(form)
        if self.faults:
            return self.faults.pop(0)
        if asked.method != "POST" or "urlencoded" not in asked.headers.get("content-type", ""):
            return _error("invalid_request")
        if _client_of(asked, form) != (CLIENT_ID, CLIENT_SECRET):
            return _error("invalid_client", 401)
        if form.get("grant_type") == "authorization_code":
            return self._redeem(form)
        return self._refresh(form) if form.get("grant_type") == "refresh_token" else _error("unsupported_grant_type")

    def _redeem(self, form: Mapping[str, str]) -> Answered:
        visit = self.codes.get(form.get("code", ""))
        if visit is None or visit.used:
            return _error("invalid_grant")
        visit.used = True
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != visit.asked["code_challenge"] or form.get("redirect_uri") != visit.asked["redirect_uri"]:
            return _error("invalid_grant")
        keeps = visit.asked.get("access_type") == "offline"
        keeps = keeps and (not self.consented or "consent" in visit.asked.get("prompt", ""))
        self.consented = True
        more = {"refresh_token": self.consent_to(visit.scopes)} if keeps else {}
        return self._issued(visit.scopes, more)

    def _refresh(self, form: Mapping[str, str]) -> Answered:
        granted = self.refresh_tokens.get(form.get("refresh_token", ""))
        if granted is None or self.grants.revoked:
            return _error("invalid_grant")
        asked = form.get("scope", "").split()
        if not set(asked) <= set(granted):
            return _error("invalid_scope")
        return self._issued(tuple(asked) or granted, {})

    def _issued(self, scopes: tuple[str, ...], more: Mapping[str, str]) -> Answered:
        token = self.grants.issue(scopes, self.account)
        told = {"access_token": token, "expires_in": 3599, "token_type": "Bearer", "scope": " ".join(scopes)}
        return _json(200, {**told, **more})

    def _revoke(self, asked: Asked) -> Answered:
        token = _flat(asked.body.decode()).get("token", "")
        if token not in self.refresh_tokens and self.grants.find(token) is None:
            return _error("invalid_token")
        self.grants.revoke()
        return _json(200, {})


def client_file(url: str, *, kind: str = "installed", api: str = "") -> str:
    """Return the text of a client file whose addresses are those of a test server."""
    inner = {
        "client_id": CLIENT_ID,
        "project_id": "follow-ups",
        "auth_uri": url + PAGE,
        "token_uri": url + TOKEN,
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_secret": CLIENT_SECRET,
        "redirect_uris": ["http://localhost"],
        **({"api": api} if api else {}),
    }
    return json.dumps({kind: inner})


def _wrong_request(query: Mapping[str, str], scopes: Sequence[str]) -> str:
    redirect = urlsplit(query.get("redirect_uri", ""))
    if query.get("client_id") != CLIENT_ID:
        return "invalid_client"
    if redirect.scheme != "http" or redirect.hostname not in {"127.0.0.1", "localhost"}:
        return "redirect_uri_mismatch"
    if query.get("response_type") != "code" or query.get("code_challenge_method") != "S256":
        return "invalid_request"
    return "" if scopes and set(scopes) <= KNOWN else "invalid_scope"


def _client_of(asked: Asked, form: Mapping[str, str]) -> tuple[str, str]:
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        name, _, password = base64.b64decode(given).decode().partition(":")
        return unquote(name), unquote(password)
    return form.get("client_id", ""), form.get("client_secret", "")


def _redirect(visit: _Visit, answer: Mapping[str, str]) -> Answered:
    return Answered(302, b"", {"Location": f"{visit.asked['redirect_uri']}?{urlencode(answer)}"})


def _error(error: str, status: int = 400) -> Answered:
    return _json(status, {"error": error, "error_description": "Said by the test server."})


def _json(status: int, answer: Mapping[str, object]) -> Answered:
    return Answered(status, json.dumps(answer).encode(), {"Content-Type": "application/json; charset=utf-8"})


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
