"""Reads calendar files from disk for `explain`: one line a series of events, its first occurrence standing for it."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from afterview.integrations.ical.bounds import Unreadable
from afterview.integrations.ical.parts import parts
from afterview.integrations.ical.read import Place, read
from afterview.integrations.ical.scan import look
from afterview.sync.classify import Learned, Lexicon, classify, load_lexicon
from afterview.sync.errors import ConfigError
from afterview.sync.model import Event, Owner, Verdict
from afterview.sync.ports import Window

from .options import Options
from .wizard import guess

LARGEST = 8 * 2**20
_NO_EVENT = "An entry is no event of Google Calendar."
A_YEAR = timedelta(days=370)


@dataclass(frozen=True, slots=True)
class Explained:
    """One series of events in a file, or why there is none. `starts` and `ends` are ISO 8601 as the event was written."""

    file: Path
    event: Event | None = None
    verdict: Verdict | None = None
    starts: str = ""
    ends: str = ""
    problem: str = ""


class Reader:
    """Reads files for one owner, with what the configuration and the user's corrections add where there are any."""

    def __init__(self, owner: Owner, zone: str, lexicon: Lexicon | None = None, learned: Learned | None = None) -> None:
        self._owner = owner
        self._zone = zone
        self._lexicon = lexicon or load_lexicon()
        self._learned = learned or Learned()

    @property
    def knows_owner(self) -> bool:
        """Say whether there is an address that tells one side of the table from the other."""
        return bool(self._owner.emails)

    @classmethod
    def of(cls, chosen: Options, owners: Sequence[str], free_mail: Sequence[str]) -> Self:
        """Take owner and zone from the arguments, else from the configuration where there is one, else from the system."""
        from .wire import Wiring

        emails, providers = frozenset(owner.lower() for owner in owners), frozenset(free_mail)
        zone = guess.time_zone(os.environ) or "UTC"
        if chosen.config or chosen.config_path().exists():
            wired = Wiring(chosen)
            mine, zone = wired.owner(), wired.config.me.time_zone
            providers = mine.free_mail | set(free_mail)
            owner = Owner(emails=emails, free_mail=providers) if emails else replace(mine, free_mail=providers)
            return cls(owner, zone, wired.lexicon(), wired.learned())
        return cls(Owner(emails=emails, free_mail=providers), zone)

    def read(self, file: Path) -> Iterator[Explained]:
        """Yield what the file holds. What cannot be read is said, never raised."""
        try:
            text = _text(file)
            taken = self._google_events(text) if file.suffix.lower() == ".json" else self._events(text, file)
            found = list(taken)
        except ConfigError as error:
            yield Explained(file, problem=str(error))
            return
        events = _first_of_each([one for one in found if isinstance(one, Event)])
        problems = [str(one) for one in found if isinstance(one, Unreadable)]
        if not found:
            problems.append("There is no event in this file.")
        for event in events:
            verdict = classify(event, self._owner, self._lexicon, self._learned)
            starts, ends = self._written(event, event.starts_at), self._written(event, event.ends_at)
            yield Explained(file, event, verdict, starts, ends)
        for problem in problems:
            yield Explained(file, problem=problem)

    def _events(self, text: str, file: Path) -> Iterator[Event | Unreadable]:
        """Yield the occurrences of each series in a file, in a year from its start, or why it cannot be read."""
        for part in parts(text):
            seen = look(part.body)
            first = _day(seen.first) or datetime(1970, 1, 1, tzinfo=UTC)
            last = _day(seen.last) or (first + A_YEAR if seen.first else datetime(2100, 1, 1, tzinfo=UTC))
            try:
                window = Window(first - timedelta(days=3), last + timedelta(days=3))
                yield from read(part.text(), Place("", "", str(file), self._zone), window)
            except Unreadable as problem:
                yield problem
            except OverflowError:
                yield Unreadable("The entry lies beyond the years that can be counted.")

    def _google_events(self, text: str) -> Iterator[Event | Unreadable]:
        """Yield the events of one of Google's event resources, or of a list of them, or why one cannot be read."""
        from afterview.integrations.google.reading import event_from_json

        try:
            raw = json.loads(text)
        except (ValueError, RecursionError):
            raise ConfigError("The file is not JSON.") from None
        items = raw.get("items", [raw]) if isinstance(raw, dict) else raw
        if not isinstance(items, list):
            raise ConfigError("The file holds no event of Google Calendar.")
        for item in items:
            try:
                yield event_from_json(item, self._zone) if isinstance(item, dict) else Unreadable(_NO_EVENT)
            except Unreadable as problem:
                yield problem

    def _written(self, event: Event, at: datetime) -> str:
        """Write an instant as the event does: a day, a time without zone, or a time with the offset of its zone."""
        here = at.astimezone(ZoneInfo(event.zone or self._zone))
        if event.all_day:
            return here.date().isoformat()
        if event.floating:
            return here.replace(tzinfo=None).isoformat()
        return here.isoformat()


def _first_of_each(events: list[Event]) -> list[Event]:
    """Return the first occurrence of each series, by start."""
    once: dict[str, Event] = {}
    for event in sorted(events, key=lambda event: event.starts_at):
        once.setdefault(event.uid, event)
    return list(once.values())


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"The file cannot be read: {error.strerror}.") from None
    if len(raw) > LARGEST:
        raise ConfigError(f"The file is larger than {LARGEST // 2**20} MiB.")
    return raw.decode("utf-8-sig", "replace")


def _day(written: str) -> datetime | None:
    try:
        return datetime.strptime(written, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return None
