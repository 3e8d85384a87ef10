"""Questions that were put with buttons: kept so that each is answered once, and by nobody but whom it was put to."""

import json
import sqlite3
from datetime import datetime

from ..model import Choice, Question


class Questions:
    """The table `question`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, question: Question) -> None:
        """Keep a question; one that is there already stays as it is."""
        self._connection.execute(
            "INSERT OR IGNORE INTO question (id, keys, choices, title, expires_at) VALUES (?, ?, ?, ?, ?)",
            (
                question.id,
                json.dumps(question.keys),
                json.dumps(question.choices),
                question.title,
                question.expires_at.isoformat(),
            ),
        )

    def get(self, question_id: str) -> Question | None:
        """Return a question, None if there is no such one."""
        found = self._connection.execute(
            "SELECT id, keys, choices, title, expires_at, answer FROM question WHERE id = ?", (question_id,)
        ).fetchone()
        if found is None:
            return None
        number, keys, choices, title, expires_at, answer = found
        return Question(
            id=number,
            keys=tuple(json.loads(keys)),
            choices=tuple(Choice(one) for one in json.loads(choices)),
            title=title,
            expires_at=datetime.fromisoformat(expires_at),
            answer=answer or "",
        )

    def use(self, question_id: str, choice: Choice, now: datetime) -> bool:
        """Write the answer down; False if there was one already."""
        return (
            self._connection.execute(
                "UPDATE question SET answer = ?, used_at = ? WHERE id = ? AND answer IS NULL",
                (choice.value, now.isoformat(), question_id),
            ).rowcount
            == 1
        )

    def drop_older(self, than: datetime) -> None:
        """Forget what expired before a moment; its address opens nothing any more."""
        self._connection.execute("DELETE FROM question WHERE expires_at < ?", (than.isoformat(),))

    def drop_about(self, keys: frozenset[str]) -> None:
        """Forget the questions about some follow-ups; their addresses open nothing any more."""
        rows = self._connection.execute("SELECT id, keys FROM question").fetchall()
        about = [(number,) for number, text in rows if not keys.isdisjoint(json.loads(text))]
        self._connection.executemany("DELETE FROM question WHERE id = ?", about)
