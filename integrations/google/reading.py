"""Google's event resource (Calendar API v3, Events) -> `Event`. Pure; text is cleaned here, once (`sync.text`).

The uid is `iCalUID`, which an invitation has in every calendar it is copied to, so that the same interview in another
account is one. An occurrence of a series is known by its original start: ids of instances are opaque and may change.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from afterview.integrations.ical import bounds, html
from afterview.integrations.ical.times import Moment, occurrence_name
from afterview.integrations.ical.zones import known_zone, midnight
from afterview.sync.model import Event, EventStatus, Glance, Participant, ParticipantKind, Reply
from afterview.sync.text import one_line, paragraphs

Json = Mapping[str, Any]
MARK = "afterview"  # private extended property of our own reminder events
_TEXT_LIMIT = 20_000
_LINKS_LIMIT = 60
_STATUSES = {status.value: status for status in EventStatus}
_REPLIES = {
    "accepted": Reply.ACCEPTED,
    "declined": Reply.DECLINED,
    "tentative": Reply.TENTATIVE,
    "needsAction": Reply.NEEDS_ACTION,
}
_BREAKS = re.compile(r"<(?:br|p|div|li)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,6});")
_WRAPPED = ("https://www.google.com/url?", "http://www.google.com/url?")


def event_from_json(item: Json, zone: str, *, account: str = "", calendar: str = "", resource: str = "") -> Event:
    """Return the event. `zone`: the user's IANA zone, for whole days. Raises `bounds.Unreadable` with one sentence."""
    original = _moment(item, "originalStartTime")
    start = _moment(item, "start") or original
    if start is None:
        raise bounds.Unreadable("The entry has no start that can be read.")
    bounds.check_year(start)
    end = _end(item, start)
    bounds.check_year(end)
    default = known_zone(zone) or UTC
    starts_at = _instant(start, default)
    text, linked = _description(_text(item, "description"))
    location = one_line(_text(item, "location"), 500)
    series = _text(item, "recurringEventId")
    return Event(
        account=account,
        calendar=calendar,
        resource=resource,
        uid=uid_of(item),
        starts_at=starts_at,
        ends_at=max(starts_at, _instant(end, default)),
        occurrence=occurrence_name(original) if series else "",
        title=one_line(_text(item, "summary"), 500),
        text=text,
        location=location,
        organizer=_person(organizer) if (organizer := _part(item, "organizer")) else None,
        attendees=tuple(_person(one) for one in _parts(item, "attendees")[: bounds.PEOPLE_LIMIT]),
        links=tuple(dict.fromkeys((*_given_links(item), *linked, *html.links_in(location), *html.links_in(text))))[
            :_LINKS_LIMIT
        ],
        status=_STATUSES.get(_text(item, "status"), EventStatus.CONFIRMED),
        all_day=not isinstance(start, datetime),
        zone=_zone_name(item, start),
        recurring=bool(series or item.get("recurrence")),
        kind=_text(item, "eventType") or "default",
        private=_text(item, "visibility") in {"private", "confidential"},
        sequence=sequence if isinstance(sequence := item.get("sequence"), int) and 0 <= sequence < 10**9 else 0,
        modified_at=_stamp(_text(item, "updated")),
    )


def uid_of(item: Json) -> str:
    """Return the iCalendar UID; where a stub has none, what Google makes it from."""
    return _text(item, "iCalUID") or f"{_text(item, 'recurringEventId') or _text(item, 'id')}@google.com"


def href_of(item: Json) -> str:
    """Name a resource so that it keeps its name: the id, or series and original start of an occurrence."""
    series = _text(item, "recurringEventId")
    original = _moment(item, "originalStartTime")
    return f"{series}/{occurrence_name(original)}" if series and original else _text(item, "id")


def is_ours(item: Json) -> bool:
    """Tell whether it is a reminder that we made ourselves, which is never read as an event."""
    return MARK in _part(_part(item, "extendedProperties"), "private")


def glance_of(item: Json) -> Glance:
    """Return what the cheap look needs, before any text is cleaned."""
    organizer = _text(_part(item, "organizer"), "email")
    start = _part(item, "start")
    return Glance(
        uid=uid_of(item),
        title=one_line(_text(item, "summary"), 500),
        start_raw=_text(start, "dateTime") or _text(start, "date"),
        organizer_raw=f"ORGANIZER:mailto:{organizer}" if organizer else "",
        raw="\n".join(" ".join(words.split()) for words in _words(item)),
    )


def _words(item: Json) -> Iterator[str]:
    """Yield everything in which a word that matters may stand."""
    for name in ("summary", "description", "location", "hangoutLink", "eventType"):
        yield _text(item, name)
    for person in (_part(item, "organizer"), _part(item, "creator"), *_parts(item, "attendees")):
        yield from (_text(person, "displayName"), _text(person, "email"), _text(person, "comment"))
    yield from _given_links(item)


def _given_links(item: Json) -> Iterator[str]:
    """Yield the addresses that stand in fields of their own."""
    found = [_text(item, "hangoutLink"), _text(_part(item, "source"), "url")]
    found += [_text(one, "uri") for one in _parts(_part(item, "conferenceData"), "entryPoints")]
    for link in found:
        if link.lower().startswith(("http://", "https://")):
            yield one_line(link, 2000)


def _description(written: str) -> tuple[str, tuple[str, ...]]:
    """Return a description as plain text and its links. Google mixes HTML tags with line breaks that mean something."""
    linked: tuple[str, ...] = ()
    if html.looks_like_html(written):
        meant = written if _BREAKS.search(written) else written.replace("\n", "<br>")
        written, linked = html.to_text(meant)
    elif _ENTITY.search(written):
        written = unescape(written)
    return paragraphs(written, _TEXT_LIMIT).strip(), tuple(map(_unwrapped, linked))


def _unwrapped(link: str) -> str:
    """Return where a link leads that Google sends through its own page."""
    if not link.startswith(_WRAPPED):
        return link
    target = parse_qs(urlsplit(link).query, max_num_fields=20).get("q", [""])[0]
    return target if target.lower().startswith(("http://", "https://")) else link


def _person(raw: Json) -> Participant:
    email = one_line(_text(raw, "email"), 254).lower()
    return Participant(
        email=email if "@" in email and " " not in email else "",
        name=one_line(_text(raw, "displayName"), 120),
        reply=_REPLIES.get(_text(raw, "responseStatus"), Reply.UNKNOWN),
        kind=ParticipantKind.RESOURCE if raw.get("resource") is True else ParticipantKind.INDIVIDUAL,
        optional=raw.get("optional") is True,
        is_owner=raw.get("self") is True,
    )


def _end(item: Json, start: Moment) -> Moment:
    end = None if item.get("endTimeUnspecified") is True else _moment(item, "end")
    if end is None or isinstance(end, datetime) != isinstance(start, datetime):
        return start if isinstance(start, datetime) else start + timedelta(days=1)
    return end


def _moment(item: Json, name: str) -> Moment | None:
    """Read a start or end: an aware time, or a day; None where it is neither."""
    raw = _part(item, name)
    day = _text(raw, "date")
    try:
        if day:
            return date.fromisoformat(day)
        found = datetime.fromisoformat(_text(raw, "dateTime"))
        aware = found if found.tzinfo else found.replace(tzinfo=known_zone(_text(raw, "timeZone")) or UTC)
        aware.astimezone(UTC)
    except (ValueError, OverflowError):  # no time, or one that UTC cannot count
        return None
    return aware


def _zone_name(item: Json, start: Moment) -> str:
    """Return the IANA name of the zone that the start was written in, "" for UTC and for days."""
    found = known_zone(_text(_part(item, "start"), "timeZone")) if isinstance(start, datetime) else None
    return found.key if isinstance(found, ZoneInfo) else ""


def _instant(moment: Moment, default: tzinfo) -> datetime:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else midnight(moment, default)


def _stamp(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _text(raw: Json, name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def _part(raw: Json, name: str) -> Json:
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def _parts(raw: Json, name: str) -> list[Json]:
    value = raw.get(name)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
