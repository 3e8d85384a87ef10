"""The tables and their history. A migration is a tuple of statements; its place in the list is the schema version."""

import sqlite3

from ..ledger_version import VERSION, newer

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE fact (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, at TEXT NOT NULL,
               source TEXT NOT NULL, value TEXT NOT NULL)""",
        "CREATE TABLE memory (account TEXT, name TEXT, value TEXT NOT NULL, PRIMARY KEY (account, name)) WITHOUT ROWID",
        # one row a calendar or task list that is read
        """CREATE TABLE collection (account TEXT, name TEXT, cursor TEXT NOT NULL DEFAULT '', full_at TEXT, ok_at TEXT,
               held TEXT, PRIMARY KEY (account, name)) WITHOUT ROWID""",
        """CREATE TABLE resource (account TEXT, collection TEXT, href TEXT, etag TEXT NOT NULL,
               PRIMARY KEY (account, collection, href)) WITHOUT ROWID""",
        # one row an occurrence that was looked at; event and verdict only where it may be an interview
        """CREATE TABLE sighting (account TEXT, collection TEXT, href TEXT, key TEXT, uid TEXT NOT NULL,
               answer TEXT NOT NULL, title TEXT NOT NULL, starts TEXT NOT NULL, event TEXT, verdict TEXT,
               seen_at TEXT NOT NULL, suspect_at TEXT, gone_at TEXT, alive_at TEXT,
               PRIMARY KEY (account, collection, href, key)) WITHOUT ROWID""",
        "CREATE INDEX sighting_key ON sighting (key)",
        "CREATE INDEX sighting_answer ON sighting (answer) WHERE answer IN ('yes', 'ask')",
        # one row a task that exists in the list, as far as we know
        """CREATE TABLE task (key TEXT PRIMARY KEY, account TEXT NOT NULL, list TEXT NOT NULL, remote_id TEXT NOT NULL,
               etag TEXT, base TEXT NOT NULL, block TEXT NOT NULL, about TEXT NOT NULL, called_for INTEGER NOT NULL,
               suspect_at TEXT, asked TEXT NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE intent (id INTEGER PRIMARY KEY, account TEXT NOT NULL, list TEXT NOT NULL, key TEXT NOT NULL,
               operation TEXT NOT NULL, remote_id TEXT NOT NULL, fields TEXT NOT NULL, about TEXT NOT NULL,
               block TEXT NOT NULL, at TEXT NOT NULL)""",
        """CREATE TABLE parked (key TEXT PRIMARY KEY, mark TEXT NOT NULL, words TEXT NOT NULL, at TEXT NOT NULL)
               WITHOUT ROWID""",
        """CREATE TABLE health (account TEXT PRIMARY KEY, state TEXT NOT NULL, since TEXT NOT NULL, ok_at TEXT,
               words TEXT NOT NULL, not_before TEXT, failures INTEGER NOT NULL) WITHOUT ROWID""",
    ),
    (
        # one row a ring that was given to a push address: written before it is sent, gone if it certainly was not
        """CREATE TABLE rung (key TEXT, at TEXT, address TEXT, state TEXT NOT NULL, pushed_at TEXT NOT NULL,
               PRIMARY KEY (key, at, address)) WITHOUT ROWID""",
        # what rings when, as it was last thought out; the note says from what, and goes with the first change to that
        "CREATE TABLE ring (key TEXT PRIMARY KEY, at TEXT NOT NULL, planned TEXT NOT NULL) WITHOUT ROWID",
        *(
            f"CREATE TRIGGER ring_{table}_{what} AFTER {what} ON {table} "  # noqa: S608 -- names from here
            "BEGIN DELETE FROM meta WHERE name = 'rings'; END"
            for table in ("fact", "task", "sighting")
            for what in ("INSERT", "UPDATE", "DELETE")
        ),
        # one row a question that was put with buttons; `answer` and `used_at` once it is answered
        """CREATE TABLE question (id TEXT PRIMARY KEY, keys TEXT NOT NULL, choices TEXT NOT NULL, title TEXT NOT NULL,
               expires_at TEXT NOT NULL, answer TEXT, used_at TEXT) WITHOUT ROWID""",
    ),
    (
        # one row a record in an address book or CRM; of those that are not ours only what recognises a person
        """CREATE TABLE record (account TEXT, kind TEXT, remote_id TEXT, key TEXT NOT NULL, fields TEXT NOT NULL,
               suspect_at TEXT, PRIMARY KEY (account, kind, remote_id)) WITHOUT ROWID""",
        # ours tied to theirs; a row whose record is gone stays, so that it is never made again
        """CREATE TABLE link (account TEXT, kind TEXT, key TEXT, remote_id TEXT NOT NULL, state TEXT NOT NULL,
               base TEXT NOT NULL, given TEXT NOT NULL, theirs TEXT NOT NULL, mark TEXT NOT NULL, words TEXT NOT NULL,
               at TEXT, PRIMARY KEY (account, kind, key)) WITHOUT ROWID""",
        "CREATE UNIQUE INDEX link_remote ON link (account, kind, remote_id) WHERE remote_id <> ''",
        """CREATE TABLE record_intent (id INTEGER PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL,
               key TEXT NOT NULL, operation TEXT NOT NULL, remote_id TEXT NOT NULL, fields TEXT NOT NULL,
               given TEXT NOT NULL, theirs TEXT NOT NULL, at TEXT NOT NULL)""",
        # what a book was last brought up to date from goes with the first change to that
        *(
            f"CREATE TRIGGER book_{table}_{what} AFTER {what} ON {table} "  # noqa: S608 -- names from here
            "BEGIN DELETE FROM meta WHERE name GLOB 'book *'; END"
            for table in ("fact", "sighting")
            for what in ("INSERT", "UPDATE", "DELETE")
        ),
    ),
)


def migrate(connection: sqlite3.Connection, wanted: int | None = None) -> None:
    """Bring the tables to the newest version, or to the `wanted` one, each step in a transaction of its own."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if (newest := max(version, wanted or 0)) > VERSION:
        raise newer(newest)
    for number, statements in enumerate(MIGRATIONS[version:wanted], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number:d}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
