"""Questions that a push puts with buttons, and the answers there are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Choice(StrEnum):
    """What a button says. The words are in `words/*.toml`."""

    DONE = "done"
    LATER = "later"
    NO = "no"
    NEXT = "next"
    NOT_YET = "not_yet"
    YES = "yes"  # it was an interview
    NOT_ONE = "not_one"


@dataclass(frozen=True, slots=True)
class Question:
    """What was put with buttons: the follow-ups it is about and the answers it takes, until `expires_at`, once.

    `title` is what is asked, "" for several follow-ups at once; `answer` what was answered, "" before that.
    """

    id: str
    keys: tuple[str, ...]
    choices: tuple[Choice, ...]
    title: str
    expires_at: datetime
    answer: str = ""
