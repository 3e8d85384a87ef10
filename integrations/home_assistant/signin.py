"""Sign-in over Home Assistant's own page, with IndieAuth (developers.home-assistant.io/docs/auth_api).

There the client is its own address: ours is that of the listener on this machine, so nothing need be registered. Home
Assistant sends the browser back to that address alone. The code is exchanged once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from afterview.integrations.http import Web
from afterview.integrations.loopback import in_address, is_ours
from afterview.sync.errors import AuthFailed
from afterview.sync.ports import Clock
from afterview.sync.text import one_line

from .tokens import ANSWER_LIMIT, Consent, ask_for_token, home_of, unready


class SignInFailed(Exception):
    """The sign-in came to nothing; the message is an error key of strings.json."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One visit to Home Assistant's page. `client_id` is the listener's address, where the browser is sent afterwards."""

    url: str
    client_id: str
    state: str

    def page(self) -> str:
        """Return the address of the page."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.client_id,
            "state": self.state,
        }
        return f"{self.url}/auth/authorize?{urlencode(asked)}"

    def code(self, answer: Mapping[str, str]) -> str:
        """Return the code of an answer. Raises SignInFailed."""
        if not is_ours(answer, self.state):
            raise SignInFailed("other_attempt")
        if "code" not in answer:
            raise SignInFailed("denied")
        return answer["code"]


def pasted(address: str) -> Mapping[str, str]:
    """Return the answer in an address that was copied from a browser. Raises SignInFailed."""
    found = in_address(address)
    if not found:
        raise SignInFailed("not_the_address")
    return found


def exchange(attempt: Attempt, code: str, clock: Clock, *, at_home: bool) -> Consent:
    """Exchange a code for a consent, with one request. Raises SignInFailed, AccountError."""
    web = Web("Home Assistant", clock, at_home=at_home)
    try:
        form = {"grant_type": "authorization_code", "code": code, "client_id": attempt.client_id}
        reply, answer = ask_for_token(web, attempt.url, form)
    finally:
        web.close()
    refresh_token = answer.get("refresh_token")
    if reply.status == 200 and isinstance(refresh_token, str) and refresh_token:
        return Consent(refresh_token, attempt.client_id)
    if answer.get("error") == "access_denied":
        words = one_line(str(answer.get("error_description") or "no reason given"), 80)
        raise AuthFailed(f"Home Assistant does not let this user in ({words}).")
    if reply.status == 400:
        raise SignInFailed("code_spent")
    raise unready(reply, clock())


def knock(url: str, clock: Clock) -> tuple[str, str]:
    """Look who answers at an address, without a token; return an error key ("" for a Home Assistant), and where it is.

    A server that leads on to TLS under the same name is taken at its word. Raises AccountError.
    """
    web = Web("Home Assistant", clock)
    try:
        reply = web.request("GET", f"{url}/auth/providers", limit=ANSWER_LIMIT)
    finally:
        web.close()
    there = home_of(reply.url) if urlsplit(reply.url).hostname == urlsplit(url).hostname else url
    if reply.status == 400 and "onboarding" in reply.text().lower():
        return "not_onboarded", there
    if reply.status >= 500:
        raise unready(reply, clock())
    return "" if reply.status == 200 and '"type"' in reply.text() else "not_home_assistant", there
