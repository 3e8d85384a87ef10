"""What is in HubSpot, for the engine: everything, or what changed with an overlap, because a search lags behind.

The cursor is HubSpot's own time of the newest change seen. That a record is gone is believed after asking for it by its
id, which is exact and shows what a merged one became; the list, the bin and the search only say where to look.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from afterview.sync.model import RemoteRecord
from afterview.sync.ports import Coverage, RecordListing

from .deals import instant
from .objects import Object, Objects, TooMany

OVERLAP = timedelta(minutes=10)
_LONG = 2 * OVERLAP  # without news: then nothing comes to light any more


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one type. `known`: remote id -> etag."""

    objects: Objects
    records: Callable[[Iterable[Object]], list[RemoteRecord]]
    known: Mapping[str, str]

    def run(self, cursor: str) -> RecordListing:
        """Read changes since the cursor, else everything."""
        since = instant(cursor)
        if since is not None:
            try:
                return self._delta(cursor, since)
            except TooMany:
                pass  # so much changed at once that the whole list is the only way
        return self._complete(cursor)

    def _complete(self, cursor: str) -> RecordListing:
        found = {one.id: one for one in self.objects.all()}
        alive, survivors = self._looked_up([one for one in self.known if one not in found])
        found |= {one.id: one for one in alive}
        return RecordListing(
            Coverage.COMPLETE,
            _newest(cursor, found.values()),
            self._news(found.values()),
            present=frozenset(found),
            survivors=survivors,
        )

    def _delta(self, cursor: str, since: datetime) -> RecordListing:
        found = {one.id: one for one in self.objects.changed(since - OVERLAP)}
        gone = [one.id for one in self.objects.all(archived=True) if one.id in self.known]
        merged = [old for one in found.values() for old in one.merged if old in self.known and old != one.id]
        asked = list(dict.fromkeys((*gone, *merged)))
        alive, survivors = self._looked_up(asked)
        removed = frozenset(asked) - survivors.keys() - {one.id for one in alive}
        newest, last = _newest(cursor, found.values()), _newest("", found.values())
        found = {one.id: one for one in (*found.values(), *alive) if one.id not in removed | survivors.keys()}
        news = self._news(found.values())
        following = newest if news or removed or survivors else self._rested(newest, last)
        return RecordListing(Coverage.DELTA, following, news, removed, survivors=survivors)

    def _rested(self, newest: str, last: str) -> str:
        """Let the overlap end at the last change: else what changed at once, as by an import, is read with every pass."""
        moment = instant(last)
        if moment is None or self.objects.client.clock() - moment < _LONG:
            return newest
        return max(instant(newest) or moment, moment + OVERLAP).isoformat()

    def _news(self, found: Iterable[Object]) -> tuple[RemoteRecord, ...]:
        return tuple(one for one in self.records(found) if self.known.get(one.remote_id) != one.etag)

    def _looked_up(self, remote_ids: list[str]) -> tuple[list[Object], dict[str, str]]:
        """Ask for records that seem to be gone. Returns those that are there, and what became of merged ones."""
        found = self.objects.several(remote_ids)
        there = {one.id for one in found}
        survivors: dict[str, str] = {}
        if there - set(remote_ids):  # some became another one; which one, only one by one can be told
            for old in remote_ids:
                now = self.objects.get(old) if old not in there else None
                if now is not None:
                    survivors[old] = now.id
        return found, survivors


def _newest(cursor: str, found: Iterable[Object]) -> str:
    moments = [moment for moment in (instant(cursor), *(instant(one.at) for one in found)) if moment is not None]
    return max(moments).isoformat() if moments else ""
