"""Reading 2,000 files: `python -m tests.bench.reading MODE`, one mode a process. Prints JSON, times without imports
and without what is made once at the first text (tables, patterns).

`icalendar`: every text through the full parser. `scan`: afterview's way, a cheap look at each and a full reading of the
candidates only. `whole`: afterview's full reading of everything, which says which interviews there are to find.
`oracle`: occurrences of the series in 60 days by recurring-ical-events over the whole calendar. `series`: by afterview.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.bench import life

_SIZE = 2000
_SOON = (datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))


def icalendar_alone(texts: list[str]) -> dict[str, Any]:
    """Parse everything."""
    import icalendar

    icalendar.Calendar.from_ical(texts[0])
    began = time.process_time()
    for text in texts:
        icalendar.Calendar.from_ical(text)
    return {"s": time.process_time() - began}


def scan(texts: list[str], *, look_first: bool = True) -> dict[str, Any]:
    """Look cheaply, read the candidates, and (outside the time) say which are interviews."""
    from afterview.integrations.ical.read import Place, read
    from afterview.integrations.ical.scan import look, may_touch
    from afterview.sync.classify import classify, first_look, load_lexicon
    from afterview.sync.model import Answer, Owner
    from afterview.sync.ports import Window

    owner, lexicon = Owner(frozenset({life.OWNER}), ("Hannah Weber",)), load_lexicon()
    start = life.BEGINS.replace(tzinfo=UTC)
    window, place = Window(start, start + timedelta(days=life.DAYS)), Place("home", "Personal", "", "Europe/Berlin")
    first_look(look(texts[0]).glance, owner, lexicon)
    read(texts[0], place, window)
    found = []
    began = time.process_time()
    for text in texts:
        if look_first:
            seen = look(text)
            if not may_touch(seen, window) or not first_look(seen.glance, owner, lexicon):
                continue
        found.append(read(text, place, window))
    spent = time.process_time() - began
    verdicts = {event.uid: classify(event, owner, lexicon).answer for events in found for event in events[:1]}
    return {"s": spent, "found": sorted(uid for uid, answer in verdicts.items() if answer is not Answer.NO)}


def whole(texts: list[str]) -> dict[str, Any]:
    """Read everything."""
    return scan(texts, look_first=False)


def oracle(texts: list[str]) -> dict[str, Any]:
    """Expand with the library: the whole calendar, as its documentation does it."""
    import icalendar
    import recurring_ical_events

    calendar = icalendar.Calendar()
    calendar.subcomponents = [event for text in texts for event in icalendar.Calendar.from_ical(text).events]
    began = time.process_time()
    found: list[Any] = list(recurring_ical_events.of(calendar).between(*_SOON))
    spent = time.process_time() - began
    return {"s": spent, "found": sorted(f"{event['UID']} {event.start.astimezone(UTC).isoformat()}" for event in found)}


def series(texts: list[str]) -> dict[str, Any]:
    """Expand as afterview does: what cannot touch the window is left out by its raw lines."""
    from afterview.integrations.ical.read import Place, read
    from afterview.integrations.ical.scan import look, may_touch
    from afterview.sync.ports import Window

    window, place = Window(*_SOON), Place("home", "Personal", "", "Europe/Berlin")
    looks = [(text, look(text)) for text in texts]
    began = time.process_time()
    found = [event for text, seen in looks if may_touch(seen, window) for event in read(text, place, window)]
    spent = time.process_time() - began
    return {"s": spent, "found": sorted(f"{event.uid} {event.starts_at.isoformat()}" for event in found)}


MODES: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "icalendar": icalendar_alone,
    "scan": scan,
    "whole": whole,
    "oracle": oracle,
    "series": series,
}

if __name__ == "__main__":
    print(json.dumps(MODES[sys.argv[1]]([made.text for made in life.life(_SIZE)])))
