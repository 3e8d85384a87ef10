"""Read the labelled development corpus (`tests/data/corpus`, see its README) into events. Compact on purpose; tests only."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import icalendar

from afterview.sync.model import Event, EventStatus, Glance, Owner, Participant, ParticipantKind, Reply

ROOT = Path(__file__).parent / "data" / "corpus"
ABROAD = ROOT.parent / "abroad"  # two more sets, each unseen by the rules when it was first scored
AFIELD = ROOT.parent / "afield"
FREE_MAIL = frozenset({"freemail.example", "inbox.example", "webpost.example"})


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled event."""

    file: str
    event: Event
    owner: Owner
    glance: Glance
    label: Mapping[str, Any]


def cases(root: Path = ROOT) -> tuple[Case, ...]:
    """Read a whole labelled set."""
    return tuple(_cases(root))


def _cases(root: Path) -> Iterator[Case]:
    for line in (root / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        raw = (root / label["file"]).read_bytes()
        owner = Owner(emails=frozenset({label["owner_email"]}), free_mail=FREE_MAIL)
        event, glance = _from_json(raw) if label["file"].endswith(".json") else _from_ics(raw)
        yield Case(label["file"], event, owner, glance, label)


class _Text(HTMLParser):
    """HTML to text: block elements end a line."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"style", "script", "title"}
        if tag in {"br", "p", "li", "div", "tr", "ul", "ol", "h1", "h2", "h3"}:
            self.parts.append("\n")
        self.parts.extend(f" {value} " for name, value in attrs if name == "href" and value)

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script", "title"}
        if tag in {"p", "li", "div", "tr"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def html_text(text: str) -> str:
    """Turn a description that may be HTML into plain text."""
    if "<" not in text and "&" not in text:
        return text
    parser = _Text()
    parser.feed(text)
    parser.close()
    return "".join(parser.parts).strip()


def _instant(value: date | datetime) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _participant(value: Any) -> Participant:
    parameters = {key.upper(): str(item) for key, item in value.params.items()}
    kind = parameters.get("CUTYPE", "INDIVIDUAL").lower()
    reply = parameters.get("PARTSTAT", "").lower()
    return Participant(
        email=str(value).lower().removeprefix("mailto:"),
        name=parameters.get("CN", ""),
        reply=Reply(reply) if reply in set(Reply) else Reply.UNKNOWN,
        kind=ParticipantKind(kind) if kind in set(ParticipantKind) else ParticipantKind.UNKNOWN,
        optional=parameters.get("ROLE", "") == "OPT-PARTICIPANT",
    )


def _all(component: Any, name: str) -> list[Any]:
    value = component.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _from_ics(raw: bytes) -> tuple[Event, Glance]:
    component = next(iter(icalendar.Calendar.from_ical(raw).walk("VEVENT")))
    start = component.decoded("DTSTART")
    end = component.decoded("DTEND", None) or start + component.decoded("DURATION", timedelta())
    text = html_text(str(component.get("DESCRIPTION", "") or component.get("X-ALT-DESC", "")))
    organizer = component.get("ORGANIZER")
    status = str(component.get("STATUS", "")).lower()
    links = ("URL", "CONFERENCE", "ATTACH", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")
    event = Event(
        account="test",
        calendar="corpus",
        resource="",
        uid=str(component["UID"]),
        starts_at=_instant(start),
        ends_at=_instant(end),
        title=str(component.get("SUMMARY", "")),
        text=text,
        location=str(component.get("LOCATION", "")),
        organizer=_participant(organizer) if organizer is not None else None,
        attendees=tuple(_participant(value) for value in _all(component, "ATTENDEE")),
        links=tuple(str(value) for name in links for value in _all(component, name)),
        status=EventStatus(status) if status in set(EventStatus) else EventStatus.CONFIRMED,
        all_day=not isinstance(start, datetime),
        recurring="RRULE" in component or "RDATE" in component,
    )
    line = f"mailto:{event.organizer.email}" if event.organizer else ""
    return event, Glance(event.uid, event.title, "", line, raw.decode("utf-8"))


def _from_json(raw: bytes) -> tuple[Event, Glance]:
    data = json.loads(raw)
    start, end = (_json_instant(data.get(name)) for name in ("start", "end"))
    organizer = data.get("organizer")
    entries = data.get("conferenceData", {}).get("entryPoints", [])
    event = Event(
        account="test",
        calendar="corpus",
        resource=data["id"],
        uid=data.get("iCalUID", data["id"]),
        starts_at=start,
        ends_at=end,
        title=data.get("summary", ""),
        text=html_text(data.get("description", "")),
        location=data.get("location", ""),
        organizer=_json_participant(organizer) if organizer else None,
        attendees=tuple(_json_participant(item) for item in data.get("attendees", [])),
        links=tuple(item["uri"] for item in entries if "uri" in item),
        status=EventStatus(data.get("status", "confirmed")),
        all_day="date" in data.get("start", {}),
        recurring="recurrence" in data or "recurringEventId" in data,
        kind=data.get("eventType", "default"),
    )
    return event, Glance(event.uid, event.title, "", (organizer or {}).get("email", ""), raw.decode("utf-8"))


def _json_instant(value: Mapping[str, str] | None) -> datetime:
    if not value:
        return datetime(2026, 1, 1, tzinfo=UTC)
    if "date" in value:
        return _instant(date.fromisoformat(value["date"]))
    return _instant(datetime.fromisoformat(value["dateTime"]))


def _json_participant(item: Mapping[str, Any]) -> Participant:
    replies = {"needsAction": Reply.NEEDS_ACTION, "accepted": Reply.ACCEPTED, "declined": Reply.DECLINED}
    return Participant(
        email=item.get("email", "").lower(),
        name=item.get("displayName", ""),
        reply=replies.get(
            item.get("responseStatus", ""),
            Reply.TENTATIVE if item.get("responseStatus") == "tentative" else Reply.UNKNOWN,
        ),
        kind=ParticipantKind.RESOURCE if item.get("resource") else ParticipantKind.INDIVIDUAL,
        optional=bool(item.get("optional")),
        is_owner=bool(item.get("self")),
    )
