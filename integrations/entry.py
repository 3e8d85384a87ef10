"""One configured account, as an integration is handed it (Home Assistant's config entry)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from afterview.sync.ports import Clock, Memory


@dataclass(frozen=True, slots=True)
class Entry:
    """What an integration needs to connect.

    `settings` is the account's table from the configuration without its secrets. `secret(name)` resolves a secret
    setting when it is needed ("" where it is not set; `ConfigError` when its command, file or keyring fails). `zone` is
    the user's IANA zone. `shared` holds what the roles of one account have in common (its client).
    """

    id: str
    integration: str
    settings: Mapping[str, Any]
    secret: Callable[[str], str]
    memory: Memory
    clock: Clock
    zone: str
    shared: dict[str, Any] = field(default_factory=dict)
