"""What the user's consent left us with: kept as the account's secret `token`, one line of JSON, and nowhere else.

It must never: hold an access token (they live in memory for an hour), or the scopes that were asked for instead of those
that were granted (a refresh that asks for more than was granted is refused as a whole).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from afterview.integrations.entry import Entry
from afterview.integrations.http import is_loopback
from afterview.sync.errors import AuthFailed
from afterview.sync.text import one_line

SECRET = "token"  # noqa: S105 -- the name of the setting
AUTH_URI = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 -- an address
# An app whose audience is in "Testing" loses every consent after seven days (support.google.com/cloud/answer/15549945).
TESTING_FROM, TESTING_TO = timedelta(days=6.9), timedelta(days=7.2)


@dataclass(frozen=True, slots=True)
class Token:
    """A consent. `scopes` are those granted, full addresses. `api` is another place for Google's services, for tests."""

    refresh_token: str = field(repr=False)
    scopes: tuple[str, ...]
    client_id: str
    client_secret: str = field(repr=False)
    consented_at: datetime
    account: str = ""
    token_uri: str = TOKEN_URI
    auth_uri: str = AUTH_URI
    api: str = ""

    def written(self) -> str:
        """Return the one-line form."""
        return json.dumps({**asdict(self), "consented_at": self.consented_at.isoformat()})

    @classmethod
    def read(cls, text: str) -> "Token":
        """Read the one-line form. Raises ValueError."""
        raw = json.loads(text)
        if not isinstance(raw, dict):
            raise ValueError  # noqa: TRY004 -- one meaning: this is no token
        consented_at = datetime.fromisoformat(_text(raw, "consented_at"))
        return cls(
            refresh_token=_text(raw, "refresh_token"),
            scopes=tuple(str(scope) for scope in raw.get("scopes") or ()),
            client_id=_text(raw, "client_id"),
            client_secret=str(raw.get("client_secret") or ""),
            consented_at=consented_at if consented_at.tzinfo else consented_at.replace(tzinfo=UTC),
            account=str(raw.get("account") or ""),
            token_uri=str(raw.get("token_uri") or TOKEN_URI),
            auth_uri=str(raw.get("auth_uri") or AUTH_URI),
            api=str(raw.get("api") or ""),
        )


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(name)
    return value


def load(entry: Entry) -> Token:
    """Return the account's consent. Raises AuthFailed where there is none, ConfigError where its place fails."""
    text = entry.secret(SECRET)
    try:
        return Token.read(text)
    except ValueError:
        what = "what is kept of the sign-in cannot be read" if text else "it is not signed in to Google"
        raise AuthFailed(
            f"The account {one_line(entry.id, 60)} cannot be used: {what}; "
            f"run `afterview accounts reauth {one_line(entry.id, 60)}`."
        ) from None


def refused(token: Token, now: datetime) -> AuthFailed:
    """Say that Google does not honour the consent any more, and why, where the time tells."""
    if TESTING_FROM <= now - token.consented_at <= TESTING_TO:
        return AuthFailed(
            'Google ended the sign-in after seven days, because your app\'s audience is still in "Testing"; open '
            "console.cloud.google.com/auth/audience, choose Publish app, then sign in again."
        )
    return AuthFailed("Google does not accept the sign-in any more (it was taken back or has run out); sign in again.")


def is_google(url: str) -> bool:
    """Tell whether secrets may be sent to an address: Google over TLS, or a test server on this machine."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme == "https":
        return host in {"google.com", "googleapis.com"} or host.endswith((".google.com", ".googleapis.com"))
    return parts.scheme == "http" and is_loopback(host)
