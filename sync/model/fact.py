"""Facts: what happened, kept for good. Only facts and events decide; nothing is remembered in any other way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How an application stands. Silence is never an outcome."""

    ADVANCED = "advanced"
    NO = "no"
    OFFER = "offer"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class FactKind(StrEnum):
    """What a fact is about. In brackets: subject; keys of `value`."""

    STARTED = "started"  # ("": the first start; history before it is filed, not nagged about)
    OUTCOME = "outcome"  # (application or interview key; outcome, note, at = ISO 8601 when it was heard)
    VERDICT = "verdict"  # (event key; answer = "yes" | "no")
    COMPLETED = "completed"  # (follow-up key; step, note, person, application, interview; was = "withdrawn")
    REOPENED = "reopened"  # (follow-up key; was = "withdrawn" if we had cancelled the task and the user wants it still)
    DISMISSED = "dismissed"  # (follow-up key; how = "deleted" | "cancelled" | "command")
    SNOOZED = "snoozed"  # (follow-up key; due, if that was moved, and ring: ISO 8601, or "none" if it was taken away)
    RENAMED = "renamed"  # (follow-up key; title)
    NOTED = "noted"  # (follow-up key; note)
    ADVICE = "advice"  # (person key, else application key; note, person = name, email, company, application, forgotten)
    PAID_OFF = "paid_off"  # (person key; note)
    MERGED = "merged"  # (company name; into = company name)
    REPLACED = "replaced"  # (interview key of the old event; by = interview key of the new one)
    CONFLICT = "conflict"  # (follow-up key; field, kept, lost): the losing side of a merge, kept for `afterview log`
    SAME = "same"  # (person key; as = person key, or record = "ACCOUNT REMOTE_ID": two are one)
    DIFFERENT = "different"  # (person key; from = person key, or record: what looks like one is two)
    # (person key; name, title, phone, email, company: what the user knows better; contact = "no" | "yes"; known_as = the
    # name where no event says one)
    PERSON = "person"
    # (key made of company and time; company, role, day or starts and ends = ISO 8601, person, email, note): told by the
    # user, whether or not it stands in a calendar
    INTERVIEW = "interview"
    APPLICATION = "application"  # (application key; role)
    FORGOTTEN = (
        "forgotten"  # (person key): whoever goes by it is left out of all that is read; its name is kept nowhere
    )
    UNDONE = "undone"  # (id of the fact that no longer counts)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened. `at` is UTC; `source` is "cli", "phone:ACCOUNT", "engine", "crm:ACCOUNT" and so on."""

    kind: FactKind
    subject: str
    at: datetime
    source: str
    value: Mapping[str, str] = field(default_factory=dict)
    id: int = 0  # given by the ledger; 0 until recorded
