"""What was seen in calendars: cursors, etags and sightings. A sighting is one occurrence in one place."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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

    `event` and `verdict` are None where it cannot be an interview. `seen_at`: first seen; `gone_at`: found missing;
    `alive_at`: last good reading before it was found missing.
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
    gone_at: datetime | None = None
    alive_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Vanished:
    """A resource that is not there any more, and whether it may have held an interview."""

    href: str
    interview: bool


_COLUMNS = "account, collection, href, key, uid, answer, title, starts, seen_at, event, verdict, gone_at, alive_at"


class Calendars:
    """The tables `collection`, `resource` and `sighting`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

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

    def forget_etag(self, key: str) -> None:
        """Make the resources that show `key` be read again with the next complete listing, and ask for that listing."""
        places = self._connection.execute(
            "SELECT DISTINCT account, collection, href FROM sighting WHERE key = ?", (key,)
        ).fetchall()
        for account, collection, href in places:
            self.drop_etags(account, collection, [href])
            self.want_full(account, collection)

    def sightings(self, *, everything: bool = False) -> tuple[Sighting, ...]:
        """Return what may be an interview, gone ones too; with `everything`, also what was found not to be one."""
        where = "" if everything else "WHERE answer IN ('yes', 'ask')"
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM sighting {where} ORDER BY starts, key, account, collection"  # noqa: S608 -- constants
        )
        return tuple(_sighting(row) for row in rows)

    def of(self, account: str, collection: str, href: str) -> tuple[Sighting, ...]:
        """Return what one resource showed."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM sighting WHERE account = ? AND collection = ? AND href = ?",  # noqa: S608 -- constants
            (account, collection, href),
        )
        return tuple(_sighting(row) for row in rows)

    def put(self, sighting: Sighting) -> None:
        """Store a sighting; the moment of its first sight is kept."""
        first = self._connection.execute(
            "SELECT seen_at FROM sighting WHERE account = ? AND collection = ? AND href = ? AND key = ?",
            (sighting.account, sighting.collection, sighting.href, sighting.key),
        ).fetchone()
        self._connection.execute(
            f"INSERT OR REPLACE INTO sighting ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                sighting.account,
                sighting.collection,
                sighting.href,
                sighting.key,
                sighting.uid,
                sighting.answer,
                sighting.title,
                sighting.starts,
                first[0] if first else sighting.seen_at.isoformat(),
                dump(sighting.event) if sighting.event else None,
                dump(sighting.verdict) if sighting.verdict else None,
                _iso(sighting.gone_at),
                _iso(sighting.alive_at),
            ),
        )

    def drop(self, account: str, collection: str, href: str) -> None:
        """Forget what a resource showed (it never was an interview)."""
        self._connection.execute(
            "DELETE FROM sighting WHERE account = ? AND collection = ? AND href = ? AND answer NOT IN ('yes', 'ask')",
            (account, collection, href),
        )

    def mark_gone(
        self, account: str, collection: str, href: str, *, at: datetime, alive_at: datetime | None, keep: frozenset[str]
    ) -> int:
        """Mark the occurrences of a resource that are not in `keep` as gone; return how many were not gone before."""
        gone = 0
        for sighting in self.of(account, collection, href):
            if sighting.key in keep or sighting.gone_at:
                continue
            self._connection.execute(
                """UPDATE sighting SET gone_at = ?, alive_at = ?
                   WHERE account = ? AND collection = ? AND href = ? AND key = ?""",
                (at.isoformat(), _iso(alive_at), account, collection, href, sighting.key),
            )
            gone += 1
        return gone

    def with_interviews(self, account: str, collection: str) -> frozenset[str]:
        """Return the hrefs of a collection that hold a possible interview which is not gone."""
        return frozenset(
            href
            for (href,) in self._connection.execute(
                """SELECT DISTINCT href FROM sighting WHERE account = ? AND collection = ? AND answer IN ('yes', 'ask')
                   AND gone_at IS NULL""",
                (account, collection),
            )
        )


def _sighting(row: tuple[str, str, str, str, str, str, str, str, str, str, str, str, str]) -> Sighting:
    return Sighting(
        *row[:8],
        seen_at=datetime.fromisoformat(row[8]),
        event=load(Event, row[9]) if row[9] else None,
        verdict=load(Verdict, row[10]) if row[10] else None,
        gone_at=_when(row[11]),
        alive_at=_when(row[12]),
    )


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
