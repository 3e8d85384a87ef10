"""Looks for rules of series and of time zones that take long: whatever passes the bounds is expanded in time."""

import contextlib
import os
import time
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterview.integrations.ical.bounds import Unreadable
from afterview.integrations.ical.read import read
from tests.property.readers import PLACE, WINDOW

FUZZ_S = 60.0
FEW = 6
CPU_S = 2.0
DEEP = bool(os.environ.get("AFTERVIEW_DEEP"))
DAYS = st.sampled_from(("MO", "TU", "WE", "TH", "FR", "SA", "SU", "1MO", "-1SU", "5FR", "53MO", "2SU"))


def _joined(values: Sequence[object]) -> str:
    return ",".join(map(str, values))


def numbers(low: int, high: int) -> st.SearchStrategy[str]:
    return st.lists(st.integers(low, high), min_size=1, max_size=8).map(_joined)


def _rule(parts: Mapping[str, object]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


RULES = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"))},
    optional={
        "INTERVAL": st.integers(1, 40) | st.sampled_from((97, 146, 400, 1461, 9999, 10_000)),
        "COUNT": st.integers(1, 10**6),
        "UNTIL": st.sampled_from(("20260910T000000Z", "99991231T000000Z", "19000101")),
        "BYDAY": st.lists(DAYS, min_size=1, max_size=5).map(_joined),
        "BYMONTH": numbers(1, 12),
        "BYMONTHDAY": numbers(-31, 31) | st.just("29") | st.just("30") | st.just("31"),
        "BYYEARDAY": numbers(-366, 366) | st.just("366"),
        "BYWEEKNO": numbers(-53, 53) | st.just("53"),
        "BYSETPOS": numbers(-366, 366),
        "BYHOUR": numbers(0, 23),
        "WKST": st.sampled_from(("MO", "SU", "TH")),
    },
).map(_rule)
STARTS = st.sampled_from(
    (
        "19000101T080000Z",
        "19040229T080000Z",
        "20160229T080000Z",
        "20260908T080000Z",
        "20240131T080000Z",
        "19991231T080000Z",
    )
)
_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Ours\r\n%sEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART;TZID=Ours:20260908T090000\r\n"
    "RRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"
)


def observance(start: str, rule: str, number: int) -> str:
    return (
        f"BEGIN:STANDARD\r\nDTSTART:{start.rstrip('Z')}\r\nRRULE:{rule}\r\nTZOFFSETFROM:+0{number}00\r\n"
        "TZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
    )


def in_time(text: str) -> None:
    began = time.process_time()
    with contextlib.suppress(Unreadable):
        read(f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n", PLACE, WINDOW)
    assert time.process_time() - began < CPU_S


def hunt(examples: int, *, known: bool) -> None:
    @settings(
        max_examples=examples,
        derandomize=known,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(STARTS, st.lists(RULES, min_size=1, max_size=4), st.integers(1, 40))
    def try_it(start: str, rules: list[str], series: int) -> None:
        lines = "".join(f"RRULE:{rule}\r\n" for rule in rules)
        one = f"BEGIN:VEVENT\r\nUID:u\r\nDTSTART:{start}\r\n{lines}END:VEVENT\r\n"
        in_time(one)
        in_time(one * series)
        in_time(_ZONE % "".join(observance(start, rule, number) for number, rule in enumerate(rules * 2)))

    try_it()


def test_series_and_zones_are_expanded_in_time() -> None:
    hunt(FEW, known=True)


@pytest.mark.skipif(not DEEP, reason="goes on for a minute: make test-deep")
def test_series_and_zones_are_expanded_in_time_for_a_minute() -> None:
    ends_at = time.monotonic() + FUZZ_S
    while time.monotonic() < ends_at:
        hunt(200, known=False)
