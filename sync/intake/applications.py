"""What of a table of past applications is new: interviews that stand in no calendar, outcomes, advice, people. Pure.

Line by line, with the reason for all that is left out. What is known is never changed: a calendar's interview keeps what it
says, an outcome that stands is not replaced, and the same file taken over again changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..applications import under
from ..contacts import person_keys
from ..identity import application_key, plain
from ..leaving_out import goes_by
from ..meetings import company_name
from ..model import Answer, Application, Contact, Fact, FactKind, Interview, Outcome, Person
from ..people import directory, one_name
from ..text import one_line
from ..thinking import Thought
from ..told import IMPORT, told_key
from .dates import Doubtful, Order, When, is_slashed, order_in, read_when
from .lines import KNOWN, Line
from .sheets import Row, Sheet, outcome_in

Think = Callable[[Sequence[Fact]], Thought]  # think with these facts beside those that stand
_NOON = time(12)
_HALF_A_DAY = timedelta(hours=12)
_USUAL = timedelta(hours=1)  # how long an interview is taken to be


class _Ahead(ValueError):
    """An answer that was heard tomorrow."""


@dataclass(slots=True)
class _Entry:
    """One line in the making. `key` is that of its interview, or an application's where no date is given."""

    row: Row
    when: When | None = None
    key: str = ""
    starts_at: datetime | None = None
    is_new: bool = False  # its interview stands nowhere yet
    word: Outcome | None = None
    takes: list[str] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    def line(self) -> Line:
        parts = (self.row["company"], self.row["role"], self.when.day.isoformat() if self.when else "")
        leaves = self.leaves or ([] if self.takes else [KNOWN])
        what = one_line(", ".join(filter(None, parts)))
        return Line(self.row.number, what, tuple(self.takes), tuple(leaves), tuple(self.facts))


def orders_of(sheet: Sheet) -> tuple[Order | None, bool]:
    """Return what the dates of a table say of their order, and whether any needs it. Raises ValueError: they disagree."""
    cells = [row[name] for row in sheet.rows for name in ("interview", "heard")]
    return order_in(cells), any(map(is_slashed, cells))


class ApplicationIntake:
    """Decides over the lines of one table."""

    def __init__(self, sheet: Sheet, think: Think, now: datetime, zone: ZoneInfo, order: Order | None) -> None:
        self._sheet, self._think, self._now, self._zone, self._order = sheet, think, now, zone, order
        self._before = think(())
        self._history = self._before.history
        self._places = _places(self._before, zone)
        self._new: dict[str, _Entry] = {}  # by key
        self._people: Mapping[str, Contact] = {}  # by each of their keys

    def lines(self) -> tuple[Line, ...]:
        """Return what becomes of each line."""
        entries = [self._interview(row) for row in self._sheet.rows]
        after = self._think([fact for entry in entries for fact in entry.facts])
        self._people = {key: one for one in directory(after.applications, self._history) for key in one.keys}
        for entry in entries:
            if (application := after.application_of(entry.key)) is not None:
                self._rest(entry, application)
            elif entry.key:
                entry.leaves.append("the calendar's entry may be no interview; `afterview mark` says so")
        return tuple(entry.line() for entry in entries)

    def _interview(self, row: Row) -> _Entry:
        """Find the interview of a line, or make it."""
        entry = _Entry(row)
        if row.problem or not company_name(row["company"]):
            entry.leaves.append(row.problem or "no company is named")
            return entry
        try:
            entry.word = outcome_in(row["outcome"])
        except ValueError:
            entry.leaves.append(f'the outcome "{one_line(row["outcome"], 40)}" is none that is known')
        try:
            entry.when = self._when(row["interview"], row["time"])
        except ValueError as error:
            entry.leaves.append(_undated(row["interview"], error))
            return entry
        if entry.when is None:
            self._without_date(entry)
        elif (known := self._known(entry)) is not None:
            self._complete(entry, known)
        else:
            self._tell(entry)
        return entry

    def _when(self, cell: str, clock: str) -> When | None:
        return read_when(cell, clock, self._zone, self._order) if cell else None

    def _without_date(self, entry: _Entry) -> None:
        """Let a line without a date speak of the one application that it can mean."""
        company, role = self._company(entry.row["company"]), plain(entry.row["role"])
        there = [
            one
            for one in self._before.applications
            if company in {self._company(name) for name in (one.company, *one.names)}
        ]
        there = [one for one in there if role and plain(one.role) == role] or there
        if len(there) == 1:
            entry.key, entry.starts_at = there[0].key, there[0].rounds[-1].starts_at
        elif there:
            entry.leaves.append("there are several applications there; give the date of the interview")
        else:
            entry.leaves.append("no date of an interview, and no application there is known")

    def _known(self, entry: _Entry) -> Interview | None:
        """Return the interview of the same day at the same company, or with the same address."""
        if entry.when is None:
            return None
        names = (self._company(entry.row["company"]), entry.row["email"].casefold())
        found = [one for name in names if name for one in self._places.get((name, entry.when.day), ())]
        own = told_key(entry.row["company"], _written(entry.when))
        return next((one for one in found if own in one.keys), None) or (found[0] if found else None)

    def _complete(self, entry: _Entry, known: Interview) -> None:
        """Add what a known interview lacks, once it is over; before that the calendar may still move it."""
        entry.key, entry.starts_at = known.key, known.starts_at
        person = self._person(entry)
        lacks = [name for name in ("role",) if entry.row[name] and not known.role]
        if person is not None and not known.people:
            lacks.append("person")
        elif person is not None and not any(_same_person(person, one) for one in known.people):
            entry.leaves.append(f"{person.name or person.email} is not in the calendar's entry")
        if known.answer is not Answer.YES:
            lacks.insert(0, "interview")
        own = told_key(entry.row["company"], _written(entry.when)) if entry.when else ""
        if lacks and known.ends_at <= self._now and own not in known.keys:
            entry.takes += lacks
            entry.facts.append(self._fact(entry, own, person))
        elif entry.row["note"] and not entry.word and own not in known.keys:
            entry.leaves.append("the note: there is no outcome that it belongs to")

    def _tell(self, entry: _Entry) -> None:
        """Make an interview that stands nowhere."""
        if entry.when is None:
            return
        key = told_key(entry.row["company"], _written(entry.when))
        if self._history.verdicts.get(key) == Answer.NO:
            entry.leaves.append("you said that it was no interview")
            return
        same = self._new.get(key) or self._new.get(told_key(entry.row["company"], entry.when.day.isoformat()))
        entry.is_new, entry.starts_at = True, entry.when.at or datetime.combine(entry.when.day, _NOON, self._zone)
        entry.key = key if same is None else same.key
        if same is None:
            self._new[key] = entry
            entry.takes.append("interview")
            entry.facts.append(self._fact(entry, key, self._person(entry)))

    def _fact(self, entry: _Entry, key: str, person: Person | None) -> Fact:
        row, when = entry.row, entry.when
        times = {"day": when.day.isoformat()} if when and when.at is None else {}
        if when and when.at is not None:
            times = {"starts": when.at.isoformat(), "ends": (when.at + _USUAL).isoformat()}
        who = {"person": person.name, "email": person.email} if person else {}
        note = {} if entry.word else {"note": row["note"]}
        value = {"company": row["company"], "role": row["role"], **times, **who, **note}
        return Fact(FactKind.INTERVIEW, key, self._now, IMPORT, {name: text for name, text in value.items() if text})

    def _rest(self, entry: _Entry, application: Application) -> None:
        """Take over outcome, advice and number of a line whose application is known."""
        heard_at = self._outcome(entry, application)
        self._advice(entry, application, heard_at)
        self._phone(entry, application)

    def _outcome(self, entry: _Entry, application: Application) -> datetime:
        """Take over what was heard; return when that was, else when the interview was over."""
        row, word = entry.row, entry.word
        over_at = max((_over_at(one) for one in application.rounds if entry.key in one.keys), default=self._now)
        heard_at = min(over_at, self._now)
        try:
            heard_at = self._heard(row["heard"]) or heard_at
        except ValueError as error:
            entry.leaves.append(f"the outcome: {_undated(row['heard'], error)}")
            return heard_at
        reason = self._stands(entry, application, word, heard_at) if word else KNOWN
        if word is None or reason:
            entry.leaves += [reason] if reason != KNOWN else []
            return heard_at
        value = {"outcome": word.value, "at": heard_at.isoformat(), "note": row["note"]}
        entry.takes.append(f"outcome {word.value}")
        entry.facts.append(
            Fact(FactKind.OUTCOME, _place(entry), self._now, IMPORT, {k: text for k, text in value.items() if text})
        )
        return heard_at

    def _heard(self, cell: str) -> datetime | None:
        """Read when an outcome was heard: at noon of a day, never in the future."""
        when = self._when(cell, "")
        if when is None:
            return None
        at = when.at or datetime.combine(when.day, _NOON, self._zone)
        if when.day > self._now.astimezone(self._zone).date():
            raise _Ahead(cell)
        return min(at.astimezone(self._now.tzinfo), self._now)

    def _stands(self, entry: _Entry, application: Application, word: Outcome, heard_at: datetime) -> str:
        """Say why an outcome is not taken over, "" if it is."""
        own = {entry.key, application_key(entry.key)}
        if any(fact.subject in own and fact.value.get("outcome") == word for fact in self._history.outcomes):
            return KNOWN
        if application.outcome is None or (entry.is_new and _is_earlier(entry, application, heard_at)):
            return ""
        return KNOWN if application.outcome is word else f"it stands at {application.outcome.value} already"

    def _advice(self, entry: _Entry, application: Application, at: datetime) -> None:
        note = entry.row["advice"]
        if not note:
            return
        keys = {*application.keys, application_key(entry.key)}
        known = [f for f in self._history.advice if {f.subject, f.value.get("application", "")} & keys]
        if any(plain(fact.value.get("note", "")) == plain(note) for fact in known):
            return
        person, company = self._person(entry), application.company
        place = _place(entry)
        subject = person_keys(person, company=company)[0] if person else place
        value = {"note": note, "application": place, "company": company, "imported": self._now.isoformat()}
        who = {"person": person.name, "email": person.email} if person else {}
        filled = {name: text for name, text in {**value, **who}.items() if text}
        entry.takes.append("advice")
        entry.facts.append(Fact(FactKind.ADVICE, subject, at, IMPORT, filled))

    def _phone(self, entry: _Entry, application: Application) -> None:
        number, person = entry.row["phone"], self._person(entry)
        if not number:
            return
        if person is None:
            entry.leaves.append("the phone number: it is nobody's")
            return
        key = person_keys(person, company=application.company)[0]
        met = self._people.get(key)
        if met is not None and not met.phones:
            entry.takes.append("phone")
            entry.facts.append(Fact(FactKind.PERSON, key, self._now, IMPORT, {"phone": number}))

    def _person(self, entry: _Entry) -> Person | None:
        """Return who is named in a line, unless that is somebody to be forgotten."""
        email = entry.row["email"] if "@" in entry.row["email"] else ""
        person = Person(entry.row["person"], email.casefold(), IMPORT)
        if not (person.name or person.email) or goes_by(person, entry.row["company"], self._history.forgotten):
            return None
        return person

    def _company(self, name: str) -> str:
        return company_name(under(name, self._history.merged))


def _places(thought: Thought, zone: ZoneInfo) -> dict[tuple[str, date], list[Interview]]:
    """Return the interviews by day, and by company or address."""
    found: dict[tuple[str, date], list[Interview]] = {}
    for one in thought.interviews:
        try:
            day = one.starts_at.astimezone(zone).date()
        except OverflowError:
            continue
        names = {company_name(under(one.company, thought.history.merged)), *(who.email for who in one.people)}
        for name in names - {""}:
            found.setdefault((name, day), []).append(one)
    return found


def _written(when: When) -> str:
    return when.at.isoformat() if when.at else when.day.isoformat()


def _same_person(one: Person, other: Person) -> bool:
    if one.email and other.email:
        return one.email.casefold() == other.email.casefold()
    return not (one.name and other.name) or one_name(one.name, other.name)


def _is_earlier(entry: _Entry, application: Application, heard_at: datetime) -> bool:
    """Tell whether an outcome belongs to a time before the rounds that follow, so that it replaces none."""
    starts = [one.starts_at for one in application.rounds if entry.starts_at and one.starts_at > entry.starts_at]
    stands_at = application.outcome_at
    return bool(starts) and heard_at <= min(starts) and stands_at is not None and heard_at <= stands_at


def _over_at(one: Interview) -> datetime:
    return one.starts_at + _HALF_A_DAY if one.all_day else one.ends_at


def _place(entry: _Entry) -> str:
    """Return the key of the application, as it follows from the interview of the line."""
    return application_key(entry.key) if entry.key.startswith("i-") else entry.key


def _undated(cell: str, error: ValueError) -> str:
    if isinstance(error, _Ahead):
        return f'"{one_line(cell, 40)}" lies in the future'
    if isinstance(error, Doubtful):
        return f'"{cell}" can be two days; write 2026-05-04, or say --dates'
    return f'"{one_line(cell, 40)}" is no date that can be read'
