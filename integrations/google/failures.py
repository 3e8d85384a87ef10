"""What Google's refusals mean, in one table. Pure.

    seen                                                          means
    400 with a sync token; 410 fullSyncRequired,                  StartOver: the token is worth nothing, list completely
        updatedMinTooLongAgo
    400                                                           item: Rejected; else Refused (ours to mend)
    401, after a new access token                                 AuthFailed
    403 insufficientPermissions, ACCESS_TOKEN_SCOPE_INSUFFICIENT  Refused: the permission is missing, sign in again
    403 accessNotConfigured, SERVICE_DISABLED                     Refused: switch the API on
    403 rateLimitExceeded, userRateLimitExceeded; 429             NotReady, until Retry-After or for a minute
    403 quotaExceeded, dailyLimitExceeded                         NotReady until midnight in California
    403 otherwise                                                 item: Rejected; else Refused
    404, 410                                                      item: Missing; else ListGone
    409                                                           item: AlreadyThere
    412                                                           item: Changed
    5xx                                                           write: Uncertain; else NotReady

Sources: Google's error guides for both services; reports of users (tasks/tasks#805, googleapis/google-api-ruby-client#1811).
Calendar names its reasons in `errors[].reason`, Tasks there and in an ErrorInfo of `details`; both are read.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from afterview.integrations.http import retry_at
from afterview.sync.errors import (
    AccountError,
    AlreadyThere,
    AuthFailed,
    Changed,
    ListGone,
    Missing,
    NotReady,
    Refused,
    Rejected,
    Uncertain,
    WriteError,
)
from afterview.sync.text import one_line

_PAUSE = timedelta(minutes=1)
_PACIFIC = ZoneInfo("America/Los_Angeles")
_SCOPE = frozenset(("insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"))
_DISABLED = frozenset(("accessNotConfigured", "SERVICE_DISABLED"))
_RATE = frozenset(("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"))
_DAY = frozenset(("quotaExceeded", "dailyLimitExceeded"))
_OVER = frozenset(("fullSyncRequired", "updatedMinTooLongAgo"))
_APIS = {"Google Calendar": "calendar-json.googleapis.com", "Google Tasks": "tasks.googleapis.com"}


class StartOver(Exception):
    """A token is not valid any more: drop it and list completely. Never leaves this integration."""


@dataclass(frozen=True, slots=True)
class About:
    """What a request is about, for the sentence. `what`: "The calendar Personal". `item`: one task or event of ours."""

    account: str
    service: str  # "Google Calendar" or "Google Tasks"
    what: str
    item: bool = False
    write: bool = False
    token: bool = False  # a sync token was sent

    @property
    def anew(self) -> str:
        """Say how to sign in again."""
        return f"run `afterview accounts reauth {one_line(self.account, 60)}`"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success."""

    status: int
    reasons: frozenset[str]
    words: str
    retry_at: datetime | None
    at: datetime


def refusal(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Refusal:
    """Read an answer. What is no error of Google's form has no reasons."""
    try:
        error = json.loads(body).get("error")
    except (ValueError, AttributeError, RecursionError):
        error = None
    error = error if isinstance(error, Mapping) else {}
    words = one_line(str(error.get("message") or ""), 160)
    return Refusal(status, frozenset(_reasons(error)), words, retry_at(headers, now), now)


def _reasons(error: Mapping[str, Any]) -> Iterator[str]:
    for name in ("errors", "details"):
        listed = error.get(name)
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, Mapping) and isinstance(one.get("reason"), str):
                yield str(one["reason"])


def meaning(seen: Refusal, about: About, lost: AuthFailed) -> AccountError | WriteError | StartOver:
    """Say what a refusal means. `lost`: what a 401 means for this account."""
    if seen.status == 401:
        return lost
    if seen.reasons & _OVER or (about.token and seen.status in {400, 410}):
        return StartOver(seen.words)
    if seen.status in {403, 429}:
        return _forbidden(seen, about)
    if seen.status >= 500:
        return _failed(seen, about)
    return _of_item(seen, about) if about.item else _of_list(seen, about)


def _failed(seen: Refusal, about: About) -> NotReady | Uncertain:
    if about.write:
        words = f"{about.what}: {about.service} failed (HTTP {seen.status}); it is looked up."
        return Uncertain(words, retry_at=seen.retry_at)
    return NotReady(
        f"{about.what}: {about.service} has an error of its own (HTTP {seen.status}); it is asked again later.",
        retry_at=seen.retry_at,
    )


def _forbidden(seen: Refusal, about: About) -> AccountError | WriteError:
    if seen.status == 429 or seen.reasons & _RATE:
        return NotReady(
            f"{about.service} asks for a pause; it is asked again later.", retry_at=seen.retry_at or seen.at + _PAUSE
        )
    if seen.reasons & _SCOPE:
        return missing_permission(about)
    if seen.reasons & _DISABLED:
        return Refused(
            f"{about.service} is not switched on in your Google Cloud project; open "
            f"console.cloud.google.com/apis/library/{_APIS[about.service]}, choose Enable, and wait a few minutes."
        )
    if seen.reasons & _DAY:
        return NotReady(
            f"{about.service} allows no more requests today; it is asked again after midnight in California.",
            retry_at=seen.retry_at or next_day(seen.at),
        )
    if about.item:
        return Rejected(f"{about.what}: {about.service} does not allow it{_said(seen)}.")
    return Refused(f"{about.what}: {about.service} does not allow this to your account{_said(seen)}.")


def _of_item(seen: Refusal, about: About) -> WriteError:
    if seen.status in {404, 410}:
        return Missing(f"{about.what} is not there any more.")
    if seen.status == 409:
        return AlreadyThere(f"{about.what} is there already.")
    if seen.status == 412:
        return Changed(f"{about.what} changed meanwhile.")
    return Rejected(f"{about.what}: {about.service} does not accept it{_said(seen)}.")


def _of_list(seen: Refusal, about: About) -> AccountError:
    if seen.status in {404, 410}:
        return gone(about)
    return Refused(f"{about.what}: {about.service} does not accept the request (HTTP {seen.status}){_said(seen)}.")


def gone(about: About) -> ListGone:
    """Say that a calendar or list is not there: deleted, not shared any more, renamed, or never there."""
    return ListGone(
        f"{about.what} is not there, or is not shared with you any more; check its name, "
        f"or run `afterview accounts reconfigure {one_line(about.account, 60)}` to choose another."
    )


def missing_permission(about: About) -> Refused:
    """Say that the user did not allow this on Google's page."""
    return Refused(
        f"{about.what}: {about.service} may not be used for this, because that permission was not given; "
        f"{about.anew} and tick every box."
    )


def next_day(now: datetime) -> datetime:
    """Return when Google's day is over: midnight in California."""
    there = now.astimezone(_PACIFIC)
    return (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _said(seen: Refusal) -> str:
    return f': "{seen.words}"' if seen.words else ""
