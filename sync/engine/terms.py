"""What the engine is told about the user: everything that decides and does not come from a server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from shlex import quote

from ..classify import Lexicon
from ..classify.parties import Side, domain_of, registrable, side_of
from ..model import Owner
from ..playbook import PlaybookSettings
from ..ports import Window
from ..sharing import USUAL, Share

SETTLED = "settled"  # note in the ledger: what the last complete pass was made from, "" after any change
DELIVERED = "delivered to"  # note in the ledger: account and list that received the follow-ups last
DAILY = timedelta(hours=24)
SUSPICION = timedelta(minutes=10)  # a thing is gone when two complete listings this far apart lack it


@dataclass(frozen=True, slots=True)
class Terms:
    """The user's side of the table. `zone` is IANA; `before` and `after` span the window round now."""

    owner: Owner
    zone: str
    lexicon: Lexicon
    playbook: PlaybookSettings
    deliver_to: str = ""  # account id; "" keeps follow-ups in the ledger only
    accounts: frozenset[str] = (
        frozenset()
    )  # every account there is; what others once showed is given up; empty: no others
    before: timedelta = field(default=timedelta(days=90))
    after: timedelta = field(default=timedelta(days=180))
    shares: Mapping[str, frozenset[Share]] = field(default_factory=dict)  # by account, where it is not the usual

    def window(self, now: datetime) -> Window:
        return Window(now - self.before, now + self.after)

    def share(self, account: str) -> frozenset[Share]:
        """Return what may go into the book of an account."""
        return self.shares.get(account, USUAL)

    def employer(self, address: str) -> str:
        """Return the registered domain of an address if an employer may write from it, "" for services and public mail."""
        outside = side_of(address, self.owner, self.lexicon) is Side.OUTSIDE
        return registrable(domain_of(address)) if outside else ""


def listed_today(full_at: datetime | None, now: datetime) -> bool:
    """Tell whether a complete listing was made in the last day; one from the future was made with a wrong clock."""
    return full_at is not None and timedelta(0) <= now - full_at < DAILY


def too_many(missing: int, known: int) -> bool:
    """Tell whether more vanished at once than is believable: over three and over a fifth."""
    return missing > max(3, known * 0.2)


def held_words(missing: int, known: int, what: str, place: str) -> str:
    """Say why deletions are held, and how a person agrees to them."""
    return (
        f"{missing} of {known} {what} vanished from {place} at once; nothing was taken over. "
        f"If they are really gone: `afterview sync --accept-deletions {quote(place)}`"
    )
