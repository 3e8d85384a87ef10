"""The lines of one VEVENT -> what `Event` says about it, times aside. Text is cleaned here, once (`sync.text`)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from afterview.sync.model import Event, EventStatus, Participant, ParticipantKind, Reply
from afterview.sync.text import one_line, paragraphs

from . import html
from .lines import Line, unescape
from .zones import parse_stamp

_REPLIES = {reply.value.upper(): reply for reply in Reply if reply.value}
_KINDS = {kind.value.upper(): kind for kind in ParticipantKind}
_STATUSES = {status.value.upper(): status for status in EventStatus}
_LINK_PROPERTIES = frozenset((
    "URL", "CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGCONFLINK",
))  # fmt: skip
_CARET = re.compile(r"\^([n'^])")  # RFC 6868
_CARETS = {"n": " ", "'": '"', "^": "^"}
_TEXT_LIMIT = 20_000
_LINKS_LIMIT = 60
_NOWHEN = datetime(1970, 1, 1, tzinfo=UTC)


def describe(block: Sequence[Line]) -> Event:
    """Return the event with its words, people and links; its times are set by the caller."""
    found: dict[str, list[Line]] = {}
    for line in block:
        found.setdefault(line.name, []).append(line)
    text, linked = _text(found)
    location = one_line(_value(found, "LOCATION"), 500)
    given = [one_line(line.value, 2000) for line in block if line.name in _LINK_PROPERTIES]
    links = [link for link in given if link.lower().startswith(("http://", "https://"))]
    links += [*linked, *html.links_in(location), *html.links_in(text)]
    return Event(
        account="",
        calendar="",
        resource="",
        uid=_value(found, "UID"),
        starts_at=_NOWHEN,
        ends_at=_NOWHEN,
        title=one_line(_value(found, "SUMMARY"), 500),
        text=text,
        location=location,
        organizer=next((_person(line) for line in found.get("ORGANIZER", ())), None),
        attendees=tuple(_person(line) for line in found.get("ATTENDEE", ())),
        links=tuple(dict.fromkeys(links))[:_LINKS_LIMIT],
        status=_STATUSES.get(_value(found, "STATUS").strip().upper(), EventStatus.CONFIRMED),
        private=_value(found, "CLASS").strip().upper() in {"PRIVATE", "CONFIDENTIAL"},
        sequence=sequence_of(_value(found, "SEQUENCE")),
        modified_at=_moment(_value(found, "LAST-MODIFIED")) or _moment(_value(found, "DTSTAMP")),
    )


def sequence_of(written: str) -> int:
    """Read a SEQUENCE, 0 for what is none."""
    return int(written) if written.strip().isdecimal() and len(written) < 10 else 0


def _text(found: dict[str, list[Line]]) -> tuple[str, tuple[str, ...]]:
    """Return the description as plain text and the links of its HTML form."""
    plain = _value(found, "DESCRIPTION")
    alternatives = (unescape(line.value) for line in found.get("X-ALT-DESC", ()))
    alternative = next((value for value in alternatives if html.looks_like_html(value)), "")
    linked: tuple[str, ...] = ()
    if html.looks_like_html(plain):
        plain, linked = html.to_text(plain)
    if alternative:
        converted, more = html.to_text(alternative)
        linked += more
        plain = plain if plain.strip() else converted
    return paragraphs(plain, _TEXT_LIMIT).strip(), linked


def _value(found: dict[str, list[Line]], name: str) -> str:
    lines = found.get(name)
    return unescape(lines[0].value) if lines else ""


def _person(line: Line) -> Participant:
    params = {key: value.strip('"') for key, value in reversed(line.params)}
    address = line.value.strip()
    if address[:7].lower() == "mailto:":
        address = address[7:]
    email = one_line(address, 254).lower() if "@" in address and " " not in address else ""
    name = _CARET.sub(lambda match: _CARETS[match[1]], unescape(params.get("CN", "")))
    return Participant(
        email=email,
        name=one_line(name, 120).strip('"'),
        reply=_REPLIES.get(params.get("PARTSTAT", "").upper(), Reply.UNKNOWN),
        kind=_KINDS.get(params.get("CUTYPE", "INDIVIDUAL").upper(), ParticipantKind.UNKNOWN),
        optional=params.get("ROLE", "").upper() == "OPT-PARTICIPANT",
    )


def _moment(written: str) -> datetime | None:
    value = parse_stamp(written)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
