"""Every failure that Afterview tells a person about, one class a meaning, each with its exit code.

    AfterviewError
    +-- ConfigError            2  a wrong key, type, value or name in what the user wrote
    +-- AccountError              something is wrong with one account; the others go on
    |   +-- AuthFailed         3  sign in again
    |   +-- Refused            3  the service says no, or cannot do it: a person must change something
    |   |   +-- ListGone       3  the calendar or task list is not there any more
    |   +-- NotReady           4  not now: network, 429, 5xx, a reply that cannot be read; nothing was changed
    |   +-- Defect             1  a mistake of our own in what this account does; its cause is the error itself
    +-- WriteError                one item could not be written (never leaves the engine)
    |   +-- AlreadyThere          create: something stands under this identity
    |   +-- Changed               the item is not what we last saw (412, 409)
    |   +-- Missing               the item is not there (404, 410)
    |   +-- Rejected              the service does not accept this item (400, 403 on an item, 415)
    |   +-- Uncertain             the answer was lost: it may or may not have happened
    +-- DeletionsHeld          5  more vanished at once than is believable; nothing was taken over
    +-- Busy                   6  another copy of Afterview is at work on the same state
    +-- StateError             7  the ledger cannot be read or written

Sentences say what happened, to what, and what to do; they never hold a secret. Exit code 1 is an error of our own.
"""

from datetime import datetime
from typing import ClassVar


class AfterviewError(Exception):
    """Base of every error that is shown as one sentence, without a traceback."""

    exit_code: ClassVar[int] = 1


class ConfigError(AfterviewError):
    """The configuration or an argument is wrong."""

    exit_code = 2


class AccountError(AfterviewError):
    """An account cannot be used now; `state` is the word that `status` shows."""

    exit_code = 3
    state: ClassVar[str] = "error"


class AuthFailed(AccountError):
    """The service does not accept the sign-in."""

    state = "reauth"


class Refused(AccountError):
    """The service refuses for good, or cannot do what is asked."""

    state = "refused"


class ListGone(Refused):
    """The calendar or task list does not exist (any more)."""

    state = "gone"


class NotReady(AccountError):
    """Not now. `retry_at` is the server's own wish (Retry-After), None when it expressed none."""

    exit_code = 4
    state = "waiting"

    def __init__(self, sentence: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(sentence)
        self.retry_at = retry_at


class Defect(AccountError):
    """Something that nobody foresaw went wrong in the work on one account. Made by `defect.contained` alone."""

    exit_code = 1


class WriteError(AfterviewError):
    """One item could not be written."""


class AlreadyThere(WriteError):
    """Something stands under this identity already: look, then adopt. `remote_id` is its, where the service tells."""

    def __init__(self, sentence: str, *, remote_id: str = "") -> None:
        super().__init__(sentence)
        self.remote_id = remote_id


class Changed(WriteError):
    """The item changed on the server since it was read: look, then merge."""


class Missing(WriteError):
    """The item is gone from the server."""


class Rejected(WriteError):
    """The service does not accept this item; `words` are its own, shortened."""


class Uncertain(WriteError):
    """The answer was lost; look before any other attempt. `retry_at` as in `NotReady`."""

    def __init__(self, sentence: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(sentence)
        self.retry_at = retry_at


class DeletionsHeld(AfterviewError):
    """Too much vanished at once; held until a person agrees."""

    exit_code = 5


class Busy(AfterviewError):
    """Another copy is running on the same state folder."""

    exit_code = 6


class StateError(AfterviewError):
    """The ledger cannot be opened, read or written."""

    exit_code = 7
