"""When the phone rings for a follow-up, as people write it. The wish only: `hours.place_ring` keeps it out of the night.

"off"                      no ring
"due"                      at the deadline
"10:00"                    at this time on the day of the deadline
"same day 18:00 or 2h"     on the day it began, or so long after the beginning if that is later
"day before 18:00 or 2h"   on the day before the deadline, or so long before it if the former is too late
"1h"                       so long after the beginning
"2h before"                so long before the deadline
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from .spans import Unit, at_wall, parse_span, parse_time

ALLOWED = '"off", "due", "10:00", "same day 18:00 or 2h", "day before 18:00 or 2h", "1h" or "2h before"'
_DAY = re.compile(r"(same day|day before) (\d{1,2}:\d{2})(?: or (.+))?")
_DEFAULT_GAP = timedelta(hours=2)


class Anchor(StrEnum):
    """What a ring is reckoned from."""

    OFF = "off"
    DUE = "due"
    DUE_DAY = "due day"
    SAME_DAY = "same day"
    DAY_BEFORE = "day before"
    AFTER = "after"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class RingRule:
    """Where the ring is wished for; `at` and `gap` as far as the anchor needs them."""

    anchor: Anchor
    at: time = time()
    gap: timedelta = timedelta()

    def wish(self, began_at: datetime, due_at: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the wished instant, which may still lie outside what is possible; None for no ring."""
        due_day, same_day = due_at.astimezone(zone).date(), began_at.astimezone(zone).date()
        eve = at_wall(due_day - timedelta(days=1), self.at, zone)
        wishes = {
            Anchor.DUE: due_at,
            Anchor.DUE_DAY: at_wall(due_day, self.at, zone),
            Anchor.SAME_DAY: max(at_wall(same_day, self.at, zone), began_at + self.gap),
            Anchor.DAY_BEFORE: eve if eve >= began_at else due_at - self.gap,
            Anchor.AFTER: began_at + self.gap,
            Anchor.BEFORE: due_at - self.gap,
        }
        return wishes.get(self.anchor)


def parse_ring(text: str) -> RingRule:
    """Read a ring rule; ValueError if it is not one."""
    words = " ".join(text.lower().split())
    if words in {"off", "due"}:
        return RingRule(Anchor(words))
    if re.fullmatch(r"\d{1,2}:\d{2}", words):
        return RingRule(Anchor.DUE_DAY, parse_time(words))
    if match := _DAY.fullmatch(words):
        gap = _gap(match[3]) if match[3] else _DEFAULT_GAP
        return RingRule(Anchor(match[1]), parse_time(match[2]), gap)
    if words.endswith(" before"):
        return RingRule(Anchor.BEFORE, gap=_gap(words.removesuffix(" before")))
    return RingRule(Anchor.AFTER, gap=_gap(words))


def _gap(text: str) -> timedelta:
    span = parse_span(text)
    if span.unit not in {Unit.MINUTES, Unit.HOURS}:
        raise ValueError(text)
    return span.exact
