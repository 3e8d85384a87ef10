"""Everything that reads what came from outside, each as a check that any bytes must pass: read, or refused in words."""

import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from afterview.integrations.answering import Answering
from afterview.integrations.dav.characters import storable
from afterview.integrations.dav.multistatus import Multistatus, NotMultistatus
from afterview.integrations.google.client import items_of
from afterview.integrations.google.reading import event_from_json, glance_of, href_of, is_ours
from afterview.integrations.google.tasks_form import remote_task
from afterview.integrations.google.tasks_known import newest
from afterview.integrations.ical import html
from afterview.integrations.ical.bounds import Unreadable
from afterview.integrations.ical.parts import parts
from afterview.integrations.ical.profiles import profiles
from afterview.integrations.ical.read import Place, read
from afterview.integrations.ical.scan import look, may_touch
from afterview.integrations.ical.task import edited_task, read_task
from afterview.integrations.ics.client import decoded
from afterview.integrations.marks import read as read_mark
from afterview.integrations.packing import ENCODINGS, Packed, unpacked
from afterview.sync.classify import classify, first_look, load_lexicon
from afterview.sync.classify.lexicon import Lexicon
from afterview.sync.config.load import load_text
from afterview.sync.days import Days
from afterview.sync.errors import ConfigError
from afterview.sync.model import Event, Glance, Owner
from afterview.sync.playbook import PlaybookSettings
from afterview.sync.ports import Window
from afterview.sync.text import one_line, paragraphs
from afterview.sync.tokens import read_token, token
from tests.hostile.harmless import harmful

NOW = datetime(2026, 9, 7, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
WINDOW = Window(NOW - timedelta(days=90), NOW + timedelta(days=180))
PLACE = Place("home", "Personal", "/a.ics", "Europe/Berlin")
OWNER = Owner(frozenset({"hannah@example.org"}), ("Hannah",))
KEY = b"k" * 32


@cache
def _lexicon() -> Lexicon:
    return load_lexicon()


def _sound(event: Event) -> None:
    assert event.starts_at <= event.ends_at
    assert 1899 <= event.starts_at.year <= event.ends_at.year <= 2201
    shown = [
        event.title,
        event.location,
        *(one.name for one in event.attendees),
        *(one.email for one in event.attendees),
    ]
    assert not list(harmful(shown, ()))
    assert not list(harmful([event.text.replace("\t", " ")], ()))
    assert all(link.startswith(("http://", "https://")) or "://" in link for link in event.links)
    classify(event, OWNER, _lexicon())


def _looked(glance: Glance) -> None:
    first_look(glance, OWNER, _lexicon())


def feed(raw: bytes) -> None:
    for part in parts(decoded(raw)):
        seen = look(part.body)
        may_touch(seen, WINDOW)
        _looked(seen.glance)
        with contextlib.suppress(Unreadable):
            for event in read(part.text(), PLACE, WINDOW)[:3]:
                _sound(event)


def calendar(raw: bytes) -> None:
    text = raw.decode("utf-8", "replace")
    _looked(look(text).glance)
    with contextlib.suppress(Unreadable):
        for event in read(text, PLACE, WINDOW)[:3]:
            _sound(event)


def task(raw: bytes) -> None:
    text = raw.decode("utf-8", "replace")
    for name in ("android", "event"):
        profile = profiles()[name]
        with contextlib.suppress(Unreadable):
            key, fields = read_task(text, profile, ZONE, NOW)
            for at in (fields.due_at, fields.ring_at, fields.completed_at, fields.snoozed_until):
                assert at is None or (at.tzinfo is not None and 1800 < at.year < 2400)
            if key:
                _edited(text, name, key)


def _edited(text: str, name: str, key: str) -> None:
    from dataclasses import replace

    profile = profiles()[name]
    wanted = replace(read_task(text, profile, ZONE, NOW)[1], notes="Changed.\r\nSTATUS:COMPLETED", title="New")
    after = edited_task(text, wanted, profile, ZONE, NOW, alarm=True)
    again, fields = read_task(after, profile, ZONE, NOW)
    assert (again, fields.title, fields.notes) == (key, "New", "Changed.\nSTATUS:COMPLETED")


def multistatus(raw: bytes) -> None:
    with contextlib.suppress(NotMultistatus):
        for row in Multistatus().rows(raw[at : at + 50] for at in range(0, len(raw), 50)):
            assert row.etag.isprintable()
            assert row.etag.isascii()


def characters(raw: bytes) -> None:
    assert b"".join(storable([raw])).decode("utf-8", "replace") is not None


def google_event(raw: bytes) -> None:
    for item in _items(raw):
        href_of(item)
        is_ours(item)
        _looked(glance_of(item))
        with contextlib.suppress(Unreadable):
            _sound(event_from_json(item, "Europe/Berlin"))


def google_task(raw: bytes) -> None:
    items = items_of({"items": _items(raw)})
    newest(items, "2026-09-01T00:00:00.000Z")
    for item in items:
        seen = remote_task(item, None, Days(ZONE))
        assert not list(harmful([seen.fields.title], ()))


def _items(raw: bytes) -> list[dict[str, object]]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return []
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, dict)]


def mark(raw: bytes) -> None:
    found = read_mark(raw.decode("utf-8", "replace"))
    assert read_mark(found.written()) == found or not found.key


def text(raw: bytes) -> None:
    given = raw.decode("utf-8", "surrogatepass") if raw.isascii() else raw.decode("utf-8", "surrogateescape")
    assert not list(harmful([one_line(given), paragraphs(given).replace("\t", " ")], ()))
    assert len(one_line(given)) <= 200


def markup(raw: bytes) -> None:
    html.to_text(raw.decode("utf-8", "replace"))


def signed(raw: bytes) -> None:
    given = raw.decode("latin-1")
    assert read_token(KEY, given) is None or given == token(KEY, "0" * 20, NOW)
    answering = Answering(Path("nowhere"), KEY, PlaybookSettings(zone="Europe/Berlin"), lambda: NOW)
    assert answering.get("/" + given).status in {404, 503}


def config(raw: bytes) -> None:
    with contextlib.suppress(ConfigError, UnicodeDecodeError):
        load_text(raw.decode("utf-8"), Path("config.toml"), lambda _: ())


def packing(raw: bytes) -> None:
    for encoding in (*ENCODINGS, ""):
        with contextlib.suppress(Packed):
            assert all(len(piece) <= 65536 for piece in unpacked([raw], encoding))


READERS: Mapping[str, Callable[[bytes], None]] = {
    "feed": feed, "calendar": calendar, "task": task, "multistatus": multistatus, "characters": characters,
    "google_event": google_event, "google_task": google_task, "mark": mark, "text": text, "markup": markup,
    "signed": signed, "config": config, "packing": packing,
}  # fmt: skip
