"""The real command dies before its first write to the ledger, before its second, and so on until it needs no more.

Each time the pass has a bit of everything to do: a new interview, one that moved, one that is called off, a tick and a note
from the phone. Whatever it was about to write, the next passes bring exactly what is due, once.
"""

import os
import re
from datetime import timedelta

from tests.crash.checks import check
from tests.crash.figures import Figures
from tests.crash.life import Life
from tests.crash.places import DavPlace, Place
from tests.fakes.phones import PHONES

DEEP = bool(os.environ.get("AFTERVIEW_DEEP"))
HOUR = timedelta(hours=1)
PASS = timedelta(minutes=15)


def test_it_may_die_before_any_write_to_the_ledger(place: Place, figures: Figures) -> None:
    life = Life(place, 0)
    step = 1 if DEEP else 3 if isinstance(place, DavPlace) and place.home.server.name == "radicale" else 9
    life.run()
    place.prove()
    number = 0
    while _dies(life, number):
        number += step
    assert number > 40, "the pass had hardly anything to write"
    life.rest()
    check(life)
    figures.add(type(place).__name__, life)


def _dies(life: Life, number: int) -> bool:
    """Let a pass die before a write, and the next ones go on; tell whether it died."""
    life.did.append(f"dies before write {number}")
    _something_of_everything(life, number)
    life.home.now += PASS
    life.home.dies = number
    killed = life.run().killed
    life.home.dies = None
    for _ in range(3):  # Google is asked twice, a minute apart, before anything is sent again
        life.home.now += PASS
        life.run()
        if len(_tasks_of(life, number)) == 2:
            break
    life.figures["steps"] += 1
    life._take_care()
    mine = _tasks_of(life, number)
    assert len(mine) == 2, f"{mine} of {_firm(number)}\n{life.story()}"
    return killed


def _tasks_of(life: Life, number: int) -> list[str]:
    """Return the titles of the open tasks about the newest interview."""
    found = [item.title for item in life.place.items().values() if item.status == "open"]
    return sorted(title for title in found if re.search(rf"\b{_firm(number)}\b", title))


def _something_of_everything(life: Life, number: int) -> None:
    start = life.home.now.replace(minute=0) - 3 * HOUR
    known = sorted(life.events)
    if len(known) > 2:
        life._remove_event(known[0])
    for uid in known[-2:-1]:
        life._enter(uid, *life.events[uid][:2], cancelled=True)
    for uid in known[-1:]:
        when, firm, _ = life.events[uid]
        life._enter(uid, when + HOUR / 2, firm, cancelled=False)
        _use_phone(life, firm, number)
    life._enter(f"w{number:03}", start, _firm(number), cancelled=False)


def _use_phone(life: Life, firm: str, number: int) -> None:
    app = PHONES[number % len(PHONES)]
    for item in life.place.items().values():
        if firm not in item.title or item.status != "open":
            continue
        if item.title.startswith("Thank"):
            life.touched.add(item.key)
            life.place.tick(item.id, app)
            life.ended[item.id] = item.key, "done"
        else:
            life.touched.add(item.key)
            life.place.edit(item.id, app, word=f"word-{number}.")
            life._edits(item).words.append(f"word-{number}.")


def _firm(number: int) -> str:
    return f"Firm{number:03}"
