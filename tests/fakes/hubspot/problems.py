"""Refusals of the test server, in the form in which HubSpot gives them."""

import json
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
CORRELATION = "5f1c1a3e-0000-4000-8000-000000000000"


@dataclass
class Problem(Exception):
    """A refusal. `more` are further keys of its body."""

    status: int
    category: str
    message: str
    more: Json = field(default_factory=dict)

    def body(self) -> Json:
        told = {"status": "error", "message": self.message, "correlationId": CORRELATION, "category": self.category}
        return {**told, **self.more}

    def item(self) -> Json:
        """Return it as one of several in an answer with status 207."""
        return {"status": "error", "id": CORRELATION, "category": self.category, "message": self.message, **self.more}


def invalid(message: str, **more: Any) -> Problem:
    return Problem(400, "VALIDATION_ERROR", message, more)


def invalid_value(name: str, error: str, message: str) -> Problem:
    told = [{"isValid": False, "message": message, "error": error, "name": name, "localizedErrorMessage": message}]
    return invalid(f"Property values were not valid: {json.dumps(told)}")


def conflict(existing: str) -> Problem:
    return Problem(409, "CONFLICT", f"Contact already exists. Existing ID: {existing}")


def unknown_object() -> Problem:
    return Problem(404, "OBJECT_NOT_FOUND", "Object not found.  objectId are usually numeric.")


def missing_scopes(scope: str) -> Problem:
    told = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": [scope]},
    }
    message = "This app hasn't been granted all required scopes to make this call."
    return Problem(403, "MISSING_SCOPES", message, {"errors": [told]})


def unauthorised() -> Problem:
    return Problem(401, "INVALID_AUTHENTICATION", "Authentication credentials not found or not valid.")


def limited(policy: str) -> Problem:
    message = (
        "You have reached your ten_secondly_rolling limit."
        if policy != "DAILY"
        else "You have reached your daily limit."
    )
    return Problem(429, "RATE_LIMITS", message, {"errorType": "RATE_LIMIT", "policyName": policy})
