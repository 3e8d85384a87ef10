"""Role `event_source`: the chosen calendars of a Home Assistant, over the network. Reads only."""

from afterview.integrations.entry import Entry
from afterview.sync.ports import EventSource

from .client import open_client
from .entries import EntityEvents
from .reach import CalendarReach


def open_events(entry: Entry) -> EventSource:
    """Open the account's calendars."""
    chosen = tuple(str(one) for one in entry.settings.get("calendars") or ())
    return EntityEvents(entry.id, CalendarReach(open_client(entry), chosen))
