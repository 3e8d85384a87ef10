"""The test server and Google's own client, with a bearer token."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build

from afterview.cli.showcase.google.server import Google

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AUTH = "https://www.googleapis.com/auth/"
Service = Any  # Google's client makes its methods at run time


class Clock:
    """Time that is moved by hand."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def google(clock: Clock) -> Iterator[Google]:
    made = Google(clock)
    yield made
    made.close()
    assert made.broken == []


@pytest.fixture
def service(google: Google) -> Iterator[Callable[..., Service]]:
    """Return a maker of services: api, then the short names of the scopes."""
    opened: list[Service] = []

    def make(api: str, *scopes: str) -> Service:
        credentials = Credentials(google.grants.issue([AUTH + scope for scope in scopes]))
        version, path = {"calendar": ("v3", "/calendar/v3/"), "tasks": ("v1", "/")}[api]
        endpoint = {"api_endpoint": google.url + path}
        opened.append(build(api, version, credentials=credentials, client_options=endpoint))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
