"""Whatever stands in an event resource of Google's: it is read, or refused with one sentence."""

from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from afterview.integrations.google.failures import refusal
from afterview.integrations.google.reading import event_from_json, glance_of, href_of, is_ours
from afterview.integrations.ical.bounds import Unreadable
from tests.accounts import START

many = settings(max_examples=400, derandomize=True, deadline=None, database=None)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.sampled_from(
    (
        "2026-03-02T10:00:00Z",
        "2026-03-02T10:00:00+01:00",
        "2026-03-02T10:00:00",
        "0001-01-01T00:00:00+14:00",
        "1900-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-12:00",
        "2026-02-30T10:00:00Z",
        "2199-12-31T23:59:59.999999-23:59",
        "2026-W10-1",
        "20260302T100000Z",
    )
)
DAYS = st.sampled_from(("2026-03-02", "0001-01-01", "9999-12-31", "1900-01-01", "2026-02-30", "20260302"))
ZONES = st.sampled_from(("Europe/Berlin", "UTC", "W. Europe Standard Time", "Nowhere", "../etc/passwd", ""))
TIMES = st.fixed_dictionaries({}, optional={"dateTime": MOMENTS | JUNK, "date": DAYS | JUNK, "timeZone": ZONES | JUNK})
TEXTS = st.sampled_from(
    ("Interview", "<b>Hi</b>\n", "&#0;&#99999999;", "<a href=http://[::1", "\ud800\x1b[31m", "<!--", "<![if")
)
PEOPLE = st.fixed_dictionaries(
    {}, optional={"email": TEXTS | JUNK, "displayName": TEXTS | JUNK, "self": JUNK, "resource": JUNK}
)
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "id": TEXTS | JUNK,
        "iCalUID": TEXTS | JUNK,
        "status": st.sampled_from(("confirmed", "cancelled")) | JUNK,
        "summary": TEXTS | JUNK,
        "description": TEXTS | JUNK,
        "location": TEXTS | JUNK,
        "start": TIMES | JUNK,
        "end": TIMES | JUNK,
        "originalStartTime": TIMES | JUNK,
        "recurringEventId": TEXTS | JUNK,
        "organizer": PEOPLE | JUNK,
        "attendees": st.lists(PEOPLE | JUNK, max_size=3) | JUNK,
        "conferenceData": st.fixed_dictionaries({"entryPoints": st.lists(st.fixed_dictionaries({"uri": TEXTS}))})
        | JUNK,
        "hangoutLink": TEXTS | JUNK,
        "source": JUNK,
        "updated": MOMENTS | JUNK,
        "sequence": JUNK,
        "visibility": JUNK,
        "eventType": JUNK,
        "extendedProperties": JUNK,
    },
)


@many
@given(ITEMS, ZONES)
def test_an_event_is_read_or_refused(item: dict[str, Any], zone: str) -> None:
    glance = glance_of(item)
    assert isinstance(href_of(item), str)
    assert isinstance(is_ours(item), bool)
    assert "\n " not in glance.raw
    try:
        event = event_from_json(item, zone)
    except Unreadable:
        return
    assert event.starts_at <= event.ends_at
    assert event.starts_at.tzinfo is not None
    assert not event.zone or ZoneInfo(event.zone)
    shown = f"{event.title}{event.location}{[one.name for one in event.attendees]}"
    assert "\x1b" not in shown + event.text
    assert all(link.startswith(("http://", "https://")) for link in event.links)


@many
@given(
    st.integers(100, 599),
    st.binary(max_size=80) | JUNK.map(lambda junk: repr(junk).replace("'", '"').encode("utf-8", "replace")),
)
def test_an_answer_is_read_whatever_it_holds(status: int, body: bytes) -> None:
    assert refusal(status, {}, body, START).status == status
