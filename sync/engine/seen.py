"""From the ledger's sightings to what the thinking starts from. Apart from the reading, so that `status` stays cheap."""

from ..ledger import Ledger
from ..meetings import Seen


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
