"""Brings the people in a book to what is wanted: match, merge field by field, write what differs.

journal -> one request -> link, copy and journal in one transaction. What was refused is parked with the service's words and
tried again when something changed, or after a day.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ..cards import card, is_worth_a_record
from ..errors import AlreadyThere, Changed, Missing, Rejected, Uncertain
from ..history import History
from ..identity import short_hash
from ..ledger.records import RecordIntent, RecordWrite
from ..matching import Catalogue, How, Match
from ..model import Contact, Fields, Link, LinkState, RecordDraft, RemoteRecord
from ..reconcile import RULES, Agreed, Rule, reconcile, same_fields
from ..wording import Words
from .books import BookReader
from .report import Line
from .terms import DAILY

_ROUNDS = 2


@dataclass(slots=True)
class BookWriter:
    """Writes people of one account. `asked` collects whom the user has to decide on."""

    reader: BookReader
    words: Words
    out_of_time: Callable[[], bool]
    dry_run: bool
    asked: list[Contact] = field(default_factory=list)
    _unfinished: bool = False

    def run(self, people: Iterable[Contact], history: History) -> bool:
        """Write what differs. Returns whether nothing is left to do."""
        records, account, kind = self.reader.ledger.records, self.reader.account, self.reader.kind

        def catalogue() -> Catalogue:
            links = {link.key: link for link in records.links(account, kind)}
            return Catalogue(account, records.copies(account, kind, self.reader.book.name), links, history)

        known = catalogue()
        for contact in people:
            if self.out_of_time():
                return False
            if self._one(contact, known.match(contact), known.links):
                known = catalogue()
        return not self._unfinished

    def _one(self, contact: Contact, match: Match, links: Mapping[str, Link]) -> bool:
        """Bring one person up to date. Returns whether links or copies changed."""
        wanted = card(contact, self.words)
        if match.how is How.LINKED:
            assert match.link is not None  # noqa: S101 -- what LINKED means
            return match.record is not None and self._merge(contact, match.link, match.record, wanted)
        if not is_worth_a_record(contact) or match.how is How.GONE:
            return False
        if match.how is How.ASK:
            self.asked.append(contact)
            return False
        if match.record is not None:
            return self._adopt(contact, match.record.remote_id, wanted, marked=match.how is How.MARKED)
        parked = next((links[key] for key in contact.keys if key in links), None)
        if parked is not None and self._is_parked(parked, wanted):
            return False
        return self._create(contact, wanted)

    def _adopt(self, contact: Contact, remote_id: str, wanted: Fields, *, marked: bool) -> bool:
        """Tie a record that is there to the person. `marked`: it is ours already, so what is empty was cleared."""
        record = self.reader.book.fetch(self.reader.kind, remote_id)
        if record is None:
            return False
        link = Link(
            self.reader.account, self.reader.kind, contact.key, remote_id, base=record.fields, at=self.reader.now
        )
        if marked:
            ours = [name for name, rule in RULES.items() if rule is Rule.OURS]
            cleared = frozenset(name for name in ours if wanted.get(name) and not record.fields.get(name))
            link = replace(link, given=wanted, theirs=cleared)
        if not self.dry_run:
            with self.reader.ledger.transaction():
                self.reader.keep(link, record)
        self._merge(contact, link, record, wanted)
        return True

    def _merge(self, contact: Contact, link: Link, record: RemoteRecord, wanted: Fields) -> bool:
        for _ in range(_ROUNDS):
            agreed = reconcile(link, record.fields, wanted)
            bears_our_mark = record.key in contact.keys or bool(link.given)  # asked for once: some clients drop it
            if same_fields(agreed.fields, record.fields) and bears_our_mark:
                return self._remember(link, record, agreed)
            if self._is_parked(link, agreed.fields):
                return False
            try:
                return self._update(contact, link, record, agreed)
            except Changed:
                fresh = self.reader.book.fetch(self.reader.kind, record.remote_id)
                if fresh is None:
                    return self._lost(link)
                record = fresh
        self._unfinished = True
        return False

    def _remember(self, link: Link, record: RemoteRecord, agreed: Agreed) -> bool:
        """Take over what the user changed, where there is nothing to write."""
        same = same_fields(link.base, record.fields) and link.given == agreed.given and link.theirs == agreed.theirs
        if same or self.dry_run:
            return False
        with self.reader.ledger.transaction():
            self.reader.keep(_tied(link, record, agreed, self.reader.now), record)
        return True

    def _update(self, contact: Contact, link: Link, record: RemoteRecord, agreed: Agreed) -> bool:
        fresh = "taken over" if not link.given else "changed"
        if self.dry_run:
            self._tell(fresh, contact)
            return False
        number = self._begin(RecordWrite.UPDATE, contact, agreed, record.remote_id)
        key = record.key if record.key in contact.keys else contact.key
        try:
            stored = self.reader.book.update(record, agreed.fields, key)
        except Changed:
            self.reader.ledger.records.finish(number)
            raise
        except Missing:
            with self.reader.ledger.transaction():
                self.reader.ledger.records.finish(number)
            return self._lost(link)
        except Rejected as error:
            return self._park(number, contact, link, agreed.fields, error)
        except Uncertain:
            return self._uncertain()
        self._done(number, _tied(link, stored, agreed, self.reader.now), stored)
        self._tell(fresh, contact)
        return True

    def _create(self, contact: Contact, wanted: Fields) -> bool:
        if self.dry_run:
            self._tell("created", contact)
            return False
        reader = self.reader
        agreed = Agreed(wanted, wanted, frozenset())
        link = Link(reader.account, reader.kind, contact.key, "")
        number = self._begin(RecordWrite.CREATE, contact, agreed, "")
        try:
            stored = reader.book.create(RecordDraft(reader.kind, contact.key, wanted))
        except AlreadyThere as error:
            found = reader.book.find(reader.kind, contact.key)
            if not found:
                return self._park(number, contact, link, wanted, Rejected(str(error)))
            reader.ledger.records.finish(number)
            return self._adopt(contact, found[0].remote_id, wanted, marked=True)
        except Rejected as error:
            return self._park(number, contact, link, wanted, error)
        except Uncertain:
            return self._uncertain()
        self._done(number, _tied(link, stored, agreed, reader.now), stored)
        self._tell("created", contact)
        return True

    def _begin(self, operation: RecordWrite, contact: Contact, agreed: Agreed, remote_id: str) -> int:
        reader = self.reader
        intent = RecordIntent(
            reader.account,
            reader.kind,
            contact.key,
            operation,
            agreed.fields,
            agreed.given,
            agreed.theirs,
            reader.now,
            remote_id,
        )
        with reader.ledger.transaction():
            return reader.ledger.records.begin(intent)

    def _done(self, number: int, link: Link, stored: RemoteRecord) -> None:
        with self.reader.ledger.transaction():
            self.reader.keep(replace(link, remote_id=stored.remote_id), stored)
            self.reader.ledger.records.finish(number)

    def _lost(self, link: Link) -> bool:
        with self.reader.ledger.transaction():
            self.reader.lose(link)
        return True

    def _park(self, number: int, contact: Contact, link: Link, fields: Fields, error: Rejected) -> bool:
        state = link.state if link.remote_id else LinkState.PARKED
        words = f"{contact.called}: {error}"
        with self.reader.ledger.transaction():
            parked = replace(link, state=state, mark=_mark(fields), words=words, at=self.reader.now)
            self.reader.ledger.records.tie(parked)
            self.reader.ledger.records.finish(number)
        self.reader.report.parked.append(words)
        self._unfinished = True
        return True

    def _is_parked(self, link: Link, fields: Fields) -> bool:
        if not link.mark or link.mark != _mark(fields) or link.at is None or self.reader.now - link.at >= DAILY:
            return False
        self.reader.report.parked.append(link.words)
        self._unfinished = True
        return True

    def _uncertain(self) -> bool:
        self.reader.report.uncertain += 1
        self._unfinished = True
        return False

    def _tell(self, verb: str, contact: Contact) -> None:
        report = self.reader.report
        report.lines.append(Line(verb, contact.called, None, "person"))
        if verb == "created":
            report.created += 1
        else:
            report.changed += 1


def _tied(link: Link, stored: RemoteRecord, agreed: Agreed, now: datetime) -> Link:
    return replace(
        link,
        state=LinkState.LIVE,
        base=stored.fields,
        given=agreed.given,
        theirs=agreed.theirs,
        mark="",
        words="",
        at=now,
    )


def _mark(fields: Fields) -> str:
    return short_hash(json.dumps({name: list(values) for name, values in fields.items()}, sort_keys=True))
