"""Looks for bytes on which a reader of what comes from outside breaks or hangs: known hostile input, mangled.

In `make test` the same few inputs each time; in `make test-deep` others each time, for `FUZZ_S` seconds. What is found
becomes a case in tests/data/hostile.
"""

import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterview.sync.tokens import token
from tests.hostile.cases import cases
from tests.property.readers import KEY, NOW, READERS

FUZZ_S = 600.0
FEW = 40
CPU_S = 2.0
DEEP = bool(os.environ.get("AFTERVIEW_DEEP"))
LARGEST_SEED = 4000
DATA = Path(__file__).parents[1] / "data"
SEEDS = {
    "feed": ("feed", "event"), "calendar": ("feed", "event"), "task": ("task",), "multistatus": ("multistatus",),
    "characters": ("multistatus",), "google_event": ("google_event",), "google_task": ("google_task",),
    "mark": ("google_task",), "text": ("text",), "markup": ("feed",), "signed": ("visitor",), "config": ("config",),
    "packing": ("http",),
}  # fmt: skip
PIECES = tuple(
    piece.encode("utf-8", "surrogatepass")
    for piece in (
        *(
            "\r\n",
            "\n",
            "\r",
            "\r\n ",
            "\x00",
            "\x1b[2J",
            "\u202e",
            "\ud800",
            '"',
            ";",
            ":",
            ",",
            "\\",
            "%0d%0a",
            "%00",
            "../",
        ),
        *("BEGIN:VEVENT\n", "END:VEVENT\n", "BEGIN:VALARM\n", "END:VALARM\n", "BEGIN:VTODO\n", "END:VTODO\n"),
        *(
            "BEGIN:VTIMEZONE\n",
            "END:VTIMEZONE\n",
            "BEGIN:VCALENDAR\n",
            "END:VCALENDAR\n",
            "RRULE:FREQ=DAILY",
            ";COUNT=3",
        ),
        *(";BYDAY=-1SU", ";UNTIL=20270101", "RECURRENCE-ID:20260908T080000Z\n", "RDATE:20260910T080000Z\n"),
        *("EXDATE:20260910T080000Z\n", "DTEND:99991231T235959Z\n", "DTSTART;TZID=Ours:20260908T080000\n"),
        *("DTSTART;VALUE=DATE:20260908\n", "DURATION:P9999999D\n", "SEQUENCE:9\n", "DUE:00010101T000000Z\n"),
        *("TRIGGER:-P9W\n", "X-AFTERVIEW-ID:t-00000000000000000000000000000000\n", "STATUS:CANCELLED\n"),
        *(
            "<p>",
            "<!--",
            "<![",
            "<a href='",
            "</script>",
            "&#",
            "&amp;",
            "<response>",
            "</response>",
            "<href>",
            "<![CDATA[",
        ),
        *(
            "{",
            "}",
            "[",
            "]",
            "null",
            "NaN",
            "1e999",
            "-0",
            "true",
            '"\\ud800"',
            '"0001-01-01T00:00:00+14:00"',
            "9" * 20,
        ),
        *("av:T", " withdrawn 99999999T999999Z", "\u0662", "[me]\n", "[[account]]\n", " = "),
    )
)
_EVENT = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nSUMMARY:Job interview\n%s\nEND:VEVENT\nEND:VCALENDAR\n"
_TASK = b"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:av1-t-" + b"0" * 32 + b"\n%s\nEND:VTODO\nEND:VCALENDAR\n"
_FRAMES = {"feed": _EVENT, "calendar": _EVENT, "task": _TASK}


@cache
def seeds(reader: str) -> tuple[bytes, ...]:
    """Return what is mangled: the small cases of the doors that lead to a reader, and some good input."""
    every = [case.data() for door in SEEDS[reader] for case in cases(door) if _size(case.given) <= LARGEST_SEED]
    if reader in _FRAMES:
        every = [_FRAMES[reader] % one for one in every]
        every += [path.read_bytes() for path in sorted((DATA / "phones").rglob("*.ics"))[:20]]
    if reader == "signed":
        every.append(token(KEY, "0" * 20, NOW).encode())
    return tuple(every)


def _size(pieces: Any) -> int:
    listed = pieces if isinstance(pieces, list) else [pieces]
    return sum(len(str(one)) * int(one.get("times", 1) if isinstance(one, dict) else 1) for one in listed)


CHANGES = st.lists(
    st.tuples(
        st.sampled_from("idrkcs"),
        st.integers(0, 5000),
        st.integers(0, 200),
        st.sampled_from(PIECES) | st.binary(max_size=6),
    ),
    max_size=8,
)


def mangled(base: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    """Insert, delete, replace, copy (many times), cut off, swap lines."""
    for kind, place, length, piece in changes:
        at = place % (len(base) + 1)
        match kind:
            case "i":
                base = base[:at] + piece + base[at:]
            case "d":
                base = base[:at] + base[at + length :]
            case "r":
                base = base[:at] + piece + base[at + length :]
            case "k":
                base = base[:at] + base[at : at + length] * 20 + base[at + length :]
            case "c":
                base = base[: len(base) - length]
            case _:
                lines = base.split(b"\n")
                lines.insert(length % len(lines), lines.pop(at % len(lines)))
                base = b"\n".join(lines)
    return base


def hunt(reader: str, examples: int, *, known: bool) -> int:
    """Try some inputs on a reader; return how many. `known`: the same ones each time."""
    check, tried = READERS[reader], 0

    @settings(
        max_examples=examples,
        derandomize=known,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.sampled_from(seeds(reader)), CHANGES)
    def try_it(base: bytes, changes: list[tuple[str, int, int, bytes]]) -> None:
        nonlocal tried
        tried += 1
        began = time.process_time()
        check(mangled(base, changes))
        assert time.process_time() - began < CPU_S

    try_it()
    return tried


@pytest.mark.parametrize("reader", READERS)
def test_whatever_comes_is_read_or_refused(reader: str) -> None:
    assert hunt(reader, FEW, known=True) >= FEW // 2


@pytest.mark.skipif(not DEEP, reason="goes on for ten minutes: make test-deep")
@pytest.mark.parametrize("reader", READERS)
def test_whatever_comes_for_minutes_is_read_or_refused(
    reader: str, record_property: Callable[[str, object], None]
) -> None:
    ends_at, tried = time.monotonic() + FUZZ_S / len(READERS), 0
    while time.monotonic() < ends_at:
        tried += hunt(reader, 500, known=False)
    record_property("inputs", tried)
