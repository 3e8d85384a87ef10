import time

import pytest

from afterview.integrations.ical.parts import Part, parts

GOOD = "BEGIN:VEVENT\r\nUID:good\r\nDTSTART:20260901T090000Z\r\nEND:VEVENT\r\n"


def taken(*blocks: str) -> list[Part]:
    return list(parts("BEGIN:VCALENDAR\r\n" + "".join(blocks) + "END:VCALENDAR\r\n"))


@pytest.mark.parametrize(
    "bad",
    [
        "BEGIN:VEVENT\r\nUID:bad\r\nSUMMARY:cut o",
        "BEGIN:VEVENT\r\nUID:bad\r\nBEGIN:VALARM\r\n",
        "BEGIN:VEVENT\r\nUID:bad\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\n",
    ],
)
def test_an_appointment_without_an_end_takes_no_other_with_it(bad: str) -> None:
    bad = bad if bad.endswith("\n") else bad + "\r\n"
    found = taken(GOOD.replace("good", "first"), bad, GOOD)
    assert [(part.uid, part.cut) for part in found] == [("first", False), ("bad", True), ("good", False)]
    assert found[2].body == GOOD


def test_the_last_one_may_be_cut_off_too() -> None:
    assert [part.cut for part in parts("BEGIN:VCALENDAR\r\n" + GOOD + GOOD.replace("good", "bad")[:40])] == [
        False,
        True,
    ]


@pytest.mark.parametrize("line", ["BEGIN:VEVENT", "BEGIN:VTIMEZONE", "END:VEVENT", "BEGIN:VCALENDAR"])
def test_a_million_beginnings_take_no_time(line: str) -> None:
    started = time.process_time()
    assert [part.uid for part in parts(f"{line}\r\n" * 60_000 + GOOD) if not part.uid.startswith("nameless")] == [
        "good"
    ]
    assert time.process_time() - started < 2


def test_a_part_brings_the_zones_that_it_names_and_no_others() -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:{}\r\nEND:VTIMEZONE\r\n"
    blocks = [zone.format(name) for name in ("Our Zone", "Other", "x" * 9)]
    (part,) = taken(*blocks, GOOD.replace("DTSTART:", 'DTSTART;TZID="Our Zone":'))
    assert "TZID:Our Zone\r\n" in part.text()
    assert "Other" not in part.text()
