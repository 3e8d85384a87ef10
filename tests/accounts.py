"""Accounts for tests: an `Entry` with its memory in a dictionary and a clock that the test moves."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from afterview.integrations.entry import Entry

START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class Notebook:
    """A `Memory` that survives as long as the test."""

    values: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        return self.values.get(name)

    def set(self, name: str, value: Any) -> None:
        self.values[name] = value


@dataclass(slots=True)
class MovedClock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def close(entry: Entry) -> None:
    """Close what an account's roles share, as the registry does."""
    client = entry.shared.pop("client", None)
    if client is not None:
        client.close()


def account(
    settings: dict[str, Any],
    *,
    integration: str = "caldav",
    password: str = "",
    token: str = "",
    clock: MovedClock | None = None,
    memory: Notebook | None = None,
    zone: str = "Europe/Berlin",
) -> Entry:
    """Make an account as the command would."""
    return Entry(
        id="test",
        integration=integration,
        settings=settings,
        secret=lambda name: {"password": password, "token": token}.get(name, ""),
        memory=memory or Notebook(),
        clock=clock or MovedClock(),
        zone=zone,
    )
