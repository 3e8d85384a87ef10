"""Google's errors, in the form that each of its two front ends gives them.

Calendar (the older one) answers {"error": {"errors": [{domain, reason, message}], code, message}}; Tasks (the newer one)
adds `status` and `details` with an ErrorInfo. Both forms are the ones that clients have recorded in public reports.
"""

import json
from dataclasses import dataclass
from typing import Any

from afterview.cli.showcase.web import Answered

STATUSES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS",
    410: "FAILED_PRECONDITION", 412: "FAILED_PRECONDITION", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL",
    501: "UNIMPLEMENTED", 503: "UNAVAILABLE",
}  # fmt: skip
INFOS = {  # legacy reason -> reason of the ErrorInfo that the newer front end adds
    "authError": "ACCESS_TOKEN_EXPIRED",
    "insufficientPermissions": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "accessNotConfigured": "SERVICE_DISABLED",
    "rateLimitExceeded": "RATE_LIMIT_EXCEEDED",
}
DOMAINS = {
    "rateLimitExceeded": "usageLimits",
    "userRateLimitExceeded": "usageLimits",
    "quotaExceeded": "usageLimits",
    "dailyLimitExceeded": "usageLimits",
    "accessNotConfigured": "usageLimits",
    "fullSyncRequired": "calendar",
    "updatedMinTooLongAgo": "calendar",
    "timeRangeEmpty": "calendar",
    "requiredAccessLevel": "calendar",
}
LOCATIONS = {
    "fullSyncRequired": ("parameter", "syncToken"),
    "updatedMinTooLongAgo": ("parameter", "updatedMin"),
    "conditionNotMet": ("header", "If-Match"),
    "authError": ("header", "Authorization"),
}


@dataclass(eq=False)
class Problem(Exception):
    """A refusal. `retry_after` becomes a header."""

    status: int
    reason: str
    message: str
    retry_after: str = ""

    def answer(self, api: str) -> Answered:
        """Write it as the front end of this API does."""
        headers = {"Content-Type": "application/json; charset=UTF-8"}
        if self.retry_after:
            headers["Retry-After"] = self.retry_after
        return Answered(self.status, json.dumps({"error": self._error(api)}).encode(), headers)

    def _error(self, api: str) -> dict[str, Any]:
        one = {"message": self.message, "domain": DOMAINS.get(self.reason, "global"), "reason": self.reason}
        if self.reason in LOCATIONS and api == "calendar":
            one["locationType"], one["location"] = LOCATIONS[self.reason]
        error: dict[str, Any] = {"code": self.status, "message": self.message, "errors": [one]}
        if api != "calendar":
            error["status"] = STATUSES.get(self.status, "UNKNOWN")
            if self.reason in INFOS:
                info = {"reason": INFOS[self.reason], "domain": "googleapis.com"}
                error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", **info}]
        return error


class ContractBroken(Exception):
    """The test server itself was about to answer something that Google's document does not allow."""


def invalid(message: str, reason: str = "invalid") -> Problem:
    """Say that the request is wrong."""
    return Problem(400, reason, message)


def not_found() -> Problem:
    """Say that there is nothing under this id."""
    return Problem(404, "notFound", "Not Found")
