"""Look at raw iCalendar text cheaply: a pattern over the lines, no parse (measured: 1/65 of the cost of a full one).

`glance` gives what the cheap classifier needs; `may_touch` tells which resources cannot reach the window. Both err on
the side of reading: whatever looks odd goes on to the full parse.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from afterview.sync.model import Glance
from afterview.sync.ports import Window

from .lines import unescape

_FOLD = re.compile(r"\r?\n[ \t]")
_ALARM_EDGE = re.compile(r"^(BEGIN|END):VALARM\r?$", re.MULTILINE | re.IGNORECASE)
_EVENT = re.compile(r"^BEGIN:VEVENT\r?$", re.MULTILINE | re.IGNORECASE)
_WANTED = re.compile(
    r'^(UID|SUMMARY|DTSTART|DTEND|DURATION|RRULE|RDATE|X-AFTERVIEW-ID)((?:;(?:[^":\r\n]++|"[^"\r\n]*+")*+)?):([^\r\n]*)',
    re.MULTILINE,  # a name in lower case is not seen here; then the full parse decides
)
_ORGANIZER = re.compile(r"^ORGANIZER[;:][^\r\n]*", re.MULTILINE)
_UNTIL = re.compile(r"UNTIL=(\d{8})", re.IGNORECASE)
_DAY = re.compile(r"\d{8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Look:
    """What the scan saw. `first` and `last` are days ("20260105") around every occurrence, "" = not known."""

    glance: Glance
    first: str
    last: str
    ours: bool  # carries our marker: written by Afterview, never read as an event
    repeats: bool
    is_event: bool


def look(text: str) -> Look:
    """Scan the text of one resource."""
    unfolded = text.replace("\r\n ", "")  # how nearly all fold; the pattern costs six times as much
    if "\n " in unfolded or "\n\t" in unfolded:
        unfolded = _FOLD.sub("", unfolded)
    begin = _EVENT.search(unfolded)
    if begin is None:
        return Look(Glance(raw=unfolded), "", "", ours=False, repeats=False, is_event=False)
    body = unfolded[begin.start() :]
    if "BEGIN:VALARM" in body:
        body = _without_alarms(body)
    seen: dict[str, list[str]] = {}
    for match in _WANTED.finditer(body):
        seen.setdefault(match[1].upper(), []).append(match[3])
    organizer = _ORGANIZER.search(body)
    glance = Glance(
        uid=_first(seen, "UID"),
        title=unescape(_first(seen, "SUMMARY")),
        start_raw=_first(seen, "DTSTART"),
        organizer_raw=organizer[0] if organizer else "",
        raw=body,
    )
    first, last = _span(seen)
    return Look(
        glance, first, last, ours="X-AFTERVIEW-ID" in seen, repeats="RRULE" in seen or "RDATE" in seen, is_event=True
    )


def _without_alarms(body: str) -> str:
    """Leave out what stands between BEGIN:VALARM and the next END:VALARM; one without an end is left as it is."""
    kept: list[str] = []
    begin, alarm = 0, -1
    for edge in _ALARM_EDGE.finditer(body):
        if edge[1].upper() == "BEGIN":
            alarm = edge.start() if alarm < 0 else alarm
        elif alarm >= 0:
            kept.append(body[begin:alarm])
            begin, alarm = edge.end(), -1
    return "".join([*kept, body[begin:]])


def may_touch(seen: Look, window: Window) -> bool:
    """Tell whether an occurrence can lie in the window. Two days of margin stand for every zone and all-day rule."""
    if not seen.first:
        return True
    lower, upper = _edges(window)
    return seen.first <= upper and (not seen.last or seen.last >= lower)


def _first(seen: dict[str, list[str]], name: str) -> str:
    return seen.get(name, [""])[0].strip()


def _span(seen: dict[str, list[str]]) -> tuple[str, str]:
    """Return the first and last day of all occurrences, as far as the raw lines tell."""
    starts = [value[:8] for value in seen.get("DTSTART", ())]
    ends = [value[:8] for value in seen.get("DTEND", ())]
    if not starts or not all(_DAY.fullmatch(day) for day in starts + ends) or "RDATE" in seen:
        return "", ""
    if "DURATION" in seen:
        return min(starts), ""
    rules = seen.get("RRULE", ())
    untils = [match[1] for rule in rules if (match := _UNTIL.search(rule))]
    if len(untils) < len(rules) or (rules and ends != starts):  # an occurrence may reach beyond UNTIL
        return min(starts), ""
    return min(starts), max(starts + ends + untils)


@lru_cache(maxsize=8)
def _edges(window: Window) -> tuple[str, str]:
    margin = timedelta(days=2)
    return (window.starts_at - margin).strftime("%Y%m%d"), (window.ends_at + margin).strftime("%Y%m%d")
