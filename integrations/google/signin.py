"""Sign-in with the user's own client: authorisation code with PKCE for a program on this machine (RFC 8252, RFC 7636).

    read_client   the file that Google's console hands out, checked
    Attempt       one visit to Google's page: its address, and the code out of the address that comes back
    exchange      the code for a `Token`, once

It must never: ask for more than the features need, send a secret anywhere but to Google, or let a secret into a sentence.
Written here rather than taken from google-auth-oauthlib: that serves one request and gives up, raises after the code is
spent when the user grants less, and wants environment variables for both.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from afterview.integrations.http import Reply, Web
from afterview.integrations.loopback import in_address, is_ours
from afterview.sync.errors import NotReady, Refused
from afterview.sync.ports import Clock
from afterview.sync.text import one_line

from .tokens import AUTH_URI, TOKEN_URI, Token, is_google

_FILE_LIMIT = 65536
_ANSWER_LIMIT = 2**20


class WrongFile(Exception):
    """What was given is not the client file; the message is an error key of strings.json."""


class SignInFailed(Exception):
    """The sign-in came to nothing; the message is an error key of strings.json, `words` are Google's own."""

    def __init__(self, key: str, words: str = "") -> None:
        super().__init__(key)
        self.words = one_line(words, 120)


@dataclass(frozen=True, slots=True)
class Client:
    """The user's own OAuth client, of the type Desktop app."""

    id: str
    secret: str = field(repr=False)
    auth_uri: str = AUTH_URI
    token_uri: str = TOKEN_URI
    api: str = ""


def read_client(given: str) -> Client:
    """Read the client file, given by its path or as its text. Raises WrongFile."""
    raw = _json(given.strip())
    if "web" in raw:
        raise WrongFile("file_web")
    if raw.get("type") == "service_account":
        raise WrongFile("file_service_account")
    if "refresh_token" in raw or raw.get("type") == "authorized_user":
        raise WrongFile("file_token")
    inner = raw.get("installed")
    if not isinstance(inner, dict):
        raise WrongFile("file_other")
    values = {name: value for name, value in inner.items() if isinstance(value, str) and value}
    if not {"client_id", "client_secret"} <= values.keys():
        raise WrongFile("file_incomplete")
    client = Client(
        values["client_id"],
        values["client_secret"],
        values.get("auth_uri", AUTH_URI),
        values.get("token_uri", TOKEN_URI),
        values.get("api", ""),
    )
    if not all(map(is_google, filter(None, (client.auth_uri, client.token_uri, client.api)))):
        raise WrongFile("file_elsewhere")
    return client


def _json(given: str) -> Mapping[str, Any]:
    if not given.startswith("{"):
        path = Path(given.strip("\"'")).expanduser()
        try:
            if path.is_dir():
                raise WrongFile("file_folder")
            with path.open("rb") as file:
                given = file.read(_FILE_LIMIT).decode("utf-8-sig")
        except (OSError, ValueError):
            raise WrongFile("file_missing") from None
    try:
        raw = json.loads(given)
    except (ValueError, RecursionError):
        raise WrongFile("file_not_json") from None
    if not isinstance(raw, dict):
        raise WrongFile("file_other")
    return raw


@dataclass(frozen=True, slots=True)
class Attempt:
    """One visit to Google's page. `redirect_uri` is where the browser is sent afterwards: the listener's address."""

    client: Client
    scopes: tuple[str, ...]
    redirect_uri: str
    state: str
    login_hint: str = ""
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64), repr=False)

    def url(self) -> str:
        """Return the address of Google's page. A refresh token comes only with both `offline` and `consent`."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "client_id": self.client.id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": " ".join(self.scopes),
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",
            **({"login_hint": self.login_hint} if self.login_hint else {}),
        }
        return f"{self.client.auth_uri}?{urlencode(asked)}"

    def pasted(self, address: str) -> Mapping[str, str]:
        """Return the answer in an address that was copied from a browser. Raises SignInFailed."""
        found = in_address(address)
        if not found:
            raise SignInFailed("not_the_address")
        return found

    def code(self, answer: Mapping[str, str]) -> str:
        """Return the code of an answer. Raises SignInFailed."""
        if not is_ours(answer, self.state):
            raise SignInFailed("other_attempt")
        if error := answer.get("error"):
            raise SignInFailed("denied" if error == "access_denied" else "google_says", error)
        return answer["code"]


def exchange(attempt: Attempt, code: str, clock: Clock) -> Token:
    """Exchange a code for a consent, with one request. Raises SignInFailed, NotReady, Refused."""
    client = attempt.client
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": attempt.redirect_uri,
        "code_verifier": attempt.verifier,
        "client_id": client.id,
        "client_secret": client.secret,
    }
    web = Web("Google", clock)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        reply = web.request("POST", client.token_uri, urlencode(form).encode(), headers, limit=_ANSWER_LIMIT)
    finally:
        web.close()
    answer = _answer(reply)
    refresh_token = answer.get("refresh_token")
    if not isinstance(refresh_token, str) or not refresh_token:
        raise SignInFailed("no_refresh_token")
    granted = answer.get("scope")
    return Token(
        refresh_token=refresh_token,
        scopes=tuple(granted.split())
        if isinstance(granted, str)
        else attempt.scopes,  # RFC 6749 5.1: absent = as asked
        client_id=client.id,
        client_secret=client.secret,
        consented_at=clock().replace(microsecond=0),
        token_uri=client.token_uri,
        auth_uri=client.auth_uri,
        api=client.api,
    )


def _answer(reply: Reply) -> Mapping[str, Any]:
    try:
        answer = json.loads(reply.text())
    except (ValueError, RecursionError):
        answer = None
    if reply.status >= 500 or reply.status == 429 or not isinstance(answer, dict):
        raise NotReady(f"Google cannot finish the sign-in now (HTTP {reply.status}); try again in a moment.")
    error = str(answer.get("error") or "")
    if reply.status == 200 and not error:
        return answer
    if error == "invalid_grant":
        raise SignInFailed("code_spent")
    if error in {"invalid_client", "unauthorized_client"}:
        raise SignInFailed("client_unknown")
    raise Refused(f"Google refuses the sign-in (HTTP {reply.status}): {one_line(error, 80) or 'no reason given'}.")
