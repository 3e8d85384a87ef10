"""The addresses behind buttons: signed, so that nobody can make one up, and good until a moment. Pure.

A token is `QUESTION.MINUTE.SIGNATURE`: the question's id, the minute at which it expires (since 1970), and the first 128
bits of HMAC-SHA256 (RFC 2104) over both, in base64url. It is used once; the ledger remembers that.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

TOKEN = re.compile(r"([0-9a-f]{20})\.([0-9]{1,10})\.([A-Za-z0-9_-]{22})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def token(key: bytes, question: str, expires_at: datetime) -> str:
    """Return the token of a question."""
    minute = int((expires_at - _EPOCH).total_seconds()) // 60
    return f"{question}.{minute}.{_signature(key, question, minute)}"


def read_token(key: bytes, text: str) -> tuple[str, datetime] | None:
    """Return question and expiry of a token that we signed, None for any other text. Takes the same time for all."""
    match = TOKEN.fullmatch(text)
    if match is None:
        return None
    question, minute = match[1], int(match[2])
    if not hmac.compare_digest(_signature(key, question, minute), match[3]):
        return None
    return question, datetime.fromtimestamp(minute * 60, UTC)


def _signature(key: bytes, question: str, minute: int) -> str:
    signed = hmac.digest(key, f"answer|{question}|{minute}".encode(), "sha256")
    return urlsafe_b64encode(signed[:16]).decode().rstrip("=")
