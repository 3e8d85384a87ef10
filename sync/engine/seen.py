"""From the ledger's tables to what the thinking starts from, and the thought itself."""

from collections.abc import Sequence
from datetime import datetime

from ..ledger import Ledger
from ..ledger.store import is_account
from ..meetings import Seen
from ..model import Fact
from ..playbook import PlaybookSettings
from ..thinking import Thought, think
from ..troubles import STEP as TROUBLE
from ..troubles import Trouble


def seen_in(ledger: Ledger) -> tuple[Seen, ...]:
    """Return what may be an interview, for thinking."""
    return tuple(
        Seen(
            one.key,
            f"{one.account}/{one.collection}",
            one.event,
            one.verdict,
            one.seen_at,
            one.suspect_at,
            one.gone_at,
            one.alive_at,
        )
        for one in ledger.calendars.sightings()
        if one.event is not None and one.verdict is not None
    )


def thought_of(
    ledger: Ledger, settings: PlaybookSettings, now: datetime, *, reachable: str = "", beside: Sequence[Fact] = ()
) -> Thought:
    """Think about everything in the ledger, and facts `beside` it, to see what would follow.

    `reachable` is an account that is known to work, whatever its health says.
    """
    troubles = [
        Trouble(one.account, one.since, one.words)
        for one in ledger.health().values()
        if one.state not in {"ok", "new"} and one.account != reachable and is_account(one.account)
    ]
    told = [key for key, row in ledger.tasks.rows().items() if row.about.step == TROUBLE]
    names, silent = ledger.records.names(), ledger.records.silent()
    facts = (*ledger.facts(), *beside)
    return think(seen_in(ledger), facts, settings, now, troubles, told, names, silent)
