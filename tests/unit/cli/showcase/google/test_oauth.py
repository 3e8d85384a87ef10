"""The sign-in of the test server, driven by Google's own libraries."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest
import requests
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import InstalledAppFlow
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError

from afterview.cli.showcase.google.grants import Grants
from afterview.cli.showcase.google.oauth import CLIENT_ID, CLIENT_SECRET, KNOWN, TOKEN, SignIn, client_file
from tests.fakes.google.browser import agree
from tests.fakes.web import Answered, Asked, WebServer

SCOPES = sorted(KNOWN)


@pytest.fixture
def sign_in() -> SignIn:
    return SignIn(Grants())


@pytest.fixture
def url(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    def answer(asked: Asked) -> Answered:
        return sign_in.answer(asked) or Answered(404)

    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # loopback without TLS
    server = WebServer(answer)
    yield server.url
    server.close()


@contextmanager
def flow(url: str) -> Generator[InstalledAppFlow]:
    made: InstalledAppFlow = InstalledAppFlow.from_client_config(json.loads(client_file(url)), SCOPES)
    made.redirect_uri = "http://127.0.0.1:9/"
    with made.oauth2session:
        yield made


def page(one: InstalledAppFlow) -> str:
    address: str = one.authorization_url(access_type="offline", prompt="consent")[0]
    return address


@pytest.fixture
def transport() -> Iterator[Request]:
    with requests.Session() as session:
        yield Request(session)


def credentials(url: str, refresh_token: str, *scopes: str) -> Credentials:
    return Credentials(None, refresh_token, None, url + TOKEN, CLIENT_ID, CLIENT_SECRET, list(scopes))


def test_the_library_signs_in_and_refreshes(url: str, sign_in: SignIn, transport: Request) -> None:
    with flow(url) as one:
        one.fetch_token(authorization_response=agree(page(one)))
        made = one.credentials
    assert sign_in.grants.find(str(made.token))
    sign_in.grants.expire()
    made.refresh(transport)
    grant = sign_in.grants.find(str(made.token))
    assert grant is not None
    assert grant.scopes == KNOWN


def test_a_code_works_once_and_not_without_its_verifier(url: str) -> None:
    with flow(url) as one, flow(url) as other:
        target = agree(page(one))
        other.code_verifier = "v" * 60
        with pytest.raises(InvalidGrantError):
            other.fetch_token(authorization_response=target)
        with pytest.raises(InvalidGrantError):
            one.fetch_token(authorization_response=target)


def test_a_refresh_that_asks_for_more_than_was_granted_is_refused(
    url: str, sign_in: SignIn, transport: Request
) -> None:
    token = sign_in.consent_to(SCOPES[:1])
    credentials(url, token, SCOPES[0]).refresh(transport)
    with pytest.raises(RefreshError, match="invalid_scope"):
        credentials(url, token, *SCOPES).refresh(transport)


def test_what_was_taken_back_is_invalid(url: str, sign_in: SignIn, transport: Request) -> None:
    token = sign_in.consent_to(SCOPES)
    sign_in.grants.revoke()
    with pytest.raises(RefreshError, match="invalid_grant"):
        credentials(url, token).refresh(transport)
