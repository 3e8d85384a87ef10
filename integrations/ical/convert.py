"""One parsed VEVENT -> what `Event` says about it, times aside. Text is cleaned here, once (`sync.text`)."""

from datetime import UTC, date, datetime
from typing import Any

import icalendar

from afterview.sync.model import Event, EventStatus, Participant, ParticipantKind, Reply
from afterview.sync.text import one_line, paragraphs

from . import html
from .lines import unescape

_REPLIES = {reply.value.upper(): reply for reply in Reply if reply.value}
_KINDS = {kind.value.upper(): kind for kind in ParticipantKind}
_STATUSES = {status.value.upper(): status for status in EventStatus}
_LINK_PROPERTIES = (
    "URL",
    "CONFERENCE",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
)
_TEXT_LIMIT = 20_000
_LINKS_LIMIT = 60
_NOWHEN = datetime(1970, 1, 1, tzinfo=UTC)


def describe(component: icalendar.Event) -> Event:
    """Return the event with its words, people and links; its times are set by the caller."""
    text, linked = _text(component)
    location = one_line(_first(component, "LOCATION"), 500)
    given = [one_line(value, 2000) for name in _LINK_PROPERTIES for value in _all(component, name)]
    links = [link for link in given if link.lower().startswith(("http://", "https://"))]
    links += [*linked, *html.links_in(location), *html.links_in(text)]
    return Event(
        account="",
        calendar="",
        resource="",
        uid=_first(component, "UID"),
        starts_at=_NOWHEN,
        ends_at=_NOWHEN,
        title=one_line(_first(component, "SUMMARY"), 500),
        text=text,
        location=location,
        organizer=next((_person(value) for value in _values(component, "ORGANIZER")), None),
        attendees=tuple(_person(value) for value in _values(component, "ATTENDEE")),
        links=tuple(dict.fromkeys(links))[:_LINKS_LIMIT],
        status=_STATUSES.get(_first(component, "STATUS").strip().upper(), EventStatus.CONFIRMED),
        private=_first(component, "CLASS").strip().upper() in {"PRIVATE", "CONFIDENTIAL"},
        sequence=_sequence(component),
        modified_at=_moment(component, "LAST-MODIFIED") or _moment(component, "DTSTAMP"),
    )


def _text(component: icalendar.Event) -> tuple[str, tuple[str, ...]]:
    """Return the description as plain text and the links of its HTML form."""
    plain = _first(component, "DESCRIPTION")
    alternatives = [unescape(value) for value in _all(component, "X-ALT-DESC")]  # the library leaves X- values as sent
    alternative = next((value for value in alternatives if html.looks_like_html(value)), "")
    linked: tuple[str, ...] = ()
    if html.looks_like_html(plain):
        plain, linked = html.to_text(plain)
    if alternative:
        converted, more = html.to_text(alternative)
        linked += more
        plain = plain if plain.strip() else converted
    return paragraphs(plain, _TEXT_LIMIT).strip(), linked


def _values(component: icalendar.Event, name: str) -> list[Any]:
    value = component.get(name)
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _all(component: icalendar.Event, name: str) -> list[str]:
    return [str(value) for value in _values(component, name)]


def _first(component: icalendar.Event, name: str) -> str:
    return next(iter(_all(component, name)), "")


def _person(value: Any) -> Participant:
    params = getattr(value, "params", {})
    address = str(value).strip()
    if address.lower().startswith("mailto:"):
        address = address[7:]
    email = one_line(address, 254).lower() if "@" in address and " " not in address else ""
    return Participant(
        email=email,
        name=one_line(str(params.get("CN", "")), 120).strip('"'),
        reply=_REPLIES.get(str(params.get("PARTSTAT", "")).upper(), Reply.UNKNOWN),
        kind=_KINDS.get(str(params.get("CUTYPE", "INDIVIDUAL")).upper(), ParticipantKind.UNKNOWN),
        optional=str(params.get("ROLE", "")).upper() == "OPT-PARTICIPANT",
    )


def _sequence(component: icalendar.Event) -> int:
    value = component.get("SEQUENCE", 0)
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0


def _moment(component: icalendar.Event, name: str) -> datetime | None:
    value: date | datetime | None = getattr(next(iter(_values(component, name)), None), "dt", None)
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
