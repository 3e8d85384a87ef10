"""Where the demo plays: a calendar, a task list and a phone, on servers of its own."""

from datetime import date, datetime
from pathlib import Path
from typing import Protocol


class Stage(Protocol):
    """One kind of service. `url` is where it runs, `words` what it is."""

    url: str
    words: str

    def set_clock(self, at: datetime) -> None:
        """Let the time on the stage be this."""
        ...

    def account(self, folder: Path) -> str:
        """Make an empty calendar and list; return the account's table for the configuration in this folder."""
        ...

    def fill(self, today: date, zone: str) -> int:
        """Put Hannah's month into the calendar; return how many entries it has."""
        ...

    def tick(self, remote_id: str, at: datetime) -> None:
        """Mark a task as done on the phone."""
        ...
