"""From what the ledger holds to what should exist: sightings and facts -> interviews -> applications -> follow-ups.

Pure apart from its two arguments being read. The same code serves the engine, the commands that show things, and
`sync --dry-run`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .applications import applications
from .history import History, fold
from .identity import plain
from .meetings import Seen, interviews
from .model import Application, Fact, FollowUp, Interview
from .playbook import PlaybookSettings, want


@dataclass(frozen=True, slots=True)
class Thought:
    """Everything that follows from sightings and facts at one moment. `horizon`: when it changes by itself, None never."""

    history: History
    interviews: tuple[Interview, ...]
    applications: tuple[Application, ...]
    follow_ups: tuple[FollowUp, ...]
    horizon: datetime | None

    def follow_up(self, key: str) -> FollowUp | None:
        """Return the follow-up that a key names, also by one of its other keys."""
        return next((one for one in self.follow_ups if key in one.keys), None)

    def application_of(self, key: str) -> Application | None:
        """Return the application that an application or interview key names."""
        return next(
            (
                one
                for one in self.applications
                if key in one.keys or any(key in interview.keys for interview in one.rounds)
            ),
            None,
        )

    def applications_at(self, company: str) -> tuple[Application, ...]:
        """Return the applications at a company, by any of its spellings, oldest first."""
        wanted = plain(company)
        return tuple(one for one in self.applications if wanted in {plain(name) for name in (one.company, *one.names)})


def think(seen: Iterable[Seen], facts: Sequence[Fact], settings: PlaybookSettings, now: datetime) -> Thought:
    """Work out everything that follows. Deterministic: no clock, no I/O."""
    history = fold(facts)
    found = interviews(seen, history.verdicts, history.replaced)
    grouped = applications([one for one in found if one.answer == "yes"], history.outcomes, history.merged)
    plan = want(grouped, history, settings, now)
    return Thought(history, found, grouped, plan.follow_ups, plan.horizon)
