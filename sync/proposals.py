"""What only the user can tell: who may be somebody else in the directory, or somebody in a book already. Pure.

A question goes away with its answer, which is a fact: the same, or different.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .cards import is_worth_a_record
from .history import History
from .identity import short_hash
from .matching import Catalogue, How, namesakes
from .model import Contact, Fact, FactKind, Link, RecordKind, RemoteRecord


@dataclass(frozen=True, slots=True)
class Proposal:
    """Is `contact` also `other`, or also `record` in `account`? `id` is short, and the same as long as the question is."""

    id: str
    contact: Contact
    other: Contact | None = None
    account: str = ""
    record: RemoteRecord | None = None

    def answered(self, now: datetime, source: str, *, yes: bool) -> Fact:
        """Return the fact that answers it."""
        kind = FactKind.SAME if yes else FactKind.DIFFERENT
        if self.record is not None:
            return Fact(kind, self.contact.key, now, source, {"record": f"{self.account} {self.record.remote_id}"})
        other = self.other.key if self.other is not None else ""
        return Fact(kind, self.contact.key, now, source, {"as" if yes else "from": other})


def proposals(
    people: Iterable[Contact],
    records: Mapping[str, Mapping[str, RemoteRecord]],
    links: Iterable[Link],
    history: History,
) -> tuple[Proposal, ...]:
    """Return what is to be asked. `records` are the people in each account, by id."""
    everybody, tied = tuple(people), tuple(links)
    found = [Proposal(_id(one.key, other.key), one, other) for one, other in namesakes(everybody, history)]
    for account, copies in sorted(records.items()):
        mine = {link.key: link for link in tied if (link.account, link.kind) == (account, RecordKind.PERSON)}
        catalogue = Catalogue(account, dict(copies), mine, history)
        for contact in filter(is_worth_a_record, everybody):
            match = catalogue.match(contact)
            if match.how is How.ASK:
                found += [
                    Proposal(_id(contact.key, account, one.remote_id), contact, account=account, record=one)
                    for one in match.asked
                ]
    return tuple(found)


def _id(*parts: str) -> str:
    return short_hash(" ".join(parts))[:6]
