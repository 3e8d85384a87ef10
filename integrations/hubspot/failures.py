"""What a refusal of HubSpot means, once for all requests.

401          the key is not accepted                    AuthFailed
403          the key lacks a permission                 Refused; of one record: Rejected
404          the record is not there                    Missing, where something was to be written
409          somebody else bears a value                AlreadyThere, with the id that only the words tell
423 429 477  not now; a daily limit is a long pause     NotReady
5xx          it may have happened, or not               Uncertain; where nothing was written NotReady
other 4xx    not accepted                               Rejected with HubSpot's words; of a reading Refused
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from afterview.integrations.http import Reply, retry_at
from afterview.sync.errors import (
    AfterviewError,
    AlreadyThere,
    AuthFailed,
    Missing,
    NotReady,
    Refused,
    Rejected,
    Uncertain,
)
from afterview.sync.text import one_line

_EXISTING = re.compile(r"Existing ID:\s*(\d{1,25})")  # HubSpot/hubspot-api-python#51
_INNER = re.compile(r"^([^:\[]{0,80}): (\[\{.*\}\])$", re.DOTALL)  # a list of refusals, as JSON inside the sentence
_PAUSE = timedelta(seconds=10)  # the window in which requests are counted
_DAILY_PAUSE = timedelta(hours=1)  # the day ends at midnight in the account's own zone
_STATUS = {"CONFLICT": 409, "OBJECT_NOT_FOUND": 404, "RATE_LIMITS": 429, "MISSING_SCOPES": 403, "INTERNAL_ERROR": 500}


@dataclass(frozen=True, slots=True)
class About:
    """What a request is about, for sentences. `write`: something may have changed when the answer is lost."""

    what: str
    write: bool = False


def meaning(reply: Reply, about: About, now: datetime) -> AfterviewError:
    """Return what a failed answer means."""
    return _meaning(reply.status, _object(reply.body), about, now, retry_at(reply.headers, now))


def of_item(error: Mapping[str, Any], about: About, now: datetime) -> AfterviewError:
    """Return what the refusal of one item in an answer about several means (status 207)."""
    category = str(error.get("category", ""))
    if not category:
        return Uncertain(f"{about.what}: HubSpot does not say what became of it.")
    return _meaning(_STATUS.get(category, 400), error, about, now, None)


def _meaning(
    status: int, body: Mapping[str, Any], about: About, now: datetime, wish: datetime | None
) -> AfterviewError:
    said = words(body) or f"HTTP {status}"
    if status == 401:
        return AuthFailed("HubSpot does not accept the service key any more; make a new one there and sign in again.")
    if status in {423, 429, 477}:
        return _pause(body, now, wish)
    if status == 403 and (body.get("category") == "MISSING_SCOPES" or not about.write):
        return Refused(f"The service key lacks a permission: {_scopes(body) or said}. Add it to the key in HubSpot.")
    return _of_write(status, body, about, wish) if about.write else _of_reading(status, body, about, wish)


def _pause(body: Mapping[str, Any], now: datetime, wish: datetime | None) -> NotReady:
    daily = "DAILY" in str(body.get("policyName", ""))
    limit = "gives no more answers today" if daily else "is busy"
    until = wish or now + (_DAILY_PAUSE if daily else _PAUSE)
    return NotReady(f"HubSpot {limit}; it is asked again later.", retry_at=until)


def _of_reading(status: int, body: Mapping[str, Any], about: About, wish: datetime | None) -> AfterviewError:
    if status >= 500:
        return NotReady(f"{about.what}: HubSpot failed (HTTP {status}); it is asked again later.", retry_at=wish)
    return Refused(f"{about.what}: HubSpot refuses: {words(body) or status}.")


def _of_write(status: int, body: Mapping[str, Any], about: About, wish: datetime | None) -> AfterviewError:
    if status >= 500:
        return Uncertain(f"{about.what}: HubSpot failed (HTTP {status}).", retry_at=wish)
    if status == 404:
        return Missing(f"{about.what} is not in HubSpot.")
    sentence = f"{about.what}: HubSpot says: {words(body) or status}."
    return AlreadyThere(sentence, remote_id=existing(body)) if status == 409 else Rejected(sentence)


def existing(body: Mapping[str, Any]) -> str:
    """Return the id of the record that stands in the way; it is told in the sentence only."""
    match = _EXISTING.search(str(body.get("message", "")))
    return match[1] if match else ""


def words(body: Mapping[str, Any]) -> str:
    """Return HubSpot's own words, readable and safe to show."""
    message = str(body.get("message", ""))
    said = list(_inner(message)) or [message]
    errors = body.get("errors")
    for one in errors if isinstance(errors, list) else ():
        text = str(one.get("message", "")) if isinstance(one, dict) else ""
        said += [text] if text and text not in message else []
    return one_line("; ".join(filter(None, said)), 300).rstrip(".")


def _inner(message: str) -> Iterator[str]:
    match = _INNER.match(message)
    try:
        refused = json.loads(match[2]) if match else []
    except (ValueError, RecursionError):
        return
    for one in refused:
        if isinstance(one, dict):
            yield ": ".join(str(one[name]) for name in ("name", "message") if one.get(name))


def _scopes(body: Mapping[str, Any]) -> str:
    errors = body.get("errors")
    for one in errors if isinstance(errors, list) else ():
        context = one.get("context") if isinstance(one, dict) else None
        scopes = context.get("requiredGranularScopes") if isinstance(context, dict) else None
        if isinstance(scopes, list):
            return one_line(", ".join(map(str, scopes)), 200)
    return ""


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
