"""Watches over a client of the in-memory twin: what a careful one never does, and what happens between its requests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(slots=True)
class Watch:
    """Knows the time, who was asked to wait, and which creates were sent since their place was last looked at.

    `breaches`: what should never have been sent. `between`: done once, before the request after next so many.
    """

    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    breaches: list[str] = field(default_factory=list)
    _waits: dict[int, datetime] = field(default_factory=dict)
    _sent: set[tuple[int, str]] = field(default_factory=set)
    _between: list[tuple[int, Callable[[], object]]] = field(default_factory=list)

    def between(self, requests: int, action: Callable[[], object]) -> None:
        """Let something happen when so many more requests have passed."""
        self._between.append((requests, action))

    def ask_to_wait(self, who: int, until: datetime) -> None:
        self._waits[who] = until

    def forget(self, who: int) -> None:
        """Who lost the ledger cannot know any of this."""
        self._waits.pop(who, None)
        self._sent = {one for one in self._sent if one[0] != who}

    def answered_no(self, who: int, remote_id: str) -> None:
        """A create was refused in so many words: nothing is in doubt."""
        self._sent.discard((who, remote_id))

    def died(self, who: int) -> None:
        """A process that died may not have written down what it was asked."""
        self._waits.pop(who, None)

    def quiet(self) -> None:
        """Nothing more happens between requests."""
        self._between.clear()

    def passing(self, who: int, operation: str, remote_id: str) -> None:
        """Note one request."""
        if self.now < self._waits.get(who, self.now):
            self.breaches.append(f"{operation} {remote_id} although asked to wait until {self._waits[who]}")
        if operation == "create":
            if (who, remote_id) in self._sent:
                self.breaches.append(f"{remote_id} was sent twice without a look between")
            self._sent.add((who, remote_id))
        elif operation in {"find", "fetch", "delete"}:
            self._sent.discard((who, remote_id))
        due, self._between = self._between, []
        for requests, action in due:
            if requests > 0:
                self._between.append((requests - 1, action))
            else:
                action()

    def listed(self, who: int) -> None:
        """Note a complete listing, which is a look at everything."""
        self._sent = {one for one in self._sent if one[0] != who}
