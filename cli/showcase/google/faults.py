"""Faults on demand: which call goes wrong, when, and how."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from .problems import Problem

MESSAGES = {
    "authError": "Invalid Credentials",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "accessNotConfigured": "This API has not been used in project 1 before or it is disabled.",
    "rateLimitExceeded": "Rate Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
    "quotaExceeded": "Quota Exceeded",
    "dailyLimitExceeded": "Daily Limit Exceeded",
    "forbidden": "Forbidden",
    "notFound": "Not Found",
    "backendError": "Backend Error",
}


class Trouble(StrEnum):
    """What happens instead of a refusal."""

    LOST_BEFORE = "the connection closes, nothing was done"
    LOST_AFTER = "the connection closes after it was done"
    CUT = "the answer is cut short"
    GARBLED = "the answer is a web page"


@dataclass(slots=True)
class Fault:
    """One rule: calls that match `method` (a glob), after `skip` of them, `times` times."""

    method: str
    trouble: Trouble | None = None
    problem: Problem | None = None
    skip: int = 0
    times: int = 1

    def strikes(self, method: str) -> bool:
        """Use the rule up for a call; tell whether it applies."""
        if not self.times or not fnmatchcase(method, self.method):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


def refusal(status: int, reason: str, message: str = "", retry_after: str = "") -> Problem:
    """Make a refusal with Google's usual words."""
    return Problem(status, reason, message or MESSAGES.get(reason, reason), retry_after)
