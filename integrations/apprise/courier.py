"""What goes to and comes from the process that sends one push. Pure; no secret comes back.

Apprise loads nearly 50 MB for a message of a hundred bytes, and may hang in any of its 180 plugins. So each push has a
process of its own (`client.py`), which is gone when it is done, and killed when it takes too long.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from afterview.sync.ports import Push

NTFY = frozenset({"ntfy", "ntfys"})
BEGUN = "sending\n"  # what the process says before anything leaves it
_STATUS = re.compile(r"\berror=(\d{3})\b")
_NEVER_SENT = (
    "NameResolutionError",
    "Name or service not known",
    "NewConnectionError",
    "Connection refused",
    "ConnectTimeoutError",
    "CERTIFICATE_VERIFY_FAILED",
    "Unable to connect to proxy",
)
_SOCKET = "Socket Exception: "
_MAIL = re.compile(r"\(([45]\d\d), b")


class Ending(StrEnum):
    """How it ended. All but SENT and UNSURE mean that nothing was sent."""

    SENT = "sent"
    UNSURE = "unsure"
    LATER = "later"  # not now
    AUTH = "auth"  # the service does not accept the login in the address
    REFUSED = "refused"  # it says no
    UNKNOWN = "unknown"  # Apprise does not know such an address
    BROKEN = "broken"  # the process broke off before it sent anything


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a push: `service` as Apprise names it, `status` the HTTP status if there was one."""

    ending: Ending
    service: str = ""
    status: int = 0

    def written(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Verdict":
        """Read what the process said; one that broke off has sent nothing only if it had not begun."""
        begun = text.startswith(BEGUN)
        try:
            raw = json.loads(text.removeprefix(BEGUN))
            return cls(Ending(raw["ending"]), str(raw["service"]), int(raw["status"]))
        except (ValueError, KeyError, TypeError):
            return cls(Ending.UNSURE if begun else Ending.BROKEN)


def is_ntfy(url: str) -> bool:
    """Tell whether an address belongs to ntfy, which has buttons; also in the form in which ntfy itself writes it."""
    parts = urlsplit(url)
    return parts.scheme.lower() in NTFY or (parts.scheme == "https" and parts.hostname == "ntfy.sh")


def order(url: str, push: Push | None) -> str:
    """Write down what is to be sent; without a push the address is only looked at.

    Services without buttons and links get them as lines of the text.
    """
    check, push = push is None, push or Push("", "")
    ntfy = is_ntfy(url)
    extra = () if ntfy else tuple(line for line in (push.link, push.answers) if line)
    actions = [
        {"action": "http", "label": one.label, "url": one.url, "method": "POST", "clear": True} for one in push.actions
    ]
    return json.dumps(
        {
            "url": url,
            "check": check,
            "title": push.title,
            "body": "\n".join((push.body, *extra)),
            "click": push.link or push.answers if ntfy else "",
            "actions": json.dumps(actions[:3]) if ntfy and actions else "",
            "priority": push.urgency.value,
        }
    )


def verdict(service: str, log: Iterable[tuple[str, str]], targets: int) -> Verdict:
    """Say what became of a push that failed, from what Apprise wrote down about it: (level, message).

    A service that answers with an error has not taken it; a lost answer proves nothing. Several targets count only when
    it is known of each of them.
    """
    found = [one for level, line in log if (one := _evidence(service, level, line)) is not None]
    certain = bool(found) and len(found) >= targets and all(one.ending is not Ending.UNSURE for one in found)
    return found[0] if certain else Verdict(Ending.UNSURE, service)


def _evidence(service: str, level: str, line: str) -> Verdict | None:
    """Read one line. The message itself is logged too, at the level DEBUG, and must prove nothing."""
    if line.startswith(_SOCKET):
        if match := _MAIL.search(line):
            return Verdict(_mail_meaning(int(match[1])), service)
        never = any(sign in line for sign in _NEVER_SENT)
        return Verdict(Ending.LATER if never else Ending.UNSURE, service)
    if level == "WARNING" and (match := _STATUS.search(line)):
        return Verdict(_meaning(int(match[1])), service, int(match[1]))
    return None


def _mail_meaning(code: int) -> Ending:
    """Read the reply of a mail server (RFC 5321 section 4.2.1)."""
    if code in {530, 534, 535}:
        return Ending.AUTH
    return Ending.LATER if code < 500 else Ending.REFUSED


def _meaning(status: int) -> Ending:
    if status in {401, 403}:
        return Ending.AUTH
    if status in {408, 504} or status < 300:  # somebody on the way gave up waiting; a success that was not understood
        return Ending.UNSURE
    return Ending.LATER if status in {423, 425, 429} or status >= 500 else Ending.REFUSED


def read_order(text: str) -> dict[str, Any]:
    """Read what `order` wrote."""
    found: dict[str, Any] = json.loads(text)
    return found
