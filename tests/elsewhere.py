"""Read `tests/data/elsewhere.toml`: short events from other trades and countries than the corpus."""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from afterview.sync.model import Event, Glance, Owner, Participant
from tests.corpus import FREE_MAIL, Case

_FILE = Path(__file__).parent / "data" / "elsewhere.toml"
_START = datetime(2026, 5, 5, 9, tzinfo=UTC)


def elsewhere() -> tuple[Case, ...]:
    """Read all of them; `label` is the table, with `is_interview`."""
    return tuple(_case(number, item) for number, item in enumerate(tomllib.loads(_FILE.read_text("utf-8"))["e"]))


def _case(number: int, item: Mapping[str, Any]) -> Case:
    owner = Owner(frozenset({item.get("owner", "sam.okoye@freemail.example")}), ("Sam Okoye",), FREE_MAIL)
    organizer = _person(item["o"]) if "o" in item else None
    event = Event(
        account="test",
        calendar="elsewhere",
        resource="",
        uid=f"elsewhere-{number}",
        starts_at=_START,
        ends_at=_START + timedelta(hours=1),
        title=item["title"],
        text=item["t"],
        location=item.get("l", ""),
        organizer=organizer,
        attendees=tuple(_person(guest) for guest in item.get("g", [])),
    )
    raw = "\n".join((event.title, event.text, event.location, item.get("o", ""), *item.get("g", [])))
    glance = Glance(event.uid, event.title, "", f"mailto:{organizer.email}" if organizer else "", raw)
    return Case(event.title, event, owner, glance, {"is_interview": item["y"], **item})


def _person(text: str) -> Participant:
    match = re.fullmatch(r"(.*) <(.*)>", text)
    assert match, text
    return Participant(email=match.group(2), name=match.group(1))
