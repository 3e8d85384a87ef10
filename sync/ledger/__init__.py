"""The local store: facts, sightings, bases, intents, cursors, health. The only memory that Afterview has.

SQLite in WAL mode with synchronous=FULL: what a method has returned from survives a power cut. A file of mode 0600 in a
folder of mode 0700. It never holds a secret. If it is lost, identity and context in the remote items rebuild what is
visible there (`sync.identity`).
"""

from .calendars import Calendars, CalendarState, Etags, Sighting
from .rings import Rings
from .store import Ledger
from .tasks import Intent, Operation, Parked, Tasks

__all__ = [
    "CalendarState",
    "Calendars",
    "Etags",
    "Intent",
    "Ledger",
    "Operation",
    "Parked",
    "Rings",
    "Sighting",
    "Tasks",
]
