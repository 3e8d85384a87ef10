"""An account at the test server."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from afterview.cli.showcase.google.server import Google
from afterview.integrations.entry import Entry
from tests.accounts import MovedClock, account, close

ALL = ("calendar.events.readonly", "calendar.calendarlist.readonly", "tasks", "calendar.app.created")
Connect = Callable[..., Entry]


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def google(clock: MovedClock) -> Iterator[Google]:
    made = Google(clock)
    yield made
    made.close()
    assert made.broken == []


@pytest.fixture
def connect(google: Google, clock: MovedClock) -> Iterator[Connect]:
    """Return a maker of accounts: permissions, then settings."""
    opened: list[Entry] = []

    def make(*scopes: str, **settings: Any) -> Entry:
        token = google.consent(*(scopes or ALL))
        opened.append(account(settings, integration="google", token=token, clock=clock))
        return opened[-1]

    yield make
    for entry in opened:
        close(entry)
