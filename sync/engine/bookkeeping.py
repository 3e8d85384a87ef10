"""One book in one pass: every kind of record that it holds, one after the other; unless nothing happened since last time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..ledger import Ledger
from ..model import RecordKind
from ..people import directory
from ..ports import Book
from ..subjects import Subject, application_subjects, company_subjects, people_subjects
from ..thinking import Thought
from ..wording import Words
from .books import BookReader
from .bookwriter import BookWriter
from .deals import DealFollower
from .report import AccountReport

_ANSWERED_BY = {
    RecordKind.PERSON: "`afterview people` asks.",
    RecordKind.COMPANY: "Say so with `afterview companies link`.",
    RecordKind.APPLICATION: "Say so with `afterview applications link`.",
}


class BookOptions(Protocol):
    """What a book needs of `runner.Options`."""

    @property
    def dry_run(self) -> bool: ...
    @property
    def full(self) -> bool: ...
    @property
    def accept(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class BookKeeper:
    """Keeps one book. `made_from` marks the settings that texts depend on."""

    ledger: Ledger
    account: str
    book: Book
    now: datetime
    report: AccountReport
    made_from: str

    @property
    def note(self) -> str:
        """The note in the ledger that stands while nothing is to be thought about."""
        return f"book {self.account} {self.book.name}"

    def run(self, options: BookOptions, think: Callable[[], Thought], out_of_time: Callable[[], bool]) -> None:
        """Read every kind of record, then write what differs."""
        readers = [
            BookReader(self.ledger, self.account, self.book, kind, self.now, self.report)
            for kind in self.book.capabilities().kinds
        ]
        news = [(reader.recover(), self._read(reader, options)) for reader in readers]
        settled = self.ledger.note(self.note) == self.made_from
        if self.report.held or (settled and not any(map(any, news))):
            return
        self.ledger.set_note(self.note, "")
        whole = True
        for reader in readers:
            writer = BookWriter(reader, out_of_time, options.dry_run)
            subjects, done = self._subjects(reader, think(), dry_run=options.dry_run)
            whole = writer.run(subjects, think().history) and done and whole
            self._ask(reader.kind, writer.asked)
        if whole:
            self.ledger.set_note(self.note, self.made_from)

    def _read(self, reader: BookReader, options: BookOptions) -> bool:
        return reader.read(full=options.full, accept=self.book.name in options.accept)

    def _subjects(self, reader: BookReader, thought: Thought, *, dry_run: bool) -> tuple[tuple[Subject, ...], bool]:
        """Return what should be there, and whether nothing has still to settle."""
        if reader.kind is RecordKind.PERSON:
            people = directory(thought.applications, thought.history)
            return people_subjects(people, Words.load(self.made_from)), True
        if reader.kind is RecordKind.COMPANY:
            return company_subjects(thought.applications), True
        deals = DealFollower(reader, dry_run)
        moves = deals.run(thought.applications, reader.catalogue(thought.history))
        return application_subjects(thought.applications, moves), not deals.waits

    def _ask(self, kind: RecordKind, asked: Sequence[Subject]) -> None:
        """Say once who or what may be in the book already."""
        place = f"asked {self.note} {kind}"
        keys = " ".join(sorted(subject.key for subject in asked))
        if asked and self.ledger.note(place) != keys:
            names = ", ".join(subject.called for subject in asked[:5])
            self.report.problems.append(
                f"Which of these are in {self.book.name} already: {names}? {_ANSWERED_BY[kind]}"
            )
        self.ledger.set_note(place, keys)
