"""What is kept of a consent, and what is said when it does not hold any more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from afterview.integrations.entry import Entry
from afterview.integrations.google.tokens import Token, is_google, load, refused
from afterview.sync.errors import AuthFailed
from tests.accounts import START, MovedClock, Notebook

TOKEN = Token("1//refresh", ("https://www.googleapis.com/auth/tasks",), "id", "secret", START, "hannah@example.org")


def entry(text: str) -> Entry:
    secret: Callable[[str], str] = lambda name: text if name == "token" else ""  # noqa: E731 -- one line is enough
    return Entry("gmail", "google", {}, secret, Notebook(), MovedClock(), "Europe/Berlin")


def test_a_consent_comes_back_as_it_was_written() -> None:
    assert "\n" not in TOKEN.written()  # a secret is one line
    assert load(entry(TOKEN.written())) == TOKEN


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "{}", '{"refresh_token": 5}', '{"refresh_token": "a", "client_id": "b"}']
)
def test_what_is_no_consent_asks_to_sign_in(text: str) -> None:
    with pytest.raises(AuthFailed, match="afterview accounts reauth gmail"):
        load(entry(text))


@pytest.mark.parametrize(
    ("days", "named"), [(1, False), (6.8, False), (6.95, True), (7.1, True), (7.3, False), (180, False)]
)
def test_the_seventh_day_is_named(days: float, *, named: bool) -> None:
    words = str(refused(TOKEN, START + timedelta(days=days)))
    assert ('"Testing"' in words and "Publish app" in words) is named
    assert "sign in again" in words


def test_a_consent_shows_no_secret() -> None:
    shown = repr(replace(TOKEN, client_secret="hush-hush"))
    assert "hush-hush" not in shown
    assert "1//refresh" not in shown


@pytest.mark.parametrize(
    ("url", "is_it"),
    [
        ("https://oauth2.googleapis.com/token", True),
        ("https://accounts.google.com/o/oauth2/auth", True),
        ("http://127.0.0.1:8/token", True),
        ("http://oauth2.googleapis.com/token", False),
        ("https://oauth2.googleapis.com.evil.example/token", False),
        ("https://evilgoogle.com/token", False),
        ("ftp://127.0.0.1/", False),
        ("", False),
    ],
)
def test_where_secrets_may_go(url: str, *, is_it: bool) -> None:
    assert is_google(url) is is_it
