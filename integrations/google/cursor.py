"""A sync token and what it is worth: it holds for the request it came from, and for the window of that request.

Google does not say what happens to a token under other parameters, and has handed out the same one for different
queries (home-assistant/core#81532). So a token is kept with a mark of the request, and dropped with it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from afterview.sync.identity import short_hash
from afterview.sync.ports import Window

_DRIFT = timedelta(hours=36)  # the window moves with the days; a nightly listing follows it


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a reading ended. `mark`: of the request; `starts_at`: where its window began."""

    token: str
    mark: str
    starts_at: datetime

    def written(self) -> str:
        """Return the one-line form, "" where Google gave no token."""
        told = {"token": self.token, "mark": self.mark, "from": self.starts_at.isoformat()}
        return json.dumps(told) if self.token else ""

    def holds(self, mark: str, window: Window) -> bool:
        """Tell whether the token may be used for a request."""
        return self.mark == mark and timedelta() <= window.starts_at - self.starts_at <= _DRIFT

    @classmethod
    def read(cls, written: str) -> "Cursor | None":
        """Read the one-line form; None for anything else."""
        try:
            raw = json.loads(written)
            return cls(str(raw["token"]), str(raw["mark"]), datetime.fromisoformat(raw["from"]))
        except (ValueError, TypeError, KeyError):
            return None


def mark_of(parameters: Mapping[str, Any], window: Window) -> str:
    """Return the mark of a request: everything that it asks for, and how long its window is."""
    told = json.dumps(parameters, sort_keys=True, default=str)
    return short_hash(f"{told} {(window.ends_at - window.starts_at).total_seconds():.0f}")
