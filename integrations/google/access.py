"""Access tokens: an hour each, fetched with the consent when one is needed, held in memory only.

One request brings one token. It asks for no scopes, so it gets those that were granted (RFC 6749 section 6); asking for
one that the user had left out would be refused as a whole.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from afterview.integrations.http import Reply, Web, retry_at
from afterview.sync.errors import AccountError, AuthFailed, NotReady, Refused
from afterview.sync.ports import Clock, Traffic
from afterview.sync.text import one_line

from .tokens import Token, is_google, refused

_ANSWER_LIMIT = 2**20
_SENDABLE = re.compile(r"[\x21-\x7e]{1,8000}")  # what can stand in a header
_LONGEST_S = 86_400
_EARLY = timedelta(minutes=2)  # a clock may be a little off, and a pass takes its time
_KEPT: "dict[Token, _Word]" = {}  # for as long as the process lives: every pass makes a connection of its own
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class _Word:
    """One access token."""

    text: str = field(repr=False)
    ends_at: datetime


class Access:
    """The right to speak for one account, for as long as the user lets it stand."""

    def __init__(self, token: Token, clock: Clock) -> None:
        self.consent = token
        self._clock = clock
        self._web = Web("Google", clock)

    def word(self) -> str:
        """Return a bearer token that holds now. Raises AuthFailed, Refused, NotReady."""
        kept = _KEPT.get(self.consent)
        if kept is None or self._clock() >= kept.ends_at - _EARLY:
            kept = _KEPT[self.consent] = self._fetched()
        return kept.text

    def forget(self) -> None:
        """Take the token for dead, because a service said so."""
        _KEPT.pop(self.consent, None)

    def traffic(self) -> Traffic:
        return self._web.traffic()

    def close(self) -> None:
        self._web.close()

    def _fetched(self) -> _Word:
        token = self.consent
        if not is_google(token.token_uri):
            raise Refused("The sign-in of this account belongs to an address that is not Google's; sign in again.")
        form = {
            "grant_type": "refresh_token",
            "refresh_token": token.refresh_token,
            "client_id": token.client_id,
            "client_secret": token.client_secret,
        }
        reply = self._web.request("POST", token.token_uri, urlencode(form).encode(), _FORM, limit=_ANSWER_LIMIT)
        answer = _read(reply)
        word = answer.get("access_token")
        if reply.status != 200 or not isinstance(word, str) or not _SENDABLE.fullmatch(word):
            raise self._failure(reply, answer)
        seconds = answer.get("expires_in")
        lasts = seconds if isinstance(seconds, int) and 0 <= seconds <= _LONGEST_S else 3600
        return _Word(word, self._clock() + timedelta(seconds=lasts))

    def _failure(self, reply: Reply, answer: Mapping[str, Any]) -> AccountError:
        error = one_line(str(answer.get("error") or ""), 80)
        if error == "invalid_grant":
            return refused(self.consent, self._clock())
        if error == "invalid_scope":
            return AuthFailed("Google does not give the permissions any more that were agreed to; sign in again.")
        if error in {"invalid_client", "unauthorized_client", "deleted_client", "disabled_client"}:
            return AuthFailed(
                "Google does not know the OAuth client of this account any more (it was deleted, or its secret was "
                "renewed); make one at console.cloud.google.com/auth/clients, then sign in again."
            )
        if error in {"admin_policy_enforced", "org_internal", "access_denied"}:
            return AuthFailed(f"Whoever administers this Google account does not allow the sign-in ({error}).")
        if reply.status >= 500 or reply.status == 429 or not error:
            wish = retry_at(reply.headers, self._clock())
            return NotReady(
                f"Google's sign-in does not answer now (HTTP {reply.status}); it is asked again later.", retry_at=wish
            )
        return Refused(f"Google refuses to renew the sign-in ({error}); sign in again.")


def _read(reply: Reply) -> Mapping[str, Any]:
    try:
        answer = json.loads(reply.text())
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
