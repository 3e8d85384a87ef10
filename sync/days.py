"""A task list that keeps dates and no times (`TaskCapabilities.times`): what is wanted and known, in days. Pure.

A date is its local midnight, as an instant. The phone still rings at a time, so a ring keeps its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType

from .model import Fact
from .thinking import Thought


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one zone."""

    zone: tzinfo

    def start(self, moment: datetime) -> datetime:
        """Return the local midnight of the day on which an instant lies."""
        local = moment.astimezone(self.zone)
        return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)

    def on(self, day: datetime, moment: datetime) -> datetime:
        """Return the local time of day of an instant, on another day."""
        date, time = day.astimezone(self.zone).date(), moment.astimezone(self.zone).time()
        return datetime.combine(date, time, self.zone).astimezone(UTC)

    def thought(self, thought: Thought) -> Thought:
        """Return what follows, with every due time cut to its day."""
        follow_ups = tuple(replace(one, due_at=self.start(one.due_at)) for one in thought.follow_ups)
        return replace(
            thought,
            history=replace(thought.history, snoozed=self._snoozed(thought.history.snoozed)),
            follow_ups=follow_ups,
            _named={key: one for one in follow_ups for key in one.keys},
        )

    def _snoozed(self, facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
        """Cut what the user moved elsewhere, in a list that has times."""
        return MappingProxyType({key: self._cut(fact) for key, fact in facts.items()})

    def _cut(self, fact: Fact) -> Fact:
        try:
            due_at = datetime.fromisoformat(fact.value.get("due", ""))
        except ValueError:  # not moved, or taken away
            return fact
        return replace(fact, value={**fact.value, "due": self.start(due_at).isoformat()})
