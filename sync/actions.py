"""What `compare` decides for one task. Records only; carried out by the engine, shown by `sync --dry-run`."""

from dataclasses import dataclass, field

from .model import About, FollowUp, TaskFields


@dataclass(frozen=True, slots=True)
class Keep:
    """Nothing to write."""

    key: str


@dataclass(frozen=True, slots=True)
class Create:
    """Make the task."""

    key: str
    fields: TaskFields
    follow_up: FollowUp


@dataclass(frozen=True, slots=True)
class Update:
    """Make the task hold `fields`. `block` is our text inside its notes from then on."""

    key: str
    fields: TaskFields
    block: str
    about: About = field(default_factory=About)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take away a task that the user has not touched."""

    key: str
    reason: str = ""


Action = Keep | Create | Update | Withdraw
