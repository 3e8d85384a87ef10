"""People, companies and applications as an address book or a CRM holds them, and how ours are tied to theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Fields = Mapping[str, tuple[str, ...]]  # a field with one value holds one text, an empty one ()


class RecordKind(StrEnum):
    """What a record stands for. A CRM calls an application a deal or an opportunity, and an interview a meeting."""

    PERSON = "person"
    COMPANY = "company"
    APPLICATION = "application"
    INTERVIEW = "interview"
    NOTE = "note"
    TASK = "task"


# written and never read: what is said there is not heard
OURS_ALONE = frozenset({RecordKind.INTERVIEW, RecordKind.NOTE, RecordKind.TASK})


@dataclass(frozen=True, slots=True)
class RemoteRecord:
    """A record as the service has it. `key` is our identity in it, "" where there is none.

    `fields` are those that the engine knows (`sync.reconcile.RULES`); those that end in `_ids` name records of the same
    service that this one hangs together with, and `silent` says not to contact a person. `etag` None = must be fetched
    before the next write. `raw` is the service's own text, the base for an edit in place.
    """

    kind: RecordKind
    remote_id: str
    fields: Fields
    key: str = ""
    etag: str | None = None
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """A record to create under `key`; the integration derives UID, reference or marker from the key alone."""

    kind: RecordKind
    key: str
    fields: Fields


class LinkState(StrEnum):
    """LIVE: tied to a record. GONE: the user deleted the record; it is never made again. PARKED: refused, see `words`."""

    LIVE = "live"
    GONE = "gone"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Link:
    """Ours (`key`) tied to theirs (`remote_id`) in one account.

    `base`: the fields as last agreed. `given`: what was offered for each field, whether or not it was needed. `theirs`:
    fields of ours that the user took over. `mark`: of what was refused.
    """

    account: str
    kind: RecordKind
    key: str
    remote_id: str
    state: LinkState = LinkState.LIVE
    base: Fields = field(default_factory=dict)
    given: Fields = field(default_factory=dict)
    theirs: frozenset[str] = frozenset()
    mark: str = ""
    words: str = ""
    at: datetime | None = None
