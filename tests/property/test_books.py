"""The real engine and an address book, under everything that may happen to them.

The user meets people, keeps cards of their own, edits, merges and deletes ours, and does so in the moment of a write;
requests and the ledger die at every point, readings lie or lag. Checked all the while: no person has two cards through us
(doubled 0), cards that are not ours are left alone. Checked once the trouble is over: everybody met has a card unless the
user deleted it (lost 0), every edit stands, and one more pass writes nothing.
"""

import os
import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from afterview.sync.engine.terms import Terms
from afterview.sync.ledger import Ledger
from afterview.sync.ledger.schema import migrate
from afterview.sync.model import Fact, FactKind, Participant, Reply
from afterview.sync.ports import BookCapabilities
from afterview.sync.runner import AccountSpec, Options, one_pass
from tests.fakes.books import GOOD, BookServer, MemoryBook
from tests.fakes.faults import Crash, Fault
from tests.fakes.memory import EventServer, MemoryConnection, MemoryEvents
from tests.property.machines import TERMS, MortalConnection
from tests.unit.sync.engine.world import DAY, MONDAY, interview

PEOPLE = tuple(Participant(f"{name.split()[0].lower()}@initech.example", name, Reply.ACCEPTED) for name in (
    "Ana Lima", "Bo Ek", "Cy Moss"))  # fmt: skip
WRITE_FAULTS = (Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.NOT_READY)
LOOK_FAULTS = (Fault.NOT_READY, Fault.CRASH_BEFORE)
FIELDS = ("name", "title", "block", "state", "phones", "company")
LIES = (Fault.EMPTY, Fault.HALF)
everybody = st.integers(0, len(PEOPLE) - 1)
BOOKS = {
    "good": GOOD,
    "lagging": BookCapabilities(changed_since=True, cas=True, readback_lag=True),
    "complete listings only, makes doubles": BookCapabilities(cas=True),
    "unique key": BookCapabilities(changed_since=True, deletions=True, cas=True, upsert_key=True, readback_lag=True),
}


class Life(RuleBasedStateMachine):
    """A user, an address book and the engine."""

    capabilities = GOOD

    def __init__(self) -> None:
        super().__init__()
        self.events = EventServer()
        self.book = BookServer(self.capabilities)
        self.now = MONDAY
        self.met: set[int] = set()
        self.own: dict[str, int] = {}  # the user's own cards -> their version
        self.deleted: set[str] = set()  # addresses whose card the user deleted
        self.edits: dict[tuple[str, str], tuple[str, ...]] = {}  # (card, field) -> as the user left it
        self.twice: set[str] = set()  # addresses that the user put on two cards
        self.lose_the_ledger()
        self._pass()

    def _pass(self, **options: Any) -> None:
        spec = [
            AccountSpec("home", lambda: MemoryConnection("home", MemoryEvents(self.events, ("Personal",)))),
            AccountSpec("book", lambda: MemoryConnection("book", book=MemoryBook(self.book)), book=True),
        ]
        terms = Terms(TERMS.owner, TERMS.zone, TERMS.lexicon, TERMS.playbook, "home")
        try:
            one_pass(Ledger(self.connection), spec, terms, lambda: self.now, Options(**options))
        except Crash:
            self.connection.rollback()
        finally:
            self.connection.writes_left = None

    def _with(self, address: str) -> list[str]:
        return [r for r, item in self.book.items.items() if address in item.fields.get("emails", ())]

    def _ours(self) -> list[str]:
        return [remote_id for remote_id, item in self.book.items.items() if item.key]

    # The user

    @rule(who=everybody, later=st.integers(0, 20))
    def meets(self, who: int, later: int) -> None:
        at = MONDAY + later * DAY
        self.events.put("Personal", f"/u{who}.ics", interview(f"u{who}", at, guests=(PEOPLE[who],)))
        self.met.add(who)

    @rule(who=everybody)
    def has_a_card(self, who: int) -> None:
        address = PEOPLE[who].email
        if self._with(address):
            self.twice.add(address)
        added = self.book.user_add(name=(PEOPLE[who].name,), emails=(address,), phones=("+49 30 1",))
        self.edits[added, "phones"] = ("+49 30 1",)
        self.deleted.discard(address)

    @rule()
    def has_a_card_of_somebody_else(self) -> None:
        added = self.book.user_add(name=("Dentist",), emails=(f"dentist{len(self.own)}@example.org",))
        self.own[added] = self.book.items[added].version

    @rule(
        pick=st.integers(0, 9),
        name=st.sampled_from(("name", "title", "block", "state", "phones", "company")),
        clear=st.booleans(),
    )
    def edits_a_card(self, pick: int, name: str, *, clear: bool) -> None:
        if ours := self._ours():
            self._edit(ours[pick % len(ours)], name, () if clear else (f"own {pick}",))

    def _edit(self, card: str, name: str, value: tuple[str, ...]) -> None:
        if card in self.book.items and self.book.items[card].fields.get(name, ()) != value:
            self.book.user_edit(card, **{name: value})
            self.edits[card, name] = value

    @rule(pick=st.integers(0, 9))
    def edits_in_the_moment_of_a_write(self, pick: int) -> None:
        if ours := self._ours():
            card = ours[pick % len(ours)]
            self.book.meddling.append(lambda: self._edit(card, "title", (f"meddled {pick}",)))

    @rule(pick=st.integers(0, 9))
    def touches_a_card(self, pick: int) -> None:
        if ours := self._ours():
            self.book.user_touch(ours[pick % len(ours)])

    @rule(pick=st.integers(0, 9))
    def deletes_a_card(self, pick: int) -> None:
        self._tell()  # what was deleted before we ever knew of it cannot be respected
        if ours := self._ours():
            card = ours[pick % len(ours)]
            addresses = self.book.items[card].fields.get("emails", ())
            self.book.user_delete(card)
            self._forget(card)
            self.deleted |= {address for address in addresses if not self._with(address)}

    @rule(pick=st.integers(0, 9), other=st.integers(0, 9))
    def merges_cards_of_one_person(self, pick: int, other: int) -> None:
        self._tell()
        who = PEOPLE[pick % len(PEOPLE)].email
        cards = self._with(who)
        if len(cards) > 1:
            gone, into = cards[0], cards[1 + other % (len(cards) - 1)]
            self.book.user_merge(gone, into)
            for name in ("name", "title", "phones", "company", "block", "state"):
                self.edits.pop((into, name), None)
            self._forget(gone)

    def _forget(self, card: str) -> None:
        self.edits = {place: value for place, value in self.edits.items() if place[0] != card}
        self.own.pop(card, None)

    @rule(who=everybody)
    def hears_no(self, who: int) -> None:
        ledger = Ledger(self.connection)
        seen = [one for one in ledger.calendars.sightings() if one.uid == f"u{who}"]
        if seen:
            ledger.record(Fact(FactKind.OUTCOME, seen[0].key, self.now, "cli", {"outcome": "no"}))

    # Trouble

    @rule(operation=st.sampled_from(("create", "update")), fault=st.sampled_from(WRITE_FAULTS))
    def write_will_fail(self, operation: str, fault: Fault) -> None:
        self.book.faults.plan(operation, fault)

    @rule(operation=st.sampled_from(("read", "fetch", "find")), fault=st.sampled_from(LOOK_FAULTS))
    def look_will_fail(self, operation: str, fault: Fault) -> None:
        self.book.faults.plan(operation, fault)

    @rule(fault=st.sampled_from(LIES))
    def listing_lies(self, fault: Fault) -> None:
        self._tell()
        self.book.faults.plan("read", fault)
        self._pass(full=True)
        self._tell()

    @rule(writes=st.integers(0, 40))
    def dies_at_the_ledger(self, writes: int) -> None:
        self.connection.writes_left = writes
        self._pass()

    @rule()
    def lose_the_ledger(self) -> None:
        self.connection: MortalConnection = sqlite3.connect(":memory:", isolation_level=None, factory=MortalConnection)
        migrate(self.connection)
        self.deleted = set()

    @rule(minutes=st.sampled_from((1, 15, 60 * 25)), full=st.booleans())
    def time_passes(self, minutes: int, *, full: bool) -> None:
        self.now += timedelta(minutes=minutes)
        self._pass(full=full)

    @rule()
    def tries_without_doing(self) -> None:
        before = (dict(self.book.items), list(self.connection.iterdump()))
        self.book.faults.clear()
        self._pass(dry_run=True)
        assert (dict(self.book.items), list(self.connection.iterdump())) == before

    # What holds

    def _tell(self) -> None:
        """Let honest passes see everything."""
        self.book.faults.clear()
        self.book.meddling.clear()
        for _ in range(4):
            self.now += timedelta(minutes=15)
            self._pass(full=True)

    @invariant()
    def nobody_is_doubled(self) -> None:
        for who in PEOPLE:
            if who.email not in self.twice:
                assert len(self._with(who.email)) <= 1, who.email
        keys = [item.key for item in self.book.items.values() if item.key]
        assert len(keys) == len(set(keys)), keys

    @invariant()
    def others_are_left_alone(self) -> None:
        assert all(self.book.items[card].version == version for card, version in self.own.items())

    def teardown(self) -> None:
        self._tell()
        for who in self.met:
            address = PEOPLE[who].email
            known = any(PEOPLE[who].name in item.fields.get("name", ()) for item in self.book.items.values())
            assert self._with(address) or address in self.deleted or known, f"{address} is lost"
        for address in self.deleted:
            assert not self._with(address), f"{address} is back"
        for (card, name), value in self.edits.items():
            now = self.book.items[card].fields.get(name, ())
            assert set(value) <= set(now), (card, name, value, now)
            assert value or not now or self._may_fill(name), (card, name, now)
        before = len(self.book.writes())
        self._pass(full=True)
        assert len(self.book.writes()) == before

    @staticmethod
    def _may_fill(name: str) -> bool:
        """Tell whether a cleared field may be filled for the first time later."""
        return name in {"phones", "title", "company", "name"}


@pytest.mark.parametrize("book", BOOKS)
def test_nobody_is_lost_and_nobody_doubled(book: str) -> None:
    deep = int(os.environ.get("AFTERVIEW_DEEP", "0"))
    run_state_machine_as_test(
        type("Life", (Life,), {"capabilities": BOOKS[book]}),
        settings=settings(
            max_examples=deep or 25,
            stateful_step_count=50 if deep else 25,
            derandomize=not deep,
            deadline=None,
            database=None,
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
        ),
    )
