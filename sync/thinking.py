"""From what the ledger holds to what should exist: sightings and facts -> interviews -> applications -> follow-ups.

Pure apart from its two arguments being read. The same code serves the engine, the commands that show things, and
`sync --dry-run`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from .applications import applications
from .history import History, fold
from .identity import person_key, plain
from .meetings import Seen, interviews
from .model import Application, Fact, FollowUp, Interview
from .people import called, corrected, directory, silenced
from .playbook import PlaybookSettings, want
from .told import told as told_of
from .troubles import Trouble, trouble_tasks


@dataclass(frozen=True, slots=True)
class Thought:
    """Everything that follows from sightings and facts at one moment. `horizon`: when it changes by itself, None never."""

    history: History
    interviews: tuple[Interview, ...]
    applications: tuple[Application, ...]
    follow_ups: tuple[FollowUp, ...]
    horizon: datetime | None
    _named: Mapping[str, FollowUp] = field(default_factory=dict, repr=False)
    _owners: Mapping[str, Application] = field(default_factory=dict, repr=False)

    def follow_up(self, key: str) -> FollowUp | None:
        """Return the follow-up that a key names, also by one of its other keys."""
        return self._named.get(key)

    def application_of(self, key: str) -> Application | None:
        """Return the application that an application or interview key names."""
        return self._owners.get(key)

    def applications_at(self, company: str) -> tuple[Application, ...]:
        """Return the applications at a company, by any of its spellings, oldest first."""
        wanted = plain(company)
        return tuple(one for one in self.applications if wanted in {plain(name) for name in (one.company, *one.names)})


def think(
    seen: Iterable[Seen],
    facts: Sequence[Fact],
    settings: PlaybookSettings,
    now: datetime,
    troubles: Iterable[Trouble] = (),
    told: Iterable[str] = (),
    names: Mapping[str, str] | None = None,
    silent: Iterable[str] = (),
) -> Thought:
    """Work out everything that follows. Deterministic: no clock, no I/O.

    `troubles` are the accounts that do not work, `told` the keys of the tasks that say so of one; `names` is how address
    books call those whom an event names by address alone; `silent` are addresses that they say not to write to.
    """
    history = fold(facts)
    history = replace(history, silent=history.silent | {person_key("", address, "") for address in silent})
    shown = tuple(seen)
    shown += told_of(history, shown, settings.clock)
    found = called(interviews(shown, history.verdicts, history.replaced), names or {}, history)
    standing = applications([one for one in found if one.answer == "yes"], history.outcomes, history.merged)
    grouped = tuple(corrected(one, history) for one in standing)
    doubted = applications([one for one in found if one.answer == "ask"], (), history.merged)
    if history.silent:
        everybody = directory((*grouped, *doubted), history)
        history = replace(history, silent=silenced(everybody, history.silent))
    plan = want((*grouped, *doubted), history, settings, now)
    about_accounts, coming = trouble_tasks(troubles, told, settings, now)
    follow_ups = (*plan.follow_ups, *about_accounts)
    horizon = min((at for at in (plan.horizon, coming) if at is not None), default=None)
    named = {key: one for one in follow_ups for key in one.keys}
    owners = {key: one for one in grouped for key in (*one.keys, *(k for part in one.rounds for k in part.keys))}
    return Thought(history, found, grouped, follow_ups, horizon, named, owners)
