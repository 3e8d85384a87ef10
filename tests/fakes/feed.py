"""A calendar feed with conditional GET, and with the switches that real feeds come with."""

import hashlib
import itertools
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fakes.web import Answered, Asked, WebServer


@dataclass(slots=True)
class Feed:
    """`blocks`: UID -> VEVENT lines. `churns`: every fetch gives new UIDs. `etags`: knows If-None-Match."""

    blocks: dict[str, str] = field(default_factory=dict)
    churns: bool = False
    etags: bool = True
    answers: list[Answered] = field(default_factory=list)  # used up before the feed itself answers
    fetches: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def text(self) -> str:
        fetch = next(self.fetches) if self.churns else 0
        blocks = (
            f"BEGIN:VEVENT\r\nUID:{uid}{f'-{fetch}' if fetch else ''}\r\n"
            f"DTSTAMP:20260901T080000Z\r\n{lines}\r\nEND:VEVENT\r\n"
            for uid, lines in self.blocks.items()
        )
        return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//feed//feed//EN\r\n" + "".join(blocks) + "END:VCALENDAR\r\n"

    def answer(self, asked: Asked) -> Answered:
        if self.answers:
            return self.answers.pop(0)
        body = self.text().encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.etags and asked.headers.get("if-none-match") == etag:
            return Answered(304, headers={"ETag": etag})
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        return Answered(200, body, {**headers, "ETag": etag} if self.etags else headers)


@contextmanager
def serving(feed: Feed) -> Generator[WebServer, None, None]:
    """Serve a feed."""
    server = WebServer(feed.answer)
    try:
        yield server
    finally:
        server.close()
