"""The phone rings without any task app: what is due is pushed, once.

    next_ring(ledger, terms, now)          when `ring` should be called next; None: not before something changes
    ring(ledger, terms, notifiers, now)    pushes what is due now, and says what became of it

Both are cheap while nothing is due: the plan of rings lies in the ledger and is thought out anew only when a fact, a
sighting, a task or a setting has changed. A pass shortly before a ring lets what was just ticked stay silent.
"""

from .answering import Taken, take_answer
from .planned import PlannedRing, planned_rings
from .pushing import ring
from .schedule import next_ring
from .terms import NotifierSpec, RingReport, RingTerms

__all__ = [
    "NotifierSpec",
    "PlannedRing",
    "RingReport",
    "RingTerms",
    "Taken",
    "next_ring",
    "planned_rings",
    "ring",
    "take_answer",
]
