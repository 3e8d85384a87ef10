"""Brings the records in a book to what is wanted: match, merge field by field, write what differs.

journal -> one request -> link, copy and journal in one transaction. What was refused is parked with the service's words and
tried again when something changed, or after a day.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ..errors import AlreadyThere, Changed, Missing, Rejected, Uncertain
from ..history import History
from ..identity import short_hash
from ..ledger.records import RecordIntent, RecordWrite
from ..matching import How, Match
from ..model import OURS_ALONE, Fields, Link, LinkState, RecordDraft, RecordKind, RemoteRecord
from ..reconcile import REFERENCES, RULES, Agreed, Rule, reconcile, same_fields
from ..subjects import Subject
from .books import BookReader
from .report import Line
from .terms import DAILY

_ROUNDS = 2


@dataclass(slots=True)
class BookWriter:
    """Writes records of one kind in one account. `asked` collects whom the user has to decide on."""

    reader: BookReader
    out_of_time: Callable[[], bool]
    dry_run: bool
    asked: list[Subject] = field(default_factory=list)
    _unfinished: bool = False
    _apart: Callable[[tuple[str, ...]], frozenset[str]] = field(default=lambda _keys: frozenset())

    def run(self, subjects: Iterable[Subject], history: History) -> bool:
        """Write what differs. Returns whether nothing is left to do."""
        known = self.reader.catalogue(history)
        self._apart = known.apart
        let_go = [self._let_go(link) for link in known.parted()]
        if any(let_go):
            known = self.reader.catalogue(history)
        ids = self._ids()
        lacks = self.reader.book.capabilities().lacks.get(self.reader.kind, frozenset())
        for unresolved in subjects:
            if self.out_of_time():
                return False
            subject = _resolved(unresolved, ids, lacks)
            if self._one(subject, subject.look(known), known.links):
                known = self.reader.renewed(known, subject.keys)
        return not self._unfinished

    def _let_go(self, link: Link) -> bool:
        """Take our key and our lines out of a record that is somebody else's, as far as they are still ours; then untie it.

        Needs no journal: done twice, it does nothing the second time.
        """
        if self.dry_run:
            return False
        book, ledger = self.reader.book, self.reader.ledger
        record = book.fetch(self.reader.kind, link.remote_id)
        ours = [name for name, rule in RULES.items() if rule is Rule.OURS and name not in link.theirs]
        kept = {
            name: values
            for name, values in (record.fields.items() if record else ())
            if name not in ours or values != link.base.get(name)
        }
        key = record.key if record is not None and record.key != link.key else ""
        try:
            if record is not None and (kept != record.fields or key != record.key):
                book.update(record, kept, key)
        except (Changed, Rejected, Uncertain):
            self._unfinished = True
            return False
        except Missing:
            pass  # then there is nothing to take out
        with ledger.transaction():
            ledger.records.untie(link.account, link.kind, link.key)
        return True

    def _ids(self) -> Mapping[str, str]:
        """Return our key -> id of the record, of everything that is in this account."""
        links = self.reader.ledger.records.links(self.reader.account)
        return {link.key: link.remote_id for link in links if link.state is LinkState.LIVE and link.remote_id}

    def _one(self, subject: Subject, match: Match, links: Mapping[str, Link]) -> bool:
        """Bring one record up to date. Returns whether links or copies changed."""
        wanted = subject.wanted
        if match.how is How.LINKED:
            assert match.link is not None  # noqa: S101 -- what LINKED means
            return match.record is not None and self._merge(subject, match.link, match.record, wanted)
        if not subject.worth or match.how is How.GONE:
            return False
        if match.how is How.ASK:
            self.asked.append(subject)
            return False
        if match.record is not None:
            return self._adopt(subject, match.record.remote_id, wanted, marked=match.how is How.MARKED)
        parked = next((links[key] for key in subject.keys if key in links), None)
        if parked is not None and self._is_parked(parked, wanted):
            return False
        return self._find_or_create(subject, wanted)

    def _adopt(self, subject: Subject, remote_id: str, wanted: Fields, *, marked: bool) -> bool:
        """Tie a record that is there. `marked`: it is ours already, so what is empty was cleared.

        A closed deal stays where it is; the next pass hears of it (`deals`).
        """
        record = self.reader.book.fetch(self.reader.kind, remote_id)
        if record is None:
            return False
        if record.fields.get("stage", ()) not in {(), ("open",)}:
            wanted = {name: values for name, values in wanted.items() if name != "stage"}
            self._unfinished = True
        base = (
            {**record.fields, "stage": ("open",)} if "stage" in record.fields else record.fields
        )  # else it says nothing
        link = Link(self.reader.account, self.reader.kind, subject.key, remote_id, base=base, at=self.reader.now)
        if marked:
            ours = [name for name, rule in RULES.items() if rule is Rule.OURS]
            cleared = frozenset(name for name in ours if wanted.get(name) and not record.fields.get(name))
            link = replace(link, given=wanted, theirs=cleared)
        if not self.dry_run:
            with self.reader.ledger.transaction():
                self.reader.keep(link, record)
        self._merge(subject, link, record, wanted)
        return True

    def _merge(self, subject: Subject, link: Link, record: RemoteRecord, wanted: Fields) -> bool:
        if self.reader.kind is RecordKind.NOTE:  # what was said stays as it was said
            if not record.fields.get("text"):
                return False  # it names somebody who is forgotten here
            wanted = {**record.fields, **{name: ids for name, ids in wanted.items() if name in REFERENCES}}
        for _ in range(_ROUNDS):
            agreed = reconcile(link, record.fields, wanted)
            bears_our_mark = record.key in subject.keys or bool(link.given)  # asked for once: some clients drop it
            if same_fields(agreed.fields, record.fields) and bears_our_mark:
                return self._remember(link, record, agreed)
            if self._is_parked(link, agreed.fields):
                return False
            try:
                return self._update(subject, link, record, agreed)
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

    def _update(self, subject: Subject, link: Link, record: RemoteRecord, agreed: Agreed) -> bool:
        fresh = "taken over" if not link.given else "changed"
        if self.dry_run:
            self._tell(fresh, subject)
            return False
        seen = replace(link, base=_agreed_on(link, record, replace(agreed, moved=False)), theirs=agreed.theirs)
        number = self._begin(RecordWrite.UPDATE, subject, agreed, record.remote_id, seen)
        key = record.key if record.key in subject.keys else subject.key
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
            return self._park(number, subject, link, agreed.fields, error)
        except Uncertain:
            return self._uncertain()
        self._done(number, _tied(link, stored, agreed, self.reader.now), stored)
        self._tell(fresh, subject)
        return True

    def _find_or_create(self, subject: Subject, wanted: Fields) -> bool:
        """Look first for what is never read: it is there already where the ledger was lost."""
        unread = self.reader.kind in OURS_ALONE
        there = self.reader.book.find(self.reader.kind, subject.key) if unread and not self.dry_run else ()
        return self._adopt(subject, there[0].remote_id, wanted, marked=True) if there else self._create(subject, wanted)

    def _create(self, subject: Subject, wanted: Fields) -> bool:
        if self.dry_run:
            self._tell("created", subject)
            return False
        reader = self.reader
        agreed = Agreed(wanted, wanted, frozenset(), moved=True)
        link = Link(reader.account, reader.kind, subject.key, "")
        number = self._begin(RecordWrite.CREATE, subject, agreed, "")
        try:
            stored = reader.book.create(RecordDraft(reader.kind, subject.key, wanted))
        except AlreadyThere as error:
            apart = self._apart(subject.keys)  # bears our key for good, and is somebody else's
            found = [one for one in reader.book.find(reader.kind, subject.key) if one.remote_id not in apart]
            if not found and not self._may_be(subject, error.remote_id):
                return self._park(number, subject, link, wanted, Rejected(str(error)))
            reader.ledger.records.finish(number)
            remote_id = found[0].remote_id if found else error.remote_id
            return self._adopt(subject, remote_id, wanted, marked=bool(found))
        except Rejected as error:
            return self._park(number, subject, link, wanted, error)
        except Uncertain:
            return self._uncertain()
        self._done(number, _tied(link, stored, agreed, reader.now), stored)
        self._tell("created", subject)
        return True

    def _may_be(self, subject: Subject, remote_id: str) -> bool:
        """Tell whether the record that stands in the way is nobody's else: not known yet, or made a moment ago."""
        record = self.reader.book.fetch(self.reader.kind, remote_id) if remote_id else None
        others = {link.remote_id for link in self.reader.ledger.records.links(self.reader.account, self.reader.kind)}
        others |= self._apart(subject.keys)
        return record is not None and record.key in {"", *subject.keys} and remote_id not in others

    def _begin(
        self, operation: RecordWrite, subject: Subject, agreed: Agreed, remote_id: str, seen: Link | None = None
    ) -> int:
        """Write down what is about to be done, with what was `seen`: only so can be told later whether it was done."""
        reader = self.reader
        intent = RecordIntent(
            reader.account,
            reader.kind,
            subject.key,
            operation,
            agreed.fields,
            agreed.given,
            agreed.theirs,
            reader.now,
            remote_id,
        )
        with reader.ledger.transaction():
            if seen is not None:
                reader.ledger.records.tie(seen)
            return reader.ledger.records.begin(intent)

    def _done(self, number: int, link: Link, stored: RemoteRecord) -> None:
        with self.reader.ledger.transaction():
            self.reader.keep(replace(link, remote_id=stored.remote_id), stored)
            self.reader.ledger.records.finish(number)

    def _lost(self, link: Link) -> bool:
        with self.reader.ledger.transaction():
            self.reader.lose(link)
        return True

    def _park(self, number: int, subject: Subject, link: Link, fields: Fields, error: Rejected) -> bool:
        state = link.state if link.remote_id else LinkState.PARKED
        words = f"{subject.called}: {error}"
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

    def _tell(self, verb: str, subject: Subject) -> None:
        report = self.reader.report
        report.lines.append(Line(verb, f"{subject.called} ({self.reader.kind})"))
        if verb == "created":
            report.created += 1
        else:
            report.changed += 1


def _resolved(subject: Subject, ids: Mapping[str, str], lacks: frozenset[str]) -> Subject:
    """Name what a subject hangs together with by the service's ids; what is not there yet, or has no place, is left out."""
    found = {
        name: tuple(
            dict.fromkeys(next(ids[key] for key in keys if key in ids) for keys in named if set(keys) & ids.keys())
        )
        for name, named in subject.refs.items()
    }
    wanted = {**subject.wanted, **{name: every for name, every in found.items() if every}}
    return replace(subject, wanted={name: values for name, values in wanted.items() if name not in lacks})


def _tied(link: Link, stored: RemoteRecord, agreed: Agreed, now: datetime) -> Link:
    return replace(
        link,
        state=LinkState.LIVE,
        base=_agreed_on(link, stored, agreed),
        given=agreed.given,
        theirs=agreed.theirs,
        mark="",
        words="",
        at=now,
    )


def _agreed_on(link: Link, stored: RemoteRecord, agreed: Agreed) -> Fields:
    """Return the fields as agreed: a stage that we did not move is agreed on by `deals` alone."""
    kept = {name: link.base[name] for name in ("stage", "stage_seen") if name in link.base}
    return stored.fields if agreed.moved else {**stored.fields, **kept}


def _mark(fields: Fields) -> str:
    return short_hash(json.dumps({name: list(values) for name, values in fields.items()}, sort_keys=True))
