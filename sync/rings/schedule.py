"""Keeps the plan of rings in the ledger, and says when the next one is due.

The note that goes with the plan names the settings it was made with and the instant at which it changes by itself;
triggers in the database strike it out with every fact, task or sighting, whoever writes it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..engine.seen import thought_of
from ..engine.settled import spelled
from ..errors import NotReady
from ..identity import short_hash
from ..ledger import Ledger
from ..ledger.codec import dump, load
from ..ledger.rings import PLANNED_FROM, Rung
from ..playbook.spans import at_wall
from .planned import PlannedRing, planned_rings
from .terms import STALE, RingTerms, health_name

BRIEF = "brief"  # stands for the morning brief where keys of follow-ups stand
BRIEF_LASTS = timedelta(hours=4)  # a morning brief that could not be pushed by then is left out


def next_ring(ledger: Ledger, terms: RingTerms, now: datetime) -> datetime | None:
    """Return when `ring` should be called next, at `now` or before it if something is due; None: nothing is planned.

    That is the next ring outside quiet hours, the next brief, or the moment at which the plan changes by itself.
    """
    if not terms.addresses:
        return None
    horizon = refresh(ledger, terms, now)
    moments = [horizon] if horizon else []
    for address in terms.addresses:
        let_go(ledger, terms, address, now)
        moments += _moments(ledger, terms, address, now)
    return min(moments, default=None)


def let_go(ledger: Ledger, terms: RingTerms, address: str, now: datetime) -> None:
    """Forget that an address could not be reached, once what should have rung is over and nothing asks for it."""
    known = ledger.health().get(health_name(address))
    if known is None or known.state != NotReady.state or (known.not_before and now < known.not_before):
        return
    ahead, brief = waiting(ledger, address, now), next_brief(ledger, terms, address, now)
    if not (ahead and ahead[0].at <= now) and not (brief is not None and brief <= now):
        state = "ok" if known.ok_at else "new"
        ledger.set_health(replace(known, state=state, since=now, words="", not_before=None, failures=0))


def _moments(ledger: Ledger, terms: RingTerms, address: str, now: datetime) -> Iterator[datetime]:
    quiet, zone = terms.playbook.quiet, terms.playbook.clock
    paused_until = pause(ledger, address)
    if ahead := waiting(ledger, address, now):
        at = max(ahead[0].at, paused_until or ahead[0].at)
        loud = max(at, now)
        yield quiet.end_after(loud, zone) if quiet.cover(loud, zone) else at
    if (brief := next_brief(ledger, terms, address, now)) is not None:
        yield max(brief, paused_until or brief)


def refresh(ledger: Ledger, terms: RingTerms, now: datetime) -> datetime | None:
    """Think the plan out anew if anything has changed; return when it changes by itself, None: never."""
    made_from = short_hash(spelled(terms.playbook) + terms.deliver_to)
    known, _, horizon_said = ledger.note(PLANNED_FROM).partition(" ")
    horizon = datetime.fromisoformat(horizon_said) if horizon_said else None
    if known == made_from and not (horizon and now >= horizon):
        return horizon
    with ledger.transaction():
        thought = thought_of(ledger, terms.playbook, now)
        rows = ledger.tasks.rows(terms.deliver_to) if terms.deliver_to else {}
        rings = planned_rings(thought, rows, now)
        ledger.rings.plan({one.key: (one.at, dump(one)) for one in rings})
        ledger.set_note(PLANNED_FROM, f"{made_from} {thought.horizon.isoformat() if thought.horizon else ''}")
    return thought.horizon


def waiting(ledger: Ledger, address: str, now: datetime) -> tuple[PlannedRing, ...]:
    """Return what was not pushed to an address yet, in the order of time; without what was over when it was added."""
    since = armed_since(ledger, address, now)
    planned = [load(PlannedRing, text) for text in ledger.rings.planned()]
    rung = ledger.rings.rung(address, since)
    return tuple(one for one in planned if one.at >= since and rung.isdisjoint(marks(one, address)))


def marks(one: PlannedRing, address: str) -> tuple[Rung, ...]:
    """Return under what a ring is remembered: each of its keys, so that another one of them does not ring again."""
    at = one.at.astimezone(UTC).isoformat()
    return tuple((key, at, address) for key in one.keys)


def brief_mark(at: datetime, address: str) -> Rung:
    """Return under what a brief is remembered."""
    return BRIEF, at.isoformat(), address


def armed_since(ledger: Ledger, address: str, now: datetime) -> datetime:
    """Return since when rings go to an address: a day before it was first known, so that history is not nagged about."""
    name = f"push {address}"
    if not (said := ledger.note(name)):
        said = now.isoformat()
        ledger.set_note(name, said)
    return min(datetime.fromisoformat(said), now) - STALE  # a clock that was ahead once silences nothing


def pause(ledger: Ledger, address: str) -> datetime | None:
    """Return before when an address is left alone, after it failed."""
    health = ledger.health().get(health_name(address))
    return health.not_before if health else None


def next_brief(ledger: Ledger, terms: RingTerms, address: str, now: datetime) -> datetime | None:
    """Return when the next brief is due; today's while it can still come and did not."""
    if terms.brief is None:
        return None
    zone = terms.playbook.clock
    today = now.astimezone(zone).date()
    for day in (today, today + timedelta(days=1)):
        at = at_wall(day, terms.brief, zone)
        if now <= at + BRIEF_LASTS and brief_mark(at, address) not in ledger.rings.rung(address, at):
            return at
    return None
