"""A task as the ledger knows it."""

from dataclasses import dataclass, field
from datetime import datetime

from .interview import Person
from .task import TaskFields


@dataclass(frozen=True, slots=True)
class About:
    """Whom a task concerns, so that a tick can be turned into a fact without planning anything."""

    step: str = ""
    interview: str = ""
    application: str = ""
    company: str = ""
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A task that exists in a list, as far as we know.

    `base`: the fields as last agreed; `block`: our text inside the notes as last written; `called_for`: the playbook has
    asked for it at least once since this ledger began; `suspect_at`: first complete listing that lacked it; `asked`: mark
    of what was last written, so that a server which stores it otherwise is not asked again and again.
    """

    key: str
    account: str
    list: str
    remote_id: str
    base: TaskFields
    etag: str | None = None
    block: str = ""
    about: About = field(default_factory=About)
    called_for: bool = True
    suspect_at: datetime | None = None
    asked: str = ""
