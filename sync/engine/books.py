"""Reading an address book or a CRM into the ledger, and what became of writes that were never finished.

A record of ours is gone when the service says so, or when two complete listings ten minutes apart lack it; when much is
missing at once, nothing is believed until a person agrees. What is gone is never made again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..history import History
from ..leaving_out import forgotten, names_one
from ..ledger import Etags, Ledger
from ..ledger.calendars import CalendarState
from ..ledger.records import RecordIntent, RecordWrite, place
from ..matching import Catalogue
from ..model import OURS_ALONE, Fact, FactKind, Fields, Link, LinkState, RecordKind, RemoteRecord
from ..ports import Book, Coverage, RecordListing
from ..reconcile import RULES, really_given, same_fields
from .report import AccountReport
from .terms import SETTLED, SUSPICION, held_words, listed_today, too_many

_RECOGNISED_BY = (
    "name",
    "emails",
    "company",
    "domain",
    "role",
    "stage",
    "silent",
)  # all that is kept of a record that is not ours


@dataclass(frozen=True, slots=True)
class BookReader:
    """Reads the records of one kind."""

    ledger: Ledger
    account: str
    book: Book
    kind: RecordKind
    now: datetime
    report: AccountReport

    @property
    def place(self) -> str:
        return place(self.book.name, self.kind)

    def catalogue(self, history: History) -> Catalogue:
        """Return the records as they are known now."""
        links = {link.key: link for link in self.ledger.records.links(self.account, self.kind)}
        copies = self.ledger.records.copies(self.account, self.kind, self.book.name)
        return Catalogue(self.account, copies, links, history)

    def renewed(self, known: Catalogue, keys: Sequence[str]) -> Catalogue:
        """Return the catalogue after something was done for a subject that goes by `keys`."""
        links = [one for one in self.ledger.records.links(self.account, self.kind) if one.key in keys]
        for link in links:
            record = self.ledger.records.copy(self.account, self.kind, self.book.name, link.remote_id)
            if link.state is not LinkState.LIVE or record is None:
                return self.catalogue(known.history)  # what is gone is gone from every list of it
            known.add(link, record)
        return known

    def recover(self) -> bool:
        """Find out what became of unfinished writes. Returns whether there were any."""
        unfinished = [one for one in self.ledger.records.intents(self.account) if one.kind is self.kind]
        for intent in unfinished:
            if intent.operation is RecordWrite.CREATE:
                self._recover_create(intent)
            else:
                self._recover_update(intent)
        return bool(unfinished)

    def _recover_create(self, intent: RecordIntent) -> None:
        found = self.book.find(self.kind, intent.key)
        with self.ledger.transaction():
            if found:
                made = Link(self.account, self.kind, intent.key, found[0].remote_id)
                given = really_given(intent.given, {}, found[0].fields)
                base = _base_of_new(intent, found[0])
                link = replace(made, base=base, given=given, theirs=intent.theirs, at=self.now)
                self.keep(link, found[0])
            self.ledger.records.finish(intent.id)

    def _recover_update(self, intent: RecordIntent) -> None:
        """Take an update as done where any field that it changed is as it was to be."""
        now = self.book.fetch(self.kind, intent.remote_id)
        link = next((one for one in self._links() if one.key == intent.key), None)
        with self.ledger.transaction():
            if now is not None and link is not None and _was_done(intent, link, now):
                base = _base_after(intent, link)
                given = really_given(intent.given, link.given, now.fields)
                link = replace(link, base=base, given=given, theirs=intent.theirs, at=self.now)
                self.keep(link, now)
            self.ledger.records.finish(intent.id)

    def keep(self, link: Link, record: RemoteRecord) -> None:
        """Store a link together with the whole record."""
        self.ledger.records.tie(link)
        self.ledger.records.put(self.account, replace(record, raw=""))
        self.ledger.calendars.set_etags(self.account, self.place, [(record.remote_id, record.etag or "")])

    def lose(self, link: Link) -> None:
        """Record that the user deleted a record of ours."""
        self.ledger.records.drop(self.account, self.kind, [link.remote_id])
        self.ledger.calendars.drop_etags(self.account, self.place, [link.remote_id])
        self.ledger.records.tie(replace(link, state=LinkState.GONE, remote_id="", at=self.now))

    def read(self, *, full: bool, accept: bool) -> bool:
        """Read what changed. Returns whether anything did; says in the report what is held."""
        if self.kind in OURS_ALONE:
            return False
        calendars = self.ledger.calendars
        state = calendars.state(self.account, self.place)
        suspects = self.ledger.records.suspects(self.account, self.kind)
        complete = full or accept or bool(suspects) or not listed_today(state.full_at, self.now)
        known = Etags(calendars, self.account, self.place)
        listing = self.book.read(self.kind, state.cursor, known, full=complete)
        if listing.coverage is Coverage.DELTA and not (listing.changed or listing.removed or listing.survivors):
            calendars.set_state(self.account, self.place, self._state(listing, state, ""))
            return False
        before = self.ledger.records.names(), self.ledger.records.silent()
        with self.ledger.transaction():
            self._follow(listing)
            self._store(listing)
            missing = self._missing(listing)
            held = self._held(missing, accept=accept)
            changed = bool(listing.changed or listing.removed or listing.survivors)
            if not held:
                changed = self._take_away(listing, missing, suspects, accept=accept) or changed
            calendars.set_state(self.account, self.place, self._state(listing, state, held))
            if (self.ledger.records.names(), self.ledger.records.silent()) != before:
                self.ledger.set_note(SETTLED, "")
                self.ledger.records.unsettle()
        self.report.events_seen += len(listing.present)
        self.report.problems += listing.problems
        self.report.held += [held] if held else []
        return changed

    def _links(self) -> tuple[Link, ...]:
        return self.ledger.records.links(self.account, self.kind)

    def _follow(self, listing: RecordListing) -> None:
        """Follow merged records to those that go on; two people in one record are one person.

        Of two companies or applications in one record the one that went has none any more: it is not made again.
        """
        for old, new in listing.survivors.items():
            links = {link.remote_id: link for link in self._links() if link.remote_id}
            if old not in links:
                continue
            if new in links and self.kind is not RecordKind.PERSON:
                self.lose(links[old])
            elif new in links:
                self.ledger.records.untie(self.account, self.kind, links[old].key)
                said = {"as": links[new].key}
                self.ledger.record(Fact(FactKind.SAME, links[old].key, self.now, f"book:{self.account}", said))
            else:
                self.ledger.records.tie(replace(links[old], remote_id=new))
            self.ledger.records.drop(self.account, self.kind, [old])
            self.ledger.calendars.drop_etags(self.account, self.place, [old])

    def _store(self, listing: RecordListing) -> None:
        ours = {link.remote_id for link in self._links()}
        nobody = forgotten(self.ledger.facts(FactKind.FORGOTTEN, FactKind.UNDONE))
        for record in listing.changed:
            kept = record if record.remote_id in ours else _thin(record)
            if names_one(record.fields, nobody):
                kept = replace(record, fields={}, key="")
            self.ledger.records.put(self.account, replace(kept, raw=""))
        etags = [(record.remote_id, record.etag or "") for record in listing.changed]
        self.ledger.calendars.set_etags(self.account, self.place, etags)

    def _missing(self, listing: RecordListing) -> set[str]:
        copies = self.ledger.records.copies(self.account, self.kind, self.book.name)
        if listing.coverage is Coverage.COMPLETE:
            return set(copies) - listing.present - {record.remote_id for record in listing.changed}
        return set(copies) & listing.removed

    def _held(self, missing: set[str], *, accept: bool) -> str:
        ours = {link.remote_id for link in self._links() if link.state is LinkState.LIVE}
        lost = len(ours & missing)
        if accept or not too_many(lost, len(ours)):
            return ""
        return held_words(lost, len(ours), "people", self.book.name)

    def _take_away(
        self, listing: RecordListing, missing: set[str], suspects: dict[str, datetime], *, accept: bool
    ) -> bool:
        """Believe what the service says, and what two listings show. Returns whether a record of ours is gone."""
        ours = {link.remote_id: link for link in self._links() if link.remote_id}
        foreign = missing - ours.keys()
        self.ledger.records.drop(self.account, self.kind, foreign)
        self.ledger.calendars.drop_etags(self.account, self.place, foreign)
        gone = False
        for remote_id in missing & ours.keys():
            since = suspects.get(remote_id)
            told = accept or listing.coverage is Coverage.DELTA or remote_id in listing.removed
            if told or (since is not None and self.now - since >= SUSPICION):
                self.lose(ours[remote_id])
                gone = True
            elif since is None:
                self.ledger.records.suspect(self.account, self.kind, remote_id, self.now)
        for remote_id in suspects.keys() - missing if listing.coverage is Coverage.COMPLETE else ():
            self.ledger.records.suspect(self.account, self.kind, remote_id, None)
        return gone

    def _state(self, listing: RecordListing, before: CalendarState, held: str) -> CalendarState:
        """Return where reading stands; while something is held, the same changes are asked for again."""
        full_at = self.now if listing.coverage is Coverage.COMPLETE and not held else before.full_at
        cursor = before.cursor if held else listing.cursor
        return replace(before, cursor=cursor, full_at=full_at, ok_at=self.now, held=held)


def _thin(record: RemoteRecord) -> RemoteRecord:
    fields = {name: values for name in _RECOGNISED_BY if (values := record.fields.get(name))}
    return replace(record, fields=fields)


def _base_of_new(intent: RecordIntent, found: RemoteRecord) -> Fields:
    """Return what is agreed after a create; a deal that is not yet where it was to be was made open and moved later."""
    if intent.fields.get("stage", ()) == found.fields.get("stage", ()):
        return intent.fields
    return {**intent.fields, "stage": ("open",)}


def _base_after(intent: RecordIntent, link: Link) -> Fields:
    """Return what is agreed after an update; a stage that it did not move is not."""
    if intent.given.get("stage") == intent.fields.get("stage"):
        return intent.fields
    kept = {name: link.base[name] for name in ("stage", "stage_seen") if name in link.base}
    return {**intent.fields, **kept}


def _was_done(intent: RecordIntent, link: Link, now: RemoteRecord) -> bool:
    if same_fields(intent.fields, now.fields):
        return True
    moved = intent.given.get("stage") == intent.fields.get("stage")
    ours = [name for name in RULES if moved or name != "stage"]
    changed = [name for name in ours if intent.fields.get(name, ()) != link.base.get(name, ())]
    return any(now.fields.get(name, ()) == intent.fields.get(name, ()) for name in changed)
