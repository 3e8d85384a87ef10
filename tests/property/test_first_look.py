"""The cheap first look never skips what the full path would call yes or ask, whatever an event is written like."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from afterview.integrations.google.reading import event_from_json, glance_of
from afterview.integrations.ical.lines import escape
from afterview.integrations.ical.read import Place, read
from afterview.integrations.ical.scan import look
from afterview.sync.classify import Learned, classify, first_look, load_lexicon
from afterview.sync.classify.lexicon import Lexicon
from afterview.sync.identity import event_key
from afterview.sync.model import Answer, Event, Glance, Owner

START = datetime(2026, 5, 5, 9, tzinfo=UTC)
PLACE = Place("", "", "", "Europe/Berlin")
OWNERS = (
    Owner(frozenset({"kim.berg@gmail.com"}), ("Kim Berg",)),
    Owner(frozenset({"kim.berg@werft.example"}), ("Kim Berg",)),
    Owner(),
)
ADDRESSES = (
    *("lena.ott@acme.example", "Lena.Ott+jobs@acme.example", "info@acme.example", "jobs@acme.example"),
    *("no-reply@hire.lever.co", "x1@group.calendar.google.com", "bot@calendly.com", "bot@hire.nordhaus.example"),
    *("kim.berg@gmail.com", "boss@werft.example", "someone@gmail.com", "RECRUITING@ACME.EXAMPLE"),
)
LEARNED = (
    Learned(),
    Learned(senders={"lena.ott@acme.example": 1}),
    Learned(senders={"lena.ott@acme.example": 2, "someone@gmail.com": -2}),
    Learned(domains={"acme.example": 1}, steps={"title_job": 0.2, "organizer_outside": 0.3}),
    Learned(series={"uid-1": True}),
    Learned(events={event_key("uid-1", ""): True}),
    Learned(events={event_key("uid-1", ""): False}, domains={"acme.example": 2}),
)
PLAIN = (
    "",
    "Kim",
    "Lena / Kim",
    "Acme",
    "the",
    "5pm",
    "ölwechsel",
    "ﬁnal",
    "👋",
    "*",
    "a\\nb",
    "<",
    "&amp;",
    "10:00 x",
)


@cache
def lexicon(*, extended: bool) -> Lexicon:
    extra = {"strong": ["zwibbeltreff*"], "vendors": {"ats": ["hire.nordhaus.example"]}}
    return load_lexicon(extra) if extended else load_lexicon()


@cache
def vocabulary() -> tuple[str, ...]:
    """Every term that could be looked for, without stars, in a form that folding has to undo."""
    evidence = lexicon(extended=True).evidence._by_kind
    return tuple(sorted({term.replace("*", "") for terms in evidence.values() for term in terms} - {""}))


def _spoken(term: str, change: Callable[[str], str]) -> str:
    return change(term)


def _joined(said: list[str], by: str) -> str:
    return by.join(said)


terms: st.SearchStrategy[str] = st.deferred(lambda: st.sampled_from(vocabulary()))
words = st.one_of(st.builds(_spoken, terms, st.sampled_from((str, str.upper, str.title))), st.sampled_from(PLAIN))
texts = st.builds(_joined, st.lists(words, max_size=4), st.sampled_from((" ", "\n", ", ")))
senders = st.none() | st.tuples(st.sampled_from(("", "Lena Ott", "Acme Recruiting", "HR")), st.sampled_from(ADDRESSES))


def marked_up(text: str, every: int) -> str:
    """Write text as HTML, with tags in the middle of words and letters as entities."""
    pieces = [text[at : at + every] for at in range(0, len(text), every)]
    cut = [f"<b>{html.escape(piece)}</b>" if number % 2 else html.escape(piece) for number, piece in enumerate(pieces)]
    return f"<html><body><p>{''.join(cut).replace('ü', '&uuml;').replace(chr(10), '<br>')}</p></body></html>"


def folded(line: str, width: int) -> str:
    """Fold a content line anywhere, also within words."""
    return "\r\n ".join(line[at : at + width] for at in range(0, max(len(line), 1), width))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[str, list[Event]]:
    """Draw a resource as a server would send it, and what the full path reads from it."""
    width = draw(st.integers(5, 75))
    text, sender = draw(texts), draw(senders)
    lines = ["UID:uid-1", "DTSTAMP:20260501T090000Z", "DTSTART:20260505T090000Z", "DTEND:20260505T100000Z"]
    lines.append(f"SUMMARY:{escape(draw(texts))}")
    if draw(st.booleans()):
        lines.append(f"DESCRIPTION:{escape(text)}")
    else:
        lines.append(f"X-ALT-DESC;FMTTYPE=text/html:{escape(marked_up(text, draw(st.integers(2, 9))))}")
    lines.append(f"LOCATION:{escape(draw(texts))}")
    if sender:
        name = f";CN={sender[0]}" if sender[0] else ""
        lines.append(f"ORGANIZER{name}:mailto:{sender[1]}")
        lines.append(f"ATTENDEE;ROLE=REQ-PARTICIPANT;CN=Kim Berg:mailto:{draw(st.sampled_from(ADDRESSES))}")
    body = "\r\n".join(folded(line, width) for line in lines)
    raw = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n{body}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return raw, list(read(raw, PLACE, _near()))


def _near() -> Any:
    from afterview.sync.ports import Window

    return Window(START - timedelta(days=5), START + timedelta(days=5))


@st.composite
def google_events(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an event resource of Google Calendar."""
    text, sender = draw(texts), draw(senders)
    item: dict[str, Any] = {
        "id": "abc",
        "iCalUID": "uid-1",
        "status": "confirmed",
        "summary": draw(texts),
        "description": text if draw(st.booleans()) else marked_up(text, draw(st.integers(2, 9))),
        "location": draw(texts),
        "start": {"dateTime": START.isoformat()},
        "end": {"dateTime": (START + timedelta(hours=1)).isoformat()},
    }
    if sender:
        item["organizer"] = {"displayName": sender[0], "email": sender[1]}
        item["attendees"] = [{"email": draw(st.sampled_from(ADDRESSES)), "self": draw(st.booleans())}]
    return item


def holds(glance: Glance, events: list[Event], owner: Owner, known: Lexicon, learned: Learned) -> None:
    answers = {classify(event, owner, known, learned).answer for event in events}
    assert first_look(glance, owner, known, learned) or answers <= {Answer.NO}


situations = st.tuples(
    st.sampled_from(OWNERS), st.booleans().map(lambda extended: lexicon(extended=extended)), st.sampled_from(LEARNED)
)


@settings(max_examples=400, deadline=None)
@given(calendars(), situations)
def test_a_calendar_resource(drawn: tuple[str, list[Event]], situation: tuple[Owner, Lexicon, Learned]) -> None:
    raw, events = drawn
    assert events
    holds(look(raw).glance, events, *situation)


@settings(max_examples=400, deadline=None)
@given(google_events(), situations)
def test_an_event_of_google(item: dict[str, Any], situation: tuple[Owner, Lexicon, Learned]) -> None:
    holds(glance_of(item), [event_from_json(item, "Europe/Berlin")], *situation)


def test_the_generated_events_are_worth_looking_at() -> None:
    """A property that never meets a yes proves nothing."""
    found = {Answer.YES: 0, Answer.ASK: 0, Answer.NO: 0}
    skipped = 0

    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @given(calendars())
    def count(drawn: tuple[str, list[Event]]) -> None:
        nonlocal skipped
        raw, (event, *_) = drawn
        found[classify(event, OWNERS[0], lexicon(extended=True)).answer] += 1
        skipped += not first_look(look(raw).glance, OWNERS[0], lexicon(extended=True))

    count()
    assert min(found.values()) > 20, found
    assert skipped > 10


def test_terms_may_be_written_in_any_case() -> None:
    assert any(re.search("[A-ZÄÖÜ]", term.title()) for term in vocabulary())
