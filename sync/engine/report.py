"""What a pass did, for people (`sync`) and for programs (`sync --json`)."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done, or with `--dry-run` would be: `verb` is created, changed, withdrawn, done, cancelled..."""

    verb: str
    title: str
    due_at: datetime | None = None
    reason: str = ""


@dataclass
class AccountReport:
    """One account in one pass. `state` is ok, waiting, reauth, refused, gone, error or skipped.

    `partly`: whatever `error` says, a calendar of the account was read or its list was kept up. `defect`: what went
    wrong that nobody foresaw, for a report of it. `asked` and `parked` can name people: no log has them.
    """

    id: str
    state: str = "ok"
    error: str = ""
    partly: bool = False
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    events_seen: int = 0
    events_parsed: int = 0
    created: int = 0
    changed: int = 0
    withdrawn: int = 0
    facts: int = 0
    uncertain: int = 0
    held: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    defect: BaseException | None = field(default=None, repr=False)
    lines: list[Line] = field(default_factory=list)


@dataclass
class PassReport:
    """One pass over all accounts. `exit_code` is that of the gravest trouble, 0 when all is well."""

    accounts: list[AccountReport] = field(default_factory=list)
    seconds: float = 0.0
    exit_code: int = 0
    dry_run: bool = False
