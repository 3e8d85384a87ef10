"""One book in one pass: every kind of record that it holds, one after the other; unless nothing happened since last time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..ledger import Ledger
from ..model import RecordKind
from ..people import directory
from ..ports import Book
from ..sharing import Share
from ..stages import Stage
from ..subjects import (
    Subject,
    application_subjects,
    company_subjects,
    interview_subjects,
    note_subjects,
    people_subjects,
    task_subjects,
)
from ..thinking import Thought
from ..wording import Words
from .books import BookReader
from .bookwriter import BookWriter
from .deals import DealFollower
from .report import AccountReport
from .terms import Terms

_ANSWERED_BY = {
    RecordKind.PERSON: "`afterview people` asks.",
    RecordKind.COMPANY: "Say so with `afterview companies link`.",
    RecordKind.APPLICATION: "Say so with `afterview applications link`.",
}


_SHARED_AS = {
    RecordKind.PERSON: Share.PEOPLE,
    RecordKind.COMPANY: Share.COMPANIES,
    RecordKind.APPLICATION: Share.APPLICATIONS,
    RecordKind.INTERVIEW: Share.INTERVIEWS,
    RecordKind.NOTE: Share.ADVICE,
    RecordKind.TASK: Share.TASKS,
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
    """Keeps one book."""

    ledger: Ledger
    account: str
    book: Book
    now: datetime
    report: AccountReport
    terms: Terms

    @property
    def note(self) -> str:
        """The note in the ledger that stands while nothing is to be thought about: the settings, and until when."""
        return f"book {self.account} {self.book.name}"

    @property
    def share(self) -> frozenset[Share]:
        return self.terms.share(self.account)

    def run(self, options: BookOptions, think: Callable[[], Thought], out_of_time: Callable[[], bool]) -> None:
        """Read every kind of record, then write what differs."""
        readers = [
            BookReader(self.ledger, self.account, self.book, kind, self.now, self.report)
            for kind in self.book.capabilities().kinds
        ]
        news = [(reader.recover(), self._read(reader, options)) for reader in readers]
        if self.report.held or (self._is_settled() and not any(map(any, news))):
            return
        self.ledger.set_note(self.note, "")
        whole = True
        for reader in readers:
            writer = BookWriter(reader, out_of_time, options.dry_run)
            subjects, done = self._subjects(reader, think(), dry_run=options.dry_run)
            whole = writer.run(subjects, think().history) and done and whole
            self._ask(reader.kind, writer.asked)
        if whole:
            self.ledger.set_note(self.note, f"{self._made_from()} until {self._until(think())}")

    def _made_from(self) -> str:
        return " ".join((self.terms.playbook.language, *sorted(self.share)))

    def _is_settled(self) -> bool:
        made_from, _, until = self.ledger.note(self.note).partition(" until ")
        return made_from == self._made_from() and (not until or self.now < datetime.fromisoformat(until))

    def _until(self, thought: Thought) -> str:
        """Return when something changes by itself that a CRM is told: an interview is over, a follow-up is due to appear."""
        ahead = [one.ends_at for one in thought.interviews if Share.INTERVIEWS in self.share and one.ends_at > self.now]
        if Share.TASKS in self.share and thought.horizon is not None:
            ahead.append(thought.horizon)
        return min(ahead).isoformat() if ahead else ""

    def _read(self, reader: BookReader, options: BookOptions) -> bool:
        return reader.read(full=options.full, accept=self.book.name in options.accept)

    def _subjects(self, reader: BookReader, thought: Thought, *, dry_run: bool) -> tuple[tuple[Subject, ...], bool]:
        """Return what should be there, and whether nothing has still to settle."""
        moves: dict[str, Stage | None] = {}
        done = True
        if reader.kind is RecordKind.APPLICATION:
            deals = DealFollower(reader, dry_run)
            moves, done = deals.run(thought.applications, reader.catalogue(thought.history)), not deals.waits
        shared = _SHARED_AS[reader.kind] in self.share
        return self._of_kind(reader.kind, thought, moves) if shared else (), done

    def _of_kind(self, kind: RecordKind, thought: Thought, moves: Mapping[str, Stage | None]) -> tuple[Subject, ...]:
        words = Words.load(self.terms.playbook.language)
        people = directory(thought.applications, thought.history)
        match kind:
            case RecordKind.PERSON:
                return people_subjects(people, words, self.share)
            case RecordKind.COMPANY:
                return company_subjects(thought.applications, self.terms.employer)
            case RecordKind.APPLICATION:
                return application_subjects(thought.applications, moves, people, self._possible())
            case RecordKind.INTERVIEW:
                return interview_subjects(thought.applications, people, words, self.now)
            case RecordKind.NOTE:
                return note_subjects(thought.history, thought.applications, people, words)
            case RecordKind.TASK:
                return task_subjects(thought, people)

    def _possible(self) -> frozenset[str]:
        """Return the stages that a deal may be moved to."""
        return self.book.capabilities().moves if Share.OUTCOMES in self.share else frozenset()

    def _ask(self, kind: RecordKind, asked: Sequence[Subject]) -> None:
        """Say once who or what may be in the book already."""
        place = f"asked {self.note} {kind}"
        keys = " ".join(sorted(subject.key for subject in asked))
        if asked and self.ledger.note(place) != keys:
            names = ", ".join(subject.called for subject in asked[:5])
            said = self.report.asked if kind is RecordKind.PERSON else self.report.problems
            said.append(f"Which of these are in {self.book.name} already: {names}? {_ANSWERED_BY[kind]}")
        self.ledger.set_note(place, keys)
