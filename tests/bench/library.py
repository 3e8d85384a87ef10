"""The `caldav` library as its documentation uses it. `python -m tests.bench.library MODE URL FILE`.

Modes: `noop` (objects by sync token, without loading), `window` (search in the default window), `all` (search for
everything). The token is kept in FILE.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from caldav.davclient import DAVClient


def noop(calendar: Any, file: Path) -> None:
    """Ask for changes, of which there are none; the first time take the token only."""
    known = file.read_text() if file.exists() else None
    changes = calendar.get_objects_by_sync_token(sync_token=known, load_objects=False)
    if known and list(changes):
        raise SystemExit("changes where there should be none")
    file.write_text(str(changes.sync_token))


def window(calendar: Any, file: Path) -> None:
    """Read 270 days."""
    begins, ends = datetime(2026, 6, 3, 12, tzinfo=UTC), datetime(2027, 2, 28, 12, tzinfo=UTC)
    file.write_text(str(len(calendar.search(start=begins, end=ends, event=True, expand=False))))


def everything(calendar: Any, file: Path) -> None:
    """Read all events, which are not parsed."""
    file.write_text(str(len(calendar.search(event=True))))


MODES: dict[str, Callable[[Any, Path], None]] = {"noop": noop, "window": window, "all": everything}


def _calendar(url: str) -> Any:
    parts = urlsplit(url)
    bare = urlunsplit((parts.scheme, f"{parts.hostname}:{parts.port}", parts.path, "", ""))
    client: Any = DAVClient(url=bare, username=parts.username, password=parts.password)
    return client.calendar(url=bare)


if __name__ == "__main__":
    MODES[sys.argv[1]](_calendar(sys.argv[2]), Path(sys.argv[3]))
