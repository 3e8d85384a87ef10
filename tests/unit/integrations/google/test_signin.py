"""Sign-in against a server that checks what Google checks."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from afterview.cli.showcase.google.grants import Grants
from afterview.cli.showcase.google.oauth import CLIENT_ID, CLIENT_SECRET, SignIn, client_file
from afterview.integrations.google.scopes import Feature, features_in, scopes_for
from afterview.integrations.google.signin import (
    Attempt,
    Client,
    SignInFailed,
    WrongFile,
    exchange,
    read_client,
)
from afterview.integrations.loopback import new_state
from afterview.sync.errors import NotReady, Refused
from tests.accounts import START, MovedClock
from tests.fakes.google.browser import agree
from tests.fakes.web import Answered, Asked, WebServer

EVERYTHING = scopes_for(Feature)
REDIRECT = "http://127.0.0.1:9/"


class Google:
    def __init__(self) -> None:
        self.grants = Grants()
        self.sign_in = SignIn(self.grants)
        self.server = WebServer(self.answer)

    def answer(self, asked: Asked) -> Answered:
        return self.sign_in.answer(asked) or Answered(404)

    @property
    def client(self) -> Client:
        return read_client(client_file(self.server.url))


@pytest.fixture
def google() -> Iterator[Google]:
    made = Google()
    yield made
    made.server.close()


def attempt(google: Google, *features: Feature) -> Attempt:
    return Attempt(google.client, scopes_for(features or Feature), REDIRECT, new_state())


def visited(one: Attempt) -> str:
    return one.code(one.pasted(agree(one.url())))


def test_from_the_page_to_a_consent(google: Google) -> None:
    one = attempt(google)
    token = exchange(one, visited(one), MovedClock())
    assert token.scopes == EVERYTHING
    assert token.refresh_token in google.sign_in.refresh_tokens
    assert (token.client_id, token.client_secret, token.consented_at) == (CLIENT_ID, CLIENT_SECRET, START)
    for secret in (token.refresh_token, token.client_secret, one.verifier):
        assert secret not in f"{token!r} {one!r} {one.client!r}"


def test_the_page_is_asked_for_the_least_and_for_a_lasting_consent(google: Google) -> None:
    query = parse_qs(urlsplit(attempt(google, Feature.TASKS).url()).query)
    assert query["scope"] == ["https://www.googleapis.com/auth/tasks"]
    assert query["access_type"] == ["offline"]
    assert query["prompt"] == ["consent"]
    assert query["code_challenge_method"] == ["S256"]
    asked_for = " ".join(EVERYTHING)
    assert "auth/calendar " not in asked_for + " "
    assert "auth/calendar.events " not in asked_for + " "


def test_a_second_consent_brings_a_refresh_token_too(google: Google) -> None:
    for _ in range(2):
        one = attempt(google)
        assert exchange(one, visited(one), MovedClock()).refresh_token


def test_what_was_left_out_is_known(google: Google) -> None:
    google.sign_in.unticked = set(scopes_for([Feature.RING, Feature.CHOOSE]))
    one = attempt(google)
    token = exchange(one, visited(one), MovedClock())
    assert features_in(token.scopes) == {Feature.READ, Feature.TASKS}


def test_a_code_is_worth_nothing_to_whoever_lacks_the_verifier(google: Google) -> None:
    one = attempt(google)
    code = visited(one)
    with pytest.raises(SignInFailed, match="code_spent"):
        exchange(replace(one, verifier="x" * 64), code, MovedClock())


def test_a_code_works_once(google: Google) -> None:
    one = attempt(google)
    code = visited(one)
    exchange(one, code, MovedClock())
    with pytest.raises(SignInFailed, match="code_spent"):
        exchange(one, code, MovedClock())


def test_a_no_on_the_page_is_understood(google: Google) -> None:
    google.sign_in.denies = True
    with pytest.raises(SignInFailed, match="denied"):
        visited(attempt(google))


@pytest.mark.parametrize(
    ("pasted", "key"),
    [
        ("", "not_the_address"),
        ("hello", "not_the_address"),
        ("http://127.0.0.1:9/?state=x", "not_the_address"),
        ("http://[", "not_the_address"),
        ("http://127.0.0.1:9/?" + "a=1&" * 200, "not_the_address"),
        ("http://127.0.0.1:9/?state=other&code=4/abc", "other_attempt"),
        ("http://127.0.0.1:9/?code=4/abc", "other_attempt"),
    ],
)
def test_a_pasted_address_that_is_not_the_answer(google: Google, pasted: str, key: str) -> None:
    one = attempt(google)
    with pytest.raises(SignInFailed, match=key):
        one.code(one.pasted(pasted))


@pytest.mark.parametrize("wrapped", ["{}", "  {}\n", '"{}"', "<{}>"])
def test_a_pasted_address_may_have_something_round_it(google: Google, wrapped: str) -> None:
    one = attempt(google)
    address = agree(one.url())
    assert one.code(one.pasted(wrapped.format(address))).startswith("4/")


@pytest.mark.parametrize(
    ("answered", "error"),
    [
        (Answered(503, b"busy"), NotReady),
        (Answered(429, b"{}"), NotReady),
        (Answered(200, b"<html>proxy</html>"), NotReady),
        (Answered(0), NotReady),
        (Answered(400, b'{"error": "\\u001b[31minvalid_request"}'), Refused),
        (Answered(401, b'{"error": "invalid_client"}'), SignInFailed),
        (Answered(200, b'{"access_token": "a"}'), SignInFailed),
    ],
)
def test_an_endpoint_that_fails(google: Google, answered: Answered, error: type[Exception]) -> None:
    google.sign_in.faults.append(answered)
    one = attempt(google)
    code = visited(one)
    with pytest.raises(error) as caught:
        exchange(one, code, MovedClock())
    assert len(google.sign_in.token_requests) == 1  # a code is sent once
    for secret in (code, one.verifier, CLIENT_SECRET, "\x1b"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"web": {"client_id": "a", "client_secret": "b"}}', "file_web"),
        ('{"type": "service_account", "private_key": "x"}', "file_service_account"),
        ('{"type": "authorized_user", "refresh_token": "x"}', "file_token"),
        ('{"something": 1}', "file_other"),
        ("[1]", "file_not_json"),
        ("{", "file_not_json"),
        ('{"installed": {"client_id": "a"}}', "file_incomplete"),
        ('{"installed": {"client_id": 5, "client_secret": null}}', "file_incomplete"),
        (
            '{"installed": {"client_id": "a", "client_secret": "b", "token_uri": "https://evil.example"}}',
            "file_elsewhere",
        ),
        (
            '{"installed": {"client_id": "a", "client_secret": "b", "token_uri": "http://oauth2.googleapis.com"}}',
            "file_elsewhere",
        ),
        (
            '{"installed": {"client_id": "a", "client_secret": "b", "auth_uri": "https://google.com.evil.example"}}',
            "file_elsewhere",
        ),
    ],
)
def test_each_wrong_file_is_told_apart(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "client_secret.json"
    path.write_text(text, "utf-8")
    with pytest.raises(WrongFile, match=key if text != "[1]" else "file_other"):
        read_client(str(path))


def test_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(WrongFile, match="file_missing"):
        read_client(str(tmp_path / "none.json"))
    with pytest.raises(WrongFile, match="file_folder"):
        read_client(str(tmp_path))
    with pytest.raises(WrongFile, match="file_missing"):
        read_client("\0")


def test_the_file_as_google_hands_it_out(tmp_path: Path) -> None:
    inner = {
        "client_id": "1-a.apps.googleusercontent.com",
        "project_id": "p",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_secret": "GOCSPX-x",
        "redirect_uris": ["http://localhost"],
    }
    text = json.dumps({"installed": inner})
    path = tmp_path / "client secret.json"
    path.write_text("\ufeff" + text, "utf-8")
    for given in (text, str(path), f"'{path}'", f" {path} "):
        client = read_client(given)
        assert client.id == "1-a.apps.googleusercontent.com"
        assert client.token_uri == "https://oauth2.googleapis.com/token"
