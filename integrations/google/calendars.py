"""Which calendars there are, and what the user's names for them mean: "primary", an id, or a title."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from afterview.integrations.entry import Entry
from afterview.sync.errors import NotReady, Refused
from afterview.sync.text import one_line

from .client import Client
from .failures import About, gone
from .scopes import Feature

PRIMARY = "primary"
_IDS = "calendar_ids"  # in the memory: title -> id
_FIELDS = "items(id,summary,summaryOverride,primary,accessRole,deleted),nextPageToken"
_PAGES = 40


@dataclass(frozen=True, slots=True)
class Listed:
    """One calendar of the user's list."""

    id: str
    title: str
    primary: bool
    role: str  # "owner", "writer", "reader", "freeBusyReader"


def listed(client: Client, about: About) -> tuple[Listed, ...]:
    """Return every calendar in the user's list. Raises Refused without the permission."""
    client.need(Feature.CHOOSE, about)
    return tuple(_listed(client, about))


def _listed(client: Client, about: About) -> Iterator[Listed]:
    token = None
    for _ in range(_PAGES):
        request = client.part("calendar.calendarList").list(maxResults=250, fields=_FIELDS, pageToken=token)
        answer = client.call(request, about)
        for raw in answer.get("items") or ():
            if isinstance(raw, dict) and isinstance(raw.get("id"), str) and raw.get("deleted") is not True:
                yield _one(raw)
        token = answer.get("nextPageToken")
        if not token:
            return
    raise NotReady("The list of your Google calendars does not end; it is read again later.")


def _one(raw: dict[str, Any]) -> Listed:
    title = one_line(str(raw.get("summaryOverride") or raw.get("summary") or raw["id"]), 200)
    return Listed(raw["id"], title, raw.get("primary") is True, str(raw.get("accessRole") or ""))


def calendar_id(entry: Entry, client: Client, name: str, about: About) -> str:
    """Return the id of a configured calendar: as it is, as remembered, or as found in the list."""
    if name == PRIMARY or "@" in name:
        return name
    known = _remembered(entry)
    if name in known:
        return known[name]
    if Feature.CHOOSE not in client.features:
        raise Refused(
            f'{about.what} can be found by its name only with one more permission; {about.anew}, or write "{PRIMARY}" '
            "or the calendar's id, which stands in its settings in Google Calendar."
        )
    found = [one.id for one in listed(client, about) if one.title == name]
    if not found:
        raise gone(about)
    if len(found) > 1:
        raise Refused(f"{about.what} exists {len(found)} times; write the id of the one that is meant instead.")
    entry.memory.set(_IDS, {**known, name: found[0]})
    return found[0]


def forget(entry: Entry, name: str) -> None:
    """Look a name up anew next time."""
    entry.memory.set(_IDS, {title: found for title, found in _remembered(entry).items() if title != name})


def _remembered(entry: Entry) -> dict[str, str]:
    known = entry.memory.get(_IDS)
    return {str(k): str(v) for k, v in known.items()} if isinstance(known, dict) else {}
