"""Interviews and notes as Tryton's own notes (`ir.note`), which hang on an opportunity or a party and are never changed.

One of ours is a group of notes with one last line (`marks`): one on each opportunity and party that it belongs to. An
interview that changed gets one more note on each; the newest counts. Its message is

    Interview: Initech, Engineer
    2026-09-01 10:00+02:00 - 2026-09-01 11:00+02:00
    Room 5
    [afterview i-... scheduled]

The server lets only administrators look through all notes, so they are looked for on what bears our key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from afterview.sync.errors import Missing, Rejected
from afterview.sync.identity import short_hash
from afterview.sync.model import Fields, RecordDraft, RecordKind, RemoteRecord

from .client import PAGE, Tryton
from .marks import last_line, read_last_line
from .opportunities import OPPORTUNITY
from .parties import PARTY
from .rows import Row

NOTE = "ir.note"
_HANGS_ON = {"application_ids": OPPORTUNITY, "people_ids": PARTY}
_BETWEEN = " - "


@dataclass(frozen=True, slots=True)
class Notes:
    """Interviews, or notes. Times are shown in `zone`."""

    kind: RecordKind
    client: Tryton
    zone: ZoneInfo

    def fetch(self, remote_id: str) -> RemoteRecord | None:
        found = self._search(["id", "=", int(remote_id)]) if remote_id.isdecimal() else ()
        keys = [read_last_line(str(row.get("message")))[1] for row in found]
        return self._group(keys[0]) if keys and keys[0] else None

    def find(self, key: str) -> tuple[RemoteRecord, ...]:
        found = self._group(key)
        return (found,) if found is not None else ()

    def create(self, draft: RecordDraft) -> RemoteRecord:
        places = _places(draft.fields)
        if not places:
            raise Rejected("Tryton keeps notes with an opportunity or a party; there is neither for this one.")
        self._add(self._message(draft.key, draft.fields), places)
        return self._there(draft.key)

    def update(self, record: RemoteRecord, fields: Fields, key: str) -> RemoteRecord:
        """Say it again where it changed, and where it was not said yet."""
        rows = self._rows(record.key or key)
        if not rows:
            raise Missing("The note is not there any more.")
        message = self._message(record.key or key, fields)
        said = message if self.kind is RecordKind.INTERVIEW else str(rows[-1]["message"])
        newest = {str(row["resource"]): str(row["message"]) for row in rows}
        places = dict.fromkeys((*newest, *_places(fields)))
        missing = [place for place in places if newest.get(place) != said]
        if missing:
            self._add(said, missing)
        return self._there(record.key or key)

    def _there(self, key: str) -> RemoteRecord:
        found = self._group(key)
        if found is None:
            raise Missing("The note is not there any more.")
        return found

    def _add(self, message: str, places: Iterable[str]) -> None:
        """Write on every place at once: all of them or none."""
        self.client.write(f"{NOTE}.create", [{"resource": place, "message": message} for place in places])

    def _group(self, key: str) -> RemoteRecord | None:
        rows = self._rows(key)
        if not rows:
            return None
        fields = dict(self._read(rows[-1]))
        places = list(dict.fromkeys(str(row["resource"]) for row in rows))
        for name, model in _HANGS_ON.items():
            fields[name] = tuple(place.partition(",")[2] for place in places if place.startswith(f"{model},"))
        kept = {name: values for name, values in fields.items() if values and values[0]}
        marked = short_hash(" ".join(str(row["id"]) for row in rows))
        return RemoteRecord(self.kind, str(rows[0]["id"]), kept, key, marked)

    def _rows(self, key: str) -> tuple[Row, ...]:
        """Return the notes under a key, the oldest first."""
        found = self._search(["message", "like", f"%[afterview {key}%"])
        return tuple(row for row in found if read_last_line(str(row.get("message")))[1] == key)

    def _search(self, *domain: Sequence[Any]) -> tuple[Row, ...]:
        places = [f"{PARTY},{one}" for one in self._ours(PARTY, "code", "identifiers.code")]
        places += [f"{OPPORTUNITY},{one}" for one in self._ours(OPPORTUNITY, "reference")]
        found: list[Row] = []
        for start in range(0, len(places), PAGE):
            part = ["resource", "in", places[start : start + PAGE]]
            found += self.client.search(NOTE, [part, *domain], ["message", "resource", "create_date"])
        return tuple(sorted(found, key=lambda row: int(row["id"])))

    def _ours(self, model: str, *names: str) -> list[int]:
        domain = ["OR", *([name, "like", "afterview-%"] for name in names)]
        return [row["id"] for row in self.client.search(model, domain, ["id"], active_test=False)]

    def _message(self, key: str, fields: Fields) -> str:
        one = {name: values[0] for name, values in fields.items() if values}
        if self.kind is RecordKind.NOTE:
            return f"{self._shown(one.get('at', ''))}\n{one.get('text', '').strip()}\n{last_line(key)}"
        times = _BETWEEN.join(self._shown(one.get(name, "")) for name in ("starts_at", "ends_at"))
        lines = [one.get("name", ""), times, *filter(None, [one.get("place")]), last_line(key, one.get("standing", ""))]
        return "\n".join(" ".join(line.split()) for line in lines)

    def _read(self, row: Row) -> dict[str, tuple[str, ...]]:
        text, _, word = read_last_line(str(row.get("message")))
        if self.kind is RecordKind.NOTE:
            at, _, words = text.partition("\n")
            return {"text": (words,), "at": (_meant(at),)}
        name, times, place, *_ = [*text.split("\n"), "", "", ""]
        starts_at, _, ends_at = times.partition(_BETWEEN)
        found = {"name": name, "starts_at": _meant(starts_at), "ends_at": _meant(ends_at), "place": place}
        return {**{name: (value,) for name, value in found.items()}, "standing": (word,)}

    def _shown(self, moment: str) -> str:
        """Return an instant as people read it; what is none stays as it is."""
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            return moment
        whole = at.second == at.microsecond == 0
        return at.astimezone(self.zone).isoformat(" ", "minutes" if whole else "auto") if at.tzinfo else moment


def _meant(shown: str) -> str:
    """Return the instant that is shown, in UTC."""
    try:
        at = datetime.fromisoformat(shown)
    except ValueError:
        return ""
    return at.astimezone(UTC).isoformat() if at.tzinfo else ""


def _places(fields: Fields) -> list[str]:
    """Return what a note is to hang on."""
    return [f"{model},{one}" for name, model in _HANGS_ON.items() for one in fields.get(name, ())]
