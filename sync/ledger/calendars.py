"""What was seen in calendars: cursors, etags and sightings. A sighting is one occurrence in one place."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from ..model import Event, Verdict
from .codec import dump, load


@dataclass(frozen=True, slots=True)
class CalendarState:
    """Where the reading of one collection stands. `full_at`: last complete listing; `ok_at`: last good reading."""

    cursor: str = ""
    full_at: datetime | None = None
    ok_at: datetime | None = None
    held: str = ""  # why deletions are held, "" if they are not


@dataclass(frozen=True, slots=True)
class Sighting:
    """One occurrence as last seen.

    `event` and `verdict` are None where it cannot be an interview. `seen_at`: first seen; `suspect_at`: missing from one
    complete listing, which proves nothing yet; `gone_at`: found missing for good; `alive_at`: last good reading before
    it was found missing.
    """

    account: str
    collection: str
    href: str
    key: str
    uid: str
    answer: str  # yes, ask, no, skipped
    title: str
    starts: str
    seen_at: datetime
    event: Event | None = None
    verdict: Verdict | None = None
    suspect_at: datetime | None = None
    gone_at: datetime | None = None
    alive_at: datetime | None = None


_COLUMNS = (
    "account, collection, href, key, uid, answer, title, starts, seen_at, event, verdict, suspect_at, gone_at, alive_at"
)
_ALIVE = "account = ? AND collection = ? AND answer IN ('yes', 'ask') AND gone_at IS NULL"
_IS_CALENDAR = "({0} NOT LIKE 'tasks:%' AND {0} NOT LIKE 'book:%')"  # and neither a task list nor a book
_RENEWED = ", ".join(  # all but what identifies a sighting and the moment of its first sight
    f"{name} = excluded.{name}"
    for name in ("uid", "answer", "title", "starts", "event", "verdict", "suspect_at", "gone_at", "alive_at")
)


class Calendars:
    """The tables `collection`, `resource` and `sighting`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.version = 0  # counts changes to sightings made through this object

    def state(self, account: str, collection: str) -> CalendarState:
        """Return where reading stands; a fresh state for what was never read."""
        found = self._connection.execute(
            "SELECT cursor, full_at, ok_at, held FROM collection WHERE account = ? AND name = ?", (account, collection)
        ).fetchone()
        return CalendarState(found[0], _when(found[1]), _when(found[2]), found[3] or "") if found else CalendarState()

    def set_state(self, account: str, collection: str, state: CalendarState) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO collection VALUES (?, ?, ?, ?, ?, ?)",
            (account, collection, state.cursor, _iso(state.full_at), _iso(state.ok_at), state.held or None),
        )

    def want_full(self, account: str = "", collection: str = "") -> None:
        """Ask for a complete listing next time, of one collection or of all."""
        self._connection.execute(
            "UPDATE collection SET full_at = NULL WHERE (account = ? OR ? = '') AND (name = ? OR ? = '')",
            (account, account, collection, collection),
        )

    def held(self) -> tuple[tuple[str, str, str], ...]:
        """Return (account, collection, why) of every collection whose deletions are held."""
        return tuple(
            self._connection.execute("SELECT account, name, held FROM collection WHERE held IS NOT NULL ORDER BY 1, 2")
        )

    def etags(self, account: str, collection: str) -> dict[str, str]:
        """Return href -> etag of every resource known in a collection."""
        return dict(
            self._connection.execute(
                "SELECT href, etag FROM resource WHERE account = ? AND collection = ?", (account, collection)
            )
        )

    def etag(self, account: str, collection: str, href: str) -> str | None:
        """Return the etag of one resource, None if it is not known."""
        found = self._connection.execute(
            "SELECT etag FROM resource WHERE account = ? AND collection = ? AND href = ?", (account, collection, href)
        ).fetchone()
        return str(found[0]) if found else None

    def set_etags(self, account: str, collection: str, etags: Iterable[tuple[str, str]]) -> None:
        self._connection.executemany(
            "INSERT OR REPLACE INTO resource VALUES (?, ?, ?, ?)",
            ((account, collection, href, etag) for href, etag in etags),
        )

    def drop_etags(self, account: str, collection: str, hrefs: Iterable[str]) -> None:
        self._connection.executemany(
            "DELETE FROM resource WHERE account = ? AND collection = ? AND href = ?",
            ((account, collection, href) for href in hrefs),
        )

    def forget(self, account: str, collection: str) -> None:
        """Forget cursor and etags of a collection, so that all of it is read again."""
        self._connection.execute("DELETE FROM collection WHERE account = ? AND name = ?", (account, collection))
        self._connection.execute("DELETE FROM resource WHERE account = ? AND collection = ?", (account, collection))

    def places(self) -> tuple[tuple[str, str], ...]:
        """Return (account, collection) of every calendar that was ever read and not given up."""
        return tuple(
            self._connection.execute(
                f"SELECT account, name FROM collection WHERE {_IS_CALENDAR.format('name')} ORDER BY 1, 2"  # noqa: S608 -- constant
            )
        )

    def leave(self, account: str, collection: str, now: datetime) -> bool:
        """Give up a calendar that is not read any more: nobody vouches for what it showed.

        What is over stays as history, unless another calendar shows it too; what was to come is forgotten. Returns
        whether anything was.
        """
        place = {"account": account, "collection": collection, "now": now.isoformat()}
        forgotten = self._connection.execute(
            """DELETE FROM sighting WHERE account = :account AND collection = :collection
               AND (starts >= :now OR event IS NULL OR EXISTS (SELECT 1 FROM sighting AS other WHERE other.key = sighting.key
                    AND (other.account, other.collection) != (:account, :collection)))""",
            place,
        ).rowcount
        self._connection.execute(
            "UPDATE collection SET cursor = '', full_at = NULL, held = NULL WHERE account = :account AND name = :collection",
            place,
        )
        self._connection.execute("DELETE FROM resource WHERE account = :account AND collection = :collection", place)
        return forgotten > 0

    def forget_etag(self, key: str) -> None:
        """Make the resources that show `key` be read again with the next complete listing, and ask for that listing."""
        places = self._connection.execute(
            "SELECT DISTINCT account, collection, href FROM sighting WHERE key = ?", (key,)
        ).fetchall()
        for account, collection, href in places:
            self.drop_etags(account, collection, [href])
            self.want_full(account, collection)

    def read_everything_again(self) -> None:
        """Make every calendar be read as if for the first time; what it showed, and when last, is kept."""
        self._connection.execute(
            f"UPDATE collection SET cursor = '', full_at = NULL WHERE {_IS_CALENDAR.format('name')}"  # noqa: S608 -- constant
        )
        self._connection.execute(f"DELETE FROM resource WHERE {_IS_CALENDAR.format('collection')}")  # noqa: S608 -- constant

    def latest(self, key: str) -> Sighting | None:
        """Return the sighting of an occurrence that tells most about it: one whose event is kept, the newest."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM sighting WHERE key = ? ORDER BY event IS NULL, seen_at DESC LIMIT 1",  # noqa: S608 -- constants
            (key,),
        ).fetchone()
        return _sighting(row) if row else None

    def sightings(self, *, everything: bool = False) -> tuple[Sighting, ...]:
        """Return what may be an interview, gone ones too; with `everything`, also what was found not to be one."""
        where = "" if everything else "WHERE answer IN ('yes', 'ask')"
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM sighting {where} ORDER BY starts, key, account, collection"  # noqa: S608 -- constants
        )
        return tuple(_sighting(row) for row in rows)

    def put(self, sighting: Sighting) -> None:
        """Store a sighting; the moment of its first sight is kept."""
        self.version += 1
        self._connection.execute(
            f"INSERT INTO sighting ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 -- constants
            f"ON CONFLICT DO UPDATE SET {_RENEWED}",
            (
                sighting.account,
                sighting.collection,
                sighting.href,
                sighting.key,
                sighting.uid,
                sighting.answer,
                sighting.title,
                sighting.starts,
                sighting.seen_at.isoformat(),
                dump(sighting.event) if sighting.event else None,
                dump(sighting.verdict) if sighting.verdict else None,
                _iso(sighting.suspect_at),
                _iso(sighting.gone_at),
                _iso(sighting.alive_at),
            ),
        )

    def drop(self, account: str, collection: str, href: str) -> None:
        """Forget what a resource showed: it turned out not to be an interview."""
        self.version += 1
        self._connection.execute(
            "DELETE FROM sighting WHERE account = ? AND collection = ? AND href = ?", (account, collection, href)
        )

    def mark_gone(self, sighting: Sighting, *, at: datetime, alive_at: datetime | None) -> None:
        """Record that an occurrence is not there any more."""
        self._mark(sighting, "suspect_at = NULL, gone_at = ?, alive_at = ?", at.isoformat(), _iso(alive_at))

    def mark_suspect(self, sighting: Sighting, at: datetime | None, alive_at: datetime | None = None) -> None:
        """Record that an occurrence was missing once, or (None) that it is back."""
        self._mark(sighting, "suspect_at = ?, alive_at = ?", _iso(at), _iso(alive_at))

    def vouch(self, keys: Iterable[str], at: datetime) -> None:
        """Record that what was found missing was alive until later: somebody knows that it took place."""
        self.version += 1
        self._connection.executemany(
            """UPDATE sighting SET alive_at = ? WHERE key = ? AND (gone_at IS NOT NULL OR suspect_at IS NOT NULL)
               AND coalesce(alive_at, '') < ?""",
            ((at.isoformat(), key, at.isoformat()) for key in keys),
        )

    def _mark(self, sighting: Sighting, change: str, *values: str | None) -> None:
        self.version += 1
        place = (sighting.account, sighting.collection, sighting.href, sighting.key)
        self._connection.execute(
            f"UPDATE sighting SET {change} WHERE account = ? AND collection = ? AND href = ? AND key = ?",  # noqa: S608 -- constants
            (*values, *place),
        )

    def alive(self, account: str, collection: str, hrefs: Iterable[str] | None = None) -> dict[str, list[Sighting]]:
        """Return href -> possible interviews in a collection that are not gone; of some resources, or of all."""
        found: dict[str, list[Sighting]] = {}
        for where, values in [("", ())] if hrefs is None else [("AND href = ?", (href,)) for href in hrefs]:
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM sighting WHERE {_ALIVE} {where} ORDER BY starts, key",  # noqa: S608 -- constants
                (account, collection, *values),
            )
            for row in rows:
                found.setdefault(row[2], []).append(_sighting(row))
        return found

    def count_alive(self, account: str, collection: str) -> int:
        """Count the resources of a collection that show a possible interview."""
        count: int = self._connection.execute(
            f"SELECT count(DISTINCT href) FROM sighting WHERE {_ALIVE}",  # noqa: S608 -- constants
            (account, collection),
        ).fetchone()[0]
        return count


class Etags(Mapping[str, str]):
    """href -> etag of a collection, read from the ledger only if somebody asks: a few one by one, many as a whole."""

    FEW = 100

    def __init__(self, calendars: Calendars, account: str, collection: str) -> None:
        self._one = partial(calendars.etag, account, collection)
        self._all = partial(calendars.etags, account, collection)
        self._found: dict[str, str] | None = None
        self._asked = 0

    def _etags(self) -> dict[str, str]:
        if self._found is None:
            self._found = self._all()
        return self._found

    def __getitem__(self, href: str) -> str:
        self._asked += 1
        few = self._found is None and self._asked <= self.FEW
        found = self._one(href) if few else self._etags().get(href)
        if found is None:
            raise KeyError(href)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._etags())

    def __len__(self) -> int:
        return len(self._etags())


def _sighting(row: Sequence[Any]) -> Sighting:
    account, collection, href, key, uid, answer, title, starts, seen, event, verdict, suspect, gone, alive = row
    return Sighting(
        account=account,
        collection=collection,
        href=href,
        key=key,
        uid=uid,
        answer=answer,
        title=title,
        starts=starts,
        seen_at=datetime.fromisoformat(seen),
        event=load(Event, event) if event else None,
        verdict=load(Verdict, verdict) if verdict else None,
        suspect_at=_when(suspect),
        gone_at=_when(gone),
        alive_at=_when(alive),
    )


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
