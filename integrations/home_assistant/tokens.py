"""What lets us into a Home Assistant: kept as the account's secret `token`, and nowhere else.

    Consent    a refresh token with the client that it was given to (browser), or a long-lived access token (pasted)
    Access     access tokens: half an hour each, fetched with the consent when one is needed, held in memory only

It must never: let a token into a sentence, or send one anywhere but to the address of the account.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from afterview.integrations.entry import Entry
from afterview.integrations.http import Reply, Web, check_private, retry_at
from afterview.sync.errors import AuthFailed, NotReady, Refused
from afterview.sync.ports import Clock
from afterview.sync.text import one_line

SECRET = "token"  # noqa: S105 -- the name of the setting
AGAIN = "Home Assistant does not accept the sign-in any more (it was taken back or has run out); sign in again."
ANSWER_LIMIT = 2**20
_SENDABLE = re.compile(r"[\x21-\x7e]{1,8000}")  # what can stand in a header
_LONGEST_S = 86_400
_EARLY = timedelta(minutes=2)  # a clock may be a little off, and a pass takes its time
_KEPT: "dict[tuple[str, Consent], _Word]" = {}  # for as long as the process lives: every pass has its own connection
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Consent:
    """Either `refresh_token` and `client_id`, or `lasting`, a long-lived access token."""

    refresh_token: str = field(default="", repr=False)
    client_id: str = ""
    lasting: str = field(default="", repr=False)

    def written(self) -> str:
        """Return the one-line form: a long-lived token as it is, else JSON."""
        if self.lasting:
            return self.lasting
        return json.dumps({"refresh_token": self.refresh_token, "client_id": self.client_id})

    @classmethod
    def read(cls, text: str) -> "Consent":
        """Read the one-line form. Raises ValueError."""
        text = text.strip()
        if not text.startswith("{"):
            if not _SENDABLE.fullmatch(text):
                raise ValueError
            return cls(lasting=text)
        raw = json.loads(text)
        found = {name: raw.get(name) for name in ("refresh_token", "client_id")}
        if not all(isinstance(value, str) and _SENDABLE.fullmatch(value) for value in found.values()):
            raise ValueError
        return cls(str(found["refresh_token"]), str(found["client_id"]))


def load(entry: Entry) -> Consent:
    """Return the account's consent. Raises AuthFailed where there is none, ConfigError where its place fails."""
    text = entry.secret(SECRET)
    try:
        return Consent.read(text)
    except (ValueError, AttributeError, RecursionError):
        what = "what is kept of the sign-in cannot be read" if text else "it is not signed in to Home Assistant"
        raise AuthFailed(
            f"The account {one_line(entry.id, 60)} cannot be used: {what}; "
            f"run `afterview accounts reauth {one_line(entry.id, 60)}`."
        ) from None


def home_of(address: str) -> str:
    """Return scheme, host and port of an address as people type it, "" where it is none."""
    text = address.strip()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or not _SENDABLE.fullmatch(host):
        return ""
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}{f':{port}' if port else ''}"


@dataclass(frozen=True, slots=True)
class _Word:
    """One access token."""

    text: str = field(repr=False)
    ends_at: datetime


class Access:
    """The right to speak for one account, for as long as the user lets it stand."""

    def __init__(self, url: str, consent: Consent, web: Web, clock: Clock) -> None:
        self._url = url
        self._consent = consent
        self._web = web
        self._clock = clock

    @property
    def renewable(self) -> bool:
        """Whether there can be another access token."""
        return not self._consent.lasting

    def word(self) -> str:
        """Return a bearer token that holds now. Raises AuthFailed, Refused, NotReady."""
        if self._consent.lasting:
            return self._consent.lasting
        kept = _KEPT.get((self._url, self._consent))
        if kept is None or self._clock() >= kept.ends_at - _EARLY:
            kept = _KEPT[self._url, self._consent] = self._fetched()
        return kept.text

    def forget(self) -> None:
        """Take the token for dead, because Home Assistant said so."""
        _KEPT.pop((self._url, self._consent), None)

    def _fetched(self) -> _Word:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._consent.refresh_token,
            "client_id": self._consent.client_id,
        }
        reply, answer = ask_for_token(self._web, self._url, form)
        word = answer.get("access_token")
        if reply.status != 200 or not isinstance(word, str) or not _SENDABLE.fullmatch(word):
            raise self._failed(reply, answer)
        seconds = answer.get("expires_in")
        lasts = seconds if isinstance(seconds, int) and 0 <= seconds <= _LONGEST_S else 1800
        return _Word(word, self._clock() + timedelta(seconds=lasts))

    def _failed(self, reply: Reply, answer: Mapping[str, Any]) -> AuthFailed | NotReady | Refused:
        error = answer.get("error")
        if error in {"invalid_grant", "invalid_request"}:
            return AuthFailed(AGAIN)
        if error == "access_denied" or reply.status == 403:
            words = one_line(str(answer.get("error_description") or "no reason given"), 80)
            return AuthFailed(f"Home Assistant does not let this user in ({words}).")
        return unready(reply, self._clock())


def ask_for_token(web: Web, url: str, form: Mapping[str, str]) -> tuple[Reply, Mapping[str, Any]]:
    """Send a form to where tokens are given; return the answer, {} for one that cannot be read."""
    check_private(url, at_home=web.at_home)
    before, web.token = web.token, ""
    try:
        reply = web.request("POST", f"{url}/auth/token", urlencode(form).encode(), _FORM, limit=ANSWER_LIMIT)
    finally:
        web.token = before
    try:
        answer = json.loads(reply.text())
    except (ValueError, RecursionError):
        answer = {}
    return reply, answer if isinstance(answer, dict) else {}


def unready(reply: Reply, now: datetime) -> NotReady | Refused:
    """Say what an answer means that is none of those that Home Assistant gives."""
    if reply.status >= 500 or reply.status == 429:
        wish = retry_at(reply.headers, now)
        return NotReady(f"Home Assistant is not ready (HTTP {reply.status}); it is asked again later.", retry_at=wish)
    return Refused(
        f"What answers at the address is no Home Assistant, or one that does not let us in (HTTP {reply.status}); "
        "check the address."
    )
